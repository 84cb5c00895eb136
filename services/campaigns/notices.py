"""Notices: everyone booked or waiting is told at once when an event moves or is cancelled; their reminders follow."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from services.booking import care, refill
from services.booking.tables import Booking, BookingStatus
from services.campaigns import reminders
from services.events.changes import ChangeKind, EventChange
from services.events.tables import Event
from services.people import outbox
from services.people.tables import Priority

_BOOKINGS = Booking.__table__  # type: ignore[attr-defined]
_CONCERNED = (
    select(_BOOKINGS.c.id, _BOOKINGS.c.identity_id, _BOOKINGS.c.status)
    .where(
        _BOOKINGS.c.event_id == bindparam("event"),
        _BOOKINGS.c.status.in_([BookingStatus.CONFIRMED, BookingStatus.WAITING, BookingStatus.OFFERED]),
    )
    .order_by(_BOOKINGS.c.id)
)
_ENDS_AT = (
    select(Event.ends_at)  # type: ignore[call-overload]
    .join(_BOOKINGS, _BOOKINGS.c.event_id == Event.id)
    .where(_BOOKINGS.c.id == bindparam("booking"))
)
# A cancellation is worth telling until the event would have been over, and a little after.
_STILL_WORTH_TELLING = timedelta(hours=2)


def event_changed(session: Session, change: EventChange, *, now: datetime) -> int:
    """Queue texts about each booking of an event and to all who wait for it; return how many of both there are.

    What still waits to be sent about a booking is withdrawn, since the new text says how things are. Reminders are
    planned anew or dropped; nobody waits any longer for what is cancelled; what was offered is offered anew.
    """
    concerned = session.execute(_CONCERNED, {"event": change.event_id}).all()
    for booking_id, identity_id, status in concerned:
        outbox.withdraw(session, booking_id, outbox.SUPERSEDED)
        if change.kind is ChangeKind.CANCELLED:
            reminders.drop(session, booking_id, "event_cancelled")
            refill.event_cancelled(session, booking_id, now)
        elif status == BookingStatus.OFFERED:
            refill.offer_again(session, booking_id, identity_id, change.new.starts_at, now)
            continue
        elif status == BookingStatus.CONFIRMED:
            reminders.plan(session, booking_id, now=now)
        for each in care.told_of(session, booking_id):
            _tell(session, change, booking_id, each, now)
    return len(concerned)


def given_up(session: Session, booking_id: int, by_identity_id: int, *, now: datetime) -> None:
    """Tell whoever else has to do with a booking that it was given up: the one cared for, or the carer."""
    ends_at = session.execute(_ENDS_AT, {"booking": booking_id}).scalar_one()
    for identity_id in care.told_of(session, booking_id):
        if identity_id != by_identity_id:
            outbox.enqueue(
                session,
                kind="booking_given_up",
                identity_id=identity_id,
                parameters={"booking_id": booking_id},
                priority=Priority.NOTICE,
                due_at=now,
                now=now,
                expires_at=ends_at,
                booking_id=booking_id,
                dedupe_key=f"given_up:{booking_id}:{identity_id}",
            )


def _tell(session: Session, change: EventChange, booking_id: int, identity_id: int, now: datetime) -> None:
    outbox.enqueue(
        session,
        kind=f"event_{change.kind}",
        identity_id=identity_id,
        parameters={"booking_id": booking_id, "event_id": change.event_id},
        priority=Priority.NOTICE,
        due_at=now,
        now=now,
        expires_at=max(change.new.ends_at, now) + _STILL_WORTH_TELLING,
        booking_id=booking_id,
    )
