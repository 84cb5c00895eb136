"""Places: held on choosing, grown or shrunk with the party, confirmed on a yes, and given back.

Every function runs inside the caller's unit of work, never commits, and answers with an outcome; `now` is aware UTC.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, bindparam, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session

from services.booking.counter import Found, closed, event, give_back, lock, take
from services.booking.outcomes import (
    AlreadyBooked,
    Cancelled,
    Closed,
    Confirmed,
    Full,
    Gone,
    Held,
    Lapsed,
    Released,
    Resized,
)
from services.booking.refill import freed, tell_lapsed
from services.booking.standing import IS_CURRENT, IS_PENDING, booking
from services.booking.tables import LIVE, PENDING, BookingStatus
from services.core.ids import new_reference
from services.events.tables import EventStatus

_JSON_OR_NULL = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

# A conflict is on the reference or on the person's other live booking; which one, the next query tells.
_INSERT = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(booking).on_conflict_do_nothing().returning(booking.c.id)
    for dialect in (sqlite, postgresql)
}
_OWN = select(booking.c.id, booking.c.event_id, booking.c.status, booking.c.deadline, booking.c.reference).where(
    booking.c.person_id == bindparam("person_id"),
    booking.c.event_id == bindparam("event_id"),
    booking.c.attendee == bindparam("attendee"),
    IS_CURRENT,
)
_CONFIRM = (
    update(booking)
    .where(
        booking.c.id == bindparam("booking"),
        IS_PENDING,
        booking.c.deadline > bindparam("now"),
        exists().where(
            event.c.id == booking.c.event_id,
            event.c.status == EventStatus.PUBLISHED,
            event.c.starts_at > bindparam("now"),
        ),
    )
    .values(
        status=BookingStatus.CONFIRMED,
        confirmed_at=bindparam("now"),
        deadline=None,
        attendee_name=func.coalesce(bindparam("name"), booking.c.attendee_name),
        access_needs=func.coalesce(bindparam("needs", type_=_JSON_OR_NULL), booking.c.access_needs),
    )
    .returning(booking.c.reference, booking.c.places)
)
_READ = (
    select(booking, event.c.status.label("event_status"), event.c.kind, event.c.starts_at)
    .join(event, event.c.id == booking.c.event_id)
    .where(booking.c.id == bindparam("booking"))
)
_READ_LOCKED = _READ.with_for_update(of=booking, key_share=True)
_LOCK_EVENT = (
    select(event.c.id)
    .where(event.c.id == select(booking.c.event_id).where(booking.c.id == bindparam("booking")).scalar_subquery())
    .with_for_update(key_share=True)
)
_CHANGE = update(booking).where(booking.c.id == bindparam("booking"))
_RESIZE = _CHANGE.values(places=bindparam("new"))
_REVIVE = _CHANGE.values(status=BookingStatus.HELD, deadline=bindparam("until"), ended_at=None)
_END = _CHANGE.values(status=bindparam("end"), ended_at=bindparam("now"), deadline=None)
_DUE = (
    select(booking.c.id, booking.c.event_id, booking.c.status)
    .where(IS_PENDING, booking.c.deadline <= bindparam("now"))
    .order_by(booking.c.deadline)
    .limit(bindparam("limit"))
)
_EXPIRE = (
    update(booking)
    .where(
        booking.c.id.in_(bindparam("bookings", expanding=True)),
        IS_PENDING,
        booking.c.deadline <= bindparam("now"),
    )
    .values(status=BookingStatus.EXPIRED, ended_at=bindparam("now"), deadline=None)
    .returning(booking.c.id, booking.c.event_id, booking.c.places, booking.c.identity_id)
)


def hold(
    session: Session,
    *,
    event_id: int,
    person_id: int,
    identity_id: int,
    places: int,
    now: datetime,
    hold_for: timedelta,
    attendee: str = "",
    attendee_name: str = "",
) -> Held | Full | AlreadyBooked | Closed:
    """Keep `places` places of an event for a person for `hold_for`, unless they have a booking there.

    `attendee` tells apart whom one person books for ("" is the person); `attendee_name` is how they are greeted.
    A hold of their own that has run out makes way.
    """
    wanted = {
        "event_id": event_id,
        "person_id": person_id,
        "identity_id": identity_id,
        "attendee": attendee,
        "attendee_name": attendee_name,
        "places": _at_least_one(places),
        "status": BookingStatus.HELD,
        "access_needs": [],
        "deadline": now + hold_for,
        "created_at": now,
    }
    while True:
        outcome = take(session, event_id, places, now) or _insert(session, wanted)
        if isinstance(outcome, Held):
            return outcome
        if outcome is None:
            give_back(session, event_id, places)
        own = session.connection().execute(_OWN, wanted).first()
        if own is None and outcome is not None:
            return outcome
        if own is not None and not _has_lapsed(own, now):
            return AlreadyBooked(own.id, own.status, own.reference)
        if own is not None:
            _expire(session, [own], now)
        # Now the way is free; or the reference drawn was another's, and the next one will not be.


def resize(session: Session, booking_id: int, places: int, now: datetime) -> Resized | Full | Closed | Lapsed | Gone:
    """Make a hold or a booking one for `places` places; more of them only while the event is open and has room."""
    found = _read_locked(session, booking_id)
    if found is not None and _has_lapsed(found, now):
        return Lapsed(booking_id)
    if found is None or found.status not in LIVE:
        return _gone(found)
    more = _at_least_one(places) - found.places
    refusal = take(session, found.event_id, more, now) if more > 0 else None
    if refusal is not None:
        return refusal
    if more < 0:
        give_back(session, found.event_id, -more)
    session.connection().execute(_RESIZE, {"booking": booking_id, "new": places})
    if more < 0:
        freed(session, [found.event_id], now)
    return Resized(booking_id, places)


def confirm(
    session: Session, booking_id: int, now: datetime, *, attendee_name: str = "", access_needs: Sequence[str] = ()
) -> Confirmed | Lapsed | Closed | Gone:
    """Turn a hold (or an offer) that has not run out into a booking; doing so twice is as good as once.

    An empty name or list of access needs leaves what the hold had.
    """
    connection = session.connection()
    details = {"name": attendee_name or None, "needs": list(access_needs) or None}
    while True:
        done = connection.execute(_CONFIRM, {"booking": booking_id, "now": now, **details}).first()
        if done is not None:
            return Confirmed(booking_id, done.reference, done.places)
        refusal = _not_confirmed(connection.execute(_READ, {"booking": booking_id}).first(), now)
        if refusal is not None:
            return refusal
        # Renewed by someone else between the two statements: ask again.


def renew(
    session: Session, booking_id: int, now: datetime, hold_for: timedelta
) -> Held | Full | AlreadyBooked | Closed | Gone:
    """Hold again what was held, for `hold_for` from now, whether or not the hold has run out meanwhile."""
    found = _read_locked(session, booking_id)
    if found is None or found.status not in (*LIVE, BookingStatus.EXPIRED):
        return _gone(found)
    if found.status in (BookingStatus.OFFERED, BookingStatus.CONFIRMED):
        return AlreadyBooked(booking_id, found.status, found.reference)
    if found.status == BookingStatus.EXPIRED:
        refusal = _other(session, found) or take(session, found.event_id, found.places, now)
    else:
        refusal = closed(found.event_status, found.kind, found.starts_at, now)
    if refusal is not None:
        return refusal
    session.connection().execute(_REVIVE, {"booking": booking_id, "until": now + hold_for})
    return Held(booking_id, found.reference, now + hold_for, found.places)


def release(session: Session, booking_id: int, now: datetime) -> Released | Gone:
    """Let go of a hold (or decline an offer); a confirmed booking stays and is Gone("confirmed")."""
    found = _read_locked(session, booking_id)
    if found is None or found.status not in PENDING:
        return _gone(found)
    _end(session, found, BookingStatus.RELEASED, now)
    return Released(booking_id)


def cancel(session: Session, booking_id: int, now: datetime) -> Cancelled | Gone:
    """Give up a booking, confirmed or not, and free its places."""
    found = _read_locked(session, booking_id)
    if found is None or found.status not in LIVE:
        return _gone(found)
    _end(session, found, BookingStatus.CANCELLED, now)
    return Cancelled(booking_id)


def has_due(session: Session, now: datetime) -> bool:
    """Whether any hold or offer has run out."""
    return session.connection().execute(_DUE, {"now": now, "limit": 1}).first() is not None


def expire_due(session: Session, now: datetime, limit: int = 500) -> int:
    """End the holds and offers that have run out, oldest first, and free their places; how many were ended."""
    due = session.connection().execute(_DUE, {"now": now, "limit": limit}).all()
    return _expire(session, due, now) if due else 0


def own_booking(session: Session, who: Mapping[str, Any], now: datetime) -> Found | None:
    """The current booking of a `person_id` for an `event_id` and `attendee`: its id, status and reference.

    One that has run out is ended first.
    """
    own = session.connection().execute(_OWN, who).first()
    if own is None or not _has_lapsed(own, now):
        return own
    _expire(session, [own], now)
    return None


def end_lapsed(session: Session, booking_id: int, now: datetime) -> None:
    """End a hold or an offer if it has run out, for someone who is answered otherwise."""
    found = _read_locked(session, booking_id)
    if found is not None and found.status in PENDING and _has_lapsed(found, now):
        _expire(session, [found], now, told=True)


def _at_least_one(places: int) -> int:
    if places < 1:
        raise ValueError(f"{places} places")
    return places


def _insert(session: Session, wanted: dict[str, Any]) -> Held | None:
    """Write the booking; None when its reference is in use or the person has a live one."""
    connection = session.connection()
    reference = new_reference()
    row_id = connection.execute(_INSERT[connection.dialect.name], wanted | {"reference": reference}).scalar()
    return Held(row_id, reference, wanted["deadline"], wanted["places"]) if row_id is not None else None


def _read_locked(session: Session, booking_id: int) -> Found | None:
    """The booking with its event's standing, both kept from changing until the commit."""
    connection = session.connection()
    if connection.dialect.name == "postgresql" and not connection.execute(_LOCK_EVENT, {"booking": booking_id}).first():
        return None
    return connection.execute(_READ_LOCKED, {"booking": booking_id}).first()


def _has_lapsed(row: Found, now: datetime) -> bool:
    return row.status == BookingStatus.EXPIRED or (row.status in PENDING and bool(row.deadline <= now))


def _gone(row: Found | None) -> Gone:
    return Gone(row.status if row is not None else None)


def _not_confirmed(row: Found | None, now: datetime) -> Confirmed | Lapsed | Closed | Gone | None:
    """Why a confirmation changed nothing; None when it should have."""
    if row is None or row.status not in (*LIVE, BookingStatus.EXPIRED):
        return _gone(row)
    if row.status == BookingStatus.CONFIRMED:
        return Confirmed(row.id, row.reference, row.places)
    refusal = closed(row.event_status, row.kind, row.starts_at, now)
    return refusal or (Lapsed(row.id) if _has_lapsed(row, now) else None)


def _other(session: Session, row: Found) -> AlreadyBooked | None:
    """The live booking that has taken the place of an expired one."""
    own = session.connection().execute(_OWN, row._asdict()).first()
    return AlreadyBooked(own.id, own.status, own.reference) if own is not None else None


def _end(session: Session, row: Found, status: BookingStatus, now: datetime) -> None:
    session.connection().execute(_END, {"booking": row.id, "end": status, "now": now})
    give_back(session, row.event_id, row.places)
    freed(session, [row.event_id], now)


def _expire(session: Session, rows: Sequence[Found], now: datetime, *, told: bool = False) -> int:
    """End those of the bookings that have run out, free their places and tell those who let an offer pass."""
    lock(session, {row.event_id for row in rows})
    ended = session.connection().execute(_EXPIRE, {"bookings": [row.id for row in rows], "now": now}).all()
    lost: Counter[int] = Counter()
    for row in ended:
        lost[row.event_id] += row.places
    for event_id, places in lost.items():
        give_back(session, event_id, places)
    offered = {row.id for row in rows if row.status == BookingStatus.OFFERED and not told}
    tell_lapsed(session, [row for row in ended if row.id in offered], now)
    freed(session, lost, now)
    return len(ended)
