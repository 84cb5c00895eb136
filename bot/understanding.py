"""What one message was understood to say, and what it was an answer to: plain data between the parts of a turn."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a menu: its payload (such as "event:42"), its title as shown, and words that single it out.

    `starts_at` is an ISO 8601 moment with offset when the option is a date, so that "the Thursday one" finds it.
    """

    payload: str
    title: str
    words: str = ""
    starts_at: str = ""


@dataclass(frozen=True, slots=True)
class Expecting:
    """What the open question awaits: the slot, the kind of answer, and the menu it showed (if any).

    `kind` is one of "choice", "yes_no", "place", "name", "count", "date", "cancer_type", "need", "text", "rating",
    "relation". A `closed` one is open no longer, but its menu can still be seen on the phone.
    """

    slot: str
    kind: str
    options: tuple[Option, ...] = ()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """A value found in a message.

    `kind` is one of: place, place_choice, date, count, choice, yes_no, name, cancer_type, need, mode, relation,
    audience, stage, access, language, rating, reference, skip, title, activity, about (a line that a question is
    about); of `bot.others` cared_name, agreed_name, own_name, told_knows, kin, code, later_date; of `bot.afterwards`
    attendance, opinion, checkin_wish; of `bot.of_bookings` more_places, wanted; of `bot.reading` question, foreign.
    `value` is JSON: see the module that finds each kind; None says that nothing of the kind is looked for any more.
    `start` and `end` index the message; `words` is that stretch of it.
    """

    kind: str
    value: Any
    start: int
    end: int
    words: str

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it shares a letter with that stretch of the message."""
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Understanding:
    """One message, understood: the likeliest intent, all intents with their confidence, and the entities.

    `then` is what it says besides, which is heard as if it came after.
    """

    text: str
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: tuple[Entity, ...] = ()
    then: "Understanding | None" = None

    def first(self, kind: str) -> Any:
        """The value of the first entity of a kind, or None."""
        return next((entity.value for entity in self.entities if entity.kind == kind), None)
