"""The wellbeing check-in: three rounds of four questions, each to be passed over, broken off, and taken up again."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from services.core.clock import to_london
from services.core.database import Database
from services.insight import checkins, wishes
from services.insight.checkins import Round
from services.insight.tables import CheckinRound, InsightWish
from services.people import consent, flags
from services.people.tables import OutboxMessage

London = Callable[..., datetime]
Maker = Callable[..., Any]


@pytest.fixture
def ann(make_identity: Maker) -> Any:
    """Someone who texts."""
    return make_identity()


def begin(database: Database, who: Any, now: datetime) -> Round | None:
    return database.write(lambda session: checkins.begin(session, who.person_id, who.id, now))


def note(database: Database, round_id: int, now: datetime, **given: int | None) -> Round | None:
    return database.write(lambda session: checkins.note(session, round_id, given, now))


def whole(database: Database, who: Any, now: datetime) -> Round:
    """A first round with four answers."""
    opened = begin(database, who, now)
    assert opened is not None
    done = note(database, opened.id, now, satisfied=6, worthwhile=7, happy=5, anxious=4)
    assert done is not None
    return done


def statuses(database: Database) -> list[tuple[int, str]]:
    with database.read() as session:
        found = session.exec(select(CheckinRound).order_by(CheckinRound.month)).all()
    return [(each.month, each.status) for each in found]


def invite(database: Database, now: datetime) -> int:
    return database.write(lambda session: checkins.queue_due(session, now=now))


def lapse(database: Database, now: datetime) -> int:
    return database.write(lambda session: checkins.lapse_due(session, now=now))


def are_surveys_refused(database: Database, who: Any) -> bool:
    wanted = select(InsightWish.surveys_refused_at).where(InsightWish.person_id == who.person_id)
    with database.read() as session:
        return session.exec(wanted).first() is not None


def test_four_answers_end_the_round_and_the_first_plans_the_rest(database: Database, ann: Any, london: London) -> None:
    now = london(2026, 11, 23, 15)
    opened = begin(database, ann, now)
    assert opened is not None
    assert (opened.month, opened.status, opened.answered) == (0, "open", {})
    note(database, opened.id, now, satisfied=6)
    assert statuses(database) == [(0, "open"), (3, "planned"), (12, "planned")]
    note(database, opened.id, now, worthwhile=None)
    note(database, opened.id, now, happy=0)
    done = note(database, opened.id, now, anxious=10)
    assert done is not None
    assert done.status == "done"
    assert done.answered == {"satisfied": 6, "worthwhile": "skipped", "happy": 0, "anxious": 10}


def test_the_rounds_after_three_and_twelve_months_come_at_ten(database: Database, ann: Any, london: London) -> None:
    whole(database, ann, london(2026, 11, 23, 15))
    with database.read() as session:
        due = [to_london(each.due_at) for each in session.exec(select(CheckinRound)).all() if each.month]
    assert [moment.strftime("%d %b %Y %H:%M") for moment in sorted(due)] == ["23 Feb 2027 10:00", "23 Nov 2027 10:00"]


@pytest.mark.parametrize(
    ("begun", "months", "day"),
    [
        ((2026, 11, 30), 3, date(2027, 2, 28)),
        ((2027, 11, 30), 3, date(2028, 2, 29)),
        ((2026, 12, 31), 3, date(2027, 3, 31)),
        ((2028, 2, 29), 12, date(2029, 2, 28)),
        ((2026, 10, 25), 12, date(2027, 10, 25)),
    ],
)
def test_months_are_those_of_the_calendar(london: London, begun: tuple[int, ...], months: int, day: date) -> None:
    assert checkins.months_after(london(*begun, 23, 30), months) == day


def test_summer_time_moves_no_invitation(database: Database, ann: Any, london: London) -> None:
    whole(database, ann, london(2026, 12, 30, 15))
    assert invite(database, london(2027, 3, 30, 9, 59)) == 0
    assert invite(database, london(2027, 3, 30, 10)) == 1


def test_an_invitation_goes_once(database: Database, ann: Any, london: London) -> None:
    whole(database, ann, london(2026, 11, 23, 15))
    assert invite(database, london(2027, 2, 23, 9, 59)) == 0
    assert [invite(database, london(2027, 2, 23, 10, minute)) for minute in (0, 1)] == [1, 0]
    with database.read() as session:
        sent = session.exec(select(OutboxMessage)).all()
    assert [row.kind for row in sent] == [checkins.KIND]


def test_a_broken_off_round_goes_on_where_it_was(database: Database, ann: Any, london: London) -> None:
    opened = begin(database, ann, london(2026, 11, 23, 15))
    assert opened is not None
    note(database, opened.id, london(2026, 11, 23, 15), satisfied=6)
    again = begin(database, ann, london(2026, 11, 28, 15))
    assert again is not None
    assert (again.id, again.answered) == (opened.id, {"satisfied": 6})


def test_a_week_of_rest_ends_it(database: Database, ann: Any, london: London) -> None:
    opened = begin(database, ann, london(2026, 11, 23, 15))
    assert opened is not None
    note(database, opened.id, london(2026, 11, 25, 15), satisfied=6)
    assert lapse(database, london(2026, 12, 2, 14, 59)) == 0
    assert note(database, opened.id, london(2026, 12, 2, 15), happy=5) is None, "too late, whether or not a tick came"
    assert lapse(database, london(2026, 12, 2, 15)) == 1
    assert statuses(database)[0] == (0, "lapsed")
    taken_up = begin(database, ann, london(2027, 1, 4, 15))
    assert taken_up is not None
    assert taken_up.answered == {"satisfied": 6}


def test_an_invitation_not_taken_up_lapses_and_the_next_stays(database: Database, ann: Any, london: London) -> None:
    whole(database, ann, london(2026, 11, 23, 15))
    invite(database, london(2027, 2, 23, 10))
    assert lapse(database, london(2027, 3, 2, 10)) == 1
    assert statuses(database) == [(0, "done"), (3, "lapsed"), (12, "planned")]
    assert invite(database, london(2027, 11, 23, 10)) == 1


def test_one_round_may_be_left_out(database: Database, ann: Any, london: London) -> None:
    whole(database, ann, london(2026, 11, 23, 15))
    invite(database, london(2027, 2, 23, 10))
    with database.read() as session:
        three = session.exec(select(CheckinRound).where(CheckinRound.month == 3)).one()
    database.write(lambda session: checkins.decline(session, three.id or 0))
    assert statuses(database) == [(0, "done"), (3, "declined"), (12, "planned")]


def test_no_more_check_ins_ends_all_and_keeps_the_scores(database: Database, ann: Any, london: London) -> None:
    whole(database, ann, london(2026, 11, 23, 15))
    database.write(lambda session: wishes.refuse_checkins(session, ann.person_id, london(2026, 11, 24, 15)))
    assert statuses(database) == [(0, "done"), (3, "declined"), (12, "declined")]
    assert invite(database, london(2028, 1, 1, 12)) == 0
    assert not database.read_once(lambda session: consent.is_opted_out(session, ann.address))
    assert not are_surveys_refused(database, ann)
    with database.read() as session:
        assert session.exec(select(CheckinRound.satisfied).where(CheckinRound.month == 0)).one() == 6


def test_asking_again_takes_the_refusal_back(database: Database, ann: Any, london: London) -> None:
    opened = begin(database, ann, london(2026, 11, 23, 15))
    assert opened is not None
    note(database, opened.id, london(2026, 11, 23, 15), satisfied=6)
    database.write(lambda session: wishes.refuse_checkins(session, ann.person_id, london(2026, 11, 23, 16)))
    assert note(database, opened.id, london(2026, 11, 23, 16), happy=5) is None
    again = begin(database, ann, london(2026, 11, 24, 15))
    assert again is not None
    assert again.status == "open"
    assert not database.read_once(lambda session: wishes.checkins_refused(session, ann.person_id))
    assert [status for _, status in statuses(database)] == ["open", "planned", "planned"]


def test_asking_again_between_rounds_brings_back_those_to_come(database: Database, ann: Any, london: London) -> None:
    whole(database, ann, london(2026, 11, 23, 15))
    database.write(lambda session: wishes.refuse_checkins(session, ann.person_id, london(2026, 11, 24, 15)))
    assert begin(database, ann, london(2027, 3, 24, 15)) is None
    assert statuses(database) == [(0, "done"), (3, "declined"), (12, "planned")]


def test_nothing_is_due_between_rounds(database: Database, ann: Any, london: London) -> None:
    whole(database, ann, london(2026, 11, 23, 15))
    assert begin(database, ann, london(2026, 12, 23, 15)) is None


@pytest.mark.parametrize("what", ["stop", "bereavement", "red flag"])
def test_some_are_left_in_peace(database: Database, ann: Any, london: London, what: str) -> None:
    whole(database, ann, london(2026, 11, 23, 15))
    now = london(2027, 2, 1, 15)

    def happen(session: Session) -> None:
        if what == "stop":
            consent.opt_out(session, ann.address, source="keyword", now=now)
        else:
            category, severity = ("bereavement", 1) if what == "bereavement" else ("suicide", 0)
            flags.raise_flag(session, identity_id=ann.id, category=category, severity=severity, now=now)

    database.write(happen)
    assert invite(database, london(2027, 2, 23, 10)) == 0
    assert lapse(database, london(2027, 3, 10, 10)) == 1, "an invitation that cannot go for two weeks is dropped"


def test_it_is_offered_once(database: Database, ann: Any, london: London) -> None:
    def offer() -> bool:
        return database.write(lambda session: wishes.offer_checkins(session, ann.person_id, london(2026, 11, 23, 15)))

    assert [offer(), offer()] == [True, False]


def test_it_is_not_offered_to_who_takes_part_or_does_not_want_to(
    database: Database, make_identity: Maker, ann: Any, london: London
) -> None:
    begin(database, ann, london(2026, 11, 23, 15))
    ben = make_identity(address="+447700900124")
    database.write(lambda session: wishes.refuse_checkins(session, ben.person_id, london(2026, 11, 23, 15)))
    for who in (ann, ben):
        now = london(2026, 11, 24, 15)
        assert not database.write(lambda s, who=who, now=now: wishes.offer_checkins(s, who.person_id, now))


@pytest.mark.parametrize(
    ("question", "score", "shown"),
    [
        ("satisfied", 2, True),
        ("satisfied", 3, False),
        ("worthwhile", 0, True),
        ("happy", 2, True),
        ("happy", 3, False),
        ("anxious", 8, True),
        ("anxious", 7, False),
        ("anxious", 0, False),
    ],
)
def test_when_a_line_to_talk_to_is_shown(question: str, score: int, shown: bool) -> None:
    assert checkins.calls_for_support(question, score) is shown


def test_a_month_is_asked_once_by_two_processes(database: Database, ann: Any, london: London) -> None:
    whole(database, ann, london(2026, 11, 23, 15))
    first = database.submit(lambda session: checkins.queue_due(session, now=london(2027, 2, 23, 10)))
    second = database.submit(lambda session: checkins.queue_due(session, now=london(2027, 2, 23, 10)))
    first.result(), second.result()
    with database.read() as session:
        assert len(session.exec(select(OutboxMessage)).all()) == 1


def test_wishes_are_kept_apart(database: Database, ann: Any, london: London) -> None:
    now = london(2026, 11, 23, 15)
    database.write(lambda session: wishes.refuse_surveys(session, ann.person_id, now))
    assert not database.read_once(lambda session: wishes.checkins_refused(session, ann.person_id))
    database.write(lambda session: wishes.refuse_checkins(session, ann.person_id, now + timedelta(days=1)))
    assert are_surveys_refused(database, ann)
