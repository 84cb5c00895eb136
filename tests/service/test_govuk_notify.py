"""A deployment whose text messages go through GOV.UK Notify, while WhatsApp and all that comes in stay with Twilio."""

import json

import pytest

from bot.channels.paths import RECEIPTS_PATH
from services.core.clock import SystemClock
from services.people.tables import OutboxMessage
from tests.channels.notify_stand_in import KEY, TEMPLATE, FakeNotify
from tests.stand_in import app_on_a_port, wait_until

TOKEN = "what-notify-shows-us"


@pytest.fixture
def notify(deployment):
    """The deployment's stand-in for Notify, which it is served with."""
    notify = FakeNotify(SystemClock().now)
    with app_on_a_port(notify.app) as address:
        deployment.environment |= {
            "SMS_PROVIDER": "govuk_notify",
            "GOVUK_NOTIFY_API_KEY": KEY,
            "GOVUK_NOTIFY_TEMPLATE_ID": TEMPLATE,
            "GOVUK_NOTIFY_CALLBACK_TOKEN": TOKEN,
            "GOVUK_NOTIFY_API_BASE_URL": address,
        }
        deployment.serve()
        yield notify
        deployment.stop()


def test_answers_by_sms_go_through_notify_and_its_receipts_are_taken(deployment, notify):
    deployment.phone("+447700900181").send("help")
    wait_until(lambda: notify.messages)
    (taken,) = notify.messages
    assert taken.phone_number == "+447700900181"
    receipt = json.dumps(taken.receipt("delivered")).encode()
    assert deployment.post(RECEIPTS_PATH, receipt, Authorization="Bearer another")[0] == 403
    assert deployment.post(RECEIPTS_PATH, receipt, Authorization=f"Bearer {TOKEN}")[0] == 200
    (row,) = deployment.rows(OutboxMessage)
    assert (row.status, row.provider_id, row.text) == ("delivered", taken.id, taken.body)
    assert deployment.phone("+447700900182", "whatsapp").text("help")
    assert len(notify.messages) == 1
