"""What an action may know beyond the slots: the unit of work it runs in, who is texting, and the time."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.understanding import Entity, Option

# A yes with a word of thanks ("yes please").
_BARE = 2


@dataclass(frozen=True, slots=True)
class TurnContext:
    """The surroundings of one turn; `turn` sets it before it advances the dialogue.

    `address` and `channel` ("sms" or "whatsapp") are how they are reached; `inbound_id` is the message being
    answered, `text` its words and `entities` what was found in them; `pick` gives the index of the option that they
    speak of, None for none or several, and `pick_in` the same for a part of the words. With `is_first` nothing was
    answered before, so that the welcome goes with the answer.
    """

    session: Session
    now: datetime
    identity_id: int
    person_id: int
    inbound_id: int
    address: str
    channel: str
    text: str
    pick: Callable[[Sequence[Option]], int | None]
    entities: tuple[Entity, ...]
    pick_in: Callable[[str, Sequence[Option]], int | None]
    is_first: bool = False

    @property
    def is_bare_yes(self) -> bool:
        """Whether the message is a yes and no more."""
        said = [entity for entity in self.entities if entity.kind == "yes_no"]
        return bool(said) and said[0].value is True and len(self.text.split()) <= _BARE


current_turn: ContextVar[TurnContext] = ContextVar("current_turn")
