"""Calendar links on both databases: what a token shows, and what it never does."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.booking import places
from services.booking.calendar import calendar_of, link_of
from services.campaigns import changes
from services.events.tables import Event

QUARTER = timedelta(minutes=15)


@pytest.fixture
def who(make_identity):
    return make_identity()


@pytest.fixture
def book(database, clock, who):
    def book(event):
        given = {"event_id": event.id, "person_id": who.person_id, "identity_id": who.id, "places": 1}

        def unit(session):
            held = places.hold(session, **given, now=clock.now(), hold_for=QUARTER)
            return places.confirm(session, held.booking_id, clock.now()).booking_id

        return database.write(unit)

    return book


@pytest.fixture
def link(database, clock):
    return lambda booking: database.write(lambda session: link_of(session, booking, clock.now()))


@pytest.fixture
def shown(database):
    def shown(token):
        found = database.read_once(lambda session: calendar_of(session, token))
        return None if found is None else found.decode().replace("\r\n ", "").split("\r\n")

    return shown


def values(lines, name):
    return [line.partition(":")[2] for line in lines if line.startswith(f"{name}:")]


def test_a_booking_has_one_link_that_shows_it_discreetly(make_event, make_venue, book, link, shown):
    venue = make_venue(name="Library", address="High Street", postcode="E17 7JN")
    event = make_event(venue_id=venue.id, joining_link="https://example.org/join")
    booking = book(event)
    token = link(booking)
    assert link(booking) == token
    assert len(token) >= 16
    lines = shown(token)
    assert values(lines, "SUMMARY") == [event.discreet_title]
    assert values(lines, "LOCATION") == ["Library\\, High Street\\, E17 7JN"]
    assert values(lines, "STATUS") == ["CONFIRMED"]
    assert "cancer" not in "\n".join(lines).lower()
    assert token not in "\n".join(lines), "an entry is shared more freely than its address"


def test_no_other_token_shows_anything(make_event, book, link, shown):
    token = link(book(make_event()))
    for wrong in ("", token[:-1], token.swapcase(), token + "A", "%", "1", "../etc"):
        assert shown(wrong) is None


def test_a_course_shows_every_meeting(make_event, book, link, shown, clock):
    starts = [clock.now() + timedelta(days=days) for days in (7, 14, 21)]
    lines = shown(link(book(make_event(sessions=starts))))
    assert len(set(values(lines, "UID"))) == 3
    assert values(lines, "DTSTART") == [f"{start:%Y%m%dT%H%M%S}Z" for start in starts]


def test_what_moves_keeps_its_name_and_rises(database, make_event, book, link, shown, clock):
    event = make_event()
    token = link(book(event))
    before = shown(token)
    clock.advance(timedelta(hours=1))
    columns = {"discreet_title": "Living better", "updated_at": clock.now()}
    database.write(lambda session: session.exec(update(Event).where(Event.id == event.id).values(**columns)) and None)
    after = shown(token)
    assert values(after, "UID") == values(before, "UID")
    assert int(values(after, "SEQUENCE")[0]) > int(values(before, "SEQUENCE")[0])
    assert values(after, "SUMMARY") == ["Living better"]


def test_what_is_cancelled_says_so_and_shows_no_joining_link_any_more(
    database, who, make_event, book, link, shown, clock
):
    booking = book(make_event(mode="online", joining_link="https://example.org/join"))
    token = link(booking)
    before = shown(token)
    assert values(before, "LOCATION") == ["https://example.org/join"]
    clock.advance(timedelta(minutes=5))
    database.write(lambda session: changes.cancel(session, booking, who.id, now=clock.now()))
    after = shown(token)
    assert values(after, "STATUS") == ["CANCELLED"]
    assert int(values(after, "SEQUENCE")[0]) > int(values(before, "SEQUENCE")[0])
    assert "example.org/join" not in "\n".join(after)


def test_an_event_that_its_organiser_cancels_is_cancelled_in_the_calendar(database, make_event, book, link, shown):
    event = make_event()
    token = link(book(event))
    columns = {"status": "cancelled"}
    database.write(lambda session: session.exec(update(Event).where(Event.id == event.id).values(**columns)) and None)
    assert values(shown(token), "STATUS") == ["CANCELLED"]


def test_a_swap_moves_the_entry(database, make_event, book, link, shown, clock):
    monday, tuesday = make_event(), make_event(starts_at=clock.now() + timedelta(days=11))
    booking = book(monday)
    token = link(booking)
    before = shown(token)
    clock.advance(timedelta(minutes=5))
    swapped = database.write(lambda session: changes.swap(session, booking, tuesday.id, now=clock.now()))
    after = shown(token)
    assert link(swapped.booking_id) == token
    assert values(after, "UID") == values(before, "UID")
    assert values(after, "DTSTART") != values(before, "DTSTART")
    assert values(after, "STATUS") == ["CONFIRMED"]
    assert int(values(after, "SEQUENCE")[0]) > int(values(before, "SEQUENCE")[0])
