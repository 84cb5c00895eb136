"""Calendar files as RFC 5545 wants them: lines folded at 75 bytes, text escaped, moments in UTC."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_LONGEST_LINE = 75  # bytes of UTF-8, the line break apart
_PRODUCT = "-//Wellbeing Line//Bookings//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment in a calendar; moments are aware.

    `uid` stays the same for ever; `sequence` rises with every change, so that a calendar takes the newer one.
    """

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    is_cancelled: bool


def calendar_file(entries: Sequence[Entry]) -> bytes:
    """Return a calendar of these entries (UTF-8, CRLF)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for entry in entries:
        lines += _entry(entry)
    return b"".join(fold(line) for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """Return a text as a value: with escapes, and without other control characters."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, written)
    return "".join(letter for letter in text if letter >= " " and letter != "\x7f")


def fold(line: str) -> bytes:
    """Return one line with its CRLF, broken so that no part is longer than 75 bytes and no letter is cut in two."""
    return b"\r\n ".join(_parts(line)) + b"\r\n"


def _parts(line: str) -> Iterator[bytes]:
    part, room = b"", _LONGEST_LINE
    for letter in line:
        written = letter.encode()
        if len(part) + len(written) > room:
            yield part
            part, room = b"", _LONGEST_LINE - 1  # the space that a continued line begins with counts
        part += written
    yield part


def _entry(entry: Entry) -> Iterable[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(entry.uid)}"
    yield f"DTSTAMP:{_utc(entry.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(entry.changed_at)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"DTSTART:{_utc(entry.starts_at)}"
    yield f"DTEND:{_utc(entry.ends_at)}"
    yield f"SUMMARY:{escaped(entry.summary)}"
    if entry.location:
        yield f"LOCATION:{escaped(entry.location)}"
    yield f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
