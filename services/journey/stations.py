"""The stations near a place, and which of them have no steps between the street and the platform."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from heapq import nsmallest

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
    return nsmallest(n, (_seen_from(lat, lon, row) for row in _stations()), key=lambda station: station.distance_m)


def nearest_step_free_station(lat: float, lon: float) -> NearStation:
    """Return the nearest station that is step-free from the street to every platform."""
    step_free = (_seen_from(lat, lon, row) for row in _stations() if row.step_free is StepFree.FULL)
    return min(step_free, key=lambda station: station.distance_m)


@cache
def _stations() -> tuple[NearStation, ...]:
    """Return the table of stations within 40 km of Charing Cross, read once, with no distance yet."""
    return tuple(_station(row) for row in rows("stations.csv"))


def _station(row: list[str]) -> NearStation:
    name, lat, lon, _, _, lines, step_free, free, partly = row
    return NearStation(
        name, float(lat), float(lon), 0.0, StepFree(step_free), _items(lines), _items(free), _items(partly)
    )


def _items(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _seen_from(lat: float, lon: float, station: NearStation) -> NearStation:
    return NearStation(
        station.name,
        station.lat,
        station.lon,
        distance_m(lat, lon, station.lat, station.lon),
        station.step_free,
        station.lines,
        station.step_free_lines,
        station.partly_step_free_lines,
    )
