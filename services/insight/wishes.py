"""What a person wants to be asked, and what they do not; apart from STOP, which is about every text."""

from datetime import datetime

from sqlalchemy import Column, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.insight.tables import CheckinRound, InsightWish, RoundStatus, Survey, SurveyStatus

WISHES = InsightWish.__table__  # type: ignore[attr-defined]
_SURVEYS = Survey.__table__  # type: ignore[attr-defined]
_ROUNDS = CheckinRound.__table__  # type: ignore[attr-defined]

_DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}
_WITHDRAW = (
    update(_SURVEYS)
    .where(_SURVEYS.c.person_id == bindparam("person"), _SURVEYS.c.status == SurveyStatus.ASKED.value)
    .values(status=SurveyStatus.DECLINED.value)
)
_UNDER_WAY = (RoundStatus.PLANNED.value, RoundStatus.INVITED.value, RoundStatus.OPEN.value)
_BREAK_OFF = (
    update(_ROUNDS)
    .where(_ROUNDS.c.person_id == bindparam("person"), _ROUNDS.c.status.in_(_UNDER_WAY))
    .values(status=RoundStatus.DECLINED.value)
)


def refuse_surveys(session: Session, person_id: int, now: datetime) -> None:
    """Ask the person nothing more about events they went to; a survey that waits for an answer is withdrawn."""
    _note(session, person_id, WISHES.c.surveys_refused_at, now)
    session.execute(_WITHDRAW, {"person": person_id})


def refuse_checkins(session: Session, person_id: int, now: datetime) -> None:
    """Ask the person no more about how they are: what is planned, offered or begun ends; the scores given stay."""
    _note(session, person_id, WISHES.c.checkins_refused_at, now)
    session.execute(_BREAK_OFF, {"person": person_id})


def checkins_refused(session: Session, person_id: int) -> bool:
    """Whether the person wants no check-ins."""
    return _noted(session, person_id, WISHES.c.checkins_refused_at)


def accept_checkins(session: Session, person_id: int) -> bool:
    """Take back a refusal, since the person asks for the check-in now; False when there was none."""
    if not checkins_refused(session, person_id):
        return False
    _note(session, person_id, WISHES.c.checkins_refused_at, None)
    return True


def offer_checkins(session: Session, person_id: int, now: datetime) -> bool:
    """Note that the check-in is offered; False when it has been before, was refused, or was taken up unoffered."""
    known = session.execute(select(_ROUNDS.c.id).where(_ROUNDS.c.person_id == person_id).limit(1)).first()
    if known is not None or checkins_refused(session, person_id):
        return False
    if _noted(session, person_id, WISHES.c.checkins_offered_at):
        return False
    _note(session, person_id, WISHES.c.checkins_offered_at, now)
    return True


def _note(session: Session, person_id: int, column: Column[datetime], at: datetime | None) -> None:
    insert = _DIALECTS[session.get_bind().dialect.name].insert(WISHES).values(person_id=person_id, **{column.name: at})
    session.execute(insert.on_conflict_do_update(index_elements=["person_id"], set_={column.name: at}))


def _noted(session: Session, person_id: int, column: Column[datetime]) -> bool:
    found = session.execute(select(column).where(WISHES.c.person_id == person_id)).scalar()
    return found is not None
