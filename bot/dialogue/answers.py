"""Whether a message answers the open question, and with what."""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from bot.dialogue.commands import Answer, TakeWay
from bot.dialogue.flows import Flows
from bot.dialogue.intents import CONTROLS, NO, SKIP, YES
from bot.dialogue.models import SKIPPED, CollectStep
from bot.dialogue.state import Question, State
from bot.dialogue.words import says_any
from bot.understanding import Entity, Understanding

_YES_WORDS = {True, "yes", "affirm"}
_PAUSE = re.compile(r"\s*[,.;!]|\s+(?:and|but)\b", re.IGNORECASE)
# "Could I have a chair?" is no question about the event.
_ASKING = re.compile(r"^\W*(?:is|are|do|does|what|whats|where|how|which)\b", re.IGNORECASE)
_SHORT, _POLITE = 3, 6  # words of "no" and of "no thank you very much"


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer found, and the entity it was found in, if any."""

    command: Answer | TakeWay
    entity: Entity | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The open question with its collect step and the message to be read against it."""

    flows: Flows
    question: Question
    model: CollectStep
    said: Understanding

    def says(self, intents: Set[str]) -> bool:
        """Say whether the message is confidently one of these intents."""
        return self.said.intent in intents and self.said.confidence >= self.flows.limits.start

    def first(self, kinds: list[str]) -> Entity | None:
        """The first entity of any of these kinds."""
        return next((entity for entity in self.said.entities if entity.kind in kinds), None)

    def skips(self) -> bool:
        """Say whether the message passes the question over."""
        return self.says({SKIP}) or self.first([SKIP]) is not None

    def declines(self) -> bool:
        """Say whether a short message says no and nothing else."""
        no = self.first(["yes_no"])
        words = len(self.said.text.split())
        bare_no = no is not None and not is_yes(no) and words <= _SHORT
        return bare_no or (self.says(NO) and words <= _POLITE)


def answer_to(flows: Flows, state: State, said: Understanding) -> Answered | None:
    """Read a message as an answer to the open question; None if there is none, or it is not an answer."""
    frame = state.top
    if frame is None or frame.question is None:
        return None
    return answer_to_question(flows, frame.flow, frame.question, said)


def answer_to_question(flows: Flows, flow: str, question: Question, said: Understanding) -> Answered | None:
    """Read a message as an answer to a question of a flow; None if it is not one."""
    model = flows[flow].collect(question.step)
    asked = Asked(flows, question, model, said)
    if flows.is_payload(said.text):
        return _picked(asked)
    return _picked(asked) or _known_phrase(asked) or _READERS.get(model.kind, _entity)(asked) or _otherwise(asked)


def is_yes(entity: Entity) -> bool:
    """Say whether a yes_no entity says yes."""
    return entity.value in _YES_WORDS


def _picked(asked: Asked) -> Answered | None:
    """A button of the menu that the question showed."""
    text = asked.said.text.strip()
    payloads = {option.payload for option in asked.question.options}
    return Answered(Answer(text)) if text in payloads else None


def _known_phrase(asked: Asked) -> Answered | None:
    """A message that means an intent for certain, such as MORE, is not searched for anything else."""
    return _by_intent(asked) if asked.said.confidence >= 1 else None


def _otherwise(asked: Asked) -> Answered | None:
    found = _by_intent(asked)
    if found or not asked.model.optional:
        return found
    passed_over = asked.skips() or (asked.model.kind != "yes_no" and asked.declines())
    return Answered(Answer(SKIPPED)) if passed_over else None


def _by_intent(asked: Asked) -> Answered | None:
    for way in asked.model.on_intent:
        # "I do not want to book" is easily taken for a wish to book.
        if asked.says({way.intent}) and not (way.value is True and says_any(asked.said.text, asked.flows.negations)):
            return Answered(Answer(way.value) if way.then is None else TakeWay(way.then))
    return None


def _choice(asked: Asked) -> Answered | None:
    payloads = [option.payload for option in asked.question.options]
    for entity in asked.said.entities:
        if entity.kind == "choice" and entity.value in payloads:
            return Answered(Answer(entity.value), entity)
    yes = asked.first(["yes_no"])
    if len(payloads) == 1 and (asked.says(YES) or (yes is not None and is_yes(yes))):
        return Answered(Answer(payloads[0]), yes)
    return None


def _yes_no(asked: Asked) -> Answered | None:
    entity = asked.first(["yes_no"])
    if entity is not None:
        return Answered(Answer(is_yes(entity)), entity)
    if asked.says(YES | NO):
        return Answered(Answer(asked.said.intent in YES))
    return None


def _text(asked: Asked) -> Answered | None:
    """The whole message, unless it is plainly something else, or a no to an optional question.

    What names something of the kind asked for ("a wheelchair, and parking close by") is not something else.
    """
    if asked.says(set(asked.model.means)) and _ASKING.search(asked.said.text):
        return None
    wanted = asked.first(asked.flows.rule(asked.question.slot).source)
    if wanted is None and (_is_other_matter(asked) or (asked.model.optional and asked.declines())):
        return None
    text = asked.said.text.strip()
    return Answered(Answer(text)) if text and not asked.skips() else None


def _is_other_matter(asked: Asked) -> bool:
    return _plainly_else(asked) or _by_intent(asked) is not None or _takes_back(asked)


def _takes_back(asked: Asked) -> bool:
    """Say whether a message changes something said before ("oops just 1")."""
    kinds = {entity.kind for entity in asked.said.entities}
    return asked.flows.corrects(asked.said) and bool(kinds & {"choice", *asked.flows.fillers})


def _name(asked: Asked) -> Answered | None:
    """A name, unless the message is plainly something else and the name neither nearly all of it nor apart."""
    found = _entity(asked)
    if found is None or found.entity is None:
        return None
    beside = len(asked.said.text.split()) - len(found.entity.words.split())
    stands = beside < _SHORT or _is_apart(asked.said.text, found.entity)
    return found if stands or not _plainly_else(asked) else None


def _is_apart(text: str, entity: Entity) -> bool:
    """Say whether words at the beginning stand apart from what follows ("I am Grace, and which bus is it")."""
    return len(text[: entity.start].split()) <= _SHORT and bool(_PAUSE.match(text[entity.end :]))


def _entity(asked: Asked) -> Answered | None:
    rule = asked.flows.rule(asked.question.slot)
    entity = asked.first(rule.source or [asked.model.kind])
    if entity is None:
        return None
    value: Any = entity.value
    if rule.many:
        value = [each.value for each in asked.said.entities if each.kind == entity.kind]
    return Answered(Answer(value), entity)


def _plainly_else(asked: Asked) -> bool:
    """Say whether the message is strongly another matter: almost any words could be a name or a text."""
    if asked.said.confidence < asked.flows.limits.strong:
        return False
    if asked.said.intent in asked.model.means:
        return False
    triggers = asked.flows.triggers.get(asked.said.intent, ())
    return asked.said.intent in CONTROLS or any(not trigger.idle for _, trigger in triggers)


_READERS: dict[str, Callable[[Asked], Answered | None]] = {
    "choice": _choice,
    "yes_no": _yes_no,
    "text": _text,
    "name": _name,
}
