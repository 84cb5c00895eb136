"""A message that takes something back, read again as an answer to what was asked before: "oops just 1"."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.dialogue.answers import answer_to
from bot.dialogue.flows import Flows
from bot.dialogue.intents import CHOOSE_OPTION
from bot.dialogue.models import CollectStep
from bot.dialogue.state import State, Trail
from bot.understanding import Entity, Expecting, Understanding

Read = Callable[[Expecting | None], Understanding]

# What is read in the light of its question only; anything else is found wherever it is said.
_BY_QUESTION = ("choice", "count", "name", "rating")
_FAR = 4  # questions back


def second_look(flows: Flows, state: State, said: Understanding, read: Read) -> Understanding:
    """Return the message with what it says to an earlier question, if it corrects and answers nothing open."""
    if state.top is None or not _looks_back(flows, said) or _is_answered(flows, state, said):
        return said
    for awaited in _earlier(flows, state):
        found = _found(read(awaited), awaited)
        if found is not None:
            return replace(said, entities=(*_apart_from(found, said), found))
    return said


def _looks_back(flows: Flows, said: Understanding) -> bool:
    if said.first("choice") is not None:
        return False
    chooses = said.intent == CHOOSE_OPTION and said.confidence >= flows.limits.strong
    return chooses or flows.corrects(said)


def _is_answered(flows: Flows, state: State, said: Understanding) -> bool:
    """Say whether the open question is answered; any words answer one that asks for words."""
    question = state.question
    return question is not None and question.kind != "text" and answer_to(flows, state, said) is not None


def _earlier(flows: Flows, state: State) -> Iterator[Expecting]:
    """What the questions answered last awaited, the latest first, and then the menus shown."""
    for slot, kind in _answered(flows, state)[:_FAR]:
        if kind in _BY_QUESTION and kind != "choice":
            yield Expecting(slot, kind)
    for menu in reversed(state.menus):
        yield Expecting(menu.slot, "choice", menu.utterance.options, closed=True)


def _answered(flows: Flows, state: State) -> list[tuple[str, str]]:
    """The slots that questions filled on the way to the open one, with their kinds, the latest first."""
    top = state.frames[-1]
    ways: list[tuple[str, Trail]] = [*((past.flow, past.trail) for past in top.past), (top.flow, top.trail)]
    models = [flows[flow].steps[step].model for flow, trail in ways for step, _ in trail if step in flows[flow].steps]
    return [(model.collect, model.kind) for model in reversed(models) if isinstance(model, CollectStep)]


def _found(again: Understanding, awaited: Expecting) -> Entity | None:
    return next((entity for entity in again.entities if entity.kind == awaited.kind), None)


def _apart_from(found: Entity, said: Understanding) -> list[Entity]:
    """What else the message says in other words."""
    return [one for one in said.entities if one.kind == "yes_no" or not one.overlaps(found.start, found.end)]
