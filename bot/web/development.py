"""Development only: talk to the bot as JSON, and move its clock."""

import asyncio
from datetime import datetime
from typing import Annotated, Protocol
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, Field

from bot.turn_queue import TurnQueue
from services.core.clock import SystemClock
from services.core.database import Database
from services.core.errors import InvalidPhoneNumber
from services.core.phone import parse_phone
from services.people import inbox
from services.people.inbox import InboundDraft

router = APIRouter(prefix="/dev")

# Someone without a phone number: a name of a developer's choosing, reached by nothing but the answer itself.
DEVELOPER = "dev"


class DevelopmentService(Protocol):
    """What these routes need of the service."""

    database: Database
    clock: SystemClock
    turns: TurnQueue

    async def tick(self, now: datetime) -> dict[str, int]:
        """Run every job, the gate and sending as of `now`, and return the counts."""
        ...


def _service(request: Request) -> DevelopmentService:
    service: DevelopmentService = request.app.state.service
    return service


Service = Annotated[DevelopmentService, Depends(_service)]


class Message(BaseModel):
    """A message as Rasa's REST channel takes it."""

    sender: str = Field(min_length=1, max_length=64)
    message: str = Field(max_length=10_000)


class Moment(BaseModel):
    """A moment to act at; it needs an offset from UTC."""

    now: AwareDatetime


@router.post("/messages")
async def message(sent: Message, service: Service) -> list[dict[str, str]]:
    """Take one message through the same turn as the webhook's and answer with the texts of the reply."""
    channel, address = _address(sent.sender)
    draft = InboundDraft(
        provider="dev",
        provider_id=uuid4().hex,
        channel=channel,
        address=address,
        recipient="",
        body=sent.message.replace("\x00", ""),
    )
    recorded = await asyncio.wrap_future(
        service.database.submit(lambda session: inbox.record(session, draft, service.clock.now()))
    )
    if recorded is None:
        return []
    texts = await asyncio.wrap_future(service.turns.submit(recorded.id, recorded.identity_id))
    return [{"text": text} for text in texts]


@router.post("/tick")
async def tick(moment: Moment, service: Service) -> dict[str, int]:
    """Run every job as of a moment, send what is due then, and count what was done."""
    return await service.tick(moment.now)


@router.post("/clock")
async def clock(moment: Moment, service: Service) -> dict[str, int]:
    """Move the demo's clock to a moment for good, and do what is due then."""
    service.clock.move_to(moment.now)
    return await service.tick(moment.now)


def _address(sender: str) -> tuple[str, str]:
    try:
        return "sms", parse_phone(sender).e164
    except InvalidPhoneNumber:
        return DEVELOPER, sender
