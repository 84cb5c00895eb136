"""Facts about getting to an event: the venue's record, the event's own words, stations and the charging zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.events.tables import Event, Venue
from services.journey.distance import distance_m
from services.journey.stations import StepFree, nearest_stations, nearest_step_free_station
from services.journey.travel import in_congestion_zone, travel_facts

TODAY = date(2026, 11, 23)
BARTS = (51.5177, -0.1004)


def _venue(**changed):
    columns = {
        "name": "St Bartholomew's Hospital",
        "address": "West Smithfield",
        "postcode": "EC1A 7BE",
        "lat": BARTS[0],
        "lon": BARTS[1],
        "travel": "Use the King Henry VIII gate.",
        "parking": "No parking on site.",
        "travel_checked_on": date(2026, 11, 1),
    }
    return Venue(**columns | changed)


def _event(**changed):
    moment = datetime(2026, 12, 1, 14, tzinfo=UTC)
    columns = {"external_id": "e1", "title": "Yoga", "discreet_title": "Yoga", "capacity": 5, "updated_at": moment}
    return Event(**columns | {"starts_at": moment, "ends_at": moment} | changed)


def test_the_venues_record_is_told():
    facts = travel_facts(_event(), _venue(), TODAY)
    assert (facts.venue, facts.address, facts.postcode) == ("St Bartholomew's Hospital", "West Smithfield", "EC1A 7BE")
    assert (facts.travel, facts.parking) == ("Use the King Henry VIII gate.", "No parking on site.")
    assert facts.checked_on == date(2026, 11, 1)
    assert not facts.stale


def test_the_events_own_words_stand_before_the_venues_one_by_one():
    event = _event(parking="Book a bay with the organiser.", travel_checked_on=date(2026, 11, 20))
    facts = travel_facts(event, _venue(), TODAY)
    assert facts.travel == "Use the King Henry VIII gate."
    assert facts.parking == "Book a bay with the organiser."
    assert facts.checked_on == date(2026, 11, 1)  # the older of the two: both hold since then


@pytest.mark.parametrize(
    ("checked_on", "stale"),
    [
        (TODAY, False),
        (TODAY - timedelta(days=90), False),
        (TODAY - timedelta(days=91), True),
        (None, True),
    ],
)
def test_a_record_not_checked_for_90_days_is_stale(checked_on, stale):
    assert travel_facts(_event(), _venue(travel_checked_on=checked_on), TODAY).stale is stale


def test_nothing_recorded_is_empty_and_never_stale():
    facts = travel_facts(_event(), _venue(travel="", parking="", travel_checked_on=None), TODAY)
    assert (facts.travel, facts.parking, facts.checked_on, facts.stale) == ("", "", None, False)
    assert facts.stations


def test_an_online_event_has_no_surroundings():
    facts = travel_facts(_event(travel="A link comes the day before.", travel_checked_on=TODAY), None, TODAY)
    assert facts.travel == "A link comes the day before."
    assert (facts.venue, facts.stations, facts.step_free_station, facts.in_congestion_zone) == ("", (), None, None)


def test_stations_near_a_venue_with_the_nearest_step_free_one():
    facts = travel_facts(_event(), _venue(), TODAY)
    names = [station.name for station in facts.stations]
    assert names == ["Barbican", "City Thameslink"] or names[0] == "Barbican"
    free = facts.step_free_station or next(s for s in facts.stations if s.step_free is StepFree.FULL)
    assert free.step_free is StepFree.FULL
    assert free == nearest_step_free_station(*BARTS)


def test_stations_come_nearest_first_and_equal_brute_force():
    for lat, lon in [BARTS, (51.5836, -0.0195), (51.3434, -0.1911), (51.6491, -0.4042)]:
        found = nearest_stations(lat, lon, 5)
        distances = [station.distance_m for station in found]
        assert distances == sorted(distances)
        every = nearest_stations(lat, lon, 10_000)
        assert found == every[:5]
        assert min(s.distance_m for s in every) == distances[0]
        assert distances[0] == distance_m(lat, lon, found[0].lat, found[0].lon)
    assert len(every) == 769


def test_step_free_access_is_as_surveyed():
    state = {station.name: station for station in nearest_stations(51.5, -0.1, 10_000)}
    assert state["Green Park"].step_free is StepFree.FULL
    assert state["Oxford Circus"].step_free is StepFree.NONE
    assert state["Barbican"].step_free is StepFree.PARTIAL
    assert state["Denmark Hill"].step_free is StepFree.FULL
    assert state["Sidcup"].step_free is StepFree.UNKNOWN
    assert state["West Hampstead"].step_free_lines == ("mildmay",)
    assert "victoria" in state["Brixton"].lines


@pytest.mark.parametrize(
    ("postcode", "lat", "lon", "zone"),
    [
        ("EC1A 7BE", *BARTS, True),
        ("ec1a7be", *BARTS, True),
        ("NW3 2QG", 51.5532, -0.1653, False),  # the Royal Free, marked by hand
        ("E17 4QH", 51.5836, -0.0195, False),  # well beyond the Inner Ring Road
        ("WC2B 5AA", 51.5150, -0.1210, None),  # central, and on no list
    ],
)
def test_the_congestion_zone_is_known_or_said_to_be_unknown(postcode, lat, lon, zone):
    assert in_congestion_zone(_venue(postcode=postcode, lat=lat, lon=lon)) is zone


def test_distance_is_that_of_the_great_circle():
    assert distance_m(51.5, -0.1, 51.5, -0.1) == 0
    assert distance_m(51.0, 0.0, 52.0, 0.0) == pytest.approx(111_195, rel=0.001)
    assert distance_m(51.5074, -0.1278, 53.4808, -2.2426) == pytest.approx(262_000, rel=0.01)
