"""The rules that make one consistent set of the commands of a message."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogue.commands import (
    Answer,
    CancelFlow,
    CannotHandle,
    Clarify,
    Command,
    CorrectSlots,
    GoOn,
    NothingOpen,
    OldMenu,
    SetSlots,
    Skip,
    StartAgain,
    StartFlow,
    TakeWay,
)
from bot.dialogue.flows import Flows
from bot.dialogue.state import State

Commands = list[Command]


@dataclass(frozen=True, slots=True)
class Scene:
    """What the commands meet: the dialogue files and the conversation as it stands."""

    flows: Flows
    state: State

    @property
    def active(self) -> set[str]:
        """The flows in progress."""
        return {frame.flow for frame in self.state.frames}


def tidy(flows: Flows, state: State, commands: Commands) -> Commands:
    """Return the commands that fit together, in the order in which they take effect."""
    scene = Scene(flows, state)
    for rule in RULES:
        commands = rule(scene, commands)
    return sorted(commands, key=lambda command: _rank(flows, command))


def _person_comes_first(_scene: Scene, commands: Commands) -> Commands:
    """Whoever asks for a person gets one, and nothing else is started."""
    if not any(isinstance(command, StartFlow) and command.manner == "human" for command in commands):
        return commands
    return [command for command in commands if not isinstance(command, StartFlow) or command.manner == "human"]


def _active_flows_go_on(scene: Scene, commands: Commands) -> Commands:
    """A flow in progress is not started again, unless it says so and the message brings it something new."""
    return [GoOn() if isinstance(c, StartFlow) and _goes_on(scene, c, commands) else c for c in commands]


def _goes_on(scene: Scene, start: StartFlow, commands: Commands) -> bool:
    top = scene.state.top
    if top is None:
        return False
    answered = any(isinstance(command, Answer | TakeWay) for command in commands)
    if answered and start.flow in scene.flows[top.flow].reach and not _is_rated(scene):
        return True
    if start.flow != top.flow:
        return False
    flow = scene.flows[start.flow]
    news = any(set(command.values) & flow.slots for command in commands if isinstance(command, SetSlots))
    return answered or not news or start.flow not in flow.model.replaces


def _is_rated(scene: Scene) -> bool:
    """Say whether a score is asked: what stands beside it ("9, can i book the next one") is another wish."""
    question = scene.state.question
    return question is not None and question.kind == "rating"


def _slots_are_wanted(scene: Scene, commands: Commands) -> Commands:
    """A slot counts only for a flow in progress or one that the same message starts."""
    started = {command.flow for command in commands if isinstance(command, StartFlow)}
    wanted = {slot for name in scene.active | started for slot in scene.flows[name].slots}
    return _with_values(commands, lambda slot, _: slot in wanted)


def _nothing_new_is_dropped(scene: Scene, commands: Commands) -> Commands:
    """A value that a slot has already changes nothing."""
    slots = scene.state.slots
    left = _with_values(commands, lambda slot, value: slots.get(slot) != value)
    return left if len(left) == len(commands) else [*left, GoOn()]


def _new_goals_begin_clean(scene: Scene, commands: Commands) -> Commands:
    """A message that starts a flow and changes whom it is about takes nothing over from the one before."""
    if not any(isinstance(command, StartFlow) for command in commands):
        return commands
    return [_renewed(scene, command) if isinstance(command, SetSlots) else command for command in commands]


def _renewed(scene: Scene, command: SetSlots) -> SetSlots:
    """The slots set, and those emptied that belong to an old value and are not said anew."""
    known = scene.state.slots
    old = {each for slot in command.values for each in scene.flows.rule(slot).renews if each in known}
    return SetSlots({**dict.fromkeys(sorted(old)), **command.values})


def _changes_are_corrections(scene: Scene, commands: Commands) -> Commands:
    """Filling a filled slot that is not being asked is a correction; all of a message are one."""
    slots = scene.state.slots
    said = {slot: v for c in commands if isinstance(c, SetSlots) for slot, v in c.values.items()}
    corrected = {slot: value for slot, value in said.items() if slots.get(slot) is not None}
    fresh = {slot: value for slot, value in said.items() if slot not in corrected}
    rest: Commands = [command for command in commands if not isinstance(command, SetSlots)]
    if corrected:
        rest.append(CorrectSlots(corrected))
    return [*rest, SetSlots(fresh)] if fresh else rest


def _corrections_come_before_yes(scene: Scene, commands: Commands) -> Commands:
    """Yes or no beside a correction is not acted on: the question is put again as it now stands."""
    if not any(isinstance(command, CorrectSlots) for command in commands):
        return commands
    question = scene.state.question
    if question is None or question.kind != "yes_no":
        return commands
    return [command for command in commands if not isinstance(command, Answer)]


def _the_surest_stay(_scene: Scene, commands: Commands) -> Commands:
    """Clarifying yields to any other command, not understanding to anything, small talk to what is meant in earnest."""
    surest = max(map(_sureness, commands), default=0)
    return [command for command in commands if _sureness(command) == surest]


def _sureness(command: Command) -> int:
    if isinstance(command, StartFlow) and command.manner == "small_talk":
        return 4
    doubts = ((CannotHandle,), (Clarify,), (NothingOpen, OldMenu, Skip), (GoOn,))
    return next((place for place, kinds in enumerate(doubts) if isinstance(command, kinds)), 5)


def _with_values(commands: Commands, keep: Callable[[str, Any], bool]) -> Commands:
    kept: Commands = []
    for command in commands:
        if not isinstance(command, SetSlots):
            kept.append(command)
            continue
        values: Mapping[str, Any] = {slot: value for slot, value in command.values.items() if keep(slot, value)}
        if values:
            kept.append(SetSlots(values))
    return kept


def _rank(flows: Flows, command: Command) -> tuple[int, bool]:
    """When a command takes effect; of two flows the one that asks nothing runs first."""
    order = (StartAgain, CancelFlow, Answer, TakeWay, CorrectSlots, SetSlots, StartFlow)
    place = next((i for i, kind in enumerate(order) if isinstance(command, kind)), len(order))
    return place, isinstance(command, StartFlow) and flows[command.flow].asks


RULES: tuple[Callable[[Scene, Commands], Commands], ...] = (
    _person_comes_first,
    _active_flows_go_on,
    _slots_are_wanted,
    _nothing_new_is_dropped,
    _new_goals_begin_clean,
    _changes_are_corrections,
    _corrections_come_before_yes,
    _the_surest_stay,
)
