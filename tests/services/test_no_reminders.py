"""Whoever wants no reminders of a booking gets none, on any channel of that phone, and everybody else does."""

from datetime import timedelta

import pytest

from services.booking import places
from services.campaigns import no_reminders, reminders
from services.campaigns.gate import SendingGate
from services.people import outbox
from services.people.verdicts import Refuse, Send

GATE = SendingGate(only_drama=False)


@pytest.fixture
def booking(database, clock, make_event, make_identity):
    """A confirmed booking of an event in nine days."""
    event, identity = make_event(starts_at=clock.now() + timedelta(days=9)), make_identity("+447700900141")

    def unit(session):
        whose = {"person_id": identity.person_id, "identity_id": identity.id}
        span = timedelta(minutes=15)
        held = places.hold(session, event_id=event.id, **whose, places=1, now=clock.now(), hold_for=span)
        places.confirm(session, held.booking_id, now=clock.now())
        reminders.plan(session, held.booking_id, now=clock.now())
        return held.booking_id

    return database.write(unit), identity


def test_off_and_on_again_for_one_phone_on_all_its_channels(database, clock, booking, make_identity):
    booking_id, own = booking
    on_whatsapp, carer = make_identity("+447700900141", "whatsapp"), make_identity("+447700900142")
    for _ in range(2):
        database.write(lambda session: no_reminders.turn_off(session, booking_id, on_whatsapp.id, clock.now()))

    def off(identity):
        with database.read() as session:
            return no_reminders.off(session, [booking_id, 99], identity.id)

    assert off(own) == off(on_whatsapp) == {booking_id}
    assert off(carer) == set()
    database.write(lambda session: no_reminders.turn_on(session, booking_id, own.id))
    assert off(own) == off(on_whatsapp) == set()


def test_the_gate_refuses_reminders_and_nothing_else(database, clock, booking):
    booking_id, own = booking

    def verdict(now):
        def unit(session):
            reminders.queue_due(session, now=now)
            (row,) = outbox.claim(session, now)
            return GATE(session, row, now), GATE(session, row._replace(kind="event_moved"), now)

        return database.write(unit)

    with database.read() as session:
        due = no_reminders.next_due(session, booking_id)
    assert due == clock.now() + timedelta(days=2)
    database.write(lambda session: no_reminders.turn_off(session, booking_id, own.id, clock.now()))
    assert verdict(due) == (Refuse("reminders_off"), Send())
