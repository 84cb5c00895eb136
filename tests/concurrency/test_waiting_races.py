"""Waiting lists under contention: nobody is left beside a free place, nothing is offered twice, and without the guard
people are.
"""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import text

from services.booking import counter, places, refill, waiting
from services.booking.bookings import by_id
from services.booking.outcomes import Confirmed, Held, Joined, Left
from tests.concurrency.crowding import at_once

QUARTER = timedelta(minutes=15)


def counted(database, event):
    """What the database says of an event: places taken, its capacity, and places of live bookings."""
    query = text(
        "SELECT taken, capacity, (SELECT COALESCE(SUM(places), 0) FROM booking "
        "WHERE event_id = event.id AND status IN ('held', 'offered', 'confirmed')) FROM event WHERE id = :event"
    )
    return tuple(database.read_once(lambda session: session.execute(query, {"event": event.id}).one()))


def rows(database, status):
    query = text("SELECT id FROM booking WHERE status = :status ORDER BY created_at, id")
    return list(database.read_once(lambda session: session.execute(query, {"status": status}).scalars()))


def book(database, event, who, now, party=1):
    def unit(session):
        ids = {"event_id": event.id, "person_id": who, "identity_id": who}
        held = places.hold(session, **ids, places=party, now=now, hold_for=QUARTER)
        assert isinstance(places.confirm(session, held.booking_id, now), Confirmed)
        return held.booking_id

    return database.write(unit)


def join(database, event, now):
    def attempt(who):
        ids = {"event_id": event.id, "person_id": who, "identity_id": who}
        return database.write(lambda session: waiting.join(session, **ids, party=1, now=now))

    return attempt


def test_whoever_joins_while_places_come_free_is_asked(database, clock, make_event, crowd):
    event, people, now = make_event(capacity=60), crowd(120), clock.now()
    booked = [book(database, event, who, now) for who in people[:60]]
    attempt = join(database, event, now)
    first = [attempt(who) for who in people[60:80]]

    def act(item):
        kind, value = item
        if kind == "join":
            return attempt(value)
        return database.write(lambda session: places.cancel(session, value, now))

    work = [("cancel", each) for each in booked] + [("join", each) for each in people[80:]]
    random.Random(4).shuffle(work)
    answers = first + at_once(act, work, threads=12)
    taken, capacity, live = counted(database, event)
    assert taken == live <= capacity
    assert not rows(database, "waiting") or taken == capacity, "nobody waits beside a free place"
    joined = [answer.booking_id for answer in answers if isinstance(answer, Joined)]
    assert len(joined) >= 20, "those who came before a place was free really waited"
    assert sorted(joined) == sorted(rows(database, "offered") + rows(database, "waiting"))


def test_looking_first_and_joining_then_leaves_people_beside_free_places(database, clock, make_event, crowd):
    """The same attempts without the guard: everyone looks, then places come free, then everyone gets in line."""
    event, people, now = make_event(capacity=6), crowd(12), clock.now()
    booked = [book(database, event, who, now) for who in people[:6]]
    looked, given_up = threading.Barrier(7), threading.Barrier(7)

    def careless(who):
        with database.read() as session:
            assert counter.places_left(session, event.id) == 0
        looked.wait(30)
        given_up.wait(30)
        wanted = {"event_id": event.id, "person_id": who, "identity_id": who, "places": 1}
        wanted |= {"attendee": "", "attendee_name": ""}
        return database.write(lambda session: waiting._insert(session, wanted, now))

    def give_up(_):
        looked.wait(30)
        for each in booked:
            database.write(lambda session, each=each: places.cancel(session, each, now))
        given_up.wait(30)

    with ThreadPoolExecutor(7) as pool:
        leaving = pool.submit(give_up, None)
        list(pool.map(careless, people[6:]))
        leaving.result()
    assert counted(database, event)[0] == 0
    assert len(rows(database, "waiting")) == 6, "six wait, and six places are free"
    assert database.write(lambda session: refill.offer_stranded(session, now)) == 6, "the sweep would find them"


def test_a_yes_at_the_last_second_and_the_sweep_never_both_win(database, clock, make_event, crowd):
    event, people, now = make_event(capacity=40), crowd(120), clock.now()
    booked = [book(database, event, who, now) for who in people[:40]]
    offers = [join(database, event, now)(who).booking_id for who in people[40:80]]
    behind = [join(database, event, now)(who).booking_id for who in people[80:]]
    for each in booked:
        database.write(lambda session, each=each: places.cancel(session, each, now))
    until = database.read_once(lambda session: by_id(session, offers[0])).deadline
    in_time = until - timedelta(seconds=1)

    def answer_or_sweep(offer):
        if offer is None:
            return database.write(lambda session: places.expire_due(session, until, limit=5))
        return database.write(lambda session: places.confirm(session, offer, in_time))

    mixed = [offer for pair in zip(offers, [None] * 40, strict=True) for offer in pair]
    random.Random(6).shuffle(mixed)
    answers = at_once(answer_or_sweep, mixed, threads=8)
    confirmed = sum(isinstance(answer, Confirmed) for answer in answers)
    swept = sum(answer for answer in answers if isinstance(answer, int))
    assert confirmed + swept == 40
    assert confirmed > 0
    assert counted(database, event) == (40, 40, 40)
    assert rows(database, "offered") == behind[:swept], "what lapsed went to the next, in turn"


def test_a_place_is_not_given_to_someone_who_leaves_meanwhile(postgres_database, clock, make_event, crowd, monkeypatch):
    """Between finding who is first and giving them the place, that person leaves the line on another connection."""
    event, people, now = make_event(capacity=1), crowd(3), clock.now()
    booked = book(postgres_database, event, people[0], now)
    line = join(postgres_database, event, now)
    first, second = line(people[1]).booking_id, line(people[2]).booking_id
    take = counter.take

    def leave_then_take(*arguments):
        if isinstance(postgres_database.write(lambda session: waiting.leave(session, first, now)), Left):
            monkeypatch.setattr(counter, "take", take)
        return take(*arguments)

    monkeypatch.setattr(counter, "take", leave_then_take)
    postgres_database.write(lambda session: places.cancel(session, booked, now))
    assert counted(postgres_database, event) == (1, 1, 1)
    assert rows(postgres_database, "offered") == [second]
    offers = text("SELECT booking_id FROM outbox_message WHERE kind = 'offer'")
    assert list(postgres_database.read_once(lambda session: session.scalars(offers))) == [second]


def test_everything_at_once_ends_in_order(database, clock, make_event, crowd):
    """Joining, leaving, yes and no, holds, cancellations, sweeps and capacities over two events, and no deadlock."""
    events, people = [make_event(capacity=6), make_event(capacity=10)], crowd(40)
    known: list[int] = []

    def act(seed):
        chance = random.Random(seed)
        event, who = chance.choice(events), chance.choice(people)
        now = clock.now() + timedelta(minutes=seed)
        some = chance.choice(known) if known else 1
        ids, party = {"event_id": event.id, "person_id": who, "identity_id": who}, chance.randint(1, 2)
        actions = [
            lambda session: waiting.join(session, **ids, party=party, now=now),
            lambda session: waiting.join(session, **ids, party=party, now=now),
            lambda session: places.hold(session, **ids, places=party, now=now, hold_for=QUARTER),
            lambda session: waiting.accept(session, some, now),
            lambda session: places.confirm(session, some, now),
            lambda session: waiting.leave(session, some, now),
            lambda session: places.cancel(session, some, now),
            lambda session: places.resize(session, some, party, now),
            lambda session: places.expire_due(session, now, 5),
            lambda session: refill.pass_on_unsent(session, now),
            lambda session: refill.offer_stranded(session, now),
            lambda session: refill.change_capacity(session, event.id, chance.randint(4, 12), now),
        ]
        outcome = database.write(chance.choice(actions))
        if isinstance(outcome, Held | Joined):
            known.append(outcome.booking_id)
        return outcome

    answers = at_once(act, list(range(1200)), threads=8)
    assert len({type(answer) for answer in answers}) >= 9, "the mixture really mixes"
    for event in events:
        taken, capacity, live = counted(database, event)
        assert taken == live <= capacity
    offers = "SELECT COUNT(*), COUNT(DISTINCT booking_id) FROM outbox_message WHERE kind = 'offer'"
    told, different = database.read_once(lambda session: session.execute(text(offers)).one())
    assert told == different > 0
    if not database.is_sqlite:
        deadlocks = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert database.read_once(lambda session: session.execute(deadlocks).scalar()) == 0
