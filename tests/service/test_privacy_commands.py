"""`wellbeing retention` and the holds of `wellbeing person`, as an operator types them."""

from datetime import timedelta

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from bot.cli import app
from services.core.clock import SystemClock
from services.core.database import Database
from services.migrations import upgrade
from services.people.inbox import InboundDraft, mark_silent, record
from services.people.tables import AuditEntry, InboundMessage

NUMBER, SECRET = "+447700900341", "marmalade"


@pytest.fixture
def wellbeing(sqlite_url, monkeypatch):
    """Run a command on a database with a message of 100 days ago; returns what it wrote, and its exit code."""
    monkeypatch.setenv("ENVIRONMENT", "development")
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setattr(upgrade, "require_current", lambda _: None)
    database = Database(sqlite_url)
    then = SystemClock().now() - timedelta(days=100)

    def text(session):
        taken = record(session, InboundDraft("SM1", "sms", NUMBER, "+447700900000", SECRET), then)
        mark_silent(session, taken.id)

    database.write(text)
    database.close()

    def run(*command):
        done = CliRunner().invoke(app, command)
        return done.output, done.exit_code

    return run


def rows(url, table):
    database = Database(url)
    with database.read() as session:
        found = session.exec(select(table)).all()
    database.close()
    return found


def test_retention_counts_first_and_deletes_when_told_to(wellbeing, sqlite_url):
    shown, code = wellbeing("retention")
    assert code == 0
    assert "1  messages that came in" in shown
    assert "Nothing was deleted" in shown
    assert rows(sqlite_url, InboundMessage)[0].body == SECRET
    assert "1  messages that came in" in wellbeing("retention", "--apply", "--by", "Sam")[0]
    assert rows(sqlite_url, InboundMessage)[0].body == ""
    [entry] = rows(sqlite_url, AuditEntry)
    assert (entry.actor, entry.action, entry.details) == ("Sam", "retention", {"messages that came in": 1})


def test_a_hold_is_placed_kept_and_released(wellbeing, sqlite_url):
    assert wellbeing("person", "hold", NUMBER, "--reason", "a complaint", "--by", "Sam") == ("1 held.\n", 0)
    assert "1  messages that came in" not in wellbeing("retention", "--apply")[0]
    refused, code = wellbeing("person", "erase", NUMBER, "--yes")
    assert code == 1
    assert "legal hold (a complaint)" in refused
    assert wellbeing("person", "release-hold", NUMBER, "--reason", "settled") == ("1 released.\n", 0)
    assert "1  messages that came in" in wellbeing("retention", "--apply")[0]
    assert wellbeing("person", "release-hold", NUMBER, "--reason", "settled")[1] == 1
