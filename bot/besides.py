"""What a message asks besides: "Jean, is there parking?" answers and asks, "is it free? who runs it?" asks twice."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.dialogue.answers import answer_to
from bot.dialogue.engine import expecting
from bot.dialogue.flows import Flows
from bot.dialogue.intents import CHOOSE_OPTION
from bot.dialogue.state import State
from bot.understanding import Expecting, Understanding

Read = Callable[[str, Expecting | None], Understanding]
ReadPart = Callable[[str], Understanding | None]

_BREAK = re.compile(r"\s*(?:(?P<mark>[?!;,]+)|\.(?=\s))\s*|\s+(?=(?:and|but|also|plus)\s)", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|^\W*(?:(?:and|but|also|plus|then|oh|ok|so|pls|please|sorry)\W+)*"
    r"(?:who|whos|what|whats|how|hows|why|where|wheres|when|whens|which|is|are|do|does|did|can|could|will|would|may|any)\b",
    re.IGNORECASE,
)
_SURE = 0.7
_LEAST = 2  # words of a question
# Any words may answer these, a question after the answer too; other answers are found wherever they stand.
_ANYTHING = frozenset({"name", "text"})
_OF_EVENTS = frozenset(
    {"travel_directions", "parking", "event_details", "cost_question", "what_to_bring", "online_link"}
)


def with_rest(flows: Flows, state: State, said: Understanding, read: Read) -> Understanding:
    """The message, or its first part with the other as what is said then; `read` reads a part by itself.

    An answer goes before a question, so that what follows is asked last.
    """
    if said.intent == CHOOSE_OPTION or flows.is_payload(said.text):
        return said
    awaited = expecting(state)
    is_free = awaited is not None and awaited.kind in _ANYTHING

    def asked(part: str) -> Understanding | None:
        return _question(part, read, None if is_free else awaited)

    def answer(part: str) -> Understanding | None:
        return _answer(part, flows, state, read) if is_free else None

    heard = (_heard(first, second, said, asked, answer) for first, second in _parts(said.text))
    return next(filter(None, heard), said)


def _heard(first: str, second: str, whole: Understanding, asked: ReadPart, answer: ReadPart) -> Understanding | None:
    """An answer and a question, or two questions; None if the parts are neither."""
    one, other = asked(first), asked(second)
    question = other or one
    if question and (answered := answer(first if other else second)):
        return replace(answered, then=question)
    return replace(one, then=other) if one and _are_two(one, other, whole) else None


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for found in _BREAK.finditer(text):
        first, second = text[: found.start()] + (found["mark"] or ""), text[found.end() :]
        if first.strip() and second.strip():
            yield first.strip(" ,;"), second.strip()


def _question(part: str, read: Read, awaited: Expecting | None) -> Understanding | None:
    """A part of a message, if it surely asks about the service or an event."""
    if len(part.split()) < _LEAST or not _ASKS.search(part):
        return None
    said = read(part, awaited)
    is_sure = said.intent in _OF_EVENTS and said.confidence >= _SURE
    return said if is_sure or said.first("question") else None


def _answer(part: str, flows: Flows, state: State, read: Read) -> Understanding | None:
    """A part of a message, if it answers the open question."""
    if _ASKS.search(part):
        return None
    said = read(part, expecting(state))
    return said if answer_to(flows, state, said) else None


def _are_two(one: Understanding, other: Understanding | None, whole: Understanding) -> bool:
    """Whether two parts ask two things, one of them about the service, or the whole was taken for one."""
    if other is None:
        return False
    asked = one.first("question"), other.first("question")
    is_one = len(whole.ranking) < 2 or whole.ranking[1][1] < _SURE
    return (any(asked) or is_one) and (asked[0] != asked[1] or one.intent != other.intent)
