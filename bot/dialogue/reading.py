"""From an Understanding to commands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.dialogue.answers import answer_to
from bot.dialogue.aside import is_paused
from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    Clarify,
    Command,
    GoBack,
    NothingOpen,
    OldMenu,
    Repeat,
    SetSlots,
    Skip,
    StartAgain,
    StartFlow,
)
from bot.dialogue.filling import meant, values_of
from bot.dialogue.flows import Flow, Flows
from bot.dialogue.heard import Heard
from bot.dialogue.intents import (
    BY_RULE,
    CANCEL,
    CONTROLS,
    GO_BACK,
    HUMAN,
    NEVER_MIND,
    NO,
    OUT_OF_SCOPE,
    REPEAT,
    RESUME,
    SKIP,
    START_AGAIN,
    YES,
)
from bot.dialogue.models import IntentTrigger
from bot.dialogue.picking import is_old_choice, picked_from, start_of_pick
from bot.dialogue.state import State
from bot.dialogue.words import folded
from bot.understanding import Understanding

_CONTROL_COMMANDS: dict[str, Command] = {
    START_AGAIN: StartAgain(),
    GO_BACK: GoBack(),
    REPEAT: Repeat(),
    CANCEL: CancelFlow(or_booking=True),
}
MEANING = "option_meaning_"
_SENTENCE = re.compile(r"[.?!;]\s*\w")
_LONG = 5
_MORE_THAN_AN_ANSWER = 3
_NEVER = 2.0
# After so many misses a person is offered, and what is out of scope is not said once more.
_SAID_ENOUGH = 2


def read(flows: Flows, state: State, said: Understanding, now: datetime) -> list[Command]:
    """Return what the message may ask for, the doubtful last; `cleanup.tidy` makes them fit together."""
    said = by_phrase(flows, state, said)
    heard = Heard(flows, state, said, answer_to(flows, state, said), now)
    reading = _Reading(heard, values_of(heard), picked_from(heard))
    return [*reading.commands(), reading.leftover()]


def by_phrase(flows: Flows, state: State, said: Understanding) -> Understanding:
    """Give a message that is one of the known phrases the intent it means, for certain, unless a rule has read it."""
    intent = flows.known_phrase(said.text)
    if intent is None or said.intent in BY_RULE or (intent == RESUME and not is_paused(state)):
        return said
    return replace(said, intent=intent, confidence=1.0, ranking=((intent, 1.0),))


@dataclass(frozen=True, slots=True)
class _Reading:
    """One message being read: `values` are the slots its entities fill, `picked` the one an earlier menu fills."""

    heard: Heard
    values: dict[str, Any]
    picked: dict[str, Any]

    def commands(self) -> list[Command]:
        """What the message asks for, as far as it is clear."""
        heard = self.heard
        control = self._control()
        if control:
            return [control]
        found: list[Command] = [heard.answer.command] if heard.answer else []
        starts = list(self._starts()) or start_of_pick(heard, self.picked)
        found += starts
        values = {**meant(heard, self.values, [start.flow for start in starts]), **self.picked}
        if values:
            found.append(SetSlots(values))
        if not found and is_old_choice(heard):
            found.append(OldMenu())
        return found

    def leftover(self) -> Command:
        """What to make of a message that asks for nothing known."""
        heard = self.heard
        small = heard.means(SKIP, NEVER_MIND, *YES, *NO) or heard.said.first("yes_no") is not None
        if small and not heard.state.frames:
            return NothingOpen()
        if heard.means(SKIP):
            return Skip()
        meanings = self._meanings()
        ambiguous = len(meanings) > 1 and heard.state.question is None
        return Clarify(meanings, self.values) if ambiguous else CannotHandle(meanings, self.values)

    def _control(self) -> Command | None:
        """Going back, cancelling and the like: an answer beats them, unless it is a yes or no and they are plain."""
        heard = self.heard
        if self._breaks_off():
            return CancelFlow()
        if not heard.means(*CONTROLS) or (heard.answer and not self._beats_yes_or_no()):
            return None
        if heard.said.intent == NEVER_MIND:
            return CancelFlow() if heard.state.frames else None
        return _CONTROL_COMMANDS[heard.said.intent]

    def _breaks_off(self) -> bool:
        """Say whether the message breaks off the active flow, by an intent that it names or one that called it."""
        frames = self.heard.state.frames
        asking = len(frames) - 1
        while asking > 0 and frames[asking].called:
            asking -= 1
        named = {
            intent for frame in frames[max(asking, 0) :] for intent in self.heard.flows[frame.flow].model.cancelled_by
        }
        return bool(named) and self.heard.means(*named)

    def _beats_yes_or_no(self) -> bool:
        heard = self.heard
        plain = heard.said.confidence >= heard.flows.limits.strong
        return plain and heard.answered_yes_or_no and heard.answer is not None and heard.answer.entity is not None

    def _starts(self) -> Iterator[StartFlow]:
        """The flow that the message starts, and a second one if it has two wishes."""
        said = self.heard.said
        slots = {**self.heard.state.slots, **self.picked, **self.values}
        first = self._startable(said.intent, said.confidence, slots)
        if first is None:
            return
        yield first
        for intent, confidence in self._second_goal():
            second = self._startable(intent, confidence, slots)
            if second is not None and second.flow != first.flow:
                yield second

    def _startable(self, intent: str, confidence: float, slots: dict[str, Any]) -> StartFlow | None:
        for flow, trigger in self.heard.flows.triggers.get(intent, ()):
            if confidence >= self._bar(intent, trigger) and self._may_start(flow, trigger, slots):
                return StartFlow(flow.name, "human" if intent == HUMAN else _manner(flow))
        return None

    def _bar(self, intent: str, trigger: IntentTrigger) -> float:
        """The confidence that an intent needs here to start a flow."""
        heard, limits = self.heard, self.heard.flows.limits
        bar = trigger.confidence_threshold or (limits.start if intent == heard.said.intent else limits.second_goal)
        if heard.answer and trigger.alone:
            return _NEVER
        if heard.answer:
            return max(bar, limits.alongside) if self._says_more() else _NEVER
        if intent == OUT_OF_SCOPE and heard.state.question:
            return max(bar, limits.strong)
        return bar

    def _says_more(self) -> bool:
        """Say whether the message has words enough beside the answer for another matter."""
        entity = self.heard.answer.entity if self.heard.answer else None
        return entity is not None and self.heard.words_beside([entity]) >= _MORE_THAN_AN_ANSWER

    def _may_start(self, flow: Flow, trigger: IntentTrigger, slots: dict[str, Any]) -> bool:
        if trigger.idle and self.heard.state.frames:
            return False
        if trigger.name == OUT_OF_SCOPE and self.heard.state.misses >= _SAID_ENOUGH:
            return False
        return flow.guard is None or flow.guard.holds(slots)

    def _second_goal(self) -> list[tuple[str, float]]:
        """The second likeliest intent, if the message is long enough and joined as two wishes are."""
        heard = self.heard
        words = folded(heard.said.text).split()
        joined = heard.flows.joins & set(words) or _SENTENCE.search(heard.said.text)
        if heard.answer or len(words) < _LONG or not joined:
            return []
        others = [(intent, score) for intent, score in heard.said.ranking if intent != heard.said.intent]
        return others[:1]

    def _meanings(self) -> tuple[str, ...]:
        """The flows that the message may have meant, likeliest first, two at most."""
        heard = self.heard
        found: list[str] = []
        for intent, confidence in heard.said.ranking:
            for flow, trigger in heard.flows.triggers.get(intent, ()):
                likely = confidence >= heard.flows.limits.meaning
                offered = f"{MEANING}{flow.name}" in heard.flows.responses and flow.name not in found
                if likely and offered and self._may_start(flow, trigger, heard.state.slots):
                    found.append(flow.name)
        return tuple(found[:2])


def _manner(flow: Flow) -> Literal["goal", "small_talk"]:
    return "small_talk" if flow.model.small_talk else "goal"
