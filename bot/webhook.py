"""The providers' webhooks: a message that came in, and a report of one that went out.

All answer as soon as what they were told is on disk; the turn starts after the answer has been made.
"""

import asyncio
import json
from collections.abc import Callable
from hmac import compare_digest
from time import perf_counter
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.channels.govuk_notify import parse_receipt
from bot.channels.paths import MESSAGES_PATH, STATUS_PATH
from bot.channels.port import Report
from bot.channels.twilio_inbound import (
    Form,
    Refused,
    account_of,
    parse,
    parse_report,
    public_url,
    verify,
)
from bot.observing import Observer
from bot.posing import Poser
from services.core.clock import Clock
from services.core.database import Database
from services.core.errors import DatabaseBusy
from services.core.phone import mask
from services.people import deliveries, failures, inbox, outbox
from services.people.inbox import InboundDraft
from services.people.tables import OutboxStatus

T = TypeVar("T")

_LARGEST_BODY = 64 * 1024
_MOST_FIELDS = 500
_EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'

log = structlog.get_logger(__name__)
router = APIRouter()


class WebhookSettings(Protocol):
    """The settings that a webhook needs."""

    @property
    def public_base_url(self) -> str:
        """The address that Twilio calls us by, without a path of ours."""
        ...

    @property
    def twilio_account_sid(self) -> str:
        """The account that messages must come from."""
        ...

    @property
    def twilio_auth_token(self) -> SecretStr:
        """The secret that requests are signed with."""
        ...

    @property
    def govuk_notify_callback_token(self) -> SecretStr:
        """What GOV.UK Notify shows when it calls us; "" for never."""
        ...


class Service(Protocol):
    """What `app.state.service` must offer to the webhooks."""

    @property
    def database(self) -> Database:
        """Where messages are recorded."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...

    @property
    def settings(self) -> WebhookSettings:
        """How providers reach us."""
        ...

    @property
    def poser(self) -> Poser:
        """What opens the questions of messages that have left."""
        ...

    @property
    def observer(self) -> Observer:
        """Who is told of what came in."""
        ...

    def on_recorded(self, inbound_id: int, identity_id: int) -> None:
        """Start the turn of a message that has been recorded, and return at once; called on the event loop."""
        ...


class _Rejected(Exception):
    """A request that is answered with an HTTP error and otherwise has no effect."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


async def receive_message(request: Request) -> Response:
    """Take one incoming message; its turn starts once the answer has been made.

    403 without a valid signature of our account, 413 over 64 KB, 400 for no form at all, 503 when nothing can be
    stored now; otherwise 200 and empty TwiML, also for a message taken before or one nobody could be answered on.
    """
    started = perf_counter()
    service: Service = request.app.state.service
    try:
        message = parse(await _signed_form(request, service))
        if isinstance(message, Refused):
            log.warning("inbound_refused", reason=message.reason)
        else:
            await _take(service, message, started)
    except _Rejected as rejected:
        return _rejection(request, rejected)
    return _answer()


async def receive_status(request: Request) -> Response:
    """Take a report of a message of ours, named by `?outbox=ID`; errors as for `receive_message`."""
    service: Service = request.app.state.service
    try:
        report = parse_report(await _signed_form(request, service))
        if report is not None:
            await _apply(service, report, _row_named(request.query_params.get("outbox", "")))
    except _Rejected as rejected:
        return _rejection(request, rejected)
    return _answer()


async def receive_receipt(request: Request) -> Response:
    """Take a delivery receipt of GOV.UK Notify, which names a message of ours by its reference.

    403 without the token that Notify was given, 413 over 64 KB, 400 for no JSON object, 503 when nothing can be stored
    now (Notify tries again); otherwise 200.
    """
    service: Service = request.app.state.service
    try:
        _check_token(request, service.settings.govuk_notify_callback_token.get_secret_value())
        report = parse_receipt(_json_object(await _read(request)))
        if report is not None:
            await _apply(service, report, _row_named(report.reference))
    except _Rejected as rejected:
        return _rejection(request, rejected)
    return Response()


# Plain routes: FastAPI's own add a tenth of a millisecond of machinery that a raw form has no use for.
router.add_route(MESSAGES_PATH, receive_message, methods=["POST"], include_in_schema=False)
router.add_route(STATUS_PATH, receive_status, methods=["POST"], include_in_schema=False)


async def _take(service: Service, message: InboundDraft, started: float) -> None:
    recorded = await _store(service, lambda session: inbox.record(session, message, service.clock.now()))
    if recorded is None:
        log.info("inbound_repeated", provider_id=message.provider_id)
        return
    log.debug("inbound_taken", inbound=recorded.id, channel=message.channel, sender=mask(message.address))
    service.observer.taken(recorded.id, perf_counter() - started)
    asyncio.get_running_loop().call_soon(service.on_recorded, recorded.id, recorded.identity_id)


async def _apply(service: Service, report: Report, outbox_id: int | None) -> None:
    started = perf_counter()
    moved = await _store(service, lambda session: _advance(session, service, report, outbox_id))
    if moved is not None:
        service.observer.reported(moved, report.channel, report.status, perf_counter() - started)
    log.debug("status_reported", outbox=outbox_id, status=report.status, code=report.code, moved=moved is not None)


def _advance(session: Session, service: Service, report: Report, outbox_id: int | None) -> int | None:
    now = service.clock.now()
    # Locked before the message is changed, in the order in which turns and the sender lock them.
    asking = service.poser.ready(session, outbox.load(session, [outbox_id])) if outbox_id and _has_left(report) else []
    moved = deliveries.advance(
        session,
        outbox_id=outbox_id,
        provider_id=report.provider_id,
        status=report.status,
        reason=report.code if report.status is OutboxStatus.FAILED else "",
        now=now,
    )
    if moved is not None:
        service.poser.pose(session, asking, now)
    if moved is not None and report.status is OutboxStatus.FAILED and report.refusal is not None:
        for row in outbox.load(session, [moved]):
            failures.take_failure(session, row, report.refusal.value, report.code, report.provider_id, now)
    return moved


def _has_left(report: Report) -> bool:
    return report.status in (OutboxStatus.SENT, OutboxStatus.DELIVERED, OutboxStatus.READ)


def _row_named(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


async def _store(service: Service, unit: Callable[[Session], T]) -> T:
    try:
        return await asyncio.wrap_future(service.database.submit(unit))
    except (DatabaseBusy, SQLAlchemyError) as error:
        log.exception("webhook_not_stored")
        raise _Rejected(503, "not stored") from error


async def _signed_form(request: Request, service: Service) -> Form:
    body = await _read(request)
    form = _decode(body)
    settings = service.settings
    query = request.scope["query_string"].decode("latin-1")
    url = public_url(settings.public_base_url, request.scope["path"], query)
    is_form = not request.headers.get("content-type", "").startswith("application/json")
    content = form if is_form else body.decode("utf-8", "replace")
    if not verify(
        settings.twilio_auth_token.get_secret_value(), url, content, request.headers.get("x-twilio-signature")
    ):
        raise _Rejected(403, "signature")
    if account_of(form) != settings.twilio_account_sid:
        raise _Rejected(403, "account")
    return form


def _check_token(request: Request, token: str) -> None:
    shown = request.headers.get("authorization", "")
    if not token or not compare_digest(shown.encode(), f"Bearer {token}".encode()):
        raise _Rejected(403, "token")


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _Rejected(400, "no JSON object")
    return found


async def _read(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY:
                raise _Rejected(413, "too large")
    except ClientDisconnect:
        raise _Rejected(400, "broken off") from None
    return bytes(body)


def _decode(body: bytes) -> Form:
    """The fields as sent: blanks, repeats and their order kept, since the signature covers them all."""
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise _Rejected(400, "too many fields") from None


def _rejection(request: Request, rejected: _Rejected) -> Response:
    log.warning("webhook_rejected", path=request.scope["path"], status=rejected.status, reason=rejected.reason)
    return Response(status_code=rejected.status)


def _answer() -> Response:
    return Response(_EMPTY_TWIML, media_type="text/xml")
