"""Spelling, repaired with care: only towards words of the training messages, and only where one is likely meant."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

from rapidfuzz.distance import OSA

_LONG = 6  # letters: from here on, two slips still leave one word
_LONGEST = 24  # letters: nothing longer is one or two words
_FEW = 2  # uses: a word that training uses less often is no target
_COMMON = 12  # uses: what a slip in two or three letters must reach to be believed
# What each kind of slip costs, and what a slip weighs against the logarithm of a word's uses.
_SLIP, _TWO_SLIPS, _FIRST_LETTER = 1.0, 1.8, 0.6
_BARE, _HEARD, _CUT_SHORT, _FURTHER = 0.5, 0.5, 1.0, 0.5
_PARTED, _PARTED_UNSEEN = 0.7, 1.4
_WEIGHT = 4.0
_DEAREST = 1.8  # a word further away than this is not meant
_SIDE_BY_SIDE = 2.5  # what having been seen beside the neighbour is worth
_VOWELS = str.maketrans("", "", "aeiou")
_SOUNDS = tuple(
    (re.compile(written), heard)
    for written, heard in (
        ("ph", "f"), ("gh(?=t|$)", ""), ("^kn", "n"), ("^wr", "r"), ("wh", "w"), ("tch", "ch"),
        ("tion|shun|sion", "shn"), ("c(?=[eiy])", "s"), ("[cq]k?", "k"), ("th|ff|v+", "f"), ("z", "s"), ("x", "ks"),
        ("dge?|j", "j"), ("(?:er|a|ar|or|ah|re)$", ""), ("(?<=.)[aeiouyhw]+", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


class Speller:
    """Repairs unknown words towards known ones.

    `counts` says how often the training messages use each known word, and `pairs` which two words they set side by
    side ("how much"): that decides between candidates, and tells where a space is missing.
    """

    def __init__(self, counts: Mapping[str, int], pairs: Iterable[str] = ()) -> None:
        self._counts = dict(counts)
        self._pairs = frozenset(pair for pair in pairs if all(word in self._counts for word in pair.split()))
        self._by_slip: dict[str, list[str]] = defaultdict(list)
        self._by_consonants: dict[str, list[str]] = defaultdict(list)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for word, count in self._counts.items():
            if count >= _FEW and len(word) > 1 and _plain(word):
                self._index(word)

    def repair(self, words: Sequence[str]) -> list[str]:
        """The words meant: unknown words changed where that is clear, and parted where a space was missing."""
        edged = ["", *words, ""]
        return [self._meant(*three) for three in zip(edged[1:], edged, edged[2:], strict=False)]

    def _index(self, word: str) -> None:
        for key in (word, *_with_one_letter_less(word)):
            self._by_slip[key].append(word)
        self._by_consonants[consonants(word)].append(word)
        self._by_sound[sound(word)].append(word)
        if len(word) >= _LONG - 1:
            self._by_start[word[0]].append(word)

    def _meant(self, word: str, before: str, after: str) -> str:
        if word in self._counts or not 1 < len(word) <= _LONGEST or not _plain(word):
            return word
        costs = self._candidates(word)

        def worth(meant: str) -> tuple[float, str]:
            return self._likelihood(meant, before, after) - _WEIGHT * costs[meant], meant

        return max(costs, key=worth, default=word)

    def _likelihood(self, meant: str, before: str, after: str) -> float:
        first, _, last = meant.partition(" ")
        uses = min(self._counts[first], self._counts[last or first])
        beside = (f"{before} {first}" in self._pairs) + (f"{last or first} {after}" in self._pairs)
        return log(uses) + _SIDE_BY_SIDE * beside

    def _candidates(self, word: str) -> dict[str, float]:
        """The cheapest way to each word that may be meant."""
        costs: dict[str, float] = {}
        for meant, cost in self._ways(word):
            if cost <= _DEAREST and (len(word) > 3 or self._is_common(meant)):
                costs[meant] = min(cost, costs.get(meant, cost))
        return costs

    def _ways(self, word: str) -> Iterator[tuple[str, float]]:
        yield from self._one_slip(word)
        yield from self._texted(word)
        if len(word) >= _LONG:
            yield from self._two_slips(word)
        if len(word) > 3:
            yield from self._parted(word)

    def _one_slip(self, word: str) -> Iterator[tuple[str, float]]:
        for key in (word, *_with_one_letter_less(word)):
            for known in self._by_slip.get(key, ()):
                if len(word) > 2 and OSA.distance(word, known, score_cutoff=1) <= 1:
                    yield known, _SLIP + _FIRST_LETTER * (word[0] != known[0])

    def _texted(self, word: str) -> Iterator[tuple[str, float]]:
        """Words written without their vowels, as they sound, or cut short."""
        for known in self._by_consonants.get(consonants(word), ()):
            if len(known) > len(word):
                yield known, _BARE + 0.1 * (len(known) - len(word))
        for known in self._by_sound.get(sound(word), ()):
            if len(word) > 3 and abs(len(known) - len(word)) < 4:
                yield known, _HEARD + _FURTHER * OSA.distance(word, known)
        for known in self._by_start.get(word[0], ()):
            if len(word) > 3 and known.startswith(word):
                yield known, _CUT_SHORT + 0.1 * (len(known) - len(word))

    def _two_slips(self, word: str) -> Iterator[tuple[str, float]]:
        for known in self._by_start.get(word[0], ()):
            if OSA.distance(word, known, score_cutoff=2) == 2:
                yield known, _TWO_SLIPS

    def _parted(self, word: str) -> Iterator[tuple[str, float]]:
        for first, last in ((word[:at], word[at:]) for at in range(1, len(word))):
            if f"{first} {last}" in self._pairs:
                yield f"{first} {last}", _PARTED
            elif min(len(first), len(last)) > 1 and self._is_common(first) and self._is_common(last):
                yield f"{first} {last}", _PARTED_UNSEEN

    def _is_common(self, word: str) -> bool:
        return self._counts.get(word, 0) >= _COMMON


def consonants(word: str) -> str:
    """What is left of a word texted without its vowels: its first letter stays, and "ck" is one ("bk", "back")."""
    return word[:1] + word[1:].translate(_VOWELS).replace("ck", "k")


def sound(word: str) -> str:
    """Roughly how a word is heard in London: "fone" and "phone", "anuva" and "another" are alike."""
    for written, heard in _SOUNDS:
        word = written.sub(heard, word)
    return word


def _plain(word: str) -> bool:
    return word.isalpha() and word.isascii()


def _with_one_letter_less(word: str) -> Iterator[str]:
    return (word[:position] + word[position + 1 :] for position in range(len(word)))
