"""Distances on the Earth, for many points at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Cells = NDArray[np.uint16]

EARTH_M = 6_371_008.8
# Half way round: as far away as a place is of which nobody knows where it is.
UNKNOWN_M = np.pi * EARTH_M
NOWHERE = 65_535  # the cell of what is not known
_CELLS = 65_534
_UNKNOWN = 9.0  # a coordinate off the unit sphere
_METRES_PER_DEGREE = EARTH_M * np.pi / 180


def on_sphere(lat: Any, lon: Any) -> Floats:
    """Return points given in degrees (nan: not known) as three coordinates each, on the unit sphere when known."""
    lat, lon = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
    points = np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)), axis=-1)
    return np.where(np.isnan(points), _UNKNOWN, points)


def metres_from(point: Floats, others: Floats) -> Floats:
    """Return great-circle distances in metres between points on the sphere; UNKNOWN_M where one is not known."""
    apart = others - point
    chord = np.sqrt(np.einsum("...i,...i->...", apart, apart))
    metres: Floats = 2 * EARTH_M * np.arcsin(np.minimum(chord / 2, 1))
    return metres


def cells_of(degrees: Any, turn: int) -> Cells:
    """Return latitudes (`turn` 180) or longitudes (360) as 65,534 parts of a turn; NOWHERE where not known."""
    parts = np.floor((np.asarray(degrees, float) + turn / 2) * (_CELLS / turn))
    return np.where(np.isnan(parts), NOWHERE, parts).astype(np.uint16)


def within(cells: Cells, low: float, high: float, turn: int) -> Bools:
    """Return which cells lie between two latitudes or longitudes, and maybe a few just outside."""
    first, last = (int(cells_of(degrees, turn)) for degrees in (low, high))
    # What lies before the first cell wraps around to a large number: one comparison does for two.
    inside: Bools = cells - np.uint16(first) <= last - first
    return inside


def box_around(lat: float, lon: float, radius_m: float) -> tuple[float, float, float, float] | None:
    """Return a least and greatest latitude and longitude that a circle lies within; None when none is worth having."""
    up = radius_m / _METRES_PER_DEGREE * 1.001
    if abs(lat) + up > 80:
        return None
    across = up / np.cos(np.radians(abs(lat) + up))
    return (lat - up, lat + up, lon - across, lon + across) if abs(lon) + across < 180 else None
