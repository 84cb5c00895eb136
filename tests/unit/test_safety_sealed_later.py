"""The detector on later sealed lists, each measured once; since then they only hold what was mended.

Of the third list this is the half that was opened.
"""

from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.safety import load_safety
from services.core import yaml12

_ROOT = Path(__file__).parents[2]
_SAFETY = load_safety(_ROOT / "dialogues" / "safety.yml")
_LISTS: list[dict[str, list[dict[str, Any]]]] = [
    yaml12.load(_ROOT / "tests" / "safety" / f"messages_sealed_{number}.yml") for number in (2, 3)
]
_EMERGENCY = {
    "chest_pain", "breathing", "collapse", "stroke", "seizure", "anaphylaxis", "overdose", "bleeding", "confusion",
}  # fmt: skip


def _all(kind: str) -> list[dict[str, Any]]:
    return [message for each in _LISTS for message in each[kind]]


@pytest.mark.parametrize("message", _all("positive"), ids=lambda message: message["text"][:40])
def test_a_red_flag_is_found_as_what_it_is(message: dict[str, Any]) -> None:
    kinds = _EMERGENCY if message["category"] == "emergency" else {message["category"]}
    assert kinds & {hit.category for hit in _SAFETY.check(message["text"])}


@pytest.mark.parametrize("message", _all("negative"), ids=lambda message: message["text"][:40])
def test_ordinary_talk_is_left_alone(message: dict[str, Any]) -> None:
    assert _SAFETY.check(message["text"]) == ()


def test_the_lists_are_whole() -> None:
    assert [(len(each["positive"]), len(each["negative"])) for each in _LISTS] == [(120, 120), (60, 60)]
