"""Whether a persona got what they came for, read from the database and from what they were told."""

from collections.abc import Callable

from sqlmodel import Session, col, select

from services.booking.tables import Booking, BookingStatus
from services.events.tables import Event
from services.people import consent
from tests.conversations.talk import Phone
from tests.personas.play import Played, mentions

Check = Callable[[str, Phone, Played], bool]


def is_reached(played: Played, phone: Phone) -> bool:
    """Whether every part of the persona's goal holds."""
    return all(_CHECKS[what](str(value), phone, played) for what, value in played.persona.goal.items())


def _bookings(session: Session, event: str, status: BookingStatus) -> list[Booking]:
    found = select(Booking).join(Event, col(Event.id) == col(Booking.event_id)).where(Booking.status == status)
    return list(session.exec(found if event == "any" else found.where(Event.external_id == event)).all())


def _stands(status: BookingStatus) -> Check:
    """The event's key, then how many places ("yoga 2") and for whom ("yoga 1 Rose") where that matters."""

    def check(value: str, phone: Phone, _: Played) -> bool:
        event, places, attendee = [*value.split(), "", ""][:3]
        with phone.database.read() as session:
            found = _bookings(session, event, status)
        fits = [one for one in found if not places or one.places == int(places)]
        return any(not attendee or one.attendee_name.lower() == attendee.lower() for one in fits)

    return check


def _not_booked(value: str, phone: Phone, _: Played) -> bool:
    with phone.database.read() as session:
        return not _bookings(session, value, BookingStatus.CONFIRMED)


def _stopped(value: str, phone: Phone, _: Played) -> bool:
    with phone.database.read() as session:
        return consent.is_opted_out(session, phone.number) == (value == "yes")


_CHECKS: dict[str, Check] = {
    "booked": _stands(BookingStatus.CONFIRMED),
    "also_booked": _stands(BookingStatus.CONFIRMED),
    "cancelled": _stands(BookingStatus.CANCELLED),
    "waiting": _stands(BookingStatus.WAITING),
    "not_booked": _not_booked,
    "flagged": lambda value, phone, _: value in phone.flags(),
    "stopped": _stopped,
    "heard": lambda value, _, played: mentions(value, played),
    "not_heard": lambda value, _, played: not mentions(value, played),
}
