"""How to get to an event: what its venue's record and the open data say, as facts without sentences."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from services.events.tables import Event, Venue
from services.journey.atlas import rows
from services.journey.distance import distance_m
from services.journey.stations import NearStation, nearest_stations, nearest_step_free_station

STALE_AFTER = timedelta(days=90)
_STATIONS_NAMED = 2
# The Congestion Charge zone lies inside the Inner Ring Road, no part of which is further than 4.5 km from Charing
# Cross. Beyond 6 km a venue is certainly outside the zone; nearer than that only a mark by hand can say.
_CHARING_CROSS = (51.5073, -0.1276)
_SURELY_OUTSIDE_ZONE_M = 6_000


@dataclass(frozen=True, slots=True)
class TravelFacts:
    """What is known about getting to an event; empty text means not recorded, to be said as such.

    `stale` is true when a text was last checked more than 90 days ago, or never; `checked_on` is the earlier date
    when the two texts have two.
    `in_congestion_zone` is None when unknown. `stations` are the nearest, by straight line; `step_free_station`
    is the nearest with no steps from street to platform, None when it is one of `stations` or there is no venue.
    """

    venue: str = ""
    address: str = ""
    postcode: str = ""
    travel: str = ""
    parking: str = ""
    checked_on: date | None = None
    stale: bool = False
    stations: tuple[NearStation, ...] = ()
    step_free_station: NearStation | None = None
    in_congestion_zone: bool | None = None


def travel_facts(event: Event, venue: Venue | None, today: date) -> TravelFacts:
    """Return the facts for an event; its own travel and parking texts stand before its venue's.

    `venue` is None for an event that is only online: then only the event's own texts are there.
    """
    travel, parking = _source("travel", event, venue), _source("parking", event, venue)
    checked_on = _checked_on([source for source in (travel, parking) if source])
    texts = TravelFacts(
        travel=travel.travel if travel else "",
        parking=parking.parking if parking else "",
        checked_on=checked_on,
        stale=bool(travel or parking) and (checked_on is None or today - checked_on > STALE_AFTER),
    )
    return replace(texts, **_surroundings(venue)) if venue else texts


def _source(text: str, event: Event, venue: Venue | None) -> Event | Venue | None:
    """Return the record that holds a text ("travel" or "parking"), the event's before its venue's."""
    return next((record for record in (event, venue) if record and getattr(record, text)), None)


def _checked_on(sources: list[Event | Venue]) -> date | None:
    """Return the day since which all of the texts hold: the earliest, None when one was never checked."""
    dates = [source.travel_checked_on for source in sources]
    known = [day for day in dates if day]
    return min(known) if known and len(known) == len(dates) else None


def _surroundings(venue: Venue) -> dict[str, Any]:
    stations = tuple(nearest_stations(venue.lat, venue.lon, _STATIONS_NAMED))
    step_free = nearest_step_free_station(venue.lat, venue.lon)
    return {
        "venue": venue.name,
        "address": venue.address,
        "postcode": venue.postcode,
        "stations": stations,
        "step_free_station": None if step_free in stations else step_free,
        "in_congestion_zone": in_congestion_zone(venue),
    }


def in_congestion_zone(venue: Venue) -> bool | None:
    """Return whether a venue lies in the Congestion Charge zone, None where the data cannot tell.

    Known for the sites of listed hospitals (marked by hand) and for everywhere well beyond the Inner Ring Road.
    """
    if distance_m(venue.lat, venue.lon, *_CHARING_CROSS) > _SURELY_OUTSIDE_ZONE_M:
        return False
    return _hospital_zones().get(venue.postcode.replace(" ", "").upper())


@cache
def _hospital_zones() -> dict[str, bool]:
    """Return by postcode whether each hospital that is marked is in the zone."""
    return {row[5].replace(" ", ""): row[7] == "yes" for row in rows("hospitals.csv") if row[7]}
