"""A service killed without warning in the middle of turns answers every message it took, and takes each once."""

import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import select

from bot.channels.handset import Handset, Texted, signature
from bot.channels.paths import MESSAGES_PATH
from bot.channels.simulator import FakeTwilio
from bot.cli.checking import free_port
from services.booking.tables import LIVE, Booking
from services.core.clock import SystemClock
from services.core.database import Database
from services.events.tables import Event
from services.people.tables import InboundMessage, OutboxMessage
from tests.stand_in import on_a_port, wait_until

ROOT = Path(__file__).parents[2]
ACCOUNT, TOKEN, OURS = "AC" + "7e" * 16, "a-token-for-tests", "+447700900000"
SCRIPT = ("yoga in walthamstow", "skip", "1", "Maureen", "just me", "no", "yes", "my bookings")
PEOPLE, KILLS = 6, 5


@pytest.fixture
def fake():
    return FakeTwilio(ACCOUNT, TOKEN, SystemClock().now, reports=())


@pytest.fixture
def served(fake):
    with on_a_port(fake) as address:
        yield address


class Served:
    """The service as a process that can be killed and begun again at the same address."""

    def __init__(self, database_url, twilio):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "ENVIRONMENT": "development",
            "DATABASE_URL": database_url,
            "PUBLIC_BASE_URL": self.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_SMS_FROM": OURS,
            "TWILIO_API_BASE_URL": twilio,
        }
        self.process = None

    def run(self, *command):
        subprocess.run([sys.executable, "-m", "bot.cli", *command], env=self.environment, cwd=ROOT, check=True)

    def begin(self):
        command = [sys.executable, "-m", "bot.cli", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.DEVNULL)
        wait_until(self.is_healthy)

    def is_healthy(self):
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def post(self, form):
        """Post until it is taken, as Twilio does when a connection fails."""
        url = self.url + MESSAGES_PATH
        request = urllib.request.Request(
            url,
            urllib.parse.urlencode(form).encode(),
            {"X-Twilio-Signature": signature(TOKEN, url, form)},
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(request, timeout=15) as answer:
                    return answer.status
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError("the message was never taken")


@pytest.fixture
def service(tmp_path, served):
    service = Served(f"sqlite:///{tmp_path / 'wellbeing.db'}", served)
    service.run("db", "upgrade")
    service.run("demo-data")
    service.run("nlu", "train", "--if-needed")
    service.begin()
    yield service
    service.kill()


def test_killed_in_the_middle_of_turns(service, fake):
    sent = []

    def talk(number):
        handset = Handset(ACCOUNT, number, OURS)
        for text in SCRIPT:
            form = handset.form(Texted(text))
            sent.append(form["MessageSid"])
            assert service.post(form) == 200

    people = [threading.Thread(target=talk, args=(f"+4477009005{number:02}",)) for number in range(PEOPLE)]
    for person in people:
        person.start()
    chance = random.Random(11)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.05, 0.6))
        service.kill()
        service.begin()
    for person in people:
        person.join()
    wait_until(lambda: all(row.status == "processed" for row in rows(service, InboundMessage)))
    wait_until(lambda: all(row.status in ("sent", "unknown") for row in rows(service, OutboxMessage)))

    taken, replies = rows(service, InboundMessage), rows(service, OutboxMessage)
    assert Counter(row.provider_id for row in taken) == Counter(sent)
    assert Counter(row.in_reply_to for row in replies) == Counter(row.id for row in taken)
    _nothing_lost_or_doubled(replies, fake)
    _places_add_up(service)


def _nothing_lost_or_doubled(replies, fake):
    """Every reply left once; one that left twice was posted again only after it had become unknown."""
    posted = Counter(message.sid for message in fake.messages)
    assert max(posted.values()) == 1
    left = Counter((message.to, message.body) for message in fake.messages)
    written = Counter((row.parameters["text"]) for row in replies)
    for text, times in written.items():
        arrived = sum(count for (_, body), count in left.items() if body == text)
        unknown = sum(row.status == "unknown" or row.attempts > 1 for row in replies if row.parameters["text"] == text)
        assert times - unknown <= arrived <= times + unknown


def _places_add_up(service):
    held = Counter()
    for booking in rows(service, Booking):
        if booking.status in LIVE:
            held[booking.event_id] += booking.places
    assert {event.id: event.taken for event in rows(service, Event) if event.taken} == dict(held)


def rows(service, table):
    database = Database(service.environment["DATABASE_URL"])
    with database.read() as session:
        found = session.exec(select(table)).all()
    database.close()
    return found
