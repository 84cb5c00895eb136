"""One turn under way: the conversation being changed, what has been said so far, and what waits to run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.dialogue.flows import Flow, Flows, Step
from bot.dialogue.state import Frame, Menu, State
from bot.dialogue.utterance import RunAction, Utterance

RESUMED, AGAIN = "resumed", "again"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a turn, for logs and figures; `detail` never holds what a person said."""

    kind: str
    flow: str
    detail: str = ""


@dataclass(slots=True)
class Walk:
    """A turn under way.

    `agenda` are frames about to start, in the order in which they run. `manner` is the variation in which an open
    question is put again ("", "again" or "resumed"); `silent` leaves it unsaid. `given` are slots this message filled,
    `fresh` those that flows have filled since it came.
    """

    flows: Flows
    state: State
    run_action: RunAction
    now: datetime
    replies: list[Utterance] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    agenda: list[Frame] = field(default_factory=list)
    manner: str = ""
    silent: bool = False
    given: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)

    def flow(self, frame: Frame) -> Flow:
        """The flow that a frame runs."""
        return self.flows[frame.flow]

    def note(self, kind: str, flow: str, detail: str = "") -> None:
        """Keep an event."""
        self.events.append(Event(kind, flow, detail))

    def say(self, utterance: Utterance, slot: str = "") -> Utterance:
        """Say something, once, with the slots its response uses; a menu it shows is remembered for `slot`."""
        names = self.flows.responses.names(utterance.response) - set(utterance.parameters)
        slots = {name: self.state.slots[name] for name in names if name in self.state.slots}
        whole = replace(utterance, parameters={**slots, **utterance.parameters})
        if whole not in self.replies:
            self.replies.append(whole)
        if whole.options:
            self.remember(whole, slot)
        return whole

    def remember(self, utterance: Utterance, slot: str) -> None:
        """Remember a menu as the last one shown."""
        menus = [menu for menu in self.state.menus if menu.utterance.options != utterance.options]
        number = max((menu.number for menu in self.state.menus), default=0) + 1
        menus.append(Menu(number, slot, self.now.isoformat(), utterance))
        self.state.menus = menus[-self.flows.limits.menus :]

    def put(self, slots: Mapping[str, Any]) -> None:
        """Set slots; None empties one."""
        for slot, value in slots.items():
            if value is None:
                self.state.slots.pop(slot, None)
            else:
                self.state.slots[slot] = value

    def fill(self, frame: Frame, slots: Mapping[str, Any]) -> None:
        """Set slots on behalf of a frame, which owns those that were empty."""
        for slot, value in slots.items():
            if value is not None and slot not in self.state.slots and slot not in frame.own:
                frame.own.append(slot)
        self.fresh |= set(slots)
        self.put(slots)

    def empty(self, slots: Iterable[str]) -> None:
        """Empty slots."""
        for slot in slots:
            self.state.slots.pop(slot, None)


def place_of(frame: Frame) -> str:
    """The name under which the asking of a frame's present question is counted."""
    return f"{frame.flow}.{frame.step}"


def leave(walk: Walk, frame: Frame, step: Step, filled: Iterable[str] = ()) -> None:
    """Go on from a step, noting the slots it filled."""
    passed = [done for done, _ in frame.trail]
    if step.id in passed:
        del frame.trail[passed.index(step.id) :]
    frame.trail.append((step.id, list(filled)))
    walk.state.asks.pop(place_of(frame), None)
    frame.question = None
    if frame.replay:
        frame.replay.steps.pop(step.id, None)
    go_to(frame, step.next(walk.state.slots, frame.context))


def go_to(frame: Frame, step_id: str) -> None:
    """Let a frame stand before a step."""
    frame.step = step_id
    frame.question = None
