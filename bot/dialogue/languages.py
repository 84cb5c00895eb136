"""In which language a message is written, by scripts and small words (`dialogues/languages.yml`). Pure and offline.

It leans towards English: a message is taken for another language only when its script says so, or when small words of
that language are most of it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from bot.dialogue.models import Strict
from services.core import yaml12

LANGUAGES = "languages.yml"
_WORD = re.compile(r"[^\W\d_]+")
# A text has this many letters of a script, or so many of a language's words and such a share of them, or it is English.
_LETTERS, _WORDS, _SHARE = 3, 2, 0.55
_ACCENTS = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "ß": "ss"})

Words = Annotated[frozenset[str], BeforeValidator(lambda text: frozenset(text.split()))]


class LanguageModel(Strict):
    """One language: see the head of the file."""

    words: Words
    script: str = ""
    marks: str = ""


class LanguagesFile(Strict):
    """`languages.yml`, whole: languages by their English names."""

    languages: dict[str, LanguageModel]


@dataclass(frozen=True, slots=True)
class Languages:
    """Tells languages apart; nothing in it changes."""

    models: Mapping[str, LanguageModel]

    def written_in(self, text: str) -> str | None:
        """The English name of the language of a message; None for English, and for too little to tell by."""
        return self._by_script(text) or self._by_words(text)

    def _by_script(self, text: str) -> str | None:
        if text.isascii():  # as nearly every message is; no script of the file is
            return None
        found: list[tuple[int, int, str]] = []
        for language, model in self.models.items():
            letters = len(re.findall(f"[{model.script}]", text)) if model.script else 0
            if letters >= _LETTERS:
                found.append((sum(mark in text for mark in model.marks), letters, language))
        return max(found)[2] if found else None

    def _by_words(self, text: str) -> str | None:
        words = [_plain(word) for word in _WORD.findall(text)]
        counts = {language: sum(word in model.words for word in words) for language, model in self.models.items()}
        most = max(counts.values(), default=0)
        if most < _WORDS or most < _SHARE * len(words):
            return None
        likeliest = (language for language, count in counts.items() if count == most)
        distinct = {language: _distinct(self.models[language], words) for language in likeliest}
        best = max(distinct, key=distinct.__getitem__)
        return best if distinct[best] else None


def load_languages(folder: Path) -> Languages:
    """Read `languages.yml` of a dialogue folder; raises what `yaml12.load` raises."""
    return Languages(LanguagesFile.model_validate(yaml12.load(folder / LANGUAGES)).languages)


def _distinct(model: LanguageModel, words: list[str]) -> int:
    """How many different longer words of a message belong to a language: short ones belong to many."""
    return len({word for word in words if len(word) > 2 and word in model.words})


def _plain(word: str) -> str:
    """A word in lower case without its accents."""
    folded = unicodedata.normalize("NFKD", word.casefold().translate(_ACCENTS))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
