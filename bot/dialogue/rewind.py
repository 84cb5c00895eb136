"""Going back along the way a conversation came: after a correction, or on "back"."""

from collections.abc import Iterable

from bot.dialogue.flows import Flow, Flows, Step
from bot.dialogue.frames import drop_called
from bot.dialogue.models import ActionStep, CollectStep
from bot.dialogue.state import Frame, Replay, Trail
from bot.dialogue.walk import Walk


def undone_by(flows: Flows, slots: Iterable[str]) -> set[str]:
    """The slots and actions that a change of these slots undoes, through all chains, the slots themselves apart."""
    changed = set(slots)
    found: set[str] = set()
    waiting = list(changed)
    while waiting:
        news = set(flows.rule(waiting.pop()).resets) - found - changed
        found |= news
        waiting += news
    return found


def correct(walk: Walk, slots: Iterable[str]) -> None:
    """Let every flow in progress go back to the first step that a change of these slots undoes."""
    changed = set(slots)
    undone = undone_by(walk.flows, changed)
    walk.empty(undone)
    for frame in list(walk.state.frames):
        frame.kept = {slot: value for slot, value in frame.kept.items() if slot not in changed | undone}
        if any(left is frame for left in walk.state.frames):  # going back drops what a frame has called
            _rewind(walk, frame, changed, undone)


def _rewind(walk: Walk, frame: Frame, changed: set[str], undone: set[str]) -> None:
    ways = [(past.flow, past.trail) for past in frame.past] + [(frame.flow, frame.trail)]
    for number, (name, trail) in enumerate(ways):
        flow = walk.flows[name]
        for position, (step_id, filled) in enumerate(trail):
            if _is_touched(flow.steps[step_id], filled, changed, undone):
                _return_to(walk, frame, number, position, undone)
                return


def _is_touched(step: Step, filled: list[str], changed: set[str], undone: set[str]) -> bool:
    model = step.model
    if isinstance(model, CollectStep) and model.collect in changed:
        return True
    return is_undone(step, filled, undone) or bool(step.reads() & (changed | undone))


def is_undone(step: Step, filled: list[str], undone: Iterable[str]) -> bool:
    """Say whether what a step did no longer stands."""
    action = {step.model.action} if isinstance(step.model, ActionStep) else set()
    return bool((action | set(filled)) & set(undone))


def _return_to(walk: Walk, frame: Frame, number: int, position: int, undone: set[str]) -> None:
    """Let a frame stand again before a step of its trail, or of one of the flows that led to it."""
    drop_called(walk, frame)
    until = frame.step
    if number < len(frame.past):
        _reopen(walk, frame, number)
        until = None
    ahead = frame.trail[position:]
    known = frame.replay.steps if frame.replay else {}
    before = frame.replay.dirty if frame.replay else []
    frame.replay = Replay({**known, **dict(ahead)}, sorted({*before, *undone}), until)
    frame.step = ahead[0][0]
    frame.question = None
    del frame.trail[position:]


def _reopen(walk: Walk, frame: Frame, number: int) -> None:
    """Turn a frame back into a flow that linked on, telling of the end of the present one."""
    ending = walk.flow(frame).model.on_cancel
    if ending:
        walk.agenda.append(Frame(ending))
    past = frame.past[number]
    frame.flow, frame.trail, frame.replay = past.flow, past.trail, None
    del frame.past[number:]


def go_back(walk: Walk) -> bool:
    """Empty the last answer given in the active flow and stand before its question; False if there is none."""
    for frame in reversed(list(walk.state.frames)):
        ways: list[tuple[str, Trail]] = [(past.flow, past.trail) for past in frame.past]
        ways.append((frame.flow, frame.trail))
        for number in range(len(ways) - 1, -1, -1):
            name, trail = ways[number]
            position = _last_answer(walk, walk.flows[name], trail)
            if position is not None:
                _ask_again(walk, frame, number, position)
                return True
        if not frame.called:
            return False
    return False


def _last_answer(walk: Walk, flow: Flow, trail: Trail) -> int | None:
    for position in range(len(trail) - 1, -1, -1):
        step_id, filled = trail[position]
        if filled and isinstance(flow.steps[step_id].model, CollectStep) and filled[0] in walk.state.slots:
            return position
    return None


def _ask_again(walk: Walk, frame: Frame, number: int, position: int) -> None:
    trail = frame.past[number].trail if number < len(frame.past) else frame.trail
    slots = trail[position][1]
    undone = undone_by(walk.flows, slots)
    walk.empty([*slots, *undone])
    _return_to(walk, frame, number, position, undone)
