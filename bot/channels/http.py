"""How requests to a provider's REST API travel: over one pool of connections, which says what a silence may mean."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp

_CONNECT_S = 4.0


class Answer(NamedTuple):
    """An answer of a REST API: HTTP status, JSON body ({} if it is none), seconds of Retry-After if given."""

    status: int
    body: dict[str, Any]
    retry_after: float | None = None


class NotReached(Exception):
    """The request never left: no connection could be made."""


class NoAnswer(Exception):
    """The request left, or may have, and no answer came."""


class HttpClient:
    """One pooled aiohttp session, which costs a tenth of the processor time of httpx for each message.

    `timeout_s` is the limit of a whole request.
    """

    def __init__(self, base_url: str, timeout_s: float = 10.0) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(_CONNECT_S, timeout_s))
        self._session: aiohttp.ClientSession | None = None

    async def request(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Carry one request to a path; raises NotReached or NoAnswer."""
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

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        # The pool belongs to the event loop that sends, so it opens with the first request.
        self._session = aiohttp.ClientSession(
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


def _seconds(headers: Mapping[str, str]) -> float | None:
    given = headers.get("Retry-After", "")
    return float(given) if given.isascii() and given.isdigit() else None
