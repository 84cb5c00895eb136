"""Settings: production refuses to start half configured, development is safe by default."""

import pytest

from bot.settings import ROOT, Settings, load_settings
from services.core.errors import ConfigurationError

PRODUCTION = {
    "DATABASE_URL": "sqlite:////var/lib/wellbeing/wellbeing.db",
    "PUBLIC_BASE_URL": "https://texts.example.org",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000002",
    "TWILIO_AUTH_TOKEN": "a secret",
    "TWILIO_SMS_FROM": "+447700900001",
}

NOTIFY = {
    "SMS_PROVIDER": "govuk_notify",
    "GOVUK_NOTIFY_API_KEY": "our-key-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0",
    "GOVUK_NOTIFY_TEMPLATE_ID": "f33517ff-2a88-4f6e-b855-c550268ce08a",
    "GOVUK_NOTIFY_CALLBACK_TOKEN": "what it shows us",
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        *PRODUCTION,
        *NOTIFY,
        "GOVUK_NOTIFY_API_BASE_URL",
        "ENVIRONMENT",
        "TWILIO_API_BASE_URL",
        "TWILIO_WHATSAPP_FROM",
        "TWILIO_MESSAGING_SERVICE_SID",
    ]:
        monkeypatch.delenv(name, raising=False)


def test_the_environment_is_production_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert not settings.is_development
    assert not settings.uses_stand_in


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_production_refuses_to_start_without_what_it_needs(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in PRODUCTION.items():
        if name != missing:
            monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=missing):
        load_settings()


def test_a_messaging_service_alone_may_send_text_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TWILIO_MESSAGING_SERVICE_SID", "MG00000000000000000000000000000003")
    assert load_settings().sms_sender == PRODUCTION["TWILIO_SMS_FROM"]
    monkeypatch.delenv("TWILIO_SMS_FROM")
    assert load_settings().sms_sender == "MG00000000000000000000000000000003"


def test_development_needs_nothing_and_sends_to_the_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "development")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "production's own")
    settings = load_settings()
    assert settings.uses_stand_in
    assert settings.database_url.startswith("sqlite:///")


def test_development_posts_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "development")
    monkeypatch.setenv("TWILIO_API_BASE_URL", "http://127.0.0.1:4020")
    assert not load_settings().uses_stand_in


def test_twilio_sends_text_messages_unless_another_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (PRODUCTION | NOTIFY).items():
        monkeypatch.setenv(name, value)
    assert load_settings().texts_by_notify
    monkeypatch.setenv("SMS_PROVIDER", "twilio")
    assert not load_settings().texts_by_notify


@pytest.mark.parametrize("missing", sorted(NOTIFY.keys() - {"SMS_PROVIDER"}))
def test_notify_is_refused_half_configured(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in (PRODUCTION | NOTIFY).items():
        if name != missing:
            monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=missing):
        load_settings()


@pytest.mark.parametrize("key", ["our-key", NOTIFY["GOVUK_NOTIFY_API_KEY"][:-1], NOTIFY["GOVUK_NOTIFY_API_KEY"] + "0"])
def test_what_is_no_key_of_notifys_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    for name, value in (PRODUCTION | NOTIFY | {"GOVUK_NOTIFY_API_KEY": key}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match="GOVUK_NOTIFY_API_KEY") as refused:
        load_settings()
    assert key not in str(refused.value)


def test_development_posts_to_notify_only_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (NOTIFY | {"ENVIRONMENT": "development"}).items():
        monkeypatch.setenv(name, value)
    assert not load_settings().texts_by_notify
    monkeypatch.setenv("GOVUK_NOTIFY_API_BASE_URL", "http://127.0.0.1:4030")
    assert load_settings().texts_by_notify


def test_the_token_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    assert "a secret" not in repr(load_settings())


def test_the_readme_says_what_each_setting_is_for() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in Settings.model_fields if f"`{name.upper()}`" not in readme] == []


@pytest.mark.parametrize("address", ["http://texts.example.org", "texts.example.org", "http://192.0.2.1:8000"])
def test_production_takes_messages_over_https_only(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name, value in (PRODUCTION | {"PUBLIC_BASE_URL": address}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match="PUBLIC_BASE_URL: must begin with https://"):
        load_settings()
    monkeypatch.setenv("ENVIRONMENT", "development")
    assert load_settings().public_base_url == address
