"""Reminders: planned at humane hours, dropped when they make no sense, never sent twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from services.booking import outcomes, places
from services.campaigns import reminders
from services.campaigns.tables import Reminder
from services.core.clock import FixedClock, to_london
from services.core.database import Database
from services.people.tables import OutboxMessage

London = Callable[..., datetime]
Maker = Callable[..., Any]


@pytest.fixture
def book(database: Database, clock: FixedClock, make_identity: Maker) -> Callable[..., int]:
    """Book one place of an event and plan its reminders."""

    def make(event: Any) -> int:
        identity = make_identity()

        def unit(session: Session) -> int:
            held = places.hold(
                session,
                event_id=event.id,
                person_id=identity.person_id,
                identity_id=identity.id,
                places=1,
                now=clock.now(),
                hold_for=timedelta(minutes=15),
            )
            assert isinstance(held, outcomes.Held)
            assert isinstance(places.confirm(session, held.booking_id, now=clock.now()), outcomes.Confirmed)
            reminders.plan(session, held.booking_id, now=clock.now())
            return held.booking_id

        return database.write(unit)

    return make


def planned(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.exec(select(Reminder).where(Reminder.status == "planned").order_by(Reminder.due_at)).all()
    return [(row.kind, to_london(row.due_at).strftime("%a %d %b %H:%M")) for row in rows]


def queued(database: Database) -> list[str]:
    with database.read() as session:
        return [row.parameters["kind"] for row in session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all()]


def look(database: Database, now: datetime) -> reminders.Queued:
    return database.write(lambda session: reminders.queue_due(session, now=now))


def test_three_reminders_before_an_afternoon_event(
    database: Database, make_event: Maker, book: Maker, london: London
) -> None:
    book(make_event(starts_at=london(2026, 12, 10, 14)))
    assert planned(database) == [
        ("week", "Thu 03 Dec 14:00"),
        ("day", "Wed 09 Dec 14:00"),
        ("hours", "Thu 10 Dec 12:00"),
    ]


@pytest.mark.parametrize(
    ("hour", "minute", "goes"),
    [
        (9, 30, "Thu 10 Dec 08:00"),
        (8, 45, "Thu 10 Dec 08:00"),
        (8, 30, "Wed 09 Dec 20:30"),
        (10, 0, "Thu 10 Dec 08:00"),
    ],
)
def test_two_hours_before_is_never_at_night(
    database: Database, make_event: Maker, book: Maker, london: London, hour: int, minute: int, goes: str
) -> None:
    book(make_event(starts_at=london(2026, 12, 10, hour, minute)))
    assert ("hours", goes) in planned(database)


def test_no_reminder_within_three_hours_of_booking(
    database: Database, make_event: Maker, book: Maker, london: London
) -> None:
    book(make_event(starts_at=london(2026, 11, 23, 14, 30)))
    assert planned(database) == []


def test_a_course_is_reminded_of_each_session(
    database: Database, make_event: Maker, book: Maker, london: London
) -> None:
    book(make_event(sessions=[london(2026, 12, 10, 14), london(2026, 12, 17, 14)]))
    assert [kind for kind, _ in planned(database)] == ["week", "day", "hours", "day", "hours"]


def test_each_goes_once(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    book(make_event(starts_at=london(2026, 12, 10, 14)))
    for day, hour in ((3, 14), (3, 14), (9, 14), (9, 15), (10, 12), (10, 13)):
        look(database, london(2026, 12, day, hour))
    assert queued(database) == ["week", "day", "hours"]


def test_of_several_that_are_late_only_the_last_goes(
    database: Database, make_event: Maker, book: Maker, london: London
) -> None:
    book(make_event(starts_at=london(2026, 12, 10, 14)))
    assert look(database, london(2026, 12, 9, 16)) == reminders.Queued(queued=1, dropped=1)
    assert queued(database) == ["day"]


def test_none_once_it_has_begun(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    book(make_event(starts_at=london(2026, 12, 10, 14)))
    assert look(database, london(2026, 12, 10, 14)).queued == 0
    assert queued(database) == []


def test_none_after_a_cancellation(
    database: Database, clock: FixedClock, make_event: Maker, book: Maker, london: London
) -> None:
    booking_id = book(make_event(starts_at=london(2026, 12, 10, 14)))
    database.write(lambda session: places.cancel(session, booking_id, clock.now()))
    assert look(database, london(2026, 12, 9, 15)).queued == 0
    assert queued(database) == []


def test_dropped_reminders_stay_dropped(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    booking_id = book(make_event(starts_at=london(2026, 12, 10, 14)))
    database.write(lambda session: reminders.drop(session, booking_id, "asked"))
    assert look(database, london(2026, 12, 9, 15)) == reminders.Queued(0, 0)
