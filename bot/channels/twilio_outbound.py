"""Sending by Twilio's REST API, and asking it what it has sent."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import structlog

from bot.channels.http import Answer, NoAnswer, NotReached
from bot.channels.menus import fitted
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
from bot.channels.twilio_content import Contents
from bot.channels.twilio_http import Transport
from services.people.tables import Channel

log = structlog.get_logger(__name__)

_WHATSAPP = "whatsapp:"
# A content refused for these says nothing about the text.
_NOT_AS_MENU = (Refusal.CONTENT, Refusal.CONFIGURATION)
_LONGEST_VALIDITY_S = 36_000
_PAUSE_S = 1.0
_PAGE, _MOST_PAGES = 100, 5


class TwilioChannel:
    """SMS and WhatsApp through one Twilio account.

    What may be tapped goes with a content of `contents`; without one, or where Twilio does not take it, the text goes
    alone, whose numbered lines say the same.
    """

    def __init__(
        self, transport: Transport, account_sid: str, messaging_service_sid: str = "", contents: Contents | None = None
    ) -> None:
        self._transport, self._contents = transport, contents
        self._path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._messaging_service_sid = messaging_service_sid

    async def send(self, message: OutboundMessage) -> SendResult:
        """Post one message; see `OutboundChannel`."""
        origin = self._origin(message)
        if not origin[1]:
            return Rejected("no_sender", Refusal.CONFIGURATION)
        form = [("To", address_of(message.channel, message.address)), origin]
        if message.status_callback:
            form.append(("StatusCallback", message.status_callback))
        if message.validity_s is not None:
            form.append(("ValidityPeriod", str(min(max(message.validity_s, 1), _LONGEST_VALIDITY_S))))
        if message.template is not None:
            template = message.template
            return await self._post([*form, ("ContentSid", template.sid), ("ContentVariables", template.variables)])
        with_menu = await self._send_menu(message, form)
        return with_menu or await self._post([*form, ("Body", message.text)])

    async def list_messages(
        self, channel: str, address: str, since: datetime, references: Sequence[str] = ()
    ) -> Sequence[Listed]:
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
        if self._contents is not None:
            await self._contents.close()
        await self._transport.close()

    async def _send_menu(self, message: OutboundMessage, form: Sequence[tuple[str, str]]) -> SendResult | None:
        """Post a message with what may be tapped; None when it has to go as text, and nothing has reached anybody."""
        if message.channel != Channel.WHATSAPP or self._contents is None:
            return None
        menu = fitted(message.text, message.buttons, message.choose)
        sid = await self._contents.sid_of(menu) if menu is not None else None
        if menu is None or sid is None:
            return None
        variables = json.dumps(menu.variables(), ensure_ascii=False)
        result = await self._post([*form, ("ContentSid", sid), ("ContentVariables", variables)])
        if not isinstance(result, Rejected) or result.refusal not in _NOT_AS_MENU:
            return result
        log.warning("menu_not_taken", shape=menu.shape, code=result.code)
        await self._contents.forget(menu)
        return None

    async def _post(self, form: Sequence[tuple[str, str]]) -> SendResult:
        try:
            return _result(await self._transport.post(self._path, form))
        except NotReached as error:
            return Unreached(str(error))
        except NoAnswer as error:
            return Unknown(str(error))

    def _origin(self, message: OutboundMessage) -> tuple[str, str]:
        """The number that was texted; a messaging service chooses where none was, or where it is our only sender."""
        if message.sender not in ("", self._messaging_service_sid):
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
