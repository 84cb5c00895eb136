"""Reports: totals that tell nothing about anybody, and comments without numbers."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from services.booking.tables import Booking
from services.core.database import Database
from services.events.tables import Alliance
from services.insight import reports
from services.insight.reports import Scope
from services.insight.suppression import HIDDEN, SMALL, shown
from services.insight.tables import CheckinRound, FftResponse, Survey

London = Callable[..., datetime]
Maker = Callable[..., Any]
EVERYTHING = Scope()


def table(lines: Iterator[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(lines))))


def told(database: Database, report: Any, scope: Scope = EVERYTHING) -> list[dict[str, str]]:
    with database.read() as session:
        return table(report(session, scope))


@pytest.fixture
def rated(database: Database, make_identity: Maker) -> Callable[..., None]:
    """Have someone new rate each of some events' ratings (None: no answer), with one comment."""
    numbers = iter(range(100, 999))

    def rate(event: Any, ratings: list[int | None], comment: str = "", **columns: Any) -> None:
        for rating in ratings:
            number = next(numbers)
            who = make_identity(address=f"+447700900{number}", first_name="Ann")

            def unit(session: Session, who: Any = who, rating: int | None = rating, number: int = number) -> None:
                booking = Booking(
                    reference=f"R{number}", event_id=event.id, person_id=who.person_id, identity_id=who.id,
                    status="confirmed", created_at=event.starts_at,
                )  # fmt: skip
                session.add(booking)
                session.flush()
                given = {"attended": "yes", "answered_at": event.ends_at} if rating is not None else {}
                session.add(
                    Survey(
                        booking_id=booking.id,
                        event_id=event.id,
                        person_id=who.person_id,
                        rating=rating,
                        comment=comment,
                        asked_at=event.ends_at,
                        **(given | columns),
                    )
                )

            database.write(unit)

    return rate


def test_totals_of_an_event(database: Database, make_event: Maker, rated: Maker) -> None:
    event = make_event(title="Gentle yoga", external_id="yoga-1")
    rated(event, [10, 9, 9, 8, 8, 7, 7, 6, 5, 5, 4, 3, 2, 1, 0, None, None])
    (row,) = told(database, reports.feedback)
    assert row == {
        "event": "yoga-1", "title": "Gentle yoga", "date": "2026-12-03", "asked": "17", "replied": "15",
        "got there": "15", "part of it": "0", "did not": "0", "ratings": "15", "mean rating": "5.6",
        "rated 0 to 4": "5", "rated 5 to 7": "5", "rated 8 to 10": "5",
    }  # fmt: skip


def test_fewer_than_five_are_not_shown(database: Database, make_event: Maker, rated: Maker) -> None:
    rated(make_event(external_id="small"), [10, 9, 3, 2])
    (row,) = told(database, reports.feedback)
    assert {value for key, value in row.items() if key not in ("event", "title", "date")} == {HIDDEN, ""}


def test_several_small_events_are_told_together_only(database: Database, make_event: Maker, rated: Maker) -> None:
    for number in range(3):
        rated(make_event(external_id=f"small-{number}"), [10, 10, 10, 10])
    rated(make_event(external_id="big"), [8] * 6)
    rows = {row["event"]: row for row in told(database, reports.feedback)}
    assert [rows[f"small-{number}"]["ratings"] for number in range(3)] == [HIDDEN] * 3
    assert (rows["big"]["ratings"], rows["big"]["mean rating"]) == ("6", "8.0")
    assert (rows["those under 5"]["ratings"], rows["those under 5"]["mean rating"]) == ("12", "10.0")


def test_no_total_gives_a_small_one_away(database: Database, make_event: Maker, rated: Maker) -> None:
    rated(make_event(external_id="small"), [10, 10])
    rated(make_event(external_id="big"), [8] * 6)
    assert [row["event"] for row in told(database, reports.feedback)] == ["small", "big"]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6))
def test_a_hidden_part_cannot_be_worked_out_from_the_sum(parts: list[int]) -> None:
    cells = shown(parts)
    hidden = [part for part, cell in zip(parts, cells, strict=True) if cell == HIDDEN]
    assert all(cell == str(part) for part, cell in zip(parts, cells, strict=True) if cell != HIDDEN)
    assert not any(0 < part < SMALL for part, cell in zip(parts, cells, strict=True) if cell != HIDDEN)
    if hidden and sum(part > 0 for part in parts) > 1:
        assert len(hidden) > 1


def test_the_friends_and_family_test(database: Database, make_event: Maker) -> None:
    event = make_event(external_id="talk")

    def unit(session: Session) -> None:
        for answer in ["very_good"] * 8 + ["good"] * 6 + ["poor"] * 6 + ["dont_know"] * 5:
            session.add(FftResponse(event_id=event.id, answer=answer, given_on=date(2026, 12, 4)))

    database.write(unit)
    (row,) = told(database, reports.fft)
    assert (row["answers"], row["very good"], row["good"], row["poor"], row["don't know"]) == ("25", "8", "6", "6", "5")
    assert (row["positive %"], row["negative %"]) == ("56", "24")


def test_a_single_unhappy_voice_is_not_told_apart(database: Database, make_event: Maker) -> None:
    event = make_event()

    def unit(session: Session) -> None:
        for answer in ["very_good"] * 9 + ["very_poor"]:
            session.add(FftResponse(event_id=event.id, answer=answer, given_on=date(2026, 12, 4)))

    database.write(unit)
    (row,) = told(database, reports.fft)
    assert (row["very good"], row["very poor"], row["poor"]) == (HIDDEN, HIDDEN, "0")
    assert (row["positive %"], row["negative %"]) == ("", "")


def test_which_events(database: Database, make_event: Maker, rated: Maker, london: London) -> None:
    def alliance(session: Session) -> int:
        row = Alliance(name="North East London")
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id

    east = database.write(alliance)
    old = make_event(external_id="old", starts_at=london(2026, 10, 1, 14))
    new = make_event(external_id="new", starts_at=london(2026, 12, 1, 14), alliance_id=east)
    rated(old, [5] * 5)
    rated(new, [6] * 5)

    def events(scope: Scope) -> list[str]:
        return [row["event"] for row in told(database, reports.feedback, scope)]

    assert events(Scope()) == ["old", "new"]
    assert events(Scope(since=london(2026, 11, 1))) == ["new"]
    assert events(Scope(event_id=old.id)) == ["old"]
    assert events(Scope(alliance_id=east)) == ["new"]


def test_checkins_by_question_and_the_change_of_those_who_answered_twice(
    database: Database, make_identity: Maker, london: London
) -> None:
    people = [make_identity(address=f"+4477009001{number:02}") for number in range(6)]

    def unit(session: Session) -> None:
        for place, who in enumerate(people):
            asked = {"person_id": who.person_id, "identity_id": who.id, "status": "done"}
            session.add(CheckinRound(**asked, month=0, satisfied=5, anxious=4, due_at=london(2026, 1, 5)))
            if place < 5:
                session.add(CheckinRound(**asked, month=3, satisfied=7, due_at=london(2026, 4, 5)))

    database.write(unit)
    rows = told(database, reports.checkins)
    assert [(row["month"], row["question"], row["answers"], row["mean"]) for row in rows] == [
        ("0", "satisfied", "6", "5.0"),
        ("3", "satisfied", "5", "7.0"),
        ("0", "anxious", "6", "4.0"),
    ]
    assert (rows[1]["answered both times"], rows[1]["mean change"]) == ("5", "2.0")
    few = told(database, reports.checkins, Scope(since=london(2027, 1, 1)))
    assert few == []


def test_checkins_of_few_people_are_not_shown(database: Database, make_identity: Maker, london: London) -> None:
    who = make_identity()
    database.write(
        lambda session: session.add(
            CheckinRound(
                person_id=who.person_id, identity_id=who.id, month=0, status="done", happy=1, due_at=london(2026, 1, 5)
            )
        )
    )
    (row,) = told(database, reports.checkins)
    assert (row["answers"], row["mean"]) == (HIDDEN, "")


def test_checkins_of_those_who_booked_an_event(
    database: Database, make_event: Maker, make_identity: Maker, london: London, rated: Maker
) -> None:
    event = make_event()
    rated(event, [5])
    stranger = make_identity(address="+447700900050")
    database.write(
        lambda session: session.add(
            CheckinRound(
                person_id=stranger.person_id, identity_id=stranger.id, month=0, happy=5, due_at=london(2026, 1, 5)
            )
        )
    )
    assert told(database, reports.checkins, Scope(event_id=event.id)) == []
    assert len(told(database, reports.checkins)) == 1


def test_comments_carry_no_number_no_address_and_no_formula(
    database: Database, make_event: Maker, rated: Maker
) -> None:
    event = make_event(external_id="talk")
    rated(event, [9], "lovely, ring me on 07700 900123 or ann@example.org")
    rated(event, [2], "=1+1")
    rated(event, [None], "", attended="no", reason="was in hospital")
    rows = told(database, reports.comments)
    assert [row["words"] for row in rows if row["about"] == "rating"] == [
        "'=1+1",
        "lovely, ring me on (struck out) or (struck out)",
    ]
    assert [(row["event"], row["words"]) for row in rows if row["about"] == "absence"] == [("talk", "was in hospital")]
    assert all("Ann" not in row["words"] for row in rows)
    assert set(rows[0]) == {"event", "date", "about", "words"}
