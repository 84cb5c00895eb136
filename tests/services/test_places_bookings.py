"""Reading bookings back: one, of a person, of an event."""

from datetime import timedelta

import pytest

from services.booking import bookings, places
from services.people.tables import OptOut

QUARTER = timedelta(minutes=15)


@pytest.fixture
def book(database, clock):
    """Hold a place and confirm it, unless told not to."""

    def book(who, event, confirmed=True, attendee="", name="", needs=(), count=1):
        def unit(session):
            given = {"event_id": event.id, "person_id": who.person_id, "identity_id": who.id, "places": count}
            held = places.hold(session, **given, now=clock.now(), hold_for=QUARTER, attendee=attendee)
            if confirmed:
                places.confirm(session, held.booking_id, clock.now(), attendee_name=name, access_needs=needs)
            return held

        return database.write(unit)

    return book


@pytest.fixture
def ask(database):
    def ask(query, *given, **more):
        with database.read() as session:
            return query(session, *given, **more)

    return ask


def test_a_booking_is_read_with_its_event(ask, book, make_event, make_identity):
    event = make_event(title="Sleeping better")
    held = book(make_identity(), event, name="Grace", count=2)
    found = ask(bookings.by_id, held.booking_id)
    assert found.reference == held.reference
    assert (found.title, found.starts_at, found.status) == ("Sleeping better", event.starts_at, "confirmed")
    assert (found.places, found.attendee_name, found.deadline) == (2, "Grace", None)
    assert ask(bookings.by_id, 10_000) is None


def test_upcoming_are_the_live_ones_not_yet_over_soonest_first(ask, book, make_event, make_identity, clock, database):
    who, other = make_identity(), make_identity(address="+447700900124")
    later = make_event(starts_at=clock.now() + timedelta(days=9))
    sooner = make_event(starts_at=clock.now() + timedelta(days=2))
    course = make_event(sessions=[clock.now() + timedelta(days=days) for days in (1, 8, 15)])
    over = make_event(starts_at=clock.now() + timedelta(hours=1))
    dropped = make_event(starts_at=clock.now() + timedelta(days=3))
    for event in (later, sooner, course, over):
        book(who, event)
    gone = book(who, dropped)
    database.write(lambda session: places.cancel(session, gone.booking_id, clock.now()))
    book(other, make_event())
    held = book(who, make_event(starts_at=clock.now() + timedelta(days=20)), confirmed=False)
    found = ask(bookings.upcoming, who.person_id, clock.now())
    assert [each.event_id for each in found][:4] == [over.id, course.id, sooner.id, later.id]
    assert found[4].booking_id == held.booking_id
    clock.advance(timedelta(days=5))
    found = ask(bookings.upcoming, who.person_id, clock.now())
    assert [each.event_id for each in found] == [course.id, later.id], "a course goes on; a hold runs out"


def test_the_live_booking_of_an_event_is_told_apart_by_attendee(ask, book, make_event, make_identity, clock):
    who, event = make_identity(), make_event()
    held = book(who, event, confirmed=False)
    for_dad = book(who, event, attendee="dad")
    assert ask(bookings.live, who.person_id, event.id, clock.now()).booking_id == held.booking_id
    assert ask(bookings.live, who.person_id, event.id, clock.now(), attendee="dad").booking_id == for_dad.booking_id
    clock.advance(QUARTER)
    assert ask(bookings.live, who.person_id, event.id, clock.now()) is None


def test_attendees_are_those_who_are_coming_in_the_order_they_booked(
    ask, book, make_event, make_identity, clock, database
):
    event = make_event()
    first = book(make_identity(), event)
    clock.advance(timedelta(minutes=1))
    book(make_identity(address="+447700900124"), event, confirmed=False)
    second = book(make_identity(address="+447700900126"), event)
    gone = book(make_identity(address="+447700900125"), event)
    database.write(lambda session: places.cancel(session, gone.booking_id, clock.now()))
    assert [each.booking_id for each in ask(bookings.attendees, event.id)] == [first.booking_id, second.booking_id]


def test_attendees_say_what_the_organiser_needs(ask, book, make_event, make_identity, database, clock):
    event = make_event()
    book(make_identity(first_name="Grace"), event, needs=["wheelchair"], count=2)
    carer = make_identity(address="+447700900124", first_name="Ann")
    book(carer, event, attendee="dad", name="Joe")
    stopped = make_identity(address="+447700900125", first_name="Sam")
    book(stopped, event)
    database.write(lambda session: session.add(OptOut(address=stopped.address, source="keyword", at=clock.now())))
    book(make_identity(address="+442079460123", first_name="Vi"), event)
    book(make_identity(address="GB.4566546130240823", channel="whatsapp", first_name="Bo"), event)
    book(make_identity(address="+447700900126", first_name="Undecided"), event, confirmed=False)
    found = ask(bookings.attendees, event.id)
    assert [(each.first_name, each.places, each.access_needs, each.textable) for each in found] == [
        ("Grace", 2, ("wheelchair",), True),
        ("Joe", 1, (), True),
        ("Sam", 1, (), False),
        ("Vi", 1, (), False),
        ("Bo", 1, (), True),
    ]
