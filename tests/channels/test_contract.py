"""Twilio's own contract: what we ask and what the stand-in answers fit Twilio's OpenAPI description, says Prism."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.port import Accepted, Button, OutboundMessage, Refusal, Rejected, TemplateMessage
from bot.channels.simulator import FakeTwilio
from bot.channels.simulator_messages import SimulatedMessage
from bot.channels.templates import load_templates
from bot.channels.twilio_content import Contents
from bot.channels.twilio_http import HttpTransport
from bot.channels.twilio_outbound import TwilioChannel
from bot.settings import DIALOGUES
from bot.templating import TemplateBook
from services.core.clock import SystemClock
from tests.channels.prism import proxy
from tests.stand_in import on_a_port

DESCRIPTION = Path(__file__).parent.parent / "fixtures" / "twilio" / "openapi.yaml"
ACCOUNT, TOKEN = "AC" + "9c" * 16, "a-token-for-tests"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
SERVICE = "MG" + "7a" * 16
TEXT = OutboundMessage(
    channel="sms",
    address="+447700900241",
    sender="+447700900710",
    text="Café, 2pm – bring “slippers”. Reply YES & come 🙂",
    status_callback="https://text.example.org/webhooks/twilio/status?outbox=7",
    validity_s=3600,
)
ON_WHATSAPP = replace(TEXT, channel="whatsapp", validity_s=None)


class Witness(HttpTransport):
    """The way to Twilio through Prism, whose objections it keeps."""

    def __init__(self, address):
        super().__init__(ACCOUNT, TOKEN, address)
        self.asked, self.objections = [], []
        carry = self._client.request

        async def request(method, path, headers, body=None):
            answer = await carry(method, path, headers, body)
            self.asked.append((method, path.partition("?")[0]))
            if "prism" in str(answer.body.get("type", "")):
                self.objections.append(answer.body)
            return answer

        self._client.request = request


@pytest.fixture(scope="module")
def fake():
    return FakeTwilio(ACCOUNT, TOKEN, SystemClock().now)


@pytest.fixture(scope="module")
def address(fake, tmp_path_factory):
    """Where Prism answers for the stand-in."""
    log = tmp_path_factory.mktemp("prism") / "log"
    with on_a_port(fake) as upstream, proxy(DESCRIPTION, upstream, log) as address:
        yield address


@pytest.fixture
def through_prism(address):
    """Run something over a transport whose requests and answers Prism looks at; return its result and the witness."""

    def through_prism(work):
        async def run():
            witness = Witness(address)
            try:
                return await work(witness), witness
            finally:
                await witness.close()

        return asyncio.run(run())

    return through_prism


class Book:
    """Remembers no content."""

    async def find(self, name):
        return None

    async def keep(self, name, sid):
        self.kept = sid


def test_messages_are_created_listed_and_fetched_as_twilio_describes_it(fake, through_prism):
    async def work(witness):
        channel = TwilioChannel(witness, ACCOUNT, SERVICE)
        begun = SystemClock().now()
        results = [await channel.send(message) for message in (TEXT, replace(TEXT, sender=""), ON_WHATSAPP)]
        results += [await channel.send(replace(TEXT, text=str(number))) for number in range(100)]
        listed = await channel.list_messages("sms", TEXT.address, begun.replace(microsecond=0))
        fetched = await witness.get(f"{MESSAGES}/{results[0].provider_id}.json", [])
        return results, listed, fetched

    (results, listed, fetched), witness = through_prism(work)
    assert witness.objections == []
    assert {type(result) for result in results} == {Accepted}
    assert len(listed) == 102
    assert fetched.body["body"] == TEXT.text
    assert set(witness.asked) == {
        ("POST", MESSAGES + ".json"),
        ("GET", MESSAGES + ".json"),
        ("GET", fetched.body["uri"]),
    }


def test_menus_go_with_contents_as_twilio_describes_them(fake, through_prism):
    async def work(witness):
        channel = TwilioChannel(witness, ACCOUNT, contents=Contents(witness, Book()))
        two = tuple(Button(f"p{number}", f"Choice {number}") for number in (1, 2))
        many = tuple(Button(f"p{number}", f"Choice {number}") for number in range(1, 7))
        lines = "\n".join(f"{number} Choice {number}" for number in range(1, 7))
        quick = replace(ON_WHATSAPP, text="Shall I book it?\n1 Choice 1\n2 Choice 2", buttons=two)
        listed = replace(ON_WHATSAPP, text=f"Which?\n{lines}", buttons=many, choose="Choose")
        return [await channel.send(quick), await channel.send(listed)]

    results, witness = through_prism(work)
    assert witness.objections == []
    assert [type(result) for result in results] == [Accepted, Accepted]
    assert [one.shown is not None for one in fake.messages[-2:]] == [True, True]
    assert witness.asked == [("POST", "/v1/Content"), ("POST", MESSAGES + ".json")] * 2


def test_templates_are_pushed_asked_after_and_sent_as_twilio_describes_them(sqlite_database, through_prism):
    templates = load_templates(DIALOGUES / "templates.yml")[:3]

    async def work(witness):
        book = TemplateBook(witness, sqlite_database, SystemClock(), ACCOUNT, templates)
        await book.push()
        standings = await book.status()
        (content, *_) = (await witness.get("/v1/Content", [("PageSize", "500")])).body["contents"]
        approved = TemplateMessage(content["sid"], "{}")
        await TwilioChannel(witness, ACCOUNT).send(replace(ON_WHATSAPP, template=approved))
        return standings

    standings, witness = through_prism(work)
    assert witness.objections == []
    assert [one.status for one in standings] == ["approved"] * 3


def test_what_twilio_refuses_is_no_breach_of_the_contract(fake, through_prism):
    fake.opted_out.add("+447700900242")
    result, witness = through_prism(
        lambda way: TwilioChannel(way, ACCOUNT).send(replace(TEXT, address="+447700900242"))
    )
    assert witness.objections == []
    assert result == Rejected("21610", Refusal.CONSENT)


def test_prism_would_tell_of_a_request_that_breaks_the_contract(fake, through_prism):
    before = len(fake.messages)
    form = [("To", TEXT.address), ("From", TEXT.sender), ("Body", "hi"), ("ValidityPeriod", "an hour")]
    answer, witness = through_prism(lambda way: way.post(MESSAGES + ".json", form))
    assert answer.status == 422
    assert [one["title"] for one in witness.objections] == ["Invalid request"]
    assert len(fake.messages) == before


def test_prism_would_tell_of_an_answer_that_breaks_the_contract(fake, through_prism, monkeypatch):
    whole = SimulatedMessage.resource
    monkeypatch.setattr(SimulatedMessage, "resource", lambda self, account: whole(self, account) | {"status": "flying"})
    _, witness = through_prism(lambda way: TwilioChannel(way, ACCOUNT).send(TEXT))
    ((objection,),) = [one["validation"] for one in witness.objections]
    assert objection["location"] == ["response", "body", "status"]
