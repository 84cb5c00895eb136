"""Swaps: a booking given up for a place at another event, both at once or neither.

The old place is kept until the new one is taken. Like everything about places this runs inside the caller's unit of
work, never commits, and answers with an outcome; `now` is aware UTC.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from services.booking import places as claims
from services.booking.counter import Found, event, lock, take
from services.booking.outcomes import AlreadyBooked, Closed, Confirmed, Full, Gone, Lapsed, Swapped
from services.booking.standing import booking
from services.booking.tables import BookingStatus

Refusal = Full | Closed | AlreadyBooked | Gone

# A hold that is confirmed in the same transaction needs no time.
_A_MOMENT = timedelta(minutes=1)
_WHICH = select(booking.c.event_id).where(booking.c.id == bindparam("booking"))
_OLD = (
    select(booking, event.c.starts_at)
    .join(event, event.c.id == booking.c.event_id)
    .where(booking.c.id == bindparam("booking"))
    .with_for_update(of=booking, key_share=True)
)


def swap(
    session: Session, booking_id: int, event_id: int, now: datetime, places: int | None = None
) -> Swapped | Refusal:
    """Book another event in the place of a confirmed booking, for as many `places` (the same when None).

    What the person holds, is offered or waits for at the other event is taken up. Gone("begun"): the event of the old
    booking has begun, so there is nothing left to change. After any refusal the old booking stands as it was.
    """
    old = _locked(session, booking_id, event_id)
    if (gone := _not_to_be_changed(old, now)) is not None or old is None:
        return gone or Gone(None)
    if old.event_id == event_id:
        return AlreadyBooked(old.id, old.status, old.reference)
    new = _claim(session, old, event_id, places or old.places, now)
    if not isinstance(new, int):
        return new
    confirmed = claims.confirm(
        session, new, now, attendee_name=old.attendee_name, access_needs=tuple(old.access_needs or ())
    )
    if not isinstance(confirmed, Confirmed):
        return Gone(None) if isinstance(confirmed, Lapsed) else confirmed
    claims.cancel(session, old.id, now)
    return Swapped(old.id, confirmed.booking_id, confirmed.reference, confirmed.places)


def _locked(session: Session, booking_id: int, event_id: int) -> Found | None:
    """The booking, kept from changing with the places of both events; their rows are locked in the order of ids."""
    connection = session.connection()
    old_event = connection.execute(_WHICH, {"booking": booking_id}).scalar()
    if old_event is None:
        return None
    lock(session, {old_event, event_id})
    return connection.execute(_OLD, {"booking": booking_id}).first()


def _not_to_be_changed(old: Found | None, now: datetime) -> Gone | None:
    if old is None or old.status != BookingStatus.CONFIRMED:
        return Gone(old.status if old is not None else None)
    return Gone("begun") if old.starts_at <= now else None


def _claim(session: Session, old: Found, event_id: int, places: int, now: datetime) -> int | Refusal:
    """Take places at the other event and return the id of the hold, or why there are none."""
    there = {"person_id": old.person_id, "event_id": event_id, "attendee": old.attendee}
    own = claims.own_booking(session, there, now)
    if own is None:
        return _hold(session, old, event_id, places, now)
    if own.status == BookingStatus.CONFIRMED:
        return AlreadyBooked(own.id, own.status, own.reference)
    if own.status == BookingStatus.WAITING:
        return _called_up(session, own.id, event_id, places, now)
    resized = claims.resize(session, own.id, places, now)
    return resized if isinstance(resized, Full | Closed | Gone) else int(own.id)


def _hold(session: Session, old: Found, event_id: int, places: int, now: datetime) -> int | Refusal:
    held = claims.hold(
        session,
        event_id=event_id,
        person_id=old.person_id,
        identity_id=old.identity_id,
        places=places,
        now=now,
        hold_for=_A_MOMENT,
        attendee=old.attendee,
        attendee_name=old.attendee_name,
    )
    return held if isinstance(held, Full | Closed | AlreadyBooked) else held.booking_id


def _called_up(session: Session, waiting_id: int, event_id: int, places: int, now: datetime) -> int | Full | Closed:
    """Turn the person's place on the waiting list into a hold, if there is room."""
    refusal = take(session, event_id, places, now)
    if refusal is not None:
        return refusal
    held = {"status": BookingStatus.HELD, "places": places, "deadline": now + _A_MOMENT}
    session.connection().execute(booking.update().where(booking.c.id == waiting_id).values(**held))
    return waiting_id
