"""Commands without a service beside them: each says what it did or, in one line, why it could not."""

import json
import sqlite3

import pytest
from typer.testing import CliRunner

from bot.cli import app
from services.people.tables import InboundMessage
from tests.service.deployment import day_at


@pytest.mark.parametrize(
    ("command", "environment", "told"),
    [
        (("serve", "--host", "0.0.0.0"), {}, "this machine only"),
        (("serve", "--host", "example.org"), {}, "this machine only"),
        (("serve",), {"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "/nowhere/at/all.db"),
        (("inbox", "list"), {"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "unable to open database file"),
        (("inbox", "list"), {"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        (("inbox", "list"), {"DATABASE_URL": "oracle9://x/y"}, "DATABASE_URL"),
        (("inbox", "list"), {"DATABASE_URL": "postgresql+psycopg://x@127.0.0.1:1/y"}, "connection"),
        (("inbox", "list"), {"ENVIRONMENT": "staging"}, "ENVIRONMENT"),
        (("inbox", "list"), {"HOLD_MINUTES": "soon"}, "HOLD_MINUTES"),
        (("events", "attendees", "nothing"), {}, "no event nothing"),
        (("tick", "--now", "yesterday"), {}, "ISO 8601"),
        (("chat", "--from", "07123 456789"), {}, "drama numbers"),
        (("chat", "--from", "someone"), {}, "not a phone number"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_told_in_a_line(deployment, command, environment, told):
    done = CliRunner().invoke(app, command, env=deployment.environment | environment)
    assert done.exit_code == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.parametrize("command", [("inbox", "list"), ("events", "export")], ids=lambda one: one[0])
def test_a_database_without_tables_says_how_to_get_them(deployment, tmp_path, command):
    empty = {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"}
    done = CliRunner().invoke(app, command, env=deployment.environment | empty)
    assert done.exit_code == 1
    assert "wellbeing db upgrade" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_table_with_a_bad_row_is_refused_whole(deployment, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text(
        "external_id,title,starts_at,ends_at,capacity,postcode\n"
        "good,Gentle yoga,2030-12-03T14:00,2030-12-03T15:30,12,E17 4QJ\n"
        "bad,Gentle yoga,2030-12-03T14:00,2030-12-03T13:30,none,E17 4QJ\n"
    )
    done = deployment.run("events", "import", str(file))
    assert done.returncode == 1
    assert "line 3" in done.stderr
    assert "Nothing was imported" in done.stderr
    assert '"good"' not in deployment.succeed("events", "export")


def test_export_is_what_import_reads(deployment, tmp_path):
    exported = deployment.succeed("events", "export")
    file = tmp_path / "exported.csv"
    file.write_text(exported)
    assert "0 new, 0 updated, 2 unchanged" in deployment.succeed("events", "import", str(file))


def test_old_travel_is_told_with_an_import_and_listed(deployment, tmp_path):
    assert "are checked at every venue" in deployment.succeed("events", "travel-checks")
    file = tmp_path / "old.csv"
    file.write_text(
        "external_id,title,venue,starts_at,ends_at,capacity,postcode,travel,travel_checked_on\n"
        "old,Gentle yoga,Old Hall,2030-12-03T14:00,2030-12-03T15:30,12,CR0 1NX,Take a tram.,2020-02-01\n"
    )
    done = deployment.run("events", "import", str(file))
    assert "1 venues have travel or parking that nobody has checked for 90 days" in done.stderr
    shown = deployment.succeed("events", "travel-checks")
    assert shown == "Old Hall, CR0 1NX  last checked: 2020-02-01  next event: 03 Dec 2030  events: 1\n"


def test_tick_alone_does_what_is_due_and_says_so_as_json(deployment):
    with sqlite3.connect(deployment.folder / "wellbeing.db") as database:
        database.execute("UPDATE event SET taken = 3 WHERE external_id = 'yoga-1'")
    counts = json.loads(deployment.succeed("tick", "--now", day_at(9, 14).isoformat()))
    assert counts["messages_sent"] == counts["reminders_queued"] == 0
    assert set(counts) >= {"holds_expired", "reminders_queued", "reminders_dropped", "messages_sent", "turns_resumed"}


def test_chat_serves_itself_when_nothing_runs(deployment):
    typed = "yoga in walthamstow\nskip\n"
    done = deployment.run("chat", "--whatsapp", typed=typed, TWILIO_API_BASE_URL="")
    assert done.returncode == 0, done.stderr
    assert "Nearest to Walthamstow" in done.stdout
    assert done.stderr == ""
    [first, second] = deployment.rows(InboundMessage)
    assert (first.body, second.body) == ("yoga in walthamstow", "skip")
    assert not list(deployment.folder.glob("*.address"))


def test_the_demo_starts_is_healthy_and_stops(deployment):
    assert "/health said ok" in deployment.succeed("demo", "--check")
