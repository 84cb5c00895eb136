"""Reading bookings: one of them, those of a person, and who comes to an event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlmodel import Session, SQLModel

from services.booking.counter import Found, event
from services.booking.standing import IS_CURRENT, booking, status_in
from services.booking.tables import LIVE, BookingStatus
from services.core.phone import AddressKind, kind_of
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


def by_id(session: Session, booking_id: int) -> Booked | None:
    """The booking with this id, whatever became of it."""
    return _one(session, _BOOKED.where(booking.c.id == booking_id))


def live(session: Session, person_id: int, event_id: int, now: datetime, attendee: str = "") -> Booked | None:
    """The booking of an event that a person has for one attendee: confirmed, offered, or held and not run out."""
    mine = (booking.c.person_id == person_id, booking.c.event_id == event_id, booking.c.attendee == attendee)
    return _one(session, _BOOKED.where(*mine, _is_live(now)))


def upcoming(session: Session, person_id: int, now: datetime) -> list[Booked]:
    """What a person has booked or holds and that is not over at `now`, soonest first.

    With it comes what a carer has booked for them, once they have brought in their own phone; what was booked for
    someone for whom everything has stopped is left out.
    """
    about = carers.about(session, person_id)
    ended = {each.attendee for each in about if each.ended_at is not None and each.carer_id == person_id}
    found = _ahead(session, booking.c.person_id == person_id, now)
    mine = [booked for booked in found if booked.attendee not in ended]
    for each in about:
        if each.person_id == person_id and each.identity_id is not None and each.ended_at is None:
            theirs = and_(booking.c.person_id == each.carer_id, booking.c.attendee == each.attendee)
            mine += _ahead(session, theirs, now)
    return sorted(mine, key=lambda booked: (booked.starts_at, booked.booking_id))


def on_waiting_lists(session: Session, person_id: int, now: datetime) -> list[Booked]:
    """What a person waits for, or is offered and has not answered, at events that have not begun; soonest first."""
    waits = (status_in(BookingStatus.WAITING), status_in(BookingStatus.OFFERED) & (booking.c.deadline > now))
    mine = (booking.c.person_id == person_id, IS_CURRENT, or_(*waits))
    wanted = _BOOKED.where(*mine, event.c.starts_at > now, event.c.status == EventStatus.PUBLISHED)
    return _all(session, wanted.order_by(event.c.starts_at, booking.c.id))


def attendees(session: Session, event_id: int) -> list[Attendee]:
    """Who is coming to an event, in the order they booked."""
    wanted = _ATTENDEES.where(booking.c.event_id == event_id, status_in(BookingStatus.CONFIRMED))
    return [_attendee(row) for row in session.connection().execute(wanted)]


def _ahead(session: Session, whose: ColumnElement[bool], now: datetime) -> list[Booked]:
    return _all(session, _BOOKED.where(whose, _is_live(now), event.c.ends_at > now))


def _one(session: Session, wanted: Select[*tuple[Any, ...]]) -> Booked | None:
    row = session.connection().execute(wanted).first()
    return Booked(**row._asdict()) if row is not None else None


def _all(session: Session, wanted: Select[*tuple[Any, ...]]) -> list[Booked]:
    return [Booked(**row._asdict()) for row in session.connection().execute(wanted)]


def _is_live(now: datetime) -> ColumnElement[bool]:
    standing = or_(booking.c.status == BookingStatus.CONFIRMED, booking.c.deadline > now)
    return and_(IS_CURRENT, status_in(*LIVE), standing)


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
