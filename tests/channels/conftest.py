"""A web application with Twilio's webhooks alone, its signing peer, and Twilio-shaped forms."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from bot import webhook
from bot.channels.simulator import FakeTwilio, LocalTransport
from bot.observing import Observer
from bot.posing import Poser
from tests.stand_in import on_a_port
from tests.unit.dialogue_talk import fixture_flows

FIXTURES = Path(__file__).parent.parent / "fixtures" / "twilio"
TOKEN = "a-token-for-tests"
BASE = "https://text.example.org"


@pytest.fixture
def twilio_form():
    """The form of a fixture, with changes; a value of None removes a field."""

    def form(name="inbound_sms", **changes):
        fields = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))["form"] | changes
        return {field: value for field, value in fields.items() if value is not None}

    return form


@pytest.fixture
def sign():
    """Sign a form (or the text of a JSON body) as Twilio does, with its own package."""
    return lambda url, form, token=TOKEN: RequestValidator(token).compute_signature(url, form)


@pytest.fixture
def service(chosen_database, clock, twilio_form):
    """What the webhooks find in `app.state.service`; `recorded` collects whose turns were started."""
    recorded = []
    settings = SimpleNamespace(
        public_base_url=BASE, twilio_account_sid=twilio_form()["AccountSid"], twilio_auth_token=SecretStr(TOKEN)
    )
    return SimpleNamespace(
        database=chosen_database,
        clock=clock,
        settings=settings,
        poser=Poser(fixture_flows()),
        observer=Observer(),
        on_recorded=lambda *ids: recorded.append(ids),
        recorded=recorded,
    )


@pytest.fixture
def client(service):
    """The application, called in process from a host that is not its public name."""
    app = FastAPI()
    app.include_router(webhook.router)
    app.state.service = service
    with TestClient(app, base_url="http://10.0.0.7:8000") as client:
        yield client


@pytest.fixture
def post(client, sign):
    """Post a signed form to a webhook."""

    def post(form, path="/webhooks/twilio/messages", signature=None, headers=None):
        given = {"X-Twilio-Signature": sign(BASE + path, form) if signature is None else signature}
        return client.post(path, data=form, headers=given | (headers or {}))

    return post


@pytest.fixture
def fake(clock, twilio_form):
    """The stand-in for Twilio, which posts no reports unless a test gives it a poster."""
    return FakeTwilio(twilio_form()["AccountSid"], TOKEN, clock.now)


@pytest.fixture
def local(fake):
    """The way to the stand-in within the process."""
    return LocalTransport(fake, fake.account_sid, TOKEN)


@pytest.fixture
def served(fake):
    """The stand-in on a port of this machine; the address it answers by."""
    with on_a_port(fake) as address:
        yield address
