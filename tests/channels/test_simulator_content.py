"""The stand-in's Content API takes what Twilio takes, refuses the rest, and answers in Twilio's forms."""

import asyncio
import json
import re
from pathlib import Path

import pytest
import yaml

from bot.channels.twilio_http import HttpTransport

DESCRIBED = Path(__file__).parent.parent / "fixtures" / "twilio" / "resources.yml"
TOKEN = "a-token-for-tests"
REPLIES = {
    "friendly_name": "yes or no",
    "language": "en",
    "variables": {"1": "words"},
    "types": {
        "twilio/quick-reply": {
            "body": "Please answer: {{1}} now.",
            "actions": [{"id": "yes", "title": "Yes", "type": "QUICK_REPLY"}, {"id": "no", "title": "No"}],
        }
    },
}
LIST = {
    "language": "en",
    "variables": {"1": "words"},
    "types": {
        "twilio/list-picker": {
            "body": "Which?",
            "button": "Choose",
            "items": [{"id": "event:1", "item": "{{1}}", "description": "Library"}],
        }
    },
}
TEXT = {"language": "en", "variables": {"1": "words"}, "types": {"twilio/text": {"body": "Hello {{1}}, it is on."}}}


@pytest.fixture
def ask(fake, local):
    """Ask the stand-in one thing."""
    return lambda method, path="/v1/Content", given=None: asyncio.run(
        local.post_json(path, given)
        if method == "post"
        else fake.request(method.upper(), path, [], local._authorization)
    )


@pytest.fixture
def send(fake, local):
    """Send a message with a content to a WhatsApp number."""

    def send(sid, variables="{}"):
        form = {"To": "whatsapp:+447700900356", "From": "whatsapp:+447700900710"}
        fields = form | {"ContentSid": sid, "ContentVariables": variables}
        return asyncio.run(local.post(f"/2010-04-01/Accounts/{fake.account_sid}/Messages.json", list(fields.items())))

    return send


def changed(content, **changes):
    kind, filled = next(iter(content["types"].items()))
    return content | {"types": {kind: filled | changes}}


@pytest.mark.parametrize("content", [REPLIES, LIST, TEXT])
def test_a_content_is_created_fetched_listed_and_deleted(ask, content):
    created = ask("post", given=content)
    assert created.status == 201
    assert re.fullmatch("HX[0-9a-f]{32}", created.body["sid"])
    path = f"/v1/Content/{created.body['sid']}"
    assert ask("get", path).body == created.body
    assert ask("get").body["contents"] == [created.body]
    assert ask("delete", path).status == 204
    assert ask("get", path).status == 404


@pytest.mark.parametrize(
    "content",
    [
        {},
        REPLIES | {"language": ""},
        REPLIES | {"colour": "green"},
        REPLIES | {"types": {}},
        REPLIES | {"types": {"twilio/carousel": {"body": "x"}}},
        REPLIES | {"variables": {}},
        REPLIES | {"variables": {"1": ""}},
        changed(REPLIES, actions=[]),
        changed(REPLIES, actions=[{"title": f"Answer {number}"} for number in range(11)]),
        changed(REPLIES, actions=[{"id": "yes"}]),
        changed(REPLIES, footer="x"),
        changed(LIST, items=[{"id": str(number), "item": str(number)} for number in range(11)]),
        changed(LIST, items=[{"item": "no id"}]),
    ],
)
def test_what_is_no_content_is_refused(ask, content):
    assert (ask("post", given=content).status, ask("get").body["contents"]) == (400, [])


def test_a_message_shows_what_its_content_says(fake, ask, send):
    sid = ask("post", given=LIST).body["sid"]
    assert send(sid, '{"1": "Wednesday"}').body["body"] == "Which?"
    (taken,) = fake.messages
    assert (taken.shown.choose, taken.shown.items[0].title, taken.shown.items[0].payload) == (
        "Choose",
        "Wednesday",
        "event:1",
    )


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ("not json", 21656),
        ("[]", 21656),
        ('{"1": ""}', 21656),
        ('{"1": null}', 21656),
        ('{"1": "two\\nlines"}', 21656),
        ('{"1": "a     b"}', 21656),
        (json.dumps({"1": "x" * 1601}), 21658),
    ],
)
def test_variables_that_twilio_refuses(fake, ask, send, variables, code):
    sid = ask("post", given=REPLIES).body["sid"]
    assert send(sid, variables).body["code"] == code
    assert fake.messages == []


def test_a_content_that_is_not_there(send):
    assert send("HX" + "0" * 32).body["code"] == 21655


@pytest.mark.parametrize(
    ("content", "words"), [(LIST, "x" * 25), (changed(REPLIES, body="{{1}}"), "x" * 1025)], ids=["title", "body"]
)
def test_what_whatsapp_would_not_show_is_reported_as_failed(fake, ask, send, content, words):
    posted = []

    async def poster(url, form, signature):
        posted.append(dict(form))

    async def call():
        fake.poster = poster
        sid = (await _post(fake, content)).body["sid"]
        form = {
            "To": "whatsapp:+447700900356",
            "From": "whatsapp:+447700900710",
            "StatusCallback": "https://a.example/s",
        }
        fields = form | {"ContentSid": sid, "ContentVariables": json.dumps({"1": words})}
        path = f"/2010-04-01/Accounts/{fake.account_sid}/Messages.json"
        await fake.request("POST", path, list(fields.items()), fake._authorization)
        await fake.settle()

    asyncio.run(call())
    assert [(form["MessageStatus"], form.get("ErrorCode")) for form in posted] == [("failed", "63013")]


async def _post(fake, content):
    return await fake.request("POST", "/v1/Content", [], fake._authorization, content)


def test_a_template_is_received_then_approved(fake, ask):
    sid = ask("post", given=TEXT).body["sid"]
    request = {"name": "reminder", "category": "UTILITY"}
    assert ask("get", f"/v1/Content/{sid}/ApprovalRequests").body["whatsapp"] == {}
    assert ask("post", f"/v1/Content/{sid}/ApprovalRequests/whatsapp", request).body["status"] == "received"
    assert not fake.contents.is_approved(sid)
    statuses = [ask("get", f"/v1/Content/{sid}/ApprovalRequests").body["whatsapp"]["status"] for _ in range(2)]
    assert statuses == ["received", "approved"]
    assert fake.contents.is_approved(sid)


@pytest.mark.parametrize("body", ["{{1}} is on.", "It is on {{1}}", "It is {{1}} {{2}} now."])
def test_a_template_that_begins_or_ends_with_a_variable_or_has_two_together_is_rejected(ask, body):
    content = {"language": "en", "variables": {"1": "a", "2": "b"}, "types": {"twilio/text": {"body": body}}}
    sid = ask("post", given=content).body["sid"]
    ask("post", f"/v1/Content/{sid}/ApprovalRequests/whatsapp", {"name": "bad", "category": "UTILITY"})
    ask("get", f"/v1/Content/{sid}/ApprovalRequests")
    assert ask("get", f"/v1/Content/{sid}/ApprovalRequests").body["whatsapp"]["status"] == "rejected"


@pytest.mark.parametrize(
    "request_", [{"name": "No Capitals", "category": "UTILITY"}, {"name": "x", "category": "NICE"}, {}]
)
def test_a_submission_without_name_or_category_is_refused(ask, request_):
    sid = ask("post", given=TEXT).body["sid"]
    assert ask("post", f"/v1/Content/{sid}/ApprovalRequests/whatsapp", request_).status == 400


def test_a_list_cannot_be_submitted(ask):
    sid = ask("post", given=LIST).body["sid"]
    assert (
        ask("post", f"/v1/Content/{sid}/ApprovalRequests/whatsapp", {"name": "x", "category": "UTILITY"}).status == 400
    )


def test_it_answers_over_http_too(fake, served):
    async def call():
        transport = HttpTransport(fake.account_sid, TOKEN, served)
        created = await transport.post_json("/v1/Content", REPLIES)
        fetched = await transport.get(f"/v1/Content/{created.body['sid']}", ())
        await transport.close()
        return created, fetched

    created, fetched = asyncio.run(call())
    assert (created.status, fetched.body) == (201, created.body)


def test_its_contents_agree_with_twilios_description(ask):
    resource = ask("post", given=REPLIES).body
    properties = yaml.safe_load(DESCRIBED.read_text())["content"]
    assert resource.keys() == properties.keys()
    for field, rule in properties.items():
        assert isinstance(resource[field], {"string": str, "object": dict}[rule["type"]]), field
        assert re.search(rule.get("pattern", ""), str(resource[field])), field
