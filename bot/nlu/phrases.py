"""Finding listed phrases among the words of a message: the longest wins, and small slips of the thumb are forgiven."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz.distance import OSA

from bot.nlu.tokens import Tokens, tokenise

T = TypeVar("T")

_SHORTEST = 7  # letters: a shorter word one slip away is too often another word
_SHORTEST_SWAPPED = 5  # letters: but from here on two letters swapped are a slip ("bresat")
_JOINING = frozenset(("", "-", "\u2013", "'", "/"))  # what may stand between the words of one phrase


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A listed phrase in a message, from word `first` to word `last` (inclusive), and what it means."""

    first: int
    last: int
    meaning: T


class Phrases(Generic[T]):
    """A list of phrases with their meanings; `single_words` are the phrases of one word."""

    def __init__(self, meanings: Mapping[str, T]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, meaning in meanings.items():
            words = tokenise(phrase).words
            self._by_first.setdefault(words[0], []).append((words, meaning))
        for listed in self._by_first.values():
            listed.sort(key=lambda entry: -len(entry[0]))
        self.single_words = frozenset(
            words[0] for listed in self._by_first.values() for words, _ in listed if len(words) == 1
        )

    def at(self, tokens: Tokens, words: tuple[str, ...], first: int) -> Found[T] | None:
        """Return the longest phrase that begins at word `first` of `words` (the message's, perhaps respelt)."""
        for phrase, meaning in self._by_first.get(words[first], ()):
            last = first + len(phrase) - 1
            if words[first : last + 1] == phrase and _JOINING.issuperset(tokens.gaps[first + 1 : last + 1]):
                return Found(first, last, meaning)
        return None

    def find(self, tokens: Tokens, words: tuple[str, ...]) -> Iterator[Found[T]]:
        """Yield the phrases of a message from left to right, none overlapping another."""
        first = 0
        while first < len(words):
            found = self.at(tokens, words, first)
            if found:
                yield found
                first = found.last
            first += 1


class Spelling:
    """Puts right a word that is one slip (a letter too many, missing, wrong, or two swapped) from one known word.

    Two letters swapped are the surer slip: they decide between known words, and count in shorter ones too.

    `ordinary` words are left alone however near they are: "mourning" is not "morning".
    """

    def __init__(self, known: Iterable[str], ordinary: Iterable[str]) -> None:
        targets = frozenset(known)
        self._known = targets | frozenset(ordinary)
        self._near: dict[str, list[str]] = {}
        for word in sorted(targets):
            if len(word) >= _SHORTEST_SWAPPED and word.isalpha():
                for shape in _shapes(word):
                    self._near.setdefault(shape, []).append(word)

    def repair(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return a message's words with the slips put right; a word that could be two known ones stays as it is."""
        return tuple(
            word if len(word) < _SHORTEST_SWAPPED or word in self._known else self._repaired(word) for word in words
        )

    def _repaired(self, word: str) -> str:
        near = {known for shape in _shapes(word) for known in self._near.get(shape, ()) if known[0] == word[0]}
        close = [known for known in near if OSA.distance(known, word, score_cutoff=1) <= 1]
        swapped = [known for known in close if len(known) == len(word) and sorted(known) == sorted(word)]
        meant = swapped or (close if len(word) >= _SHORTEST else [])
        return meant[0] if len(meant) == 1 else word


def _shapes(word: str) -> set[str]:
    """Return the word and what is left of it when any one letter goes: two words one slip apart share one."""
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}
