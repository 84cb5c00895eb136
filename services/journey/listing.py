"""Every way of writing a place's name that is known beforehand, and what each one means."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from services.journey.atlas import Atlas, guards, rows, within_reach, words_of
from services.journey.context import Guard
from services.journey.place import Choices, OutsideLondon, Place, Resolution, spread_m
from services.journey.reading import key_of

# Namesakes closer together than this need no question: the nearest events are the same.
_SAME_SPOT_M = 3_000
_MOST_CHOICES = 4
_AFTER_NAME = re.compile(r"\s*[,(/].*")
# Words of names that people shorten or leave out.
_SHORTENED = ((" street", " st"), (" and ", " "))
_WHOLE_BOROUGH = (
    "anywhere in {}", "all over {}", "all of {}", "whole of {}", "across {}", "throughout {}",
    "borough of {}", "london borough of {}", "{} borough", "{} council",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """What a listed name means, and how much it needs around it; an idiom (None) means no place at all."""

    key: str
    guard: Guard
    resolution: Resolution | None


class _Rank(IntEnum):
    """Which of several places of one name is meant: the first kind that has one."""

    ALIAS = 0
    AREA = 1
    BOROUGH = 2
    HOSPITAL = 3
    STATION = 4
    TOWN = 5
    STATION_AROUND = 6
    BEYOND = 7
    WARD = 8


# Far-off towns are spoken of for other reasons ("Bristol stool chart", "Leeds United").
_GUARDS = {_Rank.BEYOND: Guard.WORD, _Rank.WARD: Guard.WHOLE}


def list_names(atlas: Atlas, common: frozenset[str]) -> dict[str, Name]:
    """Return every listed name by key: official names, their variants, nicknames and idioms.

    ValueError when an alias names a place that no table has.
    """
    guarded = guards()
    names = {
        key: Name(key, guarded.get(key, _GUARDS.get(rank, Guard.FREE)), _one_of(places))
        for key, (rank, places) in _claims(atlas, common).items()
    }
    names.update((name.key, name) for name in _aliases(atlas))
    names.update((key, Name(key, Guard.FREE, None)) for key in map(key_of, words_of("idioms.txt")))
    return names


def _claims(atlas: Atlas, common: frozenset[str]) -> dict[str, tuple[_Rank, list[Place]]]:
    """Return for every spelling the places that claim it with the best rank."""
    claims: dict[str, tuple[_Rank, list[Place]]] = {}
    for key, rank, place in _written(atlas, common):
        held = claims.get(key)
        if held is None or rank < held[0]:
            claims[key] = (rank, [place])
        elif rank == held[0]:
            held[1].append(place)
    return claims


def _one_of(places: list[Place]) -> Resolution:
    """Return the first of some namesakes, or a choice between them when they lie too far apart to guess."""
    if len(places) == 1 or spread_m(places) <= _SAME_SPOT_M:
        return within_reach(places[0])
    near = [place for place in places if not isinstance(within_reach(place), OutsideLondon)]
    if len(near) < 2:
        return within_reach((near or places)[0])
    return Choices(tuple(_told_apart(near[:_MOST_CHOICES])))


def _told_apart(places: list[Place]) -> list[Place]:
    """Return the places with their boroughs in brackets where their names are the same."""
    if len({place.name for place in places}) == len(places):
        return places
    return [replace(place, name=f"{place.name} ({place.borough})") for place in places]


def _written(atlas: Atlas, common: frozenset[str]) -> Iterator[tuple[str, _Rank, Place]]:
    """Yield every spelling of every place's name, with how well that kind of place may claim it."""
    groups: tuple[tuple[Iterable[Place], Callable[[Place], _Rank], Callable[[str], Iterable[str]]], ...] = (
        (atlas.areas, _area_rank, _spellings),
        (atlas.hospitals, lambda _: _Rank.HOSPITAL, _hospital_spellings),
        (atlas.stations, _station_rank, _station_spellings),
        (atlas.beyond, lambda _: _Rank.BEYOND, _spellings),
        (atlas.boroughs.values(), lambda _: _Rank.BOROUGH, _spellings),
        (atlas.boroughs.values(), lambda _: _Rank.ALIAS, _whole_borough_spellings),
        (atlas.wards, lambda _: _Rank.WARD, lambda name: _ward_spellings(name, common)),
    )
    for places, rank, spellings in groups:
        for place in places:
            yield from ((key, rank(place), place) for key in spellings(place.name))


def _area_rank(place: Place) -> _Rank:
    return _Rank.AREA if place.borough or place.kind == "region" else _Rank.TOWN


def _station_rank(place: Place) -> _Rank:
    return _Rank.STATION if place.borough else _Rank.STATION_AROUND


def _spellings(name: str) -> dict[str, None]:
    """Return a name's keys, in order: as written, without what stands in brackets, "st" for "street", without "and"."""
    keys = [key_of(name), key_of(_AFTER_NAME.sub("", name))]
    for word, short in _SHORTENED:
        if word in name.lower():
            keys += [key.replace(word, short) for key in keys]
    return dict.fromkeys(keys)


def _hospital_spellings(name: str) -> dict[str, None]:
    keys = list(_spellings(name))
    keys += [key.replace(" university", "").replace(" and chelsea", "") for key in keys]
    keys += [key.removeprefix("the ") for key in keys]
    return dict.fromkeys(keys)


def _station_spellings(name: str) -> Iterator[str]:
    for key in _spellings(name.removesuffix(" station")):
        yield key
        yield f"{key} station"


def _whole_borough_spellings(name: str) -> Iterator[str]:
    key = key_of(name)
    for short in dict.fromkeys((key, key.split(" upon ")[0])):
        yield from (pattern.format(short) for pattern in _WHOLE_BOROUGH)


def _ward_spellings(name: str, common: frozenset[str]) -> list[str]:
    key = key_of(name)
    return [f"{key} ward"] if key in common else [key, f"{key} ward"]


def _aliases(atlas: Atlas) -> Iterator[Name]:
    """Yield the nicknames of aliases.csv: columns alias, places (divided by "|"), guard."""
    known = _by_shown_name(atlas)
    for alias, targets, guard in rows("aliases.csv"):
        missing = [target for target in targets.split("|") if target not in known]
        if missing:
            raise ValueError(f"aliases.csv: {alias!r} names unknown places {missing}")
        places = [known[target] for target in targets.split("|")]
        for key in _spellings(alias):
            yield Name(key, Guard(guard or Guard.FREE), _one_of(places))


def _by_shown_name(atlas: Atlas) -> dict[str, Place]:
    known = {f"{borough.name} borough": borough for borough in atlas.boroughs.values()}
    known.update((place.name, place) for place in (*atlas.beyond, *atlas.stations, *atlas.hospitals, *atlas.areas))
    return known
