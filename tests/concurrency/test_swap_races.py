"""Swaps under contention: nobody ends without a place, and the same changes without the guard go wrong."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.booking import places
from services.booking.outcomes import Full, Held, Swapped
from services.booking.swaps import swap

QUARTER = timedelta(minutes=15)
ROUNDS = 40


@pytest.fixture
def book_on(clock, make_identity):
    """Book one place for a new person; returns the ids of the booking and of the person."""
    numbers = iter(range(100))

    def book_on(database, event):
        who = make_identity(address=f"+4477009006{next(numbers):02}")
        given = {"event_id": event.id, "person_id": who.person_id, "identity_id": who.id, "places": 1}

        def unit(session):
            held = places.hold(session, **given, now=clock.now(), hold_for=QUARTER)
            return places.confirm(session, held.booking_id, clock.now()).booking_id

        return database.write(unit), who.person_id

    return book_on


@pytest.fixture
def book(database, book_on):
    """Book one place for a new person; returns the booking's id."""
    return lambda event: book_on(database, event)[0]


@pytest.fixture
def counts(database):
    """(taken, places of live bookings) of an event."""

    def counts(event):
        live = (
            "SELECT COALESCE(SUM(places), 0) FROM booking WHERE event_id = :event AND status IN ('held', 'confirmed')"
        )
        with database.read() as session:
            taken = session.execute(text("SELECT taken FROM event WHERE id = :event"), {"event": event.id}).scalar()
            return taken, session.execute(text(live), {"event": event.id}).scalar()

    return counts


def together(*tasks):
    """Run tasks in threads of their own and return what each returned or raised."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        futures = [pool.submit(task) for task in tasks]
        return [future.exception() or future.result() for future in futures]


def test_giving_up_first_and_booking_then_loses_the_place(database, clock, make_event, book):
    """What everybody writes first, with someone else quick enough to take the last place in between."""
    monday, tuesday = make_event(capacity=1), make_event(capacity=1)
    mine = book(monday)
    given_up, taken_by_another = threading.Event(), threading.Event()

    def naive():
        database.write(lambda session: places.cancel(session, mine, clock.now()))
        given_up.set()
        taken_by_another.wait(30)
        given = {"event_id": tuesday.id, "person_id": 1, "identity_id": 1, "places": 1}
        return database.write(lambda session: places.hold(session, **given, now=clock.now(), hold_for=QUARTER))

    def quick():
        given_up.wait(30)
        booked = book(tuesday)
        taken_by_another.set()
        return booked

    outcome, _ = together(naive, quick)
    assert outcome == Full(0), "the new place is not to be had"
    with database.read() as session:
        status = session.execute(text("SELECT status FROM booking WHERE id = :mine"), {"mine": mine}).scalar()
    assert status == "cancelled", "and the old one is gone"


def test_two_swaps_crosswise_without_the_guard_wait_for_one_another(postgres_database, clock, make_event, book_on):
    """On PostgreSQL, taking the new place before both events are locked is a deadlock: one of the two begins anew."""
    database, (monday, tuesday) = postgres_database, (make_event(), make_event())
    both_have_taken, attempts = threading.Barrier(2), []

    def naive(mine, who, there):
        def unit(session):
            given = {"event_id": there.id, "person_id": who, "identity_id": who, "places": 1}
            held = places.hold(session, **given, now=clock.now(), hold_for=QUARTER)
            attempts.append(mine)
            if len(attempts) <= 2:
                both_have_taken.wait(30)
            return held, places.cancel(session, mine, clock.now())

        return lambda: database.write(unit)

    first, second = book_on(database, monday), book_on(database, tuesday)
    outcomes = together(naive(*first, tuesday), naive(*second, monday))
    assert all(isinstance(held, Held) for held, _ in outcomes)
    assert len(attempts) == 3, "one of the two was broken off by the database"


def test_two_swaps_crosswise_keep_both_in_a_place(database, clock, make_event, book, counts):
    """Back and forth, with one place free at each event: every swap succeeds, and nobody waits for ever."""
    monday, tuesday = make_event(capacity=2), make_event(capacity=2)
    start = threading.Barrier(2)

    def there_and_back(mine, ways):
        start.wait(30)
        for number in range(ROUNDS):
            there = ways[number % 2]
            outcome = database.write(lambda session, mine=mine, there=there: swap(session, mine, there.id, clock.now()))
            assert isinstance(outcome, Swapped), outcome
            mine = outcome.booking_id
        return mine

    first, second = book(monday), book(tuesday)
    outcomes = together(
        lambda: there_and_back(first, (tuesday, monday)), lambda: there_and_back(second, (monday, tuesday))
    )
    assert all(isinstance(outcome, int) for outcome in outcomes), outcomes
    assert counts(monday) == (1, 1)
    assert counts(tuesday) == (1, 1)
    _no_deadlocks(database)


def test_of_many_who_want_the_same_place_one_gets_it_and_all_others_keep_theirs(
    database, clock, make_event, book, counts
):
    monday, tuesday = make_event(capacity=12), make_event(capacity=1)
    mine = [book(monday) for _ in range(12)]

    def want(booking_id):
        return lambda: database.write(lambda session: swap(session, booking_id, tuesday.id, clock.now()))

    outcomes = together(*map(want, mine))
    assert sum(isinstance(outcome, Swapped) for outcome in outcomes) == 1
    assert sum(outcome == Full(0) for outcome in outcomes) == 11
    assert counts(monday) == (11, 11)
    assert counts(tuesday) == (1, 1)
    _no_deadlocks(database)


def test_one_booking_swapped_twice_at_once_goes_to_one_place(database, clock, make_event, book, counts):
    monday, tuesday, friday = make_event(), make_event(), make_event()
    mine = book(monday)

    def to(event):
        return lambda: database.write(lambda session: swap(session, mine, event.id, clock.now()))

    outcomes = together(to(tuesday), to(friday), to(tuesday), to(friday))
    assert sum(isinstance(outcome, Swapped) for outcome in outcomes) == 1
    assert [counts(monday), counts(tuesday)[0] + counts(friday)[0]] == [(0, 0), 1]


def _no_deadlocks(database):
    if database.is_sqlite:
        return
    with database.read() as session:
        found = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert session.execute(text(found)).scalar() == 0
