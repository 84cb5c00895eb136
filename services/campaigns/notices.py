"""Notices: everyone booked is told at once when an event moves or is cancelled, and their reminders follow."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from services.booking.tables import Booking, BookingStatus
from services.campaigns import reminders
from services.events.changes import ChangeKind
from services.events.tables import Event
from services.people import outbox
from services.people.tables import Priority

_BOOKINGS = Booking.__table__  # type: ignore[attr-defined]
_BOOKED = select(_BOOKINGS.c.id, _BOOKINGS.c.identity_id).where(
    _BOOKINGS.c.event_id == bindparam("event"), _BOOKINGS.c.status == BookingStatus.CONFIRMED.value
)
# A cancellation is worth telling until the event would have been over, and a little after.
_STILL_WORTH_TELLING = timedelta(hours=2)


def event_changed(session: Session, event_id: int, change: ChangeKind, *, was: str, now: datetime) -> int:
    """Queue a text to each booking of an event and plan or drop its reminders; return how many are told.

    `was` tells one change of an event from another (such as its old start), so that the same change is
    told once however often it is imported.
    """
    event = session.get_one(Event, event_id)
    told = 0
    for booking_id, identity_id in session.execute(_BOOKED, {"event": event_id}).all():
        if change is ChangeKind.MOVED:
            reminders.plan(session, booking_id, now=now)
        else:
            reminders.drop(session, booking_id, "event_cancelled")
        told += _tell(session, event, booking_id, identity_id, change, was, now)
    return told


def _tell(
    session: Session, event: Event, booking_id: int, identity_id: int, change: ChangeKind, was: str, now: datetime
) -> int:
    written = outbox.enqueue(
        session,
        kind=f"event_{change}",
        identity_id=identity_id,
        parameters={"booking_id": booking_id, "event_id": event.id},
        priority=Priority.NOTICE,
        due_at=now,
        now=now,
        expires_at=max(event.ends_at, now) + _STILL_WORTH_TELLING,
        booking_id=booking_id,
        dedupe_key=f"{change}:{booking_id}:{was}>{event.starts_at.isoformat()}:{event.venue_id}:{event.mode}",
    )
    return written is not None
