"""Notices: everyone booked is told at once when an event moves or is cancelled, and their reminders follow."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from services.booking import care
from services.booking.tables import Booking, BookingStatus
from services.campaigns import reminders
from services.events.changes import ChangeKind, EventChange
from services.people import outbox
from services.people.outbox import OUTBOX
from services.people.tables import OutboxStatus, Priority

_BOOKINGS = Booking.__table__  # type: ignore[attr-defined]
_BOOKED = select(_BOOKINGS.c.id).where(
    _BOOKINGS.c.event_id == bindparam("event"), _BOOKINGS.c.status == BookingStatus.CONFIRMED.value
)
# What still waits to be sent about a booking, its answers excepted: reminders and notices of earlier changes.
_WITHDRAW = (
    update(OUTBOX)
    .where(
        OUTBOX.c.booking_id == bindparam("booking"),
        OUTBOX.c.status == OutboxStatus.QUEUED.value,
        OUTBOX.c.priority.in_([Priority.NOTICE.value, Priority.REMINDER.value]),
    )
    .values(status=OutboxStatus.REFUSED.value, reason="superseded")
)
# A cancellation is worth telling until the event would have been over, and a little after.
_STILL_WORTH_TELLING = timedelta(hours=2)


def event_changed(session: Session, change: EventChange, *, now: datetime) -> int:
    """Queue a text to each booking of an event and plan or drop its reminders; return how many are told.

    What still waits to be sent about a booking is withdrawn, since the new text says how things are.
    """
    booked = session.execute(_BOOKED, {"event": change.event_id}).scalars().all()
    for booking_id in booked:
        withdraw(session, booking_id)
        if change.kind is ChangeKind.MOVED:
            reminders.plan(session, booking_id, now=now)
        else:
            reminders.drop(session, booking_id, "event_cancelled")
        for identity_id in care.told_of(session, booking_id):
            _tell(session, change, booking_id, identity_id, now)
    return len(booked)


def withdraw(session: Session, booking_id: int) -> None:
    """Take back what still waits to be sent about a booking, answers excepted."""
    session.execute(_WITHDRAW, {"booking": booking_id})


def given_up(session: Session, booking_id: int, by_identity_id: int, *, now: datetime) -> None:
    """Tell whoever else has to do with a booking that it was given up: the one cared for, or the carer."""
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
