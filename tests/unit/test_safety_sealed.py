"""The detector on two hundred messages sealed until measured once; since then they only hold what was mended."""

from pathlib import Path
from typing import Any

from bot.dialogue.safety import load_safety
from services.core import yaml12

_ROOT = Path(__file__).parents[2]
_SAFETY = load_safety(_ROOT / "dialogues" / "safety.yml")


def _messages(kind: str) -> list[dict[str, Any]]:
    sealed: list[dict[str, Any]] = yaml12.load(_ROOT / "tests" / "safety" / "messages_sealed.yml")[kind]
    return sealed


def test_sealed_red_flags() -> None:
    found = sum(bool(_SAFETY.check(message["text"])) for message in _messages("positive"))
    enough = found >= 95
    assert enough, f"{found} sealed red flags found"


def test_sealed_false_alarms() -> None:
    alarms = sum(bool(_SAFETY.check(message["text"])) for message in _messages("negative"))
    few = alarms <= 5
    assert few, f"{alarms} sealed false alarms"
