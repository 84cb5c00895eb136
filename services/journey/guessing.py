"""The nearest listed name to a spelling that is not listed, and only where the slip is small and the word unusual."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.journey.context import Guard
from services.journey.listing import Name
from services.journey.place import OutsideLondon, Resolution, mended, places_of
from services.journey.reading import Word, joined_until

_SHORTEST_GUESSED = 6
_TWO_SLIPS_FROM = 8
# Beside a word that tells which name is meant, even a short one may be misspelt: "golders gren".
_SHORTEST_BESIDE_TELLING = 4
_LONGEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Guess:
    """A misspelt name in words[start:stop] and what it means."""

    start: int
    stop: int
    resolution: Resolution


class Guesser:
    """Mends spellings: one slip in six letters, two in eight, never in the first one, never in an ordinary word."""

    def __init__(self, listed: dict[str, Name], common: frozenset[str]) -> None:
        self._common = common
        self._listed = listed.keys()
        meant = {key: name.resolution for key, name in listed.items() if name.resolution}
        free = {key: meaning for key, meaning in meant.items() if listed[key].guard is Guard.FREE}
        self._single = _by_first_letter({key: meaning for key, meaning in free.items() if " " not in key})
        self._with_gap = _with_gaps(free, common)
        self._beside_gap = {word for key in self._with_gap for word in key.split(" ")}
        near = {key: meaning for key, meaning in meant.items() if _may_be_guessed(meaning, listed[key].guard)}
        self._respaced = {key.replace(" ", ""): meaning for key, meaning in near.items()}
        self._by_shape = _by_shape(near)

    def at(self, words: list[Word], at: int, first: int) -> Guess | None:
        """Return the misspelt name in which the word `at` is misspelt; words before `first` belong to another."""
        spelling = words[at].key
        if not self._is_unusual(spelling):
            return None
        gapped = next(self._gapped_around(words, at, first), None)
        meaning = None if gapped else _nearest(spelling, self._single)
        return Guess(at, at + 1, mended(meaning)) if meaning else gapped

    def reaching_over(self, words: list[Word], at: int, start: int) -> Guess | None:
        """Return the name that begins at `start` with words as listed and ends beyond `at`, which is misspelt."""
        if not self._is_unusual(words[at].key):
            return None
        return next((guess for guess in self._gapped_around(words, at, start) if guess.start == start), None)

    def whole(self, words: list[Word]) -> Resolution | None:
        """Return the name that an answer means as a whole, its spaces and slips anywhere ("manro house")."""
        keys = [word.key for word in words]
        spelling = " ".join(keys)
        if spelling in self._listed or all(key in self._common for key in keys):
            return None
        return self._respaced.get("".join(keys)) or _nearest_of(keys, self._by_shape.get(_shape(keys), {}))

    def _is_unusual(self, spelling: str) -> bool:
        return len(spelling) >= _SHORTEST_BESIDE_TELLING and spelling.isalpha() and spelling not in self._common

    def _gapped_around(self, words: list[Word], at: int, first: int) -> Iterator[Guess]:
        """Yield the names of several words of which all but the word `at` are as listed, longest first."""
        spelling = words[at].key
        if not self._is_beside_name(words, at):
            return
        for start, stop in _windows_over(words, at, first):
            keys = [word.key for word in words[start:stop]]
            keys[at - start] = "*"
            for meant, meaning in self._with_gap.get(" ".join(keys), ()):
                if _is_near(spelling, meant):
                    yield Guess(start, stop, mended(meaning))

    def _is_beside_name(self, words: list[Word], at: int) -> bool:
        """Return whether a neighbour of a word occurs in any name at all; mostly none does."""
        after = at + 1 < len(words) and words[at + 1].joined and words[at + 1].key in self._beside_gap
        return after or (at > 0 and words[at].joined and words[at - 1].key in self._beside_gap)


def _windows_over(words: list[Word], at: int, first: int) -> Iterator[tuple[int, int]]:
    for length in range(_LONGEST_NAME, 1, -1):
        for start in range(max(first, at - length + 1), at + 1):
            if joined_until(words, start, length) == start + length:
                yield start, start + length


def _nearest(spelling: str, by_letter: dict[str, dict[str, Resolution]]) -> Resolution | None:
    """Return what the nearest name with the same first letter means, if it is near enough."""
    candidates = by_letter.get(spelling[0]) if len(spelling) >= _SHORTEST_GUESSED else None
    if not candidates:
        return None
    slips = 2 if len(spelling) >= _TWO_SLIPS_FROM else 1
    best = process.extractOne(spelling, candidates.keys(), scorer=OSA.distance, score_cutoff=slips)
    return candidates[best[0]] if best and _is_near(spelling, best[0]) else None


def _nearest_of(keys: list[str], candidates: dict[str, Resolution]) -> Resolution | None:
    """Return what the nearest name of as many words means, if every word is near its own."""
    spelling = " ".join(keys)
    if len(spelling) < _SHORTEST_GUESSED or not candidates:
        return None
    slips = 2 if len(spelling) >= _TWO_SLIPS_FROM else 1
    best = process.extractOne(spelling, candidates.keys(), scorer=OSA.distance, score_cutoff=slips)
    if best is None or not all(map(_is_near, keys, best[0].split(" "))):
        return None
    return candidates[best[0]]


def _by_shape(meanings: dict[str, Resolution]) -> dict[tuple[str, int], dict[str, Resolution]]:
    shapes: dict[tuple[str, int], dict[str, Resolution]] = defaultdict(dict)
    for key, meaning in meanings.items():
        if len(key) >= _SHORTEST_GUESSED:
            shapes[_shape(key.split(" "))][key] = meaning
    return dict(shapes)


def _shape(keys: list[str]) -> tuple[str, int]:
    return keys[0][0], len(keys)


def _may_be_guessed(meaning: Resolution, guard: Guard) -> bool:
    return (
        guard is not Guard.WHOLE and not isinstance(meaning, OutsideLondon) and places_of(meaning)[0].kind != "region"
    )


def _is_near(spelling: str, meant: str) -> bool:
    slips = 2 if min(len(spelling), len(meant)) >= _TWO_SLIPS_FROM else 1
    return spelling[0] == meant[0] and OSA.distance(spelling, meant, score_cutoff=slips) <= slips


def _by_first_letter(meanings: dict[str, Resolution]) -> dict[str, dict[str, Resolution]]:
    letters: dict[str, dict[str, Resolution]] = defaultdict(dict)
    for key, meaning in meanings.items():
        if len(key) >= _SHORTEST_GUESSED and key.isalpha():
            letters[key[0]][key] = meaning
    return dict(letters)


def _with_gaps(meanings: dict[str, Resolution], common: frozenset[str]) -> dict[str, list[tuple[str, Resolution]]]:
    """Return names of several words keyed with one word left out, and that word."""
    gaps: dict[str, list[tuple[str, Resolution]]] = defaultdict(list)
    for key, meaning in meanings.items():
        parts = key.split(" ")
        for at in _left_out(parts, common):
            gaps[" ".join([*parts[:at], "*", *parts[at + 1 :]])].append((parts[at], meaning))
    return dict(gaps)


def _left_out(parts: list[str], common: frozenset[str]) -> Iterable[int]:
    """Yield which words of a name may be misspelt; a short one only beside one that tells which name it is."""
    telling = [at for at, part in enumerate(parts) if len(part) > _SHORTEST_BESIDE_TELLING and part not in common]
    for at, part in enumerate(parts):
        told = len(telling) > 1 or (len(telling) == 1 and telling[0] != at)
        if len(parts) > 1 and part.isalpha() and len(part) >= (_SHORTEST_BESIDE_TELLING if told else _SHORTEST_GUESSED):
            yield at
