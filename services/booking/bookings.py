"""Reading bookings: one of them, those of a person, and who comes to an event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlmodel import Session, SQLModel

from services.booking.counter import Found, event
from services.booking.standing import IS_CURRENT, booking, status_in
from services.booking.tables import LIVE, BookingStatus
from services.core.phone import AddressKind, kind_of
from services.core.statements import Prepared
from services.events.tables import EventStatus
from services.people import carers
from services.people.tables import Channel

person, identity, opt_out = (SQLModel.metadata.tables[name] for name in ("person", "identity", "opt_out"))


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking with what its event is called and when it is (aware UTC); `status` is a BookingStatus.

    `attendee_name` is whom it is for when that was said; `deadline` is when a hold or an offer runs out.
    """

    booking_id: int
    reference: str
    status: str
    places: int
    person_id: int
    identity_id: int
    attendee: str
    attendee_name: str
    deadline: datetime | None
    event_id: int
    title: str
    discreet_title: str
    kind: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who comes to an event, as its organiser needs to know it.

    `first_name` may be empty; `textable` is False for a landline and for someone who opted out.
    """

    booking_id: int
    reference: str
    status: str
    identity_id: int
    first_name: str
    places: int
    access_needs: tuple[str, ...]
    textable: bool


_BOOKED: Select[*tuple[Any, ...]] = select(
    booking.c.id.label("booking_id"),
    booking.c.reference,
    booking.c.status,
    booking.c.places,
    booking.c.person_id,
    booking.c.identity_id,
    booking.c.attendee,
    booking.c.attendee_name,
    booking.c.deadline,
    booking.c.event_id,
    event.c.title,
    event.c.discreet_title,
    event.c.kind,
    event.c.starts_at,
    event.c.ends_at,
).join(event, event.c.id == booking.c.event_id)

_ATTENDEES = (
    select(
        booking.c.id,
        booking.c.reference,
        booking.c.status,
        booking.c.identity_id,
        booking.c.attendee,
        booking.c.attendee_name,
        person.c.first_name,
        booking.c.places,
        booking.c.access_needs,
        person.c.access_needs.label("usual_access_needs"),
        identity.c.channel,
        identity.c.address,
        exists().where(opt_out.c.address == identity.c.address).label("opted_out"),
    )
    .select_from(booking)
    .join(person, person.c.id == booking.c.person_id)
    .join(identity, identity.c.id == booking.c.identity_id)
    .order_by(booking.c.created_at, booking.c.id)
)

_NOW = bindparam("now", type_=event.c.starts_at.type)
_IS_LIVE = and_(
    IS_CURRENT,
    status_in(*LIVE),
    or_(booking.c.status == BookingStatus.CONFIRMED, booking.c.deadline > _NOW),
)
_MINE = booking.c.person_id == bindparam("person")
_FOR_ATTENDEE = booking.c.attendee == bindparam("attendee")
_AHEAD = _BOOKED.where(_MINE, _IS_LIVE, event.c.ends_at > _NOW)
_OWN_AHEAD, _AHEAD_FOR_ATTENDEE = Prepared(_AHEAD), Prepared(_AHEAD.where(_FOR_ATTENDEE))
_BY_ID = Prepared(_BOOKED.where(booking.c.id == bindparam("booking")))
_OF_EVENT = Prepared(_BOOKED.where(_MINE, booking.c.event_id == bindparam("event"), _FOR_ATTENDEE, _IS_LIVE))
_WAITING = Prepared(
    _BOOKED.where(
        _MINE,
        IS_CURRENT,
        or_(status_in(BookingStatus.WAITING), status_in(BookingStatus.OFFERED) & (booking.c.deadline > _NOW)),
        event.c.starts_at > _NOW,
        event.c.status == EventStatus.PUBLISHED,
    ).order_by(event.c.starts_at, booking.c.id)
)


def by_id(session: Session, booking_id: int) -> Booked | None:
    """The booking with this id, whatever became of it."""
    found = _BY_ID.first(session, {"booking": booking_id})
    return Booked(*found) if found is not None else None


def live(session: Session, person_id: int, event_id: int, now: datetime, attendee: str = "") -> Booked | None:
    """The booking of an event that a person has for one attendee: confirmed, offered, or held and not run out."""
    mine = {"person": person_id, "event": event_id, "attendee": attendee, "now": now}
    found = _OF_EVENT.first(session, mine)
    return Booked(*found) if found is not None else None


def upcoming(session: Session, person_id: int, now: datetime) -> list[Booked]:
    """What a person has booked or holds and that is not over at `now`, soonest first.

    With it comes what a carer has booked for them, once they have brought in their own phone; what was booked for
    someone for whom everything has stopped is left out.
    """
    about = carers.about(session, person_id)
    ended = {each.attendee for each in about if each.ended_at is not None and each.carer_id == person_id}
    found = _OWN_AHEAD.rows(session, {"person": person_id, "now": now})
    mine = [booked for booked in (Booked(*row) for row in found) if booked.attendee not in ended]
    for each in about:
        if each.person_id == person_id and each.identity_id is not None and each.ended_at is None:
            theirs = {"person": each.carer_id, "attendee": each.attendee, "now": now}
            mine += [Booked(*row) for row in _AHEAD_FOR_ATTENDEE.rows(session, theirs)]
    return sorted(mine, key=lambda booked: (booked.starts_at, booked.booking_id))


def on_waiting_lists(session: Session, person_id: int, now: datetime) -> list[Booked]:
    """What a person waits for, or is offered and has not answered, at events that have not begun; soonest first."""
    return [Booked(*row) for row in _WAITING.rows(session, {"person": person_id, "now": now})]


def attendees(session: Session, event_id: int) -> list[Attendee]:
    """Who is coming to an event, in the order they booked."""
    wanted = _ATTENDEES.where(booking.c.event_id == event_id, status_in(BookingStatus.CONFIRMED))
    return [_attendee(row) for row in session.connection().execute(wanted)]


def _attendee(row: Found) -> Attendee:
    own = not row.attendee
    read_aloud = row.channel == Channel.SMS and kind_of(row.address) is AddressKind.LANDLINE
    return Attendee(
        booking_id=row.id,
        reference=row.reference,
        status=row.status,
        identity_id=row.identity_id,
        first_name=row.attendee_name or (row.first_name if own else ""),
        places=row.places,
        access_needs=tuple(row.access_needs or (row.usual_access_needs if own else ())),
        textable=not (row.opted_out or read_aloud),
    )
