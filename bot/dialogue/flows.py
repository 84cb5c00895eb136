"""Flows as the engine walks them: steps by id, conditions compiled, and what each flow reaches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bot.dialogue.conditions import Condition
from bot.dialogue.intents import CORRECTION
from bot.dialogue.models import END, CollectStep, Fillers, FlowModel, IntentTrigger, Limits, SlotRule, StepModel
from bot.dialogue.responses import Responses
from bot.dialogue.taps import TAP
from bot.dialogue.utterance import DialogueError
from bot.dialogue.words import as_phrase, says_any, trimmed
from bot.understanding import Understanding

_NO_RULE = SlotRule()
_ASKED = {"choice", "yes_no", "text", "rating", "name"}
PATTERN = "pattern_"


@dataclass(frozen=True, slots=True)
class Way:
    """A way on from a step: the condition (None: always) and the id of the step it leads to, or END."""

    condition: Condition | None
    target: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its id, what the file says, the ways on, and the rejections of a collect with what is said."""

    id: str
    model: StepModel
    ways: tuple[Way, ...]
    rejections: tuple[tuple[Condition, str], ...] = ()

    def next(self, slots: Mapping[str, Any], context: Mapping[str, Any]) -> str:
        """The id of the step that comes next, or END."""
        for way in self.ways:
            if way.condition is None or way.condition.holds(slots, context):
                return way.target
        return END

    def reads(self) -> set[str]:
        """The slots that the step's conditions read."""
        conditions = [way.condition for way in self.ways if way.condition] + [pair[0] for pair in self.rejections]
        names = {name for condition in conditions for name in condition.names}
        return {name.removeprefix("slots.") for name in names if name.startswith("slots.")}


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow: its steps by id and what starts it.

    `takes` are the slots it takes from messages; `reach` the flows it leads to by call and link; `slots` those that
    it and they take; `asks` says whether it or they ever ask anything.
    """

    name: str
    model: FlowModel
    guard: Condition | None
    first: str
    steps: Mapping[str, Step]
    takes: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    reach: frozenset[str] = frozenset()
    asks: bool = False

    @property
    def is_pattern(self) -> bool:
        """Whether it repairs the conversation rather than doing business."""
        return self.name.startswith(PATTERN)

    def step(self, step_id: str) -> Step:
        """The step of that id, or DialogueError."""
        if step_id not in self.steps:
            raise DialogueError(f"flow {self.name} has no step {step_id}")
        return self.steps[step_id]

    def collect(self, step_id: str) -> CollectStep:
        """The collect step of that id, or DialogueError."""
        model = self.step(step_id).model
        if not isinstance(model, CollectStep):
            raise DialogueError(f"step {step_id} of flow {self.name} collects nothing")
        return model


@dataclass(frozen=True)
class Flows:
    """Everything the dialogue files say, loaded and compiled; immutable, and shared by all conversations.

    `phrases` maps whole messages, folded, to the intent they mean, whatever `padding` stands around them. `version`
    changes with any dialogue file.
    """

    flows: Mapping[str, Flow]
    rules: Mapping[str, SlotRule]
    responses: Responses
    phrases: Mapping[str, str] = field(default_factory=dict)
    padding: Fillers = field(default_factory=Fillers)
    joins: frozenset[str] = frozenset()
    corrections: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    version: str = ""

    def __getitem__(self, name: str) -> Flow:
        if name not in self.flows:
            raise DialogueError(f"there is no flow {name}")
        return self.flows[name]

    def known_phrase(self, text: str) -> str | None:
        """The intent that a whole message means for certain, if it is a known phrase."""
        phrase = as_phrase(text)
        return self.phrases.get(phrase) or self.phrases.get(trimmed(phrase, self.padding.before, self.padding.after))

    def corrects(self, said: Understanding) -> bool:
        """Say whether a message takes something back, by what it is taken for or by a word of it ("actually")."""
        sure = said.intent == CORRECTION and said.confidence >= self.limits.start
        return sure or says_any(said.text, self.corrections)

    def rule(self, slot: str) -> SlotRule:
        """How a slot is filled and reset."""
        return self.rules.get(slot, _NO_RULE)

    @cached_property
    def endings(self) -> frozenset[str]:
        """The flows that tell of the end of another that was broken off."""
        return frozenset(flow.model.on_cancel for flow in self.flows.values() if flow.model.on_cancel)

    @cached_property
    def triggers(self) -> dict[str, list[tuple[Flow, IntentTrigger]]]:
        """The flows that each intent may start, in the order of the files."""
        found: dict[str, list[tuple[Flow, IntentTrigger]]] = {}
        for flow in self.flows.values():
            for trigger in flow.model.nlu_trigger:
                found.setdefault(trigger.intent.name, []).append((flow, trigger.intent))
        return found

    @cached_property
    def asked_by(self) -> dict[str, Flow]:
        """The flow that each kind of message nobody asked for opens, by putting its first question."""
        return {kind: flow for flow in self.flows.values() for kind in flow.model.asked_by}

    @cached_property
    def fillers(self) -> dict[str, list[str]]:
        """The slots that each kind of entity fills without being asked for, in the order of the rules."""
        found: dict[str, list[str]] = {}
        for slot, rule in self.rules.items():
            if fills_unasked(rule):
                for kind in rule.source:
                    found.setdefault(kind, []).append(slot)
        return found

    @cached_property
    def by_payload(self) -> dict[str, str]:
        """The slot that options with each payload prefix belong to."""
        return {rule.payload: slot for slot, rule in self.rules.items() if rule.payload}

    def is_payload(self, text: str) -> bool:
        """Say whether a text is no words but what a button sends: of a slot's options, or of one question's."""
        prefix, colon, _ = text.strip().partition(":")
        return bool(colon) and (prefix in self.by_payload or prefix == TAP)


def fills_unasked(rule: SlotRule) -> bool:
    """Say whether a slot is filled whenever its entity is said, and not only as the answer to its question."""
    if rule.when is not None:
        return rule.when == "any"
    return not set(rule.source) & _ASKED
