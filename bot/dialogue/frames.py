"""The stack: flows start, end, are broken off and come up again. A flow is never on it twice."""

from collections.abc import Collection, Iterable
from typing import Any

from bot.dialogue.state import Frame, Past
from bot.dialogue.utterance import DialogueError
from bot.dialogue.walk import RESUMED, Walk, leave


def start(walk: Walk, name: str) -> None:
    """Start a flow above the present ones, after those it replaces were broken off; one that waits comes up again."""
    flow = walk.flows[name]
    for replaced in flow.model.replaces:
        break_off(walk, replaced, replacing=True)
    if standing(walk, name) is None:
        walk.agenda.append(Frame(name, own=_unowned(walk, flow.slots)))
        walk.note("flow_started", name)
    else:
        _bring_up(walk, name)


def bring_in(walk: Walk) -> Frame | None:
    """Put the frames that are about to start above the present one and return the top one, None if there is none.

    A frame that is interrupted keeps what its slots hold; they hold it again when it comes up.
    """
    top = walk.state.top
    if top is not None:
        walk.put(top.kept)
        top.kept = _held(walk, top) if walk.agenda else {}
    walk.state.frames.extend(reversed(walk.agenda))
    walk.agenda.clear()
    return walk.state.top


def _held(walk: Walk, frame: Frame) -> dict[str, Any]:
    """What the slots hold that a frame and those beneath that called it work with."""
    names: set[str] = set()
    for each in group_of(walk, frame):
        flow = walk.flow(each)
        names |= {*each.own, *flow.slots} - set(flow.model.persisted_slots)
    return {slot: walk.state.slots[slot] for slot in sorted(names - walk.given) if slot in walk.state.slots}


def standing(walk: Walk, name: str) -> Frame | None:
    """The frame that runs a flow, if it is in progress."""
    return next((frame for frame in walk.state.frames if frame.flow == name), None)


def _unowned(walk: Walk, slots: Iterable[str]) -> list[str]:
    owned = {slot for frame in walk.state.frames for slot in frame.own}
    return sorted((walk.given & set(slots)) - owned)


def _bring_up(walk: Walk, name: str) -> None:
    """Break off what has come above a flow that waits."""
    while True:
        group = group_of(walk, walk.state.frames[-1])
        if any(frame.flow == name for frame in group):
            break
        break_off(walk, group[0].flow)
    walk.manner = walk.manner or RESUMED


def group_of(walk: Walk, frame: Frame) -> list[Frame]:
    """A frame with those it was called by and those it has called, lowest first."""
    frames = walk.state.frames
    low = high = _index(walk, frame)
    while frames[low].called:
        low -= 1
    while high + 1 < len(frames) and frames[high + 1].called:
        high += 1
    return frames[low : high + 1]


def _index(walk: Walk, frame: Frame) -> int:
    return next(i for i, other in enumerate(walk.state.frames) if other is frame)


def break_off(walk: Walk, name: str, *, replacing: bool = False, sparing: Collection[str] = ()) -> bool:
    """End a flow in progress with all that belongs to it; say whether flows run that tell the person.

    One that another flow replaces leaves behind what it would have left at its end. The slots to be spared stay filled.
    """
    frame = standing(walk, name)
    if frame is None:
        return False
    group = group_of(walk, frame)
    kept = {slot for each in group for slot in walk.flow(each).model.persisted_slots} if replacing else set()
    own = [slot for each in group for slot in each.own if slot not in {*walk.given, *kept, *sparing}]
    low = _index(walk, group[0])
    del walk.state.frames[low : low + len(group)]
    walk.note("flow_cancelled", name)
    return _end(walk, group, own)


def _end(walk: Walk, group: list[Frame], own: list[str]) -> bool:
    """Start what tells of the end of these frames; it, or what tells of another end, empties their slots later."""
    endings = [Frame(ending) for each in reversed(group) if (ending := walk.flow(each).model.on_cancel)]
    walk.agenda += endings
    told = [each for each in walk.agenda if each.flow in walk.flows.endings]
    if told:
        told[-1].own += own
    else:
        release(walk, own)
    for each in reversed(group):
        walk.put(each.shadowed)
    return bool(endings)


def link(walk: Walk, frame: Frame, name: str) -> None:
    """Put another flow in the place of this one; it inherits the slots, and the way here for corrections."""
    _make_way(walk, frame, name)
    model = walk.flow(frame).model
    follower = Frame(name, called=frame.called, context=frame.context)
    follower.own = [slot for slot in frame.own if slot not in model.persisted_slots]
    follower.past = past_of(frame)
    follower.shadowed = frame.shadowed
    passed = [past.flow for past in follower.past]
    if name in passed:
        del follower.past[passed.index(name) :]
    walk.state.frames[_index(walk, frame)] = follower
    walk.note("flow_started", name)


def call(walk: Walk, frame: Frame, name: str) -> None:
    """Run another flow on behalf of this one."""
    _make_way(walk, frame, name)
    walk.state.frames.append(Frame(name, called=True))


def _make_way(walk: Walk, frame: Frame, name: str) -> None:
    """Break off a flow that waits beneath and is about to begin afresh, with what was found out for it just now."""
    waiting = standing(walk, name)
    if waiting is None or waiting is frame:
        return
    if any(each is waiting for each in group_of(walk, frame)):
        raise DialogueError(f"flow {frame.flow} leads back to {name}, which is waiting for it")
    fresh = sorted(walk.fresh & set(waiting.own))
    break_off(walk, name, sparing=fresh)
    frame.own += [slot for slot in fresh if slot not in frame.own]


def past_of(frame: Frame) -> list[Past]:
    """The flows that led to a frame, its own included."""
    return [*frame.past, Past(frame.flow, frame.trail)]


def close(walk: Walk) -> None:
    """End the active flow: return to its caller, or to what it interrupted."""
    frame = walk.state.frames.pop()
    if frame.called:
        _return(walk, frame)
        return
    model = walk.flow(frame).model
    release(walk, [slot for slot in frame.own if slot not in model.persisted_slots])
    walk.put({slot: value for slot, value in frame.shadowed.items() if slot not in model.persisted_slots})
    walk.note("flow_completed", frame.flow)
    walk.silent = walk.silent or not model.restate
    walk.manner = walk.manner or RESUMED
    if not walk.state.frames:
        walk.state.asks.clear()


def _return(walk: Walk, frame: Frame) -> None:
    caller = walk.state.frames[-1]
    caller.own += [slot for slot in frame.own if slot not in caller.own]
    filled = [slot for _, slots in frame.trail for slot in slots]
    leave(walk, caller, walk.flow(caller).step(str(caller.step)), filled)


def release(walk: Walk, slots: Iterable[str]) -> None:
    """Empty slots that are not always kept."""
    walk.empty(slot for slot in slots if not walk.flows.rule(slot).keep)


def drop_called(walk: Walk, frame: Frame) -> None:
    """Drop the frames that a frame has called; it takes their slots over."""
    above = walk.state.frames[_index(walk, frame) + 1 :]
    for callee in above:
        if not callee.called:
            break
        frame.own += [slot for slot in callee.own if slot not in frame.own]
        walk.state.frames.remove(callee)
