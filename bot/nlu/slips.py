"""Reading the words of a message as they were meant: slips of the thumb put right, short words written out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_SHORTEST = 7  # letters: a shorter word one slip away is too often another word
_SHORTEST_SWAPPED = 5  # letters: but from here on two letters swapped are a slip ("bresat")
_MOST_NEAR = 6  # known words a slip away from one word

Words = tuple[str, ...]
_Shelves = dict[tuple[str, int], list[str]]


class Spelling:
    """Puts right a word that is one slip (a letter too many, missing, wrong, or two swapped) from one known word.

    Two letters swapped are the surer slip: they decide between known words, and count in shorter ones too. Known words
    that mean the same are one ("pilates", "pilaties"). `known` maps words to what they mean; `joined` words mean
    something only in phrases, and are thought of last; `ordinary` words are left alone however near they are:
    "mourning" is not "morning". `short_words` maps "bk" to "back".
    """

    def __init__(
        self,
        known: Mapping[str, Any],
        joined: Iterable[str],
        ordinary: Iterable[str],
        short_words: Mapping[str, str],
    ) -> None:
        self._meanings = known
        self._short_words = short_words
        self._known = frozenset((*known, *joined, *ordinary))
        self._shelves = tuple(_shelved(words) for words in (known, frozenset(joined) - frozenset(known)))

    def repair(self, words: Words) -> Words:
        """Return a message's words as meant; a word that could be two known ones stays as it is."""
        last = len(words) - 1
        return tuple(
            self._repaired(word) if len(word) > 1 or 0 < place < last else word for place, word in enumerate(words)
        )

    def _repaired(self, word: str) -> str:
        if word in self._short_words:
            return self._short_words[word]
        if len(word) < _SHORTEST_SWAPPED or word in self._known:
            return word
        if word.endswith("in") and f"{word}g" in self._known:
            return f"{word}g"
        meant = (self._nearest(word, shelves) for shelves in self._shelves)
        return next(filter(None, meant), word)

    def _nearest(self, word: str, shelves: _Shelves) -> str | None:
        """Return the one known word (of those that mean the same, the first) that is a slip away."""
        close = list(_near(word, shelves))
        swapped = [known for known in close if len(known) == len(word) and sorted(known) == sorted(word)]
        meant = swapped or (close if len(word) >= _SHORTEST else [])
        senses = [self._meanings.get(known, known) for known in meant]
        return min(meant) if meant and all(sense == senses[0] for sense in senses) else None


def _shelved(words: Iterable[str]) -> _Shelves:
    """Return words long enough to be meant by a slip, by their first letter and length."""
    shelves: _Shelves = {}
    for word in sorted(words):
        if len(word) >= _SHORTEST_SWAPPED and word.isalpha():
            shelves.setdefault((word[0], len(word)), []).append(word)
    return shelves


def _near(word: str, shelves: _Shelves) -> Iterator[str]:
    """Yield the words of the same first letter that are one slip away."""
    for length in range(len(word) - 1, len(word) + 2):
        shelf = shelves.get((word[0], length))
        if shelf:
            yield from (
                known for known, _, _ in extract(word, shelf, scorer=OSA.distance, score_cutoff=1, limit=_MOST_NEAR)
            )
