"""Slots that a message fills without having been asked for them."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.dialogue.heard import Heard
from bot.understanding import Entity

_FEW = 3


def values_of(heard: Heard) -> dict[str, Any]:
    """The slots that entities fill; an entity that overlaps the answer is spent, and a button has none."""
    asked = heard.state.question.slot if heard.state.question else None
    found: dict[str, Any] = {}
    for entity in () if heard.is_button else heard.said.entities:
        for slot in () if _is_spent(heard, entity) else heard.flows.fillers.get(entity.kind, ()):
            if slot != asked:
                _take(heard, found, slot, entity.value)
    return found


def _is_spent(heard: Heard, entity: Entity) -> bool:
    """Say whether the answer has taken an entity's words: a text takes all, but for a correction."""
    used = heard.answer.entity if heard.answer else None
    if used is None:
        return heard.answered_with_text and not heard.corrects
    return entity.kind == used.kind or entity.overlaps(used.start, used.end)


def _take(heard: Heard, found: dict[str, Any], slot: str, value: Any) -> None:
    """Take a value; where several are said and one is wanted, the first that is news."""
    if heard.flows.rule(slot).many:
        known = found.get(slot, [])
        found[slot] = known if value in known else [*known, value]
    elif slot not in found or found[slot] == heard.state.slots.get(slot):
        found[slot] = value


def meant(heard: Heard, values: Mapping[str, Any], started: Iterable[str]) -> dict[str, Any]:
    """The values that are meant to be taken: those in passing must not undo what lies behind the open question.

    Someone who gives a name and says that they are tired does not want another event. What lies behind is taken from
    a correction, for a flow that the message starts, or from a message that says little else.
    """
    flows = list(started)
    behind = _behind(heard)
    if not behind & values.keys() or heard.corrects or (not flows and _says_little_else(heard)):
        return dict(values)
    wanted = {slot for flow in flows for slot in heard.flows[flow].slots}
    return {slot: value for slot, value in values.items() if slot not in behind or slot in wanted}


def _behind(heard: Heard) -> set[str]:
    """The slots of flows that led to the active one, or wait beneath it, and that it does not take itself."""
    top = heard.state.top
    if top is None:
        return set()
    names = {past.flow for frame in heard.state.frames for past in frame.past}
    names |= {frame.flow for frame in heard.state.frames}
    behind = {slot for name in names for slot in heard.flows[name].takes}
    return behind - heard.flows[top.flow].takes


def _says_little_else(heard: Heard) -> bool:
    """Say whether a message that answers nothing, or says no, has few words beside its entities."""
    answers = heard.answer is not None and not heard.answered_no
    return not answers and heard.words_beside(heard.said.entities) <= _FEW
