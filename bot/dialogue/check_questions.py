"""Checks of the questions that staff edit: each is told from the others, and its answer fits two text messages."""

from collections.abc import Collection, Iterator
from datetime import date

from bot.dialogue.check_responses import Texts, text_problems
from bot.dialogue.problems import Problem, Source
from bot.dialogue.questions import RESPONSE, QuestionModel, QuestionsFile

_LONGEST = 2
_MONTH_DAYS = 30.4


def check_questions(texts: Texts, file: QuestionsFile, intents: Collection[str], source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the questions."""
    seen: set[str] = set()
    for model in file.questions:
        for code, message in _wrong(texts, model, intents, seen):
            yield source.problem(code, f"question {model.id}: {message}", "questions")
        seen |= {model.id, *model.asks}


def overdue(file: QuestionsFile, today: date) -> list[str]:
    """The questions whose answers nobody has looked at for too long."""
    most = file.reviewed_within_months * _MONTH_DAYS
    return [model.id for model in file.questions if (today - model.reviewed).days > most]


def _wrong(texts: Texts, model: QuestionModel, intents: Collection[str], seen: set[str]) -> Iterator[tuple[str, str]]:
    if model.id in seen:
        yield "question_twice", "there is another of that id"
    for ask in {ask for ask in model.asks if ask in seen}:
        yield "asked_twice", f"another question is put as {ask!r} too"
    for intent in {*model.intents, *model.taken_for}.difference(intents):
        yield "unknown_intent", f"there is no intent {intent}"
    for variation in model.variations:
        yield from text_problems(texts, f"{RESPONSE}{model.id}", variation)
        parts = texts.count(variation.text).count
        if parts > _LONGEST:
            yield "too_long", f"takes {parts} text messages, {_LONGEST} at most"
