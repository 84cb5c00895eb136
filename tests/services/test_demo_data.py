"""The demo data is believable, always ahead of the clock, consistent, and loading it again adds nothing twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func
from sqlmodel import select

from services.booking.demo_data import load_demo
from services.booking.tables import Booking
from services.core.clock import LONDON, to_london
from services.events.activities import root
from services.events.discretion import telling_words
from services.events.exports import export_events
from services.events.imports import import_events
from services.events.query import Query
from services.events.search import named_in, search
from services.events.tables import Alliance, Event, EventSession, Kind, Mode, Venue
from services.events.taxonomy import load_taxonomy
from services.journey.gazetteer import Gazetteer
from services.people.tables import Identity

MOMENTS = (
    datetime(2026, 11, 22, 23, 30, tzinfo=LONDON),
    datetime(2026, 11, 23, 10, 0, tzinfo=LONDON),
    datetime(2026, 12, 24, 9, 0, tzinfo=LONDON),
    datetime(2027, 3, 26, 18, 0, tzinfo=LONDON),
    datetime(2028, 2, 29, 0, 5, tzinfo=LONDON),
)


@pytest.fixture(scope="module")
def locate():
    """The gazetteer's way of finding a whole postcode."""
    return Gazetteer.load().locate


def rows(database, table):
    with database.read() as session:
        return session.exec(select(table).order_by(table.id)).all()


@pytest.fixture
def loaded(chosen_database, locate, clock):
    """A database with the demo data."""
    load_demo(chosen_database, clock.now(), locate)
    return chosen_database


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: f"{now:%d%b%y}")
def test_there_is_always_enough_ahead_at_sensible_hours(chosen_database, locate, now):
    load_demo(chosen_database, now, locate)
    events, sessions = rows(chosen_database, Event), rows(chosen_database, EventSession)
    assert len(events) >= 90
    assert all(now < event.starts_at <= now + timedelta(weeks=8) for event in events)
    for meeting in sessions:
        start, end = to_london(meeting.starts_at), to_london(meeting.ends_at)
        assert 9 <= start.hour < 20
        assert start.date() == end.date()
        assert end.hour < 22
        assert (start.month, start.day) not in ((12, 25), (12, 26), (1, 1))
    weekdays = Counter(to_london(event.starts_at).weekday() for event in events)
    assert weekdays[5] + weekdays[6] < len(events) / 4, "most are on working days, some at weekends"
    assert weekdays[5] >= 5


def test_it_covers_london_and_what_people_need(loaded):
    events, venues = rows(loaded, Event), rows(loaded, Venue)
    taxonomy = load_taxonomy()
    assert len(venues) >= 30
    assert {alliance.name for alliance in rows(loaded, Alliance)} == {
        "RM Partners West London", "South East London Cancer Alliance", "North Central London Cancer Alliance",
        "North East London Cancer Alliance",
    }  # fmt: skip
    assert min(Counter(event.alliance_id for event in events).values()) >= 15
    assert {need for event in events for need in event.needs} == set(taxonomy.needs)
    assert {kind for event in events for kind in event.cancer_types} == set(taxonomy.cancer_types) - {"any"}
    assert {who for event in events for who in event.audience} == set(taxonomy.audience)
    assert {stage for event in events for stage in event.stage} == set(taxonomy.stage)
    assert {event.kind for event in events} == set(Kind)
    assert {event.mode for event in events} == set(Mode)
    assert len({event.language for event in events}) >= 9
    assert sum(event.kind == Kind.COURSE for event in events) >= 5
    assert any(event.referral for event in events)
    assert sum(not event.cancer_types for event in events) > len(events) / 2
    titles = {event.title for event in events}
    assert {"Look Good Feel Better", "Moving Forward after breast cancer"} < titles


def test_some_are_full_some_nearly_and_every_place_taken_is_booked_by_someone(loaded):
    events = rows(loaded, Event)
    left = [event.capacity - event.taken for event in events]
    assert left.count(0) >= 5
    assert sum(0 < places <= 2 and event.capacity > 4 for event, places in zip(events, left, strict=True)) >= 5
    with loaded.read() as session:
        sums = session.exec(select(Booking.event_id, func.sum(Booking.places)).group_by(Booking.event_id))
        booked = {row[0]: row[1] for row in sums}
    assert {event.id: event.taken for event in events if event.taken} == booked
    addresses = {identity.address for identity in rows(loaded, Identity)}
    assert all(address.startswith("+4477009008") and len(address) == 13 for address in addresses)


def test_nothing_tells_a_lock_screen_anything_and_what_is_invented_says_so(loaded):
    for event in rows(loaded, Event):
        assert telling_words(f"{event.discreet_title} {event.bring} {event.joining_link}") == []
        assert len(event.discreet_title) <= 45
        assert event.contact.startswith("Demo contact: 020 7946 0")
        assert event.cost == "Free" or event.cost.endswith("(demo)")
        assert (event.mode == Mode.ONLINE) == (event.venue_id is None)
    for venue in rows(loaded, Venue):
        assert telling_words(f"{venue.name} {venue.address} {venue.travel} {venue.parking}") == []
        assert venue.parking.startswith("Demo: ")
        assert venue.travel
        assert len(venue.travel) <= 110
        assert len(venue.parking) <= 110
        assert 51.2 < venue.lat < 51.7
        assert venue.borough


def test_some_travel_blocks_are_stale_and_most_are_fresh(loaded, clock):
    ages = [(clock.now().date() - venue.travel_checked_on).days for venue in rows(loaded, Venue)]
    assert sum(age > 90 for age in ages) >= 2
    assert sum(age <= 60 for age in ages) > len(ages) * 0.8


def test_loading_again_adds_nothing_until_time_has_passed(database, locate, clock):
    first = load_demo(database, clock.now(), locate)
    assert (first.events, first.venues) == (len(rows(database, Event)), len(rows(database, Venue)))
    assert str(first).startswith(f"Demo data: {first.events} events added, at ")
    before = rows(database, Event), rows(database, Booking)
    assert str(load_demo(database, clock.now(), locate)) == "The demo data is up to date."
    assert (rows(database, Event), rows(database, Booking)) == before
    clock.advance(timedelta(weeks=3))
    again = load_demo(database, clock.now(), locate)
    assert 0 < again.events < first.events
    coming = [event for event in rows(database, Event) if event.starts_at > clock.now()]
    assert len(coming) >= 90
    starts = Counter((event.title, event.venue_id, event.starts_at) for event in coming)
    assert max(starts.values()) == 1, "a series does not run twice at once"
    assert load_demo(database, clock.now(), locate).events == 0


def test_what_staff_changed_stays(loaded, locate, clock):
    def edit(session):
        event = session.exec(select(Event).where(Event.external_id.startswith("demo-lgfb-kings"))).one()
        event.capacity, event.status = 99, "cancelled"

    loaded.write(edit)
    load_demo(loaded, clock.now(), locate)
    kept = [event for event in rows(loaded, Event) if event.external_id.startswith("demo-lgfb-kings")]
    assert [(event.capacity, event.status) for event in kept] == [(99, "cancelled")]


def test_it_survives_an_export_and_an_import(loaded, locate, clock):
    with loaded.read() as session:
        table = "".join(export_events(session))
    outcome = loaded.write(lambda session: import_events(session, table, locate=locate, now=clock.now()))
    assert (outcome.created, outcome.updated) == (0, 0)


@pytest.mark.parametrize(
    ("wishes", "title"),
    [
        ({"words": "moving foward corse", "cancer_type": "breast"}, "Moving Forward"),
        ({"words": "maggies yoga"}, "Gentle yoga"),
        ({"needs": ("money",), "lat": 51.5, "lon": -0.09}, "Benefits advice appointment"),
        ({"cancer_type": "brain", "needs": ("cognition",)}, "Support afternoon"),
        ({"activity": "swimming", "needs": ("exercise",), "lat": 51.5416, "lon": -0.0035}, "Swimming for women"),
        ({"activity": "gardening", "needs": ("creative",), "lat": 51.6, "lon": -0.07}, "Gardening together"),
        ({"language": "polish"}, "Polish speaking support group"),
        ({"audience": ("carer",), "needs": ("carer",), "lat": 51.58, "lon": -0.02}, "Carers' coffee morning"),
    ],
)
def test_people_find_what_they_look_for(loaded, clock, wishes, title):
    with loaded.read() as session:
        result = search(session, Query(**wishes), limit=3, now=clock.now())
    assert title in [match.title for match in result.matches]
    assert result.widened == ()


@pytest.mark.parametrize(
    "text",
    [
        "something for my dad near E17", "i hope so", "is there parking", "what should i bring on tuesday",
        "how do i get to queens hospital romford", "im looking after my mum", "near the royal marsden in chelsea",
        "any yoga near me", "thank you that was lovely", "can we talk on the phone", "near guys hospital please",
        "working with cancer is hard", "i need a support group", "somewhere to go with the family on saturday",
        "a coffee morning would be nice", "my dad has prostate cancer and wants some company", "i cant sleep",
    ],
)  # fmt: skip
def test_ordinary_messages_name_none_of_its_events(loaded, text):
    with loaded.read() as session:
        named = named_in(session, text, now=datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert (named.title, [found.word for found in named.activities if found.word != "yoga"]) == (None, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("swimming near Stratford", ["swimming"]), ("anything like swiming or gardning?", ["swimming", "gardening"]),
        ("is there a choir", ["sing"]), ("Yogga n1", ["yoga"]), ("walking footie please", ["walking", "football"]),
        ("prehab st georges", ["prehab"]), ("also book me a masage", ["massage"]), ("breathing better", ["breath"]),
        ("i love to garden", ["gardening"]), ("cookery or pilatis", ["pilates"]),
    ],
)  # fmt: skip
def test_messages_say_what_is_done_at_its_events(loaded, text, words):
    with loaded.read() as session:
        named = named_in(session, text, now=datetime(2026, 11, 23, 10, tzinfo=UTC))
    shared = [root(found.word) for found in named.activities]
    assert shared == [root(word) for word in words]
    assert all(root(text[found.start : found.end].lower())[0] for found in named.activities)


@pytest.mark.parametrize(
    "text",
    [
        "send me a message", "im waiting for my results", "is there a talk in a group", "living well with it",
        "waking up at night", "i have a signing interpreter", "who runs it", "two cycles to go", "slimming",
        "write to me", "my medication", "the better course", "what is on in barking", "feeling good",
    ],
)  # fmt: skip
def test_ordinary_words_of_titles_and_near_misses_are_nothing_that_is_done(loaded, text):
    with loaded.read() as session:
        assert named_in(session, text, now=datetime(2026, 11, 23, 10, tzinfo=UTC)).activities == ()
