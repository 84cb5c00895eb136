"""The stations near a place, and which of them have no steps between the street and the platform."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from heapq import nsmallest
from operator import itemgetter

from services.journey.atlas import rows
from services.journey.distance import distance_m


class StepFree(StrEnum):
    """Whether one can get from the street to the platforms without steps (gaps on to the train are not in it).

    PARTIAL: to some platforms only, see `NearStation.step_free_lines`. UNKNOWN: the open data does not say.
    """

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NearStation:
    """A station and how far away it is in a straight line, in metres.

    `lines` are TfL's line ids ("victoria", "dlr", "national-rail"). `step_free_lines` are those without steps,
    `partly_step_free_lines` those without steps one way or at one platform; both only when partly step-free.
    """

    name: str
    lat: float
    lon: float
    distance_m: float
    step_free: StepFree
    lines: tuple[str, ...]
    step_free_lines: tuple[str, ...] = ()
    partly_step_free_lines: tuple[str, ...] = ()


def nearest_stations(lat: float, lon: float, n: int) -> list[NearStation]:
    """Return the `n` stations nearest to a point in degrees, nearest first."""
    return list(_nearest(lat, lon, n, step_free=False))


def nearest_step_free_station(lat: float, lon: float) -> NearStation:
    """Return the nearest station that is step-free from the street to every platform."""
    return _nearest(lat, lon, 1, step_free=True)[0]


# A thousand reminders are about a few venues.
@lru_cache(maxsize=2048)
def _nearest(lat: float, lon: float, n: int, *, step_free: bool) -> tuple[NearStation, ...]:
    stations = _step_free_stations() if step_free else _stations()
    seen = ((distance_m(lat, lon, station.lat, station.lon), station) for station in stations)
    return tuple(replace(station, distance_m=metres) for metres, station in nsmallest(n, seen, key=itemgetter(0)))


@cache
def _stations() -> tuple[NearStation, ...]:
    """Return the table of stations within 40 km of Charing Cross, read once, with no distance yet."""
    return tuple(_station(row) for row in rows("stations.csv"))


@cache
def _step_free_stations() -> tuple[NearStation, ...]:
    return tuple(station for station in _stations() if station.step_free is StepFree.FULL)


def _station(row: list[str]) -> NearStation:
    name, lat, lon, _, _, lines, step_free, free, partly = row
    return NearStation(
        name, float(lat), float(lon), 0.0, StepFree(step_free), _items(lines), _items(free), _items(partly)
    )


def _items(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()
