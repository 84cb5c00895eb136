"""Text messages by GOV.UK Notify: every answer is read for what it means, and nothing unknown is posted blindly."""

import asyncio
import socket
from datetime import UTC, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlmodel import select
from starlette.testclient import TestClient

from bot import webhook
from bot.channels.govuk_notify import GovukNotifyChannel
from bot.channels.paths import RECEIPTS_PATH
from bot.channels.port import (
    Accepted,
    ChannelUnreachable,
    OutboundMessage,
    RateLimited,
    Refusal,
    Rejected,
    Unknown,
    Unreached,
)
from bot.judging import Pace
from bot.outbound import Sender
from bot.preparing import Preparer
from bot.reconciling import Reconciler
from services.people import flags, outbox
from services.people.tables import OutboxMessage, Priority
from services.people.verdicts import Send
from tests.channels.notify_stand_in import DAY, KEY, RATE, SERVICE, TEMPLATE, FakeNotify
from tests.stand_in import app_on_a_port

NUMBER = "+447700900241"
TOKEN = "what-notify-shows-us"


@pytest.fixture
def notify(clock):
    return FakeNotify(clock.now)


@pytest.fixture
def address(notify):
    with app_on_a_port(notify.app) as address:
        yield address


@pytest.fixture
def use(address):
    """Call one method of a channel in an event loop of its own."""

    def use(method, *arguments, key=KEY, template=TEMPLATE, at=None):
        async def call():
            channel = GovukNotifyChannel(key, template, at or address, timeout_s=2)
            try:
                return await getattr(channel, method)(*arguments)
            finally:
                await channel.close()

        return asyncio.run(call())

    return use


def message(text="Your place is held until 5pm.", to=NUMBER, reference="7"):
    return OutboundMessage("sms", to, "+447700900710", text, status_callback="", reference=reference)


def test_a_message_is_taken_as_it_was_meant(notify, use):
    result = use("send", message("Tai chi, £0, 'Room 2'"))
    (taken,) = notify.messages
    assert result == Accepted(taken.id)
    assert (taken.phone_number, taken.body, taken.reference) == (NUMBER, "Tai chi, £0, 'Room 2'", "7")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"to": "+442079460000"}, Rejected("notify_phone_number", Refusal.PERMANENT)),
        ({"to": "not a number"}, Rejected("notify_phone_number", Refusal.PERMANENT)),
        ({"to": "+33123456789"}, Rejected("notify_international", Refusal.PERMANENT)),
        ({"text": "x" * 919}, Rejected("notify_too_long", Refusal.CONTENT)),
    ],
)
def test_what_notify_does_not_take_is_told_apart(notify, use, given, expected):
    assert use("send", message(**given)) == expected
    assert notify.messages == []


def test_what_is_set_up_wrongly_is_for_staff(use):
    assert use("send", message(), template=str(uuid4())) == Rejected("notify_http_400", Refusal.CONFIGURATION)
    wrong = f"a-key-{SERVICE}-{uuid4()}"
    assert use("send", message(), key=wrong) == Rejected("notify_http_403", Refusal.CONFIGURATION)


@pytest.mark.parametrize(
    ("fault", "expected", "taken"),
    [
        (RATE, RateLimited(1.0), 0),
        (DAY, RateLimited(900.0), 0),
        ("500", Unknown("http_500"), 0),
        ("taken, then 500", Unknown("http_500"), 1),
        ("dropped", Unknown("ClientPayloadError"), 0),
        ("taken, then dropped", Unknown("ClientPayloadError"), 1),
    ],
)
def test_what_goes_wrong_is_read_for_what_it_may_mean(notify, use, fault, expected, taken):
    notify.faults.append(fault)
    assert use("send", message()) == expected
    assert len(notify.messages) == taken


def test_nothing_left_when_nobody_was_reached(use):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    nobody = f"http://127.0.0.1:{port}"
    assert use("send", message(), at=nobody) == Unreached("ClientConnectorError")
    with pytest.raises(ChannelUnreachable):
        use("list_messages", "sms", NUMBER, None, ["7"], at=nobody)


def test_messages_are_listed_by_reference_and_not_from_before(notify, clock, use):
    use("send", message("yesterday's"))
    clock.advance(timedelta(days=1))
    use("send", message("today's"))
    use("send", message("another's", reference="8"))
    (listed,) = use("list_messages", "sms", NUMBER, clock.now() - timedelta(minutes=1), ["7"])
    assert (listed.provider_id, listed.text, listed.reference) == (notify.messages[1].id, "today's", "7")
    assert listed.created_at == clock.now().astimezone(UTC)


def test_a_refused_key_is_no_empty_list(clock, use):
    with pytest.raises(ChannelUnreachable, match="403"):
        use("list_messages", "sms", NUMBER, clock.now(), ["7"], key=f"a-key-{SERVICE}-{uuid4()}")


@pytest.fixture
def run(chosen_database, clock, address):
    """Settle what was left and send what is due, as one process does between its start and its end."""

    def run(pace=None):
        async def call():
            channels = {"sms": GovukNotifyChannel(KEY, TEMPLATE, address, timeout_s=2)}
            preparer = Preparer(
                lambda session, row, now: Send(),
                lambda session, row: SimpleNamespace(text="rendered anew"),
                public_base_url="https://text.example.org",
                senders={"sms": "GOV.UK Notify"},
            )
            pace_ = pace or Pace(tries=1, poll=60, put_back=30)
            sender = Sender(chosen_database, clock, channels, preparer, pace_)
            await Reconciler(chosen_database, clock, channels, sender).recover()
            await sender.drain()
            await sender.stop()

        asyncio.run(call())

    return run


@pytest.fixture
def write(chosen_database, clock, make_identity):
    """Put a message to the same person into the outbox and return its id."""
    identity = make_identity(NUMBER).id

    def write(text="hello", priority=Priority.REPLY):
        return chosen_database.write(
            lambda session: outbox.enqueue(
                session,
                identity_id=identity,
                priority=priority,
                now=clock.now(),
                due_at=clock.now(),
                kind="reply",
                parameters={"text": text},
            )
        )

    return write


@pytest.fixture
def stored(chosen_database):
    def stored(row_id):
        with chosen_database.read() as session:
            return session.exec(select(OutboxMessage).where(OutboxMessage.id == row_id)).one()

    return stored


def test_a_number_that_cannot_be_texted_is_given_up(database, notify, make_identity, clock, run, stored):
    landline = make_identity("+442079460000").id
    values = {"identity_id": landline, "kind": "reply", "parameters": {"text": "hi"}, "priority": Priority.REPLY}
    row = database.write(lambda session: outbox.enqueue(session, due_at=clock.now(), now=clock.now(), **values))
    run()
    assert (stored(row).status, stored(row).reason) == ("failed", "notify_phone_number")
    assert notify.messages == []


def test_a_message_refused_for_haste_goes_a_moment_later(database, notify, write, run, stored):
    row = write()
    notify.faults.extend([RATE, RATE])
    run(Pace(tries=3, backoff=0.01, poll=60))
    assert stored(row).status == "sent"
    assert [taken.body for taken in notify.messages] == ["hello"]


def test_the_limit_of_a_day_puts_a_message_back(database, notify, clock, write, run, stored):
    row = write()
    notify.faults.append(DAY)
    run()
    assert (stored(row).status, stored(row).reason) == ("queued", "rate_limited")
    assert stored(row).due_at == clock.now() + timedelta(minutes=15)


@pytest.mark.parametrize("fault", ["taken, then 500", "taken, then dropped"])
def test_a_message_of_unknown_fate_is_found_by_its_reference(database, notify, clock, write, run, stored, fault):
    row = write()
    notify.faults.append(fault)
    run()
    assert stored(row).status == "unknown"
    clock.advance(timedelta(minutes=2))
    run()
    assert (stored(row).status, stored(row).provider_id) == ("sent", notify.messages[0].id)
    assert len(notify.messages) == 1


def test_a_message_that_notify_never_had_is_posted_again(database, notify, clock, write, run, stored):
    row = write()
    notify.faults.append("500")
    run()
    clock.advance(timedelta(minutes=2))
    run()
    assert (stored(row).status, stored(row).attempts) == ("sent", 2)
    assert len(notify.messages) == 1


def test_of_two_with_the_same_words_only_the_one_that_is_missing_goes_again(
    database, notify, clock, write, run, stored
):
    first, second = write("same words"), write("same words")
    notify.faults.extend(["dropped", "taken, then dropped"])
    run()
    clock.advance(timedelta(minutes=2))
    run()
    assert [stored(row).status for row in (first, second)] == ["sent", "sent"]
    assert sorted(taken.reference for taken in notify.messages) == sorted([str(first), str(second)])


def test_while_notify_cannot_be_asked_nothing_is_posted_again(database, notify, clock, write, run, stored, monkeypatch):
    row = write()
    notify.faults.append("taken, then dropped")
    run()
    clock.advance(timedelta(minutes=2))
    with monkeypatch.context() as patched:
        patched.setattr("tests.channels.notify_stand_in.SERVICE", str(uuid4()))
        run()
    assert stored(row).status == "unknown"
    assert len(notify.messages) == 1


@pytest.fixture
def receive(service):
    """Post a delivery receipt to the application."""
    service.settings.govuk_notify_callback_token = SecretStr(TOKEN)
    app = FastAPI()
    app.add_route(RECEIPTS_PATH, webhook.receive_receipt, methods=["POST"])
    app.state.service = service

    def receive(receipt, token=TOKEN, **options):
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        with TestClient(app) as client:
            return client.post(RECEIPTS_PATH, headers=headers, **({"json": receipt} | options))

    return receive


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("delivered", ("delivered", "")),
        ("permanent-failure", ("failed", "notify_permanent_failure")),
        ("sending", ("sent", "")),
    ],
)
def test_a_receipt_moves_its_message(database, notify, write, run, stored, receive, status, expected):
    row = write()
    run()
    assert receive(notify.messages[0].receipt(status)).status_code == 200
    assert (stored(row).status, stored(row).reason) == expected


def test_staff_hear_of_a_number_that_is_no_more(database, notify, write, run, receive):
    write()
    run()
    receive(notify.messages[0].receipt("permanent-failure"))
    with database.read() as session:
        assert [(flag.category, flag.rule) for flag in flags.open_flags(session)] == [
            ("unreachable", "notify_permanent_failure")
        ]


@pytest.mark.parametrize("status", ["temporary-failure", "technical-failure"])
def test_a_passing_failure_is_tried_again(database, notify, clock, write, run, stored, receive, status):
    row = write()
    run()
    receive(notify.messages[0].receipt(status))
    assert stored(row).status == "queued"
    clock.advance(timedelta(minutes=2))
    run()
    assert (stored(row).status, stored(row).provider_id) == ("sent", notify.messages[1].id)


def test_a_receipt_settles_a_bulk_message_of_unknown_fate(database, notify, write, run, stored, receive):
    row = write(priority=Priority.BULK)
    notify.faults.append("taken, then dropped")
    run()
    assert stored(row).status == "unknown"
    receive(notify.messages[0].receipt("delivered"))
    assert (stored(row).status, stored(row).provider_id) == ("delivered", notify.messages[0].id)


@pytest.mark.parametrize("token", [None, "", "another", TOKEN + "x"])
def test_a_receipt_without_the_token_has_no_effect(database, notify, write, run, stored, receive, token):
    row = write()
    run()
    assert receive(notify.messages[0].receipt("delivered"), token).status_code == 403
    assert stored(row).status == "sent"


def test_without_a_token_of_ours_nobody_may_report(service, receive):
    service.settings.govuk_notify_callback_token = SecretStr("")
    assert receive({}, token="").status_code == 403


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 400), (b"[]", 400), (b"[" * 60_000, 400), (b"{}", 200), (b"x" * 70_000, 413)]
)
def test_what_is_no_receipt_is_refused_or_passed_over(receive, content, status):
    assert receive(None, json=None, content=content).status_code == status
