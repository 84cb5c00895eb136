"""Places under contention: never one too many, never one lost, and the same attempts without the guard go wrong."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update

from services.booking import places
from services.booking.counter import set_capacity
from services.booking.outcomes import AlreadyBooked, Confirmed, Full, Held, Lapsed
from services.booking.tables import Booking
from services.events.tables import Event
from tests.concurrency.crowding import at_once

QUARTER = timedelta(minutes=15)
THREADS = 24


@pytest.fixture
def books(database):
    """What the database says of an event: (taken, capacity, places of live bookings, live bookings)."""

    def books(event):
        with database.read() as session:
            row = session.execute(select(Event.taken, Event.capacity).where(Event.id == event.id)).one()
            live = text(
                "SELECT COALESCE(SUM(places), 0), COUNT(*) FROM booking "
                "WHERE event_id = :event AND status IN ('held', 'offered', 'confirmed')"
            )
            return (*row, *session.execute(live, {"event": event.id}).one())

    return books


def guarded(database, event, now):
    """Hold a place and confirm it, as the product does: two units of work."""

    def attempt(who):
        given = {"event_id": event.id, "person_id": who, "identity_id": who, "places": 1}
        held = database.write(lambda session: places.hold(session, **given, now=now, hold_for=QUARTER))
        if not isinstance(held, Held):
            return held
        return database.write(lambda session: places.confirm(session, held.booking_id, now))

    return attempt


def unguarded(database, event, now):
    """Look whether there is room, then book: what everybody writes first."""

    def attempt(who):
        with database.read() as session:
            taken, capacity = session.execute(select(Event.taken, Event.capacity).where(Event.id == event.id)).one()
        if taken >= capacity:
            return Full(0)
        row = {"event_id": event.id, "person_id": who, "identity_id": who, "reference": f"{who:06}"}
        row |= {"status": "confirmed", "created_at": now, "attendee": "", "attendee_name": "", "places": 1}

        def unit(session):
            session.execute(insert(Booking).values(**row, access_needs=[]))
            session.execute(update(Event).where(Event.id == event.id).values(taken=taken + 1))

        database.write(unit)
        return Confirmed(0, row["reference"], 1)

    return attempt


def test_a_thousand_attempts_on_five_hundred_places_book_exactly_five_hundred(
    database, clock, make_event, crowd, books
):
    event = make_event(capacity=500)
    answers = at_once(guarded(database, event, clock.now()), crowd(1000))
    assert Counter(type(answer) for answer in answers) == {Confirmed: 500, Full: 500}
    assert {answer.left for answer in answers if isinstance(answer, Full)} == {0}
    assert books(event) == (500, 500, 500, 500)
    assert len({answer.reference for answer in answers if isinstance(answer, Confirmed)}) == 500


def test_the_same_attempts_without_the_guard_oversell(database, clock, make_event, crowd, books):
    event = make_event(capacity=500)
    answers = at_once(unguarded(database, event, clock.now()), crowd(1000))
    booked = sum(isinstance(answer, Confirmed) for answer in answers)
    taken, _, _, live = books(event)
    assert booked == live > 500, "more people were told yes than there are places"
    assert taken < live, "and updates were lost"


def test_parties_of_all_sizes_never_exceed_the_room(database, clock, make_event, crowd, books):
    event = make_event(capacity=97)

    def attempt(who):
        given = {"event_id": event.id, "person_id": who, "identity_id": who, "places": 1 + who % 4}
        return database.write(lambda session: places.hold(session, **given, now=clock.now(), hold_for=QUARTER))

    answers = at_once(attempt, crowd(120))
    taken, capacity, live, _ = books(event)
    assert taken == live == sum(answer.places for answer in answers if isinstance(answer, Held))
    assert taken == capacity, "the parties of one fill what is left"


def test_someone_who_taps_many_times_has_one_hold(database, clock, make_event, crowd, books):
    event, people = make_event(capacity=100), crowd(3)
    attempt = guarded_hold(database, event, clock.now())
    for who in people:
        answers = at_once(attempt, [who] * THREADS, THREADS)
        assert Counter(type(answer) for answer in answers) == {Held: 1, AlreadyBooked: THREADS - 1}
        assert len({answer.booking_id for answer in answers}) == 1
    assert books(event) == (3, 100, 3, 3)


def guarded_hold(database, event, now):
    def attempt(who):
        given = {"event_id": event.id, "person_id": who, "identity_id": who, "places": 1}
        return database.write(lambda session: places.hold(session, **given, now=now, hold_for=QUARTER))

    return attempt


def test_a_yes_at_the_last_second_and_the_sweep_never_both_win(database, clock, make_event, crowd, books):
    event = make_event(capacity=60)
    holds = [guarded_hold(database, event, clock.now())(who) for who in crowd(60)]
    in_time, too_late = clock.now() + QUARTER - timedelta(seconds=1), clock.now() + QUARTER

    def confirm_or_sweep(hold):
        if hold is None:
            return database.write(lambda session: places.expire_due(session, too_late, limit=7))
        return database.write(lambda session: places.confirm(session, hold.booking_id, in_time))

    mixed = [hold for pair in zip(holds, [None] * 60, strict=True) for hold in pair]
    random.Random(6).shuffle(mixed)
    answers = at_once(confirm_or_sweep, mixed, threads=8)
    confirmed = sum(isinstance(answer, Confirmed) for answer in answers)
    swept = sum(answer for answer in answers if isinstance(answer, int))
    lapsed = sum(isinstance(answer, Lapsed) for answer in answers)
    assert confirmed + swept == 60
    assert lapsed == swept, "whose hold was swept was told so"
    assert books(event) == (confirmed, 60, confirmed, confirmed)


def test_everything_at_once_ends_in_order(database, clock, make_event, crowd, books):
    """Holds, growth, cancellations, renewals, sweeps and changes of capacity over two events, and no deadlock."""
    events, people = [make_event(capacity=12), make_event(capacity=20)], crowd(40)
    known: list[int] = []

    def act(seed):
        chance = random.Random(seed)
        event, who = chance.choice(events), chance.choice(people)
        now = clock.now() + timedelta(minutes=seed // 20)
        some = chance.choice(known) if known else 1
        given = {"event_id": event.id, "person_id": who, "identity_id": who, "places": chance.randint(1, 3)}
        actions = [
            lambda session: places.hold(session, **given, now=now, hold_for=QUARTER),
            lambda session: places.hold(session, **given, now=now, hold_for=QUARTER),
            lambda session: places.confirm(session, some, now),
            lambda session: places.resize(session, some, chance.randint(1, 4), now),
            lambda session: places.cancel(session, some, now),
            lambda session: places.release(session, some, now),
            lambda session: places.renew(session, some, now, QUARTER),
            lambda session: places.expire_due(session, now, 5),
            lambda session: set_capacity(session, event.id, chance.randint(5, 25)),
        ]
        outcome = database.write(chance.choice(actions))
        if isinstance(outcome, Held):
            known.append(outcome.booking_id)
        return outcome

    answers = at_once(act, list(range(1200)), threads=8)
    assert len({type(answer) for answer in answers}) >= 8, "the mixture really mixes"
    for event in events:
        taken, capacity, live, _ = books(event)
        assert taken == live <= capacity
    if not database.is_sqlite:
        with database.read() as session:
            deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            assert session.execute(text(deadlocks)).scalar() == 0
