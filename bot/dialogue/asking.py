"""Putting a question: in which words, how often, and with which menu."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.dialogue.flows import Flows, Step
from bot.dialogue.models import CollectStep
from bot.dialogue.responses import MENU
from bot.dialogue.state import Frame, Question
from bot.dialogue.utterance import Utterance
from bot.dialogue.walk import AGAIN, Walk, place_of
from bot.understanding import Option

TAKEN = "utter_taken_"
PASSED_OVER = "utter_passed_over"
OFFER_PERSON = "pattern_offer_person"
NOT_UNDERSTOOD = "utter_not_understood"


def ask(walk: Walk, frame: Frame, step: Step, model: CollectStep) -> bool:
    """Put a question and say whether the turn now waits for its answer.

    A question that was put as often as the limit allows stays open unsaid; if the turn has said nothing else either,
    a person is offered.
    """
    asked_before = frame.question is not None
    if walk.silent and asked_before:
        return True
    place = place_of(frame)
    if walk.state.asks.get(place, 0) >= walk.flows.limits.asks:
        return _stay_open(walk, frame, step, model)
    walk.state.asks[place] = walk.state.asks.get(place, 0) + 1
    said = _say(walk, model, walk.manner if asked_before else "")
    frame.question = _question(walk, step, model, said.options)
    walk.note("asked", frame.flow, step.id)
    return True


def _stay_open(walk: Walk, frame: Frame, step: Step, model: CollectStep) -> bool:
    if frame.question is None:
        frame.question = _question(walk, step, model, _menu(walk, model))
    if walk.replies:
        return True
    walk.agenda.append(Frame(OFFER_PERSON))
    return False


def _question(walk: Walk, step: Step, model: CollectStep, options: tuple[Option, ...]) -> Question:
    return Question(step.id, model.collect, model.kind, walk.now.isoformat(), options)


def _say(walk: Walk, model: CollectStep, manner: str) -> Utterance:
    """Say the question in a manner ("", "again" or "resumed"), and return its last utterance, which has the menu."""
    *before, last = _words(walk, model)
    for utterance in before:
        walk.say(utterance)
    for response in (f"{last.response}_{manner}", f"utter_ask_{model.collect}_{manner}"):
        if manner and response in walk.flows.responses and _has_menu(walk, response, last):
            return walk.say(replace(last, response=response), model.collect)
    if manner == AGAIN:
        walk.say(Utterance(NOT_UNDERSTOOD))
    return walk.say(last, model.collect)


def _has_menu(walk: Walk, response: str, utterance: Utterance) -> bool:
    """Whether there is a menu where a response shows one: all that was listed may have filled up meanwhile."""
    return bool(utterance.options) or MENU not in walk.flows.responses.names(response)


def _words(walk: Walk, model: CollectStep) -> tuple[Utterance, ...]:
    if model.ask is None:
        return (Utterance(model.response, {}, _menu(walk, model)),)
    result = walk.run_action(model.ask, MappingProxyType(walk.state.slots))
    walk.put(result.slots)
    return result.utterances or (Utterance(model.response, {}, _menu(walk, model)),)


def _menu(walk: Walk, model: CollectStep) -> tuple[Option, ...]:
    return menu_of(walk.flows, model, walk.state.slots)


def menu_of(flows: Flows, model: CollectStep, slots: Mapping[str, Any]) -> tuple[Option, ...]:
    """The menu of a question: the list in a slot, or the buttons of its response."""
    if model.options:
        listed: list[Mapping[str, Any]] = slots.get(model.options) or []
        return tuple(flows.responses.option(option) for option in listed)
    return flows.responses.options(model.response, slots) if model.kind == "choice" else ()
