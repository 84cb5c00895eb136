"""The detector on the opened half of a third sealed list, measured once; it only holds what was mended since."""

from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.safety import load_safety
from services.core import yaml12

_ROOT = Path(__file__).parents[2]
_SAFETY = load_safety(_ROOT / "dialogues" / "safety.yml")
_MESSAGES: dict[str, list[dict[str, Any]]] = yaml12.load(_ROOT / "tests" / "safety" / "messages_sealed_3.yml")
_EMERGENCY = {
    "chest_pain", "breathing", "collapse", "stroke", "seizure", "anaphylaxis", "overdose", "bleeding", "confusion",
}  # fmt: skip


@pytest.mark.parametrize("message", _MESSAGES["positive"], ids=lambda message: message["text"][:40])
def test_a_red_flag_is_found_as_what_it_is(message: dict[str, Any]) -> None:
    kinds = _EMERGENCY if message["category"] == "emergency" else {message["category"]}
    assert kinds & {hit.category for hit in _SAFETY.check(message["text"])}


@pytest.mark.parametrize("message", _MESSAGES["negative"], ids=lambda message: message["text"][:40])
def test_ordinary_talk_is_left_alone(message: dict[str, Any]) -> None:
    assert _SAFETY.check(message["text"]) == ()


def test_the_list_is_whole() -> None:
    assert (len(_MESSAGES["positive"]), len(_MESSAGES["negative"])) == (60, 60)
