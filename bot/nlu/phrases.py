"""Finding listed phrases among the words of a message: the longest wins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.nlu.tokens import Tokens, words_of

T = TypeVar("T")

_JOINING = frozenset(("", "-", "\u2013", "'", "/"))  # what may stand between the words of one phrase


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A listed phrase in a message, from word `first` to word `last` (inclusive), and what it means."""

    first: int
    last: int
    meaning: T

    @property
    def places(self) -> range:
        """Return the places of its words."""
        return range(self.first, self.last + 1)


class Phrases(Generic[T]):
    """A list of phrases with their meanings.

    `single_words` are those of one word, with what they mean; `joined_words` are the words of the others.
    """

    def __init__(self, meanings: Mapping[str, T]) -> None:
        self._meanings: dict[tuple[str, ...], T] = {}
        for phrase, meaning in meanings.items():
            self._meanings.setdefault(words_of(phrase), meaning)
        lengths: dict[str, set[int]] = {}
        for words in self._meanings:
            lengths.setdefault(words[0], set()).add(len(words))
        # How many words the phrases have that begin with a word, the longest first.
        self._lengths = {word: sorted(found, reverse=True) for word, found in lengths.items()}
        self.single_words = {words[0]: meaning for words, meaning in self._meanings.items() if len(words) == 1}
        self.joined_words = frozenset(word for words in self._meanings if len(words) > 1 for word in words)

    def at(self, tokens: Tokens, words: tuple[str, ...], first: int) -> Found[T] | None:
        """Return the longest phrase that begins at word `first` of `words` (the message's, perhaps respelt)."""
        for length in self._lengths.get(words[first], ()):
            behind = first + length
            meaning = self._meanings.get(words[first:behind]) if behind <= len(words) else None
            if meaning is not None and _JOINING.issuperset(tokens.gaps[first + 1 : behind]):
                return Found(first, behind - 1, meaning)
        return None

    def find(self, tokens: Tokens, words: tuple[str, ...]) -> Iterator[Found[T]]:
        """Yield the phrases of a message from left to right, none overlapping another."""
        first = 0
        while first < len(words):
            found = self.at(tokens, words, first) if words[first] in self._lengths else None
            if found:
                yield found
                first = found.last
            first += 1
