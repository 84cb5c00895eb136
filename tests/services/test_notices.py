"""Everyone who booked hears once of each change to their event, discreetly, and their reminders follow."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.dialogue import loader
from bot.preparing import Preparer, Ready
from bot.settings import DIALOGUES
from bot.unsolicited import Unsolicited
from services.booking import bookings, outcomes, places, refill, waiting
from services.campaigns import notices, reminders
from services.campaigns.gate import SendingGate
from services.campaigns.tables import Reminder
from services.core.clock import to_london
from services.events.imports import import_events
from services.events.tables import Event
from services.people import outbox
from services.people.tables import OutboxMessage, OutboxStatus

HEADER = "external_id,title,discreet_title,starts_at,ends_at,capacity,postcode,status"
YOGA = "e1,Yoga after breast cancer,{title},{day}T14:00,{day}T15:30,12,E17 4QJ,{status}"
MAUREEN, DAVID = "+447700900123", "+447700900124"


class Spot:
    lat, lon, borough = 51.58, -0.02, "Waltham Forest"


@pytest.fixture
def publish(database, clock):
    """Import the event as it shall be; return how many people are told."""

    def run(day="2026-12-10", status="published", title="Gentle yoga"):
        source = f"{HEADER}\n{YOGA.format(day=day, status=status, title=title)}"
        told = []

        def tell(session, change):
            told.append(notices.event_changed(session, change, now=clock.now()))

        def unit(session):
            return import_events(session, source, locate=lambda _: Spot(), now=clock.now(), on_change=tell)

        database.write(unit)
        return sum(told)

    run()
    return run


@pytest.fixture
def book(database, clock, make_identity):
    """Book a place of the event for a phone, with its reminders; return the booking's id."""

    def run(address=MAUREEN, confirmed=True):
        identity = make_identity(address, first_name="Maureen")

        def unit(session):
            event_id = session.exec(select(Event.id)).one()
            whose = {"person_id": identity.person_id, "identity_id": identity.id}
            span = timedelta(minutes=15)
            held = places.hold(session, event_id=event_id, **whose, places=1, now=clock.now(), hold_for=span)
            assert isinstance(held, outcomes.Held)
            if confirmed:
                assert isinstance(places.confirm(session, held.booking_id, now=clock.now()), outcomes.Confirmed)
                reminders.plan(session, held.booking_id, now=clock.now())
            return held.booking_id

        return database.write(unit)

    return run


@pytest.fixture
def receive(database, clock) -> Callable[[], list[tuple[str, str]]]:
    """Send what may go now; return each message as its address and its words."""
    words = Unsolicited(loader.load_responses(DIALOGUES), clock)
    ours = {"sms": "+447700900000"}
    preparer = Preparer(SendingGate(only_drama=True), words, public_base_url="http://127.0.0.1", senders=ours)

    def unit(session):
        rows = outbox.claim(session, clock.now())
        prepared = [preparer.prepare(session, row, clock.now()) for row in rows]
        for row, outcome in zip(rows, prepared, strict=True):
            stored = session.get_one(OutboxMessage, row.id)
            stored.status = OutboxStatus.SENT if isinstance(outcome, Ready) else outcome.status
            stored.due_at = getattr(outcome, "due_at", None) or stored.due_at
        return [(ready.message.address, ready.message.text) for ready in prepared if isinstance(ready, Ready)]

    return lambda: database.write(unit)


def planned(database):
    with database.read() as session:
        rows = session.exec(select(Reminder).where(Reminder.status == "planned").order_by(Reminder.due_at)).all()
    return [(row.kind, to_london(row.due_at).strftime("%d %b %H:%M")) for row in rows]


def test_a_move_is_told_to_everyone_booked_and_their_reminders_follow(database, publish, book, receive):
    book(MAUREEN), book(DAVID)
    assert publish(day="2026-12-17") == 2
    told = dict(receive())
    assert set(told) == {MAUREEN, DAVID}
    assert "Gentle yoga has changed. It is now Thursday 17 December, 2pm to 3:30pm" in told[MAUREEN]
    assert "CANCEL" in told[MAUREEN]
    assert planned(database) == [
        (kind, when)
        for kind, when in (("week", "10 Dec 14:00"), ("day", "16 Dec 14:00"), ("hours", "17 Dec 12:00"))
        for _ in (MAUREEN, DAVID)
    ]


def test_a_cancellation_is_told_and_ends_the_reminders(database, publish, book, receive, clock):
    book()
    assert publish(status="cancelled") == 1
    [(address, words)] = receive()
    assert address == MAUREEN
    assert "Gentle yoga, Thursday 10 December, 2pm to 3:30pm" in words
    assert "will not go ahead" in words
    assert planned(database) == []
    clock.advance(timedelta(days=17))
    assert database.write(lambda session: reminders.queue_due(session, now=clock.now())) == (0, 0)


@pytest.mark.parametrize("change", [{"day": "2026-12-17"}, {"status": "cancelled"}], ids=["moved", "cancelled"])
def test_no_notice_discloses_an_illness(publish, book, receive, change):
    book()
    publish(**change)
    [(_, words)] = receive()
    assert not {"cancer", "breast"} & set(words.lower().replace(",", " ").replace(".", " ").split())


@pytest.mark.parametrize("change", [{"day": "2026-12-17"}, {"status": "cancelled"}], ids=["moved", "cancelled"])
def test_the_same_table_imported_again_tells_nobody(publish, book, receive, change):
    book()
    assert publish(**change) == 1
    assert publish(**change) == 0
    assert len(receive()) == 1
    assert receive() == []


def test_there_and_back_and_there_again_is_told_three_times(publish, book, receive, clock):
    book()
    for day in ("2026-12-17", "2026-12-10", "2026-12-17"):
        assert publish(day=day) == 1
        assert len(receive()) == 1
        clock.advance(timedelta(hours=1))


def test_another_title_is_no_move(publish, book, receive):
    book()
    assert publish(title="Yoga and breathing") == 0
    assert receive() == []


@pytest.mark.parametrize("what", ["held", "cancelled"])
def test_who_has_no_place_is_not_told(database, publish, book, receive, clock, what):
    booking = book(confirmed=what != "held")
    if what == "cancelled":
        database.write(lambda session: places.cancel(session, booking, clock.now()))
    assert publish(day="2026-12-17") == 0
    assert receive() == []


def test_at_night_it_waits_and_only_the_last_change_is_told(publish, book, receive, clock, london):
    book()
    clock.move_to(london(2026, 12, 1, 22))
    publish(day="2026-12-17")
    assert receive() == []
    publish(day="2026-12-18")
    assert receive() == []
    clock.move_to(london(2026, 12, 2, 8))
    [(_, words)] = receive()
    assert "Friday 18 December" in words


def test_moved_and_then_cancelled_at_night_is_told_as_cancelled(publish, book, receive, clock, london):
    book()
    clock.move_to(london(2026, 12, 1, 22))
    publish(day="2026-12-17")
    publish(day="2026-12-17", status="cancelled")
    clock.move_to(london(2026, 12, 2, 8))
    [(_, words)] = receive()
    assert "will not go ahead" in words


def test_who_cancels_before_the_notice_leaves_is_not_told_of_a_move(database, publish, book, receive, clock, london):
    booking = book()
    clock.move_to(london(2026, 12, 1, 22))
    publish(day="2026-12-17")
    database.write(lambda session: places.cancel(session, booking, clock.now()))
    clock.move_to(london(2026, 12, 2, 8))
    assert receive() == []


def test_a_reminder_of_the_old_day_that_still_waits_does_not_go(database, publish, book, receive, clock, london):
    book()
    clock.move_to(london(2026, 12, 9, 22))
    assert database.write(lambda session: reminders.queue_due(session, now=clock.now())).queued == 1
    publish(day="2026-12-17")
    clock.move_to(london(2026, 12, 10, 8))
    [(_, words)] = receive() + receive()
    assert "has changed. It is now Thursday 17 December" in words


@pytest.fixture
def wait(database, clock, make_identity):
    """Put someone on the event's waiting list; return the booking's id."""

    def run(address=DAVID):
        identity = make_identity(address, first_name="David")

        def unit(session):
            event_id = session.exec(select(Event.id)).one()
            session.get(Event, event_id).taken = 12
            session.flush()
            whose = {"person_id": identity.person_id, "identity_id": identity.id}
            joined = waiting.join(session, event_id=event_id, **whose, party=1, now=clock.now())
            assert isinstance(joined, outcomes.Joined)
            return joined.booking_id

        return database.write(unit)

    return run


@pytest.fixture
def make_room(database, clock):
    """Free one place of the full event; return how many are asked."""

    def unit(session):
        event = session.exec(select(Event)).one()
        event.taken = 11
        session.flush()
        return refill.freed(session, [event.id], clock.now())

    return lambda: database.write(unit)


def kinds(database):
    rows = select(OutboxMessage.kind).where(OutboxMessage.status == OutboxStatus.QUEUED).order_by(OutboxMessage.id)
    return database.read_once(lambda session: list(session.exec(rows)))


def test_those_who_wait_hear_that_it_moved_and_go_on_waiting(publish, wait, database, clock):
    booking = wait()
    assert publish(day="2026-12-11") == 1
    assert kinds(database) == ["event_moved"]
    found = database.read_once(lambda session: bookings.by_id(session, booking))
    assert found.status == "waiting"


def test_those_who_wait_hear_that_it_is_off_and_wait_no_longer(publish, wait, database):
    booking = wait()
    assert publish(status="cancelled") == 1
    assert kinds(database) == ["event_cancelled"]
    assert database.read_once(lambda session: bookings.by_id(session, booking)).status == "cancelled"


@pytest.mark.parametrize(
    ("after", "until"), [(timedelta(hours=2), (2026, 11, 24, 12)), (timedelta(minutes=10), (2026, 11, 24, 10))]
)
def test_what_was_offered_is_offered_anew_when_it_moves(
    publish, wait, make_room, database, clock, london, after, until
):
    booking = wait()
    assert make_room() == 1
    clock.advance(after)
    assert publish(day="2026-12-11") == 1
    assert kinds(database) == ["offer"]
    found = database.read_once(lambda session: bookings.by_id(session, booking))
    assert (found.status, found.deadline) == ("offered", london(*until))


def test_of_what_was_offered_and_moved_at_night_the_new_offer_goes(publish, wait, make_room, receive, clock, london):
    wait()
    clock.move_to(london(2026, 12, 1, 22))
    assert make_room() == 1
    clock.advance(timedelta(hours=1))
    publish(day="2026-12-11")
    clock.move_to(london(2026, 12, 2, 8))
    [(address, words)] = receive()
    assert address == DAVID
    assert "Friday 11 December" in words


def test_an_offer_of_what_is_called_off_lapses(publish, wait, make_room, database, clock):
    booking = wait()
    make_room()
    publish(status="cancelled")
    assert kinds(database) == ["event_cancelled"]
    database.write(lambda session: places.expire_due(session, clock.now()))
    assert database.read_once(lambda session: bookings.by_id(session, booking)).status == "expired"
