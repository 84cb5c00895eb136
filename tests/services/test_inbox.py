"""Every message is taken once, and its turn is taken once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

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
