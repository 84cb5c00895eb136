"""Surveys: the morning after, once a booking and once a week, and never to those who are left in peace."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from services.booking import outcomes, places
from services.core.clock import FixedClock, to_london
from services.core.database import Database
from services.events.tables import EventStatus
from services.insight import surveys, wishes
from services.insight.surveys import SurveyTiming
from services.insight.tables import Survey
from services.people import consent, conversations, flags
from services.people.tables import Conversation, OutboxMessage

London = Callable[..., datetime]
Maker = Callable[..., Any]
TIMING = SurveyTiming()


@pytest.fixture
def book(database: Database, make_identity: Maker) -> Callable[..., int]:
    """Book one place of an event, by someone new unless an identity is given."""
    numbers = iter(range(100, 200))

    def make(event: Any, identity: Any = None, **given: Any) -> int:
        who = identity or make_identity(address=f"+447700900{next(numbers)}")

        def unit(session: Session) -> int:
            held = places.hold(
                session,
                event_id=event.id,
                person_id=who.person_id,
                identity_id=who.id,
                places=1,
                now=event.starts_at - timedelta(days=1),
                hold_for=timedelta(minutes=15),
                **given,
            )
            assert isinstance(held, outcomes.Held)
            places.confirm(session, held.booking_id, now=event.starts_at - timedelta(days=1))
            return held.booking_id

        return database.write(unit)

    return make


def look(database: Database, now: datetime, timing: SurveyTiming = TIMING) -> int:
    return database.write(lambda session: surveys.queue_due(session, now=now, timing=timing))


def asked(database: Database) -> list[int]:
    with database.read() as session:
        rows = session.exec(select(OutboxMessage).where(OutboxMessage.kind == surveys.KIND)).all()
    return sorted(row.booking_id or 0 for row in rows)


def survey_of(database: Database, booking_id: int) -> Survey:
    with database.read() as session:
        return session.exec(select(Survey).where(Survey.booking_id == booking_id)).one()


def test_the_morning_after(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    booking = book(make_event(starts_at=london(2026, 12, 2, 14)))
    assert look(database, london(2026, 12, 2, 16, 1)) == 0
    assert look(database, london(2026, 12, 3, 9, 59)) == 0
    assert look(database, london(2026, 12, 3, 10)) == 1
    assert asked(database) == [booking]


def test_each_is_asked_once(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    booking = book(make_event(starts_at=london(2026, 12, 2, 14)))
    assert [look(database, london(2026, 12, 3, 10, minute)) for minute in range(3)] == [1, 0, 0]
    assert asked(database) == [booking]


def test_a_course_after_its_last_session(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    book(make_event(sessions=[london(2026, 12, 2, 14), london(2026, 12, 9, 14)]))
    assert look(database, london(2026, 12, 3, 10)) == 0
    assert look(database, london(2026, 12, 10, 10)) == 1


@pytest.mark.parametrize(
    ("ends", "due"),
    [
        ((2026, 10, 24, 22), "Sun 25 Oct 10:00 +0000"),  # the clocks go back in the night
        ((2027, 3, 27, 22), "Sun 28 Mar 10:00 +0100"),  # and forward
        ((2026, 12, 2, 23, 59), "Thu 03 Dec 10:00 +0000"),
        ((2026, 12, 3, 0, 30), "Fri 04 Dec 10:00 +0000"),
        ((2026, 7, 1, 0, 30), "Thu 02 Jul 10:00 +0100"),
    ],
)
def test_ten_in_london_whatever_the_clocks_do(london: London, ends: tuple[int, ...], due: str) -> None:
    assert to_london(TIMING.due(london(*ends))).strftime("%a %d %b %H:%M %z") == due


def test_when_is_a_setting(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    book(make_event(starts_at=london(2026, 12, 2, 14)))
    later = SurveyTiming(days=2, hour=18)
    assert look(database, london(2026, 12, 4, 17, 59), later) == 0
    assert look(database, london(2026, 12, 4, 18), later) == 1


def test_too_late_is_not_at_all(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    book(make_event(starts_at=london(2026, 12, 2, 14)))
    assert look(database, london(2026, 12, 6, 10)) == 0


def test_one_a_week_for_each_person(
    database: Database, make_event: Maker, make_identity: Maker, book: Maker, london: London
) -> None:
    ann = make_identity()
    first = book(make_event(starts_at=london(2026, 12, 2, 14)), ann)
    book(make_event(starts_at=london(2026, 12, 3, 14)), ann)
    third = book(make_event(starts_at=london(2026, 12, 9, 14)), ann)
    for day in range(3, 12):
        look(database, london(2026, 12, day, 10))
    assert asked(database) == [first, third]


def test_two_events_of_one_day_make_one_survey(
    database: Database, make_event: Maker, make_identity: Maker, book: Maker, london: London
) -> None:
    ann = make_identity()
    morning = book(make_event(starts_at=london(2026, 12, 2, 9)), ann)
    book(make_event(starts_at=london(2026, 12, 2, 14)), ann)
    assert look(database, london(2026, 12, 3, 10)) == 1
    assert asked(database) == [morning]


def test_not_after_a_cancellation(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    booking = book(make_event(starts_at=london(2026, 12, 2, 14)))
    database.write(lambda session: places.cancel(session, booking, london(2026, 12, 1, 14)))
    assert look(database, london(2026, 12, 3, 10)) == 0


def test_not_after_an_event_that_did_not_happen(
    database: Database, make_event: Maker, book: Maker, london: London
) -> None:
    event = make_event(starts_at=london(2026, 12, 2, 14))
    book(event)

    def call_off(session: Session) -> None:
        session.get_one(type(event), event.id).status = EventStatus.CANCELLED

    database.write(call_off)
    assert look(database, london(2026, 12, 3, 10)) == 0


def test_a_carer_is_not_asked_in_the_attendees_place(
    database: Database, make_event: Maker, book: Maker, london: London
) -> None:
    book(make_event(starts_at=london(2026, 12, 2, 14)), attendee="dad")
    assert look(database, london(2026, 12, 3, 10)) == 0


def stop(session: Session, identity: Any, now: datetime) -> None:
    consent.opt_out(session, identity.address, source="keyword", now=now)


def lose(session: Session, identity: Any, now: datetime) -> None:
    flag = flags.raise_flag(session, identity_id=identity.id, category="bereavement", severity=1, now=now)
    flags.handle(session, flag, now)


def alarm(session: Session, identity: Any, now: datetime) -> None:
    flags.raise_flag(session, identity_id=identity.id, category="infection", severity=0, now=now)


def guard(session: Session, identity: Any, now: datetime) -> None:
    flags.raise_flag(session, identity_id=identity.id, category="safeguarding", severity=2, now=now)


def refuse(session: Session, identity: Any, now: datetime) -> None:
    wishes.refuse_surveys(session, identity.person_id, now)


def hand_over(session: Session, identity: Any, now: datetime) -> None:
    conversations.save(session, identity.id, {}, now)
    session.get_one(Conversation, identity.id).with_staff_until = now + timedelta(days=30)


@pytest.mark.parametrize("happen", [stop, lose, alarm, guard, refuse, hand_over])
def test_some_are_left_in_peace(
    database: Database, make_event: Maker, make_identity: Maker, book: Maker, london: London, happen: Maker
) -> None:
    ann = make_identity()
    book(make_event(starts_at=london(2026, 12, 2, 14)), ann)
    other = book(make_event(starts_at=london(2026, 12, 2, 14)))
    database.write(lambda session: happen(session, ann, london(2026, 12, 1, 14)))
    look(database, london(2026, 12, 3, 10))
    assert asked(database) == [other]


def test_what_staff_have_dealt_with_no_longer_holds_it_up(
    database: Database, make_event: Maker, make_identity: Maker, book: Maker, london: London
) -> None:
    ann = make_identity()
    booking = book(make_event(starts_at=london(2026, 12, 2, 14)), ann)
    now = london(2026, 12, 1, 14)
    flag = database.write(
        lambda session: flags.raise_flag(session, identity_id=ann.id, category="infection", severity=0, now=now)
    )
    assert look(database, london(2026, 12, 3, 10)) == 0
    database.write(lambda session: flags.handle(session, flag, london(2026, 12, 3, 11)))
    assert look(database, london(2026, 12, 3, 12)) == 1
    assert asked(database) == [booking]


def test_a_stop_on_another_channel_counts_too(
    database: Database, make_event: Maker, make_identity: Maker, book: Maker, london: London
) -> None:
    ann = make_identity(channel="sms")

    def also_whatsapp(session: Session) -> None:
        session.add(type(ann)(person_id=ann.person_id, channel="whatsapp", address="+447700900999"))
        consent.opt_out(session, "+447700900999", source="keyword", now=london(2026, 12, 1, 9))

    database.write(also_whatsapp)
    book(make_event(starts_at=london(2026, 12, 2, 14)), ann)
    assert look(database, london(2026, 12, 3, 10)) == 0


def test_it_expires_after_five_days(
    database: Database, clock: FixedClock, make_event: Maker, book: Maker, london: London
) -> None:
    booking = book(make_event(starts_at=london(2026, 12, 2, 14)))
    look(database, london(2026, 12, 3, 10))

    def expire(now: datetime) -> int:
        return database.write(lambda session: surveys.expire_due(session, now=now))

    assert expire(london(2026, 12, 8, 9, 59)) == 0
    assert expire(london(2026, 12, 8, 10)) == 1
    assert expire(london(2026, 12, 8, 10)) == 0
    assert survey_of(database, booking).status == "expired"


def test_refusing_withdraws_what_was_asked(
    database: Database, make_event: Maker, make_identity: Maker, book: Maker, london: London
) -> None:
    ann = make_identity()
    booking = book(make_event(starts_at=london(2026, 12, 2, 14)), ann)
    look(database, london(2026, 12, 3, 10))
    database.write(lambda session: wishes.refuse_surveys(session, ann.person_id, london(2026, 12, 3, 11)))
    assert survey_of(database, booking).status == "declined"
    assert not database.read_once(lambda session: consent.is_opted_out(session, ann.address))


def test_a_page_at_a_time(database: Database, make_event: Maker, book: Maker, london: London) -> None:
    event = make_event(starts_at=london(2026, 12, 2, 14))
    booked = [book(event) for _ in range(5)]
    pages = [
        database.write(lambda s: surveys.queue_due(s, now=london(2026, 12, 3, 10), timing=TIMING, limit=2))
        for _ in range(4)
    ]
    assert pages == [2, 2, 1, 0]
    assert asked(database) == booked


def test_where_nobody_was_left_to_ask_is_looked_at_again_a_quarter_of_an_hour_later(
    database: Database, make_event: Maker, make_identity: Maker, book: Maker, london: London
) -> None:
    settled, who = surveys.Settled(), make_identity("+447700900090")

    def look_again(now: datetime) -> int:
        return database.write(lambda session: surveys.queue_due(session, now=now, timing=TIMING, settled=settled))

    book(make_event(starts_at=london(2026, 12, 2, 14)), who)
    morning = london(2026, 12, 3, 10)
    database.write(
        lambda session: conversations.give_to_staff(session, who.id, morning + timedelta(minutes=1), morning)
    )
    assert look_again(morning) == 0
    assert look_again(morning + timedelta(minutes=14)) == 0
    assert look_again(morning + timedelta(minutes=15)) == 1

    book(make_event(starts_at=london(2026, 12, 3, 14)))
    assert look_again(london(2026, 12, 4, 9, 59)) == 0
    assert look_again(london(2026, 12, 4, 10)) == 1


def test_the_days_asked_after_are_those_whose_morning_has_come(london: London) -> None:
    assert TIMING.ended(london(2026, 12, 3, 10)) == (london(2026, 11, 30), london(2026, 12, 3))
    assert TIMING.ended(london(2026, 12, 3, 9, 59)) == (london(2026, 11, 29), london(2026, 12, 2))
    # Across the change of the clocks in October the hour stays London's.
    assert TIMING.ended(london(2026, 10, 26, 10)) == (london(2026, 10, 23), london(2026, 10, 26))
    for ends_at, now in [
        (london(2026, 12, 2, 23, 59), london(2026, 12, 3, 10)),
        (london(2026, 12, 3), london(2026, 12, 4, 10)),
    ]:
        since, until = TIMING.ended(now)
        assert since <= ends_at < until
        assert TIMING.due(ends_at) == now
        assert TIMING.ended(now - timedelta(seconds=1))[1] <= ends_at
