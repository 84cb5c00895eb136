"""The waiting list: joining, one's place in line, offers, and who is asked next."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from services.booking import places, refill, waiting
from services.booking.bookings import by_id
from services.booking.outcomes import (
    AlreadyBooked,
    BelowTaken,
    Cancelled,
    CapacitySet,
    Closed,
    Confirmed,
    Gone,
    Held,
    Joined,
    Left,
    Room,
    TooMany,
)
from services.events.tables import Event
from services.people.consent import opt_out
from services.people.tables import OutboxMessage

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


class Hall:
    """One event and people who come to it, each by a letter."""

    def __init__(self, database, clock, event, make_identity):
        self.database, self.clock, self.event = database, clock, event
        self.make_identity, self.known = make_identity, {}

    def who(self, name):
        if name not in self.known:
            self.known[name] = self.make_identity(address=f"+447700900{200 + len(self.known)}", first_name=name)
        return self.known[name]

    def do(self, function, *given, **more):
        return self.database.write(lambda session: function(session, *given, **more))

    def hold(self, name, party=1):
        ids = {"person_id": self.who(name).person_id, "identity_id": self.who(name).id, "event_id": self.event.id}
        return self.do(places.hold, **ids, places=party, now=self.clock.now(), hold_for=QUARTER)

    def book(self, name, party=1):
        held = self.hold(name, party)
        assert isinstance(self.do(places.confirm, held.booking_id, self.clock.now()), Confirmed)
        return held.booking_id

    def join(self, name, party=1):
        ids = {"person_id": self.who(name).person_id, "identity_id": self.who(name).id, "event_id": self.event.id}
        return self.do(waiting.join, **ids, party=party, now=self.clock.now())

    def cancel(self, booking):
        assert self.do(places.cancel, booking, self.clock.now()) == Cancelled(booking)

    def accept(self, booking):
        return self.do(waiting.accept, booking, self.clock.now())

    def status(self, booking):
        return self.database.read_once(lambda session: by_id(session, booking)).status

    def deadline(self, booking):
        return self.database.read_once(lambda session: by_id(session, booking)).deadline

    def taken(self):
        return self.database.read_once(lambda session: session.get(Event, self.event.id).taken)

    def told(self):
        rows = "SELECT kind, booking_id FROM outbox_message WHERE status = 'queued' ORDER BY id"
        return self.database.read_once(lambda session: [tuple(row) for row in session.execute(text(rows))])

    def sweep(self):
        ended = self.do(places.expire_due, self.clock.now())
        self.do(refill.end_waiting, self.clock.now())
        self.do(refill.pass_on_unsent, self.clock.now())
        self.do(refill.offer_stranded, self.clock.now())
        return ended


@pytest.fixture
def hall(database, clock, make_event, make_identity):
    """Make an event with so many places, ten days ahead unless said otherwise."""

    def hall(capacity=1, **columns):
        return Hall(database, clock, make_event(capacity=capacity, **columns), make_identity)

    return hall


def test_a_place_given_up_is_offered_to_the_first_in_line(hall):
    hall = hall(1)
    booked = hall.book("Ann")
    first, second = hall.join("Bea"), hall.join("Cy")
    assert (first.ahead, second.ahead) == (0, 1)
    hall.cancel(booked)
    assert hall.status(first.booking_id) == "offered"
    assert hall.status(second.booking_id) == "waiting"
    assert hall.told() == [("offer", first.booking_id)]
    assert hall.taken() == 1, "nobody else can take what is offered"
    assert hall.accept(first.booking_id) == Confirmed(first.booking_id, hall.accept(first.booking_id).reference, 1), (
        "and twice is as good as once"
    )


def test_the_same_person_twice_is_one_and_may_change_the_party(hall):
    hall = hall(3)
    hall.book("Ann", 3)
    first = hall.join("Bea", 1)
    hall.join("Cy", 1)
    again = hall.join("Bea", 2)
    assert again == Joined(first.booking_id, 2, 0, is_new=False)


def test_nobody_waits_while_there_is_room(hall):
    hall = hall(3)
    hall.book("Ann", 2)
    assert hall.join("Bea", 1) == Room(1)
    assert isinstance(hall.join("Bea", 2), Joined)


def test_a_party_bigger_than_the_event_is_told_so(hall):
    hall = hall(2)
    hall.book("Ann", 2)
    assert hall.join("Bea", 3) == TooMany(2)


def test_who_has_a_place_does_not_wait_for_it(hall):
    hall = hall(1)
    booked = hall.book("Ann")
    outcome = hall.join("Ann")
    assert isinstance(outcome, AlreadyBooked)
    assert (outcome.booking_id, outcome.status) == (booked, "confirmed")


@pytest.mark.parametrize(("change", "reason"), [({"status": "cancelled"}, "cancelled"), ({"status": "draft"}, "draft")])
def test_an_event_that_is_not_on_has_no_list(hall, database, change, reason):
    hall = hall(1)
    hall.book("Ann")
    database.write(lambda session: session.execute(update(Event).values(**change)) and None)
    assert hall.join("Bea") == Closed(reason)


def test_a_party_of_one_behind_a_party_of_two_is_not_stranded(hall):
    hall = hall(2)
    booked = hall.book("Ann", 2)
    two, one = hall.join("Bea", 2), hall.join("Cy", 1)
    hall.do(places.resize, booked, 1, hall.clock.now())
    assert hall.status(two.booking_id) == "waiting"
    assert hall.status(one.booking_id) == "offered"


def test_one_who_joins_behind_a_party_that_does_not_fit_is_told_of_room(hall):
    hall = hall(2)
    hall.book("Ann", 1)
    hall.join("Bea", 2)
    assert hall.join("Cy", 1) == Room(1)


def test_several_places_go_to_several_people(hall):
    hall = hall(3)
    booked = hall.book("Ann", 3)
    joined = [hall.join(name, party).booking_id for name, party in (("Bea", 1), ("Cy", 3), ("Di", 2), ("Ed", 1))]
    hall.cancel(booked)
    assert [hall.status(each) for each in joined] == ["offered", "waiting", "offered", "waiting"]
    assert hall.taken() == 3


def test_a_lapsed_offer_goes_to_the_next_and_both_are_told(hall):
    hall = hall(1)
    booked = hall.book("Ann")
    first, second = hall.join("Bea").booking_id, hall.join("Cy").booking_id
    hall.cancel(booked)
    hall.clock.move_to(hall.deadline(first))
    assert hall.sweep() == 1
    assert (hall.status(first), hall.status(second)) == ("expired", "offered")
    assert hall.told() == [("offer", first), ("offer_lapsed", first), ("offer", second)]


def test_a_late_yes_has_the_place_when_it_is_still_there(hall):
    hall = hall(1)
    booked = hall.book("Ann")
    first = hall.join("Bea").booking_id
    hall.cancel(booked)
    hall.clock.advance(DAY)
    hall.sweep()
    assert isinstance(hall.accept(first), Confirmed)
    assert hall.taken() == 1


def test_a_late_yes_is_back_in_line_when_it_has_gone(hall):
    hall = hall(1)
    booked = hall.book("Ann")
    first, second = hall.join("Bea").booking_id, hall.join("Cy")
    hall.cancel(booked)
    hall.clock.advance(DAY)
    outcome = hall.accept(first)
    assert isinstance(outcome, Joined)
    assert outcome.booking_id != first
    assert hall.status(second.booking_id) == "offered", "the deadline has passed, even if no sweep has seen it"
    assert "offer_lapsed" not in dict(hall.told()), "who is answered is not told again"
    assert isinstance(hall.accept(second.booking_id), Confirmed)
    assert hall.accept(first) == AlreadyBooked(outcome.booking_id, "waiting", hall.accept(first).reference)


def test_a_declined_offer_goes_on(hall):
    hall = hall(1)
    booked = hall.book("Ann")
    first, second = hall.join("Bea").booking_id, hall.join("Cy").booking_id
    hall.cancel(booked)
    assert hall.do(waiting.leave, first, hall.clock.now()) == Left(first, was_offered=True)
    assert hall.status(second) == "offered"
    assert hall.accept(first) == Gone("released")


def test_leaving_moves_the_others_up(hall):
    hall = hall(1)
    hall.book("Ann")
    first, second = hall.join("Bea").booking_id, hall.join("Cy").booking_id
    assert hall.do(waiting.leave, first, hall.clock.now()) == Left(first, was_offered=False)
    assert hall.do(waiting.ahead, second) == 0
    assert hall.do(waiting.ahead, first) is None
    assert hall.do(waiting.leave, first, hall.clock.now()) == Gone("released")


def test_who_wants_no_texts_keeps_their_place_and_is_passed_over(hall):
    hall = hall(1)
    booked = hall.book("Ann")
    silent, second = hall.join("Bea").booking_id, hall.join("Cy").booking_id
    hall.do(opt_out, hall.who("Bea").address, "keyword", hall.clock.now())
    hall.cancel(booked)
    assert (hall.status(silent), hall.status(second)) == ("waiting", "offered")


def test_an_offer_that_cannot_be_sent_goes_to_the_next(hall, database):
    hall = hall(1)
    booked = hall.book("Ann")
    first, second = hall.join("Bea").booking_id, hall.join("Cy").booking_id
    hall.cancel(booked)
    failing = update(OutboxMessage).where(OutboxMessage.booking_id == first).values(status="failed", reason="30003")
    database.write(lambda session: session.execute(failing) and None)
    hall.sweep()
    hall.sweep()
    assert (hall.status(first), hall.status(second)) == ("expired", "offered")


def test_more_room_is_offered_at_once(hall):
    hall = hall(1)
    hall.book("Ann")
    first, second = hall.join("Bea").booking_id, hall.join("Cy").booking_id
    assert hall.do(refill.change_capacity, hall.event.id, 4, hall.clock.now()) == CapacitySet(1)
    assert {hall.status(first), hall.status(second)} == {"offered"}
    assert hall.do(refill.change_capacity, hall.event.id, 2, hall.clock.now()) == BelowTaken(3)


def test_the_sweep_finds_room_that_nobody_told_of(hall, database):
    hall = hall(1)
    hall.book("Ann")
    first = hall.join("Bea").booking_id
    database.write(lambda session: session.execute(update(Event).values(capacity=2)) and None)
    hall.sweep()
    assert hall.status(first) == "offered"
    before = hall.told()
    hall.sweep()
    assert hall.told() == before


def test_a_hold_that_runs_out_is_offered(hall):
    hall = hall(1)
    assert isinstance(hall.hold("Ann"), Held)
    first = hall.join("Bea").booking_id
    hall.clock.advance(QUARTER)
    hall.sweep()
    assert hall.status(first) == "offered"
    assert not isinstance(hall.hold("Ann"), Held), "whose hold ran out stands behind those who wait"


def test_waiting_ends_when_the_event_begins(hall):
    hall = hall(1)
    hall.book("Ann")
    first = hall.join("Bea").booking_id
    hall.clock.move_to(hall.event.starts_at)
    hall.sweep()
    assert hall.status(first) == "expired"
    assert hall.told() == []


def test_just_before_an_event_nobody_is_asked_and_the_place_is_anybodys(hall):
    hall = hall(1)
    booked = hall.book("Ann")
    first = hall.join("Bea").booking_id
    hall.clock.move_to(hall.event.starts_at - timedelta(hours=1))
    hall.cancel(booked)
    assert hall.status(first) == "waiting"
    assert isinstance(hall.hold("Cy"), Held)


def test_an_offer_cannot_be_taken_once_the_event_is_off(hall, database):
    hall = hall(1)
    booked = hall.book("Ann")
    first = hall.join("Bea").booking_id
    hall.cancel(booked)
    database.write(lambda session: session.execute(update(Event).values(status="cancelled")) and None)
    assert hall.accept(first) == Closed("cancelled")


def test_unknown_bookings_and_events(hall):
    hall = hall(1)
    assert hall.accept(999) == Gone(None)
    assert hall.do(waiting.leave, 999, hall.clock.now()) == Gone(None)
    hall.event.id = 999
    assert hall.join("Bea") == Closed("unknown")
    assert hall.do(refill.freed, [], hall.clock.now()) == 0
