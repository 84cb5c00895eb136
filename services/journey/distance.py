"""Distance over the ground."""

from math import cos, hypot, radians

_EARTH_RADIUS_M = 6_371_008.8


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the straight-line distance in metres between two points given in degrees (WGS84).

    Uses the plane through their mean latitude: within 0.1% of the great circle over Great Britain.
    """
    east = radians(lon2 - lon1) * cos(radians((lat1 + lat2) / 2))
    return _EARTH_RADIUS_M * hypot(east, radians(lat2 - lat1))
