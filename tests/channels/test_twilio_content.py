"""Menus go with a content that is created once; whatever goes wrong with it, the text goes."""

import asyncio
import json

import pytest
from structlog.testing import capture_logs

from bot.channels.content_book import StoredContentBook
from bot.channels.http import Answer
from bot.channels.port import Accepted, Button, OutboundMessage, Refusal, Rejected, Unknown
from bot.channels.simulator import Fault
from bot.channels.twilio_content import Contents
from bot.channels.twilio_outbound import TwilioChannel

TEXT = "Shall we book 1 place?\nReply YES to book, or NO."
BUTTONS = (Button("tap:1:yes", "Yes"), Button("tap:1:no", "No"))


def message(text=TEXT, buttons=BUTTONS, channel="whatsapp"):
    return OutboundMessage(
        channel, "+447700900241", "+447700900710", text, "https://text.example.org/s?outbox=7", buttons, "Choose"
    )


class Faulty:
    """A way to the Content API that goes wrong as told; everything else is the stand-in's."""

    def __init__(self, local, answer=None):
        self.local, self.answer, self.posts, self.answers = local, answer, 0, asyncio.Event()
        self.answers.set()

    async def post_json(self, path, body):
        self.posts += 1
        await self.answers.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer or await self.local.post_json(path, body)

    async def close(self):
        return None


@pytest.fixture
def make_channel(chosen_database, clock, fake, local):
    """Make a channel whose contents are kept in the database."""

    def make(contents=None, **timing):
        book = StoredContentBook(chosen_database, clock, fake.account_sid)
        return TwilioChannel(local, fake.account_sid, contents=Contents(contents or local, book, **timing))

    return make


def send_all(channel, *messages):
    async def call():
        results = [await channel.send(one) for one in messages]
        await channel.close()
        return results

    return asyncio.run(call())


def test_a_menu_is_sent_with_a_content_and_shows_the_same_words(database, fake, make_channel):
    assert send_all(make_channel(), message()) == [Accepted(fake.messages[0].sid)]
    (taken,) = fake.messages
    assert taken.body == TEXT
    assert [(item.payload, item.title) for item in taken.shown.items] == [("tap:1:yes", "Yes"), ("tap:1:no", "No")]


def test_a_shape_is_created_once_for_all_words_and_processes(database, fake, make_channel):
    send_all(make_channel(), message(), message("Shall we cancel?\nReply YES or NO."))
    send_all(make_channel(), message("And now?\nYes or no."))
    assert len(fake.contents.contents) == 1
    assert all(taken.shown for taken in fake.messages)


def test_many_at_once_create_one_content(fake, make_channel):
    async def call():
        channel = make_channel()
        await asyncio.gather(*(channel.send(message()) for _ in range(10)))
        await channel.close()

    asyncio.run(call())
    assert len(fake.contents.contents) == 1
    assert len(fake.messages) == 10


def test_text_messages_and_messages_without_buttons_need_no_content(fake, make_channel):
    send_all(make_channel(), message(channel="sms"), message(buttons=()))
    assert fake.contents.contents == {}
    assert [taken.shown for taken in fake.messages] == [None, None]


@pytest.mark.parametrize("answer", [Answer(500, {}), Answer(400, {"code": 20001}), Answer(201, {}), OSError("broken")])
def test_when_a_content_cannot_be_created_the_text_goes_and_no_reply_waits_for_it_again(
    fake, local, make_channel, answer
):
    faulty = Faulty(local, answer)
    results = send_all(make_channel(faulty), message(), message())
    assert [type(result) for result in results] == [Accepted, Accepted]
    assert [(taken.body, taken.shown) for taken in fake.messages] == [(TEXT, None), (TEXT, None)]
    assert faulty.posts == 1


def test_a_slow_content_is_not_waited_for_but_serves_the_next(fake, local, make_channel):
    async def call():
        slow = Faulty(local)
        slow.answers.clear()
        channel = make_channel(slow, patience_s=0.01)
        await channel.send(message())
        slow.answers.set()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
        await channel.send(message())
        await channel.close()

    asyncio.run(call())
    assert [bool(taken.shown) for taken in fake.messages] == [False, True]
    assert len(fake.contents.contents) == 1


def test_a_content_that_twilio_has_no_more_is_forgotten_and_made_anew(fake, make_channel):
    send_all(make_channel(), message())
    fake.contents.contents.clear()
    channel = make_channel(pause_s=0)
    send_all(channel, message(), message())
    assert [(taken.body, bool(taken.shown)) for taken in fake.messages] == [(TEXT, True), (TEXT, False), (TEXT, True)]


def test_a_content_that_cannot_be_forgotten_does_not_keep_the_text_from_going(fake, make_channel, monkeypatch):
    async def fail(book, name):
        raise OSError("the database is gone")

    send_all(make_channel(), message())
    fake.contents.contents.clear()
    monkeypatch.setattr(StoredContentBook, "forget", fail)
    send_all(make_channel(), message())
    assert [(taken.body, bool(taken.shown)) for taken in fake.messages] == [(TEXT, True), (TEXT, False)]


def test_what_says_nothing_about_the_content_is_not_sent_again_as_text(fake, make_channel):
    fake.opted_out.add("whatsapp:+447700900241")
    assert send_all(make_channel(), message()) == [Rejected("21610", Refusal.CONSENT)]
    fake.opted_out.clear()
    channel = make_channel()
    send_all(channel, message())
    fake.faults.append(Fault.LOST_ANSWER)
    assert isinstance(send_all(channel, message())[0], Unknown)
    assert len(fake.messages) == 2


def test_logs_show_no_words(fake, local, make_channel):
    with capture_logs() as logs:
        send_all(make_channel(Faulty(local, Answer(500, {}))), message("Grace, shall we?"))
    assert logs
    assert "Grace" not in json.dumps(logs, default=str)
