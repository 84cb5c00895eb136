"""What the provider reports as not delivered goes another way, another time, or to staff; never twice."""

import asyncio
from collections import deque
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bot.channels.simulator_web import poster_to
from bot.channels.twilio_outbound import TwilioChannel
from bot.judging import Pace
from bot.outbound import Sender
from bot.preparing import Preparer
from services.people import consent, flags, outbox
from services.people.tables import OutboxMessage, Priority
from services.people.verdicts import Send

WORDS = "Which one?\n1. Gentle yoga\n2. Walking group"


@pytest.fixture
def world(chosen_database, clock, fake, local, client, make_identity):
    """A sender, the stand-in, and our webhook, which the stand-in reports to."""
    channel = TwilioChannel(local, fake.account_sid)
    fake.poster = poster_to(client.app)
    known = {}

    def write(address="+447700900241", channel="whatsapp", **given):
        if (address, channel) not in known:
            known[address, channel] = make_identity(address, channel).id
        values = {"kind": "reply", "parameters": {"text": WORDS}, "due_at": clock.now()} | given
        return chosen_database.write(
            lambda session: outbox.enqueue(
                session,
                identity_id=known[address, channel],
                priority=values.pop("priority", Priority.REPLY),
                now=clock.now(),
                **values,
            )
        )

    def drain():
        async def call():
            preparer = Preparer(
                lambda *_: Send(),
                lambda *_: SimpleNamespace(text="rendered"),
                public_base_url="https://text.example.org",
                senders={"sms": "+447700900710", "whatsapp": "+447700900711"},
            )
            channels = {"sms": channel, "whatsapp": channel}
            sender = Sender(chosen_database, clock, channels, preparer, Pace(poll=60))
            await sender.start()
            sent = -1  # what the sender takes by itself while reports come in is nothing that `drain` counts
            while sent != len(fake.messages):
                sent = len(fake.messages)
                await sender.drain()
                await fake.settle()
            await sender.stop()

        asyncio.run(call())

    def rows():
        with chosen_database.read() as session:
            return session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all()

    def told():
        with chosen_database.read() as session:
            return [(flag.category, flag.rule) for flag in flags.open_flags(session)]

    def fail(address, *codes):
        fake.undeliverable[address] = deque(codes)

    return SimpleNamespace(
        database=chosen_database, fake=fake, clock=clock, write=write, drain=drain, rows=rows, told=told, fail=fail
    )


def sent(world):
    return [(taken.to, taken.body) for taken in world.fake.messages]


@pytest.mark.parametrize("code", [63016, 63003, 63024, 63013, 63007])
def test_what_whatsapp_could_not_deliver_goes_as_a_text_with_the_same_menu(database, world, code):
    world.fail("whatsapp:+447700900241", code)
    world.write()
    world.drain()
    assert sent(world) == [("whatsapp:+447700900241", WORDS), ("+447700900241", WORDS)]
    (row,) = world.rows()
    assert (row.status, row.provider_id, row.attempts) == ("delivered", world.fake.messages[1].sid, 2)
    assert world.told() == ([("delivery", "63007")] if code == 63007 else [])


def test_it_goes_over_once_and_then_staff_are_told(world):
    world.fail("whatsapp:+447700900241", 63016)
    world.fail("+447700900241", 30006)
    world.write()
    world.drain()
    assert len(world.fake.messages) == 2
    assert (world.rows()[0].status, world.rows()[0].reason) == ("failed", "30006")
    assert world.told() == [("unreachable", "30006")]


def test_someone_without_a_number_has_no_other_way(world):
    world.fail("whatsapp:GB.7130284655190327", 63016)
    world.write("GB.7130284655190327")
    world.drain()
    assert len(world.fake.messages) == 1
    assert (world.rows()[0].status, world.rows()[0].reason) == ("failed", "63016")


def test_passing_trouble_is_tried_again_for_longer_each_time_and_not_for_ever(database, world):
    world.fail("+447700900241", 30008, 30008, 30008, 30008)
    world.write(channel="sms")
    pauses = []
    world.drain()
    while world.rows()[0].status == "queued":
        pauses.append((world.rows()[0].due_at - world.clock.now()).total_seconds())
        world.clock.move_to(world.rows()[0].due_at)
        world.drain()
    assert pauses == [60, 240]
    assert len(world.fake.messages) == 3
    assert (world.rows()[0].status, world.rows()[0].reason) == ("failed", "30008")


def test_a_phone_that_is_off_is_tried_once_more(world):
    world.fail("+447700900241", 30003, 30003, 30003)
    world.write(channel="sms")
    world.drain()
    world.clock.advance(timedelta(minutes=1))
    world.drain()
    assert len(world.fake.messages) == 2
    assert world.rows()[0].status == "failed"


def test_trouble_on_whatsapp_that_does_not_pass_ends_as_a_text(world):
    world.fail("whatsapp:+447700900241", 63012, 63012, 63012)
    world.write()
    for minutes in (0, 1, 4):
        world.clock.advance(timedelta(minutes=minutes))
        world.drain()
    assert [taken.to for taken in world.fake.messages] == ["whatsapp:+447700900241"] * 3 + ["+447700900241"]
    assert world.rows()[0].status == "delivered"


def test_nothing_is_tried_again_when_it_would_come_too_late(world):
    world.fail("+447700900241", 30008)
    world.write(channel="sms", expires_at=world.clock.now() + timedelta(seconds=50))
    world.drain()
    assert (world.rows()[0].status, len(world.fake.messages)) == ("failed", 1)


def test_the_same_report_twice_or_late_sends_nothing_more(database, world):
    world.fail("whatsapp:+447700900241", 63016)
    world.write()
    world.drain()
    first, second = world.fake.messages

    async def report(message, status, code=None):
        await world.fake.report(message, status, code)

    asyncio.run(report(first, "failed", 63016))
    asyncio.run(report(first, "undelivered", 63016))
    asyncio.run(report(second, "sent"))
    world.drain()
    assert len(world.fake.messages) == 2
    assert world.rows()[0].status == "delivered"


def test_a_message_that_came_after_all_is_not_sent_again(world):
    world.fail("+447700900241", 30008)
    world.write(channel="sms")
    world.drain()
    assert world.rows()[0].status == "queued"
    asyncio.run(world.fake.report(world.fake.messages[0], "undelivered", 30008))
    assert world.rows()[0].status == "queued"
    asyncio.run(world.fake.report(world.fake.messages[0], "delivered"))
    world.clock.advance(timedelta(hours=1))
    world.drain()
    assert len(world.fake.messages) == 1
    assert world.rows()[0].status == "delivered"


def test_staff_are_told_of_a_number_once(world):
    world.fail("+447700900241", 30006, 30006, 21614)
    for _ in range(3):
        world.write(channel="sms")
        world.drain()
    assert world.told() == [("unreachable", "30006")]


def test_an_opt_out_at_the_provider_is_ours_too_and_no_other_way_is_tried(world):
    world.fail("whatsapp:+447700900241", 63014)
    world.write()
    world.drain()
    assert len(world.fake.messages) == 1
    with world.database.read() as session:
        assert consent.is_opted_out(session, "+447700900241")


def test_a_safety_reply_goes_the_other_way_before_staff_are_called(world):
    world.fail("whatsapp:+447700900241", 63016)
    world.write(kind="safety", priority=Priority.SAFETY)
    world.drain()
    assert (world.rows()[0].status, world.told()) == ("delivered", [])
    world.fail("+447700900242", 30006)
    world.write("+447700900242", channel="sms", kind="safety", priority=Priority.SAFETY)
    world.drain()
    assert ("safety_reply_refused", "30006") in world.told()
