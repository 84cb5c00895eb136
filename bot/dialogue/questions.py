"""Questions about the service: a file that staff edit (`dialogues/questions.yml`), and which one a message asks.

A question is told by the words that its file names, by likeness to the ways in which people put it, and by what the
message is roughly taken for. Pure: no database, no clock.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, pairwise
from typing import Annotated

from pydantic import BeforeValidator, Field
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.dialogue.models import Name, Strict
from bot.dialogue.responses import ResponsesFile, VariationModel

QUESTIONS = "questions.yml"
RESPONSE = "utter_question_"
# How like an example a message must be; with all the words of a question; with the understanding for or against it.
_LIKE, _WITH_WORDS, _MEANT, _DOUBTFUL, _NOT_MEANT = 0.55, 0.42, 0.12, 0.2, 1.0
_SURELY_MEANT = 0.75
_THE_SAME = 0.85
_LONGEST = 24
_MENDED_FROM = 5
_WORD = re.compile(r"[a-z0-9]+")
_ENDINGS = re.compile(r"(?<=...)(?:ing|ed|es|s|e)$")

Day = Annotated[date, BeforeValidator(lambda given: date.fromisoformat(str(given)))]


class QuestionModel(Strict):
    """One question: how people put it, and what is answered. See the head of the file."""

    id: Name
    asks: Annotated[list[str], Field(min_length=2)]
    words: list[str] = Field(default=[])
    intents: list[Name] = Field(default=[])
    taken_for: list[Name] = Field(default=[])
    answer: str
    answer_no_phone: str = ""
    reviewed: Day

    @property
    def variations(self) -> list[VariationModel]:
        """The answer as a response, with its variation for someone who cannot use the phone."""
        always = VariationModel(text=self.answer)
        if not self.answer_no_phone:
            return [always]
        return [VariationModel.model_validate({"text": self.answer_no_phone, "if": "slots.no_phone"}), always]


class QuestionsFile(Strict):
    """`questions.yml`, whole."""

    reviewed_within_months: int
    taken_for: list[Name] = Field(default=[])
    short: dict[str, str] = Field(default={})
    questions: list[QuestionModel]


@dataclass(frozen=True, slots=True)
class _Group:
    """One thing that must be spoken of: words, beginnings of words, or phrases."""

    pattern: re.Pattern[str]

    @classmethod
    def of(cls, line: str) -> "_Group":
        each = (re.escape(_plain(word.replace("*", ""))) + (r"\w*" if "*" in word else "") for word in line.split("|"))
        return cls(re.compile(rf"\b(?:{'|'.join(each)})\b"))


class Questions:
    """The questions of a file, ready to be found; nothing in it changes."""

    def __init__(self, file: QuestionsFile) -> None:
        self._models = models = file.questions
        self._short = file.short
        self._ours = {*file.taken_for, *chain.from_iterable(model.intents for model in models)}
        self._groups = {model.id: [_Group.of(line) for line in model.words] for model in models}
        asked = [(model.id, _words(ask)) for model in models for ask in model.asks]
        examples = [(one, _terms(words)) for one, words in asked]
        self._asking, terms = zip(*examples, strict=True)
        self._rarity = _rarity(terms)
        self._known = tuple(sorted(set(chain.from_iterable(words for _, words in asked))))
        self._by_term = _by_term(map(self._weighed, terms))

    def asked(self, text: str, intent: str, confidence: float) -> str | None:
        """The id of the question that a message asks, if any; `intent` is what it is roughly taken for."""
        plain = " ".join(self._short.get(word, word) for word in _words(text))
        words = [self._mended(word) for word in plain.split()]
        if not 0 < len(words) <= _LONGEST:
            return None
        likeness = self._likeness(words)
        # What is like nothing of a question never reaches the mark: its words and its intent alone are not enough.
        alike = (model for model in self._models if model.id in likeness)
        scores = {m.id: self._score(m, likeness[m.id], plain, intent, confidence) for m in alike}
        best = max(scores, key=scores.__getitem__, default="")
        return best if scores.get(best, 0.0) >= _LIKE else self._meant_by(intent, confidence)

    def _score(self, model: QuestionModel, likeness: float, plain: str, intent: str, confidence: float) -> float:
        groups = self._groups[model.id]
        spoken_of = bool(groups) and all(group.pattern.search(plain) for group in groups)
        score = likeness + _WITH_WORDS * spoken_of
        if intent in model.intents:
            return score + _MEANT
        if likeness < _THE_SAME and groups and not groups[0].pattern.search(plain):
            return 0.0  # the thing itself is not named, however much the rest is alike ("is there a lift")
        if confidence < _SURELY_MEANT:
            return score
        if intent in self._ours or intent in model.taken_for:
            return score if spoken_of else score - _DOUBTFUL
        return score - _NOT_MEANT

    def _meant_by(self, intent: str, confidence: float) -> str | None:
        """The question that an intent stands for, if the message surely has it."""
        if confidence < _SURELY_MEANT:
            return None
        return next((model.id for model in self._models if intent in model.intents), None)

    def _likeness(self, words: Sequence[str]) -> dict[str, float]:
        """How like its examples each question is: the cosine of weighed words and pairs of words, 0 (left out) to 1."""
        shared: dict[int, float] = {}
        for term, weight in self._weighed(_terms(words)).items():
            for example, own in self._by_term.get(term, ()):
                shared[example] = shared.get(example, 0.0) + weight * own
        found: dict[str, float] = {}
        for example, likeness in shared.items():
            one = self._asking[example]
            found[one] = max(found.get(one, 0.0), likeness)
        return found

    def _weighed(self, terms: Iterable[str]) -> dict[str, float]:
        weights = {term: self._rarity.get(term, self._rarity[""]) for term in terms}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {term: weight / length for term, weight in weights.items()}

    def _mended(self, word: str) -> str:
        return _mend(word, self._known) if len(word) >= _MENDED_FROM else word


def with_answers(file: ResponsesFile, questions: QuestionsFile) -> ResponsesFile:
    """The responses of a file and the answers to questions, which are responses too."""
    answers = {f"{RESPONSE}{model.id}": model.variations for model in questions.questions}
    return file.model_copy(update={"responses": {**file.responses, **answers}})


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold().replace("'", "").replace("\u2019", "")))


def _words(text: str) -> list[str]:
    return _plain(text).split()


def _stem(word: str) -> str:
    return _ENDINGS.sub("", word)


def _terms(words: Sequence[str]) -> list[str]:
    stems = [_stem(word) for word in words]
    return [*dict.fromkeys(stems), *dict.fromkeys(f"{a} {b}" for a, b in pairwise(stems))]


def _by_term(examples: Iterable[Mapping[str, float]]) -> Mapping[str, Sequence[tuple[int, float]]]:
    """The examples that have each term, by their number, with its weight there."""
    found: dict[str, list[tuple[int, float]]] = {}
    for number, example in enumerate(examples):
        for term, weight in example.items():
            found.setdefault(term, []).append((number, weight))
    return found


def _rarity(examples: Iterable[Sequence[str]]) -> Mapping[str, float]:
    """What each term is worth: rare ones much, those of every question little; "" is any other word."""
    many = list(examples)
    counts = Counter(term for terms in many for term in terms)
    return {term: math.log((1 + len(many)) / (0.5 + count)) for term, count in counts.items()} | {
        "": math.log(1 + len(many)) / 2
    }


@lru_cache(maxsize=4096)
def _mend(word: str, known: tuple[str, ...]) -> str:
    """The known word that a long one is a slip of, by one edit; else itself."""
    best = None if word in known else process.extractOne(word, known, scorer=OSA.distance, score_cutoff=1)
    return best[0] if best else word
