"""A process that is killed while it books leaves every place counted once, and loses nothing it has promised."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from services.core.database import Database

PROGRAM = """
import random, sys, threading
from datetime import UTC, datetime, timedelta
from services.booking import places
from services.booking.outcomes import Held
from services.core.database import Database

url, event, person, identity, now, seed = sys.argv[1], *(int(each) for each in sys.argv[2:5]), *sys.argv[5:]
database, now = Database(url), datetime.fromisoformat(now)
said = threading.Lock()

def say(*words):
    with said:
        print(*words, flush=True)

def book(worker):
    for turn in range(10_000):
        name = f"{seed}-{worker}-{turn}"
        held = database.write(lambda session: places.hold(
            session, event_id=event, person_id=person, identity_id=identity, attendee=name, places=1 + turn % 3,
            now=now, hold_for=timedelta(minutes=15)))
        if isinstance(held, Held):
            say("held", held.booking_id, held.places)
            if turn % 2:
                database.write(lambda session: places.confirm(session, held.booking_id, now))
                say("confirmed", held.booking_id, held.places)
            elif turn % 5:
                database.write(lambda session: places.cancel(session, held.booking_id, now))
                say("cancelled", held.booking_id, held.places)

for worker in range(4):
    threading.Thread(target=book, args=(worker,)).start()
"""


def promised(process):
    """What the process said of each booking before it died: {booking_id: (last word, places)}."""
    last = {}
    for line in process.stdout.read().splitlines():
        words = line.split()
        if len(words) == 3:  # the last line may be cut short
            last[int(words[1])] = (words[0], int(words[2]))
    return last


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_killed_in_the_middle_of_booking(database, clock, make_event, make_identity):
    event, who = make_event(capacity=1_000_000), make_identity()
    given = [database.url, *map(str, (event.id, who.person_id, who.id)), clock.now().isoformat()]
    said = {}
    for seed in range(3):
        environment = os.environ | {"PYTHONPATH": os.getcwd()}
        command = [sys.executable, "-c", PROGRAM, *given, str(seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout.readline().startswith("held"), "it has begun"
            time.sleep(random.Random(seed).uniform(0.05, 0.3))
            process.send_signal(signal.SIGKILL)
            said |= promised(process)
        check(database.url, event.id, said)
    assert {word for word, _ in said.values()} == {"held", "confirmed", "cancelled"}


def check(url, event_id, said):
    """Read with fresh connections, as the next process would."""
    database = Database(url)
    with database.read() as session:
        wait_for_the_dead(session)
        taken = session.execute(text("SELECT taken FROM event WHERE id = :id"), {"id": event_id}).scalar_one()
        rows = session.execute(text("SELECT id, status, places FROM booking")).all()
        if database.is_sqlite:
            assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    database.close()
    assert taken == sum(places for _, status, places in rows if status in ("held", "confirmed"))
    found = {id_: (status, places) for id_, status, places in rows}
    for booking_id, (word, places) in said.items():
        status, stored = found[booking_id]
        assert stored == places
        assert status == word or word == "held", "what came after the last word may or may not have happened"


def wait_for_the_dead(session):
    """PostgreSQL may still be finishing what the killed process had sent."""
    if session.get_bind().dialect.name != "postgresql":
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    for _ in range(200):
        busy = session.execute(others).scalar()
        session.rollback()  # a transaction sees one picture of the others
        if not busy:
            break
        time.sleep(0.05)
