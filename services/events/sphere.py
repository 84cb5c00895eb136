"""Distances on the Earth, for many points at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_M = 6_371_008.8
# Half way round: as far away as a place is of which nobody knows where it is.
UNKNOWN_M = np.pi * EARTH_M
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


def box_around(lat: float, lon: float, radius_m: float) -> tuple[float, float, float, float] | None:
    """Return a least and greatest latitude and longitude that a circle lies within; None when none is worth having."""
    up = radius_m / _METRES_PER_DEGREE * 1.001
    if abs(lat) + up > 80:
        return None
    across = up / np.cos(np.radians(abs(lat) + up))
    return (lat - up, lat + up, lon - across, lon + across) if abs(lon) + across < 180 else None
