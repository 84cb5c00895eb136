"""Names of places: every spelling that is listed, and the nearest listed one to a spelling that is not."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.journey.atlas import Atlas
from services.journey.context import Guard
from services.journey.listing import Name, list_names
from services.journey.place import Resolution, mended
from services.journey.reading import Word

_SHORTEST_GUESSED = 6
_TWO_SLIPS_FROM = 8
_SHORTEST_JOINED = 7
_SHORTEST_SPLIT = 8


class Names:
    """All names by their words, with the nicknames and idioms of the data files."""

    def __init__(self, atlas: Atlas, common: frozenset[str]) -> None:
        self._common = common
        self._by_key = list_names(atlas, common)
        self._longest: dict[str, int] = {}
        for key in self._by_key:
            first, *rest = key.split(" ")
            self._longest[first] = max(self._longest.get(first, 0), 1 + len(rest))
        guessable = [name for name in self._by_key.values() if name.guard is Guard.FREE and name.resolution]
        self._split = {name.key: name for name in guessable if _is_long_word(name.key)}
        self._guessed = _by_first_letter(guessable)
        self._with_gap = _with_gaps(guessable, common)
        self._join_listed(guessable)

    def _join_listed(self, names: list[Name]) -> None:
        for name in names:
            joined = name.key.replace(" ", "")
            if joined not in self._by_key and len(joined) >= _SHORTEST_JOINED and joined not in self._common:
                self._by_key[joined] = name
                self._longest.setdefault(joined, 1)

    def get(self, key: str) -> Name | None:
        """Return the name listed under a key (see `reading.key_of`)."""
        return self._by_key.get(key)

    def listed_at(self, words: list[Word], start: int) -> tuple[int, Name] | None:
        """Return where the longest listed name that begins at a word stops, and the name."""
        stop = _joined_until(words, start, self._longest.get(words[start].key, 0))
        while stop > start:
            name = self._by_key.get(" ".join(word.key for word in words[start:stop]))
            if name:
                return stop, name
            stop -= 1
        return None

    def split_at(self, words: list[Word], start: int) -> tuple[int, Name] | None:
        """Return a long name written as two words at `start` ("black heath")."""
        if _joined_until(words, start, 2) < start + 2:
            return None
        name = self._split.get(words[start].key + words[start + 1].key)
        return (start + 2, name) if name else None

    def guess_at(
        self, words: list[Word], at: int, first: int, *, around: bool = False
    ) -> tuple[int, int, Resolution] | None:
        """Return the span and meaning of a misspelt name in which the word `at` is the misspelt one.

        Words before `first` belong to something else; `around` asks only for names that begin with that word and
        reach over `at` ("lewisham hosptial"). None when the word is ordinary or too short.
        """
        spelling = words[at].key
        if len(spelling) < 4 or spelling in self._common or not spelling.isalpha():
            return None
        for start, stop, name in self._gapped_around(words, at, first):
            if start == first or not around:
                return start, stop, mended(_meaning(name))
        guessed = None if around else self._guess(spelling)
        return (at, at + 1, mended(_meaning(guessed))) if guessed else None

    def _gapped_around(self, words: list[Word], at: int, first: int) -> Iterator[tuple[int, int, Name]]:
        for length in (4, 3, 2):
            for start in range(max(first, at - length + 1), at + 1):
                if _joined_until(words, start, length) < start + length:
                    continue
                keys = [word.key for word in words[start : start + length]]
                spelling, keys[at - start] = keys[at - start], "*"
                for meant, name in self._with_gap.get(" ".join(keys), ()):
                    if _is_near(spelling, meant):
                        yield start, start + length, name

    def _guess(self, spelling: str) -> Name | None:
        candidates = self._guessed.get(spelling[0])
        if len(spelling) < _SHORTEST_GUESSED or not candidates:
            return None
        slips = 2 if len(spelling) >= _TWO_SLIPS_FROM else 1
        best = process.extractOne(spelling, candidates.keys(), scorer=OSA.distance, score_cutoff=slips)
        return candidates[best[0]] if best and _is_near(spelling, best[0]) else None


def _meaning(name: Name) -> Resolution:
    if name.resolution is None:
        raise LookupError(name.key)
    return name.resolution


def _is_long_word(key: str) -> bool:
    return " " not in key and len(key) >= _SHORTEST_SPLIT


def _joined_until(words: list[Word], start: int, most: int) -> int:
    """Return where the run of at most `most` words from `start` ends, punctuation ending it too."""
    stop = start + 1
    while stop < min(len(words), start + most) and words[stop].joined:
        stop += 1
    return stop if most else start


def _is_near(spelling: str, meant: str) -> bool:
    """Return whether a spelling may be a slip for a word: one slip, or two in eight letters; same first letter."""
    slips = 2 if min(len(spelling), len(meant)) >= _TWO_SLIPS_FROM else 1
    return spelling[0] == meant[0] and OSA.distance(spelling, meant, score_cutoff=slips) <= slips


def _by_first_letter(names: Iterable[Name]) -> dict[str, dict[str, Name]]:
    buckets: dict[str, dict[str, Name]] = defaultdict(dict)
    for name in names:
        if " " not in name.key and len(name.key) >= _SHORTEST_GUESSED and name.key.isalpha():
            buckets[name.key[0]][name.key] = name
    return dict(buckets)


def _with_gaps(names: Iterable[Name], common: frozenset[str]) -> dict[str, list[tuple[str, Name]]]:
    """Return names of several words keyed with one word left out, and that word.

    A short word is left out only where another word of the name is telling ("golders *", never "* green").
    """
    gaps: dict[str, list[tuple[str, Name]]] = defaultdict(list)
    for name in names:
        parts = name.key.split(" ")
        for place, part in enumerate(parts):
            others = parts[:place] + parts[place + 1 :]
            telling = any(len(other) > 4 and other not in common for other in others)
            if others and part.isalpha() and len(part) >= (4 if telling else _SHORTEST_GUESSED):
                gaps[" ".join([*parts[:place], "*", *parts[place + 1 :]])].append((part, name))
    return dict(gaps)
