"""The waiting list of a full event: joining it, one's place in it, leaving it, and answering an offer.

Every function runs inside the caller's unit of work, never commits, and answers with an outcome; `now` is aware UTC.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.booking import counter, places
from services.booking.counter import Found
from services.booking.outcomes import (
    AlreadyBooked,
    Closed,
    Confirmed,
    Full,
    Gone,
    Held,
    Joined,
    Lapsed,
    Left,
    Room,
    TooMany,
)
from services.booking.refill import freed
from services.booking.standing import IS_WAITING, booking
from services.booking.tables import BookingStatus
from services.core.ids import new_reference

_JOIN = {
    name: dialect.insert(booking).on_conflict_do_nothing(index_elements=["reference"]).returning(booking.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_CHANGE_PARTY = (
    update(booking).where(booking.c.id == bindparam("booking"), IS_WAITING).values(places=bindparam("party"))
)
_LEAVE = (
    update(booking)
    .where(booking.c.id == bindparam("booking"), IS_WAITING)
    .values(status=BookingStatus.RELEASED, ended_at=bindparam("now"))
)
_MINE = select(booking.c.event_id, booking.c.created_at).where(booking.c.id == bindparam("booking"), IS_WAITING)
_AHEAD = select(func.count()).where(
    booking.c.event_id == bindparam("event"),
    IS_WAITING,
    or_(
        booking.c.created_at < bindparam("since"),
        (booking.c.created_at == bindparam("since")) & (booking.c.id < bindparam("mine")),
    ),
)
_WHO = select(
    booking.c.event_id,
    booking.c.person_id,
    booking.c.identity_id,
    booking.c.attendee,
    booking.c.attendee_name,
    booking.c.places,
).where(booking.c.id == bindparam("booking"))
_LATEST = 2**31 - 1
# How long a place is held while a late answer turns it into a booking, in the same unit of work.
_AT_ONCE = timedelta(minutes=1)


def join(
    session: Session,
    *,
    event_id: int,
    person_id: int,
    identity_id: int,
    party: int,
    now: datetime,
    attendee: str = "",
    attendee_name: str = "",
) -> Joined | Room | TooMany | AlreadyBooked | Closed:
    """Put someone on the waiting list for `party` places; `attendee` as in `places.hold`.

    Who is on it already stays where they are, with the party as now given.
    """
    counter.lock(session, [event_id])
    freed(session, [event_id], now)
    who = {"event_id": event_id, "person_id": person_id, "attendee": attendee}
    own = places.own_booking(session, who, now)
    standing = counter.standing(session, event_id)
    refusal = _refusal(standing, party, now)
    if refusal is not None:
        return refusal
    if own is not None and own.status != BookingStatus.WAITING:
        return AlreadyBooked(own.id, own.status, own.reference)
    if standing is not None and standing.capacity - standing.taken >= party:
        return Room(standing.capacity - standing.taken)
    if own is not None:
        return _again(session, own.id, party)
    wanted = who | {"identity_id": identity_id, "attendee_name": attendee_name, "places": party}
    return _joined(session, wanted, now)


def ahead(session: Session, booking_id: int) -> int | None:
    """How many parties wait before someone; None for who does not wait."""
    mine = session.connection().execute(_MINE, {"booking": booking_id}).first()
    return _count_ahead(session, mine.event_id, mine.created_at, booking_id) if mine is not None else None


def take_free_place(session: Session, booking_id: int, party: int, now: datetime) -> bool:
    """End someone's waiting when `party` places are free for them to hold at once; else leave them in line."""
    row = session.connection().execute(_WHO, {"booking": booking_id}).first()
    if row is None:
        return False
    counter.lock(session, [row.event_id])
    free = counter.places_left(session, row.event_id) >= party
    return free and isinstance(leave(session, booking_id, now), Left)


def leave(session: Session, booking_id: int, now: datetime) -> Left | Gone:
    """Take someone off the waiting list; a place offered to them goes to the next."""
    if session.connection().execute(_LEAVE, {"booking": booking_id, "now": now}).rowcount:
        return Left(booking_id, was_offered=False)
    released = places.release(session, booking_id, now)
    return released if isinstance(released, Gone) else Left(booking_id, was_offered=True)


def accept(
    session: Session, booking_id: int, now: datetime, *, attendee_name: str = "", access_needs: Sequence[str] = ()
) -> Confirmed | Joined | AlreadyBooked | Closed | Lapsed | Gone:
    """Say yes to an offer: it becomes a booking; doing so twice is as good as once.

    After the deadline too, if the place is still there; if it has gone to someone else, back on the list.
    """
    details: dict[str, Any] = {"attendee_name": attendee_name, "access_needs": access_needs}
    outcome = places.confirm(session, booking_id, now, **details)
    if not isinstance(outcome, Lapsed):
        return outcome
    places.end_lapsed(session, booking_id, now)
    renewed = places.renew(session, booking_id, now, _AT_ONCE)
    if isinstance(renewed, Held):
        return places.confirm(session, booking_id, now, **details)
    return _rejoin(session, booking_id, now) if isinstance(renewed, Full) else renewed


def add_details(
    session: Session, booking_id: int, *, attendee_name: str = "", access_needs: Sequence[str] = ()
) -> None:
    """Note what was asked after the booking was made; what is empty leaves what is there."""
    details: dict[str, Any] = {"attendee_name": attendee_name, "access_needs": list(access_needs)}
    known = {column: value for column, value in details.items() if value}
    if known:
        session.connection().execute(update(booking).where(booking.c.id == booking_id).values(known))


def _refusal(standing: Found | None, party: int, now: datetime) -> Closed | TooMany | None:
    if standing is None:
        return Closed("unknown")
    closed = counter.closed(standing.status, standing.kind, standing.starts_at, now)
    return closed or (TooMany(standing.capacity) if party > standing.capacity else None)


def _again(session: Session, booking_id: int, party: int) -> Joined:
    session.connection().execute(_CHANGE_PARTY, {"booking": booking_id, "party": party})
    return Joined(booking_id, party, ahead(session, booking_id) or 0, is_new=False)


def _rejoin(session: Session, booking_id: int, now: datetime) -> Joined | Gone:
    """Put someone whose place has gone at the end of the list."""
    row = session.connection().execute(_WHO, {"booking": booking_id}).first()
    return _joined(session, row._asdict(), now) if row is not None else Gone(None)


def _joined(session: Session, wanted: dict[str, Any], now: datetime) -> Joined:
    before = _count_ahead(session, wanted["event_id"], now)
    return Joined(_insert(session, wanted, now), wanted["places"], before, is_new=True)


def _insert(session: Session, wanted: dict[str, Any], now: datetime) -> int:
    connection = session.connection()
    row = wanted | {"status": BookingStatus.WAITING, "access_needs": [], "created_at": now}
    while True:
        row_id = connection.execute(_JOIN[connection.dialect.name], row | {"reference": new_reference()}).scalar()
        if row_id is not None:
            return int(row_id)
        # The reference drawn was another's; the next one will not be.


def _count_ahead(session: Session, event_id: int, since: datetime, mine: int = _LATEST) -> int:
    who = {"event": event_id, "since": since, "mine": mine}
    return int(session.connection().execute(_AHEAD, who).scalar_one())
