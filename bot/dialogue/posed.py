"""Questions that messages nobody asked for have put: they wait beside the conversation until one is answered.

A flow with `asked_by` is opened by the sending of a message of one of these kinds. Its question belongs to nothing in
progress; the first message that answers it, or that follows it, takes it up as the active flow.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.dialogue.answers import Answered, answer_to, answer_to_question
from bot.dialogue.asking import menu_of
from bot.dialogue.commands import Answer
from bot.dialogue.flows import Flow, Flows
from bot.dialogue.frames import release
from bot.dialogue.state import Frame, Posed, Question, State
from bot.dialogue.utterance import DialogueError
from bot.dialogue.walk import Walk, place_of
from bot.understanding import Expecting, Option, Understanding

TITLE = "option_posed_"
WHICH = "pattern_which_posed"
CHOICES, CHOSEN = "posed_choices", "posed_choice"
# More than so many nobody keeps apart; the oldest are forgotten.
_MOST = 5

Pick = Callable[[Sequence[Option]], int | None]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message nobody asked for that has left: its number, its kind, and what its question is about.

    `until` is when an answer comes too late to be preferred to an answer to something else, if ever.
    """

    number: int
    kind: str
    slots: Mapping[str, Any]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """A question put by a flow, and what a message that answers it may say."""

    flow: str
    question: Question
    expecting: Expecting


def pose(flows: Flows, state: State, sent: Sent, now: datetime) -> State:
    """Return the state with the question that a message has just put.

    DialogueError: no flow is opened by messages of that kind, or its first step is no question.
    """
    flow = flows.asked_by.get(sent.kind)
    if flow is None:
        raise DialogueError(f"no flow is asked by {sent.kind}")
    model = flow.collect(flow.first)
    slots = {**state.slots, **sent.slots}
    question = Question(flow.first, model.collect, model.kind, now.isoformat(), menu_of(flows, model, slots))
    until = sent.until.isoformat() if sent.until else ""
    posed = Posed(flow.name, sent.number, dict(sent.slots), question, _title(flows, flow, slots), until)
    after = state.copy()
    after.posed = [*after.posed, posed][-_MOST:]
    # What is to be said again now is the question of the message.
    after.last = []
    return after


def _title(flows: Flows, flow: Flow, slots: Mapping[str, Any]) -> str:
    """What tells the question from others."""
    response = f"{TITLE}{flow.name}"
    if response not in flows.responses:
        return ""
    return flows.responses.option({"payload": "", "label": {"response": response, "parameters": slots}}).title


def awaited(state: State, came_at: datetime) -> list[Awaited]:
    """What the posed questions await that a message may answer; yes or no may also say which one is meant."""
    waiting = _heard(state, came_at)
    names = tuple(_option(posed) for posed in waiting) if len(waiting) > 1 else ()
    return [Awaited(posed.flow, posed.question, _expecting(posed.question, names)) for posed in waiting]


def _expecting(question: Question, names: tuple[Option, ...]) -> Expecting:
    return Expecting(question.slot, question.kind, names if question.kind == "yes_no" else question.options)


def _heard(state: State, came_at: datetime) -> list[Posed]:
    """The posed questions that a message may be about: it came after them."""
    return [p for p in state.posed if not p.quiet and datetime.fromisoformat(p.question.asked_at) <= came_at]


def _option(posed: Posed) -> Option:
    return Option(f"{CHOSEN}:{posed.number}", posed.title, starts_at=str(posed.slots.get("starts_at", "")))


def take_up(walk: Walk, said: Understanding, pick: Pick, came_at: datetime) -> bool:
    """Bring up the posed question that a message is about; True when it must be asked which one that is."""
    _put_down(walk)
    waiting = _heard(walk.state, came_at)
    pool = _answered(walk, waiting, said)
    about = pool or [posed for posed in waiting if _is_recent(walk, posed)]
    if not about or _belongs_to_open(walk, about, said, is_answer=bool(pool)):
        return False
    if len(pool) > 1:
        named = pick([_option(posed) for posed in pool])
        if named is None:
            walk.agenda.append(_which(walk, pool, said))
            return True
        about = [pool[named]]
    bring_up(walk, about[-1])
    return False


def _is_recent(walk: Walk, posed: Posed) -> bool:
    """Say whether a message that does not answer a question may still be about it."""
    fresh = posed.question.age_hours(walk.now) < walk.flows.limits.stale_after_hours
    return fresh and not posed.is_over(walk.now)


def _put_down(walk: Walk) -> None:
    """Let a question that was taken up and left unanswered wait again, when others wait beside it."""
    top = walk.state.top
    if top is None or top.posed is None or top.question is None or not walk.state.posed:
        return
    if top.question.step != walk.flow(top).first:
        return
    walk.state.frames.pop()
    release(walk, top.own)
    walk.put(top.shadowed)
    walk.state.posed.append(replace(top.posed, question=top.question))
    walk.state.posed.sort(key=lambda posed: posed.question.asked_at)


def _answered(walk: Walk, waiting: list[Posed], said: Understanding) -> list[Posed]:
    """The questions that a message answers; those whose time has passed only when no other is answered."""
    answered = [posed for posed in waiting if _answer(walk.flows, posed, said)]
    return [posed for posed in answered if not posed.is_over(walk.now)] or answered


def _answer(flows: Flows, posed: Posed, said: Understanding) -> Answered | None:
    return answer_to_question(flows, posed.flow, posed.question, said)


def _belongs_to_open(walk: Walk, posed: list[Posed], said: Understanding, *, is_answer: bool) -> bool:
    """Say whether a message is rather for the question open in the conversation than for these posed ones.

    Of two that it answers it is for the later, and so if it answers neither.
    """
    question = walk.state.question
    if question is None:
        return False
    is_later = all(each.question.asked_at < question.asked_at for each in posed)
    fits = answer_to(walk.flows, walk.state, said) is not None
    return is_later and fits if is_answer else is_later or fits


def bring_up(walk: Walk, posed: Posed) -> Frame:
    """Make a posed question the open one; what its slots held before is kept for when its flow ends."""
    walk.state.posed = [each for each in walk.state.posed if each.number != posed.number]
    shadowed = {slot: walk.state.slots[slot] for slot in posed.slots if slot in walk.state.slots}
    frame = Frame(posed.flow, step=posed.question.step, own=sorted(posed.slots), question=posed.question)
    frame.posed, frame.shadowed = posed, shadowed
    walk.put(posed.slots)
    walk.state.frames.append(frame)
    walk.state.asks[place_of(frame)] = 1
    walk.note("flow_started", posed.flow)
    return frame


def _which(walk: Walk, pool: list[Posed], said: Understanding) -> Frame:
    """Ask which of several questions was answered, and keep the answers until then."""
    answers = {}
    for posed in pool:
        found = _answer(walk.flows, posed, said)
        if found and isinstance(found.command, Answer):
            answers[str(posed.number)] = found.command.value
    frame = Frame(WHICH, context={"answers": answers})
    walk.fill(frame, {CHOICES: [{"payload": f"{CHOSEN}:{posed.number}", "title": posed.title} for posed in pool]})
    return frame


def take_chosen(walk: Walk, frame: Frame) -> None:
    """Give the answer that was kept to the question that it was meant for."""
    number = str(walk.state.slots[CHOSEN]).partition(":")[2]
    walk.state.frames.pop()
    release(walk, frame.own)
    posed = next((each for each in walk.state.posed if str(each.number) == number), None)
    if posed is None:
        return
    opened = bring_up(walk, posed)
    if number in frame.context["answers"]:
        walk.fill(opened, {posed.question.slot: frame.context["answers"][number]})
        walk.given.add(posed.question.slot)
