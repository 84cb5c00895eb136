"""How requests to Twilio travel: over one pool of connections, or to the stand-in in this process."""

import asyncio
import base64
import json
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

import aiohttp

Fields = Sequence[tuple[str, str]]

API = "https://api.twilio.com"
CONTENT_API = "https://content.twilio.com"
MESSAGING_API = "https://messaging.twilio.com"
ACCOUNTS_API = "https://accounts.twilio.com"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON = {"Content-Type": "application/json"}
_CONNECT_S = 4.0


class Answer(NamedTuple):
    """An answer of Twilio's REST API: HTTP status, JSON body ({} if it is none), seconds of Retry-After if given."""

    status: int
    body: dict[str, Any]
    retry_after: float | None = None


class NotReached(Exception):
    """The request never left: no connection could be made."""


class NoAnswer(Exception):
    """The request left, or may have, and no answer came."""


class Transport(Protocol):
    """Carries requests to paths such as /2010-04-01/Accounts/AC.../Messages.json; raises NotReached or NoAnswer."""

    async def post(self, path: str, form: Fields) -> Answer:
        """Post a form."""
        ...

    async def post_json(self, path: str, body: dict[str, Any]) -> Answer:
        """Post JSON."""
        ...

    async def get(self, path: str, query: Fields) -> Answer:
        """Ask for a resource."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def basic_authorization(account_sid: str, auth_token: str) -> str:
    """The value of the header by which Twilio knows an account."""
    return "Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()


class HttpTransport:
    """One pooled aiohttp session, which costs a tenth of the processor time of httpx for each message.

    `base_url` redirects everything; `timeout_s` is the limit of a whole request.
    """

    def __init__(self, account_sid: str, auth_token: str, base_url: str = API, timeout_s: float = 10.0) -> None:
        self._headers = {"Authorization": basic_authorization(account_sid, auth_token), "Accept": "application/json"}
        self._base_url = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(_CONNECT_S, timeout_s))
        self._session: aiohttp.ClientSession | None = None

    async def post(self, path: str, form: Fields) -> Answer:
        """Post a form; see Transport."""
        return await self._request("POST", path, urlencode(form).encode(), _FORM)

    async def post_json(self, path: str, body: dict[str, Any]) -> Answer:
        """Post JSON; see Transport."""
        return await self._request("POST", path, json.dumps(body).encode(), _JSON)

    async def get(self, path: str, query: Fields) -> Answer:
        """Ask for a resource; see Transport."""
        return await self._request("GET", f"{path}?{urlencode(query)}" if query else path, None)

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None = None
    ) -> Answer:
        session = self._session or self._open()
        try:
            async with session.request(
                method, self._base_url + path, data=body, headers=headers, allow_redirects=False
            ) as response:
                return Answer(response.status, _json(await response.read()), _seconds(response.headers))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotReached(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(type(error).__name__) from error

    def _open(self) -> aiohttp.ClientSession:
        # The pool belongs to the event loop that sends, so it opens with the first request.
        self._session = aiohttp.ClientSession(
            headers=self._headers,
            timeout=self._timeout,
            connector=aiohttp.TCPConnector(limit=0, loop=asyncio.get_running_loop()),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self._session


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(headers: Any) -> float | None:
    given = headers.get("Retry-After", "")
    return float(given) if given.isascii() and given.isdigit() else None
