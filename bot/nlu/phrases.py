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
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, meaning in meanings.items():
            words = words_of(phrase)
            self._by_first.setdefault(words[0], []).append((words, meaning))
        for listed in self._by_first.values():
            listed.sort(key=lambda entry: -len(entry[0]))
        listed_phrases = [entry for listed in self._by_first.values() for entry in listed]
        self.single_words = {words[0]: meaning for words, meaning in listed_phrases if len(words) == 1}
        self.joined_words = frozenset(word for words, _ in listed_phrases if len(words) > 1 for word in words)

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
