"""/metrics for Prometheus: by a token, or without one only to whoever asks on this machine itself."""

import asyncio
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from bot.exposition import Exposition

# A proxy on this machine asks from the same address as Prometheus does; these betray it.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class MetricsSettings(Protocol):
    """The settings that the page needs."""

    @property
    def metrics_token(self) -> SecretStr:
        """What a scraper must show; empty for none."""
        ...


class Service(Protocol):
    """What `app.state.service` must offer to the page."""

    @property
    def settings(self) -> MetricsSettings:
        """Who may ask."""
        ...

    @property
    def exposition(self) -> "Exposition":
        """The metrics; made with the first question, in a thread of its own."""
        ...


async def metrics(request: Request) -> Response:
    """This process's metrics; 403 to whoever may not ask."""
    service: Service = request.app.state.service
    if not _may_ask(request, service.settings.metrics_token.get_secret_value()):
        return Response(status_code=403)
    return await asyncio.to_thread(_answer, service)


def _answer(service: Service) -> Response:
    exposition = service.exposition
    return Response(exposition.text(), media_type=exposition.media_type)


def _may_ask(request: Request, token: str) -> bool:
    if token:
        shown = request.headers.get("authorization", "").encode()
        return compare_digest(shown, f"Bearer {token}".encode())
    is_forwarded = any(name in request.headers for name in _FORWARDED)
    return not is_forwarded and request.url.hostname in _OWN_NAMES and _is_loopback(request)


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
