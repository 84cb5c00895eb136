"""What the gazetteer answers: a place, a few places to choose from, or a place outside London."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from services.journey.distance import distance_m

# From the most to the least precise; of two names for one spot the more precise one is kept.
PRECISION = (
    "sector", "hospital", "community hospital", "cancer centre", "support centre", "hospice",
    "station", "area", "outcode", "ward", "town", "borough", "region",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere on the map: its name as shown, its centre in degrees, and how far it reaches in metres.

    `kind` is one of PRECISION. `borough` and `alliance` are empty outside London. `exact` is False when a slip
    was mended or a spelling guessed, so that the reply should say the name back.
    """

    name: str
    kind: str
    lat: float
    lon: float
    radius_m: float
    borough: str = ""
    outcode: str = ""
    alliance: str = ""
    exact: bool = True

    def metres_to(self, other: "Place") -> float:
        """Return the distance between two centres."""
        return distance_m(self.lat, self.lon, other.lat, other.lon)

    def value(self) -> dict[str, Any]:
        """Return the place as JSON, as slots hold it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "lat": self.lat,
            "lon": self.lon,
            "radius_m": self.radius_m,
            "borough": self.borough,
            "outcode": self.outcode,
            "alliance": self.alliance,
        }


@dataclass(frozen=True, slots=True)
class Choices:
    """Places of one name that lie too far apart to guess: two to four, likeliest first."""

    options: tuple[Place, ...]

    def value(self) -> dict[str, Any]:
        """Return the choices as JSON."""
        return {"choices": [place.value() for place in self.options]}


@dataclass(frozen=True, slots=True)
class OutsideLondon:
    """A place too far from London to be served, with its coordinates so that the nearest events can be found."""

    place: Place

    def value(self) -> dict[str, Any]:
        """Return the place as JSON, marked as outside."""
        return {**self.place.value(), "outside": True}


Resolution = Place | Choices | OutsideLondon


@dataclass(frozen=True, slots=True)
class Mention:
    """A place found in a message: `start` and `end` index its text, `value` is JSON.

    `value` is a place's dict, that dict with "outside": true, or {"choices": [place, ...]}.
    """

    start: int
    end: int
    value: dict[str, Any]


def places_of(resolution: Resolution) -> tuple[Place, ...]:
    """Return every place that a resolution stands for."""
    match resolution:
        case Place():
            return (resolution,)
        case Choices(options):
            return options
        case OutsideLondon(place):
            return (place,)


def mended(resolution: Resolution) -> Resolution:
    """Return the same resolution marked as guessed from a slip."""
    match resolution:
        case Place():
            return replace(resolution, exact=False)
        case Choices(options):
            return Choices(tuple(replace(place, exact=False) for place in options))
        case OutsideLondon(place):
            return OutsideLondon(replace(place, exact=False))


def spread_m(places: Iterable[Place]) -> float:
    """Return the greatest distance in metres between any two of some places."""
    return max((a.metres_to(b) for a, b in combinations(places, 2)), default=0.0)


def of_best_precision(places: Iterable[Place]) -> Iterator[Place]:
    """Yield places from the most to the least precise."""
    return iter(sorted(places, key=lambda place: PRECISION.index(place.kind)))
