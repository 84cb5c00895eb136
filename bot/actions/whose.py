"""Whose a place is, as it is said to whoever reads: the carer is addressed by their own name, the other one named."""

from typing import Any

from sqlmodel import Session

from bot.actions.base import SKIPPED, Slots, phrase
from services.booking.bookings import Booked
from services.people import carers
from services.people.carers import Cared


def whose_place(attendee: Any, name: Any, relation: Any) -> Any:
    """Whom a place is for, as said to the carer: a first name, "your mum", or "" when it is the carer's own."""
    if not attendee:
        return ""
    return name if name and name != SKIPPED else phrase(f"part_relation_{kind_of(relation)}")


def of_slots(slots: Slots) -> Any:
    """Whom the booking being made is for; "" when it is for whoever texts."""
    return whose_place(slots.get("attendee"), slots.get("attendee_name"), slots.get("relation"))


def name_of(cared: Cared) -> Any:
    """Someone cared for, as said to the carer."""
    return whose_place(cared.attendee, cared.first_name, cared.relation)


def kind_of(relation: Any) -> str:
    """What someone is to the carer ("mother"), "other" when that was not said."""
    said = relation["relation"] if isinstance(relation, dict) else relation
    return said if said and said != SKIPPED and said != "someone" else "other"


def places_for(count: int, whose: Any) -> dict[str, Any]:
    """So many places, and for whom when that is someone else ("1 place for Rose")."""
    places = phrase("part_places", places=count)
    return phrase("part_places_for", places=places, attendee=whose) if whose else places


def booked_places(session: Session, booked: Booked, reader_id: int) -> dict[str, Any]:
    """The places of a booking, as told to the person `reader_id`: to a carer with the name of whom they are for."""
    cared = carers.of_attendee(session, booked.attendee) if booked.person_id == reader_id else None
    return places_for(booked.places, name_of(cared) if cared else "")
