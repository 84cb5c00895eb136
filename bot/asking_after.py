"""The words of questions that nobody asked for: how an event was, and how someone is."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.actions.base import phrase
from bot.actions.wording import hello
from bot.dialogue.utterance import Utterance
from services.booking.tables import Booking, BookingStatus
from services.core.clock import to_london
from services.core.spoken import spoken_date
from services.events.tables import Event, EventStatus, Kind
from services.insight import checkins, surveys
from services.insight.tables import CheckinRound, RoundStatus, Survey, SurveyStatus
from services.people.outbox import OutboxRow
from services.people.refusals import Reason
from services.people.tables import Person
from services.people.verdicts import Refuse

ASKING = frozenset({surveys.KIND, checkins.KIND})


def words_of_question(session: Session, row: OutboxRow, now: datetime) -> Utterance | Refuse:
    """What is said, or why it is not asked any more: answered, refused or called off since it was written."""
    slots = row.parameters["slots"]
    if row.kind == checkins.KIND:
        return _checkin(session, session.get(CheckinRound, slots["checkin_round"]))
    return _survey(session, session.get(Survey, slots["survey"]), now)


def _survey(session: Session, survey: Survey | None, now: datetime) -> Utterance | Refuse:
    if survey is None or survey.status != SurveyStatus.ASKED:
        return Refuse(Reason.NOT_WANTED)
    booking = session.get_one(Booking, survey.booking_id)
    event = session.get_one(Event, survey.event_id)
    if booking.status != BookingStatus.CONFIRMED or event.status != EventStatus.PUBLISHED:
        return Refuse(Reason.BOOKING_CANCELLED)
    parameters = {"hello": _hello(session, survey.person_id), "title": event.discreet_title, "day": _day(event, now)}
    return Utterance("utter_unsolicited_survey", parameters)


def _day(event: Event, now: datetime) -> dict[str, Any]:
    if event.kind == Kind.COURSE:
        return phrase("part_day_course", date=spoken_date(event.ends_at, now))
    is_yesterday = to_london(event.ends_at).date() == to_london(now).date() - timedelta(days=1)
    return phrase("part_day_yesterday") if is_yesterday else phrase("part_day_on", date=spoken_date(event.ends_at, now))


def _checkin(session: Session, found: CheckinRound | None) -> Utterance | Refuse:
    if found is None or found.status != RoundStatus.INVITED:
        return Refuse(Reason.NOT_WANTED)
    parameters = {"hello": _hello(session, found.person_id), "months": found.month}
    return Utterance("utter_unsolicited_checkin", parameters)


def _hello(session: Session, person_id: int) -> dict[str, Any]:
    return hello(session.get_one(Person, person_id).first_name)
