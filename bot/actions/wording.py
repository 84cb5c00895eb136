"""Facts of events and bookings as parameters of responses."""

from datetime import datetime, time
from functools import reduce
from typing import Any

from sqlmodel import Session

from bot.actions.base import option, phrase
from services.booking.calendar import link_of
from services.core.clock import LONDON, to_london
from services.core.spoken import spoken_date, spoken_distance, spoken_list, spoken_range
from services.events.names import tokens
from services.events.query import Match
from services.events.restrictions import INCURABLE, Restriction, restriction
from services.events.tables import Event, Kind, Mode, Venue
from services.events.taxonomy import load_taxonomy
from services.journey.travel import TravelFacts, travel_facts

_ONLINE = phrase("part_online")


def where(venue: Venue | None) -> Any:
    """The venue's name, or that it is online."""
    return venue.name if venue else _ONLINE


def fact(text: str) -> str:
    """What staff wrote, without a full stop at its end: the sentence that it goes into has its own."""
    return text.strip().rstrip(".").rstrip()


def cost_part(event: Event) -> Any:
    """What the event costs, "" when it is free."""
    cost = fact(event.cost)
    return phrase("part_cost", cost=cost) if cost and not cost.casefold().startswith("free") else ""


def event_line(event: Event, venue: Venue | None, now: datetime) -> dict[str, Any]:
    """An event in one clause: discreet title, when, where."""
    return phrase(
        "part_event",
        title=event.discreet_title,
        when=when(event, now),
        where=_there(event.discreet_title, _where(event, venue)),
    )


def _where(event: Event, venue: Venue | None) -> Any:
    return phrase("part_or_online", where=where(venue)) if venue and event.mode == Mode.BOTH else where(venue)


def when(event: Event, now: datetime) -> str:
    """When the event is, from its first session's start to its last session's end."""
    return spoken_range(event.starts_at, event.ends_at, now)


def booked_parts(
    event: Event, venue: Venue | None, now: datetime, calendar: Any = "", told: Any = ""
) -> dict[str, Any]:
    """The parts of a confirmation or a reminder: cost, address or joining link, what to bring, travel, parking.

    `calendar` is the part with the calendar's link, `told` the one that says what was passed on, which leaves no room
    for the way there.
    """
    facts = travel_facts(event, venue, to_london(now).date())
    by_request = phrase("part_reply_travel") if venue else ""
    return {
        "cost": cost_part(event),
        "address": phrase("part_booked_address", address=_address(facts)) if venue else "",
        "joining": phrase("part_joining", link=event.joining_link) if event.joining_link else "",
        "bring": phrase("part_bring", bring=fact(event.bring)) if event.bring else "",
        "travel": by_request if told else _travel(facts) or _station(facts),
        "parking": "" if told else _parking(facts),
        "told": told,
        "calendar": calendar,
    }


def calendar_part(session: Session, booking_id: int, public_base_url: str, now: datetime) -> Any:
    """The address that puts a booking into a phone's calendar, "" where the service has no public address."""
    if not public_base_url:
        return ""
    token = link_of(session, booking_id, now)
    return phrase("part_calendar", link=f"{public_base_url.rstrip('/')}/c/{token}.ics")


def travel_parts(event: Event, venue: Venue, now: datetime) -> dict[str, Any]:
    """The parts of an answer on how to get there: address, stations, directions, parking, when checked."""
    facts = travel_facts(event, venue, to_london(now).date())
    return {
        "address": phrase("part_travel_address", address=_beyond(venue.name, _address(facts))),
        "stations": _stations(facts),
        "travel": _travel(facts),
        "parking": _parking(facts),
        "checked": _checked(facts, now),
    }


def details_parts(event: Event, venue: Venue | None, own: int | None) -> dict[str, Any]:
    """The parts of an answer on what an event is like; `own` is how many places whoever asks has there."""
    return {
        "address": _details_address(venue),
        "for_whom": for_whom(_restriction(event), event.discreet_title, stage=True),
        "kind": phrase("part_course") if event.kind == Kind.COURSE else "",
        "left": phrase("part_own", places=phrase("part_places", places=own))
        if own
        else phrase("part_details_left", left=event.capacity - event.taken),
        "cost": phrase("part_cost", cost=fact(event.cost)) if event.cost else "",
        "referral": phrase("part_referral", referral=fact(event.referral)) if event.referral else "",
        "bring": phrase("part_bring", bring=fact(event.bring)) if event.bring else "",
    }


def contact_part(event: Event) -> Any:
    """How to reach the organiser, "" if that is not known."""
    return phrase("part_organiser_contact", contact=fact(event.contact)) if event.contact else ""


def ask_whom(event: Event) -> Any:
    """Whom to ask what the record does not say: the organiser, else our staff."""
    return phrase("part_ask_organiser", contact=fact(event.contact)) if event.contact else phrase("part_ask_us")


def referral_parts(event: Event) -> dict[str, Any]:
    """The way in to an event that takes people by referral."""
    contact = phrase("part_or_contact", contact=fact(event.contact)) if event.contact else ""
    return {"title": event.discreet_title, "referral": fact(event.referral), "contact": contact}


def parking_parts(event: Event, venue: Venue, now: datetime) -> dict[str, Any]:
    """The parts of an answer on parking; what is not recorded is said to be not known, with whom to ask."""
    facts = travel_facts(event, venue, to_london(now).date())
    known = _parking(facts)
    return {
        "parking": known or phrase("part_parking_unknown", contact=contact_part(event)),
        "checked": _checked(facts, now) if facts.parking else "",
        "charges": phrase("part_charges", in_zone=facts.in_congestion_zone),
    }


def _address(facts: TravelFacts) -> str:
    return ", ".join(part for part in (fact(facts.address), facts.postcode) if part)


def _beyond(name: str, address: str) -> str:
    """An address without what the venue's name says already ("University Hospital, Huntley Street")."""
    said = {part.strip().casefold() for part in name.split(",")}
    return ", ".join(part.strip() for part in address.split(",") if part.strip().casefold() not in said)


def _details_address(venue: Venue | None) -> Any:
    address = _beyond(venue.name, fact(venue.address)) if venue else ""
    return phrase("part_address", address=address) if address else ""


def _parking(facts: TravelFacts) -> Any:
    return phrase("part_parking", parking=fact(facts.parking)) if facts.parking else ""


def _travel(facts: TravelFacts) -> Any:
    return phrase("part_travel", travel=fact(facts.travel)) if facts.travel else ""


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


def for_whom(only_for: Restriction, title: str, *, stage: bool) -> Any:
    """Whom an event is for and in which language, as far as its title does not say so; "" when it is for everyone."""
    said = f" {' '.join(tokens(title))} "
    listed = (only_for.roles, *((group,) for group in only_for.groups))
    parts = [phrase("part_for", people=_any_of(ids)) for ids in listed if ids and not _is_said(ids, said)]
    parts += _for_stage(only_for.stage, in_full=stage)
    spoken = [language for language in only_for.languages if f" {language.casefold()} " not in said]
    if spoken:
        parts.append(phrase("part_in_language", languages=spoken_list(spoken)))
    return reduce(lambda first, last: phrase("part_both", first=first, last=last), parts) if parts else ""


def _for_stage(ids: tuple[str, ...], *, in_full: bool) -> list[Any]:
    if INCURABLE in ids:  # not a word for a text
        return [phrase("part_for_some")] if len(ids) == 1 else []
    return [phrase("part_for_stage", people=_any_of(ids))] if ids and in_full else []


def _any_of(ids: tuple[str, ...]) -> Any:
    """The people of whom one need be one: "family and friends or carers"."""
    people = [phrase(f"part_people_{each}") for each in ids]
    return reduce(lambda first, last: phrase("part_or", first=first, last=last), people)


def _there(title: str, place: Any) -> Any:
    """Where an event is, None when its title says that it is online."""
    return None if place == _ONLINE and "online" in tokens(title) else place


def _is_said(ids: tuple[str, ...], title: str) -> bool:
    """Whether a title, in small letters between spaces, names one of some audiences."""
    terms = [term for term in load_taxonomy().audience.values() if term.id in ids]
    return any(f" {word} " in title for term in terms for word in (*term.words, *term.weak))


def _restriction(event: Event) -> Restriction:
    return restriction(event.audience, event.stage, event.language.split(";"))


def hello(first_name: str) -> dict[str, Any]:
    """How a text that nobody asked for begins; the name may be empty."""
    return phrase("part_hello", first_name=first_name or None)


def match_option(match: Match, now: datetime, mode: str | None = None) -> dict[str, Any]:
    """A found event as a line of a menu; `mode` is how it was asked for."""
    label = phrase(
        "option_event",
        when=spoken_range(match.starts_at, match.ends_at, now),
        title=match.title,
        for_whom=for_whom(match.only_for, match.title, stage=False),
        where=phrase("part_there", where=place) if (place := _there(match.title, _match_where(match, mode))) else "",
        left=phrase("part_left", left=match.left),
    )
    return option(
        f"event:{match.event_id}",
        label,
        words=f"{match.title} {match.venue}",
        starts_at=match.starts_at.isoformat(),
    )


def _match_where(match: Match, mode: str | None) -> dict[str, Any]:
    if match.mode == Mode.ONLINE or (match.mode == Mode.BOTH and mode == Mode.ONLINE):
        return _ONLINE
    near = match.distance_m is not None
    distance = spoken_distance(match.distance_m or 0)
    there = phrase("part_where_near", venue=match.venue, distance=distance) if near else match.venue
    return phrase("part_or_online", where=there) if match.mode == Mode.BOTH else phrase("part_where", venue=there)
