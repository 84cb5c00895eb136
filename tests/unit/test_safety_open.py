"""The detector on two hundred messages by somebody who had not seen its rules; their figures are in the safety case."""

from pathlib import Path
from typing import Any

from bot.dialogue.safety import load_safety
from services.core import yaml12

_ROOT = Path(__file__).parents[2]
_SAFETY = load_safety(_ROOT / "dialogues" / "safety.yml")
_MESSAGES: dict[str, list[dict[str, Any]]] = yaml12.load(_ROOT / "tests" / "safety" / "messages_open.yml")


def test_every_open_red_flag_is_found_as_what_it_is() -> None:
    assert len(_MESSAGES["positive"]) == 100
    missed = [
        message["text"]
        for message in _MESSAGES["positive"]
        if not {hit.category for hit in _SAFETY.check(message["text"])}
        & {message["category"], *message.get("also", [])}
    ]
    assert missed == []


def test_at_most_two_open_false_alarms() -> None:
    assert len(_MESSAGES["negative"]) == 100
    alarms = [message["text"] for message in _MESSAGES["negative"] if _SAFETY.check(message["text"])]
    assert len(alarms) <= 2, alarms
