"""What could be gone to instead of an event: other dates of the same offer, and events that are like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from services.core.clock import to_london
from services.events.query import Match, Query, Widened, Window
from services.events.search import load_matches, search
from services.events.tables import Event, EventStatus, Mode, Venue

# An event for something else, in another way or another language is not like the one that was booked.
_TOO_FAR_OFF = frozenset({Widened.NEEDS, Widened.ACTIVITY, Widened.LANGUAGE, Widened.MODE})


@dataclass(frozen=True, slots=True)
class OtherDates:
    """Dates of one offer, soonest first: those with room for the party, and the ids of those that are full."""

    free: tuple[Match, ...]
    full: tuple[int, ...]


def other_dates(session: Session, event: Event, *, places: int, now: datetime) -> OtherDates:
    """Return the dates to come of what an event is one date of: the same title from the same provider."""
    ids = _same_offer(session, event, now)
    matches = load_matches(session, ids, lat=None, lon=None, now=now)
    free = tuple(match for match in matches if match.left >= places)
    return OtherDates(free, tuple(each for each in ids if each not in {match.event_id for match in free}))


def similar(
    session: Session, event: Event, *, places: int, passed_over: Sequence[int], now: datetime, limit: int = 3
) -> tuple[Match, ...]:
    """Return events to come for the same needs and people, the nearest first; `passed_over` are left out."""
    venue = session.get(Venue, event.venue_id) if event.venue_id else None
    query = Query(
        lat=venue.lat if venue else None,
        lon=venue.lon if venue else None,
        cancer_type=event.cancer_types[0] if event.cancer_types else None,
        needs=tuple(event.needs),
        audience=tuple(event.audience),
        mode=None if event.mode == Mode.BOTH else event.mode,
        places=places,
        seen=frozenset((*passed_over, event.id or 0)),
    )
    found = search(session, query, limit=limit, now=now) if event.needs else None
    return found.matches if found and not _TOO_FAR_OFF & set(found.widened) else ()


def within(window: Window, starts_at: datetime) -> bool:
    """Whether an event that starts then (aware) falls into a window."""
    local = to_london(starts_at)
    return (
        (window.starts_from is None or starts_at >= window.starts_from)
        and (window.starts_before is None or starts_at < window.starts_before)
        and _on_day(window, local.weekday())
        and (window.earliest is None or local.time() >= window.earliest)
        and (window.latest is None or local.time() < window.latest)
    )


def _on_day(window: Window, weekday: int) -> bool:
    return weekday not in window.excluded_weekdays and (not window.weekdays or weekday in window.weekdays)


def _same_offer(session: Session, event: Event, now: datetime) -> list[int]:
    same = (
        col(Event.discreet_title) == event.discreet_title,
        col(Event.provider_id).is_not_distinct_from(event.provider_id),
        col(Event.kind) == event.kind,
        col(Event.status) == EventStatus.PUBLISHED,
        col(Event.starts_at) > now,
        col(Event.id) != event.id,
    )
    found = select(col(Event.id)).where(*same).order_by(col(Event.starts_at), col(Event.id))
    return [int(row[0]) for row in session.connection().execute(found) if row[0]]
