"""Several places named side by side that mean one: "Lewisham Hospital, SE13", "Hayes in Kent", "E17 London"."""

from dataclasses import dataclass

from services.journey.place import Choices, Place, Resolution, of_best_precision, places_of
from services.journey.reading import Word

_SAME_PLACE_M = 5_000
# How far from the middle of what it qualifies a county or a part of London may lie, beyond its own radius.
_QUALIFIES_M = 30_000
_LINKS = frozenset(("in", "near", "by", "at"))


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place seen in words[start:stop] of a message."""

    start: int
    stop: int
    resolution: Resolution


def merge_neighbours(words: list[Word], sightings: list[Sighting]) -> list[Sighting]:
    """Return the sightings with neighbours that mean one place made one, the more precise of them."""
    merged: list[Sighting] = []
    for sighting in sightings:
        both = _both(merged[-1], sighting) if merged and _are_neighbours(words, merged[-1], sighting) else None
        if both is None:
            merged.append(sighting)
        else:
            merged[-1] = Sighting(merged[-1].start, sighting.stop, both)
    return merged


def _are_neighbours(words: list[Word], left: Sighting, right: Sighting) -> bool:
    between = right.start - left.stop
    return between == 0 or (between == 1 and words[left.stop].key in _LINKS)


def _both(left: Sighting, right: Sighting) -> Resolution | None:
    """Return what two neighbours mean together, or None when they are two places."""
    if isinstance(right.resolution, Choices):
        return None
    other = places_of(right.resolution)[0]
    if isinstance(left.resolution, Choices):
        return _chosen(left.resolution, other)
    place = places_of(left.resolution)[0]
    if "region" in (place.kind, other.kind):
        return _qualified(left.resolution, right.resolution)
    if place.metres_to(other) > _SAME_PLACE_M:
        return None
    return left.resolution if next(of_best_precision((place, other))) is place else right.resolution


def _chosen(choices: Choices, other: Place) -> Resolution | None:
    """Return the option that another place singles out."""
    nearest = min(choices.options, key=other.metres_to)
    reach = other.radius_m + (_QUALIFIES_M if other.kind == "region" else _SAME_PLACE_M)
    return nearest if nearest.metres_to(other) <= reach else None


def _qualified(left: Resolution, right: Resolution) -> Resolution | None:
    """Return the place of a place and its county or part of London; far apart, the county is what counts."""
    place, region = places_of(left)[0], places_of(right)[0]
    if place.kind == "region" and region.kind != "region":
        left, right, place, region = right, left, region, place
    return left if place.metres_to(region) <= region.radius_m + _QUALIFIES_M else right
