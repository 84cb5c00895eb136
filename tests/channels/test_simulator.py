"""The stand-in answers in Twilio's forms, keeps what it took, and reports with a true signature."""

import asyncio
import re
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import yaml
from twilio.request_validator import RequestValidator

from bot.channels.simulator_web import poster_to

DESCRIBED = Path(__file__).parent.parent / "fixtures" / "twilio" / "resources.yml"

# Each field of Twilio's Message resource that anybody reads: the types it may have, and its form when it is a text.
MESSAGE_FIELDS = {
    "account_sid": (str, r"AC[0-9a-fA-F]{32}"),
    "api_version": (str, r"2010-04-01"),
    "body": (str, r"(?s).*"),
    "date_created": (str, r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000"),
    "date_sent": (str | None, r"\w{3}, .*"),
    "date_updated": (str, r"\w{3}, .*"),
    "direction": (str, r"outbound-api"),
    "error_code": (int | None, None),
    "error_message": (str | None, r".+"),
    "from": (str | None, r"(whatsapp:)?\+\d+"),
    "messaging_service_sid": (str | None, r"MG[0-9a-fA-F]{32}"),
    "num_media": (str, r"\d+"),
    "num_segments": (str, r"\d+"),
    "price": (str | None, r".+"),
    "price_unit": (str | None, r".+"),
    "sid": (str, r"(SM|MM)[0-9a-fA-F]{32}"),
    "status": (str, r"queued|accepted|sending|sent|failed|delivered|undelivered|read"),
    "subresource_uris": (dict, None),
    "to": (str, r"(whatsapp:)?\+\d+"),
    "uri": (str, r"/2010-04-01/Accounts/AC\w{32}/Messages/SM\w{32}\.json"),
}
PAGE_FIELDS = {
    "end": int,
    "first_page_uri": str,
    "next_page_uri": str | None,
    "page": int,
    "page_size": int,
    "previous_page_uri": str | None,
    "messages": list,
    "start": int,
    "uri": str,
}
GOOD = {"To": "+447700900241", "From": "+447700900710", "Body": "hello"}


@pytest.fixture
def ask(fake, local):
    """Ask the stand-in one thing."""

    def ask(method, resource="Messages.json", account=None, **fields):
        path = f"/2010-04-01/Accounts/{account or fake.account_sid}/{resource}"
        return asyncio.run(getattr(local, method)(path, list(fields.items())))

    return ask


def check_message(resource):
    assert resource.keys() == MESSAGE_FIELDS.keys()
    for field, (kind, form) in MESSAGE_FIELDS.items():
        value = resource[field]
        assert isinstance(value, kind), field
        if form is not None and value is not None:
            assert re.fullmatch(form, value), field


@pytest.mark.parametrize(
    "fields",
    [
        GOOD,
        GOOD | {"Body": "ł" * 100, "StatusCallback": "https://text.example.org/s?outbox=1"},
        {"To": "whatsapp:+447700900356", "From": "whatsapp:+447700900710", "Body": "hello"},
        {"To": "+447700900241", "MessagingServiceSid": "MG" + "7a" * 16, "Body": "hello"},
    ],
)
def test_what_it_takes_has_twilios_form_created_fetched_and_listed(clock, fake, ask, fields):
    created = ask("post", **fields)
    assert created.status == 201
    check_message(created.body)
    assert parsedate_to_datetime(created.body["date_created"]) == clock.now()
    fetched = ask("get", f"Messages/{created.body['sid']}.json")
    assert (fetched.status, fetched.body) == (200, created.body)
    listed = ask("get", To=fields["To"])
    assert listed.body["messages"] == [created.body]
    assert listed.body.keys() == PAGE_FIELDS.keys()
    assert all(isinstance(listed.body[field], kind) for field, kind in PAGE_FIELDS.items())


def test_segments_are_counted(ask):
    assert ask("post", **GOOD | {"Body": "x" * 161}).body["num_segments"] == "2"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"To": ""}, 400, 21604),
        ({"To": "07700900241"}, 400, 21211),
        ({"From": ""}, 400, 21603),
        ({"From": "not a number at all"}, 400, 21212),
        ({"To": "whatsapp:+447700900241"}, 400, 21910),
        ({"Body": ""}, 400, 21602),
        ({"Body": "x" * 1601}, 400, 21617),
        ({"StatusCallback": "nowhere"}, 400, 21609),
    ],
)
def test_what_twilio_would_refuse_it_refuses(fake, ask, change, status, code):
    answer = ask("post", **GOOD | change)
    assert (answer.status, answer.body["code"], answer.body["status"]) == (status, code, status)
    assert answer.body.keys() == {"code", "message", "more_info", "status"}
    assert fake.messages == []


def test_another_account_or_message_is_not_found(ask):
    assert ask("post", account="AC" + "0" * 32, **GOOD).status == 404
    assert ask("get", "Messages/SM" + "0" * 32 + ".json").status == 404
    assert ask("get", "Calls.json").status == 404


def test_the_longest_body_is_taken(ask):
    assert ask("post", **GOOD | {"Body": "x" * 1600}).status == 201


def test_lists_are_newest_first_by_pages_and_filtered(ask):
    for number in range(5):
        ask("post", **GOOD | {"Body": str(number)})
    ask("post", **GOOD | {"To": "+447700900242"})
    first = ask("get", To=GOOD["To"], PageSize="2").body
    assert [message["body"] for message in first["messages"]] == ["4", "3"]
    last = ask("get", To=GOOD["To"], PageSize="2", Page="2").body
    assert [message["body"] for message in last["messages"]] == ["0"]
    assert (first["next_page_uri"] is None, last["next_page_uri"] is None) == (False, True)
    assert ask("get", From="+447700900999").body["messages"] == []


def test_whoever_watches_sees_what_is_taken(fake, ask):
    seen = []
    fake.watch(seen.append)
    ask("post", **GOOD)
    ask("post", **GOOD | {"Body": ""})
    assert seen == fake.messages


def test_reports_follow_signed_in_the_order_it_was_told(fake, local):
    posted = []

    async def poster(url, form, signature):
        posted.append((url, dict(form), signature))

    async def call():
        fake.poster, fake.reports = poster, ("delivered", "sent")
        path = f"/2010-04-01/Accounts/{fake.account_sid}/Messages.json"
        await local.post(path, list((GOOD | {"StatusCallback": "https://text.example.org/s?outbox=1"}).items()))
        await local.post(path, list(GOOD.items()))
        await fake.settle()
        await fake.report(fake.messages[0], "undelivered", 30003)

    asyncio.run(call())
    assert [form["MessageStatus"] for _, form, _ in posted] == ["delivered", "sent", "undelivered"]
    assert [form.get("ErrorCode") for _, form, _ in posted] == [None, None, "30003"]
    validator = RequestValidator("a-token-for-tests")
    assert all(validator.validate(url, form, signature) for url, form, signature in posted)
    assert (fake.messages[0].status, fake.messages[0].error_code) == ("undelivered", 30003)


def test_its_reports_and_texts_pass_our_own_webhook(service, client, fake, twilio_form):
    async def call():
        fake.poster = poster_to(client.app)
        await fake.post_signed("https://text.example.org/webhooks/twilio/messages", twilio_form())
        await asyncio.sleep(0)

    asyncio.run(call())
    assert len(service.recorded) == 1


def test_without_a_way_to_post_it_says_so(fake, twilio_form):
    with pytest.raises(RuntimeError):
        asyncio.run(fake.post_signed("https://text.example.org/webhooks/twilio/messages", twilio_form()))


def test_its_messages_agree_with_twilios_description(ask):
    resource = ask("post", **GOOD).body
    schema = yaml.safe_load(DESCRIBED.read_text())["message"]
    kinds = {"string": str, "integer": int, "object": dict}
    assert resource.keys() == schema.keys()
    for field, rule in schema.items():
        value = resource[field]
        assert value is not None or rule.get("nullable", True), field
        if value is not None:
            assert isinstance(value, kinds[rule["type"]]), field
            assert value in rule.get("enum", [value]), field
            assert re.search(rule.get("pattern", ""), str(value)), field
