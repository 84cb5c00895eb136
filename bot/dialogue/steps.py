"""What each kind of step does, and the loop that runs them until a question is open or nothing is left."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from bot.dialogue import frames
from bot.dialogue.asking import ask
from bot.dialogue.flows import Step
from bot.dialogue.models import (
    END,
    ActionStep,
    CallStep,
    CollectStep,
    LinkStep,
    NoopStep,
    SetSlotsStep,
    UtterStep,
)
from bot.dialogue.repair import ENGINE_ACTIONS
from bot.dialogue.rewind import is_undone
from bot.dialogue.state import Frame
from bot.dialogue.utterance import DialogueError, Utterance
from bot.dialogue.walk import Walk, go_to, leave


def run(walk: Walk) -> None:
    """Run steps until a question is open or no flow is in progress; a loop without a question is a DialogueError."""
    for _ in range(walk.flows.limits.steps):
        frame = frames.bring_in(walk)
        if frame is None or _run_step(walk, frame):
            return
    last = walk.state.frames[-1]
    raise DialogueError(
        f"flow {last.flow} does not end: it is at step {last.step} for the hundredth time and asks nothing"
    )


def _run_step(walk: Walk, frame: Frame) -> bool:
    """Run the next step of a frame and say whether the turn waits for the person."""
    flow = walk.flow(frame)
    if frame.step is None:
        go_to(frame, flow.first)
    if frame.step == END:
        frames.close(walk)
        return False
    step = flow.step(str(frame.step))
    if frame.replay and _still_stands(frame, step):
        leave(walk, frame, step, frame.replay.steps[step.id])
        return False
    return _HANDLERS[type(step.model)](walk, frame, step, step.model)


def _still_stands(frame: Frame, step: Step) -> bool:
    """Say whether a step need not run again on a walk over steps taken before."""
    replay = frame.replay
    if replay is None or step.id == replay.until:
        frame.replay = None
        return False
    filled = replay.steps.get(step.id)
    if filled is None or is_undone(step, filled, replay.dirty):
        replay.changed = replay.changed or not isinstance(step.model, CollectStep | NoopStep)
        return False
    if isinstance(step.model, UtterStep):
        return not replay.changed
    return isinstance(step.model, ActionStep | SetSlotsStep | CallStep)


def _collect(walk: Walk, frame: Frame, step: Step, model: CollectStep) -> bool:
    here = frame.question is not None
    passed = frame.replay is not None and step.id in frame.replay.steps
    if model.ask_before_filling and not here and not passed:
        walk.empty([model.collect])
    if model.collect not in walk.state.slots:
        return ask(walk, frame, step, model)
    for condition, response in step.rejections:
        if condition.holds(walk.state.slots):
            walk.say(Utterance(response))
            walk.empty([model.collect])
            return ask(walk, frame, step, model)
    leave(walk, frame, step, [model.collect] if model.collect in frame.own else [])
    return False


def _action(walk: Walk, frame: Frame, step: Step, model: ActionStep) -> bool:
    if model.action in ENGINE_ACTIONS:
        ENGINE_ACTIONS[model.action](walk, frame)
        if any(each is frame for each in walk.state.frames):
            leave(walk, frame, step)
        return False
    result = walk.run_action(model.action, MappingProxyType(walk.state.slots))
    walk.fill(frame, result.slots)
    for utterance in result.utterances:
        walk.say(utterance)
    leave(walk, frame, step, result.slots)
    if result.start_flow:
        frames.start(walk, result.start_flow)
    return False


def _set_slots(walk: Walk, frame: Frame, step: Step, model: SetSlotsStep) -> bool:
    values = {slot: value for each in model.set_slots for slot, value in each.items()}
    walk.fill(frame, values)
    leave(walk, frame, step, values)
    return False


def _noop(walk: Walk, frame: Frame, step: Step, _: NoopStep) -> bool:
    leave(walk, frame, step)
    return False


def _utter(walk: Walk, frame: Frame, step: Step, model: UtterStep) -> bool:
    walk.say(Utterance(model.utter, _sayable(frame.context)))
    leave(walk, frame, step)
    return False


def _sayable(context: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in context.items() if isinstance(value, str | int)}


def _call(walk: Walk, frame: Frame, _: Step, model: CallStep) -> bool:
    frames.call(walk, frame, model.call)
    return False


def _link(walk: Walk, frame: Frame, _: Step, model: LinkStep) -> bool:
    frames.link(walk, frame, model.link)
    return False


_HANDLERS: dict[type, Callable[[Walk, Frame, Step, Any], bool]] = {
    CollectStep: _collect,
    ActionStep: _action,
    SetSlotsStep: _set_slots,
    NoopStep: _noop,
    UtterStep: _utter,
    CallStep: _call,
    LinkStep: _link,
}
