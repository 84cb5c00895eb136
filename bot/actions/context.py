"""What an action may know beyond the slots: the unit of work it runs in, who is texting, and the time."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class TurnContext:
    """The surroundings of one turn; `turn` sets it before it advances the dialogue.

    `address` and `channel` ("sms" or "whatsapp") are how they are reached; `inbound_id` is the message being
    answered and `text` its words.
    """

    session: Session
    now: datetime
    identity_id: int
    person_id: int
    inbound_id: int
    address: str
    channel: str
    text: str


current_turn: ContextVar[TurnContext] = ContextVar("current_turn")
