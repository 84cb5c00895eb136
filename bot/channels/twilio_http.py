"""How requests to Twilio travel: over one pool of connections, or to the stand-in in this process."""

import base64
import json
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

from bot.channels.http import Answer, HttpClient

Fields = Sequence[tuple[str, str]]

API = "https://api.twilio.com"
CONTENT_API = "https://content.twilio.com"
MESSAGING_API = "https://messaging.twilio.com"
ACCOUNTS_API = "https://accounts.twilio.com"


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
    """Requests of one account over HTTP; `base_url` redirects everything, `timeout_s` limits a whole request."""

    def __init__(self, account_sid: str, auth_token: str, base_url: str = API, timeout_s: float = 10.0) -> None:
        self._client = HttpClient(base_url, timeout_s)
        self._plain = {"Authorization": basic_authorization(account_sid, auth_token), "Accept": "application/json"}
        self._form = self._plain | {"Content-Type": "application/x-www-form-urlencoded"}
        self._json = self._plain | {"Content-Type": "application/json"}

    async def post(self, path: str, form: Fields) -> Answer:
        """Post a form; see Transport."""
        return await self._client.request("POST", path, self._form, urlencode(form).encode())

    async def post_json(self, path: str, body: dict[str, Any]) -> Answer:
        """Post JSON; see Transport."""
        return await self._client.request("POST", path, self._json, json.dumps(body).encode())

    async def get(self, path: str, query: Fields) -> Answer:
        """Ask for a resource; see Transport."""
        return await self._client.request("GET", f"{path}?{urlencode(query)}" if query else path, self._plain)

    async def close(self) -> None:
        """Close the pool."""
        await self._client.close()
