"""Postcodes in a message: whole or in part, in any case and spacing, with O for 0 and their like mended."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from services.journey.atlas import Atlas, within_reach
from services.journey.context import after_placing, is_bus_route, is_called_postcode, is_tumour_stage
from services.journey.place import OutsideLondon, Place, Resolution, mended
from services.journey.reading import Word

# What a thumb or an eye puts for each character of an outward code.
_SLIPS = {"0": "O", "1": "IL", "5": "S", "8": "B", "O": "0", "I": "1", "L": "1", "S": "5", "B": "8"}
_AS_DIGIT = str.maketrans("OILSB", "01158")
_AS_LETTER = str.maketrans("158", "LSB")
_MOST_SLIPS = 2
_LONGEST, _LONGEST_OUTWARD = 7, 4
# "E99" is likelier a slip for some district than sector 9 of E9.
_SHORTEST_COMPACT_SECTOR = 4
# No inward code uses C, I, K, M, O or V.
_UNIT = re.compile(r"[ABD-HJLNP-UW-Z]{2}")
_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?")
_POSTCODE = re.compile(rf"{_OUTWARD.pattern}[0-9]{_UNIT.pattern}")
_SPACED_AREAS = frozenset(("SE", "SW", "NW", "EC", "WC"))


@dataclass(frozen=True, slots=True)
class Found:
    """A postcode in words[start:stop] and what it stands for."""

    stop: int
    resolution: Resolution


class _Outward(NamedTuple):
    """An outward code that may stand at some word; `raw` is as written, `spaced` when it took two words."""

    code: str
    raw: str
    stop: int
    mended: bool
    spaced: bool

    @property
    def has_digit(self) -> bool:
        """Whether a digit was written at all: "SEI" for SE1 counts only before an inward code."""
        return any(character.isdigit() for character in self.raw)


class Postcodes:
    """Every outward code of Great Britain, and the sectors of London and around."""

    def __init__(self, atlas: Atlas, common: frozenset[str]) -> None:
        self._outcodes = {code: within_reach(place) for code, place in atlas.outcodes.items()}
        self._sectors = atlas.sectors
        self._territories = atlas.territories
        self._common = common
        self._slips = _slips_of({sector.outcode: sector for sector in atlas.sectors.values()})

    def at(self, words: list[Word], start: int) -> Found | None:
        """Return the postcode that begins at a word, or None."""
        if not _may_begin(words[start].key):
            return None
        outwards = list(self._outwards_at(words, start))
        full = next(filter(None, (self._with_inward(words, outward) for outward in outwards)), None)
        if full:
            return full
        likely = (outward for outward in outwards if outward.has_digit and self._is_likely(words, start, outward))
        return next((self._in_part(words, outward) for outward in likely), None) or self._compact_at(words, start)

    def whole(self, text: str) -> Place | None:
        """Return where a postcode is that is written without a slip, or None: its sector, else its outward code."""
        code = text.replace(" ", "").upper()
        if not _POSTCODE.fullmatch(code) or not (code[:-3] in self._outcodes or self._is_territory(code[:-3])):
            return None
        return self._sectors.get(code[:-2]) or self._outcode(code[:-3])

    def filling(self, words: list[Word], start: int, core: range) -> Found | None:
        """Return the part of a postcode that fills the core of an answer, where it is likelier than elsewhere."""
        if start != core.start or start >= core.stop or is_tumour_stage(words, start):
            return None
        found = [self._in_part(words, outward) for outward in self._outwards_at(words, start) if outward.has_digit]
        found.extend(self._sectors_at(words, start))
        return next((part for part in found if part.stop >= core.stop), None)

    def _sectors_at(self, words: list[Word], start: int) -> Iterator[Found]:
        """Read an outward code and a sector's digit without a space ("sw191"), as an answer may have it."""
        raw = words[start].key.upper()
        place = self._sectors.get(raw) if len(raw) >= _SHORTEST_COMPACT_SECTOR else None
        if place:
            yield Found(start + 1, within_reach(place))

    def _outwards_at(self, words: list[Word], start: int) -> Iterator[_Outward]:
        raw = words[start].key.upper()
        if code := self._code(raw):
            yield _Outward(code, raw, start + 1, code != raw, spaced=False)
        if len(raw) <= 2 and raw.isalpha() and start + 1 < len(words) and words[start + 1].joined:
            raw += words[start + 1].key.upper()
            if raw in self._outcodes:
                yield _Outward(raw, raw, start + 2, mended=False, spaced=True)

    def _code(self, raw: str) -> str | None:
        """Return the outward code that a word is or was meant to be."""
        if not 2 <= len(raw) <= _LONGEST_OUTWARD or raw.lower() in self._common:
            return None
        return raw if raw in self._outcodes or self._is_territory(raw) else self._slips.get(raw)

    def _is_territory(self, raw: str) -> bool:
        return raw[:2] in self._territories and _OUTWARD.fullmatch(raw) is not None

    def _with_inward(self, words: list[Word], outward: _Outward) -> Found | None:
        """Read an inward code after an outward one: "E17 4QH", "e17 4 qh"."""
        if outward.stop >= len(words) or not words[outward.stop].joined:
            return None
        first = words[outward.stop].key
        if len(first) == 3 and first not in self._common:
            return self._whole(outward, first.upper(), outward.stop + 1)
        after = outward.stop + 1
        if len(first) == 1 and first.isdigit() and after < len(words) and words[after].joined:
            unit = words[after].key
            if len(unit) == 2 and unit not in self._common:
                return self._whole(outward, (first + unit).upper(), after + 1)
        return None

    def _compact_at(self, words: list[Word], start: int) -> Found | None:
        """Read a postcode without its space, or with it in the wrong place: "nw31aa", "se 59rs"."""
        raw, stop = words[start].key.upper(), start + 1
        if len(raw) <= 2 and raw.isalpha() and stop < len(words) and words[stop].joined:
            raw, stop = raw + words[stop].key.upper(), stop + 1
        if not 5 <= len(raw) <= _LONGEST or not raw.isalnum():
            return None
        code = self._code(raw[:-3])
        if code is None:
            return None
        outward = _Outward(code, raw[:-3], stop, code != raw[:-3], spaced=False)
        return self._whole(outward, raw[-3:], stop) if outward.has_digit else None

    def _whole(self, outward: _Outward, inward: str, stop: int) -> Found | None:
        digit, unit = inward[0].translate(_AS_DIGIT), inward[1:].translate(_AS_LETTER)
        if not digit.isdigit() or not _UNIT.fullmatch(unit) or not (outward.has_digit or inward[0].isdigit()):
            return None
        slipped = outward.mended or digit + unit != inward
        place = self._sectors.get(outward.code + digit) or self._outcode(outward.code)
        resolution = within_reach(place)
        return Found(stop, mended(resolution) if slipped else resolution)

    def _outcode(self, code: str) -> Place:
        found = self._outcodes.get(code)
        if found is None:
            return self._territories[code[:2]]
        return found.place if isinstance(found, OutsideLondon) else found

    def _in_part(self, words: list[Word], outward: _Outward) -> Found:
        """Read an outward code alone, or with the sector's digit where nothing could be counted by it: "KT1 1"."""
        place, stop = self._outcode(outward.code), outward.stop
        digit = words[stop].key if stop < len(words) and words[stop].joined else ""
        ends = stop + 1 >= len(words) or not words[stop + 1].joined
        if digit and ends and outward.code + digit in self._sectors:
            place, stop = self._sectors[outward.code + digit], stop + 1
        resolution = within_reach(place)
        return Found(stop, mended(resolution) if outward.mended else resolution)

    def _is_likely(self, words: list[Word], start: int, outward: _Outward) -> bool:
        """Return whether an outward code in the midst of a sentence is one, and no tumour's stage or bus."""
        placed = after_placing(words, start) or is_called_postcode(words, start)
        if is_tumour_stage(words, start) or is_bus_route(words, start):
            return False
        if isinstance(self._outcodes.get(outward.code), Place):
            return placed or self._is_plain(words[start].raw, outward)
        return placed and not (outward.code[0] == "M" and outward.code[1].isdigit())

    def _is_plain(self, raw: str, outward: _Outward) -> bool:
        if outward.spaced:
            return raw.upper() in _SPACED_AREAS
        if outward.mended:
            return len(outward.raw) > 2 and outward.raw[0].isalpha()
        return self._outcode(outward.code).borough != "" or raw.isupper()


def _may_begin(key: str) -> bool:
    """Return whether a postcode could begin with a word: most words are too long, or too long for only letters."""
    return len(key) <= _LONGEST and (len(key) <= _LONGEST_OUTWARD or not key.isalpha())


def _slips_of(places: dict[str, Place]) -> dict[str, str]:
    """Return every likely miswriting of outward codes, with the code that was meant: fewest slips, London first."""
    slips: dict[str, tuple[int, bool, str]] = {}
    for code, place in places.items():
        for letters in product(*(character + _SLIPS.get(character, "") for character in code)):
            raw = "".join(letters)
            wrong = sum(a != b for a, b in zip(raw, code, strict=True))
            if wrong <= _MOST_SLIPS and raw not in places and not raw.isdigit():
                meant = (wrong, place.borough == "", code)
                slips[raw] = min(slips.get(raw, meant), meant)
    return {raw: code for raw, (_, _, code) in slips.items()}
