"""Web processes and a worker that are killed at random moments, over and over, answer and send everything once.

FAULT_SIZE is the number of conversations, with two and a half sends for each; by default a handful.
"""

import json
import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from bot.channels.handset import Handset, Texted
from services.booking.tables import LIVE, Booking
from services.core.clock import SystemClock
from services.core.database import Database
from services.events.tables import Event
from services.people import identities, outbox
from services.people.tables import InboundMessage, OutboxMessage, OutboxStatus, Priority
from tests.service.deployment import (
    ACCOUNT,
    SMS_NUMBER,
    Deployment,
    day_at,
    event_row,
    stand_in_for_twilio,
)
from tests.stand_in import wait_until

CONVERSATIONS = int(os.environ.get("FAULT_SIZE", "6"))
SENDS = CONVERSATIONS * 5 // 2
SCRIPT = ("yoga in walthamstow", "skip", "1", "Maureen", "just me", "no", "yes", "my bookings")
PHONES, SENT_TO = range(500), range(500, 700)
COMMANDS = (("serve", "--web-only"), ("serve", "--web-only"), ("worker",))
AT_ONCE, PAGE = 4, 10
PATIENCE_S = 3.0
SETTLED = {OutboxStatus.SENT, OutboxStatus.DELIVERED}


@pytest.fixture
def twilio():
    with stand_in_for_twilio() as (fake, address):
        fake.delay_s = 0.02
        yield fake, address


@pytest.fixture
def processes(postgres_server, tmp_path, twilio):
    """Two web processes and a worker on one database, with places for two in three of those who want one."""
    url = postgres_server.url(postgres_server.create())
    limits = {"SMS_PER_SECOND": "50", "REPLIES_PER_HOUR": "1000"}
    made = [Deployment(tmp_path, *twilio, url, dict(limits)) for _ in COMMANDS]
    made[2].environment["PUBLIC_BASE_URL"] = made[0].url
    made[0].succeed("db", "upgrade")
    places = max(CONVERSATIONS // 3, 1)
    made[0].bring_in(*(event_row(f"yoga-{n}", day_at(10 * n, 14), capacity=places) for n in (1, 2)))
    for process, command in zip(made, COMMANDS, strict=True):
        process.begin(*command)
    for process in made:
        process.wait_for("/ready")
    yield made
    for process in made:
        process.kill()


@pytest.fixture
def database(processes):
    database = Database(processes[0].database_url)
    yield database
    database.close()


class Talk:
    """People who text, to whichever process takes the message, and wait a while for each answer."""

    def __init__(self, webs, fake):
        self.webs, self.sent = webs, []
        self.arrived = Counter()
        fake.watch(lambda message: self.arrived.update([message.to]))

    def all(self):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self.one, range(CONVERSATIONS)))

    def one(self, number):
        phone = f"+447700900{PHONES[number % len(PHONES)]:03}"
        handset = Handset(ACCOUNT, phone, SMS_NUMBER)
        for turn, said in enumerate(SCRIPT):
            form = handset.form(Texted(said))
            self.sent.append(form["MessageSid"])
            answers = self.arrived[phone]
            self.post(form, turn)
            give_up = time.monotonic() + PATIENCE_S
            while self.arrived[phone] == answers and time.monotonic() < give_up:
                time.sleep(0.02)

    def post(self, form, turn):
        give_up = time.monotonic() + 120
        while self.webs[turn % len(self.webs)].deliver(form)[0] != 200:
            assert time.monotonic() < give_up, "nobody takes it"
            turn += 1
            time.sleep(0.05)


def send_all(database):
    """Queue what is to be sent, a page at a time: half of it bulk, of which nothing is ever posted again."""
    for first in range(0, SENDS, PAGE):
        numbers = range(first, min(first + PAGE, SENDS))
        database.write(lambda session, numbers=numbers: [queue(session, number) for number in numbers])
        time.sleep(0.3)


def queue(session, number):
    now = SystemClock().now()
    phone = f"+447700900{SENT_TO[number % len(SENT_TO)]:03}"
    identity = identities.arrive(session, "sms", phone, SMS_NUMBER, now)
    outbox.enqueue(
        session,
        kind="reply",
        identity_id=identity.id,
        parameters={"text": f"message {number}"},
        priority=Priority.BULK if number % 2 else Priority.NOTICE,
        due_at=now,
        now=now,
    )


def kill_while(processes, threads):
    """Kill whichever process has begun to work, and begin another in its place, each once at least; return how many."""
    chance, killed = random.Random(17), 0
    while killed < len(processes) or any(thread.is_alive() for thread in threads):
        which = killed if killed < len(processes) else chance.randrange(len(processes))
        processes[which].wait_for("/health")
        time.sleep(chance.uniform(0.1, 1.5))
        processes[which].kill()
        processes[which].begin(*COMMANDS[which])
        killed += 1
    return killed


def age(database):
    """Have nobody wait for the quarter of a minute after which a provider's list is sure to be complete."""

    def unit(session):
        for row in session.exec(select(OutboxMessage).where(OutboxMessage.status == OutboxStatus.UNKNOWN)):
            row.claimed_at -= timedelta(seconds=20)

    database.write(unit)


def is_over(row):
    return row.status in SETTLED or (row.status == OutboxStatus.UNKNOWN and row.priority == Priority.BULK)


def test_killed_at_random_moments_nothing_is_lost_or_doubled(processes, database, twilio):
    fake, (first, *_) = twilio[0], processes
    talk = Talk(processes[:2], fake)
    threads = [threading.Thread(target=talk.all), threading.Thread(target=send_all, args=(database,))]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    killed = kill_while(processes, threads)

    def stands():
        """How far it has got, and the end of each process's log."""
        counts = {
            table: Counter(str(row.status) for row in first.rows(table)) for table in (InboundMessage, OutboxMessage)
        }
        return counts, *(process.log.read_text()[-2000:] for process in processes)

    wait_until(lambda: all(row.status == "processed" for row in first.rows(InboundMessage)), tell=stands)
    wait_until(lambda: all(row.status != OutboxStatus.SENDING for row in first.rows(OutboxMessage)), tell=stands)
    age(database)
    wait_until(lambda: all(is_over(row) for row in first.rows(OutboxMessage)), tell=stands)

    taken, left = first.rows(InboundMessage), first.rows(OutboxMessage)
    assert Counter(row.provider_id for row in taken) == Counter(talk.sent)
    assert len(taken) == CONVERSATIONS * len(SCRIPT)
    assert Counter(row.in_reply_to for row in left if row.in_reply_to) == Counter(row.id for row in taken)
    assert len(left) == len(taken) + SENDS
    posted = posts(fake)
    told(began, killed, left, posted)
    each_left_once(left, posted)
    places_add_up(first)


def posts(fake):
    """How often the provider took each message of the outbox."""
    callbacks = [parse_qs(urlsplit(message.status_callback).query) for message in fake.messages]
    return Counter(int(query["outbox"][0]) for query in callbacks)


def each_left_once(left, posted):
    """What is not `unknown` left; what left twice had been unknown and posted again, which bulk never is."""
    assert [row.id for row in left if row.status in SETTLED and not posted[row.id]] == []
    allowed = {row.id for row in left if row.attempts > 1 and row.priority != Priority.BULK}
    assert {number for number, times in posted.items() if times > 1} <= allowed


def places_add_up(deployment):
    held = Counter()
    for booking in deployment.rows(Booking):
        if booking.status in LIVE:
            held[booking.event_id] += booking.places
    events = deployment.rows(Event)
    assert sum(held.values()) > 0
    assert {event.id: event.taken for event in events} == {event.id: held[event.id] for event in events}
    assert all(event.taken <= event.capacity for event in events)


def told(began, killed, left, posted):
    """Say what happened to whoever runs this with `-s`."""
    figures = {
        "conversations": CONVERSATIONS,
        "sends": SENDS,
        "killed": killed,
        "seconds": round(time.monotonic() - began, 1),
        "posted_again": sum(row.attempts > 1 for row in left),
        "left_twice": sum(times > 1 for times in posted.values()),
        "unknown_at_the_end": sum(row.status == OutboxStatus.UNKNOWN for row in left),
    }
    print(json.dumps(figures))
