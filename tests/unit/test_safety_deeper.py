"""The detector on other people, inside other talk, in answer to other questions, and by those who cannot phone."""

from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.safety import load_safety
from services.core import yaml12

_ROOT = Path(__file__).parents[2]
_SAFETY = load_safety(_ROOT / "dialogues" / "safety.yml")
_DATA: dict[str, Any] = yaml12.load(_ROOT / "tests" / "safety" / "messages_deeper.yml")
ROUNDS = ("first_round", "second_round", "third_round")


@pytest.mark.parametrize("name", ROUNDS)
def test_red_flags_of_a_round_are_found_as_what_they_are(name: str) -> None:
    flags = [(kind, text) for kind, texts in _DATA[name]["positive"].items() for text in texts.splitlines()]
    wrong = [text for kind, text in flags if kind not in {hit.category for hit in _SAFETY.check(text)}]
    assert len(flags) >= 50
    assert len(wrong) <= 0.04 * len(flags), wrong


@pytest.mark.parametrize("name", ROUNDS)
def test_ordinary_talk_of_a_round_is_left_alone(name: str) -> None:
    texts = _DATA[name]["negative"].splitlines()
    alarms = [text for text in texts if _SAFETY.check(text)]
    assert len(alarms) <= 0.06 * len(texts), alarms


def test_who_cannot_phone_is_known_and_remembered() -> None:
    texts = _DATA["cannot_phone"].splitlines()
    assert [text for text in texts if not _SAFETY.cannot_phone(text)] == []
    assert sum(_SAFETY.never_phones(text) for text in texts) >= 0.8 * len(texts)


def test_who_may_phone_is_never_remembered_as_someone_who_cannot() -> None:
    texts = _DATA["may_phone"].splitlines()
    assert [text for text in texts if _SAFETY.never_phones(text)] == []
    assert sum(_SAFETY.cannot_phone(text) for text in texts) <= 0.2 * len(texts)
