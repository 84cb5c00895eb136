"""The phone page: several phones side by side that text the bot through the real, signed webhook. Development only."""

import secrets
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy import Select, literal, null, select
from sqlmodel import Session
from starlette.responses import FileResponse, HTMLResponse

from bot.channels.handset import Handset, Texted, signature
from bot.channels.paths import MESSAGES_PATH
from bot.channels.segments import count
from bot.channels.simulator import FakeTwilio
from bot.channels.simulator_web import poster_to
from bot.settings import Settings
from services.core.clock import SystemClock
from services.core.database import Database
from services.core.errors import InvalidPhoneNumber
from services.core.phone import parse_phone
from services.core.spoken import spoken_date, spoken_time
from services.people.tables import Identity, InboundMessage, OutboxMessage

if TYPE_CHECKING:
    from jinja2 import Environment

router = APIRouter()
_HERE = Path(__file__).parent
_STATIC = {"phone.css": "text/css", "phone.js": "text/javascript"}
_INBOX = InboundMessage.__table__  # type: ignore[attr-defined]
_OUTBOX = OutboxMessage.__table__  # type: ignore[attr-defined]
_IDENTITY = Identity.__table__  # type: ignore[attr-defined]
_NOT_SHOWN = ("queued", "refused")


class PhoneService(Protocol):
    """What the page needs of the service."""

    settings: Settings
    database: Database
    clock: SystemClock
    fake_twilio: FakeTwilio | None


def _service(request: Request) -> PhoneService:
    service: PhoneService = request.app.state.service
    return service


Service = Annotated[PhoneService, Depends(_service)]


class Sent(BaseModel):
    """One thing done on a phone of the page."""

    number: str
    channel: Literal["sms", "whatsapp"] = "sms"
    body: str = Field(default="", max_length=5000)
    payload: str = Field(default="", max_length=200)
    from_list: bool = False
    answers: str = Field(default="", max_length=64)
    latitude: float | None = None
    longitude: float | None = None


class Step(BaseModel):
    """How far the demo's clock is moved on."""

    hours: float = Field(gt=0, le=24 * 60)


@router.get("/phone")
async def page() -> HTMLResponse:
    """The page with its phones."""
    nonce = secrets.token_urlsafe(16)
    html = _templates().get_template("phone.html").render(nonce=nonce, numbers=["+447700900101", "+447700900102"])
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"})


@router.get("/phone/static/{name}")
async def static(name: str) -> FileResponse:
    """The page's own style and script."""
    if name not in _STATIC:
        raise HTTPException(404)
    return FileResponse(_HERE / "static" / name, media_type=_STATIC[name])


@router.post("/dev/phone/send", status_code=202)
async def send(sent: Sent, request: Request, service: Service) -> dict[str, str]:
    """Post what was done on a phone to our webhook, signed as Twilio signs."""
    settings = service.settings
    ours = settings.twilio_whatsapp_from if sent.channel == "whatsapp" else settings.twilio_sms_from
    pin = (sent.latitude, sent.longitude) if sent.latitude is not None and sent.longitude is not None else None
    handset = Handset(settings.twilio_account_sid, _drama(sent.number), ours, sent.channel)
    form = handset.form(Texted(sent.body, sent.payload, pin, sent.from_list, sent.answers))
    url = settings.public_base_url.rstrip("/") + MESSAGES_PATH
    token = settings.twilio_auth_token.get_secret_value()
    await poster_to(request.app)(url, list(form.items()), signature(token, url, form))
    return {"sid": form["MessageSid"]}


@router.get("/dev/phone/messages")
def messages(number: str, channel: str, service: Service) -> dict[str, Any]:
    """What one phone shows, oldest first, and the demo's time."""
    address = _drama(number)
    with service.database.read() as session:
        shown = _conversation(session, channel, address, service.fake_twilio)
    return {"now": _spoken(service.clock), "messages": shown}


@router.post("/dev/later")
async def later(step: Step, request: Request, service: Service) -> dict[str, Any]:
    """Move the demo's clock on, and do what is due by then."""
    moment = service.clock.now() + timedelta(hours=step.hours)
    service.clock.move_to(moment)
    counts = await request.app.state.service.tick(moment)
    return {"now": _spoken(service.clock), "counts": counts}


@cache
def _templates() -> "Environment":
    """The page's templates, loaded when it is first asked for, so that starting waits for no page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def _drama(number: str) -> str:
    try:
        phone = parse_phone(number)
    except InvalidPhoneNumber:
        raise HTTPException(422, "That is not a phone number.") from None
    if not phone.is_drama:
        raise HTTPException(422, "Only Ofcom's drama numbers, 07700 900000 to 900999, can be used here.")
    return phone.e164


def _spoken(clock: SystemClock) -> str:
    now = clock.now()
    return f"{spoken_date(now, now)}, {spoken_time(now)}"


def _conversation(session: Session, channel: str, address: str, twilio: FakeTwilio | None) -> list[dict[str, Any]]:
    whose = (_IDENTITY.c.channel == channel, _IDENTITY.c.address == address)
    came = _of(_INBOX, "in", _INBOX.c.body, _INBOX.c.received_at, _INBOX.c.details).where(*whose)
    # The words of a message are known once it has been posted.
    went = _of(_OUTBOX, "out", _OUTBOX.c.text, _OUTBOX.c.sent_at, null()).where(
        *whose, _OUTBOX.c.status.not_in(_NOT_SHOWN), _OUTBOX.c.text != ""
    )
    rows = [*session.execute(came).all(), *session.execute(went).all()]
    rows.sort(key=lambda row: (row.at is None, row.at, row.direction == "out", row.id))
    return [_shown(row) | _tappable(row, twilio) for row in rows]


def _of(table: Any, direction: str, text: Any, moment: Any, details: Any) -> Select[Any]:
    columns = (
        literal(direction).label("direction"),
        table.c.id,
        text.label("text"),
        moment.label("at"),
        table.c.status,
        table.c.provider_id,
        details.label("details"),
    )
    return select(*columns).join(_IDENTITY, _IDENTITY.c.id == table.c.identity_id)


def _shown(row: Any) -> dict[str, Any]:
    counted = count(row.text)
    return {
        "key": f"{row.direction}-{row.id}",
        "direction": row.direction,
        "text": row.text or _tapped(row),
        "status": row.status,
        "segments": counted.count,
        "encoding": str(counted.encoding),
    }


def _tapped(row: Any) -> str:
    """What was written on a button that came in, or "" if none was tapped."""
    button = (row.details or {}).get("button") or {}
    return str(button.get("text", ""))


def _tappable(row: Any, twilio: FakeTwilio | None) -> dict[str, Any]:
    """What the phone offers to tap below a message, as Twilio's stand-in has it."""
    sent = twilio.find(row.provider_id) if twilio is not None and row.direction == "out" and row.provider_id else None
    if sent is None or sent.shown is None:
        return {}
    items = [{"payload": one.payload, "title": one.title, "description": one.description} for one in sent.shown.items]
    return {"sid": sent.sid, "choose": sent.shown.choose, "options": items}
