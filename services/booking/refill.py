"""What a freed place does next: it is offered to the first on the waiting list whom it fits.

Whatever frees places calls `freed` in the same unit of work, so that nobody who comes later takes them first. An offer
is a booking in state `offered`, its places counted as taken, and an outbox row that tells the person.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, or_, select, update
from sqlmodel import Session

from services.booking import counter
from services.booking.counter import Found, event
from services.booking.deadlines import LONGEST, offer_deadline
from services.booking.outcomes import BelowTaken, CapacitySet
from services.booking.standing import IS_PENDING, IS_WAITING, booking, status_in
from services.booking.tables import BookingStatus
from services.core.spoken import spoken_date
from services.events.tables import EventStatus
from services.people import outbox
from services.people.identities import IDENTITIES
from services.people.outbox import OUTBOX, SUPERSEDED
from services.people.tables import OptOut, OutboxStatus, Priority

_OPT_OUTS = OptOut.__table__  # type: ignore[attr-defined]

OFFER, LAPSED_OFFER = "offer", "offer_lapsed"

_IS_OFFERED = status_in(BookingStatus.OFFERED)
# Someone who wants no texts cannot be asked; they keep their place in the line.
_CAN_BE_ASKED = ~exists().where(IDENTITIES.c.id == booking.c.identity_id, _OPT_OUTS.c.address == IDENTITIES.c.address)

_OPEN = (
    select(event.c.id, event.c.starts_at, event.c.ends_at, (event.c.capacity - event.c.taken).label("left"))
    .where(
        event.c.id.in_(bindparam("events", expanding=True)),
        event.c.status == EventStatus.PUBLISHED,
        event.c.starts_at > bindparam("now"),
        exists().where(booking.c.event_id == event.c.id, IS_WAITING),
    )
    .order_by(event.c.id)
)
_FIRST = (
    select(booking.c.id, booking.c.identity_id, booking.c.places)
    .where(booking.c.event_id == bindparam("event"), IS_WAITING, booking.c.places <= bindparam("left"), _CAN_BE_ASKED)
    .order_by(booking.c.created_at, booking.c.id)
    .limit(1)
)
_OFFER = (
    update(booking)
    .where(booking.c.id == bindparam("booking"), IS_WAITING)
    .values(status=BookingStatus.OFFERED, deadline=bindparam("until"))
)
_KEEP_UNTIL = (
    update(booking).where(booking.c.id == bindparam("booking"), _IS_OFFERED).values(deadline=bindparam("until"))
)
_CANCEL = (
    update(booking)
    .where(booking.c.id == bindparam("booking"), IS_WAITING)
    .values(status=BookingStatus.CANCELLED, ended_at=bindparam("now"))
)
# From those who wait to their events, never through all events to come.
_IS_THEIRS = event.c.id == booking.c.event_id
_HAS_ROOM = and_(
    event.c.status == EventStatus.PUBLISHED,
    event.c.starts_at > bindparam("now"),
    event.c.taken + booking.c.places <= event.c.capacity,
)
_STRANDED = (
    select(booking.c.event_id).distinct().where(IS_WAITING, exists().where(_IS_THEIRS, _HAS_ROOM), _CAN_BE_ASKED)
)
_HAS_BEGUN = event.c.starts_at <= bindparam("now")
_OVER = exists().where(_IS_THEIRS, _HAS_BEGUN)
# Counted, since for a first row alone PostgreSQL would read all bookings in search of those who wait.
_MAY_BE_SERVED = (
    select(func.count()).select_from(booking).where(IS_WAITING, exists().where(_IS_THEIRS, or_(_HAS_BEGUN, _HAS_ROOM)))
)
_END_WAITING = (
    update(booking)
    .where(IS_WAITING, _OVER)
    .values(status=BookingStatus.EXPIRED, ended_at=bindparam("now"))
    .returning(booking.c.id)
)
# Offers that nobody will read: the sender gave them up. A deadline of now lets the next sweep pass them on.
_IS_UNSENT = (
    IS_PENDING,
    _IS_OFFERED,
    booking.c.deadline > bindparam("now"),
    exists().where(
        OUTBOX.c.booking_id == booking.c.id,
        OUTBOX.c.kind == OFFER,
        OUTBOX.c.status.in_([OutboxStatus.REFUSED, OutboxStatus.FAILED]),
        OUTBOX.c.reason != SUPERSEDED,
    ),
)
_UNSENT_COUNT = select(func.count()).select_from(booking).where(*_IS_UNSENT)
_TO_DO = select(_MAY_BE_SERVED.scalar_subquery() + _UNSENT_COUNT.scalar_subquery())
_UNSENT = update(booking).where(*_IS_UNSENT).values(deadline=bindparam("now")).returning(booking.c.id)
_ABOUT = (
    select(event.c.discreet_title, event.c.starts_at)
    .join(booking, booking.c.event_id == event.c.id)
    .where(booking.c.id == bindparam("booking"))
)


def freed(session: Session, event_ids: Collection[int], now: datetime) -> int:
    """Offer what is free at these events to those who wait, first come first served among those that fit.

    The caller has just given places back, or may have; return how many were asked. `now` is aware UTC.
    """
    if not event_ids:
        return 0
    counter.lock(session, event_ids)
    rows = session.connection().execute(_OPEN, {"events": sorted(event_ids), "now": now}).all()
    return sum(_refill(session, row, now) for row in rows)


def change_capacity(session: Session, event_id: int, capacity: int, now: datetime) -> CapacitySet | BelowTaken:
    """Change how many places an event has and offer the new ones to those who wait; `left` is what remains.

    Raises LookupError when there is no such event.
    """
    changed = counter.set_capacity(session, event_id, capacity)
    if isinstance(changed, BelowTaken) or not freed(session, [event_id], now):
        return changed
    return CapacitySet(counter.places_left(session, event_id))


def has_due(session: Session, now: datetime) -> bool:
    """Whether anybody waits for an event that has begun or has room, or any offer could not be sent."""
    return bool(session.connection().execute(_TO_DO, {"now": now}).scalar())


def end_waiting(session: Session, now: datetime) -> int:
    """End the waiting lists of events that have begun; return how many rows that were."""
    return len(session.connection().execute(_END_WAITING, {"now": now}).all())


def pass_on_unsent(session: Session, now: datetime) -> int:
    """Let offers lapse that could not be sent, so that the next sweep passes them on; return how many."""
    return len(session.connection().execute(_UNSENT, {"now": now}).all())


def offer_stranded(session: Session, now: datetime) -> int:
    """Offer places that came free without anybody saying so (an import, someone texting START); how many were asked."""
    return freed(session, sorted(session.connection().scalars(_STRANDED, {"now": now})), now)


def tell_lapsed(session: Session, ended: Iterable[Found], now: datetime) -> None:
    """Tell those whose offers have just lapsed; rows with the `id` and `identity_id` of a booking."""
    for row in ended:
        _tell(session, LAPSED_OFFER, row.id, row.identity_id, now, now + LONGEST)


def offer_again(session: Session, booking_id: int, identity_id: int, starts_at: datetime, now: datetime) -> None:
    """Tell someone anew of the place kept for them, since its event has moved; too late for that, it is passed on."""
    until = offer_deadline(now, starts_at) or now
    session.connection().execute(_KEEP_UNTIL, {"booking": booking_id, "until": until})
    _tell(session, OFFER, booking_id, identity_id, now, until)


def _refill(session: Session, row: Found, now: datetime) -> int:
    until = offer_deadline(now, row.starts_at)
    left, asked = row.left, 0
    while until is not None and left > 0:
        first = session.connection().execute(_FIRST, {"event": row.id, "left": left}).first()
        if first is None or counter.take(session, row.id, first.places, now) is not None:
            break
        if not session.connection().execute(_OFFER, {"booking": first.id, "until": until}).rowcount:
            # Left the line since the statement before: leaving takes no lock on the event.
            counter.give_back(session, row.id, first.places)
            continue
        _tell(session, OFFER, first.id, first.identity_id, now, until)
        left -= first.places
        asked += 1
    return asked


def event_cancelled(session: Session, booking_id: int, now: datetime) -> None:
    """End someone's waiting for an event that is cancelled, and let what was offered to them lapse."""
    given = {"booking": booking_id, "now": now, "until": now}
    session.connection().execute(_CANCEL, given)
    session.connection().execute(_KEEP_UNTIL, given)


def _tell(session: Session, kind: str, booking_id: int, identity_id: int, now: datetime, expires_at: datetime) -> None:
    outbox.enqueue(
        session,
        kind=kind,
        identity_id=identity_id,
        parameters={
            "booking_id": booking_id,
            "slots": _about(session, booking_id, now),
            "answer_by": expires_at.isoformat() if kind == OFFER else None,
        },
        priority=Priority.NOTICE,
        due_at=now,
        now=now,
        expires_at=expires_at,
        booking_id=booking_id,
        # Not the deadline, which is rounded: an offer made anew within the hour may have the same one.
        dedupe_key=f"{kind}:{booking_id}:{now.isoformat()}",
    )


def _about(session: Session, booking_id: int, now: datetime) -> dict[str, str]:
    """What a text asks about, as the conversation shall know it when the answer comes."""
    row = session.connection().execute(_ABOUT, {"booking": booking_id}).one()
    return {
        "offer": f"booking:{booking_id}",
        "offer_title": row.discreet_title,
        "offer_day": spoken_date(row.starts_at, now),
        "starts_at": row.starts_at.isoformat(),
    }
