"""While Twilio is slow, refuses, breaks off and reports in any order, nothing is lost and next to nothing sent twice.

The stand-in misbehaves by a seeded chance, over real connections; its reports come to the real webhook late, out of
order, twice or never. `FAULT_SENDS` sets how many messages go, `FAULT_SEED` another chance.
"""

import asyncio
import os
import random
from collections import defaultdict
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlmodel import select

from bot import webhook
from bot.channels.port import Unknown
from bot.channels.simulator import FakeTwilio, Fault
from bot.channels.simulator_web import poster_to
from bot.channels.twilio_http import HttpTransport
from bot.channels.twilio_outbound import TwilioChannel
from bot.judging import Pace
from bot.observing import Observer
from bot.outbound import Sender
from bot.posing import Poser
from bot.preparing import Preparer
from bot.reconciling import Patience, Reconciler
from services.core.clock import SystemClock
from services.people import identities, outbox
from services.people.tables import OutboxMessage, OutboxStatus, Priority
from services.people.verdicts import Send
from tests.stand_in import on_a_port
from tests.unit.dialogue_talk import fixture_flows

ACCOUNT, TOKEN, OURS = "AC" + "3d" * 16, "a-token-for-tests", "+447700900710"
BASE = "https://text.example.org"
SENDS, SEED = int(os.environ.get("FAULT_SENDS", "320")), int(os.environ.get("FAULT_SEED", "20"))
PEOPLE, LONGEST_S = 32, 60
KINDS = (
    ("reply", Priority.REPLY),
    ("safety", Priority.SAFETY),
    ("offer", Priority.NOTICE),
    ("reminder", Priority.REMINDER),
    ("reply", Priority.REPLY),
    ("broadcast", Priority.BULK),
)
FAULTS = {
    None: 70,
    Fault.REFUSED: 4,
    Fault.DROPPED: 5,
    Fault.LOST_ANSWER: 6,
    Fault.RATE_LIMITED: 3,
    Fault.SERVER_ERROR: 6,
    Fault.TAKEN_SERVER_ERROR: 6,
}


class Failing(FakeTwilio):
    """A stand-in whose every request may be slow or go wrong."""

    def __init__(self, chance, **given):
        super().__init__(ACCOUNT, TOKEN, SystemClock().now, **given)
        self.chance, self.met = chance, set()

    async def request(self, method, path, *asked):
        [fault] = self.chance.choices([*FAULTS], [*FAULTS.values()])
        if fault is not None:
            self.faults.append(fault)
            self.met.add((method, fault))
        self.delay_s = self.chance.choice((0, 0, 0.005, 0.05, 0.2))
        return await super().request(method, path, *asked)


class Post:
    """Brings reports to the webhook, each by itself: at once, late, twice or never. Keeps what was brought."""

    def __init__(self, chance, deliver):
        self.chance, self.deliver = chance, deliver
        self.brought, self.lost, self.under_way = defaultdict(list), 0, set()

    async def __call__(self, url, form, signature):
        times = self.chance.choices((0, 1, 2), (2, 6, 2))[0]
        self.lost += times == 0
        for _ in range(times):
            task = asyncio.create_task(self.bring(url, form, signature, self.chance.uniform(0, 0.5)))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)

    async def bring(self, url, form, signature, after):
        await asyncio.sleep(after)
        await self.deliver(url, form, signature)
        [number] = parse_qs(urlsplit(url).query)["outbox"]
        self.brought[int(number)].append(dict(form)["MessageStatus"])


class Doubtful(Observer):
    """Remembers the messages of which it was once not known whether Twilio had them."""

    def __init__(self):
        self.rows = set()

    def posted(self, row, channel, result, seconds):
        if isinstance(result, Unknown):
            self.rows.add(row.id)


@pytest.fixture
def world(chosen_database, make_identity):
    """A stand-in that fails, on a port; the webhook that it reports to; the people who are texted."""
    database, chance, doubtful, clock = chosen_database, random.Random(SEED), Doubtful(), SystemClock()
    settings = SimpleNamespace(public_base_url=BASE, twilio_account_sid=ACCOUNT, twilio_auth_token=SecretStr(TOKEN))
    app = FastAPI()
    app.include_router(webhook.router)
    app.state.service = SimpleNamespace(
        database=database, clock=clock, settings=settings, poser=Poser(fixture_flows()), observer=Observer()
    )
    post = Post(chance, poster_to(app))
    fake = Failing(chance, poster=post)
    people = [make_identity(f"+4477009006{number:02}") for number in range(PEOPLE)]
    with on_a_port(fake) as address:
        yield SimpleNamespace(**locals())


def begin(world):
    """A sender and what settles its doubts, both in a hurry."""
    channels = {"sms": TwilioChannel(HttpTransport(ACCOUNT, TOKEN, world.address, timeout_s=5.0), ACCOUNT)}
    preparer = Preparer(
        lambda session, row, now: Send(),
        lambda session, row: SimpleNamespace(text=words(row.id)),
        public_base_url=BASE,
        senders={"sms": OURS},
    )
    pace = Pace(poll=0.05, tries=2, backoff=0.02, put_back=0.2, attempts=1000)
    sender = Sender(world.database, world.clock, channels, preparer, pace, observer=world.doubtful)
    patience = Patience(settle=timedelta(seconds=0.5), attempts=1000, safety_attempts=1000)
    return sender, Reconciler(world.database, world.clock, channels, sender, patience)


def words(number):
    return f"This is message {number}."


def write(world):
    """Messages of all kinds that are due at once, each with its id among its words."""
    now = world.clock.now()

    def unit(session):
        for number in range(1, SENDS // 2 + 1):
            kind, priority = KINDS[number // PEOPLE % len(KINDS)]
            given = {"text": words(number)} if kind in outbox.TEXT_KINDS else {}
            identity = world.people[number % PEOPLE]
            queued = {"identity_id": identity.id, "parameters": given, "priority": priority}
            assert outbox.enqueue(session, kind=kind, due_at=now, now=now, **queued) == number

    world.database.write(unit)


async def answer(world, sender):
    """Replies that a turn hands over itself, while the others leave."""
    for number in range(SENDS // 2 + 1, SENDS + 1):

        def unit(session, number=number):
            to = identities.recipient(session, world.people[world.chance.randrange(PEOPLE)].id)
            given = {"kind": "reply", "parameters": {"text": words(number)}, "priority": Priority.REPLY}
            return outbox.enqueue_claimed(session, to, now=world.clock.now(), **given)

        row = await asyncio.to_thread(world.database.write, unit)
        assert row.id == number
        sender.deliver([row])
        await asyncio.sleep(world.chance.uniform(0, 0.01))


async def live(world):
    """Send until nothing is open any more but bulk that nobody reported."""
    sender, reconciler = begin(world)
    await reconciler.recover()
    await sender.start()
    await answer(world, sender)
    deadline = asyncio.get_running_loop().time() + LONGEST_S
    while unsettled(world) or sender.in_flight or world.post.under_way:
        assert asyncio.get_running_loop().time() < deadline, unsettled(world)
        await reconciler.reconcile()
        await asyncio.sleep(0.1)
    await sender.stop()


def rows(world):
    with world.database.read() as session:
        return session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def unsettled(world):
    bulk = (OutboxStatus.UNKNOWN, Priority.BULK)
    done = (OutboxStatus.SENT, OutboxStatus.DELIVERED)
    return [
        (row.id, row.status) for row in rows(world) if row.status not in done and (row.status, row.priority) != bulk
    ]


def test_some_hundred_messages_through_everything_that_may_go_wrong(world):
    write(world)
    asyncio.run(live(world))
    assert {("POST", fault) for fault in FAULTS if fault} < world.fake.met, "and asking what it had went wrong, too"
    assert world.post.lost

    taken = defaultdict(list)
    for place, message in enumerate(world.fake.messages):
        taken[message.body].append(place)
    left = rows(world)
    assert len(left) == SENDS
    for row in left:
        nothing_lost_or_doubled(row, taken[words(row.id)], world.doubtful.rows)
        reports_only_move_forward(row, world.post.brought[row.id])
    handed_over = [row for row in left if row.id > SENDS // 2]
    for part in (handed_over, [row for row in left if row.id <= SENDS // 2]):
        in_order(part, taken, world.doubtful.rows)


def nothing_lost_or_doubled(row, places, doubtful):
    if row.priority == Priority.SAFETY:
        assert places
    elif row.status == OutboxStatus.UNKNOWN:
        assert row.id in doubtful
        assert len(places) <= 1
    else:
        assert len(places) == 1


def reports_only_move_forward(row, brought):
    if "delivered" in brought:
        assert row.status == OutboxStatus.DELIVERED
    elif row.status != OutboxStatus.UNKNOWN:
        assert row.status == OutboxStatus.SENT


def in_order(written, taken, doubtful):
    """One person's messages leave in the order of priority and writing, but for safety and what was in doubt."""
    certain = [row for row in written if row.priority != Priority.SAFETY and row.id not in doubtful]
    of_person = defaultdict(list)
    for row in sorted(certain, key=lambda row: (row.priority, row.id)):
        of_person[row.identity_id] += taken[words(row.id)]
    assert max(len(places) for places in of_person.values()) > 1
    for identity_id, places in of_person.items():
        assert places == sorted(places), identity_id
