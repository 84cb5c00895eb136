"""Staff are told, once in 90 days, of venues whose way there nobody has checked for as long."""

from datetime import date, timedelta

import pytest

from services.journey import travel_checks
from services.people import flags

TODAY = date(2026, 11, 23)
OLD, FRESH = TODAY - timedelta(days=91), TODAY - timedelta(days=90)


@pytest.fixture
def old(database, clock):
    """The venues that are listed now, by name, with when they were checked and how many events are to come."""
    return lambda: [
        (block.name, block.checked_on, block.events)
        for block in database.read_once(lambda session: travel_checks.old_blocks(session, clock.now()))
    ]


@pytest.fixture
def tell(database, clock):
    return lambda **given: database.write(lambda session: travel_checks.flag_old_blocks(session, clock.now(), **given))


def place(make_venue, make_event, name, checked_on, travel="Bus 48.", **event):
    venue = make_venue(name=name, travel=travel, travel_checked_on=checked_on)
    make_event(venue_id=venue.id, **event)
    return venue


def test_what_is_old_never_checked_or_missing_is_listed_the_next_event_first(
    database, clock, old, make_venue, make_event
):
    soon = clock.now() + timedelta(days=2)
    place(make_venue, make_event, "Old", OLD)
    place(make_venue, make_event, "Never", None, starts_at=soon)
    place(make_venue, make_event, "Fresh", FRESH)
    empty = place(make_venue, make_event, "Empty", FRESH, travel="", starts_at=soon + timedelta(days=1))
    make_event(venue_id=empty.id)
    make_event(venue_id=empty.id, travel="By the back gate.")
    assert old() == [("Never", None, 1), ("Empty", FRESH, 2), ("Old", OLD, 1)]


def test_only_where_people_are_still_to_go(database, clock, old, make_venue, make_event):
    place(make_venue, make_event, "Over", OLD, starts_at=clock.now() - timedelta(days=3))
    place(make_venue, make_event, "Draft", OLD, status="draft")
    place(make_venue, make_event, "Cancelled", OLD, status="cancelled")
    place(make_venue, make_event, "Online", OLD, mode="online")
    make_venue(name="Unused")
    assert old() == []


def test_a_course_under_way_counts_from_its_next_session(database, clock, make_venue, make_event):
    starts = [clock.now() + timedelta(days=days) for days in (-7, 7, 14)]
    place(make_venue, make_event, "Course", OLD, sessions=starts)
    (block,) = database.read_once(lambda session: travel_checks.old_blocks(session, clock.now()))
    assert (block.next_at, block.events) == (starts[1], 1)


def test_a_day_that_an_event_has_of_its_own_stands_before_its_venues(database, old, make_venue, make_event):
    place(make_venue, make_event, "Newer", OLD, travel_checked_on=FRESH)
    place(make_venue, make_event, "Older", FRESH, travel_checked_on=OLD, parking="None.")
    assert old() == [("Older", OLD, 1)]


def test_each_venue_is_flagged_once_in_ninety_days(database, clock, tell, make_venue, make_event):
    for name in ("Old", "Older"):
        place(make_venue, make_event, name, OLD, starts_at=clock.now() + timedelta(days=200))
    assert [tell(limit=1), tell(limit=1), tell()] == [1, 1, 0]
    with database.read() as session:
        first, _second = flags.open_flags(session)
    assert (first.identity_id, first.address, first.category, first.severity) == (None, "", "travel", 3)
    assert "Old, E17 4QJ, were last checked on 24 Aug 2026. Events to come there: 1, the next on 11 Jun" in first.note

    database.write(lambda session: flags.handle(session, first.id, clock.now()))
    clock.advance(timedelta(days=89))
    assert tell() == 0
    clock.advance(timedelta(days=1))
    assert tell() == 2
