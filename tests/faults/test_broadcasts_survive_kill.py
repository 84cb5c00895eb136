"""A broadcast whose process is killed again and again while its queue is written loses nobody and doubles nobody."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from services.booking.tables import Booking
from services.campaigns import broadcast_release
from services.campaigns.broadcast_gathering import RECIPIENTS
from services.people.outbox import OUTBOX
from services.people.tables import Identity, Person
from tests.services.broadcasting import begin, draft, told
from tests.stand_in import wait_until

ROOT = Path(__file__).parents[2]
PEOPLE = int(os.environ.get("FAULT_RECIPIENTS", "6000"))


@pytest.fixture
def start(sqlite_url, clock):
    """Begin a process that broadcasts; whatever still runs at the end of the test is killed."""
    begun = []

    def begin_one():
        command = [sys.executable, str(Path(__file__).with_name("broadcasting_process.py"))]
        process = subprocess.Popen(
            [*command, sqlite_url, clock.now().isoformat()], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
        )
        begun.append(process)
        return process

    yield begin_one
    for process in begun:
        process.kill()
        process.wait()


def fill(database, event_id, now):
    numbers = range(1, PEOPLE + 1)
    person = {"first_name": "", "language": "en", "access_needs": [], "created_at": now}
    phone = {"channel": "whatsapp", "sender": "", "last_inbound_at": now}
    booked = {"event_id": event_id, "places": 1, "status": "confirmed", "created_at": now, "access_needs": []}

    def unit(session):
        session.execute(insert(Person), [{"id": n, **person} for n in numbers])
        session.execute(insert(Identity), [{"id": n, "person_id": n, "address": f"GB.{n}", **phone} for n in numbers])
        session.execute(
            insert(Booking), [{"reference": f"B{n}", "person_id": n, "identity_id": n, **booked} for n in numbers]
        )

    database.write(unit)


def counted(database, table):
    people = func.count(func.distinct(table.c.identity_id))
    return database.read_once(
        lambda session: tuple(session.execute(select(func.count(), people).select_from(table)).one())
    )


def test_killed_again_and_again(sqlite_database, clock, make_event, start):
    database = sqlite_database
    event = make_event(capacity=PEOPLE)
    fill(database, event.id, clock.now())
    number = begin(database, draft(event), clock.now(), above=10 * PEOPLE)
    chance = random.Random(11)
    killed_at = []

    for part in (0.1, 0.4, 0.7, 0.95):
        process = start()
        wait_until(lambda part=part: told(database, number).recipients >= part * PEOPLE, 30)
        time.sleep(chance.uniform(0, 0.02))
        process.kill()
        process.wait()
        killed_at.append(told(database, number).recipients)
    assert killed_at[0] < PEOPLE, "it was killed in the middle"

    start()
    wait_until(lambda: told(database, number).queued < PEOPLE or told(database, number).by_status, 30)
    wait_until(lambda: counted(database, OUTBOX)[0] >= broadcast_release.AHEAD - 1, 30)
    found = told(database, number)
    assert (found.recipients, found.left_out, found.queued) == (PEOPLE, {}, PEOPLE)
    assert counted(database, RECIPIENTS) == (PEOPLE, PEOPLE)
    assert counted(database, OUTBOX) == (broadcast_release.AHEAD, broadcast_release.AHEAD)
