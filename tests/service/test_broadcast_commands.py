"""Broadcasts and staff by text from the command line: previewed, started, watched, approved, paused and cancelled."""

import re

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner

from bot.cli import app
from services.core.clock import SystemClock
from services.core.database import Database
from services.events.tables import Event
from services.people.tables import AuditEntry, Identity, OutboxMessage, Person
from tests.service.deployment import day_at
from tests.services.broadcasting import book

TEXT = "{first_name}, please bring a mat to {event} at {time}."


@pytest.fixture(scope="module")
def booked(deployment):
    """The module's deployment with three people booked on yoga-1, one of them on WhatsApp."""
    database, now = Database(deployment.database_url), SystemClock().now()

    def unit(session: Session) -> list[Identity]:
        people = []
        for number, channel in ((1, "sms"), (2, "sms"), (3, "whatsapp")):
            person = Person(first_name=f"P{number}", created_at=now)
            session.add(person)
            session.flush()
            address = f"+44770090035{number}"
            people.append(Identity(person_id=person.id, channel=channel, address=address, last_inbound_at=now))
            session.add(people[-1])
            session.flush()
        return people

    people = database.write(unit)
    with database.read() as session:
        event = session.exec(select(Event).where(Event.external_id == "yoga-1")).one()
    for who in people:
        book(database, event, who, now)
    database.close()
    return deployment


def command(deployment, *words, **environment):
    return CliRunner().invoke(app, words, env=deployment.environment | environment)


def start(deployment, text, *more, **environment):
    done = command(deployment, "broadcast", "start", "--event", "yoga-1", "--text", text, "--yes", *more, **environment)
    assert done.exit_code == 0, done.stderr
    return re.search(r"Broadcast (\d+) is started", done.stdout)[1]


def test_a_preview_says_what_it_reads_like_costs_and_takes(booked):
    done = command(booked, "broadcast", "preview", "--event", "yoga-1", "--text", TEXT)
    assert done.exit_code == 0, done.stderr
    assert "Hello P1, from Wellbeing Line. P1, please bring a mat to Gentle yoga at 2pm. Reply STOP" in done.stdout
    assert "3 people get it: 2 by SMS in 2 parts, 1 on WhatsApp." in done.stdout
    assert "Cost: £0.11." in done.stdout
    assert not booked.rows(OutboxMessage)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--event", "yoga-1", "--text", "Hello {surname}"), "There is no field {surname}"),
        (("--event", "yoga-1", "--text", "The chemo group"), "'chemo'"),
        (("--event", "nope", "--text", "Hello"), "There is no event nope to come"),
        (("--text", "Hello"), "Nothing says who is meant"),
        (("--need", "nonsense", "--text", "Hello"), "is no need we know"),
        (("--near", "Atlantis", "--text", "Hello"), "no one place we know"),
        (("--alliance", "nope", "--text", "Hello"), "There is no alliance nope"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_sent_is_told_in_a_line(booked, words, told):
    done = command(booked, "broadcast", "preview", *words)
    assert done.exit_code == 1
    assert told in done.stderr


def test_started_once_sent_and_counted(booked):
    number = start(booked, TEXT, "--by", "Sam")
    again = command(booked, "broadcast", "start", "--event", "yoga-1", "--text", TEXT, "--yes")
    assert again.exit_code == 1
    assert f"as broadcast {number}" in again.stderr
    booked.succeed("tick", "--now", day_at(1, 12).isoformat())
    said = command(booked, "broadcast", "status", number).stdout
    assert "3 recipients: 0 queued, 3 sent" in said
    watched = command(booked, "broadcast", "status", number, "--watch")
    assert "3 sent" in watched.stdout
    assert "3/3" in watched.stderr
    assert f"{number}  " in command(booked, "broadcast", "status").stdout
    bodies = sorted(message.body for message in booked.fake.messages)
    assert [body.split(".")[0] for body in bodies] == [f"Hello P{each}, from Wellbeing Line" for each in (1, 2, 3)]


def test_a_large_one_is_approved_by_a_second_person_and_can_be_paused_and_cancelled(booked):
    few = {"BROADCAST_APPROVAL_ABOVE": "2"}
    number = start(booked, "A second text.", "--by", "Sam", **few)
    booked.succeed("tick", "--now", day_at(1, 12).isoformat())
    assert f"Broadcast {number} is awaiting" in command(booked, "broadcast", "status", number).stdout
    act = lambda what, by: command(booked, "broadcast", what, number, "--by", by)  # noqa: E731
    assert "a second person has to" in act("approve", "sam").stderr
    assert act("pause", "Sam").stdout == f"Broadcast {number} is paused.\n"
    assert "is paused, so it cannot be approved" in act("approve", "Kim").stderr
    assert act("resume", "Sam").exit_code == 0
    assert act("approve", "Kim").stdout == f"Broadcast {number} is approved.\n"
    assert act("cancel", "Sam").stdout == f"Broadcast {number} is cancelled.\n"
    assert "3 refused" in command(booked, "broadcast", "status", number).stdout
    assert "There is no broadcast 99" in command(booked, "broadcast", "pause", "99").stderr


def test_a_list_is_refused_with_its_lines_until_bad_rows_are_to_be_skipped(booked, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(
        "phone,first_name,agreed_on\n07700900351,Ann,\nnonsense,Bo,\n07700900359,Cy,2026-01-05\n07700 900351,,\n"
    )
    words = ("broadcast", "start", "--list", str(file), "--text", "Hello there.", "--yes")
    refused = command(booked, *words)
    assert refused.exit_code == 1
    assert "people.csv: line 3: phone: no phone number" in refused.stderr
    assert "people.csv: line 5: the same number as in line 2" in refused.stderr
    assert "Nothing was done: 1 rows are wrong" in refused.stderr
    done = command(booked, *words, "--skip-bad-rows")
    assert done.exit_code == 0, done.stderr
    assert "2 people get it" in done.stdout
    number = re.search(r"Broadcast (\d+) is started", done.stdout)[1]
    assert "2 recipients: 2 queued" in command(booked, "broadcast", "status", number).stdout


def test_staff_are_registered_listed_and_removed(booked):
    phone = ("--phone", "07700 900360")
    assert command(booked, "staff", "list").stdout == "Nobody may ask by text.\n"
    added = command(booked, "staff", "add", "Grace, your nurse", *phone, "--by", "Sam")
    secret = re.search(r"^[A-Z2-7]{32}$", added.stdout, re.MULTILINE)[0]
    assert f"secret={secret}" in added.stdout
    assert "registered already" in command(booked, "staff", "add", "Grace", *phone).stderr
    listed = command(booked, "staff", "list").stdout
    assert "Grace, your nurse" in listed
    assert "900360" not in listed
    assert command(booked, "staff", "remove", *phone, "--by", "Sam").exit_code == 0
    assert "Nobody asks by text" in command(booked, "staff", "remove", *phone).stderr
    assert {"staff_added", "staff_removed"} <= {entry.action for entry in booked.rows(AuditEntry)}
    production = {"ENVIRONMENT": "production", "STAFF_KEY": ""}
    assert "STAFF_KEY" in command(booked, "staff", "add", "Kim", *phone, **production).stderr
