"""How the inbox is shown in a terminal: the list, and one person's whole talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import typer
from sqlmodel import Session

from services.booking import bookings
from services.booking.bookings import Booked
from services.core.clock import to_london
from services.core.phone import mask
from services.people import desk, holds, identities
from services.people.desk import Line
from services.people.flags import OpenFlag
from services.people.identities import Recipient
from services.people.tables import Person

_SEVERITY = ("emergency", "urgent", "today", "routine")
_FIRST_WORDS = 40
_OURS = {"reply": "bot", "safety": "bot, safety", "consent": "bot, consent"}


def written(waiting: Sequence[OpenFlag], now: datetime, *, words: bool, restricted: bool) -> None:
    """Print the list; what is restricted shows only that it is there, unless `restricted`."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "how grave", "what", "from", "waiting", "taken by", *(["message"] if words else []))
    for flag in waiting:
        # As it is: "[b]" in a message is no mark-up.
        table.add_row(*map(Text, _cells(flag, now, words=words, seen=restricted or not flag.is_restricted)))
    Console(width=None if Console().is_terminal else 200).print(table)


def _cells(flag: OpenFlag, now: datetime, *, words: bool, seen: bool) -> list[str]:
    what, sender = (flag.category, _sender(flag)) if seen else ("restricted", "")
    cells = [str(flag.id), _SEVERITY[flag.severity], what, sender, span(now - flag.created_at), flag.taken_by or ""]
    if words:
        cells.append(_beginning(flag) if seen else "")
    return cells


def _sender(flag: OpenFlag) -> str:
    return mask(flag.address) if flag.address else ""


def span(passed: timedelta) -> str:
    """How long someone has waited, in the largest unit that fits: "5 min", "3 h", "2 days"."""
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that staff see of one flag: what it is, who it is about, what they have booked, what was said."""

    flag: OpenFlag
    to: Recipient
    person: Person
    is_held: bool
    booked: Sequence[Booked]
    said: Sequence[Line]

    def print(self) -> None:
        """Print it."""
        for line in (*self._about(), "", *map(_spoken, self.said)):
            typer.echo(line)

    def _about(self) -> list[str]:
        flag, person = self.flag, self.person
        lines = [
            _title(flag),
            f"They want: {' '.join((flag.body or flag.note or 'see below').split())}",
            f"From: {person.first_name or 'no name given'}, {mask(flag.address)} by {flag.channel}",
        ]
        lines += [flag.note] if flag.note and flag.body else []
        lines += [f"Language: {person.language}"] if person.language != "en" else []
        lines += [f"Access: {', '.join(person.access_needs)}"] if person.access_needs else []
        lines += ["They have opted out and cannot be texted."] if self.to.opted_out else []
        lines += ["It may not be safe to text them: reminders are held until you release them."] if self.is_held else []
        return lines + [f"Booked: {one.discreet_title}, {_when(one.starts_at)}, {one.reference}" for one in self.booked]


@dataclass(frozen=True, slots=True)
class Note:
    """A note to staff that is about nobody."""

    flag: OpenFlag

    def print(self) -> None:
        """Print it."""
        typer.echo(_title(self.flag))
        typer.echo(self.flag.note)


def told(session: Session, flag: OpenFlag, now: datetime) -> Told | Note:
    """Gather what staff see of one flag."""
    if flag.identity_id is None:
        return Note(flag)
    to = identities.recipient(session, flag.identity_id)
    assert to is not None, "a foreign key says so"  # noqa: S101
    return Told(
        flag,
        to,
        session.get_one(Person, to.person_id),
        holds.is_held(session, flag.address),
        bookings.upcoming(session, to.person_id, now),
        desk.transcript(session, flag.identity_id),
    )


def _title(flag: OpenFlag) -> str:
    return f"{flag.id}: {flag.category}, {_SEVERITY[flag.severity]}, since {_when(flag.created_at)}"


def _beginning(flag: OpenFlag) -> str:
    said = " ".join((flag.body or flag.note).split())
    return said if len(said) <= _FIRST_WORDS else said[:_FIRST_WORDS] + "..."


def _spoken(line: Line) -> str:
    who = _OURS.get(line.who, line.who)
    unsent = f" ({line.status})" if line.status in ("refused", "failed", "unknown", "queued") else ""
    return f"{_when(line.at)}  {who}{unsent}: {line.text or '(a message without words)'}"


def _when(moment: datetime) -> str:
    return to_london(moment).strftime("%a %d %b %H:%M")
