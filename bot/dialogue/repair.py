"""Repair: what "cancel", "back", "again" and a message not understood do. Their words and order are in patterns.yml."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.dialogue import frames
from bot.dialogue.asking import PASSED_OVER, TAKEN
from bot.dialogue.flows import Flows
from bot.dialogue.models import SKIPPED, CollectStep
from bot.dialogue.posed import take_chosen
from bot.dialogue.reading import MEANING
from bot.dialogue.rewind import correct, go_back
from bot.dialogue.state import Frame, Posed, State
from bot.dialogue.utterance import Utterance
from bot.dialogue.walk import AGAIN, Walk, place_of

MEANINGS, CHOSEN, NONE = "meanings", "meaning", "none"


def pattern(walk: Walk, name: str, **context: Any) -> Frame:
    """Start a repair flow; `context` is what its conditions and responses may use."""
    frame = Frame(f"pattern_{name}", context=context)
    walk.agenda.append(frame)
    walk.note("repaired", frame.flow)
    return frame


def cancel(walk: Walk, *, or_booking: bool) -> None:
    """Break off the active flow; hours after its question, "cancel" is about a booking all the same."""
    top = walk.state.top
    question = walk.state.question
    stale = question is not None and question.age_hours(walk.now) >= walk.flows.limits.stale_after_hours
    told = top is not None and frames.break_off(walk, top.flow)
    meant = top is not None and not (or_booking and stale)
    pattern(walk, "cancel", cancelled=meant, told=told)


def start_again(walk: Walk, *, goal: bool) -> None:
    """Break off everything and empty every slot that is not always kept; `goal` says whether a flow was asked for."""
    while walk.state.top is not None:
        frames.break_off(walk, walk.state.top.flow)
    needed = {slot for frame in walk.agenda for slot in frame.own} | walk.given
    frames.release(walk, [slot for slot in walk.state.slots if slot not in needed])
    walk.state.asks.clear()
    pattern(walk, "start_again", goal=goal)


def back(walk: Walk) -> None:
    """Undo the last answer."""
    pattern(walk, "go_back", gone=go_back(walk))


def repeat(walk: Walk) -> None:
    """Say the last reply again, its menus included; the open question counts as put just now."""
    if not walk.state.last and walk.state.question is not None:
        return
    if not walk.state.last:
        pattern(walk, "nothing_to_repeat")
        return
    for utterance in walk.state.last:
        walk.say(utterance, _slot_of(walk.state, utterance))
    question = walk.state.question
    if question is not None and walk.state.top is not None:
        walk.state.top.question = replace(question, asked_at=walk.now.isoformat())
    walk.silent = True


def _slot_of(state: State, utterance: Utterance) -> str:
    return next((menu.slot for menu in state.menus if menu.utterance.options == utterance.options), "")


def not_understood(walk: Walk, meanings: Iterable[str], values: Mapping[str, Any]) -> None:
    """Take the next step of the ladder: other words, the likeliest meanings, a person."""
    walk.state.misses += 1
    misses, asked = walk.state.misses, walk.state.question is not None
    passes = _may_pass(walk)
    frame = pattern(walk, "cannot_handle", misses=misses, is_odd=misses % 2 == 1, asked=asked, passes=passes)
    _offer(walk, frame, meanings, values)


def _may_pass(walk: Walk) -> bool:
    """Say whether the open question, put often enough, can be gone on without."""
    top, question = walk.state.top, walk.state.question
    if top is None or question is None:
        return False
    model = walk.flow(top).collect(question.step)
    often = max(walk.state.misses, walk.state.asks.get(place_of(top), 0)) >= walk.flows.limits.asks
    return often and (model.optional or model.default is not None)


def _count_progress(walk: Walk) -> None:
    """Let a question that must be answered be put afresh; one that need not be is gone on without, put often enough."""
    top, question = walk.state.top, walk.state.question
    if top is None or question is None:
        return
    model = walk.flow(top).collect(question.step)
    if not (model.optional or model.default is not None):
        walk.state.asks.pop(place_of(top), None)
    elif _may_pass(walk) and model.collect not in walk.state.slots:
        _go_on_without(walk, top, model)


def _go_on_without(walk: Walk, frame: Frame, model: CollectStep) -> None:
    walk.fill(frame, {model.collect: SKIPPED if model.default is None else model.default})


def _pass_over(walk: Walk, _: Frame) -> None:
    """Go on without an answer to the question beneath, or with what its step takes for one, and say so."""
    beneath = walk.state.frames[-2]
    model = walk.flow(beneath).collect(str(beneath.step))
    taken = f"{TAKEN}{model.collect}"
    walk.say(Utterance(taken if taken in walk.flows.responses else PASSED_OVER))
    _go_on_without(walk, beneath, model)
    walk.state.misses = 0


def clarify(walk: Walk, meanings: Iterable[str], values: Mapping[str, Any]) -> None:
    """Ask which of several flows is meant."""
    _offer(walk, pattern(walk, "clarify"), meanings, values)


def _offer(walk: Walk, frame: Frame, meanings: Iterable[str], values: Mapping[str, Any]) -> None:
    """Make the menu of meanings that a repair flow may show, and keep what the message said beside."""
    flows = list(meanings)
    offered = [*flows, NONE] if f"{MEANING}{NONE}" in walk.flows.responses else flows
    options = [{"payload": f"{CHOSEN}:{flow}", "label": {"response": f"{MEANING}{flow}"}} for flow in offered]
    frame.context |= {"meanings": len(flows), "values": dict(values)}
    if flows:
        walk.fill(frame, {MEANINGS: options})


def take_slots(walk: Walk, values: Mapping[str, Any]) -> None:
    """Fill or correct slots that were not asked for, and go back to what that changes."""
    is_progress = False
    for slot, value in values.items():
        owner = next((f for f in reversed(walk.state.frames) if slot in walk.flow(f).slots), None)
        if owner:
            is_progress = True
            walk.fill(owner, {slot: value})
        else:
            walk.put({slot: value})
        walk.note("slot_filled", owner.flow if owner else "", slot)
    walk.given |= set(values)
    if is_progress:  # what only a flow to come will take brings nothing open further
        _count_progress(walk)
    correct(walk, values)


def _ask_again(walk: Walk, _: Frame) -> None:
    """Let the open question be put in other words."""
    walk.manner = AGAIN


def _show_menu(walk: Walk, _: Frame) -> None:
    """Show the last menu again."""
    if walk.state.menus:
        last = walk.state.menus[-1]
        walk.say(last.utterance, last.slot)


def _start_meaning(walk: Walk, frame: Frame) -> None:
    """Start the flow chosen from a menu of meanings, with what the message said that it was about."""
    chosen = str(walk.state.slots[CHOSEN]).partition(":")[2]
    walk.state.frames.pop()
    frames.release(walk, frame.own)
    if chosen in walk.flows.flows:
        slots = walk.flows[chosen].slots
        take_slots(walk, {slot: value for slot, value in frame.context["values"].items() if slot in slots})
        frames.start(walk, chosen)


ENGINE_ACTIONS: dict[str, Callable[[Walk, Frame], None]] = {
    "engine_ask_again": _ask_again,
    "engine_show_menu": _show_menu,
    "engine_start_meaning": _start_meaning,
    "engine_take_posed": take_chosen,
    "engine_pass_over": _pass_over,
}


def adopt(flows: Flows, state: State) -> None:
    """Fit a conversation begun under other dialogue files to these: nothing is forgotten but places that are gone."""
    if state.version != flows.version:
        state.frames, state.aside = _kept(flows, state.frames), _kept(flows, state.aside)
        state.posed = [one for one in state.posed if one.flow in flows.flows and _still_asks(flows, one)]


def _still_asks(flows: Flows, posed: Posed) -> bool:
    step = flows[posed.flow].steps.get(posed.question.step)
    return step is not None and isinstance(step.model, CollectStep)


def _kept(flows: Flows, frames: Iterable[Frame]) -> list[Frame]:
    kept: list[Frame] = []
    for frame in frames:
        orphan = frame.called and (not kept or kept[-1].step is None)
        if frame.flow in flows.flows and not orphan:
            kept.append(_adopted(flows, frame))
    return kept


def _adopted(flows: Flows, frame: Frame) -> Frame:
    """The frame as it can go on: from its step, or from the start if that is gone; slots stay filled either way."""
    steps = flows[frame.flow].steps
    frame.past = [past for past in frame.past if past.flow in flows.flows]
    for way, name in [(frame.trail, frame.flow), *((past.trail, past.flow) for past in frame.past)]:
        way[:] = [passed for passed in way if passed[0] in flows[name].steps]
    frame.replay = None
    if frame.step in steps or frame.step == "END":
        return frame
    return Frame(
        frame.flow, called=frame.called, own=frame.own, context=frame.context, shadowed=frame.shadowed, kept=frame.kept
    )
