"""What an import did: events made, changed and left alone, and the changes that people who booked must hear of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from services.events.rows import Sessions
from services.events.sheet import RowError


class ChangeKind(StrEnum):
    """What happened to an event that people had booked."""

    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class EventSnapshot:
    """An event at one moment: when, where and how it takes place; `venue` and `postcode` are empty when online."""

    discreet_title: str
    status: str
    mode: str
    sessions: Sessions
    venue: str
    postcode: str
    joining_link: str

    @property
    def starts_at(self) -> datetime:
        """When the first session starts."""
        return self.sessions[0][0]

    @property
    def ends_at(self) -> datetime:
        """When the last session ends."""
        return self.sessions[-1][1]

    def is_elsewhere(self, other: "EventSnapshot") -> bool:
        """Whether someone who knows the one would miss the other."""
        places = ((each.sessions, each.mode, each.venue, each.postcode, each.joining_link) for each in (self, other))
        return len(set(places)) > 1


@dataclass(frozen=True, slots=True)
class EventChange:
    """A change to an event still to come; `old` and `new` are the event before and after."""

    event_id: int
    kind: ChangeKind
    old: EventSnapshot
    new: EventSnapshot


OnChange = Callable[[Session, EventChange], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """How many events an import made, changed and left alone; `past` of the new ones are over already."""

    created: int
    updated: int
    unchanged: int
    past: int
    changes: tuple[EventChange, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why nothing of a table was imported, line by line."""

    errors: tuple[RowError, ...]
