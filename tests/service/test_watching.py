"""Who watches a running service sees how it does, and neither a number nor a word of anybody's."""

import json

import pytest

from bot.channels.paths import STATUS_PATH
from bot.channels.twilio_http import basic_authorization
from tests.service.deployment import ACCOUNT, TOKEN
from tests.stand_in import wait_until

SMS, WHATSAPP, WITHOUT_NUMBER = "+447700900311", "+447700900312", "GB.4566546130240823"
SAID = ("my name is Zebedee and I have bowel cancer", "yoga near Walthamstow", "zzyzx 77 Quackenbush Lane")


@pytest.fixture(scope="module")
def deployment(deployment):
    deployment.environment |= {"ENVIRONMENT": "production", "METRICS_TOKEN": "a long secret"}
    return deployment


@pytest.fixture(scope="module")
def talked(served):
    """A conversation on each channel, a red flag, a refusal by the provider, and a report of nothing we sent."""
    phones = [served.phone(SMS), served.phone(WHATSAPP, "whatsapp"), served.phone(WITHOUT_NUMBER, "whatsapp")]
    for phone in phones:
        for words in SAID:
            phone.text(words)
    phones[0].book("Zebedee")
    assert "999" in phones[1].text("I have chest pain")
    phones[2].text("STOP")
    served.fake.opted_out.add("+447700900313")
    served.phone("+447700900313").send("hello there Quackenbush")
    served.post(STATUS_PATH, b"MessageSid=SM1&MessageStatus=failed&To=" + SMS.encode())
    wait_until(lambda: "message_failed" in served.log.read_text())
    return served


def test_no_log_line_holds_a_number_a_name_or_a_word(talked):
    written = talked.log.read_text()
    assert {"turn", "message_failed", "webhook_rejected"} <= {
        json.loads(line)["event"] for line in written.splitlines()
    }
    secrets = [SMS[-9:], WHATSAPP[-9:], "7700900313", WITHOUT_NUMBER[3:], "Zebedee", "bowel", "Walthamstow"]
    secrets += [
        "Quackenbush",
        "chest pain",
        "You are booked",
        "Gentle yoga",
        TOKEN,
        basic_authorization(ACCOUNT, TOKEN),
    ]
    assert [secret for secret in secrets if secret.lower() in written.lower()] == []


def test_metrics_tell_what_has_happened_to_whoever_has_the_token(talked):
    assert talked.get("/metrics")[0] == 403
    status, text = talked.get("/metrics", Authorization="Bearer a long secret")
    assert status == 200
    counted = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(counted['wellbeing_turn_seconds_count{outcome="red_flag"}']) == 1
    assert float(counted['wellbeing_turn_seconds_count{outcome="answered"}']) >= 17
    assert float(counted["wellbeing_reply_seconds_count"]) >= 17
    assert float(counted['wellbeing_refusals_total{by="provider",reason="21610"}']) == 1
    assert float(counted['wellbeing_reports_total{channel="whatsapp",status="delivered"}']) >= 4
    assert float(counted['wellbeing_flags_open{severity="0"}']) == 1
    assert float(counted["wellbeing_inbox_waiting"]) == 0
    assert "77009003" not in text
