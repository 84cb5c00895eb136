"""Facts of events and bookings as parameters of responses."""

from datetime import datetime, time
from typing import Any

from bot.actions.base import option, phrase
from services.core.clock import LONDON, to_london
from services.core.spoken import spoken_date, spoken_distance, spoken_range
from services.events.query import Match
from services.events.tables import Event, Kind, Mode, Venue
from services.journey.travel import TravelFacts, travel_facts


def where(venue: Venue | None) -> Any:
    """The venue's name, or that it is online."""
    return venue.name if venue else phrase("part_online")


def event_line(event: Event, venue: Venue | None, now: datetime) -> dict[str, Any]:
    """An event in one clause: discreet title, when, where."""
    return phrase("part_event", title=event.discreet_title, when=when(event, now), where=where(venue))


def when(event: Event, now: datetime) -> str:
    """When the event is, from its first session's start to its last session's end."""
    return spoken_range(event.starts_at, event.ends_at, now)


def booked_parts(event: Event, venue: Venue | None, now: datetime) -> dict[str, Any]:
    """The parts of a confirmation or a reminder: address or joining link, what to bring, travel, parking."""
    facts = travel_facts(event, venue, to_london(now).date())
    return {
        "address": phrase("part_booked_address", address=_address(facts)) if venue else "",
        "joining": phrase("part_joining", link=event.joining_link) if event.joining_link else "",
        "bring": phrase("part_bring", bring=event.bring) if event.bring else "",
        "travel": phrase("part_travel", travel=facts.travel) if facts.travel else _station(facts),
        "parking": phrase("part_parking", parking=facts.parking) if facts.parking else "",
    }


def travel_parts(event: Event, venue: Venue, now: datetime) -> dict[str, Any]:
    """The parts of an answer on how to get there: address, stations, directions, parking, when checked."""
    facts = travel_facts(event, venue, to_london(now).date())
    return {
        "address": phrase("part_travel_address", address=_address(facts)),
        "stations": _stations(facts),
        "travel": phrase("part_travel", travel=facts.travel) if facts.travel else "",
        "parking": phrase("part_parking", parking=facts.parking) if facts.parking else "",
        "checked": _checked(facts, now),
    }


def details_parts(event: Event, venue: Venue | None, own: int | None) -> dict[str, Any]:
    """The parts of an answer on what an event is like; `own` is how many places whoever asks has there."""
    return {
        "address": phrase("part_address", address=venue.address) if venue and venue.address else "",
        "kind": phrase("part_course") if event.kind == Kind.COURSE else "",
        "left": phrase("part_own", places=phrase("part_places", places=own))
        if own
        else phrase("part_details_left", left=event.capacity - event.taken),
        "cost": phrase("part_cost", cost=event.cost) if event.cost else "",
        "referral": phrase("part_referral", referral=event.referral) if event.referral else "",
        "bring": phrase("part_bring", bring=event.bring) if event.bring else "",
    }


def contact_part(event: Event) -> Any:
    """How to reach the organiser, "" if that is not known."""
    return phrase("part_organiser_contact", contact=event.contact) if event.contact else ""


def parking_parts(event: Event, venue: Venue, now: datetime) -> dict[str, Any]:
    """The parts of an answer on parking; what is not recorded is said to be not known, with whom to ask."""
    facts = travel_facts(event, venue, to_london(now).date())
    known = phrase("part_parking", parking=facts.parking)
    return {
        "parking": known if facts.parking else phrase("part_parking_unknown", contact=contact_part(event)),
        "checked": _checked(facts, now) if facts.parking else "",
        "charges": phrase("part_charges", in_zone=facts.in_congestion_zone),
    }


def _address(facts: TravelFacts) -> str:
    return ", ".join(part for part in (facts.address, facts.postcode) if part)


def _station(facts: TravelFacts) -> Any:
    if not facts.stations:
        return ""
    near = facts.stations[0]
    distance = spoken_distance(near.distance_m)
    return phrase("part_station", station=near.name, distance=distance, step_free=str(near.step_free))


def _stations(facts: TravelFacts) -> Any:
    """The nearest station, and the nearest step-free one when that is another."""
    other = facts.step_free_station
    if other is None:
        return _station(facts)
    more = phrase("part_step_free_station", station=other.name, distance=spoken_distance(other.distance_m))
    return phrase("part_both_stations", nearest=_station(facts), step_free_one=more)


def _checked(facts: TravelFacts, now: datetime) -> Any:
    if facts.checked_on is None:
        return ""
    day = datetime.combine(facts.checked_on, time(12), LONDON)
    return phrase("part_checked_stale" if facts.stale else "part_checked", date=spoken_date(day, now))


def match_option(match: Match, now: datetime) -> dict[str, Any]:
    """A found event as a line of a menu."""
    label = phrase(
        "option_event",
        when=spoken_range(match.starts_at, match.ends_at, now),
        title=match.title,
        where=_match_where(match),
        left=phrase("part_left", left=match.left),
    )
    return option(
        f"event:{match.event_id}",
        label,
        words=f"{match.title} {match.venue}",
        starts_at=match.starts_at.isoformat(),
    )


def _match_where(match: Match) -> dict[str, Any]:
    if match.mode == Mode.ONLINE:
        return phrase("part_online")
    if match.distance_m is None:
        return phrase("part_where", venue=match.venue)
    return phrase("part_where_near", venue=match.venue, distance=spoken_distance(match.distance_m))
