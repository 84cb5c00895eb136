"""Questions about the service: told from one another in words that their file does not hold, and from all else."""

from datetime import date
from pathlib import Path

import pytest

from bot.dialogue.check_questions import overdue
from bot.dialogue.loader import load_questions
from bot.dialogue.questions import Questions
from services.core import yaml12

_ROOT = Path(__file__).parents[2]
_FILE = load_questions(_ROOT / "dialogues")
_QUESTIONS = Questions(_FILE)
_UNSEEN = yaml12.load(_ROOT / "tests" / "fixtures" / "questions_unseen.yml")


def test_the_file_asks_what_people_ask() -> None:
    assert len(_FILE.questions) >= 24
    assert set(_UNSEEN) == {model.id for model in _FILE.questions}


def test_each_way_of_putting_it_finds_its_question() -> None:
    wrong = [
        (model.id, ask)
        for model in _FILE.questions
        for ask in model.asks
        if _QUESTIONS.asked(ask, "out_of_scope", 0.3) != model.id
    ]
    assert wrong == []


def test_most_other_words_find_it_too_and_few_find_another() -> None:
    asked = [(one, text) for one, texts in _UNSEEN.items() for text in texts.splitlines()]
    found = [(one, _QUESTIONS.asked(text, "out_of_scope", 0.3)) for one, text in asked]
    assert sum(one == other for one, other in found) >= 0.75 * len(found)
    assert sum(other not in (one, None) for one, other in found) <= 0.04 * len(found)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("can i talk to a real person", "human"),
        ("sorry i cant make it", "cancel_booking"),
        ("wrong number why are you texting me", "wrong_number"),
        ("delete everything you know about me", "delete_data"),
        ("is there anything for carers near E17", "find_event"),
        ("yoga in walthamstow", "find_event"),
        ("", "out_of_scope"),
        ("is it free " * 30, "cost_question"),
    ],
)
def test_what_is_surely_something_else_is_no_question(text: str, intent: str) -> None:
    assert _QUESTIONS.asked(text, intent, 0.95) is None


def test_an_answer_nobody_has_looked_at_for_a_year_is_overdue() -> None:
    assert overdue(_FILE, date(2026, 11, 23)) == []
    assert len(overdue(_FILE, date(2028, 1, 1))) == len(_FILE.questions)
