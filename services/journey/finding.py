"""Spotting places among the words of a message."""

from typing import NamedTuple

from services.journey.context import (
    Guard,
    after_placing,
    allows,
    is_called_postcode,
    is_closed,
    is_person_or_club,
    is_street,
)
from services.journey.guessing import Guess, Guesser
from services.journey.listing import Name
from services.journey.merging import Sighting
from services.journey.names import Names
from services.journey.place import Resolution, places_of
from services.journey.postcodes import Postcodes
from services.journey.reading import Word

_LISTING = frozenset(("and", "or"))


class _Step(NamedTuple):
    """How far one look took the finder, and what it saw, if anything."""

    stop: int
    sighting: Sighting | None = None


class Finder:
    """Walks through a message from left to right; the longest name wins, and no two sightings overlap."""

    def __init__(self, names: Names, guesser: Guesser, postcodes: Postcodes, first_names: frozenset[str]) -> None:
        self._names = names
        self._guesser = guesser
        self._postcodes = postcodes
        self._first_names = first_names

    def sightings(self, words: list[Word], core: range = range(0)) -> list[Sighting]:
        """Return the places of a message.

        In an answer to "where are you?" `core` are the words left when the talk around them is taken away: a
        postcode as short as "E 17" that fills the core is one.
        """
        seen: list[Sighting] = []
        at = 0
        while at < len(words):
            last = seen[-1] if seen else None
            step = self._listed(words, at, last) or self._unlisted(words, at, last, core)
            if step.sighting:
                seen.append(step.sighting)
            at = step.stop
        return seen

    def _listed(self, words: list[Word], at: int, last: Sighting | None) -> _Step | None:
        listed = self._names.listed_at(words, at)
        if listed is None:
            return None
        stop, name = listed
        if name.resolution is None:
            # "N1 thanks" is praise, but not in "my postcode is N1 thanks".
            placed = after_placing(words, at) or is_called_postcode(words, at)
            return None if placed else _Step(stop)
        if not self._is_meant(name, words, at, stop, last):
            return _Step(stop)
        longer = self._guesser.reaching_over(words, stop, at) if stop < len(words) else None
        return self._unless_other(words, _sighting(longer) if longer else Sighting(at, stop, name.resolution))

    def _is_meant(self, name: Name, words: list[Word], start: int, stop: int, last: Sighting | None) -> bool:
        return allows(name.guard, words, start, stop) or _continues(name, words, start, stop, last)

    def _unlisted(self, words: list[Word], at: int, last: Sighting | None, core: range) -> _Step:
        postcode = self._postcodes.at(words, at) or self._postcodes.filling(words, at, core)
        if postcode:
            return _Step(postcode.stop, Sighting(at, postcode.stop, postcode.resolution))
        split = self._names.split_at(words, at)
        if split and split[1].resolution:
            return self._unless_other(words, Sighting(at, split[0], split[1].resolution))
        guess = self._guesser.at(words, at, last.stop if last else 0)
        return self._unless_other(words, _sighting(guess)) if guess else _Step(at + 1)

    def _unless_other(self, words: list[Word], sighting: Sighting) -> _Step:
        """Drop what is a street ("Lewisham Road"), a surname or a football club."""
        start, stop = sighting.start, sighting.stop
        if is_street(words, stop):
            return _Step(stop + 1)
        if is_person_or_club(words, start, stop, self._first_names):
            return _Step(stop)
        return _Step(stop, sighting)


def _sighting(guess: Guess) -> Sighting:
    return Sighting(guess.start, guess.stop, guess.resolution)


def _continues(name: Name, words: list[Word], start: int, stop: int, last: Sighting | None) -> bool:
    """Return whether a guarded name goes on from the place before it: "Sutton or Bow", "Richmond, Surrey"."""
    if last is None or name.guard not in (Guard.WORD, Guard.NAME):
        return False
    if last.stop == start:
        return _is_region(name.resolution) or (not words[start].joined and is_closed(words, stop))
    return last.stop == start - 1 and words[last.stop].key in _LISTING


def _is_region(resolution: Resolution | None) -> bool:
    return resolution is not None and places_of(resolution)[0].kind == "region"
