"""The ticks that ask people afterwards, and close what nobody answered."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.jobs import PAGE, Job
from services.core.database import Database
from services.insight import answers, checkins, surveys
from services.insight.surveys import SurveyTiming


def insight_jobs(database: Database, timing: SurveyTiming) -> tuple[Job, ...]:
    """Surveys after events and rounds of the check-in; `timing` says when people are asked."""
    settled = surveys.Settled()

    def survey(now: datetime) -> dict[str, int]:
        return {
            "surveys_expired": database.write(lambda session: surveys.expire_due(session, now=now, limit=PAGE)),
            "surveys_queued": database.write(
                lambda session: surveys.queue_due(session, now=now, timing=timing, limit=PAGE, settled=settled)
            ),
            "answers_untied": database.write(lambda session: answers.forget_keys(session, now=now)),
        }

    def check_in(now: datetime) -> dict[str, int]:
        return {
            "checkins_lapsed": database.write(lambda session: checkins.lapse_due(session, now=now, limit=PAGE)),
            "checkins_queued": database.write(lambda session: checkins.queue_due(session, now=now, limit=PAGE)),
        }

    def has_surveys(session: Session, now: datetime) -> bool:
        to_ask = surveys.has_due(session, now=now, timing=timing, settled=settled)
        return to_ask or answers.has_old_keys(session, now=now)

    def has_check_ins(session: Session, now: datetime) -> bool:
        return checkins.has_due(session, now=now)

    return (
        Job("ask_after_events", timedelta(minutes=1), survey, has_surveys),
        Job("ask_how_people_are", timedelta(minutes=1), check_in, has_check_ins),
    )
