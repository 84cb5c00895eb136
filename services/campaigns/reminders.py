"""Reminders: planned when a place is booked, dropped when they make no sense, queued when they are due."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.booking import care
from services.booking.tables import Booking, BookingStatus
from services.campaigns.tables import Reminder
from services.core.clock import to_london
from services.core.quiet_hours import evening_before, is_quiet, next_opening
from services.events.tables import Event, EventSession, EventStatus
from services.people import outbox
from services.people.tables import Priority

_REMINDERS = Reminder.__table__  # type: ignore[attr-defined]
_BOOKINGS = Booking.__table__  # type: ignore[attr-defined]
_SESSIONS = EventSession.__table__  # type: ignore[attr-defined]
_EVENTS = Event.__table__  # type: ignore[attr-defined]

BEFORE = {"week": timedelta(days=7), "day": timedelta(days=1), "hours": timedelta(hours=2)}
_ORDER = tuple(BEFORE)
# Someone who has just booked needs no reminder yet.
_AFTER_BOOKING = timedelta(hours=3)
# A reminder moved to 8am must leave time to get there.
_TO_GET_THERE = timedelta(minutes=45)

_SESSIONS_OF = (
    select(_SESSIONS.c.id, _SESSIONS.c.starts_at, _SESSIONS.c.position, _BOOKINGS.c.confirmed_at)
    .join(_BOOKINGS, _BOOKINGS.c.event_id == _SESSIONS.c.event_id)
    .where(_BOOKINGS.c.id == bindparam("booking"), _BOOKINGS.c.status == BookingStatus.CONFIRMED.value)
    .order_by(_SESSIONS.c.position)
)
_PLAN = {
    name: insert.on_conflict_do_update(
        index_elements=["booking_id", "session_id", "kind"],
        set_={"due_at": insert.excluded.due_at, "status": "planned", "reason": ""},
    )
    for name, insert in (("sqlite", sqlite.insert(_REMINDERS)), ("postgresql", postgresql.insert(_REMINDERS)))
}
_DROP = (
    update(_REMINDERS)
    .where(_REMINDERS.c.booking_id == bindparam("booking"), _REMINDERS.c.status == "planned")
    .values(status="dropped", reason=bindparam("why"))
)
_DUE = (
    select(
        _REMINDERS.c.id,
        _REMINDERS.c.booking_id,
        _REMINDERS.c.session_id,
        _REMINDERS.c.kind,
        _BOOKINGS.c.status,
        _SESSIONS.c.starts_at,
    )
    .join(_BOOKINGS, _BOOKINGS.c.id == _REMINDERS.c.booking_id)
    .join(_SESSIONS, _SESSIONS.c.id == _REMINDERS.c.session_id)
    .where(_REMINDERS.c.status == "planned", _REMINDERS.c.due_at <= bindparam("now", type_=_REMINDERS.c.due_at.type))
    .order_by(_REMINDERS.c.due_at, _REMINDERS.c.id)
    .limit(bindparam("most"))
)
# Of each booking the next session, in the form of a reminder that is due.
_NEXT_SESSION = (
    select(_SESSIONS.c.id)
    .where(
        _SESSIONS.c.event_id == _BOOKINGS.c.event_id,
        _SESSIONS.c.starts_at > bindparam("now", type_=_SESSIONS.c.starts_at.type),
    )
    .order_by(_SESSIONS.c.starts_at)
    .limit(1)
    .correlate(_BOOKINGS)
    .scalar_subquery()
)
_ATTENDING = (
    select(
        literal(0).label("id"),
        _BOOKINGS.c.id.label("booking_id"),
        _SESSIONS.c.id.label("session_id"),
        literal("").label("kind"),
        _BOOKINGS.c.status,
        _SESSIONS.c.starts_at,
    )
    .join(_EVENTS, _EVENTS.c.id == _BOOKINGS.c.event_id)
    .join(_SESSIONS, _SESSIONS.c.id == _NEXT_SESSION)
    .where(
        _EVENTS.c.external_id == bindparam("named"),
        _EVENTS.c.status == EventStatus.PUBLISHED.value,
        _BOOKINGS.c.status == BookingStatus.CONFIRMED.value,
    )
    .order_by(_BOOKINGS.c.id)
)
_MARK = update(_REMINDERS).where(_REMINDERS.c.id == bindparam("reminder"), _REMINDERS.c.status == "planned")


class Queued(NamedTuple):
    """What one look at the due reminders did."""

    queued: int
    dropped: int


class _Due(NamedTuple):
    id: int
    booking_id: int
    session_id: int
    kind: str
    booking_status: str
    starts_at: datetime


def due_time(kind: str, starts_at: datetime) -> datetime:
    """When a reminder of that kind should go, outside quiet hours (9pm to 8am London).

    One that falls into quiet hours goes at 8am if 45 minutes remain before the event, else the evening before.
    """
    wanted = starts_at - BEFORE[kind]
    if not is_quiet(wanted):
        return wanted
    morning = next_opening(wanted)
    return morning if starts_at - morning >= _TO_GET_THERE else evening_before(starts_at)


def plan(session: Session, booking_id: int, *, now: datetime) -> int:
    """Plan the reminders of a confirmed booking anew and return how many; those whose time has passed are left out.

    A course has all three before its first session, and those of the day before and of two hours before each one.
    """
    drop(session, booking_id, "planned_anew")
    count = 0
    for row in session.execute(_SESSIONS_OF, {"booking": booking_id}).all():
        for kind, due_at in _moments(row.starts_at, row.position, max(now, row.confirmed_at + _AFTER_BOOKING)):
            values = {"booking_id": booking_id, "session_id": row.id, "kind": kind, "due_at": due_at}
            session.execute(_PLAN[session.get_bind().dialect.name], values | {"status": "planned", "reason": ""})
            count += 1
    return count


def _moments(starts_at: datetime, position: int, earliest: datetime) -> Iterator[tuple[str, datetime]]:
    for kind in _ORDER if position == 0 else _ORDER[1:]:
        due_at = due_time(kind, starts_at)
        if due_at >= earliest:
            yield kind, due_at


def drop(session: Session, booking_id: int, why: str) -> None:
    """Drop what is still planned for a booking; `why` is a short stable word."""
    session.execute(_DROP, {"booking": booking_id, "why": why})


def has_due(session: Session, now: datetime) -> bool:
    """Whether any reminder is due."""
    return session.execute(_DUE, {"now": now, "most": 1}).first() is not None


def queue_due(session: Session, *, now: datetime, limit: int = 500) -> Queued:
    """Write the reminders that are due into the outbox, at most `limit` of them.

    Of several that are due for one session only the last is worth a text; none goes once the session has begun.
    """
    due = [_Due(*row) for row in session.execute(_DUE, {"now": now, "most": limit})]
    last = {(row.booking_id, row.session_id): row.id for row in sorted(due, key=lambda row: _ORDER.index(row.kind))}
    queued = 0
    for row in due:
        reason = _needless(row, last, now)
        session.execute(_MARK.values(status="dropped" if reason else "queued", reason=reason), {"reminder": row.id})
        if not reason:
            queued += _enqueue(session, row, now)
    return Queued(queued, len(due) - queued)


def attending(session: Session, external_id: str, now: datetime) -> list[int]:
    """The confirmed bookings of an event that is still to come, by its external id."""
    return [row.booking_id for row in session.execute(_ATTENDING, {"named": external_id, "now": now})]


def remind_now(session: Session, external_id: str, now: datetime) -> int:
    """Remind everyone booked on an event of its next session, whatever was planned; return how many bookings.

    Who was reminded so today is not reminded again.
    """
    due = [_Due(*row) for row in session.execute(_ATTENDING, {"named": external_id, "now": now})]
    asked = f"asked {to_london(now).date().isoformat()}"
    return sum(_enqueue(session, row._replace(kind=asked), now) for row in due)


def _needless(row: _Due, last: dict[tuple[int, int], int], now: datetime) -> str:
    if row.booking_status != BookingStatus.CONFIRMED:
        return "booking_cancelled"
    if row.starts_at <= now:
        return "too_late"
    return "" if last[row.booking_id, row.session_id] == row.id else "superseded"


def _enqueue(session: Session, row: _Due, now: datetime) -> bool:
    """Write one text for each phone that is told of the booking; False when all were written before."""
    told = [_enqueue_to(session, row, phone, now) for phone in care.told_of(session, row.booking_id)]
    return any(told)


def _enqueue_to(session: Session, row: _Due, identity_id: int, now: datetime) -> bool:
    parameters = {"booking_id": row.booking_id, "session_id": row.session_id, "kind": row.kind}
    written = outbox.enqueue(
        session,
        kind="reminder",
        identity_id=identity_id,
        parameters=parameters,
        priority=Priority.REMINDER,
        due_at=now,
        now=now,
        expires_at=row.starts_at,
        booking_id=row.booking_id,
        dedupe_key=f"reminder:{row.booking_id}:{row.session_id}:{row.kind}:{row.starts_at.isoformat()}:{identity_id}",
    )
    return written is not None
