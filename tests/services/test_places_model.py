"""Random histories of holding, growing, confirming and giving back, with a clock that moves, against a plain model.

The model answers every call as it should be answered; after each, the database must agree with it entirely.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, text, update

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

LIVE = ("held", "confirmed")
PARTIES = st.integers(1, 3)
MINUTES = st.integers(1, 30)


@dataclass
class ModelEvent:
    capacity: int
    starts_at: datetime
    status: str = "published"


@dataclass
class ModelBooking:
    event: int
    person: int
    attendee: str
    places: int
    deadline: datetime | None
    reference: str
    status: str = "held"


class Places(RuleBasedStateMachine):
    """Two events, two people (who may each bring someone else's booking), and time."""

    ids = Bundle("ids")

    def __init__(self, database, clock, identities):
        super().__init__()
        self.database, self.clock, self.identities = database, clock, identities
        self.events: dict[int, ModelEvent] = {}
        self.bookings: dict[int, ModelBooking] = {}
        database.write(lambda session: session.exec(delete(Booking)) and session.exec(delete(Event)) and None)

    @property
    def now(self):
        return self.clock.now()

    def call(self, function, *given, **more):
        return self.database.write(lambda session: function(session, *given, **more))

    def taken(self, event):
        return sum(each.places for each in self.bookings.values() if each.event == event and each.status in LIVE)

    def closed(self, event):
        if self.events[event].status != "published":
            return Closed(self.events[event].status)
        return Closed("started") if self.events[event].starts_at <= self.now else None

    def refusal(self, event, wanted):
        left = self.events[event].capacity - self.taken(event)
        return self.closed(event) or (Full(left) if left < wanted else None)

    def lapsed(self, booking):
        return booking.status == "expired" or (booking.status == "held" and booking.deadline <= self.now)

    def own(self, event, person, attendee):
        mine = [
            (number, each)
            for number, each in self.bookings.items()
            if (each.event, each.person, each.attendee) == (event, person, attendee) and each.status in LIVE
        ]
        return mine[0] if mine else (None, None)

    @initialize(capacities=st.tuples(st.integers(2, 5), st.integers(1, 4)), hours=st.integers(2, 24))
    def publish(self, capacities, hours):
        for number, capacity in enumerate(capacities, 1):
            self.events[number] = ModelEvent(capacity, self.now + timedelta(hours=hours * number))
            starts_at = self.events[number].starts_at
            columns = {
                "title": "Sleep",
                "discreet_title": "Sleep",
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(hours=1),
                "updated_at": self.now,
            }
            event = Event(id=number, external_id=f"e{number}", capacity=capacity, **columns)
            self.database.write(lambda session, event=event: session.add(event))

    @rule(
        target=ids,
        event=st.integers(1, 2),
        person=st.integers(0, 1),
        attendee=st.sampled_from(["", "", "", "dad"]),
        wanted=PARTIES,
        minutes=MINUTES,
    )
    def hold(self, event, person, attendee, wanted, minutes):
        who = self.identities[person]
        outcome = self.call(
            places.hold,
            event_id=event,
            person_id=who.person_id,
            identity_id=who.id,
            places=wanted,
            attendee=attendee,
            now=self.now,
            hold_for=timedelta(minutes=minutes),
        )
        own_id, own = self.own(event, person, attendee)
        if own is not None and not self.lapsed(own):
            assert outcome == AlreadyBooked(own_id, own.status, own.reference)
            return multiple()
        if own is not None:
            own.status = "expired"
        if refusal := self.refusal(event, wanted):
            assert outcome == refusal
            return multiple()
        deadline = self.now + timedelta(minutes=minutes)
        assert outcome == Held(outcome.booking_id, outcome.reference, deadline, wanted)
        self.bookings[outcome.booking_id] = ModelBooking(event, person, attendee, wanted, deadline, outcome.reference)
        return outcome.booking_id

    @rule(number=ids)
    def confirm(self, number):
        outcome, booking = self.call(places.confirm, number, self.now), self.bookings[number]
        if booking.status == "confirmed":
            assert outcome == Confirmed(number, booking.reference, booking.places)
        elif booking.status not in ("held", "expired"):
            assert outcome == Gone(booking.status)
        elif closed := self.closed(booking.event):
            assert outcome == closed
        elif self.lapsed(booking):
            assert outcome == Lapsed(number)
        else:
            assert outcome == Confirmed(number, booking.reference, booking.places)
            booking.status, booking.deadline = "confirmed", None

    @rule(number=ids, wanted=PARTIES)
    def resize(self, number, wanted):
        outcome, booking = self.call(places.resize, number, wanted, self.now), self.bookings[number]
        more = wanted - booking.places
        if self.lapsed(booking):
            assert outcome == Lapsed(number)
        elif booking.status not in LIVE:
            assert outcome == Gone(booking.status)
        elif more > 0 and (refusal := self.refusal(booking.event, more)):
            assert outcome == refusal
        else:
            assert outcome == Resized(number, wanted)
            booking.places = wanted

    @rule(number=ids, minutes=MINUTES)
    def renew(self, number, minutes):
        outcome = self.call(places.renew, number, self.now, timedelta(minutes=minutes))
        booking = self.bookings[number]
        other_id, other = self.own(booking.event, booking.person, booking.attendee)
        if booking.status == "confirmed":
            assert outcome == AlreadyBooked(number, "confirmed", booking.reference)
        elif booking.status not in ("held", "expired"):
            assert outcome == Gone(booking.status)
        elif booking.status == "expired" and other is not None:
            assert outcome == AlreadyBooked(other_id, other.status, other.reference)
        elif booking.status == "expired" and (refusal := self.refusal(booking.event, booking.places)):
            assert outcome == refusal
        elif closed := self.closed(booking.event):
            assert outcome == closed
        else:
            booking.status, booking.deadline = "held", self.now + timedelta(minutes=minutes)
            assert outcome == Held(number, booking.reference, booking.deadline, booking.places)

    @rule(number=ids)
    def release(self, number):
        outcome, booking = self.call(places.release, number, self.now), self.bookings[number]
        if booking.status == "held":
            assert outcome == Released(number)
            booking.status = "released"
        else:
            assert outcome == Gone(booking.status)

    @rule(number=st.one_of(ids, consumes(ids)))
    def cancel(self, number):
        outcome, booking = self.call(places.cancel, number, self.now), self.bookings[number]
        if booking.status in LIVE:
            assert outcome == Cancelled(number)
            booking.status = "cancelled"
        else:
            assert outcome == Gone(booking.status)

    @rule(limit=st.sampled_from([1, 100]))
    def sweep(self, limit):
        due = sorted(
            (each.deadline, number)
            for number, each in self.bookings.items()
            if each.status == "held" and self.lapsed(each)
        )
        ended = self.call(places.expire_due, self.now, limit)
        assert ended == min(limit, len(due))
        if len(due) <= limit:
            for _, number in due:
                self.bookings[number].status = "expired"
            return
        with self.database.read() as session:  # which of those due at the same moment went first is open
            swept = session.execute(text("SELECT id FROM booking WHERE status = 'expired'")).scalars().all()
        new = {number for _, number in due} & set(swept)
        assert len(new) == limit
        assert max(self.bookings[number].deadline for number in new) <= due[limit - 1][0]
        for number in new:
            self.bookings[number].status = "expired"

    @rule()
    def let_all_holds_lapse(self):
        self.clock.advance(timedelta(minutes=30))
        self.sweep(100)

    @rule(event=st.integers(1, 2), capacity=st.integers(1, 6))
    def change_capacity(self, event, capacity):
        taken = self.taken(event)
        expected = BelowTaken(taken) if taken > capacity else CapacitySet(capacity - taken)
        assert self.call(set_capacity, event, capacity) == expected
        if isinstance(expected, CapacitySet):
            self.events[event].capacity = capacity

    @rule(event=st.integers(1, 2), status=st.sampled_from(["published"] * 5 + ["cancelled", "draft"]))
    def change_status(self, event, status):
        changing = update(Event).where(Event.id == event).values(status=status)
        self.database.write(lambda session: session.exec(changing) and None)
        self.events[event].status = status

    @rule(minutes=st.sampled_from([1, 5, 15, 30]))
    def wait(self, minutes):
        self.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def the_database_agrees(self):
        with self.database.read() as session:
            counted = session.execute(text("SELECT id, taken, capacity FROM event ORDER BY id")).all()
            stored = session.execute(
                text("SELECT id, event_id, places, status, attendee FROM booking ORDER BY id")
            ).all()
        assert [tuple(row) for row in counted] == [
            (number, self.taken(number), event.capacity) for number, event in self.events.items()
        ]
        assert [tuple(row) for row in stored] == [
            (number, each.event, each.places, each.status, each.attendee)
            for number, each in sorted(self.bookings.items())
        ]
        live = [(each.event, each.person, each.attendee) for each in self.bookings.values() if each.status in LIVE]
        assert len(live) == len(set(live))
        assert all(self.taken(number) <= event.capacity for number, event in self.events.items())


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_any_history_of_places_ends_as_the_model_says(database, clock, make_identity):
    identities = [make_identity(address=f"+44770090010{number}") for number in range(2)]
    run_state_machine_as_test(
        lambda: Places(database, clock, identities),
        settings=settings(
            max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
