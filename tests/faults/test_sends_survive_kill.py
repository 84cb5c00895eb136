"""A sender that is killed without warning, again and again, loses nothing and doubles nothing but safety replies."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import select

from bot.channels.simulator import FakeTwilio
from services.core.clock import SystemClock
from services.core.database import Database
from services.people import outbox
from services.people.tables import OutboxMessage, OutboxStatus, Priority
from tests.stand_in import on_a_port, wait_until

ROOT = Path(__file__).parents[2]
ACCOUNT, TOKEN = "AC" + "5e" * 16, "a-token-for-tests"
PEOPLE, EACH = 12, 5


@pytest.fixture
def fake():
    return FakeTwilio(ACCOUNT, TOKEN, SystemClock().now)


@pytest.fixture
def served(fake):
    with on_a_port(fake) as address:
        yield address


@pytest.fixture
def begin(sqlite_url, served):
    """Begin a process that sends; whatever still runs at the end of the test is killed."""
    begun = []

    def begin():
        command = [sys.executable, str(Path(__file__).with_name("sending_process.py"))]
        process = subprocess.Popen(
            [*command, sqlite_url, served, ACCOUNT, TOKEN], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def statuses(url):
    database = Database(url)
    with database.read() as session:
        rows = session.exec(select(OutboxMessage)).all()
    database.close()
    return rows


def test_killed_again_and_again(sqlite_url, sqlite_database, fake, begin, make_identity):
    now = SystemClock().now()

    def unit(session):
        for number in range(PEOPLE * EACH):
            is_safety = number % 10 == 0
            outbox.enqueue(
                session,
                kind="safety" if is_safety else "reply",
                identity_id=people[number % PEOPLE].id,
                parameters={"text": f"message {number}"},
                priority=Priority.SAFETY if is_safety else Priority.REPLY,
                due_at=now,
                now=now,
            )

    people = [make_identity(f"+4477009004{number:02}") for number in range(PEOPLE)]
    sqlite_database.write(unit)
    sqlite_database.close()
    fake.delay_s = 0.05
    chance = random.Random(7)

    for taken in range(6, 48, 6):
        process = begin()
        wait_until(lambda taken=taken: len(fake.messages) >= taken)
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.wait()

    begin()
    wait_until(lambda: all(row.status == OutboxStatus.SENT for row in statuses(sqlite_url)))

    rows = {row.parameters["text"]: row for row in statuses(sqlite_url)}
    times = Counter(message.body for message in fake.messages)
    assert set(times) == set(rows)
    assert all(rows[body].attempts > 1 for body, count in times.items() if count > 1)
    assert all(rows[body].kind == "safety" for body, count in times.items() if count > 1)
    assert any(row.attempts > 1 for row in rows.values())
    assert {row.provider_id for row in rows.values()} <= {message.sid for message in fake.messages}
