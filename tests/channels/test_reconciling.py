"""What a crash or a silence left is found and settled: nothing lost, and nothing sent twice but safety replies."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bot.channels.simulator import Fault
from bot.channels.twilio_outbound import TwilioChannel
from bot.judging import Pace
from bot.outbound import Sender
from bot.preparing import Preparer
from bot.reconciling import Patience, Reconciler
from services.people import flags, outbox
from services.people.tables import OutboxMessage, Priority
from services.people.verdicts import Send

SETTLE = timedelta(seconds=15)


@pytest.fixture
def start(chosen_database, clock, fake, local):
    """Begin as a process does: a sender that is not running yet, and what settles its past."""

    def start(patience=None):
        channel = TwilioChannel(local, fake.account_sid)
        channels = {"sms": channel, "whatsapp": channel}
        preparer = Preparer(
            lambda session, row, now: Send(),
            lambda session, row: SimpleNamespace(text="rendered anew"),
            public_base_url="https://text.example.org",
            senders={"sms": "+447700900000", "whatsapp": "+447700900000"},
        )
        sender = Sender(chosen_database, clock, channels, preparer, Pace(tries=1, poll=60, put_back=30))
        return sender, Reconciler(chosen_database, clock, channels, sender, patience)

    return start


@pytest.fixture
def recover(start):
    """Start a process after a crash, let it settle and send what it can, and end it."""

    def recover(patience=None):
        async def call():
            sender, reconciler = start(patience)
            found = await reconciler.recover()
            await sender.drain()
            return found

        return asyncio.run(call())

    return recover


@pytest.fixture
def write(chosen_database, clock, make_identity):
    identities = {}

    def write(text="hello", priority=Priority.REPLY, to=0, channel="sms", **given):
        if (to, channel) not in identities:
            identities[to, channel] = make_identity(f"+4477009003{to:02}", channel).id
        values = {"kind": "reply", "parameters": {"text": text}, "due_at": clock.now()} | given
        return chosen_database.write(
            lambda session: outbox.enqueue(
                session, identity_id=identities[to, channel], priority=priority, now=clock.now(), **values
            )
        )

    return write


@pytest.fixture
def take(fake, local):
    """Have the stand-in take a message that no process of ours knows of."""

    def take(body, to=0):
        form = [("To", f"+4477009003{to:02}"), ("From", "+447700900000"), ("Body", body)]
        answer = asyncio.run(local.post(f"/2010-04-01/Accounts/{fake.account_sid}/Messages.json", form))
        assert answer.status == 201

    return take


@pytest.fixture
def crash(chosen_database, clock, take, write):
    """Write a message and die: before the post, or after it and before its outcome was written."""

    def crash(text="hello", *, posted, to=0, **given):
        row_id = write(text, to=to, **given)
        rows = chosen_database.write(lambda session: outbox.claim(session, clock.now()))
        assert [row.id for row in rows] == [row_id]
        if posted:
            take(text.replace("’", "'"), to)
        return row_id

    return crash


@pytest.fixture
def message(chosen_database):
    def message(row_id):
        with chosen_database.read() as session:
            return session.exec(select(OutboxMessage).where(OutboxMessage.id == row_id)).one()

    return message


def bodies(fake):
    return [taken.body for taken in fake.messages]


def test_a_reply_that_was_never_posted_is_sent_once_twilio_shows_none(database, clock, fake, crash, recover, message):
    row = crash(posted=False)
    clock.advance(timedelta(minutes=2))
    recover()
    assert (message(row).status, message(row).attempts) == ("sent", 2)
    assert bodies(fake) == ["hello"]


def test_a_reply_that_was_posted_is_not_posted_again(database, clock, fake, crash, recover, message):
    row = crash(posted=True)
    clock.advance(timedelta(minutes=2))
    recover()
    assert (message(row).status, message(row).provider_id) == ("sent", fake.messages[0].sid)
    assert bodies(fake) == ["hello"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_is_judged_before_twilio_can_show_it(database, clock, fake, crash, recover, message):
    row = crash(posted=False)
    assert recover() == 1
    assert (message(row).status, bodies(fake)) == ("unknown", [])
    clock.advance(SETTLE)
    recover()
    assert (message(row).status, bodies(fake)) == ("sent", ["hello"])


def test_a_safety_reply_is_posted_again_without_asking(database, clock, fake, crash, recover, message):
    row = crash("Phone 999 now.", posted=True, priority=Priority.SAFETY, kind="safety")
    clock.advance(timedelta(minutes=2))
    recover()
    assert message(row).status == "sent"
    assert bodies(fake) == ["Phone 999 now."] * 2


@pytest.mark.parametrize("posted", [True, False])
def test_a_bulk_message_is_never_posted_again(clock, fake, crash, recover, message, posted):
    row = crash(posted=posted, priority=Priority.BULK, kind="bulk")
    clock.advance(timedelta(days=1))
    recover()
    assert message(row).status == "unknown"
    assert len(fake.messages) == posted


@pytest.mark.parametrize("posted", [True, False])
def test_a_reminder_is_matched_though_its_words_are_not_known(clock, fake, crash, recover, message, posted):
    row = crash("rendered anew", posted=posted, kind="reminder", parameters={}, priority=Priority.REMINDER)
    clock.advance(timedelta(minutes=2))
    recover()
    assert message(row).status == "sent"
    assert bodies(fake) == ["rendered anew"]


def test_two_messages_with_the_same_words_need_two_on_the_list(clock, fake, crash, recover, message):
    first, second = crash(posted=True), crash(posted=False, to=0, priority=Priority.SAFETY, kind="reply")
    third = crash(posted=False, to=1)
    clock.advance(timedelta(minutes=2))
    recover()
    assert {message(row).status for row in (first, second, third)} == {"sent"}
    assert len(fake.messages) == 3


def test_what_is_known_of_another_message_is_not_taken_for_this_one(clock, fake, crash, write, recover, message):
    known = write()
    recover()
    row = crash(posted=False)
    clock.advance(timedelta(minutes=2))
    recover()
    assert message(known).provider_id != message(row).provider_id
    assert bodies(fake) == ["hello", "hello"]


def test_words_with_something_before_them_are_still_the_words(clock, fake, crash, recover, message):
    row = crash(posted=True)
    fake.messages[0].body = "Sent from your Twilio trial account - hello"
    clock.advance(timedelta(minutes=2))
    recover()
    assert (message(row).status, len(fake.messages)) == ("sent", 1)


def test_folded_typography_is_still_the_words(clock, fake, crash, recover, message):
    row = crash("We’ve held it", posted=True)
    clock.advance(timedelta(minutes=2))
    recover()
    assert (message(row).status, bodies(fake)) == ("sent", ["We've held it"])


def test_an_old_message_with_the_same_words_is_not_this_one(clock, fake, crash, take, recover, message):
    take("hello")
    clock.advance(timedelta(minutes=10))
    row = crash(posted=False)
    clock.advance(timedelta(minutes=2))
    recover()
    assert (message(row).status, bodies(fake)) == ("sent", ["hello", "hello"])


@pytest.mark.parametrize("fault", [Fault.DROPPED, Fault.SERVER_ERROR, Fault.REFUSED])
def test_while_twilio_cannot_be_asked_nothing_is_decided(clock, fake, crash, recover, message, fault):
    row = crash(posted=True)
    clock.advance(timedelta(minutes=2))
    fake.faults.append(fault)
    recover()
    assert message(row).status == "unknown"
    recover()
    assert (message(row).status, len(fake.messages)) == ("sent", 1)


def test_a_message_on_whatsapp_may_have_gone_as_sms(clock, fake, take, crash, recover, message):
    row = crash(posted=False, channel="whatsapp")
    take("hello")
    clock.advance(timedelta(minutes=2))
    recover()
    assert (message(row).status, len(fake.messages)) == ("sent", 1)


def test_a_reply_that_is_lost_again_and_again_is_given_up(clock, fake, crash, recover, message):
    row = crash(posted=False)
    _lose_every_post(fake)
    for _ in range(5):
        clock.advance(timedelta(minutes=2))
        recover(Patience(attempts=3))
    assert (message(row).status, message(row).reason) == ("failed", "not_listed")
    assert fake.messages == []


def _lose_every_post(fake):
    """Lists are answered, and posts break off untaken."""
    answer = fake.request

    async def request(method, *asked):
        if method == "POST":
            fake.faults.append(Fault.DROPPED)
        return await answer(method, *asked)

    fake.request = request


def test_a_safety_reply_given_up_is_an_emergency_for_staff(chosen_database, clock, fake, crash, recover, message):
    row = crash("Phone 999 now.", posted=False, priority=Priority.SAFETY, kind="safety")
    clock.advance(timedelta(minutes=2))
    recover(Patience(safety_attempts=1))
    assert message(row).status == "failed"
    with chosen_database.read() as session:
        assert [flag.severity for flag in flags.open_flags(session)] == [0]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_safety_reply_is_posted_again_at_once_where_no_other_process_can_be_sending_it(
    database, fake, crash, recover
):
    crash("Phone 999 now.", posted=False, priority=Priority.SAFETY, kind="safety")
    recover()
    assert bodies(fake) == ["Phone 999 now."]


def test_a_message_that_this_process_is_sending_is_left_alone(clock, fake, write, start, message):
    row = write()
    answer = fake.request

    async def call():
        asked, may_answer = asyncio.Event(), asyncio.Event()

        async def request(*arguments):
            asked.set()
            await may_answer.wait()
            return await answer(*arguments)

        fake.request = request
        sender, reconciler = start()
        await sender.start()
        await asked.wait()
        clock.advance(timedelta(minutes=30))
        assert await reconciler.reconcile() == 0
        may_answer.set()
        await sender.stop()

    asyncio.run(call())
    assert (message(row).status, len(fake.messages)) == ("sent", 1)


def test_a_young_message_of_another_process_is_left_alone(postgres_database, clock, fake, crash, recover, message):
    row = crash(posted=False)
    clock.advance(timedelta(seconds=30))
    assert recover() == 0
    assert message(row).status == "sending"
    clock.advance(timedelta(seconds=70))
    assert recover() == 1


def test_a_tick_from_another_thread_settles_and_sends(clock, fake, crash, write, start, message):
    lost = crash(posted=False)
    clock.advance(timedelta(minutes=2))

    async def call():
        sender, reconciler = start()
        assert reconciler.tick(clock.now()) == {}
        await reconciler.recover()
        await sender.drain()
        write("another", to=1)
        return await asyncio.to_thread(reconciler.tick, clock.now())

    assert asyncio.run(call()) == {"messages_settled": 0, "messages_claimed": 1}
    assert message(lost).status == "sent"
    assert sorted(bodies(fake)) == ["another", "hello"]
