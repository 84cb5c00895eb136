"""A stand-in for Twilio that keeps state: it takes, checks, lists and reports messages in Twilio's own forms.

Development sends to it in process (`LocalTransport`); tests and benches also over HTTP (`simulator_web`). It can be
told to fail in the ways that networks and providers fail.
"""

import asyncio
import base64
import re
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from bot.channels import segments
from bot.channels.twilio_http import Answer, Fields, NoAnswer, NotReached

Poster = Callable[[str, Fields, str], Awaitable[None]]
Watcher = Callable[["SimulatedMessage"], None]

_ADDRESS = re.compile(r"(whatsapp:)?\+[1-9][0-9]{6,14}|whatsapp:[A-Z]{2}\.[0-9A-Za-z]+")
_SENDER = re.compile(r"(whatsapp:)?\+[1-9][0-9]{6,14}|[0-9]{3,8}|[A-Za-z0-9 ]{1,11}")
_PATH = re.compile(r"/2010-04-01/Accounts/(?P<account>\w+)/Messages(/(?P<sid>\w+))?\.json")
_LONGEST_BODY = 1600

_WORDS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid From Number (caller ID)",
    21602: "Message body is required.",
    21603: "A 'From' or 'MessagingServiceSid' parameter is required.",
    21604: "A 'To' phone number is required.",
    21609: "The StatusCallback URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21910: "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel",
    30410: "Provider timed out",
}


class Fault(StrEnum):
    """A way in which the next request goes wrong."""

    REFUSED = "refused"  # no connection at all
    DROPPED = "dropped"  # the connection breaks before anything is taken
    LOST_ANSWER = "lost_answer"  # the message is taken, and then the connection breaks
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TAKEN_SERVER_ERROR = "taken_server_error"  # the message is taken, and the answer says otherwise


@dataclass(slots=True)
class SimulatedMessage:
    """A message that the stand-in took; addresses as Twilio writes them."""

    sid: str
    to: str
    sender: str
    service_sid: str
    body: str
    status_callback: str
    created_at: datetime
    status: str = "queued"
    error_code: int | None = None

    def resource(self, account_sid: str) -> dict[str, Any]:
        """The message in the form of Twilio's Message resource."""
        moment = format_datetime(self.created_at.replace(microsecond=0))
        path = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": moment,
            "date_sent": None if self.status in ("queued", "accepted") else moment,
            "date_updated": moment,
            "direction": "outbound-api",
            "error_code": self.error_code,
            "error_message": None if self.error_code is None else _WORDS.get(self.error_code, "Unknown error"),
            "from": self.sender or None,
            "messaging_service_sid": self.service_sid or None,
            "num_media": "0",
            "num_segments": "0" if self.service_sid else str(segments.count(self.body).count),
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.to,
            "uri": f"{path}.json",
        }


class FakeTwilio:
    """One account of the stand-in.

    `messages` is all that it took, in order; `opted_out` the addresses it will not send to; `faults` what goes wrong
    with the next requests, one each; `delay_s` how long every answer takes; `reports` the statuses that it posts to a
    message's StatusCallback, in this order, by `poster` (none without one).
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        now: Callable[[], datetime],
        poster: Poster | None = None,
        reports: tuple[str, ...] = ("sent", "delivered"),
    ) -> None:
        self.account_sid, self.reports, self.poster = account_sid, reports, poster
        self.messages: list[SimulatedMessage] = []
        self.opted_out: set[str] = set()
        self.faults: deque[Fault] = deque()
        self.delay_s = 0.0
        self._now = now
        self._validator = RequestValidator(auth_token)
        self._authorization = _basic(account_sid, auth_token)
        self._watchers: list[Watcher] = []
        self._reporting: set[asyncio.Task[None]] = set()

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with every message that is taken."""
        self._watchers.append(watcher)

    async def request(self, method: str, path: str, fields: Fields, authorization: str) -> Answer:
        """Answer one request as Twilio would; raises NotReached or NoAnswer for a fault of the line."""
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.REFUSED:
            raise NotReached("refused")
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if fault in (Fault.DROPPED, Fault.RATE_LIMITED, Fault.SERVER_ERROR):
            return _fail(fault)
        answer = self._route(method, path, dict(fields), authorization)
        return answer if fault is None else _fail(fault)

    async def report(self, message: SimulatedMessage, status: str, error_code: int | None = None) -> None:
        """Change a message's status and post that to its StatusCallback, signed."""
        message.status, message.error_code = status, error_code
        if self.poster is None or not message.status_callback:
            return
        form = {
            "SmsSid": message.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": message.to,
            "MessageSid": message.sid,
            "AccountSid": self.account_sid,
            "From": message.sender,
            "ApiVersion": "2010-04-01",
        } | ({} if error_code is None else {"ErrorCode": str(error_code)})
        await self.post_signed(message.status_callback, form)

    async def post_signed(self, url: str, form: dict[str, str]) -> None:
        """Post a form to a webhook with Twilio's signature; needs a `poster`."""
        if self.poster is None:
            raise RuntimeError("the stand-in has no way to post")
        await self.poster(url, list(form.items()), self._validator.compute_signature(url, form))

    async def settle(self) -> None:
        """Wait until every report that is on its way has been posted."""
        while self._reporting:
            await asyncio.gather(*self._reporting, return_exceptions=True)

    def _route(self, method: str, path: str, fields: dict[str, str], authorization: str) -> Answer:
        found = _PATH.fullmatch(path)
        if authorization != self._authorization:
            return _error(401, 20003)
        if found is None or found["account"] != self.account_sid:
            return _error(404, 20404)
        if found["sid"]:
            return self._fetch(found["sid"])
        return self._create(fields) if method == "POST" else self._list(path, fields)

    def _create(self, form: dict[str, str]) -> Answer:
        code = _mistake(form)
        if code is None and form["To"] in self.opted_out:
            code = 21610
        if code is not None:
            return _error(400, code)
        message = SimulatedMessage(
            sid="SM" + secrets.token_hex(16),
            to=form["To"],
            sender=form.get("From", ""),
            service_sid=form.get("MessagingServiceSid", ""),
            body=form["Body"],
            status_callback=form.get("StatusCallback", ""),
            created_at=self._now(),
            status="accepted" if "From" not in form else "queued",
        )
        self.messages.append(message)
        answer = Answer(201, message.resource(self.account_sid))
        for watcher in self._watchers:
            watcher(message)
        if self.poster is not None and message.status_callback:
            task = asyncio.get_running_loop().create_task(self._report_all(message))
            self._reporting.add(task)
            task.add_done_callback(self._reporting.discard)
        return answer

    async def _report_all(self, message: SimulatedMessage) -> None:
        for status in self.reports:
            await self.report(message, status)

    def _fetch(self, sid: str) -> Answer:
        found = next((message for message in self.messages if message.sid == sid), None)
        return _error(404, 20404) if found is None else Answer(200, found.resource(self.account_sid))

    def _list(self, path: str, query: dict[str, str]) -> Answer:
        size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
        wanted = [one for one in reversed(self.messages) if _matches(one, query)]
        shown = wanted[page * size : (page + 1) * size]
        more = len(wanted) > (page + 1) * size

        def uri(number: int) -> str:
            return f"{path}?{urlencode(query | {'PageSize': str(size), 'Page': str(number)})}"

        return Answer(
            200,
            {
                "end": page * size + max(len(shown) - 1, 0),
                "first_page_uri": uri(0),
                "next_page_uri": uri(page + 1) if more else None,
                "page": page,
                "page_size": size,
                "previous_page_uri": uri(page - 1) if page else None,
                "messages": [one.resource(self.account_sid) for one in shown],
                "start": page * size,
                "uri": uri(page),
            },
        )


class LocalTransport:
    """Carries requests to a stand-in in the same process, in the form they would have over HTTP."""

    def __init__(self, fake: FakeTwilio, account_sid: str, auth_token: str) -> None:
        self._fake, self._authorization = fake, _basic(account_sid, auth_token)

    async def post(self, path: str, form: Fields) -> Answer:
        """Post a form; raises NotReached or NoAnswer."""
        return await self._fake.request("POST", path, form, self._authorization)

    async def get(self, path: str, query: Fields) -> Answer:
        """Ask for a resource; raises NotReached or NoAnswer."""
        parts = urlsplit(path)
        return await self._fake.request("GET", parts.path, [*parse_qsl(parts.query), *query], self._authorization)

    async def close(self) -> None:
        """Nothing to let go of."""


def _fail(fault: Fault) -> Answer:
    if fault is Fault.RATE_LIMITED:
        return _error(429, 20429)
    if fault in (Fault.SERVER_ERROR, Fault.TAKEN_SERVER_ERROR):
        return _error(503, 30410)
    raise NoAnswer(fault.value)


def _error(status: int, code: int) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Answer(status, {"code": code, "message": _WORDS[code], "more_info": more, "status": status})


def _mistake(form: dict[str, str]) -> int | None:
    """The code of the first thing that Twilio would refuse in a form, as far as that does not depend on state."""
    to, sender, body, callback = (form.get(name, "") for name in ("To", "From", "Body", "StatusCallback"))
    checks = (
        (21604, bool(to)),
        (21211, bool(_ADDRESS.fullmatch(to))),
        (21603, bool(sender or form.get("MessagingServiceSid"))),
        (21212, not sender or bool(_SENDER.fullmatch(sender))),
        (21910, not sender or to.startswith("whatsapp:") == sender.startswith("whatsapp:")),
        (21602, bool(body.strip())),
        (21617, len(body) <= _LONGEST_BODY),
        (21609, not callback or bool(urlsplit(callback).hostname)),
    )
    return next((code for code, fine in checks if not fine), None)


def _matches(message: SimulatedMessage, query: dict[str, str]) -> bool:
    return query.get("To", message.to) == message.to and query.get("From", message.sender) == message.sender


def _basic(account_sid: str, auth_token: str) -> str:
    return "Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
