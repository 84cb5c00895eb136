"""Every setting of a deployment, read once from the environment and checked at start-up."""

import re
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.core.errors import ConfigurationError
from services.privacy.periods import Periods

ROOT = Path(__file__).resolve().parent.parent
DIALOGUES = ROOT / "dialogues"
NLU_DATA = ROOT / "nlu_data"
VAR = ROOT / "var"
MODEL = VAR / "nlu-model.npz"
_DEVELOPMENT_ACCOUNT = "AC" + "0" * 31 + "1"
_DRAMA_NUMBER = "+447700900000"
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NOTIFY_KEY = re.compile(rf"(?:^|-){_UUID}-{_UUID}\Z")


class Environment(StrEnum):
    """Where the service runs; production is assumed, and refuses to start on a missing secret."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


class SmsProvider(StrEnum):
    """Who sends text messages; WhatsApp, and all that comes in, is Twilio's."""

    TWILIO = "twilio"
    GOVUK_NOTIFY = "govuk_notify"


class Role(StrEnum):
    """What one process of the service does.

    "all": everything. "web": takes webhooks and turns, and sends the answers. "worker": runs jobs and sends all else.
    """

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


class Settings(BaseSettings):
    """The settings, each named as its environment variable in lower case.

    Development posts messages to an in-app stand-in for Twilio, whatever credentials it finds, unless
    TWILIO_API_BASE_URL points somewhere; so a laptop with production's variables set cannot text a patient.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    environment: Environment = Environment.PRODUCTION
    database_url: str = ""
    public_base_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_api_base_url: str = ""
    twilio_sms_from: str = ""
    twilio_whatsapp_from: str = ""
    twilio_messaging_service_sid: str = ""
    sms_provider: SmsProvider = SmsProvider.TWILIO
    govuk_notify_api_key: SecretStr = SecretStr("")
    govuk_notify_template_id: str = ""
    govuk_notify_callback_token: SecretStr = SecretStr("")
    govuk_notify_api_base_url: str = ""
    # Segments a second that the provider takes from one sender of ours. A long number outside the US and Canada: 10
    # ("Understanding Twilio Rate Limits and Message Queues"); a WhatsApp sender: 80 ("Best practices and FAQs").
    sms_per_second: float = Field(default=10.0, gt=0)
    whatsapp_per_second: float = Field(default=80.0, gt=0)
    retain_words_days: int = Field(default=90, ge=14)
    retain_bookings_days: int = Field(default=365, ge=14)
    retain_answers_days: int = Field(default=365, ge=14)
    retain_people_days: int = Field(default=730, ge=30)
    # In pounds: what a day may cost before only answers go (None: no limit).
    daily_spend_limit: float | None = Field(default=None, gt=0)
    metrics_token: SecretStr = SecretStr("")
    otel_exporter_otlp_endpoint: str = ""
    otel_traces_sampler_arg: float = Field(default=1.0, ge=0, le=1)
    hold_minutes: int = Field(default=15, ge=1, le=24 * 60)
    survey_days: int = Field(default=1, ge=1, le=14)
    survey_hour: int = Field(default=10, ge=8, le=20)
    replies_per_hour: int = Field(default=60, ge=1)
    staff_key: SecretStr = SecretStr("")
    broadcast_approval_above: int = Field(default=100, ge=0)
    # Pence, for a part of a text message and for a message on WhatsApp.
    sms_segment_price: Decimal = Field(default=Decimal(4), ge=0)
    whatsapp_message_price: Decimal = Field(default=Decimal(3), ge=0)

    @property
    def is_development(self) -> bool:
        """Whether the demo's pages, clock and stand-in are there."""
        return self.environment is Environment.DEVELOPMENT

    @property
    def hold_for(self) -> timedelta:
        """How long a place is kept for someone who has not said yes yet."""
        return timedelta(minutes=self.hold_minutes)

    @property
    def retention(self) -> Periods:
        """How long what is held on people is kept."""
        return Periods(
            words=timedelta(days=self.retain_words_days),
            bookings=timedelta(days=self.retain_bookings_days),
            answers=timedelta(days=self.retain_answers_days),
            people=timedelta(days=self.retain_people_days),
        )

    @property
    def uses_stand_in(self) -> bool:
        """Whether messages go to the in-app stand-in for Twilio."""
        return self.is_development and not self.twilio_api_base_url

    @property
    def texts_by_notify(self) -> bool:
        """Whether text messages go through GOV.UK Notify; in development only to an address that is named."""
        is_safe = not self.is_development or bool(self.govuk_notify_api_base_url)
        return self.sms_provider is SmsProvider.GOVUK_NOTIFY and is_safe

    @property
    def sms_sender(self) -> str:
        """What text messages come from, as their rate and the choice of a channel know it; "" if none can be sent."""
        if self.twilio_sms_from:
            return self.twilio_sms_from
        return "GOV.UK Notify" if self.texts_by_notify else self.twilio_messaging_service_sid

    @property
    def prices(self) -> dict[str, float]:
        """Pounds for a segment, by channel."""
        return {"sms": float(self.sms_segment_price) / 100, "whatsapp": float(self.whatsapp_message_price) / 100}

    @model_validator(mode="before")
    @classmethod
    def _development_defaults(cls, values: dict[str, object]) -> dict[str, object]:
        if values.get("environment") != Environment.DEVELOPMENT:
            return values
        defaults = {
            "database_url": f"sqlite:///{VAR / 'wellbeing.db'}",
            "public_base_url": "http://127.0.0.1:8000",
            "twilio_account_sid": _DEVELOPMENT_ACCOUNT,
            "twilio_auth_token": "development",
            "staff_key": "development",
            "twilio_sms_from": _DRAMA_NUMBER,
            "twilio_whatsapp_from": _DRAMA_NUMBER,
        }
        return defaults | {key: value for key, value in values.items() if value}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        required = ("database_url", "public_base_url", "twilio_account_sid", "twilio_auth_token")
        missing = [name.upper() for name in required if not _given(getattr(self, name))]
        if not (self.twilio_sms_from or self.twilio_whatsapp_from or self.twilio_messaging_service_sid):
            missing.append("TWILIO_SMS_FROM (or TWILIO_WHATSAPP_FROM, or TWILIO_MESSAGING_SERVICE_SID)")
        if missing:
            raise ValueError("set " + ", ".join(missing))
        return self

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        address = urlsplit(self.public_base_url)
        is_here = address.hostname in _THIS_MACHINE
        if not self.is_development and address.scheme != "https" and not is_here:
            raise ValueError("PUBLIC_BASE_URL: must begin with https://, since patients' messages come over it")
        return self

    @model_validator(mode="after")
    def _notify_complete(self) -> Self:
        if self.sms_provider is not SmsProvider.GOVUK_NOTIFY:
            return self
        required = ("govuk_notify_api_key", "govuk_notify_template_id", "govuk_notify_callback_token")
        missing = [name.upper() for name in required if not _given(getattr(self, name))]
        if missing:
            raise ValueError("SMS_PROVIDER=govuk_notify: set " + ", ".join(missing))
        if not _NOTIFY_KEY.search(self.govuk_notify_api_key.get_secret_value()):
            raise ValueError(
                "GOVUK_NOTIFY_API_KEY: not a key of GOV.UK Notify (NAME-SERVICE-SECRET, as it shows it once)"
            )
        return self


def _given(value: str | SecretStr) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def load_settings() -> Settings:
    """Read the settings from the environment; raises ConfigurationError that says what is missing."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(_told(item["loc"], item["msg"]) for item in error.errors())
        raise ConfigurationError(f"The service cannot start: {problems}. README says what each is for.") from None


def _told(where: tuple[int | str, ...], message: str) -> str:
    """What is wrong with a setting, without its value, which may be a secret."""
    named = [f"{str(name).upper()}:" for name in where]
    return " ".join([*named, message.removeprefix("Value error, ")])
