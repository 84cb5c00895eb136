"""Reports as CSV: no names, no numbers, nothing about fewer than five people; comments for staff, by event."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, func, select, true
from sqlmodel import Session

from services.booking.tables import Booking, BookingStatus
from services.core.clock import to_london
from services.events.exports import csv_line
from services.events.tables import Event
from services.insight.checkins import QUESTIONS
from services.insight.suppression import HIDDEN, is_small, mean, shown
from services.insight.tables import Attended, CheckinRound, FftResponse, Survey

_SURVEYS = Survey.__table__  # type: ignore[attr-defined]
_BOOKINGS = Booking.__table__  # type: ignore[attr-defined]
_EVENTS = Event.__table__  # type: ignore[attr-defined]
_RESPONSES = FftResponse.__table__  # type: ignore[attr-defined]
_ROUNDS = CheckinRound.__table__  # type: ignore[attr-defined]

ANSWERS = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")
_TOGETHER = "those under 5"
_EVENT_COLUMNS = (_EVENTS.c.external_id, _EVENTS.c.title, _EVENTS.c.starts_at)
# A number to phone or an address to write to, in a comment that goes to other people.
_CONTACT = re.compile(r"\+?\d(?:[ -]?\d){8,}|\S+@\S+\.\S+")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: events (or rounds) since a moment, one event, one alliance; each may be left open."""

    since: datetime | None = None
    event_id: int | None = None
    alliance_id: int | None = None

    def of_events(self) -> list[ColumnElement[bool]]:
        """The conditions on events."""
        wanted: list[ColumnElement[bool]] = [true()]
        wanted += [_EVENTS.c.ends_at >= self.since] if self.since else []
        wanted += [_EVENTS.c.id == self.event_id] if self.event_id else []
        wanted += [_EVENTS.c.alliance_id == self.alliance_id] if self.alliance_id else []
        return wanted

    def of_rounds(self) -> list[ColumnElement[bool]]:
        """The conditions on rounds of the check-in: when they were due, and that the person has booked there."""
        wanted: list[ColumnElement[bool]] = [true()]
        wanted += [_ROUNDS.c.due_at >= self.since] if self.since else []
        if self.event_id or self.alliance_id:
            booked = (
                select(_BOOKINGS.c.person_id)
                .join(_EVENTS, _EVENTS.c.id == _BOOKINGS.c.event_id)
                .where(*Scope(None, self.event_id, self.alliance_id).of_events())
                .where(_BOOKINGS.c.status == BookingStatus.CONFIRMED.value)
            )
            wanted.append(_ROUNDS.c.person_id.in_(booked))
        return wanted


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer)


_FEEDBACK_HEADER = (
    *("event", "title", "date", "asked", "replied", "got there", "part of it", "did not", "ratings", "mean rating"),
    *("rated 0 to 4", "rated 5 to 7", "rated 8 to 10"),
)


def feedback(session: Session, scope: Scope) -> Iterator[str]:
    """Yield, event by event, how many were asked and replied, who got there, and how they rated it (0 to 10)."""
    yield csv_line(_FEEDBACK_HEADER)
    yield from _by_event(session.execute(_feedback_rows(scope)).all(), _feedback_cells)


def _feedback_rows(scope: Scope) -> Select[Any]:
    rating = _SURVEYS.c.rating
    return (
        select(
            *_EVENT_COLUMNS,
            _count(_SURVEYS.c.answered_at.is_not(None)),
            _count(_SURVEYS.c.asked_at.is_not(None)),
            *(_count(_SURVEYS.c.attended == attended.value) for attended in (Attended.YES, Attended.PART, Attended.NO)),
            *(_count(rating.between(*band)) for band in ((0, 4), (5, 7), (8, 10))),
            func.coalesce(func.sum(rating), 0).cast(Integer),
        )
        .join(_EVENTS, _EVENTS.c.id == _SURVEYS.c.event_id)
        .where(*scope.of_events())
        .group_by(*_EVENT_COLUMNS, _EVENTS.c.id)
        .order_by(_EVENTS.c.starts_at, _EVENTS.c.id)
    )


def _feedback_cells(figures: Sequence[int]) -> list[str]:
    replied, asked, *rest = figures
    attended, bands, total = rest[:3], rest[3:6], rest[6]
    ratings = sum(bands)
    return [
        *([HIDDEN] * 2 if is_small(replied) else [str(asked), str(replied)]),
        *shown(attended),
        HIDDEN if is_small(ratings) else str(ratings),
        mean(total, ratings),
        *shown(bands),
    ]


_FFT_HEADER = (
    *("event", "title", "date", "answers", "very good", "good", "neither good nor poor", "poor", "very poor"),
    *("don't know", "positive %", "negative %"),
)


def fft(session: Session, scope: Scope) -> Iterator[str]:
    """Yield, event by event, the answers to the Friends and Family Test, and the shares that NHS England publishes."""
    yield csv_line(_FFT_HEADER)
    rows = (
        select(*_EVENT_COLUMNS, func.count(), *(_count(_RESPONSES.c.answer == answer) for answer in ANSWERS))
        .join(_EVENTS, _EVENTS.c.id == _RESPONSES.c.event_id)
        .where(*scope.of_events())
        .group_by(*_EVENT_COLUMNS, _EVENTS.c.id)
        .order_by(_EVENTS.c.starts_at, _EVENTS.c.id)
    )
    yield from _by_event(session.execute(rows).all(), _fft_cells)


def _fft_cells(figures: Sequence[int]) -> list[str]:
    number, *answers = figures
    if is_small(number):
        return [HIDDEN, *[HIDDEN] * len(answers), "", ""]
    hidden = shown(answers)
    positive, negative = (answers[0] + answers[1], answers[3] + answers[4])
    shares = [_share(part, number) for part in (positive, negative)]
    return [str(number), *hidden, *shares]


def _share(part: int, whole: int) -> str:
    """A percentage, empty where it would tell a small number."""
    return "" if not whole or is_small(part) or is_small(whole - part) else f"{100 * part / whole:.0f}"


def _by_event(rows: Sequence[Any], cells: Callable[[Sequence[int]], list[str]]) -> Iterator[str]:
    """Yield a line for each event, and one for all those together that too few answered, if those are enough.

    The first figure of a row is how many answered. There is no line for the whole, from which the rest would follow.
    """
    few: list[Sequence[int]] = []
    for reference, title, starts_at, *figures in rows:
        if is_small(figures[0]):
            few.append(figures)
        yield csv_line([reference, title, to_london(starts_at).date().isoformat(), *cells(figures)])
    together = [sum(column) for column in zip(*few, strict=True)]
    if together and not is_small(together[0]):
        yield csv_line([_TOGETHER, f"{len(few)} events", "", *cells(together)])


def checkins(session: Session, scope: Scope) -> Iterator[str]:
    """Yield, month by month and question by question, how many answered, their mean, and the change since the start.

    The change is over those alone who answered the question both times. Scores are not added up across questions.
    """
    yield csv_line(("month", "question", "answers", "mean", "answered both times", "mean change"))
    first = _ROUNDS.alias("first")
    for question in QUESTIONS:
        score, before = _ROUNDS.c[question], first.c[question]
        both = score.is_not(None) & before.is_not(None) & (_ROUNDS.c.month > 0)
        rows = (
            select(
                _ROUNDS.c.month,
                _count(score.is_not(None)),
                func.sum(score).cast(Integer),
                _count(both),
                func.sum(case((both, score - before), else_=0)).cast(Integer),
            )
            .outerjoin(first, (first.c.person_id == _ROUNDS.c.person_id) & (first.c.month == 0))
            .where(*scope.of_rounds(), score.is_not(None))
            .group_by(_ROUNDS.c.month)
            .order_by(_ROUNDS.c.month)
        )
        for month, number, total, pairs, change in session.execute(rows):
            few = [HIDDEN if is_small(figure) else str(figure) for figure in (number, pairs)]
            yield csv_line([month, question, few[0], mean(total, number), few[1], mean(change, pairs) if pairs else ""])


def comments(session: Session, scope: Scope) -> Iterator[str]:
    """Yield what people wrote, for staff only: the event, where it was written, the words.

    Neither who wrote it nor when is told; numbers and addresses in the words are struck out. Names may be in them.
    """
    yield csv_line(("event", "date", "about", "words"))
    told = (
        ("rating", _SURVEYS, _SURVEYS.c.comment),
        ("absence", _SURVEYS, _SURVEYS.c.reason),
        ("friends and family test", _RESPONSES, _RESPONSES.c.comment),
    )
    for about, table, words in told:
        rows = (
            select(_EVENTS.c.external_id, _EVENTS.c.starts_at, words)
            .join(_EVENTS, _EVENTS.c.id == table.c.event_id)
            .where(*scope.of_events(), words != "")
            .order_by(_EVENTS.c.starts_at, _EVENTS.c.id, words)
        )
        for reference, starts_at, said in session.execute(rows):
            day = to_london(starts_at).date().isoformat()
            yield csv_line([reference, day, about, _CONTACT.sub("(struck out)", said)])
