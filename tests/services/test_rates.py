"""A sender's rate is held by all processes together, and no answer ever waits for it."""

import random
from datetime import timedelta

import pytest

from services.people import outbox
from services.people.deliveries import Outcome, record
from services.people.rates import AHEAD_S, Allotment, Lane, Posted, Rates, channel_of
from services.people.tables import OutboxStatus, Priority

OURS = {"sms": "+447700900001", "whatsapp": "+447700900002"}


@pytest.fixture
def write(database, clock, make_identity):
    """Write messages to as many people, each its own."""
    made = []

    def write(count, priority=Priority.BULK, channel="sms", **columns):
        people = [make_identity(f"+447700900{len(made) + number:03}", channel, **columns).id for number in range(count)]
        made.extend(people)

        def unit(session):
            for person in people:
                outbox.enqueue(
                    session,
                    kind="reply",
                    identity_id=person,
                    parameters={"text": "hello"},
                    priority=priority,
                    due_at=clock.now(),
                    now=clock.now(),
                )

        database.write(unit)

    return write


@pytest.fixture
def claim(database, clock):
    """Claim as one process would; the messages, and when there is more to be had."""

    def claim(rates, limit=64):
        allotment = Allotment(rates, clock.now())
        return database.write(lambda s: outbox.claim(s, clock.now(), limit, allotment)), allotment.again_at

    return claim


@pytest.fixture
def sent(database, clock):
    """Note that messages were sent, so that they are out of the way."""

    def sent(rows):
        done = [Outcome(row.id, row.attempts, OutboxStatus.SENT, f"SM{row.id}") for row in rows]
        database.write(lambda session: record(session, done, clock.now()))

    return sent


def after(clock, row):
    return (row.slot - clock.now()).total_seconds()


def most_in_a_second(moments):
    moments = sorted(moments)
    return max(sum(start <= each < start + 1 for each in moments[at : at + 200]) for at, start in enumerate(moments))


@pytest.mark.parametrize("rate", [10, 40])
def test_two_processes_hold_a_rate_together(database, clock, write, claim, sent, rate):
    seconds, chance, moments = 12, random.Random(rate), []
    write(int(rate * seconds * 1.3))
    begin = clock.now()
    due = {"one": begin, "other": begin}
    while clock.now() < begin + timedelta(seconds=seconds):
        for process, at in due.items():
            if at <= clock.now():
                rows, again = claim(Rates({"sms": rate}, OURS), 16)
                moments += [max(row.slot, clock.now()).timestamp() - begin.timestamp() for row in rows]
                sent(rows)
                due[process] = clock.now() if rows else again
        clock.advance(timedelta(milliseconds=chance.uniform(2, 60)))

    within = [each for each in moments if each < seconds]
    assert len(within) == pytest.approx(rate * seconds, rel=0.02)
    assert most_in_a_second(moments) <= rate * 1.1
    assert max(moments) < seconds + AHEAD_S


def test_an_answer_waits_for_nobody_and_bulk_pays_for_it(clock, write, claim):
    rates = Rates({"sms": 10}, OURS)
    write(30)
    first, again = claim(rates)
    write(5, Priority.REPLY)
    write(1, Priority.SAFETY)

    answers, _ = claim(rates)

    assert len(first) == 8
    assert again > clock.now()
    assert [row.priority for row in answers] == [Priority.SAFETY] + [Priority.REPLY] * 5
    assert {row.slot for row in answers} == {clock.now()}
    clock.advance(timedelta(seconds=1))
    (later, *_), _ = claim(rates)
    assert after(clock, later) == pytest.approx(0.45, abs=1e-5)  # 0.05, and eight and six intervals


def test_what_no_claim_paid_for_is_charged_when_it_is_recorded(database, clock, write, claim):
    rates = Rates({"sms": 10}, OURS)
    write(3, Priority.REPLY)
    rows, _ = claim(Rates())
    answers = [(row._replace(slot=None), Posted(rates.lane(rows[0], clock.now()), 2)) for row in rows]
    paid = [(rows[0]._replace(slot=clock.now()), Posted(rates.lane(rows[0], clock.now()), 1))]

    database.write(lambda session: rates.charge(session, answers, clock.now()))
    database.write(lambda session: rates.charge(session, paid, clock.now()))

    write(2)
    (one, two), _ = claim(rates)
    assert after(clock, one) == pytest.approx(0.6, abs=1e-5)
    assert after(clock, two) == pytest.approx(0.7, abs=1e-5)


def test_a_clock_put_back_and_a_flood_of_answers_hold_nothing_up_for_long(database, clock, write, claim):
    rates = Rates({"sms": 10}, OURS)
    write(3, Priority.REPLY)
    rows, _ = claim(Rates())
    flood = [(rows[0]._replace(slot=None), Posted(rates.lane(rows[0], clock.now()), 9000))]
    database.write(lambda session: rates.charge(session, flood, clock.now()))
    write(1)

    none, again = claim(rates)
    assert none == []
    assert again <= clock.now() + timedelta(seconds=30)

    clock.advance(timedelta(days=-1))
    write(1)
    (row,), _ = claim(rates)
    assert after(clock, row) == pytest.approx(0.05)


def test_each_channel_has_its_own_rate(clock, write, claim):
    write(20, channel="sms")
    write(20, channel="whatsapp", last_inbound_at=clock.now())

    rows, _ = claim(Rates({"sms": 4, "whatsapp": 8}, OURS))

    assert [row.channel for row in rows].count("sms") == 3
    assert [row.channel for row in rows].count("whatsapp") == 6
    assert len(claim(Rates())[0]) == 31


def test_outside_whatsapps_window_it_is_the_rate_of_text_messages(clock, write, claim):
    write(1, Priority.NOTICE, channel="whatsapp", last_inbound_at=clock.now() - timedelta(days=3))
    (row,), _ = claim(Rates({"sms": 1}, OURS))

    assert channel_of(row, clock.now()) == "sms"
    assert Rates({}, OURS).lane(row, clock.now()) == Lane("sms", OURS["sms"])
    assert channel_of(row._replace(address="GB.1"), clock.now()) == "whatsapp"
    assert channel_of(row._replace(priority=Priority.REPLY), clock.now()) == "whatsapp"


def test_what_missed_its_moment_takes_another_behind_all_that_were_given_out(database, clock, write, claim):
    rates = Rates({"sms": 10}, OURS)
    write(3)
    rows, _ = claim(rates)
    lane = rates.lane(rows[0], clock.now())
    wanted = {lane: 2, Lane("whatsapp", OURS["whatsapp"]): 1}
    taken = database.write(lambda session: rates.take(session, wanted, clock.now()))
    assert list(taken) == [lane]
    moments = [row.slot for row in rows] + taken[lane]
    assert [(then - moments[0]).total_seconds() for then in moments] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    clock.advance(timedelta(minutes=1))
    ((later,),) = database.write(lambda session: rates.take(session, {lane: 1}, clock.now())).values()
    assert later > clock.now()
