"""From an Understanding to commands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.dialogue.answers import Answered, answer_to
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
from bot.dialogue.flows import Flow, Flows
from bot.dialogue.intents import (
    CANCEL,
    CONTROLS,
    GO_BACK,
    HUMAN,
    NEVER_MIND,
    NO,
    OUT_OF_SCOPE,
    REPEAT,
    SKIP,
    START_AGAIN,
    YES,
)
from bot.dialogue.models import IntentTrigger
from bot.dialogue.state import Menu, State
from bot.dialogue.words import folded
from bot.understanding import Entity, Understanding

_CONTROL_COMMANDS: dict[str, Command] = {
    START_AGAIN: StartAgain(),
    GO_BACK: GoBack(),
    REPEAT: Repeat(),
    CANCEL: CancelFlow(),
}
MEANING = "option_meaning_"
_LONG = 5
_MORE_THAN_AN_ANSWER = 3


def read(flows: Flows, state: State, said: Understanding, now: datetime) -> list[Command]:
    """Return what the message may ask for, the doubtful last; `cleanup.tidy` makes them fit together."""
    said = by_phrase(flows, said)
    reading = _Reading(flows, state, said, answer_to(flows, state, said), now)
    return [*reading.commands(), reading.leftover()]


def by_phrase(flows: Flows, said: Understanding) -> Understanding:
    """Give a message that is one of the known phrases the intent it means, for certain."""
    intent = flows.phrases.get(folded(said.text))
    return replace(said, intent=intent, confidence=1.0, ranking=((intent, 1.0),)) if intent else said


@dataclass(frozen=True, slots=True)
class _Reading:
    """One message being read."""

    flows: Flows
    state: State
    said: Understanding
    answer: Answered | None
    now: datetime

    def commands(self) -> list[Command]:
        control = None if self.answer else self._control()
        if control:
            return [control]
        found: list[Command] = [self.answer.command] if self.answer else []
        picked = self._picked()
        starts = list(self._starts(picked))
        found += starts or self._start_of_pick(picked)
        values = {**self._values(), **picked}
        if values:
            found.append(SetSlots(values))
        if not found and self._is_old_choice():
            found.append(OldMenu())
        return found

    def leftover(self) -> Command:
        """What to make of a message that asks for nothing known."""
        if self._is_small_answer() and not self.state.frames:
            return NothingOpen()
        if self._means(SKIP):
            return Skip()
        meanings = self._meanings()
        ambiguous = len(meanings) > 1 and self.state.question is None
        return Clarify(meanings, self._values()) if ambiguous else CannotHandle(meanings, self._values())

    def _means(self, *intents: str) -> bool:
        return self.said.intent in intents and self.said.confidence >= self.flows.limits.start

    def _is_small_answer(self) -> bool:
        return self._means(SKIP, NEVER_MIND, *YES, *NO) or self.said.first("yes_no") is not None

    def _control(self) -> Command | None:
        if self._means(NEVER_MIND) and self.state.frames:
            return CancelFlow()
        return _CONTROL_COMMANDS.get(self.said.intent) if self._means(*CONTROLS) else None

    # Flows that the message starts

    def _starts(self, picked: dict[str, Any]) -> Iterator[StartFlow]:
        slots = {**self.state.slots, **picked, **self._values()}
        first = self._startable(self.said.intent, self.said.confidence, slots)
        if first is None:
            return
        yield first
        for intent, confidence in self._second_goal():
            second = self._startable(intent, confidence, slots)
            if second is not None and second.flow != first.flow:
                yield second

    def _startable(self, intent: str, confidence: float, slots: dict[str, Any]) -> StartFlow | None:
        for flow, trigger in self.flows.triggers.get(intent, ()):
            if confidence >= self._bar(intent, trigger) and self._may_start(flow, trigger, slots):
                return StartFlow(flow.name, "human" if intent == HUMAN else _manner(flow))
        return None

    def _bar(self, intent: str, trigger: IntentTrigger) -> float:
        """The confidence that an intent needs here to start a flow."""
        limits = self.flows.limits
        bar = trigger.confidence_threshold or (limits.start if intent == self.said.intent else limits.second_goal)
        if self.answer:
            return max(bar, limits.alongside) if self._says_more() else 2.0
        if intent == OUT_OF_SCOPE and self.state.question:
            return max(bar, limits.strong)
        return bar

    def _says_more(self) -> bool:
        """Say whether the message has words enough beside the answer for another matter."""
        entity = self.answer.entity if self.answer else None
        rest = len(self.said.text.split()) - (len(entity.words.split()) if entity else 0)
        return entity is not None and rest >= _MORE_THAN_AN_ANSWER

    def _may_start(self, flow: Flow, trigger: IntentTrigger, slots: dict[str, Any]) -> bool:
        if trigger.idle and self.state.frames:
            return False
        return flow.guard is None or flow.guard.holds(slots)

    def _second_goal(self) -> list[tuple[str, float]]:
        """The second likeliest intent, if the message is long enough and joined as two wishes are."""
        words = folded(self.said.text).split()
        if self.answer or len(words) < _LONG or not self.flows.joins & set(words):
            return []
        others = [(intent, score) for intent, score in self.said.ranking if intent != self.said.intent]
        return others[:1]

    def _meanings(self) -> tuple[str, ...]:
        """The flows that the message may have meant, likeliest first, two at most."""
        found: list[str] = []
        for intent, confidence in self.said.ranking:
            for flow, trigger in self.flows.triggers.get(intent, ()):
                likely = confidence >= self.flows.limits.meaning
                offered = f"{MEANING}{flow.name}" in self.flows.responses and flow.name not in found
                if likely and offered and self._may_start(flow, trigger, self.state.slots):
                    found.append(flow.name)
        return tuple(found[:2])

    # Slots that the message fills

    def _values(self) -> dict[str, Any]:
        """The slots that entities fill unasked; an entity that overlaps the answer is spent."""
        asked = self.state.question.slot if self.state.question else None
        found: dict[str, Any] = {}
        for entity in () if self._is_button() else self.said.entities:
            if self._is_spent(entity):
                continue
            for slot in self.flows.fillers.get(entity.kind, ()):
                if slot != asked:
                    self._take(found, slot, entity.value)
        return found

    def _take(self, found: dict[str, Any], slot: str, value: Any) -> None:
        """Take a value; where several are said and one is wanted, the first that is news."""
        if self.flows.rule(slot).many:
            found[slot] = [*found.get(slot, []), value]
        elif slot not in found or found[slot] == self.state.slots.get(slot):
            found[slot] = value

    def _is_button(self) -> bool:
        """Say whether the message is the payload of a button, whose digits mean nothing else."""
        text = self.said.text.strip()
        shown = {option.payload for menu in self.state.menus for option in menu.utterance.options}
        return text in shown or self._has_known_prefix(text)

    def _is_spent(self, entity: Entity) -> bool:
        used = self.answer.entity if self.answer else None
        if used is None:
            return False
        return entity.kind == used.kind or (entity.start < used.end and used.start < entity.end)

    # Choices from menus

    def _picked(self) -> dict[str, Any]:
        """The slot that an option of a remembered menu fills, when the message is not an answer."""
        if self.answer:
            return {}
        for payload in self._payloads():
            for menu in reversed(self.state.menus):
                slot = self._slot_of(menu, payload)
                if slot and not self._is_stale(menu):
                    return {slot: payload}
        return {}

    def _payloads(self) -> list[str]:
        chosen = [entity.value for entity in self.said.entities if entity.kind == "choice"]
        return [self.said.text.strip(), *(value for value in chosen if isinstance(value, str))]

    def _slot_of(self, menu: Menu, payload: str) -> str | None:
        if payload not in {option.payload for option in menu.utterance.options}:
            return None
        return menu.slot or self.flows.by_payload.get(payload.partition(":")[0])

    def _is_stale(self, menu: Menu) -> bool:
        return menu.age_hours(self.now) >= self.flows.limits.stale_after_hours

    def _start_of_pick(self, picked: dict[str, Any]) -> list[StartFlow]:
        """The flow that a choice starts, unless it changes a choice made before."""
        starts = [self.flows.rule(slot).starts for slot in picked if slot not in self.state.slots]
        return [StartFlow(flow) for flow in starts if flow]

    def _is_old_choice(self) -> bool:
        """Say whether a payload is of a kind that menus show, but not one to act on."""
        return any(self._has_known_prefix(payload) for payload in self._payloads())

    def _has_known_prefix(self, payload: str) -> bool:
        prefix, colon, _ = payload.partition(":")
        return bool(colon) and prefix in self.flows.by_payload


def _manner(flow: Flow) -> Literal["goal", "small_talk"]:
    return "small_talk" if flow.model.small_talk else "goal"
