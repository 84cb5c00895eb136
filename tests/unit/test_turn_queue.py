"""Turns of one conversation go one after another in order; other conversations go on meanwhile."""

import threading
from concurrent.futures import CancelledError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.turn_queue import TurnQueue

PATIENCE_S = 5


class Turns:
    """Takes turns as the test lets them: each waits for its gate, if it has one."""

    def __init__(self):
        self.begun, self.ended, self.side_by_side = [], [], 0
        self.gates = {}
        self._lock = threading.Lock()

    def hold(self, inbound_id):
        self.gates[inbound_id] = threading.Event()

    def let_go(self, inbound_id):
        self.gates.pop(inbound_id).set()

    def __call__(self, inbound_id):
        gate = self.gates.get(inbound_id)
        with self._lock:
            self.begun.append(inbound_id)
            self.side_by_side = max(self.side_by_side, len(self.begun) - len(self.ended))
        if gate is not None:
            assert gate.wait(PATIENCE_S)
        with self._lock:
            self.ended.append(inbound_id)
        if inbound_id < 0:
            raise ValueError("this turn fails")
        return [f"answer to {inbound_id}"]


@pytest.fixture
def turns():
    return Turns()


@pytest.fixture
def queue(turns):
    queue = TurnQueue(turns, workers=3)
    yield queue
    queue.close()


def test_the_future_holds_the_answer(queue):
    assert queue.submit(1, identity_id=7).result(PATIENCE_S) == ["answer to 1"]


def test_a_conversation_waits_for_its_own_turns_and_no_other(queue, turns):
    turns.hold(1)
    first, second = queue.submit(1, identity_id=7), queue.submit(2, identity_id=7)
    assert queue.submit(3, identity_id=8).result(PATIENCE_S)
    assert 2 not in turns.begun
    assert not second.done()
    turns.let_go(1)
    assert first.result(PATIENCE_S)
    assert second.result(PATIENCE_S)
    assert sorted(turns.ended) == [1, 2, 3]


def test_a_message_that_waits_already_is_not_taken_twice(queue, turns):
    turns.hold(1)
    first, second = queue.submit(1, identity_id=7), queue.submit(2, identity_id=7)
    for again in (1, 2):
        with pytest.raises(CancelledError):
            queue.submit(again, identity_id=7).result(PATIENCE_S)
    turns.let_go(1)
    assert first.result(PATIENCE_S)
    assert second.result(PATIENCE_S)
    assert queue.wait_until_idle(PATIENCE_S)
    assert turns.begun == [1, 2]


def test_a_turn_that_is_lost_holds_up_nobody(queue):
    lost, next_one = queue.submit(-1, identity_id=7), queue.submit(2, identity_id=7)
    with pytest.raises(ValueError, match="this turn fails"):
        lost.result(PATIENCE_S)
    assert next_one.result(PATIENCE_S) == ["answer to 2"]


def test_a_lost_turn_may_be_taken_again(queue, turns):
    for _ in range(2):
        with pytest.raises(ValueError, match="this turn fails"):
            queue.submit(-1, identity_id=7).result(PATIENCE_S)
        assert queue.wait_until_idle(PATIENCE_S)
    assert turns.begun == [-1, -1]


def test_a_turn_nobody_waits_for_is_taken_and_holds_up_nobody(queue, turns):
    turns.hold(1)
    first, second = queue.submit(1, identity_id=7), queue.submit(2, identity_id=7)
    assert second.cancel()
    turns.let_go(1)
    assert first.result(PATIENCE_S)
    assert queue.submit(3, identity_id=7).result(PATIENCE_S)
    assert turns.ended == [1, 2, 3]


def test_a_log_that_cannot_be_written_holds_up_nobody(queue, monkeypatch):
    class Broken:
        def exception(self, *_, **__):
            raise ValueError("the file is closed")

    monkeypatch.setattr("bot.turn_queue.log", Broken())
    queue.submit(-1, identity_id=7)
    assert queue.submit(2, identity_id=7).result(PATIENCE_S)


def test_idle_only_when_the_last_turn_has_been_taken(queue, turns):
    assert queue.wait_until_idle(PATIENCE_S)
    turns.hold(1)
    queue.submit(1, identity_id=7)
    assert not queue.wait_until_idle(0.05)
    turns.let_go(1)
    assert queue.wait_until_idle(PATIENCE_S)


def test_closing_finishes_what_is_queued(turns):
    queue = TurnQueue(turns, workers=1)
    waiting = [queue.submit(number, identity_id=number % 3) for number in range(30)]
    queue.close()
    assert all(future.done() for future in waiting)
    assert sorted(turns.ended) == list(range(30))


@settings(max_examples=40, deadline=None)
@given(
    whose=st.lists(st.integers(0, 4), min_size=1, max_size=40),
    failing=st.sets(st.integers(0, 39)),
    workers=st.integers(1, 4),
)
def test_every_conversation_keeps_its_order(whose, failing, workers):
    turns = Turns()
    queue = TurnQueue(turns, workers)
    numbered = [-number if number in failing else number for number in range(1, len(whose) + 1)]
    futures = [queue.submit(number, identity) for number, identity in zip(numbered, whose, strict=True)]
    queue.close()
    assert all(future.done() for future in futures)
    assert sorted(turns.begun) == sorted(numbered)
    assert turns.side_by_side <= workers
    for identity in set(whose):
        mine = [number for number, owner in zip(numbered, whose, strict=True) if owner == identity]
        assert [number for number in turns.begun if number in mine] == mine
