"""A clock that is stepped by an hour, either way, and the nights in which London's clocks change, double nothing."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bot import jobs
from bot.channels.simulator import FakeTwilio, LocalTransport
from bot.channels.twilio_outbound import TwilioChannel
from bot.jobs import Jobs, event_jobs
from bot.judging import Pace
from bot.outbound import Sender
from bot.preparing import Preparer
from bot.reconciling import Reconciler
from services.booking import outcomes, places
from services.booking.tables import Booking
from services.campaigns import reminders
from services.campaigns.gate import SendingGate
from services.core.clock import LONDON, to_london
from services.core.quiet_hours import is_quiet
from services.events.tables import Event
from services.people import outbox
from services.people.tables import OutboxMessage, OutboxStatus, Priority

HOUR, STEPS = timedelta(hours=1), [timedelta(hours=1), timedelta(hours=-1)]
OURS = "+447700900000"
# Sundays in whose nights the clocks go forward and back.
SUNDAYS = [(2027, 3, 28), (2026, 10, 25)]
QUARTER = timedelta(minutes=15)


@pytest.fixture
def fake(clock):
    return FakeTwilio("AC" + "5c" * 16, "a-token-for-tests", clock.now)


@pytest.fixture
def send(chosen_database, clock, fake):
    """Send all that is due, as one process does between its start and its end; settle what is unknown first."""

    async def call():
        channel = TwilioChannel(LocalTransport(fake, fake.account_sid, "a-token-for-tests"), fake.account_sid)
        channels = {"sms": channel, "whatsapp": channel}
        preparer = Preparer(
            SendingGate(only_drama=True),
            lambda session, row: SimpleNamespace(text=row.parameters["text"]),
            public_base_url="https://text.example.org",
            senders={"sms": OURS},
        )
        sender = Sender(chosen_database, clock, channels, preparer, Pace(tries=1, poll=60, posts=2))
        await Reconciler(chosen_database, clock, channels, sender).recover()
        await sender.drain()

    return lambda: asyncio.run(call())


@pytest.fixture
def take_place(chosen_database, clock, make_identity):
    """Keep a place of an event for a quarter of an hour; its booking."""

    numbers = iter(range(100))

    def take(event):
        who = make_identity(f"+4477009004{next(numbers):02}")
        held = chosen_database.write(
            lambda session: places.hold(
                session,
                event_id=event.id,
                person_id=who.person_id,
                identity_id=who.id,
                places=1,
                now=clock.now(),
                hold_for=timedelta(minutes=15),
            )
        )
        assert isinstance(held, outcomes.Held)
        return held.booking_id

    return take


def rows(database, table):
    return database.read_once(lambda session: session.exec(select(table).order_by(table.id)).all())


def ticking(database, monkeypatch):
    """Two processes whose jobs are called in turns, by a clock of the wall and one that only ever goes forward."""
    due = tuple(job for job in event_jobs(database) if job.name == "queue_reminders")
    both = [Jobs(database, holder, due) for holder in ("first", "second")]
    calls = iter(range(10**6))

    def tick(elapsed, now):
        monkeypatch.setattr(jobs, "monotonic", lambda: elapsed.total_seconds())
        both[next(calls) % 2].run_due(now)

    return tick


@pytest.mark.parametrize("sunday", SUNDAYS)
@pytest.mark.parametrize("step", STEPS, ids=["forward", "back"])
def test_each_reminder_is_queued_once_whenever_the_clock_is_stepped(
    chosen_database, clock, make_event, take_place, monkeypatch, sunday, step
):
    """For the eight days before an event the clock is right and an hour wrong by turns of seven hours."""
    database = chosen_database
    starts = datetime(*sunday, 14, tzinfo=LONDON).astimezone(UTC)
    begins = starts - timedelta(days=8)
    clock.move_to(begins - timedelta(days=1))
    booking = take_place(make_event(starts_at=starts))
    database.write(lambda session: places.confirm(session, booking, now=clock.now()))
    planned = database.write(lambda session: reminders.plan(session, booking, now=clock.now()))
    assert planned == 3
    due = {row.kind: row.due_at for row in rows(database, reminders.Reminder)}

    tick, queued_at = ticking(database, monkeypatch), {}
    for count in range((starts - begins) // HOUR):
        elapsed = count * HOUR
        is_wrong = elapsed // timedelta(hours=7) % 2
        clock.move_to(begins + elapsed + (step if is_wrong else timedelta()))
        tick(elapsed, clock.now())
        for row in rows(database, OutboxMessage):
            queued_at.setdefault(row.parameters["kind"], begins + elapsed)

    assert [row.parameters["kind"] for row in rows(database, OutboxMessage)] == ["week", "day", "hours"]
    assert all(abs(queued_at[kind] - due[kind]) <= 2 * HOUR for kind in due)


@pytest.mark.parametrize("sunday", SUNDAYS)
def test_a_message_of_the_night_goes_once_at_eight_by_londons_clocks(
    chosen_database, clock, make_identity, fake, send, sunday
):
    opens = datetime(*sunday, 8, tzinfo=LONDON)
    clock.move_to(opens.astimezone(UTC) - timedelta(hours=10))
    to = [make_identity(f"+4477009003{number:02}").id for number in range(3)]
    chosen_database.write(lambda session: [enqueue(session, one, clock.now(), kind="notice") for one in to])
    gone = {}
    while clock.now() < opens + HOUR:
        send()
        for message in fake.messages:
            gone.setdefault(message.sid, to_london(clock.now()).strftime("%H:%M"))
        clock.advance(2 * QUARTER)
    assert list(gone.values()) == ["08:00"] * len(to)


@pytest.mark.parametrize("sunday", SUNDAYS)
def test_thirteen_hours_of_each_day_are_not_quiet(sunday):
    midnight = datetime(*sunday, tzinfo=LONDON)
    following = datetime.combine(midnight.date() + timedelta(days=1), midnight.time(), LONDON)
    day = following.astimezone(UTC) - midnight.astimezone(UTC)
    moments = [midnight.astimezone(UTC) + count * QUARTER for count in range(day // QUARTER)]
    assert sum(not is_quiet(moment) for moment in moments) * QUARTER == timedelta(hours=13)


@pytest.mark.parametrize("step", STEPS, ids=["forward", "back"])
def test_places_are_neither_given_back_twice_nor_kept(database, clock, make_event, take_place, step):
    event = make_event(capacity=5)
    kept, left = take_place(event), take_place(event)
    clock.advance(step)

    def expire():
        return database.write(lambda session: places.expire_due(session, clock.now()))

    confirmed = database.write(lambda session: places.confirm(session, kept, now=clock.now()))
    assert isinstance(confirmed, outcomes.Lapsed if step > timedelta() else outcomes.Confirmed)
    for _ in range(2):
        expire()
        clock.advance(-step)
        expire()
    clock.advance(HOUR)
    expire()
    live = sum(row.places for row in rows(database, Booking) if row.status == "confirmed")
    assert {row.status for row in rows(database, Booking) if row.id == left} == {"expired"}
    assert live == (0 if step > timedelta() else 1)
    assert [row.taken for row in rows(database, Event)] == [live]


@pytest.mark.parametrize("step", STEPS, ids=["forward", "back"])
@pytest.mark.parametrize("at", [1, 4])
def test_what_is_being_sent_goes_once(database, clock, make_identity, fake, send, step, at):
    """The clock is stepped in the middle: what had just been claimed now seems to be an hour old, or of the future."""
    to = [make_identity(f"+4477009003{number:02}").id for number in range(8)]
    database.write(lambda session: [enqueue(session, one, clock.now()) for one in to])
    fake.watch(lambda message: clock.advance(step) if len(fake.messages) == at else None)
    send()
    clock.advance(HOUR + timedelta(minutes=2))
    send()
    assert Counter(message.to for message in fake.messages) == {f"+4477009003{number:02}": 1 for number in range(8)}
    assert {row.status for row in rows(database, OutboxMessage)} == {OutboxStatus.SENT}


def test_what_a_dead_process_left_is_settled_though_the_clock_was_put_back(database, clock, make_identity, fake, send):
    to = make_identity().id
    database.write(lambda session: enqueue(session, to, clock.now()))
    database.write(lambda session: outbox.claim(session, clock.now()))
    clock.advance(-HOUR)
    for _ in range(4):
        clock.advance(timedelta(minutes=30))
        send()
    assert [message.to for message in fake.messages] == ["+447700900123"]


def enqueue(session, identity_id, now, kind="reply"):
    outbox.enqueue(
        session,
        kind=kind,
        identity_id=identity_id,
        parameters={"text": "hello"},
        priority=Priority.REPLY if kind == "reply" else Priority.NOTICE,
        due_at=now,
        now=now,
    )
