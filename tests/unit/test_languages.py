"""Languages are told from one another and from English: no English message that we know of is taken for another."""

import re
from pathlib import Path

import pytest

from bot.dialogue.languages import load_languages
from services.core import yaml12

_ROOT = Path(__file__).parents[2]
_LANGUAGES = load_languages(_ROOT / "dialogues")
_SAMPLES = yaml12.load(_ROOT / "tests" / "fixtures" / "other_languages.yml")
_MARKED = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


@pytest.mark.parametrize("language", _SAMPLES)
def test_a_language_is_known(language: str) -> None:
    for text in _SAMPLES[language].splitlines():
        assert _LANGUAGES.written_in(text) == language, text


def test_english_is_never_taken_for_another_language() -> None:
    said = [
        _MARKED.sub(r"\1", line.removeprefix("- "))
        for path in sorted((_ROOT / "nlu_data" / "nlu").glob("*.yml"))
        for block in yaml12.load(path)["nlu"]
        if block.get("intent") not in (None, "language_request", "greet")
        for line in block["examples"].splitlines()
    ]
    assert len(said) > 5000
    assert [text for text in said if _LANGUAGES.written_in(text)] == []


@pytest.mark.parametrize(
    "text", ["", "no", "si", "Ana Maria", "Jose", "ola", "hola", "👍", "E17 9AB", "tamil group", "merci"]
)
def test_too_little_to_tell_by_is_english(text: str) -> None:
    assert _LANGUAGES.written_in(text) is None
