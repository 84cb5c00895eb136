"""The stand-in for Twilio on the web: as an application that answers, and as a caller of our webhooks."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import structlog
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message

from bot.channels.http import NoAnswer, NotReached
from bot.channels.simulator import FakeTwilio, Poster
from bot.channels.twilio_http import Fields

log = structlog.get_logger(__name__)

_FORM = "application/x-www-form-urlencoded"


def create_app(fake: FakeTwilio) -> FastAPI:
    """The stand-in as a web application, to be found by TWILIO_API_BASE_URL."""
    app = FastAPI(title="Stand-in for Twilio", openapi_url=None)

    async def answer(request: Request) -> Response:
        query, sent = parse_qsl(request.url.query), (await request.body()).decode()
        is_json = request.headers.get("content-type", "").startswith("application/json")
        form = [] if is_json else parse_qsl(sent, keep_blank_values=True)
        authorization = request.headers.get("authorization", "")
        try:
            found = await fake.request(
                request.method, request.url.path, [*query, *form], authorization, json.loads(sent) if is_json else None
            )
        except (NoAnswer, NotReached):
            # Less than was promised: the server has no choice but to break the connection.
            return StreamingResponse(iter(()), headers={"Content-Length": "1"})
        return JSONResponse(found.body, found.status, {"Retry-After": "1"} if found.status == 429 else None)

    app.add_route("/2010-04-01/{rest:path}", answer, methods=["GET", "POST"])
    app.add_route("/v2/{rest:path}", answer, methods=["GET"])
    app.add_route("/v1/{rest:path}", answer, methods=["GET", "POST", "DELETE"])
    return app


async def post_over_http(url: str, form: Fields, signature: str) -> None:
    """Post a signed form to a webhook, over the network."""
    headers = {"X-Twilio-Signature": signature, "Content-Type": _FORM}
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session,
        session.post(url, data=urlencode(form).encode(), headers=headers) as response,
    ):
        _note(url, response.status)


def poster_to(app: ASGIApp) -> Poster:
    """A poster that calls an application in this process, whatever host and port an address names."""

    async def post(url: str, form: Fields, signature: str) -> None:
        parts, body = urlsplit(url), urlencode(form).encode()
        headers = {"content-type": _FORM, "content-length": str(len(body)), "x-twilio-signature": signature}
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": parts.scheme,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 0),
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                _note(url, message["status"])

        await app(scope, receive, send)

    return post


def _note(url: str, status: int) -> None:
    if status >= 400:
        log.warning("webhook_refused_the_stand_in", path=urlsplit(url).path, status=status)
