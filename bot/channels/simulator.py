"""A stand-in for Twilio that keeps state: it takes, checks, lists and reports messages in Twilio's own forms.

Development sends to it in process (`LocalTransport`); tests and benches also over HTTP (`simulator_web`). It can be
told to fail in the ways that networks and providers fail.
"""

import asyncio
import re
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from bot.channels.http import Answer, NoAnswer, NotReached
from bot.channels.simulator_account import AccountStore
from bot.channels.simulator_content import ContentStore, Unusable
from bot.channels.simulator_messages import Shown, SimulatedMessage, error, matches, mistake
from bot.channels.twilio_http import Fields, basic_authorization

Poster = Callable[[str, Fields, str], Awaitable[None]]
Watcher = Callable[[SimulatedMessage], None]

_PATH = re.compile(r"/2010-04-01/Accounts/(?P<account>\w+)/Messages(/(?P<sid>\w+))?\.json")
_CONTENT = "/v1/Content"


class Fault(StrEnum):
    """A way in which the next request goes wrong."""

    REFUSED = "refused"  # no connection at all
    DROPPED = "dropped"  # the connection breaks before anything is taken
    LOST_ANSWER = "lost_answer"  # the message is taken, and then the connection breaks
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TAKEN_SERVER_ERROR = "taken_server_error"  # the message is taken, and the answer says otherwise


class FakeTwilio:
    """One account of the stand-in.

    `messages` is all that it took, in order; `contents` what messages may be sent with; `account` how it is set up;
    `opted_out` the addresses it will not send to, `window_closed` those that WhatsApp takes only approved templates to;
    `faults` what goes wrong with the next requests, one each; `undeliverable` the codes with which the next messages
    to an address are taken and then reported as failed; `delay_s` how long every answer takes; `reports` the statuses
    that it posts to a message's StatusCallback, in this order, by `poster` (none without one).
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
        self.window_closed: set[str] = set()
        self.faults: deque[Fault] = deque()
        self.undeliverable: dict[str, deque[int]] = {}
        self.delay_s = 0.0
        self.contents = ContentStore(account_sid, now)
        self.account = AccountStore(account_sid)
        self._now = now
        self._validator = RequestValidator(auth_token)
        self._authorization = basic_authorization(account_sid, auth_token)
        self._watchers: list[Watcher] = []
        self._reporting: set[asyncio.Task[None]] = set()

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with every message that is taken."""
        self._watchers.append(watcher)

    async def request(
        self, method: str, path: str, fields: Fields, authorization: str, body: dict[str, Any] | None = None
    ) -> Answer:
        """Answer one request, a form or JSON, as Twilio would; raises NotReached or NoAnswer for a fault."""
        described = self.account.answer(path, dict(fields)) if method == "GET" else None
        if described is not None:
            return described if authorization == self._authorization else error(401, 20003)
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.REFUSED:
            raise NotReached("refused")
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if fault in (Fault.DROPPED, Fault.RATE_LIMITED, Fault.SERVER_ERROR):
            return _fail(fault)
        answer = self._route(method, path, dict(fields), authorization, body or {})
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

    def find(self, sid: str) -> SimulatedMessage | None:
        """The message of an id, or None if none was taken by it."""
        return next((message for message in reversed(self.messages) if message.sid == sid), None)

    async def settle(self) -> None:
        """Wait until every report that is on its way has been posted."""
        while self._reporting:
            await asyncio.gather(*self._reporting, return_exceptions=True)

    def _route(
        self, method: str, path: str, fields: dict[str, str], authorization: str, body: dict[str, Any]
    ) -> Answer:
        found = _PATH.fullmatch(path)
        if authorization != self._authorization:
            return error(401, 20003)
        if path.startswith(_CONTENT):
            return self.contents.answer(method, path, body)
        if found is None or found["account"] != self.account_sid:
            return error(404, 20404)
        if found["sid"]:
            return self._fetch(found["sid"])
        return self._create(fields) if method == "POST" else self._list(path, fields)

    def _create(self, form: dict[str, str]) -> Answer:
        code = mistake(form)
        if code is None and form["To"] in self.opted_out:
            code = 21610
        try:
            body, shown, refused = self._said(form)
        except Unusable as unusable:
            code = code or unusable.code
        if code is not None:
            return error(400, code)
        message = SimulatedMessage(
            sid="SM" + secrets.token_hex(16),
            to=form["To"],
            sender=form.get("From", ""),
            service_sid=form.get("MessagingServiceSid", ""),
            body=body,
            status_callback=form.get("StatusCallback", ""),
            created_at=self._now(),
            status="accepted" if "From" not in form else "queued",
            shown=shown,
        )
        return self._take(message, refused or self._refused_later(form))

    def _refused_later(self, form: dict[str, str]) -> int | None:
        """The code with which a message that was taken fails, as a test has set it up."""
        if form["To"] in self.window_closed and not self.contents.is_approved(form.get("ContentSid", "")):
            return 63016
        failing = self.undeliverable.get(form["To"])
        return failing.popleft() if failing else None

    def _take(self, message: SimulatedMessage, refused: int | None) -> Answer:
        """Keep a message, tell whoever watches, and report on it later; its resource is as it is now."""
        self.messages.append(message)
        answer = Answer(201, message.resource(self.account_sid))
        for watcher in self._watchers:
            watcher(message)
        if self.poster is not None and message.status_callback:
            task = asyncio.get_running_loop().create_task(self._report_all(message, refused))
            self._reporting.add(task)
            task.add_done_callback(self._reporting.discard)
        return answer

    def _said(self, form: dict[str, str]) -> tuple[str, Shown | None, int | None]:
        """What a form says: its text, what may be tapped, and the code that it will fail with; raises Unusable."""
        if "ContentSid" not in form:
            return form.get("Body", ""), None, None
        return self.contents.fill(form["ContentSid"], form.get("ContentVariables", ""))

    async def _report_all(self, message: SimulatedMessage, refused: int | None) -> None:
        if refused is not None:
            await self.report(message, "failed", refused)
            return
        for status in self.reports:
            await self.report(message, status)

    def _fetch(self, sid: str) -> Answer:
        found = self.find(sid)
        return error(404, 20404) if found is None else Answer(200, found.resource(self.account_sid))

    def _list(self, path: str, query: dict[str, str]) -> Answer:
        size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
        wanted = [one for one in reversed(self.messages) if matches(one, query)]
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
        self._fake, self._authorization = fake, basic_authorization(account_sid, auth_token)

    async def post(self, path: str, form: Fields) -> Answer:
        """Post a form; raises NotReached or NoAnswer."""
        return await self._fake.request("POST", path, form, self._authorization)

    async def post_json(self, path: str, body: dict[str, Any]) -> Answer:
        """Post JSON; raises NotReached or NoAnswer."""
        return await self._fake.request("POST", path, [], self._authorization, body)

    async def get(self, path: str, query: Fields) -> Answer:
        """Ask for a resource; raises NotReached or NoAnswer."""
        parts = urlsplit(path)
        return await self._fake.request("GET", parts.path, [*parse_qsl(parts.query), *query], self._authorization)

    async def close(self) -> None:
        """Nothing to let go of."""


def _fail(fault: Fault) -> Answer:
    if fault is Fault.RATE_LIMITED:
        return error(429, 20429)
    if fault in (Fault.SERVER_ERROR, Fault.TAKEN_SERVER_ERROR):
        return error(503, 30410)
    raise NoAnswer(fault.value)
