"""Lines of menus shown earlier, chosen when they are not the answer to the open question."""

from collections.abc import Mapping
from typing import Any

from bot.dialogue.commands import StartFlow
from bot.dialogue.heard import Heard
from bot.dialogue.state import Menu


def picked_from(heard: Heard) -> dict[str, Any]:
    """The slot that an option of a remembered menu fills, unless the message is an answer or the menu is old.

    "No, the Saturday one" is no answer to whether to book another.
    """
    if heard.answer and not heard.answered_no:
        return {}
    for payload in _payloads(heard):
        for menu in reversed(heard.state.menus):
            slot = _slot_of(heard, menu, payload)
            if slot and menu.age_hours(heard.now) < heard.flows.limits.stale_after_hours:
                return {slot: payload}
    return {}


def start_of_pick(heard: Heard, picked: Mapping[str, Any]) -> list[StartFlow]:
    """The flow that a choice starts, unless it changes a choice made before."""
    starts = [heard.flows.rule(slot).starts for slot in picked if slot not in heard.state.slots]
    return [StartFlow(flow) for flow in starts if flow]


def is_old_choice(heard: Heard) -> bool:
    """Say whether a payload is of a kind that menus show, but not one to act on."""
    return any(heard.has_known_prefix(payload) for payload in _payloads(heard))


def _payloads(heard: Heard) -> list[str]:
    chosen = [entity.value for entity in heard.said.entities if entity.kind == "choice"]
    return [heard.said.text.strip(), *(value for value in chosen if isinstance(value, str))]


def _slot_of(heard: Heard, menu: Menu, payload: str) -> str | None:
    if payload not in {option.payload for option in menu.utterance.options}:
        return None
    return menu.slot or heard.flows.by_payload.get(payload.partition(":")[0])
