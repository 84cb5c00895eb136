"""Asking after an event: who is asked, when, and when a question that nobody answered is over."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.booking.tables import Booking, BookingStatus
from services.core.clock import LONDON, to_london
from services.events.tables import Event, EventStatus
from services.insight.instruments import instrument_for
from services.insight.peace import left_in_peace
from services.insight.tables import Survey, SurveyStatus
from services.insight.wishes import WISHES
from services.people import outbox
from services.people.tables import Priority

KIND = "survey"
EXPIRES_AFTER = timedelta(days=5)
# A survey that could not be asked by then (a text about another event, staff in conversation) is not asked at all.
_WORTH_ASKING = timedelta(days=3)
_BETWEEN_SURVEYS = timedelta(days=7)
_LOOK_EVERY = timedelta(minutes=15)

_SURVEYS = Survey.__table__  # type: ignore[attr-defined]
_BOOKINGS = Booking.__table__  # type: ignore[attr-defined]
_EVENTS = Event.__table__  # type: ignore[attr-defined]


def _moment(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=_EVENTS.c.ends_at.type)


_OVER = select(_EVENTS.c.id).where(
    _EVENTS.c.status == EventStatus.PUBLISHED.value,
    _EVENTS.c.ends_at >= _moment("since"),
    _EVENTS.c.ends_at < _moment("until"),
)
_ASKED_LATELY = exists().where(_SURVEYS.c.person_id == _BOOKINGS.c.person_id, _SURVEYS.c.asked_at > _moment("lately"))
_UNWANTED = exists().where(WISHES.c.person_id == _BOOKINGS.c.person_id, WISHES.c.surveys_refused_at.is_not(None))
# An attendee who is not the one who booked answers for themselves, so a carer is not asked in their place.
_TO_ASK = (
    select(
        _BOOKINGS.c.id,
        _BOOKINGS.c.event_id,
        _BOOKINGS.c.person_id,
        _BOOKINGS.c.identity_id,
        _EVENTS.c.discreet_title,
        _EVENTS.c.starts_at,
        _EVENTS.c.ends_at,
    )
    .join(_EVENTS, _EVENTS.c.id == _BOOKINGS.c.event_id)
    .where(
        _BOOKINGS.c.event_id.in_(bindparam("events", expanding=True)),
        _BOOKINGS.c.status == BookingStatus.CONFIRMED.value,
        _BOOKINGS.c.attendee == "",
        ~exists().where(_SURVEYS.c.booking_id == _BOOKINGS.c.id),
        ~_ASKED_LATELY,
        ~_UNWANTED,
        ~left_in_peace(_BOOKINGS.c.person_id),
    )
    .order_by(_EVENTS.c.ends_at, _BOOKINGS.c.id)
    .limit(bindparam("most"))
)
_ADD = {
    name: dialect.insert(_SURVEYS).on_conflict_do_nothing(index_elements=["booking_id"]).returning(_SURVEYS.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_OPEN = _SURVEYS.c.status == literal_column(f"'{SurveyStatus.ASKED.value}'")
_RUN_OUT = select(_SURVEYS.c.id).where(_OPEN, _SURVEYS.c.expires_at <= _moment("now")).limit(bindparam("most"))
_EXPIRE = (
    update(_SURVEYS)
    .where(_SURVEYS.c.id.in_(_RUN_OUT))
    .values(status=SurveyStatus.EXPIRED.value)
    .returning(_SURVEYS.c.id)
)


@dataclass(frozen=True, slots=True)
class SurveyTiming:
    """When people are asked: `days` after the last session, at `hour` o'clock in London."""

    days: int = 1
    hour: int = 10

    def due(self, ends_at: datetime) -> datetime:
        """When those who were booked on an event that ended then are asked."""
        day = to_london(ends_at).date() + timedelta(days=self.days)
        return datetime.combine(day, time(self.hour), LONDON)

    def ended(self, now: datetime) -> tuple[datetime, datetime]:
        """From when to before when the events ended that people are asked after now."""
        first, last = self._day_asked_after(now - _WORTH_ASKING), self._day_asked_after(now)
        return _midnight_after(first), _midnight_after(last)

    def _day_asked_after(self, now: datetime) -> date:
        """The London day whose events people were asked after last."""
        asked_at = to_london(now)
        return asked_at.date() - timedelta(days=self.days + (asked_at.time() < time(self.hour)))


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


class Settled:
    """Events about which nobody was left to ask a moment ago; to look at thousands of bookings anew takes time.

    They are looked at again after a quarter of an hour, since someone's reason not to be asked may have gone.
    """

    def __init__(self) -> None:
        self._events: frozenset[int] = frozenset()
        self._at: datetime | None = None

    def others(self, events: frozenset[int], now: datetime) -> frozenset[int]:
        """Those of some events that are to be looked at."""
        return events if self._at is None or abs(now - self._at) >= _LOOK_EVERY else events - self._events

    def settle(self, events: frozenset[int], now: datetime) -> None:
        """Nobody is left to ask about these."""
        self._events, self._at = events, now


def has_due(session: Session, *, now: datetime, timing: SurveyTiming, settled: Settled) -> bool:
    """Whether any survey is to be closed, or any event to be looked at for people to ask."""
    if session.execute(_RUN_OUT, {"now": now, "most": 1}).first():
        return True
    return bool(settled.others(_over(session, now, timing), now))


def queue_due(
    session: Session, *, now: datetime, timing: SurveyTiming, limit: int = 500, settled: Settled | None = None
) -> int:
    """Ask after the events that are over, at most `limit` people, and return how many.

    Asked are those booked for themselves, once for each booking and once a week; not those who want no surveys or no
    texts, whose conversation staff have, who have died or lost someone, or about whom something grave is open.
    `settled` is kept by a caller who asks again and again.
    """
    settled = settled or Settled()
    due = _over(session, now, timing)
    if not settled.others(due, now):
        return 0
    wanted = {"events": sorted(due), "now": now, "lately": now - _BETWEEN_SURVEYS, "most": limit}
    first = {row.person_id: row for row in reversed(session.execute(_TO_ASK, wanted).all())}
    if not first:
        settled.settle(due, now)
    return sum(_ask(session, row, timing, now) for row in sorted(first.values(), key=lambda row: row.id))


def _over(session: Session, now: datetime, timing: SurveyTiming) -> frozenset[int]:
    since, until = timing.ended(now)
    return frozenset(session.execute(_OVER, {"since": since, "until": until}).scalars())


def _ask(session: Session, row: Any, timing: SurveyTiming, now: datetime) -> bool:
    survey = {
        "booking_id": row.id,
        "event_id": row.event_id,
        "person_id": row.person_id,
        "instrument": instrument_for(session, row.event_id, row.id).value,
        "status": SurveyStatus.ASKED.value,
        "attended": "",
        "reason": "",
        "comment": "",
        "asked_at": now,
        "expires_at": now + EXPIRES_AFTER,
    }
    survey_id = session.execute(_ADD[session.get_bind().dialect.name], survey).scalar()
    if survey_id is None:
        return False
    slots = {"survey": survey_id, "survey_title": row.discreet_title, "starts_at": row.starts_at.isoformat()}
    outbox.enqueue(
        session,
        kind=KIND,
        identity_id=row.identity_id,
        parameters={"slots": slots, "answer_by": (now + EXPIRES_AFTER).isoformat()},
        priority=Priority.BULK,
        due_at=now,
        now=now,
        booking_id=row.id,
        dedupe_key=f"survey:{row.id}",
        expires_at=timing.due(row.ends_at) + _WORTH_ASKING,
    )
    return True


def expire_due(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Close surveys that nobody answered in time, and return how many."""
    return len(session.execute(_EXPIRE, {"now": now, "most": limit}).all())
