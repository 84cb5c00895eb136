"""The inbox as staff see it in a terminal, over a database with people in it."""

import shutil
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from bot.cli import app
from services.core.clock import SystemClock
from services.core.database import Database
from services.people import consent, flags, inbox
from services.people.inbox import InboundDraft
from services.people.tables import AuditEntry, OutboxMessage
from tests.service.deployment import Deployment

PERSON, ABUSED = "+447700900123", "+447700900456"


@pytest.fixture
def deployment(prepared_folder, tmp_path):
    """A deployment of each test's own, which sends nothing."""
    folder = tmp_path / "deployment"
    shutil.copytree(prepared_folder, folder)
    return Deployment(folder, None, "http://127.0.0.1:9")


@pytest.fixture
def people(deployment):
    """Someone who asked for a person two hours ago, and someone who is not safe at home."""
    now = SystemClock().now()
    database = Database(deployment.database_url)

    def unit(session):
        given = [(PERSON, "can [b]someone[/b] ring me about the yoga next week please", "person", 2)]
        given += [(ABUSED, "he hits me", "safeguarding", 1)]
        for number, text, category, severity in given:
            taken = inbox.record(session, InboundDraft(number, "sms", number, "+447700900700", text), now)
            made = {"category": category, "severity": severity, "now": now - timedelta(hours=2)}
            flags.raise_flag(session, identity_id=taken.identity_id, inbound_id=taken.id, **made)

    database.write(unit)
    yield database
    database.close()


def run(deployment, *command):
    done = CliRunner().invoke(app, ("inbox", *command), env=deployment.environment)
    return done.exit_code, " ".join((done.stdout + done.stderr).split())


def test_the_list_shows_who_waits_and_no_words_unless_asked(deployment, people):
    _, shown = run(deployment, "list")
    assert shown.index("urgent") < shown.index("today")
    assert "restricted" in shown
    assert "safeguarding" not in shown
    assert "2 h" in shown
    assert "ring me" not in shown
    assert PERSON not in shown
    _, shown = run(deployment, "list", "--words")
    assert "can [b]someone[/b] ring me about the yog..." in shown
    assert "he hits me" not in shown
    _, shown = run(deployment, "list", "--words", "--restricted")
    assert "he hits me" in shown


def test_a_ticket_is_answered_and_handed_back(deployment, people):
    code, shown = run(deployment, "show", "1", "--by", "Sam")
    assert code == 0
    assert "They want: can [b]someone[/b] ring me" in shown
    assert "them: can" in shown
    code, shown = run(deployment, "reply", "1", "Of course. When suits you?", "--by", "Sam")
    assert (code, "on its way" in shown) == (0, True)
    _, shown = run(deployment, "show", "1", "--by", "Kim")
    assert "Sam (queued): Of course. When suits you?" in shown
    _, shown = run(deployment, "list")
    assert "Sam" in shown
    assert run(deployment, "hand-back", "1", "--by", "Sam") == (0, "The bot answers again.")
    assert run(deployment, "close", "1") == (1, "It is closed already.")
    assert [entry.actor + " " + entry.action for entry in deployment.rows(AuditEntry)] == [
        "Sam look",
        "Sam reply",
        "Kim look",
        "Sam hand_back",
    ]


def test_what_is_restricted_stays_so(deployment, people):
    for command in (("show", "2"), ("take", "2"), ("reply", "2", "Hello"), ("close", "2"), ("hand-back", "2")):
        code, shown = run(deployment, *command)
        assert (code, "restricted" in shown, "hits" in shown) == (1, True, False)
    code, shown = run(deployment, "show", "2", "--restricted")
    assert (code, "he hits me" in shown) == (0, True)


def test_an_opt_out_is_respected_and_told(deployment, people):
    people.write(lambda session: consent.opt_out(session, PERSON, "keyword", SystemClock().now()))
    code, shown = run(deployment, "reply", "1", "Hello")
    assert (code, "opted out" in shown) == (1, True)
    assert deployment.rows(OutboxMessage) == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("show", "99"), "no such number"),
        (("reply", "1", "   "), "1 to 1600 characters"),
        (("reply", "1", "x" * 1601), "1 to 1600 characters"),
        (("release", "1"), "not held"),
    ],
)
def test_what_cannot_be_done_is_told(deployment, people, command, told):
    code, shown = run(deployment, *command)
    assert (code, told in shown) == (1, True)


def test_a_note_to_staff_is_read_and_closed_and_is_about_nobody(deployment, people):
    now = SystemClock().now()
    note = {"category": "travel", "severity": 3, "note": "Check the way to Old Hall.", "now": now}
    number = str(people.write(lambda session: flags.raise_flag(session, identity_id=None, **note)))
    assert "routine travel 0 min Check the way" in " ".join(
        run(deployment, "list", "--words")[1].replace("│", "").split()
    )
    code, shown = run(deployment, "show", number)
    assert (code, shown.endswith("Check the way to Old Hall.")) == (0, True)
    for command in (("take", number), ("reply", number, "hello"), ("hand-back", number), ("stop", number)):
        code, told = run(deployment, *command)
        assert (code, "about nobody" in told) == (1, True)
    assert run(deployment, "close", number) == (0, "Closed.")
    with people.read() as session:
        assert not consent.is_opted_out(session, "")


def test_somebody_is_taken_off_and_that_is_said_once(deployment, people):
    assert run(deployment, "stop", "1") == (0, "No more texts go to that number.")
    assert run(deployment, "stop", "1") == (1, "That number has opted out already.")
    assert run(deployment, "take", "1")[0] == 0
