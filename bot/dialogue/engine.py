"""The dialogue engine: one understood message in, the next state and the replies out. Pure and deterministic."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.dialogue import aside, frames, posed, repair
from bot.dialogue.answers import answer_to, answer_to_question
from bot.dialogue.cleanup import tidy
from bot.dialogue.commands import (
    Answer,
    CancelFlow,
    CannotHandle,
    Clarify,
    Command,
    CorrectSlots,
    GoBack,
    GoOn,
    NothingOpen,
    OldMenu,
    Repeat,
    SetSlots,
    Skip,
    StartAgain,
    StartFlow,
    TakeWay,
)
from bot.dialogue.expiry import drop_expired
from bot.dialogue.flows import Flows
from bot.dialogue.intents import OUT_OF_SCOPE, RESUME
from bot.dialogue.models import CollectStep
from bot.dialogue.reading import by_phrase, read
from bot.dialogue.second_look import Read, second_look
from bot.dialogue.state import Frame, Question, State
from bot.dialogue.steps import run
from bot.dialogue.utterance import RunAction, Utterance
from bot.dialogue.walk import Event, Walk, go_to, place_of
from bot.understanding import Expecting, Understanding

# Numbers that answer these questions are not lines of a menu.
_NUMERIC = ("count", "rating")
# What asks to go on answers nothing: the question was put too long ago, and something grave came between.
_ANSWERS = (Answer, TakeWay, Clarify, CannotHandle)


@dataclass(frozen=True, slots=True)
class Advance:
    """What one message did: the next state, what to say, and what happened (for logs)."""

    state: State
    replies: tuple[Utterance, ...]
    events: tuple[Event, ...]


def advance(
    flows: Flows,
    state: State,
    understanding: Understanding,
    run_action: RunAction,
    now: datetime,
    *,
    pick: posed.Pick = lambda _: None,
    came_at: datetime | None = None,
) -> Advance:
    """Advance a conversation by one message; `state` is left as it was.

    A choice is the index of one of the options that `expecting(state)` gives, or a payload. `pick` tells which of
    several things the message names (its index); `came_at` is when it came, if that was earlier than `now`. An
    exception of an action passes through. DialogueError: the files ask for something impossible.
    """
    first = _hear(Walk(flows, state.copy(), run_action, now), understanding, pick, came_at or now)
    if understanding.then is None:
        return first
    # What is asked already is not put again: the answer to what was said besides goes before it.
    walk = Walk(flows, first.state.copy(), run_action, now, silent=True)
    return _joined(first, _hear(walk, understanding.then, pick, came_at or now))


def _hear(walk: Walk, understanding: Understanding, pick: posed.Pick, came_at: datetime) -> Advance:
    said = by_phrase(walk.flows, walk.state, _with_payloads(understanding, expecting(walk.state)))
    repair.adopt(walk.flows, walk.state)
    drop_expired(walk)
    commands = _commands(walk, said, pick, came_at)
    for command in commands:
        walk.note("command", "", type(command).__name__)
        _EFFECTS[type(command)](walk, command, commands)
    run(walk)
    if walk.state.misses == 0 or any(event.kind == "asked" for event in walk.events):
        # What is to be said again is never that something was not understood.
        walk.state.last = list(walk.replies)
    walk.state.version = walk.flows.version
    return Advance(walk.state, tuple(walk.replies), tuple(walk.events))


def _joined(first: Advance, second: Advance) -> Advance:
    """Both parts of a message as one turn, with the question that is open at its end said last and once."""
    last = len(first.replies) - (bool(first.events) and first.events[-1].kind == "asked")
    said, asked = first.replies[:last], first.replies[last:]
    more = tuple(reply for reply in second.replies if reply not in first.replies)
    if second.state.question is None or any(event.kind == "asked" for event in second.events):
        asked = ()
    replies = (*said, *more, *asked)
    second.state.last = list(replies)
    return Advance(second.state, replies, (*first.events, *second.events))


def _commands(walk: Walk, said: Understanding, pick: posed.Pick, came_at: datetime) -> list[Command]:
    """What a message asks for, made to fit together; what was set aside, or asked unasked, is taken up before."""
    resumed = aside.resume(walk.flows, walk.state, said)
    if not (resumed and said.intent == RESUME):  # to go on means just what was open, be it a question of repair
        _dismiss_patterns(walk, said)
    if resumed:
        if not walk.state.frames and walk.state.posed:
            posed.bring_up(walk, walk.state.posed[-1])
        commands = tidy(walk.flows, walk.state, _read(walk, said))
        return [each for each in commands if not isinstance(each, _ANSWERS)] or [GoOn()]
    if posed.take_up(walk, said, pick, came_at):
        return []
    commands = tidy(walk.flows, walk.state, _read(walk, said))
    _give_way(walk, commands)
    return commands


def _give_way(walk: Walk, commands: list[Command]) -> None:
    """Drop a question put only for the sake of another ("Which one do you mean?") when the talk has gone on from it."""
    top = walk.state.top
    if top is None or not walk.flow(top).model.gives_way or any(isinstance(each, _ANSWERS) for each in commands):
        return
    if any(isinstance(each, StartFlow | SetSlots | CorrectSlots) for each in commands):
        frames.break_off(walk, frames.group_of(walk, top)[0].flow)


def expecting(state: State) -> Expecting | None:
    """What the next message may be an answer to: the open question, with the last menu shown."""
    menu = state.menus[-1] if state.menus else None
    question = state.question
    if question is not None:
        shown = menu.utterance.options if menu and question.kind not in _NUMERIC else ()
        return Expecting(question.slot, question.kind, question.options or shown)
    return Expecting(menu.slot, "choice", menu.utterance.options, closed=True) if menu else None


def understand(flows: Flows, state: State, read: Read, came_at: datetime) -> Understanding:
    """Read a message in the light of the question put last, or of an earlier one if it is about that."""
    return second_look(flows, state, _first_look(flows, state, read, came_at), read)


def _first_look(flows: Flows, state: State, read: Read, came_at: datetime) -> Understanding:
    open_ones = _open_questions(flows, state, came_at)
    if len(open_ones) < 2:
        return read(open_ones[0][1] if open_ones else None)
    readings = []
    for is_answer, awaited in open_ones:
        readings.append(said := read(awaited))
        if is_answer(said):
            return said
    return readings[0]


def _open_questions(
    flows: Flows, state: State, came_at: datetime
) -> list[tuple[Callable[[Understanding], bool], Expecting]]:
    """Everything that a message may be an answer to, the latest first: how to tell that it is, and what it awaits."""
    found: list[tuple[str, Callable[[Understanding], bool], Expecting]] = []
    own = expecting(state)
    if own is not None:
        put_at = state.question.asked_at if state.question else state.menus[-1].shown_at
        found.append((put_at, lambda said: bool(answer_to(flows, state, said) or said.first("choice")), own))
    for one in posed.awaited(state, came_at):
        fits = partial(_answers, flows, one)
        found.append((one.question.asked_at, fits, one.expecting))
    found.sort(key=lambda each: each[0], reverse=True)
    return [(fits, awaited) for _, fits, awaited in found]


def _answers(flows: Flows, one: posed.Awaited, said: Understanding) -> bool:
    return answer_to_question(flows, one.flow, one.question, said) is not None


def _with_payloads(said: Understanding, awaited: Expecting | None) -> Understanding:
    """Turn choices that count the options expected (from 0) into the payloads of those options."""
    options = awaited.options if awaited else ()
    found = []
    for entity in said.entities:
        if entity.kind == "choice" and isinstance(entity.value, int):
            if not 0 <= entity.value < len(options):
                continue
            entity = replace(entity, value=options[entity.value].payload)
        found.append(entity)
    return replace(said, entities=tuple(found))


def _read(walk: Walk, said: Understanding) -> list[Command]:
    """Read a message; if a deployment took away the question it answers, not understanding it is not its fault."""
    commands = read(walk.flows, walk.state, said, walk.now)
    top = walk.state.top
    if top is None or top.step is not None:
        return commands
    return [GoOn() if isinstance(command, CannotHandle) else command for command in commands]


def _dismiss_patterns(walk: Walk, said: Understanding) -> None:
    """Drop a repair question that the message does not answer, so that it is read against the one beneath.

    A yes or no is then not taken for the answer to a question put before the repair.
    """
    dismissed = False
    while (top := walk.state.top) is not None and walk.flow(top).is_pattern:
        if answer_to(walk.flows, walk.state, said):
            return
        walk.state.frames.pop()
        frames.release(walk, top.own)
        dismissed = True
    if dismissed and top is not None and top.question is not None and top.question.kind == "yes_no":
        top.question = None


def _understood(effect: Callable[[Walk, Any], None]) -> Callable[[Walk, Any, list[Command]], None]:
    """An effect of a command that was understood: the ladder of not understanding begins anew."""

    def whole(walk: Walk, command: Any, _: list[Command]) -> None:
        walk.state.misses = 0
        effect(walk, command)

    return whole


def _answer(walk: Walk, command: Answer) -> None:
    frame, question, model = _open(walk)
    if _is_stale(walk, question, model):
        _answer_late(walk, frame, model, command)
        return
    walk.fill(frame, {model.collect: command.value})
    walk.given.add(model.collect)
    walk.note("slot_filled", frame.flow, model.collect)


def _open(walk: Walk) -> tuple[Frame, Question, CollectStep]:
    frame = walk.state.frames[-1]
    if frame.question is None:
        raise AssertionError("an answer is only read where a question is open")
    return frame, frame.question, walk.flow(frame).collect(frame.question.step)


def _is_stale(walk: Walk, question: Question, model: CollectStep) -> bool:
    if model.stale_after_hours == "never" or question.kind not in ("yes_no", "choice"):
        return False
    return question.age_hours(walk.now) >= (model.stale_after_hours or walk.flows.limits.stale_after_hours)


def _answer_late(walk: Walk, frame: Frame, model: CollectStep, command: Answer) -> None:
    """Do not act on an answer that comes hours late: put the question again, or go where the step says."""
    if model.when_stale is None:
        repair.pattern(walk, "stale")
        return
    if model.kind == "choice":
        walk.fill(frame, {model.collect: command.value})
    go_to(frame, model.when_stale)


def _take_way(walk: Walk, command: TakeWay) -> None:
    frame = walk.state.frames[-1]
    walk.state.asks.pop(place_of(frame), None)
    go_to(frame, command.step)


def _start(walk: Walk, command: StartFlow, _: list[Command]) -> None:
    """Start a flow; being asked for what is not ours is half understood, so that the ladder goes on from there."""
    outside = {flow.name for flow, _ in walk.flows.triggers.get(OUT_OF_SCOPE, ())}
    walk.state.misses = walk.state.misses + 1 if command.flow in outside else 0
    if walk.flows[command.flow].asks:
        aside.forget(walk)
    frames.start(walk, command.flow)


def _start_again(walk: Walk, _: StartAgain, commands: list[Command]) -> None:
    walk.state.misses = 0
    repair.start_again(walk, goal=any(isinstance(command, StartFlow) for command in commands))


def _cannot_handle(walk: Walk, command: CannotHandle, _: list[Command]) -> None:
    repair.not_understood(walk, command.meanings, command.values)


def _pattern(name: str) -> Callable[[Walk, Any], None]:
    def begin(walk: Walk, _: Any) -> None:
        repair.pattern(walk, name, asked=walk.state.question is not None)

    return begin


_EFFECTS: dict[type, Callable[[Walk, Any, list[Command]], None]] = {
    Answer: _understood(_answer),
    TakeWay: _understood(_take_way),
    SetSlots: _understood(lambda walk, command: repair.take_slots(walk, command.values)),
    CorrectSlots: _understood(lambda walk, command: repair.take_slots(walk, command.values)),
    StartFlow: _start,
    CancelFlow: _understood(lambda walk, command: repair.cancel(walk, or_booking=command.or_booking)),
    StartAgain: _start_again,
    GoBack: _understood(lambda walk, _: repair.back(walk)),
    Repeat: _understood(lambda walk, _: repair.repeat(walk)),
    Skip: _understood(_pattern("cannot_skip")),
    NothingOpen: _understood(_pattern("nothing_open")),
    OldMenu: _understood(_pattern("old_menu")),
    GoOn: _understood(lambda *_: None),
    Clarify: _understood(lambda walk, command: repair.clarify(walk, command.flows, command.values)),
    CannotHandle: _cannot_handle,
}
