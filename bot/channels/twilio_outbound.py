"""Sending by Twilio's REST API, and asking it what it has sent."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from bot.channels.port import (
    Accepted,
    ChannelUnreachable,
    Listed,
    OutboundMessage,
    RateLimited,
    Refusal,
    Rejected,
    SendResult,
    Unknown,
    Unreached,
)
from bot.channels.twilio_codes import TOO_MANY_REQUESTS, refusal_of
from bot.channels.twilio_http import Answer, NoAnswer, NotReached, Transport
from services.people.tables import Channel

_WHATSAPP = "whatsapp:"
_LONGEST_VALIDITY_S = 36_000
_PAUSE_S = 1.0
_PAGE, _MOST_PAGES = 100, 5


class TwilioChannel:
    """SMS and WhatsApp through one Twilio account.

    WhatsApp goes as text: its quick replies need templates of the Content API, and numbered lines work everywhere.
    """

    def __init__(self, transport: Transport, account_sid: str, messaging_service_sid: str = "") -> None:
        self._transport = transport
        self._path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._messaging_service_sid = messaging_service_sid

    async def send(self, message: OutboundMessage) -> SendResult:
        """Post one message; see `OutboundChannel`."""
        origin = self._origin(message)
        if not origin[1]:
            return Rejected("no_sender", Refusal.CONFIGURATION)
        form = [("To", address_of(message.channel, message.address)), origin, ("Body", message.text)]
        if message.status_callback:
            form.append(("StatusCallback", message.status_callback))
        if message.validity_s is not None:
            form.append(("ValidityPeriod", str(min(max(message.validity_s, 1), _LONGEST_VALIDITY_S))))
        try:
            return _result(await self._transport.post(self._path, form))
        except NotReached as error:
            return Unreached(str(error))
        except NoAnswer as error:
            return Unknown(str(error))

    async def list_messages(self, channel: str, address: str, since: datetime) -> Sequence[Listed]:
        """Our messages to an address that Twilio took at or after `since`, newest first.

        Twilio's own date filter goes by the moment of sending, which a queued message does not have yet; so the
        newest pages are read and filtered here. Raises ChannelUnreachable.
        """
        found: list[Listed] = []
        path, query = self._path, [("To", address_of(channel, address)), ("PageSize", str(_PAGE))]
        for _ in range(_MOST_PAGES):
            body = await self._page(path, query)
            page = [_listed(one) for one in body["messages"] if str(one["direction"]).startswith("outbound")]
            found += [one for one in page if one.created_at >= since]
            path, query = _path_of(body.get("next_page_uri")), []
            if not path or any(one.created_at < since for one in page):
                break
        return found

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()

    def _origin(self, message: OutboundMessage) -> tuple[str, str]:
        """The number that was texted; a messaging service chooses where none was."""
        if message.sender:
            return "From", address_of(message.channel, message.sender)
        return "MessagingServiceSid", self._messaging_service_sid

    async def _page(self, path: str, query: Sequence[tuple[str, str]]) -> dict[str, Any]:
        try:
            answer = await self._transport.get(path, query)
        except (NotReached, NoAnswer) as error:
            raise ChannelUnreachable(f"Twilio did not list messages ({error})") from error
        if answer.status != 200 or "messages" not in answer.body:
            raise ChannelUnreachable(f"Twilio did not list messages (HTTP {answer.status})")
        return answer.body


def address_of(channel: str, number: str) -> str:
    """A number or WhatsApp id as Twilio writes it on a channel; one that has the prefix already keeps it."""
    bare = number.removeprefix(_WHATSAPP)
    return _WHATSAPP + bare if channel == Channel.WHATSAPP else bare


def _path_of(uri: str | None) -> str:
    """The path and query of a page, which Twilio describes as a whole address and gives without the host."""
    parts = urlsplit(uri or "")
    return f"{parts.path}?{parts.query}" if parts.path else ""


def _result(answer: Answer) -> SendResult:
    code = str(answer.body.get("code") or "")
    if answer.status == 429 or code == TOO_MANY_REQUESTS:
        return RateLimited(_PAUSE_S if answer.retry_after is None else answer.retry_after)
    if answer.status >= 500 or answer.status == 408:
        return Unknown(f"http_{answer.status}")
    sid = answer.body.get("sid")
    if answer.status in (200, 201):
        return Accepted(str(sid)) if sid else Unknown("unreadable_answer")
    if code:
        return Rejected(code, refusal_of(code))
    return Rejected(f"http_{answer.status}", Refusal.CONFIGURATION)


def _listed(message: dict[str, Any]) -> Listed:
    created = parsedate_to_datetime(str(message["date_created"])).astimezone(UTC)
    return Listed(str(message["sid"]), str(message["body"] or ""), created)
