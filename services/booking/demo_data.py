"""Demo data: the demo's events with people who booked them, so that some are full and some nearly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session

from services.booking.counter import event
from services.booking.standing import booking
from services.booking.tables import BookingStatus
from services.core.database import Database
from services.core.ids import new_reference
from services.events.demo_data import DemoEvent, demo_venue_count, load_demo_events
from services.events.venues import Locate
from services.people.identities import PEOPLE, find_or_create

# Ofcom's drama numbers; nobody who tries the demo should take one of these.
_NUMBERS = [f"+447700900{number}" for number in range(800, 900)]
_NAMES = (
    "Abdul", "Agnieszka", "Amina", "Andrew", "Anthony", "Ayse", "Barbara", "Carol", "Chidi", "Christine",
    "David", "Denise", "Dorothy", "Elif", "Fatima", "George", "Gloria", "Grace", "Harjit", "Helen", "Ibrahim",
    "Irene", "Jamila", "Jean", "John", "Joyce", "Kamala", "Kwame", "Leroy", "Linda", "Maria", "Mehmet",
    "Michael", "Nasreen", "Olu", "Pat", "Peter", "Priya", "Rohan", "Rosa", "Samuel", "Sandra", "Shirley",
    "Stephen", "Sunita", "Teresa", "Tomasz", "Winston", "Yusuf", "Zofia",
)  # fmt: skip
_PARTIES = (1, 1, 2, 1)
_ACCESS: tuple[list[str], ...] = ([], [], ["wheelchair"], [], [], [], ["hearing_loop"], [], [], ["chair"], [])


@dataclass(frozen=True, slots=True)
class DemoLoaded:
    """What loading the demo data added."""

    events: int
    venues: int
    bookings: int

    def __str__(self) -> str:
        if not self.events:
            return "The demo data is up to date."
        return (
            f"Demo data: {self.events} events added, at {self.venues} venues and online, with {self.bookings} bookings."
        )


def load_demo(database: Database, now: datetime, locate: Locate) -> DemoLoaded:
    """Make the demo's events that are missing, and bookings for them by people with Ofcom's drama numbers.

    Loading again adds only what has meanwhile moved into the coming eight weeks. `locate` finds a whole postcode.
    """
    return database.write(lambda session: _load(session, now, locate))


def _load(session: Session, now: datetime, locate: Locate) -> DemoLoaded:
    made = load_demo_events(session, now, locate)
    to_fill = [each for each in made if each.taken]
    bookings = list(_bookings(session, to_fill, now)) if to_fill else []
    if bookings:
        session.connection().execute(insert(booking), bookings)
    return DemoLoaded(len(made), demo_venue_count(), len(bookings))


def _bookings(session: Session, events: Sequence[DemoEvent], now: datetime) -> Iterator[dict[str, Any]]:
    """Yield bookings that take the places of each event, having counted them there."""
    connection = session.connection()
    known = select(event.c.external_id, event.c.id).where(
        event.c.external_id.in_([each.external_id for each in events])
    )
    ids = {row.external_id: row.id for row in connection.execute(known)}
    references = set(connection.scalars(select(booking.c.reference)))
    people = cycle(_people(session, now))
    needs = cycle(_ACCESS)
    for each in events:
        event_id = ids[each.external_id]
        connection.execute(update(event).where(event.c.id == event_id).values(taken=event.c.taken + each.taken))
        parties = list(_parties(each.taken))
        for number, (person, places) in enumerate(zip(islice(people, len(parties)), parties, strict=True)):
            booked_at = now - timedelta(hours=5 + number)
            yield {
                "reference": _new_reference(references),
                "event_id": event_id,
                "places": places,
                "attendee": "",
                "attendee_name": "",
                "status": BookingStatus.CONFIRMED,
                "access_needs": next(needs),
                "created_at": booked_at,
                "confirmed_at": booked_at,
                **person,
            }


def _people(session: Session, now: datetime) -> list[dict[str, int]]:
    """The people of the demo, by person and identity id, in an order of their own."""
    connection = session.connection()
    found: list[dict[str, int]] = []
    for address, name in zip(_NUMBERS, cycle(_NAMES), strict=False):
        identity = find_or_create(session, "sms", address, now)
        connection.execute(update(PEOPLE).where(PEOPLE.c.id == identity.person_id).values(first_name=name))
        found.append({"person_id": identity.person_id, "identity_id": identity.id})
    return found


def _parties(places: int) -> Iterator[int]:
    """Split places among bookings of one or two."""
    for party in cycle(_PARTIES):
        if places <= 0:
            return
        yield min(party, places)
        places -= party


def _new_reference(taken: set[str]) -> str:
    reference = new_reference()
    while reference in taken:
        reference = new_reference()
    taken.add(reference)
    return reference
