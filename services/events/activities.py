"""What is done at events: words of a message that titles have too ("swimming"), and which events they mean."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from services.events.names import EMPTY, KINDS, WORDS, is_common, tokens

_WORD = re.compile(r"[A-Za-z0-9'’]+")
_DOUBLED = re.compile(r"(.)\1")
_SHORTEST = 3
_LONGEST_ASKED = 8  # words: a message that names more of what is done than that is no wish
_SAYS_NOTHING = EMPTY | KINDS


class Activity(NamedTuple):
    """A word for something that is done at events, as a title has it, and where it stands in the message."""

    word: str
    start: int
    end: int


class Activities:
    """What is done at the events of some titles; the titles are numbered as given, each in all its wordings."""

    def __init__(self, titles: Sequence[Iterable[str]]) -> None:
        self._doing: dict[str, set[int]] = defaultdict(set)
        self._word: dict[str, str] = {}
        for number, wordings in enumerate(titles):
            for word in {word for wording in wordings for word in tokens(wording) if _is_telling(word)}:
                self._doing[root(word)].add(number)
                self._word.setdefault(root(word), word)
        self._by_initial: dict[str, list[str]] = defaultdict(list)
        for word in self._word.values():
            self._by_initial[word[0]].append(word)
        self._known = lru_cache(maxsize=4096)(self._found)

    def named_in(self, text: str) -> tuple[Activity, ...]:
        """Return the words of a message that say what is done at some event, slips put right."""
        found = tuple(self._mentions(text))
        return found if len(found) <= _LONGEST_ASKED else ()

    def meant_by(self, words: str) -> set[int]:
        """Return the numbers of the titles that have the most of these words, none when they have none."""
        score: dict[int, int] = defaultdict(int)
        for word in tokens(words):
            for number in self._doing.get(root(word), ()):
                score[number] += 1
        best = max(score.values(), default=0)
        return {number for number, reached in score.items() if reached == best}

    def _mentions(self, text: str) -> Iterator[Activity]:
        for match in _WORD.finditer(text):
            word = self._known("".join(tokens(match[0])))
            if word:
                yield Activity(word, match.start(), match.end())

    def _found(self, token: str) -> str:
        """The word of a title that a word of a message is, or may be a slip for; "" for none."""
        said = _CALLED.get(token, token)
        if not _is_telling(said) or (said in _OTHER and said not in self._word.values()):
            return ""
        singular = said.removesuffix("s")
        known = self._word.get(root(said)) or self._word.get(root(singular))
        return known or min(self._near(said), key=lambda word: (OSA.distance(said, word), word), default="")

    def _near(self, token: str) -> list[str]:
        return [word for word in self._by_initial.get(token[:1], ()) if _is_slip(token, word)]


def root(word: str) -> str:
    """Return what the forms of a word share, doubled letters written once: "swim" for swimming, "danc" for dance."""
    stem = word.removesuffix("ing") if len(word) > 5 else word
    return _DOUBLED.sub(r"\1", stem.removesuffix("e"))


def _is_telling(word: str) -> bool:
    """Whether a word may tell what is done: no everyday word, no figure, none for an illness or a group of people."""
    if len(word) < _SHORTEST or word in _SAYS_NOTHING or not word.isalpha():
        return False
    return root(word) not in _ORDINARY and not is_common([word])


def _is_slip(token: str, word: str) -> bool:
    """Whether a word may be a misspelling of what is done: one slip from 6 letters on, two from 9."""
    slips = 0 if len(word) < 6 else 1 if len(word) < 9 else 2
    return abs(len(token) - len(word)) <= slips and OSA.distance(token, word, score_cutoff=slips) <= slips


_ORDINARY = frozenset(map(root, WORDS["ordinary"].split()))
_OTHER = frozenset(WORDS["other"].split())
_CALLED: dict[str, str] = WORDS["called"]
