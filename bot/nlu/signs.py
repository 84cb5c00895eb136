"""Telling what someone needs by words that stand near one another: "arm" and "swollen", "cant" and "sleep"."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import phrases_of

_REACH = 6  # words from the first to the last of a sign, both counted
_IN_ORDER = " > "  # between groups of words that follow one another in that order
_ANY_ORDER = " + "

Words = tuple[str, ...]
Meaning = tuple[str, str]  # a kind of entity and its value


@dataclass(frozen=True, slots=True)
class Sign:
    """What is meant when a word of each group stands in one part of a message, from word `first` to word `last`."""

    meaning: Meaning
    groups: int
    ordered: bool


class Signs:
    """Signs by the words that make them up, as `signs.yml` lists them: kind, value, lines of groups of words."""

    def __init__(self, listed: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._signs: list[Sign] = []
        self._by_word: dict[str, tuple[tuple[int, int], ...]] = {}
        for kind, values in listed.items():
            for value, lines in values.items():
                for line in lines:
                    self._add((kind, value), line)

    def _add(self, meaning: Meaning, line: str) -> None:
        ordered = _IN_ORDER in line
        groups = line.split(_IN_ORDER if ordered else _ANY_ORDER)
        for at, group in enumerate(groups):
            for word in phrases_of(group):
                self._by_word[word] = (*self._by_word.get(word, ()), (len(self._signs), at))
        self._signs.append(Sign(meaning, len(groups), ordered))

    def find(self, tokens: Tokens, words: Words, left_out: Collection[int]) -> Iterator[tuple[Meaning, int, int]]:
        """Yield what each sign means, with its first and last word; the places in `left_out` are no part of one."""
        seen: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, word in enumerate(words):
            if place and tokens.gaps[place] and tokens.gaps[place] not in "-/":
                yield from self._complete(seen)
                seen.clear()
            if word in self._by_word and place not in left_out:
                for sign, group in self._by_word[word]:
                    seen[sign].append((place, group))
        yield from self._complete(seen)

    def _complete(self, seen: Mapping[int, list[tuple[int, int]]]) -> Iterator[tuple[Meaning, int, int]]:
        for number, hits in seen.items():
            sign = self._signs[number]
            if len(hits) >= sign.groups and (places := _closest(hits, sign)):
                yield sign.meaning, min(places), max(places)


def _closest(hits: Sequence[tuple[int, int]], sign: Sign) -> list[int]:
    """Return a place for each group of a sign, all within reach (and in order where that counts), else nothing."""
    for start, (first, _) in enumerate(hits):
        chosen: dict[int, int] = {}
        for place, group in hits[start:]:
            if place - first < _REACH and (not sign.ordered or group == len(chosen)) and place not in chosen.values():
                chosen.setdefault(group, place)
        if len(chosen) == sign.groups:
            return list(chosen.values())
    return []
