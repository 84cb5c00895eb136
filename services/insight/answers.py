"""What people say of an event: noted with the survey that asked, or with the last event they were booked on."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from services.booking.standing import IS_CURRENT, booking, status_in
from services.booking.tables import BookingStatus
from services.core.clock import to_london
from services.events.tables import Event
from services.insight.tables import Attended, FftResponse, Instrument, Survey, SurveyStatus

_SURVEYS = Survey.__table__  # type: ignore[attr-defined]
_EVENTS = Event.__table__  # type: ignore[attr-defined]
_RESPONSES = FftResponse.__table__  # type: ignore[attr-defined]

# Ratings so low that a person is offered.
LOW = 4
_LOW_ANSWERS = frozenset({"poor", "very_poor"})
# What is said unasked is about an event that ended no longer ago than this.
_LOOK_BACK = timedelta(days=60)
_COMMENT_WITHIN = timedelta(days=5)

_FIND = (
    select(
        _SURVEYS.c.id,
        _SURVEYS.c.status,
        _SURVEYS.c.expires_at,
        _SURVEYS.c.instrument,
        _SURVEYS.c.attended,
        _SURVEYS.c.comment,
        _SURVEYS.c.event_id,
        _SURVEYS.c.booking_id,
        _SURVEYS.c.person_id,
        _EVENTS.c.discreet_title,
        _EVENTS.c.ends_at,
    )
    .join(_EVENTS, _EVENTS.c.id == _SURVEYS.c.event_id)
    .where(_SURVEYS.c.id == bindparam("survey"))
    .with_for_update(of=_SURVEYS)
)
_LAST = (
    select(booking.c.id, booking.c.event_id, booking.c.person_id)
    .join(_EVENTS, _EVENTS.c.id == booking.c.event_id)
    .where(
        booking.c.person_id == bindparam("person"),
        IS_CURRENT,
        status_in(BookingStatus.CONFIRMED),
        _EVENTS.c.starts_at <= bindparam("now", type_=_EVENTS.c.starts_at.type),
        _EVENTS.c.ends_at > bindparam("since", type_=_EVENTS.c.starts_at.type),
    )
    .order_by(_EVENTS.c.starts_at.desc(), booking.c.id.desc())
    .limit(1)
)
_OF_BOOKING = select(_SURVEYS.c.id).where(_SURVEYS.c.booking_id == bindparam("booking"))
_CHANGE = update(_SURVEYS).where(_SURVEYS.c.id == bindparam("survey"))
_COMMENT = (
    update(_RESPONSES)
    .where(_RESPONSES.c.comment_key == bindparam("key"))
    .values(comment=bindparam("words"), comment_key=None)
    .returning(_RESPONSES.c.id)
)
_HAS_OLD_KEY = (_RESPONSES.c.comment_key.is_not(None), _RESPONSES.c.given_on < bindparam("before"))
_OLD_KEY = select(_RESPONSES.c.id).where(*_HAS_OLD_KEY).limit(1)
_FORGET_KEYS = update(_RESPONSES).where(*_HAS_OLD_KEY).values(comment_key=None).returning(_RESPONSES.c.id)


@dataclass(frozen=True, slots=True)
class Found:
    """A survey with its event; `is_open` says that an answer to it still counts."""

    survey_id: int
    is_open: bool
    instrument: str
    attended: str
    event_id: int
    booking_id: int
    title: str
    ends_at: datetime


def find(session: Session, survey_id: int, now: datetime) -> Found | None:
    """The survey with this id, None when there is none; locked until the end of the unit of work."""
    row = session.execute(_FIND, {"survey": survey_id}).first()
    if row is None:
        return None
    is_open = row.status == SurveyStatus.ASKED and (row.expires_at is None or now < row.expires_at)
    return Found(
        row.id, is_open, row.instrument, row.attended, row.event_id, row.booking_id, row.discreet_title, row.ends_at
    )


def last_attended(session: Session, person_id: int, now: datetime) -> Found | None:
    """The survey of the last event that a person was booked on and that has begun, made when there is none."""
    booked = session.execute(_LAST, {"person": person_id, "now": now, "since": now - _LOOK_BACK}).first()
    if booked is None:
        return None
    known: int | None = session.execute(_OF_BOOKING, {"booking": booked.id}).scalar()
    return find(session, known if known is not None else _volunteered(session, booked), now)


def _volunteered(session: Session, booked: Any) -> int:
    row = {
        "booking_id": booked.id,
        "event_id": booked.event_id,
        "person_id": booked.person_id,
        "instrument": Instrument.RATING.value,
        "status": SurveyStatus.ASKED.value,
        "attended": "",
        "reason": "",
        "comment": "",
    }
    made: int = session.execute(insert(_SURVEYS).values(**row).returning(_SURVEYS.c.id)).scalar_one()
    return made


def note_attended(session: Session, survey_id: int, attended: Attended, now: datetime, *, reason: str = "") -> None:
    """Note whether someone was there; who was not is asked nothing more."""
    values: dict[str, Any] = {"attended": attended.value, "answered_at": now}
    if attended is Attended.NO:
        values |= {"status": SurveyStatus.ABSENT.value, "reason": reason}
    session.execute(_CHANGE.values(**values), {"survey": survey_id})


def note_opinion(session: Session, survey_id: int, now: datetime, *, rating: int | None, comment: str) -> None:
    """Note a rating from 0 to 10, a comment or both; a comment is added to what was said before.

    Whoever rates an event was there. Only a rating ends the survey: without one it may still be asked for.
    """
    said = session.execute(_FIND, {"survey": survey_id}).one()
    words = [words for words in (said.comment, comment) if words]
    values: dict[str, Any] = {"comment": "\n".join(words), "answered_at": now}
    if rating is not None:
        values |= {"rating": rating, "status": SurveyStatus.ANSWERED.value}
    if said.attended in ("", Attended.NO):
        values["attended"] = Attended.YES.value
    session.execute(_CHANGE.values(**values), {"survey": survey_id})


def close(session: Session, survey_id: int, now: datetime) -> None:
    """End a survey with what was said so far."""
    session.execute(_CHANGE.values(status=SurveyStatus.ANSWERED.value, answered_at=now), {"survey": survey_id})


def note_fft(session: Session, survey_id: int, answer: str, now: datetime) -> str:
    """Keep an answer to the Friends and Family Test apart from whoever gave it, and return the key for its comment.

    The survey says only that the test was answered.
    """
    found = session.execute(_FIND, {"survey": survey_id}).one()
    key = secrets.token_hex(8)
    row = {"event_id": found.event_id, "answer": answer, "given_on": to_london(now).date(), "comment_key": key}
    session.execute(insert(_RESPONSES).values(**row, comment=""))
    close(session, survey_id, now)
    return key


def note_fft_comment(session: Session, key: str, comment: str) -> bool:
    """Add the comment to an answer, once; False when it came too late."""
    return session.execute(_COMMENT, {"key": key, "words": comment}).first() is not None


def has_old_keys(session: Session, *, now: datetime) -> bool:
    """Whether `forget_keys` would find anything."""
    return session.execute(_OLD_KEY, _old(now)).first() is not None


def forget_keys(session: Session, *, now: datetime) -> int:
    """Cut the last tie between answers to the Friends and Family Test and the conversations they came from."""
    return len(session.execute(_FORGET_KEYS, _old(now)).all())


def _old(now: datetime) -> dict[str, date]:
    return {"before": to_london(now - _COMMENT_WITHIN).date()}


def is_low(rating: int | None = None, answer: str = "") -> bool:
    """Whether an answer is so low that a person is offered."""
    return answer in _LOW_ANSWERS or (rating is not None and rating <= LOW)
