"""Giving a booking up: told to whoever else has to do with it, when it was given up indeed."""

from datetime import timedelta

import pytest
from sqlmodel import select

from services.booking import places
from services.booking.outcomes import Cancelled, Gone
from services.campaigns import changes
from services.people import carers
from services.people.tables import OutboxMessage


@pytest.fixture
def booked(database, clock, make_event, make_identity):
    """A booking of Grace's for Rose, who has her own phone: its id, Grace's identity and Rose's."""
    grace, hers = make_identity(first_name="Grace"), make_identity("+447700900201")
    event = make_event()

    def unit(session):
        rose = carers.begin(session, grace.person_id, "mother", "Rose", clock.now())
        carers.join(session, rose, hers.id, hers.person_id, clock.now())
        held = places.hold(
            session, event_id=event.id, person_id=grace.person_id, identity_id=grace.id, places=1, now=clock.now(),
            hold_for=timedelta(minutes=15), attendee=rose.attendee,
        )  # fmt: skip
        places.confirm(session, held.booking_id, clock.now())
        return held.booking_id

    return database.write(unit), grace.id, hers.id


def told(database):
    with database.read() as session:
        return [(row.kind, row.identity_id) for row in session.exec(select(OutboxMessage)).all()]


@pytest.mark.parametrize(("by", "other"), [(1, 2), (2, 1)], ids=["by the carer", "by the one cared for"])
def test_the_other_one_is_told_of_it(database, clock, booked, by, other):
    gone = database.write(lambda session: changes.cancel(session, booked[0], booked[by], now=clock.now()))
    assert gone == Cancelled(booked[0])
    assert told(database) == [("booking_given_up", booked[other])]


def test_nobody_is_told_of_what_was_gone_before(database, clock, booked):
    booking, grace, _ = booked
    database.write(lambda session: places.cancel(session, booking, clock.now()))
    gone = database.write(lambda session: changes.cancel(session, booking, grace, now=clock.now()))
    assert gone == Gone("cancelled")
    assert told(database) == []


def test_both_giving_it_up_at_once_tells_one_of_them(database, clock, booked):
    booking, grace, rose = booked
    for by in (rose, grace):
        database.write(lambda session: changes.cancel(session, booking, by, now=clock.now()))  # noqa: B023
    assert told(database) == [("booking_given_up", grace)]
