"""Two processes that gather or release one broadcast at once: nobody gets it twice, and nobody is counted twice."""

from collections import Counter

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from services.booking.tables import Booking
from services.campaigns import broadcast_gathering, broadcast_release, broadcasts
from services.campaigns.broadcasts import BROADCASTS, Done, NotPossible, Repeated, Started
from services.people import outbox
from services.people.outbox import OUTBOX
from tests.concurrency.crowding import at_once
from tests.services.broadcasting import begin, draft, gather, release, told

CROWD = 300


@pytest.fixture
def booked(database, clock, crowd, make_event, monkeypatch):
    """An event on which many are booked; pages are small, so that the racers meet often."""
    monkeypatch.setattr(broadcast_gathering, "PAGE", 10)
    monkeypatch.setattr(broadcast_release, "AHEAD", 10_000)
    event = make_event(capacity=CROWD)
    people = crowd(CROWD)
    booking = {"event_id": event.id, "places": 1, "status": "confirmed", "created_at": clock.now(), "access_needs": []}
    rows = [{"reference": f"B{n}", "person_id": n, "identity_id": n, **booking} for n in people]

    def unit(session: Session) -> None:
        session.execute(insert(Booking), rows)
        session.connection().exec_driver_sql("UPDATE identity SET last_inbound_at = '2026-11-20 10:00:00'")

    database.write(unit)
    return event


def race(database, clock):
    """Several gatherers of the same broadcast, each of which read it before any began."""
    [row] = database.read_once(broadcast_release.to_go)
    at_once(lambda _: list(broadcast_gathering.gather(database, row, clock.now())), range(6), threads=6)


def test_without_the_guard_people_are_counted_twice(database, clock, booked, monkeypatch):
    """The race is real: a page that does not look where the broadcast stood counts again what another has kept."""
    open_step = (
        update(BROADCASTS)
        .where(BROADCASTS.c.id == bindparam("broadcast"))
        .values(gathered_to=bindparam("after"))
        .returning(BROADCASTS.c.purpose, BROADCASTS.c.recipients, BROADCASTS.c.left_out)
    )
    monkeypatch.setattr(broadcast_gathering, "_STEP", open_step)
    number = begin(database, draft(booked), clock.now(), above=10_000)
    race(database, clock)
    assert told(database, number).left_out.get("duplicate", 0) > 0


def test_many_gatherers_keep_each_person_once(database, clock, booked):
    number = begin(database, draft(booked), clock.now(), above=10_000)
    race(database, clock)
    gather(database, clock.now())
    found = told(database, number)
    assert (found.recipients, found.left_out, found.is_gathered) == (CROWD, {}, True)


def test_many_releasers_write_each_message_once(database, clock, booked):
    number = begin(database, draft(booked), clock.now(), above=10_000)
    gather(database, clock.now())
    written = at_once(lambda _: release(database, clock.now()), range(6), threads=6)
    assert sum(written) == CROWD
    with database.read() as session:
        texted = Counter(session.scalars(select(OUTBOX.c.identity_id).where(OUTBOX.c.broadcast_id == number)))
    assert len(texted) == CROWD
    assert set(texted.values()) == {1}


def test_of_two_who_start_the_same_one_does(database, clock, booked):
    outcomes = at_once(
        lambda who: database.write(
            lambda session: broadcasts.start(session, draft(booked), by=who, approve_above=9, now=clock.now())
        ),
        [f"Sam {number}" for number in range(8)],
        threads=8,
    )
    assert Counter(map(type, outcomes)) == {Started: 1, Repeated: 7}


def test_paused_resumed_and_cancelled_while_it_is_gathered_released_and_sent(database, clock, booked):
    number = begin(database, draft(booked), clock.now(), above=10_000)
    acts = [broadcasts.pause, broadcasts.resume] * 10

    def work(what):
        if what == "gather":
            gather(database, clock.now())
        elif what == "release":
            release(database, clock.now())
        elif what == "claim":
            database.write(lambda session: outbox.claim(session, clock.now()))
        else:
            outcome = database.write(lambda session: what(session, number, by="Sam", now=clock.now()))
            assert isinstance(outcome, Done | NotPossible)

    at_once(work, [*acts, *["gather", "release", "claim"] * 12], threads=8)
    database.write(lambda session: broadcasts.resume(session, number, by="Sam", now=clock.now()))
    gather(database, clock.now())
    release(database, clock.now())
    found = told(database, number)
    assert (found.recipients, found.left_out) == (CROWD, {})
    assert sum(found.by_status.values()) == CROWD
    assert len(claim_all(database, clock)) == found.by_status.get("queued", 0)
    outcomes = at_once(
        lambda act: database.write(lambda session: act(session, number, by="Sam", now=clock.now())),
        [broadcasts.cancel, broadcasts.pause, broadcasts.cancel, broadcasts.resume],
        threads=4,
    )
    assert sum(isinstance(outcome, Done) for outcome in outcomes) >= 1
    assert told(database, number).status == "cancelled"


def claim_all(database, clock):
    claimed = []
    while rows := database.write(lambda session: outbox.claim(session, clock.now(), limit=64)):
        claimed += rows
    return claimed
