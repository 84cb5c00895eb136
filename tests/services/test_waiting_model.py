"""Random histories with a waiting list, against a plain model: never one too many, in turn, and nobody left waiting
while there is room for them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, text

from services.booking import places, refill, waiting
from services.booking.deadlines import offer_deadline
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
    Joined,
    Left,
    Resized,
    Room,
    TooMany,
)
from services.booking.tables import Booking
from services.events.tables import Event
from services.people import consent
from services.people.tables import OutboxMessage

LIVE = ("held", "offered", "confirmed")
PEOPLE = st.integers(0, 3)
PARTIES = st.integers(1, 3)
QUARTER = timedelta(minutes=15)


@dataclass
class ModelBooking:
    person: int
    places: int
    status: str
    deadline: datetime | None = None


class WaitingList(RuleBasedStateMachine):
    """One event with few places, four people, and time."""

    ids = Bundle("ids")

    def __init__(self, database, clock, identities):
        super().__init__()
        self.database, self.clock, self.identities = database, clock, identities
        self.bookings: dict[int, ModelBooking] = {}
        self.silent: set[int] = set()
        self.capacity = 0

        def clear(session):
            for table in (OutboxMessage, Booking, Event):
                session.exec(delete(table))
            for identity in identities:
                consent.opt_in(session, identity.address)

        database.write(clear)

    @property
    def now(self):
        return self.clock.now()

    def call(self, function, *given, **more):
        return self.database.write(lambda session: function(session, *given, **more))

    def ids_of(self, person):
        who = self.identities[person]
        return {"event_id": 1, "person_id": who.person_id, "identity_id": who.id}

    def left(self):
        return self.capacity - sum(each.places for each in self.bookings.values() if each.status in LIVE)

    def has_begun(self):
        return self.starts_at <= self.now

    def lapsed(self, booking):
        return booking.status in ("held", "offered") and booking.deadline <= self.now

    def own(self, person):
        mine = [number for number, each in self.bookings.items() if each.person == person]
        return next((n for n in mine if self.bookings[n].status in (*LIVE, "waiting")), None)

    def line(self):
        return [number for number, each in sorted(self.bookings.items()) if each.status == "waiting"]

    def refill(self):
        """Whom the product must ask now: the first in line that fits, again and again."""
        until = None if self.has_begun() else offer_deadline(self.now, self.starts_at)
        while until:
            fitting = [
                number
                for number in self.line()
                if self.bookings[number].places <= self.left() and self.bookings[number].person not in self.silent
            ]
            if not fitting:
                return
            self.bookings[fitting[0]].status, self.bookings[fitting[0]].deadline = "offered", until

    def end(self, number, status):
        self.bookings[number].status, self.bookings[number].deadline = status, None

    def end_lapsed(self, number):
        """End a hold or an offer that has run out, and ask the next; False when it has not run out."""
        if number is None or not self.lapsed(self.bookings[number]):
            return False
        self.end(number, "expired")
        self.refill()
        return True

    @initialize(capacity=st.integers(1, 3), hours=st.integers(30, 100))
    def publish(self, capacity, hours):
        self.capacity, self.starts_at = capacity, self.now + timedelta(hours=hours)
        ends_at = self.starts_at + timedelta(hours=1)
        columns = {"title": "Sleep", "discreet_title": "Sleep", "updated_at": self.now, "capacity": capacity}
        event = Event(id=1, external_id="e", starts_at=self.starts_at, ends_at=ends_at, **columns)
        self.database.write(lambda session: session.add(event))

    @rule(target=ids, person=PEOPLE, wanted=PARTIES)
    def hold(self, person, wanted):
        outcome = self.call(places.hold, **self.ids_of(person), places=wanted, now=self.now, hold_for=QUARTER)
        own = self.own(person)
        if self.end_lapsed(own):
            own = None
        if own is not None:
            assert isinstance(outcome, AlreadyBooked)
            assert (outcome.booking_id, outcome.status) == (own, self.bookings[own].status)
            return own
        if self.has_begun():
            assert outcome == Closed("started")
        elif self.left() < wanted:
            assert outcome == Full(self.left())
        else:
            assert isinstance(outcome, Held)
            self.bookings[outcome.booking_id] = ModelBooking(person, wanted, "held", self.now + QUARTER)
            return outcome.booking_id
        return next(iter(self.bookings), 0)

    @rule(target=ids, person=PEOPLE, wanted=PARTIES)
    def join(self, person, wanted):
        outcome = self.call(waiting.join, **self.ids_of(person), party=wanted, now=self.now)
        self.refill()
        own = self.own(person)
        if self.end_lapsed(own):
            own = None
        if self.has_begun():
            assert outcome == Closed("started")
            return next(iter(self.bookings), 0)
        if wanted > self.capacity:
            assert outcome == TooMany(self.capacity)
            return next(iter(self.bookings), 0)
        if own is not None and self.bookings[own].status != "waiting":
            assert (outcome.booking_id, outcome.status) == (own, self.bookings[own].status)
        elif self.left() >= wanted:
            assert outcome == Room(self.left())
        elif own is not None:
            assert outcome == Joined(own, wanted, self.line().index(own), is_new=False)
            self.bookings[own].places = wanted
        else:
            assert outcome == Joined(outcome.booking_id, wanted, len(self.line()), is_new=True)
            self.bookings[outcome.booking_id] = ModelBooking(person, wanted, "waiting")
            return outcome.booking_id
        return own if own is not None else next(iter(self.bookings), 0)

    @rule(number=ids)
    def accept(self, number):
        if number not in self.bookings:
            return
        outcome, booking = self.call(waiting.accept, number, self.now), self.bookings[number]
        if booking.status == "confirmed":
            assert isinstance(outcome, Confirmed)
        elif booking.status not in (*LIVE, "expired"):
            assert outcome == Gone(booking.status)
        elif self.has_begun():
            assert outcome == Closed("started")
        elif booking.status in LIVE and not self.lapsed(booking):
            assert isinstance(outcome, Confirmed)
            self.end(number, "confirmed")
        else:
            self.end_lapsed(number)
            self.accept_late(number, outcome)

    def accept_late(self, number, outcome):
        booking, own = self.bookings[number], self.own(self.bookings[number].person)
        if own is not None:
            assert (outcome.booking_id, outcome.status) == (own, self.bookings[own].status)
        elif self.left() >= booking.places:
            assert outcome == Confirmed(number, outcome.reference, booking.places)
            booking.status = "confirmed"
        else:
            assert outcome == Joined(outcome.booking_id, booking.places, len(self.line()), is_new=True)
            self.bookings[outcome.booking_id] = ModelBooking(booking.person, booking.places, "waiting")

    @rule(number=ids)
    def leave(self, number):
        if number not in self.bookings:
            return
        outcome, status = self.call(waiting.leave, number, self.now), self.bookings[number].status
        if status not in ("waiting", "held", "offered"):
            assert outcome == Gone(status)
            return
        assert outcome == Left(number, was_offered=status != "waiting")
        self.end(number, "released")
        self.refill()

    @rule(number=ids)
    def cancel(self, number):
        if number not in self.bookings:
            return
        outcome, status = self.call(places.cancel, number, self.now), self.bookings[number].status
        assert outcome == (Cancelled(number) if status in LIVE else Gone(status))
        if status in LIVE:
            self.end(number, "cancelled")
            self.refill()

    @rule(number=ids)
    def shrink(self, number):
        if number not in self.bookings or self.bookings[number].status not in LIVE:
            return
        if self.lapsed(self.bookings[number]) or self.bookings[number].places == 1:
            return
        assert self.call(places.resize, number, 1, self.now) == Resized(number, 1)
        self.bookings[number].places = 1
        self.refill()

    @rule()
    def sweep(self):
        while any(self.lapsed(each) for each in self.bookings.values()):
            due = [number for number, each in self.bookings.items() if self.lapsed(each)]
            assert self.call(places.expire_due, self.now) == len(due)
            for number in due:
                self.end(number, "expired")
            self.refill()
        ended = [number for number in self.line() if self.has_begun()]
        assert self.call(refill.end_waiting, self.now) == len(ended)
        for number in ended:
            self.end(number, "expired")
        self.call(refill.offer_stranded, self.now)
        self.refill()

    @rule(capacity=st.integers(1, 5))
    def change_capacity(self, capacity):
        taken = self.capacity - self.left()
        outcome = self.call(refill.change_capacity, 1, capacity, self.now)
        if taken > capacity:
            assert outcome == BelowTaken(taken)
            return
        self.capacity = capacity
        self.refill()
        assert outcome == CapacitySet(self.left())

    @rule(person=PEOPLE)
    def stop(self, person):
        self.call(consent.opt_out, self.identities[person].address, "keyword", self.now)
        self.silent.add(person)

    @rule(person=PEOPLE)
    def start(self, person):
        self.call(consent.opt_in, self.identities[person].address)
        self.silent.discard(person)
        self.sweep()

    @rule(minutes=st.sampled_from([5, 20, 240, 1440]))
    def wait(self, minutes):
        self.clock.advance(timedelta(minutes=minutes))
        self.sweep()

    @rule(minutes=st.sampled_from([5, 20, 240]))
    def wait_while_nobody_sweeps(self, minutes):
        self.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def the_database_agrees(self):
        with self.database.read() as session:
            rows = session.execute(text("SELECT id, places, status FROM booking ORDER BY id")).all()
            counted = session.execute(text("SELECT taken, capacity FROM event")).all()
            offers = session.execute(text("SELECT booking_id FROM outbox_message WHERE kind = 'offer'")).scalars()
            told = list(offers)
        assert [tuple(row) for row in rows] == [(n, b.places, b.status) for n, b in sorted(self.bookings.items())]
        assert [tuple(row) for row in counted] == [(self.capacity - self.left(), self.capacity)] * bool(self.capacity)
        assert self.left() >= 0
        assert len(told) == len(set(told)), "nobody is told of one offer twice"
        assert {n for n, each in self.bookings.items() if each.status == "offered"} <= set(told)

    @invariant()
    def nobody_waits_for_what_is_free(self):
        if self.capacity and not self.has_begun() and offer_deadline(self.now, self.starts_at):
            asked = [self.bookings[n] for n in self.line() if self.bookings[n].person not in self.silent]
            assert all(each.places > self.left() for each in asked)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_any_history_of_waiting_ends_as_the_model_says(database, clock, make_identity):
    identities = [make_identity(address=f"+44770090010{number}") for number in range(4)]
    run_state_machine_as_test(
        lambda: WaitingList(database, clock, identities),
        settings=settings(
            max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
