"""Processes that share a PostgreSQL database hear each other, and notice when one of them is gone."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from services.core.database import Database, announce
from services.core.presence import Presence
from tests.stand_in import wait_until

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from services.core.database import Database
from services.core.presence import Presence
database = Database(sys.argv[1])
Presence(database, lambda living: None).start()
print(database.process, flush=True)
sys.stdin.read()
"""


class Watcher:
    """A process of the test's own that is present, and what it has seen and heard."""

    def __init__(self, url):
        self.database = Database(url)
        self.living, self.heard = set(), threading.Semaphore(0)
        self.database.listen("outbox", self.heard.release)
        self.presence = Presence(self.database, self.see)
        self.presence.start()
        while self.heard.acquire(blocking=False):
            pass

    def see(self, living):
        self.living = set(living)

    def close(self):
        self.presence.stop()
        self.database.close()


@pytest.fixture
def watcher(postgres_url):
    watcher = Watcher(postgres_url)
    yield watcher
    watcher.close()


@pytest.fixture
def another(postgres_url):
    """Another process that is present, and its number."""
    command = [sys.executable, "-c", PROGRAM, postgres_url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.number = int(process.stdout.readline())
        yield process
        process.kill()


def test_a_process_that_is_killed_is_missed_within_seconds(watcher, another):
    wait_until(lambda: watcher.living == {watcher.database.process, another.number})
    another.send_signal(signal.SIGKILL)
    killed_at = time.monotonic()
    wait_until(lambda: watcher.living == {watcher.database.process})
    assert time.monotonic() - killed_at < 8


def test_a_process_that_hangs_lives(watcher, another):
    wait_until(lambda: another.number in watcher.living)
    another.send_signal(signal.SIGSTOP)
    time.sleep(5)
    assert another.number in watcher.living


def test_one_hears_what_another_announces_once_it_is_committed(watcher, postgres_url):
    other = Database(postgres_url)
    with pytest.raises(RuntimeError):
        other.write(_fail)
    assert not watcher.heard.acquire(timeout=0.3)
    other.write(lambda session: announce(session, "outbox"))
    assert watcher.heard.acquire(timeout=5)
    other.close()


def _fail(session):
    announce(session, "outbox")
    raise RuntimeError


def test_ones_own_announcements_are_heard_once(watcher):
    watcher.database.write(lambda session: announce(session, "outbox"))
    assert watcher.heard.acquire(timeout=5)
    assert not watcher.heard.acquire(timeout=0.3)


def test_a_broken_connection_is_made_again_and_nobody_is_missed_for_it(watcher, postgres_url):
    other = Watcher(postgres_url)
    both = {watcher.database.process, other.database.process}
    wait_until(lambda: watcher.living == other.living == both)
    seen = []
    watcher.presence._watch = lambda living: seen.append(set(living))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :number"
    other.database.write(lambda session: session.execute(text(cut), {"number": other.database.process}).all() and None)
    wait_until(lambda: len(seen) >= 5)
    assert all(living == both for living in seen)
    assert other.presence.is_present
    watcher.database.write(lambda session: announce(session, "outbox"))
    assert other.heard.acquire(timeout=5)
    other.close()
