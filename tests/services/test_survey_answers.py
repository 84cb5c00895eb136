"""What is said of an event: noted once, kept whole, and the Friends and Family Test apart from whoever answered it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from services.booking.tables import Booking
from services.core.database import Database
from services.events.tables import Alliance, Provider
from services.insight import answers, instruments, surveys
from services.insight.surveys import SurveyTiming
from services.insight.tables import Attended, FftResponse, Instrument, InstrumentRule, Survey

London = Callable[..., datetime]
Maker = Callable[..., Any]


@pytest.fixture
def booked(database: Database, make_event: Maker, make_identity: Maker, london: London) -> Callable[..., Booking]:
    """A confirmed booking of an event that ended at 4pm on 2 December."""

    def make(identity: Any = None, event: Any = None, reference: str = "AAAAA2") -> Booking:
        event = event or make_event(starts_at=london(2026, 12, 2, 14))
        who = identity or make_identity()
        booking = Booking(
            reference=reference,
            event_id=event.id,
            person_id=who.person_id,
            identity_id=who.id,
            status="confirmed",
            created_at=event.starts_at - timedelta(days=3),
        )

        def keep(session: Session) -> None:
            session.add(booking)
            session.flush()

        database.write(keep)
        return booking

    return make


def ask(database: Database, now: datetime) -> Survey:
    database.write(lambda session: surveys.queue_due(session, now=now, timing=SurveyTiming()))
    return the_survey(database)


def the_survey(database: Database) -> Survey:
    with database.read() as session:
        return session.exec(select(Survey)).one()


def test_a_rating_with_a_comment(database: Database, booked: Maker, london: London) -> None:
    booked()
    survey = ask(database, london(2026, 12, 3, 10))
    now = london(2026, 12, 3, 12)
    database.write(lambda s: answers.note_opinion(s, survey.id, now, rating=9, comment="really helped"))
    found = the_survey(database)
    assert (found.status, found.attended, found.rating, found.comment) == ("answered", "yes", 9, "really helped")


def test_a_comment_alone_leaves_the_survey_open_for_a_rating(database: Database, booked: Maker, london: London) -> None:
    booked()
    survey = ask(database, london(2026, 12, 3, 10))
    now = london(2026, 12, 3, 12)
    database.write(lambda s: answers.note_opinion(s, survey.id, now, rating=None, comment="it was rubbish"))
    assert the_survey(database).status == "asked"
    database.write(lambda s: answers.note_opinion(s, survey.id, now, rating=2, comment="too cold"))
    found = the_survey(database)
    assert (found.status, found.rating, found.comment) == ("answered", 2, "it was rubbish\ntoo cold")


def test_who_was_not_there_is_done(database: Database, booked: Maker, london: London) -> None:
    booked()
    survey = ask(database, london(2026, 12, 3, 10))
    now = london(2026, 12, 3, 12)
    database.write(lambda s: answers.note_attended(s, survey.id, Attended.NO, now, reason="was in hospital"))
    found = the_survey(database)
    assert (found.status, found.attended, found.reason) == ("absent", "no", "was in hospital")
    late = database.write(lambda s: answers.find(s, survey.id, now))
    assert late is not None
    assert not late.is_open


def test_an_answer_counts_for_five_days(database: Database, booked: Maker, london: London) -> None:
    booked()
    survey = ask(database, london(2026, 12, 3, 10))
    opens = [
        database.write(lambda s, at=at: answers.find(s, survey.id, at)).is_open
        for at in (london(2026, 12, 8, 9, 59), london(2026, 12, 8, 10))
    ]
    assert opens == [True, False]


def test_what_is_said_unasked_goes_with_the_last_event(
    database: Database, make_event: Maker, make_identity: Maker, booked: Maker, london: London
) -> None:
    ann = make_identity()
    booked(ann, make_event(starts_at=london(2026, 11, 20, 14)), "AAAAA2")
    last = booked(ann, make_event(starts_at=london(2026, 12, 2, 14)), "AAAAA3")
    booked(ann, make_event(starts_at=london(2026, 12, 20, 14)), "AAAAA4")
    found = database.write(lambda s: answers.last_attended(s, ann.person_id, london(2026, 12, 3, 9)))
    assert found is not None
    assert found.booking_id == last.id
    again = database.write(lambda s: answers.last_attended(s, ann.person_id, london(2026, 12, 3, 9)))
    assert again == found
    later = database.write(lambda s: surveys.queue_due(s, now=london(2026, 12, 3, 10), timing=SurveyTiming()))
    assert later == 0, "one survey for a booking, asked or told"


def test_nothing_to_go_with(database: Database, make_identity: Maker, booked: Maker, london: London) -> None:
    ann = make_identity()
    booked(ann)
    assert database.write(lambda s: answers.last_attended(s, ann.person_id, london(2026, 12, 2, 13))) is None
    assert database.write(lambda s: answers.last_attended(s, ann.person_id, london(2027, 3, 2, 13))) is None


def test_the_friends_and_family_test_names_nobody(database: Database, booked: Maker, london: London) -> None:
    booking = booked()
    survey = ask(database, london(2026, 12, 3, 10))
    now = london(2026, 12, 3, 12)
    key = database.write(lambda s: answers.note_fft(s, survey.id, "good", now))
    assert database.write(lambda s: answers.note_fft_comment(s, key, "kind people"))
    assert not database.write(lambda s: answers.note_fft_comment(s, key, "again"))
    with database.read() as session:
        response = session.exec(select(FftResponse)).one()
    assert (response.event_id, response.answer, response.comment) == (booking.event_id, "good", "kind people")
    assert response.comment_key is None
    assert {"person_id", "identity_id", "booking_id"}.isdisjoint(FftResponse.model_fields)
    found = the_survey(database)
    assert (found.status, found.rating, found.comment) == ("answered", None, "")


def test_the_tie_to_a_conversation_is_cut_after_days(database: Database, booked: Maker, london: London) -> None:
    booked()
    survey = ask(database, london(2026, 12, 3, 10))
    key = database.write(lambda s: answers.note_fft(s, survey.id, "good", london(2026, 12, 3, 12)))
    assert database.write(lambda s: answers.forget_keys(s, now=london(2026, 12, 8, 12))) == 0
    assert database.write(lambda s: answers.forget_keys(s, now=london(2026, 12, 9, 12))) == 1
    assert not database.write(lambda s: answers.note_fft_comment(s, key, "late"))


@pytest.mark.parametrize("rating", [-1, 11])
def test_no_rating_outside_0_to_10(database: Database, booked: Maker, london: London, rating: int) -> None:
    booked()
    survey = ask(database, london(2026, 12, 3, 10))
    with pytest.raises(IntegrityError):
        database.write(lambda s: answers.note_opinion(s, survey.id, london(2026, 12, 3, 12), rating=rating, comment=""))


@pytest.mark.parametrize(("rating", "low"), [(0, True), (4, True), (5, False), (None, False)])
def test_low_ratings(rating: int | None, low: bool) -> None:
    assert answers.is_low(rating) is low


@pytest.mark.parametrize(("answer", "low"), [("very_poor", True), ("poor", True), ("neither", False), ("good", False)])
def test_low_answers(answer: str, low: bool) -> None:
    assert answers.is_low(answer=answer) is low


def test_the_instrument_is_the_providers_then_the_alliances(
    database: Database, make_event: Maker, london: London
) -> None:
    def owners(session: Session) -> tuple[int, int]:
        provider, alliance = Provider(name="Maggie's"), Alliance(name="North Central London")
        session.add_all([provider, alliance])
        session.flush()
        assert provider.id is not None
        assert alliance.id is not None
        return provider.id, alliance.id

    provider, alliance = database.write(owners)
    both = make_event(provider_id=provider, alliance_id=alliance)
    other = make_event(alliance_id=alliance)
    none = make_event()

    def used() -> list[str]:
        with database.read() as session:
            return [instruments.instrument_for(session, event.id, 1).value for event in (both, other, none)]

    def set_to(owner: str, name: str, instrument: Instrument) -> None:
        database.write(lambda s: instruments.set_rule(s, owner, name, instrument))

    assert used() == ["rating", "rating", "rating"]
    set_to("alliance", "North Central London", Instrument.FFT)
    assert used() == ["fft", "fft", "rating"]
    set_to("provider", "Maggie's", Instrument.RATING)
    assert used() == ["rating", "fft", "rating"]
    set_to("alliance", "North Central London", Instrument.ALTERNATE)
    with database.read() as session:
        turns = [instruments.instrument_for(session, other.id, booking).value for booking in range(4)]
        assert len(session.exec(select(InstrumentRule)).all()) == 2
    assert turns == ["rating", "fft", "rating", "fft"]
    with pytest.raises(LookupError, match="no provider called Nobody"):
        set_to("provider", "Nobody", Instrument.FFT)
