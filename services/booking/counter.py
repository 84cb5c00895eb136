"""The counter of places on an event, changed only by statements that say under which condition.

Whoever touches bookings of an event takes the event's row first: all else follows in the same order
everywhere, so nobody waits in a circle, and what is read after it stays true until the commit.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlmodel import Session, SQLModel

from services.booking.outcomes import BelowTaken, CapacitySet, Closed, ClosingReason, Full
from services.events.tables import EventStatus, Kind

Found = Row[*tuple[Any, ...]]
"""A row of a query, its columns read by name."""

event = SQLModel.metadata.tables["event"]

_TAKE = (
    update(event)
    .where(
        event.c.id == bindparam("event"),
        event.c.status == EventStatus.PUBLISHED,
        event.c.starts_at > bindparam("now"),
        event.c.taken + bindparam("places") <= event.c.capacity,
    )
    .values(taken=event.c.taken + bindparam("places"))
)
_GIVE_BACK = update(event).where(event.c.id == bindparam("event")).values(taken=event.c.taken - bindparam("places"))
_SET_CAPACITY = (
    update(event)
    .where(event.c.id == bindparam("event"), event.c.taken <= bindparam("new"))
    .values(capacity=bindparam("new"))
    .returning(event.c.taken)
)
_STANDING = select(event.c.status, event.c.kind, event.c.starts_at, event.c.capacity, event.c.taken).where(
    event.c.id == bindparam("event")
)
_LOCK = (
    select(event.c.id)
    .where(event.c.id.in_(bindparam("events", expanding=True)))
    .order_by(event.c.id)
    .with_for_update(key_share=True)
)


def take(session: Session, event_id: int, places: int, now: datetime) -> Full | Closed | None:
    """Count `places` more as taken, or say why not; None means they are taken."""
    connection = session.connection()
    while True:
        if connection.execute(_TAKE, {"event": event_id, "places": places, "now": now}).rowcount:
            return None
        if refusal := _refusal(standing(session, event_id), places, now):
            return refusal
        # Between the two statements somebody gave places back: ask again.


def give_back(session: Session, event_id: int, places: int) -> None:
    """Count `places` as free again."""
    session.connection().execute(_GIVE_BACK, {"event": event_id, "places": places})


def set_capacity(session: Session, event_id: int, capacity: int) -> CapacitySet | BelowTaken:
    """Change how many places an event has, unless people hold more than that already.

    Raises LookupError when there is no such event.
    """
    connection = session.connection()
    while True:
        taken = connection.execute(_SET_CAPACITY, {"event": event_id, "new": capacity}).scalar()
        if taken is not None:
            return CapacitySet(capacity - taken)
        found = standing(session, event_id)
        if found is None:
            raise LookupError(f"no event {event_id}")
        if found.taken > capacity:
            return BelowTaken(found.taken)


def standing(session: Session, event_id: int) -> Found | None:
    """The `status`, `kind`, `starts_at`, `capacity` and `taken` of an event; None when there is no such event."""
    return session.connection().execute(_STANDING, {"event": event_id}).first()


def places_left(session: Session, event_id: int) -> int:
    """How many places of an event nobody has; 0 when there is no such event."""
    found = standing(session, event_id)
    return max(found.capacity - found.taken, 0) if found is not None else 0


def lock(session: Session, event_ids: Collection[int]) -> None:
    """Keep everybody else from changing the places of these events until the commit.

    A unit of work that changes several events calls this first. SQLite has one writer and needs no lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_LOCK, {"events": list(event_ids)})


def closed(status: str, kind: str, starts_at: datetime, now: datetime) -> Closed | None:
    """Why an event takes no bookings at `now`; None when it does."""
    if status != EventStatus.PUBLISHED:
        reason: ClosingReason = "cancelled" if status == EventStatus.CANCELLED else "draft"
        return Closed(reason)
    if starts_at <= now:
        return Closed("course_begun" if kind == Kind.COURSE else "started")
    return None


def _refusal(found: Found | None, places: int, now: datetime) -> Full | Closed | None:
    if found is None:
        return Closed("unknown")
    left = max(found.capacity - found.taken, 0)
    full = Full(left) if left < places else None
    return closed(found.status, found.kind, found.starts_at, now) or full
