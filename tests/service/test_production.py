"""In production only the webhooks and the health check answer, and nothing starts half configured."""

import json

import pytest

from bot.channels.handset import Texted
from bot.channels.paths import MESSAGES_PATH, STATUS_PATH
from services.people.tables import InboundMessage, OutboxMessage


@pytest.fixture(scope="module")
def deployment(deployment):
    deployment.environment["ENVIRONMENT"] = "production"
    return deployment


@pytest.mark.parametrize(
    "page", ["/phone", "/phone/static/phone.js", "/dev/phone/messages", "/docs", "/redoc", "/openapi.json", "/"]
)
def test_there_is_no_page(served, page):
    assert served.get(page)[0] == 404


@pytest.mark.parametrize("route", ["messages", "tick", "clock", "later", "phone/send"])
def test_nothing_of_development_can_be_called(served, route):
    status, _ = served.post(f"/dev/{route}", b'{"sender": "a", "message": "hello"}', Content_Type="application/json")
    assert status == 404


def test_a_text_is_answered(served):
    assert "Wellbeing Line" in served.phone("+447700900301").text("Hello")


def test_who_shows_no_number_on_whatsapp_is_answered(served):
    phone = served.phone("GB.4566546130240823", "whatsapp")
    assert "Wellbeing Line" in phone.text("Hello", fields={"WaId": "", "ExternalUserId": "GB.4566546130240823"})


def test_a_landline_is_not_texted(served):
    form = served.phone("+442079460999").handset.form(Texted("Hello"))
    assert served.deliver(form)[0] == 200
    assert "Wellbeing Line" in served.phone("+447700900302").text("Hello")
    assert [one.to for one in served.fake.messages if one.to == "+442079460999"] == []
    [message] = [row for row in served.rows(InboundMessage) if row.sender == "+442079460999"]
    assert [row.reason for row in served.rows(OutboxMessage) if row.in_reply_to == message.id] == ["landline"]


def test_only_twilio_is_believed(served):
    assert served.post(MESSAGES_PATH, b"Body=Hello")[0] == 403
    assert served.post(STATUS_PATH, b"MessageSid=SM1&MessageStatus=failed")[0] == 403


def test_the_log_is_one_json_object_a_line(served):
    served.phone("+447700900303").text("Hello")
    lines = [json.loads(line) for line in served.log.read_text().splitlines()]
    assert {"turn", "webhook_rejected"} <= {line["event"] for line in lines}


@pytest.mark.parametrize(
    "command", [("tick", "--now", "2026-12-01T10:00"), ("chat",), ("demo-data",)], ids=lambda command: command[0]
)
def test_what_is_for_development_is_refused(served, command):
    done = served.run(*command)
    assert done.returncode != 0
    assert "development" in done.stderr


def test_does_not_start_without_a_secret(served):
    done = served.run("serve", TWILIO_AUTH_TOKEN="", TWILIO_ACCOUNT_SID="")
    assert done.returncode == 1
    [told] = done.stderr.splitlines()
    assert "set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN" in told


def test_it_stops_when_asked_and_need_not_be_killed(served):
    assert served.stop() == 0
