"""Every message is taken once, and its turn is taken once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from services.core.database import Database
from services.people import consent, inbox
from services.people.inbox import InboundDraft, Recorded
from services.people.tables import InboundMessage

DRAFT = InboundDraft("SM1", "sms", "+447700900123", "+447700900000", "yoga near N7", {"media": 0})


@pytest.fixture
def take(database, clock):
    return lambda draft=DRAFT: database.write(lambda session: inbox.record(session, draft, clock.now()))


def test_a_message_is_kept_whole(database, clock, take):
    taken = take()
    with database.read() as session:
        arrival = inbox.load(session, taken.id)
    assert (arrival.identity_id, arrival.channel, arrival.address) == (taken.identity_id, "sms", DRAFT.address)
    assert (arrival.body, arrival.details, arrival.recipient) == ("yoga near N7", {"media": 0}, DRAFT.recipient)
    assert (arrival.status, arrival.safety_checked, arrival.opted_out) == ("received", False, False)
    assert arrival.received_at == arrival.last_inbound_at == clock.now()


def test_the_same_message_again_is_nothing(database, take):
    first = take()
    assert take() is None
    assert take(replace(DRAFT, body="changed")) is None
    with database.read() as session:
        assert inbox.waiting(session) == [first]


def test_the_same_id_at_another_provider_is_another_message(take):
    assert take() is not None
    assert take(replace(DRAFT, provider="other")) is not None


def test_the_same_message_at_the_same_instant_is_taken_once(take):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take(), range(16)))
    assert sum(one is not None for one in taken) == 1


def test_waiting_messages_come_in_order_and_in_pages(database, take):
    taken = [take(replace(DRAFT, provider_id=f"SM{number}")) for number in range(5)]
    with database.read() as session:
        assert inbox.waiting(session) == taken
        assert inbox.waiting(session, limit=2, after=taken[1].id) == taken[2:4]


class TestOrphans:
    """On PostgreSQL a message belongs to the process that took it."""

    @pytest.fixture
    def other(self, postgres_database, postgres_url):
        other = Database(postgres_url)
        yield other
        other.close()

    @pytest.fixture
    def record(self, clock):
        def record(database, number=1):
            draft = replace(DRAFT, provider_id=f"SM{number}")
            return database.write(lambda session: inbox.record(session, draft, clock.now()))

        return record

    @pytest.fixture
    def adopt(self, clock):
        def adopt(database, *living):
            numbers = [each.process for each in living]
            has = database.read_once(lambda s: inbox.has_orphans(s, database.process, numbers, clock.now()))
            found = database.write(lambda session: inbox.adopt(session, numbers, clock.now()))
            assert has == bool(found)
            return found

        return adopt

    def test_what_a_living_process_has_is_left_to_it(self, postgres_database, other, record, adopt, clock):
        record(other)
        clock.advance(timedelta(seconds=30))
        assert adopt(postgres_database, postgres_database, other) == []

    def test_what_a_dead_process_had_is_taken_over_once(self, postgres_database, other, record, adopt):
        taken = [record(other, number) for number in range(3)]
        assert adopt(postgres_database, postgres_database) == taken
        assert adopt(postgres_database, postgres_database) == []
        assert adopt(other, other, postgres_database) == []

    def test_what_was_broken_off_is_begun_again(self, postgres_database, record, adopt, clock):
        taken = record(postgres_database)
        assert adopt(postgres_database, postgres_database) == [], "its turn may be about to be taken"
        clock.advance(timedelta(seconds=3))
        assert adopt(postgres_database, postgres_database) == [taken]

    def test_what_a_hanging_process_has_is_taken_after_a_minute(self, postgres_database, other, record, adopt, clock):
        taken = record(other)
        clock.advance(timedelta(seconds=61))
        assert adopt(postgres_database, postgres_database, other) == [taken]

    def test_what_was_answered_is_nobodys(self, postgres_database, other, record, adopt):
        taken = record(other)
        other.write(lambda session: inbox.mark_processed(session, taken.id))
        assert adopt(postgres_database, postgres_database) == []


def test_on_sqlite_whatever_waits_is_the_one_process(sqlite_database, clock):
    taken = sqlite_database.write(lambda session: inbox.record(session, DRAFT, clock.now()))
    assert sqlite_database.read_once(lambda s: inbox.has_orphans(s, sqlite_database.process, (), clock.now()))
    assert sqlite_database.write(lambda session: inbox.adopt(session, (), clock.now())) == [taken]


def test_what_came_before_in_the_same_conversation(database, take):
    first, second = take(), take(replace(DRAFT, provider_id="SM2"))
    take(replace(DRAFT, provider_id="SM3", address="+447700900124"))

    def earlier(recorded):
        return database.read_once(lambda session: inbox.earlier(session, inbox.load(session, recorded.id)))

    assert (earlier(first), earlier(second)) == ([], [first.id])
    database.write(lambda session: inbox.mark_silent(session, first.id))
    assert earlier(second) == []


@pytest.mark.parametrize(
    ("mark", "status"),
    [(inbox.mark_processed, "processed"), (inbox.mark_silent, "silent")],
)
def test_a_turn_is_taken_once(database, take, mark, status):
    taken = take()
    assert database.write(lambda session: mark(session, taken.id))
    assert not database.write(lambda session: mark(session, taken.id))
    assert not database.write(lambda session: inbox.mark_failed(session, taken.id, "late"))
    with database.read() as session:
        assert session.get(InboundMessage, taken.id).status == status
        assert inbox.waiting(session) == []


def test_a_failed_turn_keeps_its_trace(database, take):
    taken = take()
    assert database.write(lambda session: inbox.mark_failed(session, taken.id, "Traceback: boom"))
    with database.read() as session:
        message = session.get(InboundMessage, taken.id)
    assert (message.status, message.failure) == ("failed", "Traceback: boom")


def test_the_detector_reads_a_message_once(database, take):
    taken = take()
    assert database.write(lambda session: inbox.mark_safety_checked(session, taken.id))
    assert not database.write(lambda session: inbox.mark_safety_checked(session, taken.id))
    with database.read() as session:
        assert inbox.load(session, taken.id).safety_checked
        assert inbox.waiting(session) == [Recorded(taken.id, taken.identity_id)]


def test_an_opted_out_sender_is_known(database, clock, take):
    taken = take()
    database.write(lambda session: consent.opt_out(session, DRAFT.address, "keyword", clock.now()))
    with database.read() as session:
        assert inbox.load(session, taken.id).opted_out
        assert inbox.load(session, 999) is None
