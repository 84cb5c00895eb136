"""Bookings for people cared for: who is told of one, and what becomes of them when everything for someone stops."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from services.booking.standing import IS_CURRENT, booking, status_in
from services.booking.tables import LIVE
from services.people import carers, outbox
from services.people.carers import Cared

_BOOKED = select(booking.c.person_id, booking.c.identity_id, booking.c.attendee).where(
    booking.c.id == bindparam("booking")
)
_LIVE_FOR = select(booking.c.id).where(
    booking.c.person_id == bindparam("carer"),
    booking.c.attendee == bindparam("attendee"),
    IS_CURRENT,
    status_in(*LIVE),
)


def told_of(session: Session, booking_id: int) -> list[int]:
    """The identities that are texted about a booking: whoever made it, and the own phone of whom it is for.

    Nobody, once everything for the one cared for has ended.
    """
    booked = session.execute(_BOOKED, {"booking": booking_id}).first()
    if booked is None:
        return []
    cared = carers.of_attendee(session, booked.attendee)
    if cared is None:
        return [booked.identity_id]
    if cared.ended_at is not None:
        return []
    own = cared.identity_id
    return [booked.identity_id] if own in (None, booked.identity_id) else [booked.identity_id, own]


def has_ended(session: Session, booking_id: int) -> bool:
    """Whether a booking is for someone for whom everything has stopped (nobody is texted about it any more)."""
    booked = session.execute(_BOOKED, {"booking": booking_id}).first()
    cared = carers.of_attendee(session, booked.attendee) if booked is not None else None
    return cared is not None and cared.ended_at is not None


def live_for(session: Session, cared: Cared) -> list[int]:
    """The bookings that a carer has for someone, held, offered or confirmed."""
    found = session.execute(_LIVE_FOR, {"carer": cared.carer_id, "attendee": cared.attendee})
    return list(found.scalars())


def end(session: Session, cared: Iterable[Cared], why: str, now: datetime) -> list[int]:
    """Stop everything for people cared for; their bookings stay, for staff to see to, and are returned.

    What still waits to be sent about these bookings is withdrawn.
    """
    left: list[int] = []
    for each in cared:
        if carers.end(session, each.id, why, now):
            left += live_for(session, each)
    for booking_id in left:
        outbox.withdraw(session, booking_id, why)
    return left
