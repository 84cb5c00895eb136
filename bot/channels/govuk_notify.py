"""Text messages by GOV.UK Notify: sending, asking what it has taken, and reading its delivery receipts.

Notify sends what its templates hold, so the service has one there that is nothing but ((message)). The source of facts
is Notify's REST API documentation: "Send a text message", "Get the status of multiple messages", "Callbacks".
"""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from bot.channels.http import Answer, HttpClient, NoAnswer, NotReached
from bot.channels.port import (
    Accepted,
    ChannelUnreachable,
    Listed,
    OutboundMessage,
    RateLimited,
    Refusal,
    Rejected,
    Report,
    SendResult,
    Unknown,
    Unreached,
)
from bot.settings import Settings
from services.people.tables import Channel, OutboxStatus

API = "https://api.notifications.service.gov.uk"
PLACEHOLDER = "message"
# Every code that is ours begins so; Notify has none, only sentences.
CODES = "notify_"

_SENDING, _LISTING = "/v2/notifications/sms", "/v2/notifications"
_UUID = 36
_PAUSE_S = 1.0
# The limit of a day ends at midnight; asked again until then.
_DAY_PAUSE_S = 900.0
# What a sentence of Notify's that refuses a message holds, in this order; any other is about how we are set up.
_REFUSALS = (
    ("phone_number", "notify_phone_number", Refusal.PERMANENT),
    ("international mobile numbers", "notify_international", Refusal.PERMANENT),
    ("longer than", "notify_too_long", Refusal.CONTENT),
    ("trial mode", "notify_trial_mode", Refusal.CONFIGURATION),
    ("team-only", "notify_team_key", Refusal.CONFIGURATION),
)
_RECEIPTS = {
    "delivered": (OutboxStatus.DELIVERED, "", None),
    "permanent-failure": (OutboxStatus.FAILED, "notify_permanent_failure", Refusal.PERMANENT),
    "temporary-failure": (OutboxStatus.FAILED, "notify_temporary_failure", Refusal.TEMPORARY),
    "technical-failure": (OutboxStatus.FAILED, "notify_technical_failure", Refusal.TEMPORARY),
}


class GovukNotifyChannel:
    """Text messages through one service of GOV.UK Notify.

    `api_key` ends with the service's id and the secret, both UUIDs. Notify chooses the sender and knows no limit to how
    long it may try, so a message's `sender` and `validity_s` mean nothing here.
    """

    def __init__(self, api_key: str, template_id: str, base_url: str = API, timeout_s: float = 10.0) -> None:
        self._service_id, self._secret = api_key[-2 * _UUID - 1 : -_UUID - 1], api_key[-_UUID:]
        self._template_id = template_id
        self._client = HttpClient(base_url, timeout_s)

    async def send(self, message: OutboundMessage) -> SendResult:
        """Post one message; see `OutboundChannel`."""
        body = {
            "phone_number": message.address,
            "template_id": self._template_id,
            "personalisation": {PLACEHOLDER: message.text},
            "reference": message.reference,
        }
        try:
            return _result(await self._client.request("POST", _SENDING, self._headers(), json.dumps(body).encode()))
        except NotReached as error:
            return Unreached(str(error))
        except NoAnswer as error:
            return Unknown(str(error))

    async def list_messages(
        self, channel: str, address: str, since: datetime, references: Sequence[str]
    ) -> Sequence[Listed]:
        """Messages with these references that Notify took at or after `since`; it cannot be asked by number.

        Raises ChannelUnreachable.
        """
        listed = [one for reference in references for one in await self._page(reference)]
        return [one for one in listed if one.created_at >= since]

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    async def _page(self, reference: str) -> list[Listed]:
        query = urlencode({"template_type": "sms", "reference": reference})
        try:
            answer = await self._client.request("GET", f"{_LISTING}?{query}", self._headers())
        except (NotReached, NoAnswer) as error:
            raise ChannelUnreachable(f"GOV.UK Notify did not list messages ({error})") from error
        if answer.status != 200 or "notifications" not in answer.body:
            raise ChannelUnreachable(f"GOV.UK Notify did not list messages (HTTP {answer.status})")
        return [_listed(one) for one in answer.body["notifications"]]

    def _headers(self) -> dict[str, str]:
        # Not at the top: only a deployment that uses Notify has to load it.
        import jwt

        # Notify refuses a token more than 30 seconds old, so each request has its own.
        token = jwt.encode({"iss": self._service_id, "iat": int(time.time())}, self._secret, "HS256")
        return {"Authorization": f"Bearer {token}", "Accept": "application/json", "Content-Type": "application/json"}


def channel_of(settings: Settings) -> GovukNotifyChannel | None:
    """The channel that a deployment has chosen for its text messages, None if it is not this one."""
    if not settings.texts_by_notify:
        return None
    key = settings.govuk_notify_api_key.get_secret_value()
    return GovukNotifyChannel(key, settings.govuk_notify_template_id, settings.govuk_notify_api_base_url or API)


def parse_receipt(receipt: dict[str, Any]) -> Report | None:
    """Read a delivery receipt; None when it reports nothing that we follow."""
    status, code, refusal = _RECEIPTS.get(str(receipt.get("status")), (None, "", None))
    provider_id = receipt.get("id")
    if status is None or not isinstance(provider_id, str) or len(provider_id) != _UUID:
        return None
    return Report(provider_id, Channel.SMS, status, code, refusal, str(receipt.get("reference") or ""))


def _result(answer: Answer) -> SendResult:
    if answer.status == 429:
        for_the_day = "TooManyRequestsError" in _sentence(answer)
        return RateLimited(_DAY_PAUSE_S if for_the_day else answer.retry_after or _PAUSE_S)
    if answer.status >= 500 or answer.status == 408:
        return Unknown(f"http_{answer.status}")
    if answer.status == 201:
        provider_id = answer.body.get("id")
        return Accepted(str(provider_id)) if provider_id else Unknown("unreadable_answer")
    said = _sentence(answer)
    known = ((code, refusal) for words, code, refusal in _REFUSALS if words in said)
    return Rejected(*next(known, (f"{CODES}http_{answer.status}", Refusal.CONFIGURATION)))


def _sentence(answer: Answer) -> str:
    """What Notify's errors say, such as "ValidationError phone_number Not a UK mobile number"."""
    errors = answer.body.get("errors")
    found = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return " ".join(f"{one.get('error', '')} {one.get('message', '')}" for one in found)


def _listed(notification: dict[str, Any]) -> Listed:
    created = datetime.fromisoformat(str(notification["created_at"]))
    created = created.replace(tzinfo=UTC) if created.tzinfo is None else created.astimezone(UTC)
    reference = str(notification["reference"] or "")
    return Listed(str(notification["id"]), str(notification["body"]), created, reference)
