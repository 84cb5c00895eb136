"""An action that raises in the middle of a turn undoes that turn and no more, and the person is told how to go on."""

import os
import shutil
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select
from structlog.testing import capture_logs

from bot.actions.all_actions import all_actions
from bot.actions.executor import Actions
from bot.app import create_app
from bot.durable import DurableTicks
from bot.settings import load_settings
from services.booking.tables import Booking
from services.events.tables import Event
from services.people.tables import Flag, InboundMessage, OutboxMessage

SENDER = "+447700900401"


class Broken:
    """Actions of which the named ones do their work, and then raise."""

    def __init__(self, monkeypatch):
        self.names = set()
        run = Actions.run

        def broken(actions, name, slots):
            outcome = run(actions, name, slots)
            if name in self.names:
                raise RuntimeError(f"{name} cannot go on")
            return outcome

        monkeypatch.setattr(Actions, "run", broken)


@pytest.fixture(autouse=True)
def logged():
    """What is logged, as events; to print a trace with everything in sight takes seconds."""
    with capture_logs() as events:
        yield events


@pytest.fixture
def broken(monkeypatch):
    return Broken(monkeypatch)


@pytest.fixture
def app(prepared_folder, tmp_path, monkeypatch):
    """The application over a database with two events; it sends to its own stand-in."""
    shutil.copytree(prepared_folder, tmp_path, dirs_exist_ok=True)
    for name in [name for name in os.environ if name.startswith("TWILIO_") or name == "PUBLIC_BASE_URL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ENVIRONMENT", "development")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'wellbeing.db'}")
    for name in ("start", "stop"):  # the ticks of a whole process have no part in a turn
        monkeypatch.setattr(DurableTicks, name, lambda ticks: None)
    return create_app(load_settings())


@pytest.fixture
def say(app):
    """Text the bot; return the answer."""
    with TestClient(app) as client:

        def run(message):
            answered = client.post("/dev/messages", json={"sender": SENDER, "message": message})
            assert answered.status_code == 200
            return [one["text"] for one in answered.json()]

        yield run


@pytest.fixture
def rows(app):
    """What a table holds."""

    def run(table):
        with app.state.service.database.read() as session:
            return session.exec(select(table).order_by(table.id)).all()

    return run


def test_one_apology_then_the_conversation_goes_on_where_it_was(say, rows, broken):
    for said in ("yoga in walthamstow", "skip"):
        say(said)
    broken.names = {"action_hold_place"}
    [apology] = say("1")
    assert "PERSON" in apology
    assert "RuntimeError" not in apology
    broken.names = set()
    [kept] = say("1")
    assert "keeping 1 place" in kept
    assert [(row.body, row.status) for row in rows(InboundMessage)][-2:] == [("1", "failed"), ("1", "processed")]


def test_what_the_turn_had_done_is_undone(say, rows, broken):
    for said in ("yoga in walthamstow", "skip"):
        say(said)
    broken.names = {"action_hold_place"}
    say("1")
    assert rows(Booking) == []
    assert {event.taken for event in rows(Event)} == {0}


def test_the_message_stays_failed_with_its_trace_and_staff_are_told(say, rows, broken, logged):
    broken.names = {"action_resolve_place", "action_find_events"}
    for said in ("yoga in walthamstow", "skip"):
        say(said)
    failed = [row for row in rows(InboundMessage) if row.status == "failed"]
    assert failed
    assert all("Traceback" in row.failure and "cannot go on" in row.failure for row in failed)
    assert [(flag.category, flag.inbound_id) for flag in rows(Flag)] == [("failed_turn", row.id) for row in failed]
    assert [one["inbound_id"] for one in logged if one["event"] == "turn_failed"] == [row.id for row in failed]
    replies = [row.in_reply_to for row in rows(OutboxMessage)]
    assert all(replies.count(row.id) == 1 for row in failed)


def test_a_failed_message_is_not_taken_again(say, rows, broken):
    broken.names = {"action_find_events"}
    for said in ("yoga in walthamstow", "skip"):
        say(said)
    broken.names = set()
    sent = len(rows(OutboxMessage))
    with TestClient(create_app(load_settings())) as begun_again:
        assert begun_again.get("/health").status_code == 200
    assert len(rows(OutboxMessage)) == sent


def test_a_red_flag_is_answered_whatever_the_dialogue_does(say, broken):
    broken.names = all_actions(timedelta(minutes=15)).names
    [reply] = say("I have chest pain")
    assert "999" in reply
