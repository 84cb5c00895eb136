"""Messages leave in Twilio's form, and every answer, fault and silence is read for what it means."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.http import Answer
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
from bot.channels.simulator import Fault
from bot.channels.twilio_codes import REFUSALS, refusal_of
from bot.channels.twilio_http import HttpTransport
from bot.channels.twilio_outbound import TwilioChannel, address_of

TOKEN = "a-token-for-tests"
SERVICE = "MG" + "7a" * 16
MESSAGE = OutboundMessage(
    channel="sms",
    address="+447700900241",
    sender="+447700900710",
    text="Your place is held until 5pm.",
    status_callback="https://text.example.org/webhooks/twilio/status?outbox=7",
)


@pytest.fixture(params=["in process", "over HTTP"])
def transport(request, fake):
    """Both ways to the stand-in."""
    if request.param == "in process":
        return lambda: request.getfixturevalue("local")
    served = request.getfixturevalue("served")
    return lambda: HttpTransport(fake.account_sid, TOKEN, served, timeout_s=2)


@pytest.fixture
def use(fake, transport):
    """Call one method of a channel in an event loop of its own."""

    def use(method, *arguments, service=""):
        async def call():
            channel = TwilioChannel(transport(), fake.account_sid, service)
            try:
                return await getattr(channel, method)(*arguments)
            finally:
                await channel.close()

        return asyncio.run(call())

    return use


def test_a_message_is_taken_as_it_was_meant(fake, use):
    result = use("send", replace(MESSAGE, validity_s=90))
    (taken,) = fake.messages
    assert result == Accepted(taken.sid)
    assert (taken.to, taken.sender, taken.body) == (MESSAGE.address, MESSAGE.sender, MESSAGE.text)
    assert taken.status_callback == MESSAGE.status_callback


@pytest.mark.parametrize("sender", ["+447700900710", "whatsapp:+447700900710"])
def test_whatsapp_has_its_prefix_on_both_ends_once(fake, use, sender):
    use("send", replace(MESSAGE, channel="whatsapp", address="GB.7130284655190327", sender=sender))
    assert (fake.messages[0].to, fake.messages[0].sender) == (
        "whatsapp:GB.7130284655190327",
        "whatsapp:+447700900710",
    )


def test_a_messaging_service_sends_where_no_number_of_ours_is_known(fake, use):
    use("send", replace(MESSAGE, sender=""), service=SERVICE)
    use("send", replace(MESSAGE, sender=SERVICE), service=SERVICE)
    use("send", MESSAGE, service=SERVICE)
    by_service, by_number = ("", SERVICE), (MESSAGE.sender, "")
    assert [(taken.sender, taken.service_sid) for taken in fake.messages] == [by_service, by_service, by_number]


def test_nothing_is_posted_without_any_sender(fake, use):
    assert use("send", replace(MESSAGE, sender="")) == Rejected("no_sender", Refusal.CONFIGURATION)
    assert fake.messages == []


@pytest.mark.parametrize(
    ("fault", "result", "taken"),
    [
        (Fault.RATE_LIMITED, RateLimited(1.0), 0),
        (Fault.SERVER_ERROR, Unknown("http_503"), 0),
        (Fault.TAKEN_SERVER_ERROR, Unknown("http_503"), 1),
    ],
)
def test_faults_that_answer(fake, use, fault, result, taken):
    fake.faults.append(fault)
    assert use("send", MESSAGE) == result
    assert len(fake.messages) == taken


@pytest.mark.parametrize(("fault", "taken"), [(Fault.DROPPED, 0), (Fault.LOST_ANSWER, 1)])
def test_a_broken_connection_leaves_it_unknown_and_is_not_repeated(fake, use, fault, taken):
    fake.faults.append(fault)
    assert isinstance(use("send", MESSAGE), Unknown)
    assert len(fake.messages) == taken
    assert not fake.faults


def test_an_answer_that_takes_too_long_leaves_it_unknown(fake, served):
    fake.delay_s = 0.5

    async def call():
        channel = TwilioChannel(HttpTransport(fake.account_sid, TOKEN, served, timeout_s=0.1), fake.account_sid)
        result = await channel.send(MESSAGE)
        await channel.close()
        return result

    assert isinstance(asyncio.run(call()), Unknown)


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_a_connection_that_was_never_made_is_not_unknown(clock, fake, host):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    async def call():
        transport = HttpTransport(fake.account_sid, TOKEN, f"http://{host}:{port}", timeout_s=5)
        channel = TwilioChannel(transport, fake.account_sid)
        result = await channel.send(MESSAGE)
        with pytest.raises(ChannelUnreachable):
            await channel.list_messages("sms", MESSAGE.address, clock.now())
        await channel.close()
        return result

    assert isinstance(asyncio.run(call()), Unreached)


@pytest.mark.parametrize(
    ("change", "code", "refusal"),
    [
        ({"address": "+44"}, "21211", Refusal.PERMANENT),
        ({"text": "x" * 1601}, "21617", Refusal.CONTENT),
        ({"text": " "}, "21602", Refusal.CONTENT),
        ({"status_callback": "nowhere"}, "21609", Refusal.PERMANENT),
    ],
)
def test_what_twilio_refuses_is_told_by_its_code(fake, use, change, code, refusal):
    assert use("send", replace(MESSAGE, **change)) == Rejected(code, refusal)
    assert fake.messages == []


def test_an_opted_out_number_is_a_matter_of_consent(fake, use):
    fake.opted_out.add(MESSAGE.address)
    assert use("send", MESSAGE) == Rejected("21610", Refusal.CONSENT)


def test_wrong_credentials_are_a_matter_of_configuration(fake, served):
    async def call():
        channel = TwilioChannel(HttpTransport(fake.account_sid, "wrong", served), fake.account_sid)
        result = await channel.send(MESSAGE)
        await channel.close()
        return result

    assert asyncio.run(call()) == Rejected("20003", Refusal.CONFIGURATION)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (Answer(201, {"sid": "SM1"}), Accepted("SM1")),
        (Answer(201, {}), Unknown("unreadable_answer")),
        (Answer(500, {}), Unknown("http_500")),
        (Answer(504, {"code": 30410}), Unknown("http_504")),
        (Answer(408, {}), Unknown("http_408")),
        (Answer(429, {}, 7.0), RateLimited(7.0)),
        (Answer(400, {"code": 20429}), RateLimited(1.0)),
        (Answer(400, {"code": 63024}), Rejected("63024", Refusal.NOT_WHATSAPP)),
        (Answer(400, {"code": 63016}), Rejected("63016", Refusal.WINDOW)),
        (Answer(400, {"code": 30001}), Rejected("30001", Refusal.TEMPORARY)),
        (Answer(400, {"code": 12345}), Rejected("12345", Refusal.PERMANENT)),
        (Answer(301, {}), Rejected("http_301", Refusal.CONFIGURATION)),
        (Answer(404, {}), Rejected("http_404", Refusal.CONFIGURATION)),
    ],
)
def test_every_answer_means_one_thing(answer, result):
    class Canned:
        async def post(self, path, form):
            return answer

    assert asyncio.run(TwilioChannel(Canned(), "AC1").send(MESSAGE)) == result


def test_each_code_has_one_meaning_and_an_unknown_one_is_permanent():
    assert {refusal_of(code) for code in REFUSALS} == set(Refusal)
    assert refusal_of("99999") is Refusal.PERMANENT


def test_listing_shows_our_messages_to_one_address_from_a_moment_on(clock, fake, use):
    use("send", replace(MESSAGE, text="too old"))
    clock.advance(timedelta(minutes=5))
    since = clock.now()
    use("send", replace(MESSAGE, text="first"))
    use("send", replace(MESSAGE, address="+447700900242"))
    clock.advance(timedelta(seconds=1.5))
    use("send", replace(MESSAGE, text="second"))
    listed = use("list_messages", "sms", MESSAGE.address, since)
    assert [one.text for one in listed] == ["second", "first"]
    assert [one.provider_id for one in listed] == [fake.messages[3].sid, fake.messages[1].sid]
    assert listed[1].created_at == since
    assert use("list_messages", "whatsapp", MESSAGE.address, since) == []


@pytest.mark.parametrize("host", ["", "https://api.twilio.com"])
def test_listing_turns_pages(clock, fake, local, host):
    class Hosted:
        async def get(self, path, query):
            answer = await local.get(path, query)
            more = answer.body["next_page_uri"]
            return answer._replace(body=answer.body | {"next_page_uri": more and host + more})

    async def call():
        for number in range(230):
            await TwilioChannel(local, fake.account_sid).send(replace(MESSAGE, text=f"number {number}"))
        return await TwilioChannel(Hosted(), fake.account_sid).list_messages("sms", MESSAGE.address, clock.now())

    assert len(asyncio.run(call())) == 230


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.DROPPED, Fault.RATE_LIMITED])
def test_a_list_that_cannot_be_had_is_an_error_not_an_empty_one(clock, fake, use, fault):
    fake.faults.append(fault)
    with pytest.raises(ChannelUnreachable):
        use("list_messages", "sms", MESSAGE.address, clock.now())


def test_validity_stays_within_twilios_bounds():
    sent = []

    class Recording:
        async def post(self, path, form):
            sent.append(dict(form).get("ValidityPeriod"))
            return Answer(201, {"sid": "SM1"})

    async def call():
        for seconds in (None, -5, 0, 90, 10**6):
            await TwilioChannel(Recording(), "AC1").send(replace(MESSAGE, validity_s=seconds))

    asyncio.run(call())
    assert sent == [None, "1", "1", "90", "36000"]


def test_addresses_are_written_as_twilio_writes_them():
    assert address_of("sms", "+447700900241") == "+447700900241"
    assert address_of("whatsapp", "+447700900241") == "whatsapp:+447700900241"
    assert address_of("sms", "whatsapp:+447700900241") == "+447700900241"
