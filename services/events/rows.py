"""From the rows of an event table to events: every cell read, every row made sense of, every fault told."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from services.events import cells
from services.events.cells import BadCell
from services.events.discretion import telling_words
from services.events.sheet import RowError, Sheet, SheetRow
from services.events.tables import Kind, Mode

Sessions = tuple[tuple[datetime, datetime], ...]

_READERS: dict[str, Callable[[str], Any]] = {
    "external_id": cells.line_of(100),
    "title": cells.line_of(200),
    "discreet_title": cells.text,
    "kind": cells.kind,
    "provider": cells.text,
    "alliance": cells.text,
    "venue": cells.text,
    "address": cells.text,
    "postcode": cells.postcode,
    "mode": cells.mode,
    "joining_link": cells.link,
    "starts_at": cells.moments,
    "ends_at": cells.moments,
    "capacity": cells.capacity,
    "cancer_types": cells.terms("cancer_types"),
    "needs": cells.terms("needs"),
    "audience": cells.terms("audience"),
    "stage": cells.terms("stage"),
    "language": cells.languages,
    "access": cells.terms("access"),
    "cost": cells.text,
    "referral": cells.text,
    "contact": cells.text,
    "bring": cells.text,
    "travel": cells.text,
    "parking": cells.text,
    "travel_checked_on": cells.day,
    "status": cells.status,
}
_DISCREET = cells.line_of(100)
# What stands in other tables, or is worked out from several cells.
_NOT_OF_THE_EVENT = frozenset({"provider", "alliance", "venue", "address", "postcode", "starts_at", "ends_at"})
# What reminders say too, and so lock screens.
_IN_REMINDERS = ("venue", "address", "travel", "parking", "bring", "joining_link")
_OF_THE_PLACE = ("travel", "parking", "travel_checked_on")


@dataclass(frozen=True, slots=True)
class Block:
    """How to get to a place, as its staff last checked it; what is empty is not said."""

    travel: str = ""
    parking: str = ""
    travel_checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class VenueCells:
    """The place that a row names."""

    name: str
    postcode: str
    address: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as a table has it: the columns of the event that the table has, by name, and what they refer to.

    `provider` and `alliance` are None when the table has no such column; `venue` is None for online events.
    """

    line: int
    external_id: str
    sessions: Sessions
    values: Mapping[str, Any]
    provider: str | None
    alliance: str | None
    venue: VenueCells | None
    block: Block


def read_rows(sheet: Sheet) -> tuple[list[EventRow], list[RowError]]:
    """Return the events of a table and all that is wrong with it."""
    errors = list(sheet.errors)
    events: list[EventRow] = []
    for rows in _by_event(sheet.rows):
        try:
            events.append(_event(rows, sheet.columns, errors))
        except _Unreadable:
            continue
    return events, errors


class _Unreadable(Exception):
    """A row has faults, and all of them have been told."""


def _by_event(rows: Iterable[SheetRow]) -> Iterator[list[SheetRow]]:
    """Yield the rows of each event: several when they have one external_id."""
    found: dict[str, list[SheetRow]] = {}
    for row in rows:
        key = row.cells["external_id"]
        found.setdefault(key or f"line {row.line}", []).append(row)
    yield from found.values()


def _event(rows: list[SheetRow], columns: Iterable[str], errors: list[RowError]) -> EventRow:
    faults: list[RowError] = []
    read = _read_cells(rows[0], columns, faults)
    for further in rows[1:]:
        _add_sessions(read, rows[0], further, faults)
    if not faults:
        faults += [RowError(rows[0].line, column, reason) for column, reason in _complete(read)]
    errors += faults
    if faults:
        raise _Unreadable
    return EventRow(
        line=rows[0].line,
        external_id=read["external_id"],
        sessions=tuple(zip(read["starts_at"], read["ends_at"], strict=True)),
        values={name: value for name, value in read.items() if name not in _NOT_OF_THE_EVENT},
        provider=read.get("provider"),
        alliance=read.get("alliance"),
        venue=_venue(read),
        block=Block(**{name: read[name] for name in _OF_THE_PLACE if name in read}),
    )


def _read_cells(row: SheetRow, columns: Iterable[str], faults: list[RowError]) -> dict[str, Any]:
    """Read the cells of a row, noting what is wrong with them."""
    read: dict[str, Any] = {}
    for column in columns:
        if column in _READERS:
            try:
                read[column] = _READERS[column](row.cells[column])
            except BadCell as bad:
                faults.append(RowError(row.line, column, str(bad)))
    return read


def _add_sessions(read: dict[str, Any], first: SheetRow, further: SheetRow, faults: list[RowError]) -> None:
    """Add the times of a further row of a course; anything else in it must be as in the first."""
    if read.get("kind") != Kind.COURSE:
        reason = f"also on line {first.line}; only a course may have several rows"
        faults.append(RowError(further.line, "external_id", reason))
        return
    times = _read_cells(further, ("starts_at", "ends_at"), faults)
    for column, cell in further.cells.items():
        if column in times:
            read[column] = (*read.get(column, ()), *times[column])
        elif cell and cell != first.cells[column] and column not in ("starts_at", "ends_at", "places_taken"):
            faults.append(RowError(further.line, column, f"differs from line {first.line} of the same course"))


def _complete(read: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Fill in what follows from the other cells, and yield what does not fit together."""
    yield from _wrong_times(read)
    if "kind" in read or len(read["starts_at"]) > 1:
        read["kind"] = read.get("kind") or (Kind.COURSE if len(read["starts_at"]) > 1 else Kind.SINGLE)
    read["mode"] = read.get("mode") or Mode.IN_PERSON
    if read["mode"] != Mode.ONLINE and not read.get("postcode"):
        yield "postcode", "is missing; only an event whose mode is online needs none"
    yield from _telling_texts(read)
    if read.get("discreet_title"):
        yield from _wrong_discreet_title(read)
    else:
        yield from _derive_discreet_title(read)


def _wrong_times(read: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    starts, ends = read["starts_at"], read["ends_at"]
    if len(starts) != len(ends):
        yield "ends_at", f"has {len(ends)} times, starts_at has {len(starts)}"
        return
    if len(starts) > 1 and read.get("kind") not in (None, Kind.COURSE):
        yield "starts_at", "has several times; only a course may"
    if any(end <= start for start, end in zip(starts, ends, strict=True)):
        yield "ends_at", "is not after starts_at"
    elif any(later[0] < earlier[1] for earlier, later in pairwise(zip(starts, ends, strict=True))):
        yield "starts_at", "the sessions are not in order, or overlap"


def _telling_texts(read: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for column in _IN_REMINDERS:
        if telling := telling_words(read.get(column) or ""):
            yield column, f"is in reminders, and tells a lock screen too much: {', '.join(telling)}"


def _wrong_discreet_title(read: dict[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        read["discreet_title"] = _DISCREET(read["discreet_title"])
    except BadCell as bad:
        yield "discreet_title", str(bad)
    if telling := telling_words(read["discreet_title"]):
        yield "discreet_title", f"tells a lock screen too much: {', '.join(telling)}"


def _derive_discreet_title(read: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Let the title stand in where it gives nothing away."""
    telling = telling_words(read["title"])
    if telling:
        yield "discreet_title", f"is missing, and the title says {', '.join(telling)}: give a title without"
    elif len(read["title"]) > 100:
        yield "discreet_title", "is missing, and the title is too long to stand in for it"
    read["discreet_title"] = read["title"]


def _venue(read: Mapping[str, Any]) -> VenueCells | None:
    if read["mode"] == Mode.ONLINE:
        return None
    address = read.get("address", "")
    return VenueCells(read.get("venue") or address.partition(",")[0] or read["postcode"], read["postcode"], address)
