"""The sender posts everything once, in order, and writes down what became of it, whatever the network does."""

import asyncio
import threading
import time
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlmodel import select
from structlog.testing import capture_logs

from bot.channels.port import RateLimited, Refusal, Rejected
from bot.channels.simulator import Fault
from bot.channels.twilio_outbound import TwilioChannel
from bot.judging import Pace
from bot.outbound import Sender
from bot.preparing import Preparer
from services.core.clock import SystemClock
from services.people import consent, flags, identities, outbox, spending
from services.people.rates import Rates
from services.people.spending import Budget, Used
from services.people.tables import OutboxMessage, OutboxStatus, Priority
from services.people.verdicts import Refuse, Send, Wait

FAST = Pace(poll=0.05, tries=3, backoff=0.001, put_back=60.0, attempts=3)


def open_gate(session, row, now):
    return Refuse("opted_out") if row.opted_out and row.kind not in ("safety", "consent") else Send()


@pytest.fixture
def world(chosen_database, clock, fake, local, make_identity):
    """Everything a sender needs, to be changed before it starts; rows are read back with `messages`."""
    channel = TwilioChannel(local, fake.account_sid)
    return SimpleNamespace(
        database=chosen_database,
        clock=clock,
        fake=fake,
        channels={"sms": channel, "whatsapp": channel},
        gate=open_gate,
        render=lambda session, row: SimpleNamespace(text=f"rendered {row.kind}"),
        pace=FAST,
        rates={},
        known={},
        make_identity=make_identity,
    )


@pytest.fixture
def running(world):
    """A running sender, stopped at the end of the block."""

    @asynccontextmanager
    async def running():
        preparer = Preparer(
            lambda *asked: world.gate(*asked),
            lambda *asked: world.render(*asked),
            public_base_url="https://text.example.org/",
            senders={"sms": "+447700900710", "whatsapp": "+447700900711"},
        )
        sender = Sender(
            world.database,
            world.clock,
            world.channels,
            preparer,
            world.pace,
            rates=Rates(world.rates, {"sms": "+447700900710"}),
            budget=Budget({"sms": 0.04}),
        )
        await sender.start()
        yield sender
        await sender.stop()

    return running


@pytest.fixture
def identity(world):
    """The identity of a number, made once."""

    def identity(to, channel="sms", **columns):
        key = (to, channel)
        if key not in world.known:
            world.known[key] = world.make_identity(f"+4477009002{to:02}", channel, **columns).id
        return world.known[key]

    return identity


@pytest.fixture
def write(world, identity):
    def write(to=0, text="hello", priority=Priority.REPLY, channel="sms", **given):
        values = {"kind": "reply", "parameters": {"text": text}, "due_at": world.clock.now()} | given
        identity_id = identity(to, channel)
        return world.database.write(
            lambda session: outbox.enqueue(
                session, identity_id=identity_id, priority=priority, now=world.clock.now(), **values
            )
        )

    return write


@pytest.fixture
def claimed(world, identity):
    """Rows as a turn writes them: claimed already."""

    def claimed(to=0, texts=("hello",), kind="reply"):
        identity_id, priority = identity(to), Priority.SAFETY if kind == "safety" else Priority.REPLY

        def unit(session):
            recipient = identities.recipient(session, identity_id)
            return [
                outbox.enqueue_claimed(
                    session, recipient, kind=kind, parameters={"text": text}, priority=priority, now=world.clock.now()
                )
                for text in texts
            ]

        return world.database.write(unit)

    return claimed


@pytest.fixture
def messages(world):
    def messages():
        with world.database.read() as session:
            return session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all()

    return messages


@pytest.fixture
def drain(running):
    """Run a sender until nothing that is due is left."""

    def drain():
        async def call():
            async with running() as sender:
                return await sender.drain()

        return asyncio.run(call())

    return drain


async def until(condition):
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be")


def test_what_is_in_the_outbox_is_sent_and_written_down(database, world, write, drain, messages):
    write(1, "one")
    write(2, "two", channel="whatsapp")
    assert drain() == 2
    assert sorted((taken.to, taken.sender, taken.body) for taken in world.fake.messages) == [
        ("+447700900201", "+447700900000", "one"),
        ("whatsapp:+447700900202", "whatsapp:+447700900000", "two"),
    ]
    rows = messages()
    assert {row.provider_id for row in rows} == {taken.sid for taken in world.fake.messages}
    assert [(row.status, row.text, row.segments, row.attempts) for row in rows] == [
        ("sent", "one", 1, 1),
        ("sent", "two", 1, 1),
    ]
    assert world.fake.messages[0].status_callback.startswith("https://text.example.org/webhooks/twilio/status?outbox=")


def test_a_commit_wakes_the_sender(database, world, write, running, messages):
    world.pace = Pace(poll=60)

    async def call():
        async with running():
            await asyncio.sleep(0.05)
            await asyncio.to_thread(write)
            await until(lambda: messages()[0].status == "sent")

    asyncio.run(call())


def test_a_turns_own_rows_are_sent_without_being_claimed(database, world, claimed, running, messages):
    world.pace = Pace(poll=60)
    rows = claimed(texts=("first", "second", "third"))

    async def call():
        async with running() as sender:
            await asyncio.to_thread(sender.deliver, rows)
            await until(lambda: len(world.fake.messages) == 3)

    asyncio.run(call())
    assert [taken.body for taken in world.fake.messages] == ["first", "second", "third"]
    assert [(row.status, row.attempts) for row in messages()] == [("sent", 1)] * 3


def test_deliver_without_a_sender_leaves_the_rows_to_be_found(claimed, running, world, messages):
    rows = claimed()

    async def call():
        async with running() as sender:
            pass
        sender.deliver(rows)
        sender.wake()

    asyncio.run(call())
    assert world.fake.messages == []
    assert messages()[0].status == "sending"


def test_one_persons_messages_keep_their_order_while_others_overtake(database, world, write, drain):
    for number in range(8):
        write(number % 2, f"{number % 2}:{number}")
    drain()
    for person in "01":
        bodies = [taken.body for taken in world.fake.messages if taken.body.startswith(person)]
        assert bodies == sorted(bodies)
        assert len(bodies) == 4


def test_many_messages_are_posted_side_by_side(world, write, drain):
    for number in range(40):
        write(number)
    world.fake.delay_s = 0.1
    world.pace = Pace(posts=40, poll=60)
    started = asyncio.run(_timed(drain))
    assert started < 2.0
    assert len(world.fake.messages) == 40


async def _timed(drain):
    loop = asyncio.get_running_loop()
    before = loop.time()
    await asyncio.to_thread(drain)
    return loop.time() - before


def test_typography_that_alone_would_double_the_price_is_folded_on_sms(world, write, drain):
    write(1, "We’ve held it – until 5pm")
    write(2, "We’ve held it – until 5pm", channel="whatsapp")
    write(3, "Zajęcia są o 5pm – “joga”")
    drain()
    assert sorted(taken.body for taken in world.fake.messages) == [
        "We've held it - until 5pm",
        "We’ve held it – until 5pm",
        "Zajęcia są o 5pm – “joga”",
    ]


def test_other_kinds_are_rendered_when_they_are_sent(world, write, drain, messages):
    write(kind="reminder", parameters={"booking_id": 1}, priority=Priority.REMINDER)
    drain()
    assert world.fake.messages[0].body == messages()[0].text == "rendered reminder"


def test_a_renderer_may_drop_a_message(world, write, drain, messages):
    world.render = lambda session, row: Refuse("event_begun")
    write(kind="reminder", parameters={})
    drain()
    assert world.fake.messages == []
    assert (messages()[0].status, messages()[0].reason) == ("refused", "event_begun")


def test_the_gate_may_make_a_message_wait(database, world, write, drain, messages):
    opening = world.clock.now() + timedelta(hours=11)
    world.gate = lambda session, row, now: Send() if now >= opening else Wait(opening)
    write()
    drain()
    assert (messages()[0].status, messages()[0].due_at, messages()[0].reason) == ("queued", opening, "wait")
    world.clock.move_to(opening)
    drain()
    assert messages()[0].status == "sent"


def test_the_gate_may_refuse_a_message(world, write, drain, messages):
    world.gate = lambda session, row, now: Refuse("landline")
    write()
    drain()
    assert (messages()[0].status, messages()[0].reason) == ("refused", "landline")


def test_the_gate_may_choose_another_channel(world, write, drain):
    world.gate = lambda session, row, now: Send(channel="sms")
    write(1, channel="whatsapp")
    drain()
    (taken,) = world.fake.messages
    assert (taken.to, taken.sender) == ("+447700900201", "+447700900710")


@pytest.mark.parametrize("refusal", [Refusal.WINDOW, Refusal.NOT_WHATSAPP])
def test_what_whatsapp_will_not_take_goes_as_a_text_message(world, write, drain, messages, refusal):
    class NoWhatsApp(Broken):
        async def send(self, message):
            return Rejected("63016", refusal)

    world.channels["whatsapp"] = NoWhatsApp()
    write(1, "We’ve held it", channel="whatsapp")
    drain()
    (taken,) = world.fake.messages
    assert (taken.to, taken.sender, taken.body) == ("+447700900201", "+447700900710", "We've held it")
    assert messages()[0].status == "sent"


def test_someone_without_a_number_cannot_be_reached_when_whatsapp_will_not(world, write, drain, messages):
    class NoWhatsApp(Broken):
        async def send(self, message):
            return Rejected("63016", Refusal.WINDOW)

    world.channels["whatsapp"] = NoWhatsApp()
    world.known[1, "whatsapp"] = world.make_identity("GB.7130284655190327", "whatsapp").id
    write(1, channel="whatsapp")
    drain()
    assert (messages()[0].status, messages()[0].reason) == ("failed", "63016")


def test_a_landline_is_not_texted_when_whatsapp_will_not(world, write, drain, messages):
    class NoWhatsApp(Broken):
        async def send(self, message):
            return Rejected("63016", Refusal.WINDOW)

    world.channels["whatsapp"] = NoWhatsApp()
    world.known[1, "whatsapp"] = world.make_identity("+442079460999", "whatsapp").id
    write(1, channel="whatsapp")
    drain()
    assert world.fake.messages == []
    assert (messages()[0].status, messages()[0].reason) == ("failed", "63016")


def test_an_opt_out_after_writing_is_seen_when_sending(world, write, drain, messages):
    write(1)
    write(1, kind="consent", text="You will get no more texts.")
    world.database.write(lambda session: consent.opt_out(session, "+447700900201", "keyword", world.clock.now()))
    drain()
    assert [taken.body for taken in world.fake.messages] == ["You will get no more texts."]
    assert [row.status for row in messages()] == ["refused", "sent"]


class Broken:
    """A channel that remembers what it was given and then breaks."""

    def __init__(self):
        self.given = []

    async def send(self, message):
        self.given.append(message)
        raise ZeroDivisionError

    async def close(self):
        return None


def test_a_message_is_not_kept_by_the_provider_beyond_its_time(world, write, drain):
    world.channels["sms"] = broken = Broken()
    write(expires_at=world.clock.now() + timedelta(minutes=30))
    drain()
    assert broken.given[0].validity_s == 1800


def test_a_channel_that_breaks_leaves_the_message_unknown(world, write, drain, messages):
    world.channels["sms"] = Broken()
    write()
    drain()
    assert (messages()[0].status, messages()[0].reason) == ("unknown", "error")


def test_a_message_without_a_channel_fails_and_staff_are_told(world, write, drain, messages):
    del world.channels["whatsapp"]
    write(channel="whatsapp")
    drain()
    assert (messages()[0].status, messages()[0].reason) == ("failed", "no_channel")
    with world.database.read() as session:
        assert [flag.category for flag in flags.open_flags(session)] == ["delivery"]


def test_a_broken_gate_stops_a_reminder_but_never_a_safety_reply(world, write, drain, messages):
    def broken(session, row, now):
        raise ZeroDivisionError

    world.gate = broken
    write(1, kind="reminder", parameters={})
    write(2, kind="safety", text="Phone 999 now.", priority=Priority.SAFETY)
    drain()
    assert [taken.body for taken in world.fake.messages] == ["Phone 999 now."]
    assert [(row.status, row.reason) for row in messages()] == [("failed", "not_prepared"), ("sent", "")]


def test_a_gate_that_cannot_ask_the_database_holds_up_only_that_message(database, world, write, drain, messages):
    def gate(session, row, now):
        if row.parameters["text"] == "first" and row.attempts == 1:
            session.execute(text("SELECT nothing FROM nowhere"))
        session.execute(text("SELECT 1"))
        return Send()

    world.gate = gate
    write(1, "first")
    write(2, "second")
    drain()
    assert [taken.body for taken in world.fake.messages] == ["second"]
    assert (messages()[0].status, messages()[0].reason) == ("queued", "not_prepared")
    world.clock.advance(timedelta(seconds=15))
    drain()
    assert messages()[0].status == "sent"


def test_too_much_haste_is_tried_again_at_once(world, write, drain, messages):
    world.fake.faults.extend([Fault.RATE_LIMITED])
    world.channels["sms"] = _impatient(world)
    write()
    drain()
    assert len(world.fake.messages) == 1
    assert messages()[0].status == "sent"


def _impatient(world):
    """A channel whose provider asks for no pause, so that a test need not wait for one."""
    channel = world.channels["sms"]

    class Impatient:
        async def send(self, message):
            result = await channel.send(message)
            return type(result)(0.0) if hasattr(result, "retry_after") else result

        async def close(self):
            return None

    return Impatient()


def test_lasting_haste_puts_a_message_back_and_what_is_behind_it_too(world, claimed, running, messages):
    world.fake.faults.extend([Fault.RATE_LIMITED] * 3)
    world.channels["sms"] = _impatient(world)
    rows, later = claimed(texts=("first", "second")), claimed(texts=("third",))

    async def call():
        async with running() as sender:
            sender.deliver(rows)
            await until(lambda: messages()[1].status == "queued")
            sender.deliver(later)
            await until(lambda: messages()[2].status == "queued")

    asyncio.run(call())
    due = world.clock.now() + timedelta(seconds=60)
    assert [(row.due_at, row.reason) for row in messages()] == [
        (due, "rate_limited"),
        (due, "behind_another"),
        (due, "behind_another"),
    ]
    assert world.fake.messages == []


def test_messages_that_were_put_back_leave_in_their_order(world, claimed, running, drain, messages):
    test_lasting_haste_puts_a_message_back_and_what_is_behind_it_too(world, claimed, running, messages)
    world.clock.advance(timedelta(seconds=61))
    drain()
    assert [taken.body for taken in world.fake.messages] == ["first", "second", "third"]


def test_a_safety_reply_does_not_stand_behind_another(world, claimed, running, messages):
    world.fake.faults.extend([Fault.RATE_LIMITED] * 3)
    world.channels["sms"] = _impatient(world)

    async def call():
        async with running() as sender:
            sender.deliver(claimed(texts=("first",)))
            await until(lambda: messages()[0].status == "queued")
            sender.deliver(claimed(texts=("Phone 999 now.",), kind="safety"))
            await until(lambda: messages()[1].status == "sent")

    asyncio.run(call())
    assert [taken.body for taken in world.fake.messages] == ["Phone 999 now."]


def test_an_answer_does_not_pass_one_that_was_put_back_and_is_being_prepared_again(world, claimed, running, messages):
    world.fake.faults.extend([Fault.RATE_LIMITED] * 3)
    world.channels["sms"] = _impatient(world)
    preparing, go_on = threading.Event(), threading.Event()

    def slow_gate(*asked):
        preparing.set()
        go_on.wait(10)
        return open_gate(*asked)

    async def call():
        async with running() as sender:
            sender.deliver(claimed(texts=("first",)))
            await until(lambda: messages()[0].status == "queued")
            world.gate = slow_gate
            world.clock.advance(timedelta(seconds=61))
            sender.wake()
            await asyncio.to_thread(preparing.wait, 10)
            world.gate = open_gate
            sender.deliver(await asyncio.to_thread(claimed, 0, ("second",)))
            await until(lambda: messages()[1].status != "sending")
            go_on.set()
            await until(lambda: {row.status for row in messages()} == {"sent"})

    asyncio.run(call())
    assert [taken.body for taken in world.fake.messages] == ["first", "second"]


def test_an_answer_stays_behind_another_though_something_else_has_left(world, claimed, write, running, messages):
    world.fake.faults.extend([Fault.RATE_LIMITED] * 3)
    world.channels["sms"] = _impatient(world)

    async def call():
        async with running() as sender:
            sender.deliver(claimed(texts=("first",)))
            await until(lambda: messages()[0].status == "queued")
            await asyncio.to_thread(write, 0, "Phone 999 now.", Priority.SAFETY, kind="safety")
            await until(lambda: messages()[1].status == "sent")
            sender.deliver(await asyncio.to_thread(claimed, 0, ("second",)))
            await until(lambda: messages()[2].status != "sending")

    asyncio.run(call())
    assert [(row.status, row.reason) for row in messages()] == [
        ("queued", "rate_limited"),
        ("sent", ""),
        ("queued", "behind_another"),
    ]


def test_a_longer_pause_than_is_worth_waiting_is_kept_in_the_outbox(world, write, drain, messages):
    class Busy:
        async def send(self, message):
            return RateLimited(120.0)

        async def close(self):
            return None

    world.channels["sms"] = Busy()
    write()
    drain()
    assert messages()[0].due_at == world.clock.now() + timedelta(seconds=120)


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.TAKEN_SERVER_ERROR, Fault.LOST_ANSWER, Fault.DROPPED])
def test_an_unknown_outcome_is_never_posted_again_by_itself(database, world, write, drain, messages, fault):
    world.fake.faults.append(fault)
    write()
    drain()
    assert messages()[0].status == "unknown"
    assert messages()[0].text == "hello"
    assert not world.fake.faults
    world.clock.advance(timedelta(hours=1))
    assert drain() == 0


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.LOST_ANSWER])
def test_a_safety_reply_of_unknown_outcome_is_posted_again_at_once(world, write, drain, messages, fault):
    world.fake.faults.append(fault)
    write(kind="safety", text="Phone 999 now.", priority=Priority.SAFETY)
    drain()
    assert messages()[0].status == "sent"
    assert {taken.body for taken in world.fake.messages} == {"Phone 999 now."}


def test_a_safety_reply_that_never_gets_through_is_an_emergency_for_staff(world, write, drain, messages):
    world.fake.faults.extend([Fault.SERVER_ERROR] * 9)
    write(kind="safety", text="Phone 999 now.", priority=Priority.SAFETY)
    for _ in range(2):
        drain()
        assert messages()[0].status == "queued"
        world.clock.advance(timedelta(seconds=60))
    drain()
    assert messages()[0].status == "failed"
    with world.database.read() as session:
        assert [(flag.severity, flag.category) for flag in flags.open_flags(session)] == [(0, "safety_reply_refused")]


def test_a_provider_that_cannot_be_reached_is_tried_later_for_as_long_as_it_takes(world, write, drain, messages):
    world.fake.faults.extend([Fault.REFUSED] * 12)
    write()
    for _ in range(12):
        drain()
        assert (messages()[0].status, messages()[0].reason) == ("queued", "refused")
        world.clock.advance(timedelta(seconds=60))
    drain()
    assert messages()[0].status == "sent"


def test_an_opt_out_known_to_twilio_becomes_ours(database, world, write, drain, messages):
    world.fake.opted_out.add("+447700900201")
    write(1)
    drain()
    assert (messages()[0].status, messages()[0].reason) == ("failed", "21610")
    with world.database.read() as session:
        assert consent.is_opted_out(session, "+447700900201")
        assert flags.open_flags(session) == []


def test_a_safety_reply_refused_for_an_opt_out_is_an_emergency_for_staff(database, world, write, drain):
    world.fake.opted_out.add("+447700900201")
    write(1, kind="safety", text="Phone 999 now.", priority=Priority.SAFETY)
    drain()
    with world.database.read() as session:
        (flag,) = flags.open_flags(session)
    assert (flag.severity, flag.category, flag.rule) == (0, "safety_reply_refused", "21610")


def test_a_message_claimed_too_long_ago_is_put_back_unposted(world, claimed, running, messages):
    rows = claimed()
    world.clock.advance(timedelta(minutes=5))

    async def call():
        async with running() as sender:
            sender.deliver(rows)
            await sender.drain()

    asyncio.run(call())
    assert len(world.fake.messages) == 1
    assert [(row.status, row.attempts) for row in messages()] == [("sent", 2)]


def test_outcomes_are_written_together_and_again_when_the_database_refuses(world, write, running, messages):
    for number in range(10):
        write(number)
    submit, units = world.database.submit, []

    def refusing(unit):
        units.append(unit)
        if len(units) == 2:
            raise OSError("disk full")
        return submit(unit)

    async def call():
        async with running() as sender:
            await sender.drain()

    world.database.submit = refusing
    asyncio.run(call())
    assert [row.status for row in messages()] == ["sent"] * 10
    assert len(world.fake.messages) == 10
    assert len(units) < 10


def test_stopping_waits_for_what_is_under_way(world, write, running, messages):
    world.fake.delay_s = 0.2
    write()

    async def call():
        async with running() as sender:
            await until(lambda: bool(sender.in_flight))
        return sender.in_flight

    assert asyncio.run(call()) == frozenset()
    assert messages()[0].status == "sent"


def test_rows_written_from_many_threads_are_all_sent_once(database, world, identity, write, running, messages):
    people = [identity(number) for number in range(10)]

    async def call():
        async with running() as sender:
            threads = [
                threading.Thread(target=lambda: [write(number, f"text {number}") for number in range(len(people))])
                for _ in range(4)
            ]
            for thread in threads:
                thread.start()
            await asyncio.to_thread(lambda: [thread.join() for thread in threads])
            await sender.drain()

    asyncio.run(call())
    assert len(world.fake.messages) == 40
    assert {row.status for row in messages()} == {OutboxStatus.SENT}


def test_logs_show_neither_numbers_nor_words(world, write, drain):
    world.fake.faults.extend([Fault.SERVER_ERROR, Fault.REFUSED])
    for number, words in enumerate(("secret one", "secret two", "x" * 1601)):
        write(number, words)
    with capture_logs() as logs:
        drain()
    written = repr(logs)
    assert len(logs) == 3
    assert "secret" not in written
    assert "4477009002" not in written


def test_each_message_leaves_at_its_moment_and_an_answer_at_once(world, write, claimed, running):
    world.clock, moments = SystemClock(), {}
    world.rates = {"sms": 10}
    world.fake.watch(lambda message: moments.setdefault(message.body, time.monotonic()))
    for number in range(4):
        write(number, f"bulk {number}", priority=Priority.BULK)

    async def scenario():
        async with running() as sender:
            while "bulk 0" not in moments:
                await asyncio.sleep(0.005)
            # Whoever is next in the broadcast asks something, and is answered before it.
            sender.deliver(await asyncio.to_thread(claimed, 3, ("answer",)))
            while len(moments) < 5:
                await asyncio.sleep(0.005)

    asyncio.run(scenario())
    bulk = [moments[f"bulk {number}"] - moments["bulk 0"] for number in range(4)]
    assert bulk == pytest.approx([0, 0.1, 0.2, 0.3], abs=0.06)
    assert moments["answer"] - moments["bulk 0"] < 0.1


def test_what_a_busy_machine_kept_back_does_not_leave_all_at_once(world, write, running):
    world.clock, moments = SystemClock(), []
    world.rates = {"sms": 10}
    world.fake.watch(lambda _message: moments.append(time.monotonic()))
    for number in range(7):
        write(number, priority=Priority.BULK)

    async def scenario():
        async with running():
            while not moments:
                await asyncio.sleep(0.005)
            time.sleep(0.5)  # nothing runs meanwhile, and four slots pass
            while len(moments) < 7:
                await asyncio.sleep(0.005)

    asyncio.run(scenario())
    assert min(after - before for before, after in pairwise(moments)) > 0.03


def test_one_whose_slot_has_passed_goes_back_when_no_other_can_be_had(world, write, running, monkeypatch):
    world.clock, moments = SystemClock(), []
    world.rates = {"sms": 10}
    world.fake.watch(lambda _message: moments.append(time.monotonic()))
    monkeypatch.setattr(Rates, "take", lambda *_given: 1 / 0)
    for number in range(4):
        write(number, priority=Priority.BULK)

    async def scenario():
        async with running():
            while not moments:
                await asyncio.sleep(0.005)
            time.sleep(0.5)
            while len(moments) < 4:
                await asyncio.sleep(0.005)

    asyncio.run(scenario())
    assert min(after - before for before, after in pairwise(moments)) > 0.03


def test_what_leaves_is_counted_for_the_day(database, world, write, drain):
    write(1, "x" * 200)
    write(2)
    write(3, channel="whatsapp")
    world.fake.faults.extend([Fault.RATE_LIMITED, Fault.LOST_ANSWER])
    drain()
    with database.read() as session:
        day = spending.day_of(world.clock.now())
        assert spending.since(session, day) == [Used(day, "sms", 2, 3), Used(day, "whatsapp", 1, 1)]
