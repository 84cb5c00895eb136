"""The wellbeing check-in: four questions of the Office for National Statistics, at the start, after 3 and 12 months.

Scores are stored and never added up or explained to whoever gave them. The questions are ONS's personal wellbeing
questions (harmonised standard of 2020, Open Government Licence); their words are in the response file.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.core.clock import LONDON, to_london
from services.insight.peace import left_in_peace
from services.insight.tables import CheckinRound, RoundStatus
from services.insight.wishes import WISHES, accept_checkins
from services.people import outbox
from services.people.tables import Priority

KIND = "checkin_invitation"
QUESTIONS = ("satisfied", "worthwhile", "happy", "anxious")
LATER = (3, 12)
LAPSES_AFTER = timedelta(days=7)
_HOUR = 10
# An invitation that could not go by then (opted out, staff in conversation) is dropped.
_WORTH_INVITING = timedelta(days=14)
# Scores so low (so high for anxiety) that a line to talk to and a person are offered, whatever they mean.
_VERY_LOW, _VERY_ANXIOUS = 2, 8

_ROUNDS = CheckinRound.__table__  # type: ignore[attr-defined]


def _status(status: RoundStatus) -> ColumnElement[str]:
    """A status as a literal, so that both databases can use the partial indexes."""
    return literal_column(f"'{status.value}'")


_NOW: ColumnElement[datetime] = bindparam("now", type_=_ROUNDS.c.due_at.type)
_PERSON_S = select(_ROUNDS).where(_ROUNDS.c.person_id == bindparam("person")).order_by(_ROUNDS.c.month)
_ONE = select(_ROUNDS).where(_ROUNDS.c.id == bindparam("round")).with_for_update()
_ADD = {
    name: dialect.insert(_ROUNDS).on_conflict_do_nothing(index_elements=["person_id", "month"]).returning(_ROUNDS.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_CHANGE = update(_ROUNDS).where(_ROUNDS.c.id == bindparam("round"))
_UNWANTED = exists().where(WISHES.c.person_id == _ROUNDS.c.person_id, WISHES.c.checkins_refused_at.is_not(None))
_DUE = (
    select(_ROUNDS.c.id, _ROUNDS.c.identity_id, _ROUNDS.c.month)
    .where(
        _ROUNDS.c.status == _status(RoundStatus.PLANNED),
        _ROUNDS.c.due_at <= _NOW,
        ~left_in_peace(_ROUNDS.c.person_id),
        ~_UNWANTED,
    )
    .order_by(_ROUNDS.c.due_at, _ROUNDS.c.id)
    .limit(bindparam("most"))
)
_UNDER_WAY = _ROUNDS.c.status.in_([_status(RoundStatus.INVITED), _status(RoundStatus.OPEN)])
_TOO_OLD = or_(
    _UNDER_WAY & (_ROUNDS.c.last_at <= bindparam("before", type_=_ROUNDS.c.due_at.type)),
    (_ROUNDS.c.status == _status(RoundStatus.PLANNED))
    & (_ROUNDS.c.due_at <= bindparam("stale", type_=_ROUNDS.c.due_at.type)),
)
_REVIVE = (
    update(_ROUNDS)
    .where(
        _ROUNDS.c.person_id == bindparam("person"),
        _ROUNDS.c.status == RoundStatus.DECLINED.value,
        _ROUNDS.c.month > 0,
        _ROUNDS.c.due_at > _NOW,
    )
    .values(status=RoundStatus.PLANNED.value)
)
_LAPSED = select(_ROUNDS.c.id).where(_TOO_OLD).limit(bindparam("most"))
_LAPSE = (
    update(_ROUNDS).where(_ROUNDS.c.id.in_(_LAPSED)).values(status=RoundStatus.LAPSED.value).returning(_ROUNDS.c.id)
)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a person: its scores by question (None: not answered) and the questions that were passed over."""

    id: int
    month: int
    status: str
    scores: dict[str, int | None]
    passed: tuple[str, ...]
    due_at: datetime

    @property
    def answered(self) -> dict[str, int | str]:
        """What was said to each question that was put: a score, or "skipped"."""
        given: dict[str, int | str] = {name: score for name, score in self.scores.items() if score is not None}
        return given | dict.fromkeys(self.passed, "skipped")


def rounds(session: Session, person_id: int) -> list[Round]:
    """The rounds of a person, the first one first."""
    return [_round(row) for row in session.execute(_PERSON_S, {"person": person_id})]


def find(session: Session, round_id: int) -> Round | None:
    """The round with this id; locked until the end of the unit of work."""
    row = session.execute(_ONE, {"round": round_id}).first()
    return None if row is None else _round(row)


def _round(row: Any) -> Round:
    scores = {name: getattr(row, name) for name in QUESTIONS}
    return Round(row.id, row.month, row.status, scores, tuple(row.passed), row.due_at)


def begin(session: Session, person_id: int, identity_id: int, now: datetime) -> Round | None:
    """Open the round to be answered now: one under way or invited to, else the first; None when nothing is due.

    A first round that lapsed or was broken off is taken up where it was. Asking for it takes back an earlier refusal.
    """
    if accept_checkins(session, person_id):
        session.execute(_REVIVE, {"person": person_id, "now": now})
    known = rounds(session, person_id)
    if not known:
        return _first(session, person_id, identity_id, now)
    open_ones = [each for each in known if each.status in (RoundStatus.INVITED, RoundStatus.OPEN)]
    broken_off = [each for each in known[:1] if each.status in (RoundStatus.LAPSED, RoundStatus.DECLINED)]
    found = next(iter([*open_ones, *broken_off]), None)
    if found is None:
        return None
    _set(session, found.id, status=RoundStatus.OPEN.value, last_at=now)
    return find(session, found.id)


def _first(session: Session, person_id: int, identity_id: int, now: datetime) -> Round | None:
    round_id = _add(session, person_id, identity_id, 0, now, RoundStatus.OPEN, now)
    return find(session, round_id) if round_id is not None else None


def _add(
    session: Session,
    person_id: int,
    identity_id: int,
    month: int,
    due_at: datetime,
    status: RoundStatus,
    last_at: datetime | None,
) -> int | None:
    row = {"person_id": person_id, "identity_id": identity_id, "month": month, "due_at": due_at}
    row |= {"status": status.value, "last_at": last_at, "passed": []}
    added: int | None = session.execute(_ADD[session.get_bind().dialect.name], row).scalar()
    return added


def note(session: Session, round_id: int, answers: dict[str, int | None], now: datetime) -> Round | None:
    """Note answers by question (None: passed over); None when the round is no longer open.

    The first answer plans the rounds to come; the last one ends this one.
    """
    found = find(session, round_id)
    if found is None or found.status != RoundStatus.OPEN or now - _last(session, round_id) >= LAPSES_AFTER:
        return None
    passed = [name for name in found.passed if name not in answers]
    passed += [name for name, score in answers.items() if score is None]
    values: dict[str, Any] = {**answers, "passed": passed, "last_at": now}
    if len({*found.answered, *answers}) == len(QUESTIONS):
        values |= {"status": RoundStatus.DONE.value, "finished_at": now}
    _set(session, round_id, **values)
    if found.month == 0 and not found.answered:
        plan_later(session, round_id, now)
    return find(session, round_id)


def _last(session: Session, round_id: int) -> datetime:
    last: datetime | None = session.execute(select(_ROUNDS.c.last_at).where(_ROUNDS.c.id == round_id)).scalar()
    return last or datetime.max.replace(tzinfo=LONDON)


def plan_later(session: Session, round_id: int, now: datetime) -> None:
    """Plan the rounds after 3 and 12 months, at 10am in London; those planned before stay."""
    row = session.execute(_ONE, {"round": round_id}).one()
    for month in LATER:
        due_at = datetime.combine(months_after(now, month), time(_HOUR), LONDON)
        _add(session, row.person_id, row.identity_id, month, due_at, RoundStatus.PLANNED, None)


def months_after(moment: datetime, months: int) -> date:
    """The London day some months after a moment; the last day of a month that is too short for it."""
    local = to_london(moment).date()
    years, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month + 1
    return local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))


def decline(session: Session, round_id: int) -> None:
    """Leave out one round; those after it stay planned."""
    _set(session, round_id, status=RoundStatus.DECLINED.value)


def has_due(session: Session, *, now: datetime) -> bool:
    """Whether anybody is to be invited, or any round to be closed."""
    looks = ((_DUE, {"now": now, "most": 1}), (_LAPSED, _lapse_marks(now, 1)))
    return any(session.execute(look, marks).first() for look, marks in looks)


def queue_due(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Invite to the rounds that are due, and return to how many."""
    due = session.execute(_DUE, {"now": now, "most": limit}).all()
    for row in due:
        _set(session, row.id, status=RoundStatus.INVITED.value, last_at=now)
        outbox.enqueue(
            session,
            kind=KIND,
            identity_id=row.identity_id,
            parameters={
                "slots": {"checkin_round": row.id},
                "month": row.month,
                "answer_by": (now + LAPSES_AFTER).isoformat(),
            },
            priority=Priority.BULK,
            due_at=now,
            now=now,
            dedupe_key=f"checkin:{row.id}",
            expires_at=now + timedelta(days=1),
        )
    return len(due)


def lapse_due(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Close rounds that rested for a week, and those whose invitation could not go for two; return how many."""
    return len(session.execute(_LAPSE, _lapse_marks(now, limit)).all())


def _lapse_marks(now: datetime, most: int) -> dict[str, Any]:
    return {"before": now - LAPSES_AFTER, "stale": now - _WORTH_INVITING, "most": most}


def calls_for_support(question: str, score: int) -> bool:
    """Whether a line to talk to is shown with the next question; it says nothing of what the score means."""
    return score >= _VERY_ANXIOUS if question == "anxious" else score <= _VERY_LOW


def _set(session: Session, round_id: int, **values: Any) -> None:
    session.execute(_CHANGE.values(**values), {"round": round_id})
