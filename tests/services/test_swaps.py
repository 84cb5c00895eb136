"""Swaps: every outcome, on both databases; after a refusal nothing has changed."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from services.booking import places
from services.booking.outcomes import AlreadyBooked, Closed, Confirmed, Full, Gone, Swapped
from services.booking.swaps import swap
from services.booking.tables import Booking
from services.events.tables import Event

QUARTER = timedelta(minutes=15)


@pytest.fixture
def who(make_identity):
    return make_identity()


@pytest.fixture
def other(make_identity):
    return make_identity(address="+447700900124")


@pytest.fixture
def hold(database, clock):
    def hold(event, identity, count=1, **more):
        given = {"event_id": event.id, "person_id": identity.person_id, "identity_id": identity.id, "places": count}
        return database.write(lambda session: places.hold(session, **given, now=clock.now(), hold_for=QUARTER, **more))

    return hold


@pytest.fixture
def book(database, clock, hold):
    def book(event, identity, count=1, access=(), **more):
        held = hold(event, identity, count, **more)
        done = database.write(
            lambda session: places.confirm(session, held.booking_id, clock.now(), access_needs=access)
        )
        assert isinstance(done, Confirmed)
        return done

    return book


@pytest.fixture
def change(database, clock):
    def change(booked, event, **more):
        return database.write(lambda session: swap(session, booked.booking_id, event.id, clock.now(), **more))

    return change


@pytest.fixture
def stored(database):
    def stored(booking_id):
        with database.read() as session:
            return session.get(Booking, booking_id)

    return stored


@pytest.fixture
def taken(database):
    def taken(*events):
        with database.read() as session:
            return [session.exec(select(Event.taken).where(Event.id == event.id)).one() for event in events]

    return taken


def mark(database, event, **columns):
    database.write(lambda session: session.exec(update(Event).where(Event.id == event.id).values(**columns)) and None)


def test_the_old_place_is_given_up_for_the_new_one(make_event, who, book, change, taken, stored):
    monday, tuesday = make_event(), make_event()
    booked = book(monday, who, 2, access=["wheelchair", "near the door"], attendee="mum", attendee_name="Rose")
    swapped = change(booked, tuesday)
    assert swapped == Swapped(booked.booking_id, swapped.booking_id, swapped.reference, 2)
    assert taken(monday, tuesday) == [0, 2]
    old, new = stored(booked.booking_id), stored(swapped.booking_id)
    assert (old.status, new.status) == ("cancelled", "confirmed")
    assert (new.attendee, new.attendee_name) == ("mum", "Rose")
    assert new.access_needs == ["wheelchair", "near the door"]
    assert new.reference == swapped.reference != booked.reference


def test_the_party_may_change_with_the_date(make_event, who, book, change, taken):
    monday, tuesday = make_event(), make_event()
    assert change(book(monday, who, 2), tuesday, places=3).places == 3
    assert taken(monday, tuesday) == [0, 3]


def test_a_full_date_leaves_everything_as_it_was(make_event, who, other, book, change, taken, stored):
    monday, tuesday = make_event(), make_event(capacity=2)
    book(tuesday, other)
    booked = book(monday, who, 2)
    assert change(booked, tuesday) == Full(1)
    assert taken(monday, tuesday) == [2, 1]
    assert stored(booked.booking_id).status == "confirmed"


@pytest.mark.parametrize(
    ("columns", "reason"),
    [({"status": "cancelled"}, "cancelled"), ({"status": "draft"}, "draft")],
)
def test_a_closed_date_leaves_everything_as_it_was(
    database, make_event, who, hold, book, change, taken, columns, reason
):
    monday, held, unheld = make_event(), make_event(), make_event()
    booked = book(monday, who)
    hold(held, who)
    for event in (held, unheld):
        mark(database, event, **columns)
        assert change(booked, event) == Closed(reason)
    assert taken(monday, held, unheld) == [1, 1, 0]


def test_a_date_that_has_begun_is_closed(make_event, who, book, change, clock):
    monday, today = make_event(), make_event(starts_at=clock.now() + timedelta(hours=1))
    booked = book(monday, who)
    clock.advance(timedelta(hours=1))
    assert change(booked, today) == Closed("started")


def test_what_has_begun_is_not_changed_any_more(make_event, who, book, change, clock, taken):
    today, tuesday = make_event(starts_at=clock.now() + timedelta(hours=1)), make_event()
    booked = book(today, who)
    clock.advance(timedelta(hours=1))
    assert change(booked, tuesday) == Gone("begun")
    assert taken(today, tuesday) == [1, 0]


def test_what_is_booked_there_already_stays(make_event, who, book, change, taken):
    monday, tuesday = make_event(), make_event()
    booked, there = book(monday, who), book(tuesday, who)
    assert change(booked, tuesday) == AlreadyBooked(there.booking_id, "confirmed", there.reference)
    assert change(booked, monday) == AlreadyBooked(booked.booking_id, "confirmed", booked.reference)
    assert taken(monday, tuesday) == [1, 1]


def test_what_is_gone_cannot_be_changed(database, make_event, who, hold, book, change, clock, taken):
    monday, tuesday = make_event(), make_event()
    booked = book(monday, who)
    database.write(lambda session: places.cancel(session, booked.booking_id, clock.now()))
    assert change(booked, tuesday) == Gone("cancelled")
    assert change(hold(monday, who), tuesday) == Gone("held")
    with_no_row = Confirmed(999, "", 1)
    assert change(with_no_row, tuesday) == Gone(None)
    assert taken(tuesday) == [0]


def test_the_last_place_held_for_them_is_theirs(make_event, who, hold, book, change, taken, stored):
    monday, tuesday = make_event(), make_event(capacity=1)
    booked, held = book(monday, who), hold(tuesday, who)
    swapped = change(booked, tuesday)
    assert (swapped.booking_id, swapped.reference) == (held.booking_id, held.reference)
    assert taken(monday, tuesday) == [0, 1]


def test_a_hold_of_another_size_grows_and_shrinks(make_event, who, hold, book, change, taken):
    monday, tuesday, friday = make_event(), make_event(capacity=2), make_event(capacity=5)
    booked = book(monday, who, 3)
    hold(tuesday, who, 1)
    hold(friday, who, 5)
    assert change(booked, tuesday) == Full(1)
    assert isinstance(change(booked, friday), Swapped)
    assert taken(monday, tuesday, friday) == [0, 1, 3]


def test_a_hold_that_has_run_out_is_taken_again(make_event, who, hold, book, change, clock, taken):
    monday, tuesday = make_event(), make_event(capacity=1)
    booked = book(monday, who)
    hold(tuesday, who)
    clock.advance(timedelta(hours=1))
    assert isinstance(change(booked, tuesday), Swapped)
    assert taken(monday, tuesday) == [0, 1]


def test_whoever_waits_there_is_called_up_and_otherwise_goes_on_waiting(
    database, make_event, who, other, hold, book, change, taken, stored, clock
):
    monday, tuesday = make_event(), make_event(capacity=1)
    booked, waiting = book(monday, who), hold(tuesday, who)

    def queue(session):
        places.release(session, waiting.booking_id, clock.now())
        row = update(Booking).where(Booking.id == waiting.booking_id)
        session.exec(row.values(status="waiting", deadline=None))

    database.write(queue)
    last = book(tuesday, other)
    assert change(booked, tuesday) == Full(0)
    assert stored(waiting.booking_id).status == "waiting"
    database.write(lambda session: places.cancel(session, last.booking_id, clock.now()))
    assert change(booked, tuesday).booking_id == waiting.booking_id
    assert taken(monday, tuesday) == [0, 1]
