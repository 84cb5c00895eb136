"""Every outcome of asking for places, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from services.booking import places
from services.booking.counter import set_capacity
from services.booking.outcomes import (
    AlreadyBooked,
    BelowTaken,
    Cancelled,
    CapacitySet,
    Closed,
    Confirmed,
    Full,
    Gone,
    Held,
    Lapsed,
    Released,
    Resized,
)
from services.booking.tables import Booking
from services.events.tables import Event

QUARTER = timedelta(minutes=15)


@pytest.fixture
def hold(database, clock, make_identity):
    """Hold places for one person after another, each with a telephone of their own."""
    callers = {}

    def hold(event, count=1, caller="+447700900123", hold_for=QUARTER, **more):
        if caller not in callers:
            callers[caller] = make_identity(address=caller)
        who = callers[caller]
        given = {"event_id": event.id, "person_id": who.person_id, "identity_id": who.id, "places": count}
        return database.write(lambda session: places.hold(session, **given, now=clock.now(), hold_for=hold_for, **more))

    return hold


@pytest.fixture
def run(database, clock):
    """Run one function of `places` in a unit of work of its own."""
    return lambda function, *given, **more: database.write(
        lambda session: function(session, *given, now=clock.now(), **more)
    )


@pytest.fixture
def taken(database):
    def taken(event):
        with database.read() as session:
            return session.exec(select(Event.taken).where(Event.id == event.id)).one()

    return taken


@pytest.fixture
def stored(database):
    def stored(booking_id):
        with database.read() as session:
            return session.get(Booking, booking_id)

    return stored


def change(database, event, **columns):
    database.write(lambda session: session.exec(update(Event).where(Event.id == event.id).values(**columns)) and None)


def test_a_hold_keeps_places_until_its_deadline(hold, make_event, clock, taken, stored):
    event = make_event(capacity=3)
    held = hold(event, 2, attendee_name="Sam")
    assert held == Held(held.booking_id, held.reference, clock.now() + QUARTER, 2)
    assert taken(event) == 2
    row = stored(held.booking_id)
    assert (row.status, row.places, row.attendee_name, row.reference) == ("held", 2, "Sam", held.reference)
    assert row.deadline == clock.now() + QUARTER
    assert row.access_needs == []


def test_the_last_places_can_be_had_and_not_one_more(hold, make_event, taken):
    event = make_event(capacity=3)
    hold(event, 2)
    assert hold(event, 2, caller="+447700900124") == Full(left=1)
    assert isinstance(hold(event, 1, caller="+447700900124"), Held)
    assert hold(event, 1, caller="+447700900125") == Full(left=0)
    assert taken(event) == 3


def test_one_person_has_one_live_booking_of_an_event(hold, run, make_event, taken):
    event = make_event(capacity=2)
    held = hold(event)
    assert hold(event) == AlreadyBooked(held.booking_id, "held", held.reference)
    run(places.confirm, held.booking_id)
    assert hold(event) == AlreadyBooked(held.booking_id, "confirmed", held.reference)
    assert taken(event) == 1


def test_who_has_the_last_place_is_told_so_rather_than_that_it_is_full(hold, make_event):
    event = make_event(capacity=1)
    held = hold(event)
    assert hold(event) == AlreadyBooked(held.booking_id, "held", held.reference)


def test_a_carer_books_for_another_beside_themselves(hold, make_event, taken):
    event = make_event()
    first, second = hold(event), hold(event, attendee="dad", attendee_name="Joe")
    assert isinstance(first, Held)
    assert isinstance(second, Held)
    assert isinstance(hold(event, attendee="dad"), AlreadyBooked)
    assert taken(event) == 2


def test_a_lapsed_hold_of_ones_own_makes_way_before_any_sweep(hold, make_event, clock, taken, stored):
    event = make_event(capacity=1)
    first = hold(event)
    clock.advance(QUARTER)
    second = hold(event)
    assert isinstance(second, Held)
    assert second.booking_id != first.booking_id
    assert stored(first.booking_id).status == "expired"
    assert taken(event) == 1


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"status": "draft"}, "draft"),
        ({"status": "cancelled"}, "cancelled"),
        ({"starts": timedelta(0)}, "started"),
        ({"starts": timedelta(minutes=-1), "kind": "course"}, "course_begun"),
    ],
)
def test_a_closed_event_says_why(hold, make_event, clock, taken, columns, reason):
    given = dict(columns)
    event = make_event(starts_at=clock.now() + given.pop("starts", timedelta(days=3)), **given)
    assert hold(event) == Closed(reason)
    assert taken(event) == 0


def test_an_event_that_does_not_exist_is_closed(hold, make_event):
    event = make_event()
    event.id += 1000
    assert hold(event) == Closed("unknown")


@pytest.mark.parametrize("count", [0, -1])
def test_nobody_holds_less_than_one_place(hold, make_event, taken, count):
    event = make_event()
    with pytest.raises(ValueError, match=f"{count} places"):
        hold(event, count)
    assert taken(event) == 0


def test_a_reference_in_use_is_drawn_again(hold, make_event, monkeypatch, taken):
    draws = iter(["AAAAAA", "AAAAAA", "AAAAAA", "CCCCCC"])
    monkeypatch.setattr(places, "new_reference", lambda: next(draws))
    event = make_event()
    assert hold(event).reference == "AAAAAA"
    assert hold(event, caller="+447700900124").reference == "CCCCCC"
    assert taken(event) == 2


def test_a_hold_leaves_the_callers_unit_of_work_intact(database, clock, make_event, make_identity):
    event, who = make_event(capacity=1), make_identity()
    given = {"event_id": event.id, "person_id": who.person_id, "identity_id": who.id, "places": 1}

    def unit(session):
        outcomes = [places.hold(session, **given, now=clock.now(), hold_for=QUARTER) for _ in range(2)]
        return [type(outcome) for outcome in outcomes], session.get(Event, event.id).taken

    assert database.write(unit) == ([Held, AlreadyBooked], 1)


def test_confirming_keeps_the_places_and_ends_the_deadline(hold, run, make_event, clock, taken, stored):
    event = make_event()
    held = hold(event, 2)
    clock.advance(QUARTER - timedelta(seconds=1))
    confirmed = run(places.confirm, held.booking_id, attendee_name="Grace", access_needs=["wheelchair"])
    assert confirmed == Confirmed(held.booking_id, held.reference, 2)
    row = stored(held.booking_id)
    assert (row.status, row.deadline, row.confirmed_at) == ("confirmed", None, clock.now())
    assert (row.attendee_name, row.access_needs) == ("Grace", ["wheelchair"])
    assert taken(event) == 2


def test_confirming_without_details_keeps_those_of_the_hold(hold, run, make_event, stored):
    held = hold(make_event(), attendee_name="Joe")
    run(places.confirm, held.booking_id)
    assert (stored(held.booking_id).attendee_name, stored(held.booking_id).access_needs) == ("Joe", [])


def test_confirming_twice_is_as_good_as_once(hold, run, make_event, clock, stored):
    held = hold(make_event())
    first = run(places.confirm, held.booking_id)
    at = clock.now()
    clock.advance(timedelta(hours=1))
    assert run(places.confirm, held.booking_id) == first
    assert stored(held.booking_id).confirmed_at == at


def test_a_hold_cannot_be_confirmed_from_its_deadline_on(hold, run, make_event, clock, stored):
    held = hold(make_event())
    clock.advance(QUARTER)
    assert run(places.confirm, held.booking_id) == Lapsed(held.booking_id)
    run(places.expire_due)
    assert run(places.confirm, held.booking_id) == Lapsed(held.booking_id)
    assert stored(held.booking_id).status == "expired"


def test_a_hold_on_an_event_called_off_meanwhile_cannot_be_confirmed(hold, run, database, make_event):
    event = make_event()
    held = hold(event)
    change(database, event, status="cancelled")
    assert run(places.confirm, held.booking_id) == Closed("cancelled")


def test_confirming_what_is_gone(hold, run, make_event):
    held = hold(make_event())
    run(places.release, held.booking_id)
    assert run(places.confirm, held.booking_id) == Gone("released")
    assert run(places.confirm, 10_000) == Gone(None)


def test_a_party_grows_and_shrinks(hold, run, make_event, taken, stored):
    event = make_event(capacity=4)
    held = hold(event)
    assert run(places.resize, held.booking_id, 3) == Resized(held.booking_id, 3)
    assert taken(event) == 3
    assert run(places.resize, held.booking_id, 5) == Full(left=1)
    assert (taken(event), stored(held.booking_id).places) == (3, 3)
    run(places.confirm, held.booking_id)
    assert run(places.resize, held.booking_id, 2) == Resized(held.booking_id, 2)
    assert run(places.resize, held.booking_id, 2) == Resized(held.booking_id, 2)
    assert (taken(event), stored(held.booking_id).places, stored(held.booking_id).status) == (2, 2, "confirmed")


def test_a_party_cannot_grow_once_the_event_is_closed_but_can_shrink(hold, run, database, make_event, taken):
    event = make_event()
    held = hold(event, 2)
    change(database, event, status="cancelled")
    assert run(places.resize, held.booking_id, 3) == Closed("cancelled")
    assert run(places.resize, held.booking_id, 1) == Resized(held.booking_id, 1)
    assert taken(event) == 1


def test_resizing_what_has_lapsed_or_gone(hold, run, make_event, clock):
    held = hold(make_event())
    clock.advance(QUARTER)
    assert run(places.resize, held.booking_id, 2) == Lapsed(held.booking_id)
    run(places.expire_due)
    assert run(places.resize, held.booking_id, 2) == Lapsed(held.booking_id)
    assert run(places.resize, 10_000, 2) == Gone(None)
    other = hold(make_event())
    run(places.cancel, other.booking_id)
    assert run(places.resize, other.booking_id, 2) == Gone("cancelled")
    with pytest.raises(ValueError, match="0 places"):
        run(places.resize, hold(make_event()).booking_id, 0)


def test_a_hold_is_released_and_a_booking_is_not(hold, run, make_event, clock, taken, stored):
    event = make_event()
    held = hold(event, 2)
    assert run(places.release, held.booking_id) == Released(held.booking_id)
    assert (taken(event), stored(held.booking_id).status, stored(held.booking_id).ended_at) == (
        0,
        "released",
        clock.now(),
    )
    assert run(places.release, held.booking_id) == Gone("released")
    booked = hold(event)
    run(places.confirm, booked.booking_id)
    assert run(places.release, booked.booking_id) == Gone("confirmed")
    assert taken(event) == 1


def test_cancelling_frees_the_places_once(hold, run, make_event, taken):
    event = make_event()
    held = hold(event, 3)
    run(places.confirm, held.booking_id)
    assert run(places.cancel, held.booking_id) == Cancelled(held.booking_id)
    assert run(places.cancel, held.booking_id) == Gone("cancelled")
    assert run(places.cancel, 10_000) == Gone(None)
    assert taken(event) == 0
    assert isinstance(hold(event), Held), "who cancelled may book again"


def test_a_sweep_ends_what_is_due_oldest_first(hold, run, make_event, clock, taken, stored):
    one, two = make_event(), make_event()
    old = hold(one, 2, hold_for=timedelta(minutes=5))
    hold(two, 1, hold_for=timedelta(minutes=10))
    hold(one, 1, caller="+447700900124", hold_for=timedelta(minutes=30))
    booked = hold(two, 1, caller="+447700900124")
    run(places.confirm, booked.booking_id)
    clock.advance(timedelta(minutes=20))
    assert run(places.expire_due, limit=1) == 1
    assert (taken(one), taken(two)) == (1, 2)
    assert (stored(old.booking_id).status, stored(old.booking_id).ended_at) == ("expired", clock.now())
    assert run(places.expire_due) == 1
    assert (taken(one), taken(two)) == (1, 1)
    assert run(places.expire_due) == 0


def test_renewing_a_hold_that_still_stands_moves_its_deadline(hold, run, make_event, clock, taken, stored):
    event = make_event()
    held = hold(event, 2)
    clock.advance(timedelta(minutes=10))
    renewed = run(places.renew, held.booking_id, hold_for=QUARTER)
    assert renewed == Held(held.booking_id, held.reference, clock.now() + QUARTER, 2)
    assert stored(held.booking_id).deadline == clock.now() + QUARTER
    assert taken(event) == 2


@pytest.mark.parametrize("swept", [True, False])
def test_a_late_yes_holds_again_while_there_is_room(hold, run, make_event, clock, taken, swept):
    event = make_event(capacity=2)
    held = hold(event, 2)
    clock.advance(timedelta(hours=5))
    if swept:
        run(places.expire_due)
    assert run(places.renew, held.booking_id, hold_for=QUARTER) == Held(
        held.booking_id, held.reference, clock.now() + QUARTER, 2
    )
    assert taken(event) == 2
    assert isinstance(run(places.confirm, held.booking_id), Confirmed)


def test_a_late_yes_finds_the_event_full(hold, run, make_event, clock, taken):
    event = make_event(capacity=2)
    held = hold(event, 2)
    clock.advance(timedelta(hours=5))
    run(places.expire_due)
    hold(event, 1, caller="+447700900124")
    assert run(places.renew, held.booking_id, hold_for=QUARTER) == Full(left=1)
    assert taken(event) == 1


def test_renewing_gives_way_to_what_was_booked_since(hold, run, make_event, clock, taken):
    event = make_event()
    held = hold(event)
    clock.advance(timedelta(hours=5))
    run(places.expire_due)
    since = hold(event)
    assert run(places.renew, held.booking_id, hold_for=QUARTER) == AlreadyBooked(
        since.booking_id, "held", since.reference
    )
    run(places.confirm, since.booking_id)
    assert run(places.renew, since.booking_id, hold_for=QUARTER) == AlreadyBooked(
        since.booking_id, "confirmed", since.reference
    )
    assert taken(event) == 1


def test_renewing_what_is_closed_or_gone(hold, run, database, make_event, clock, taken):
    event = make_event()
    standing, swept = hold(event), hold(event, caller="+447700900124", hold_for=timedelta(minutes=1))
    clock.advance(timedelta(minutes=2))
    run(places.expire_due)
    change(database, event, status="cancelled")
    assert run(places.renew, standing.booking_id, hold_for=QUARTER) == Closed("cancelled")
    assert run(places.renew, swept.booking_id, hold_for=QUARTER) == Closed("cancelled")
    run(places.release, standing.booking_id)
    assert run(places.renew, standing.booking_id, hold_for=QUARTER) == Gone("released")
    assert run(places.renew, 10_000, hold_for=QUARTER) == Gone(None)
    assert taken(event) == 0


def test_capacity_never_falls_below_what_people_hold(hold, database, make_event):
    event = make_event(capacity=5)
    hold(event, 3)
    set_to = lambda capacity: database.write(lambda session: set_capacity(session, event.id, capacity))  # noqa: E731
    assert set_to(2) == BelowTaken(taken=3)
    assert set_to(3) == CapacitySet(left=0)
    assert set_to(8) == CapacitySet(left=5)
    with pytest.raises(LookupError):
        database.write(lambda session: set_capacity(session, 10_000, 1))
