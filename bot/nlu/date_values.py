"""What a date expression means, as JSON: moments in Europe/London with their offset, resolved against now."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.nlu.calendar_days import DAY, Days
from bot.nlu.clock_rules import PARTS, Window
from services.core.clock import LONDON, to_london

# How far "tuesdays" or "after 6" reaches, and how long a moment lasts ("at 10.30"; "5ish" also begins earlier).
HORIZON = timedelta(days=365)
_LASTS = timedelta(hours=1)
_EARLIER = timedelta(minutes=30)

_ANY_DAY = Days()
_ANY_TIME = Window()


def date_value(days: Days | None, window: Window | None, words: str, now: datetime) -> dict[str, Any] | None:
    """Return the value of a date entity, or None for what is over.

    Keys: `from` and `to` (ISO 8601 with offset, `to` exclusive), `words`, `grain` ("day", "part", "time", "range",
    "recurring"), `explicit_time`, and where they apply `weekdays` (0 is Monday), `part`, `after` and `before` ("HH:MM",
    for each day of the stretch), `not` (none of these), `any_day` (a time of day alone: `from` is its next occurrence).
    """
    days, window = days or _ANY_DAY, window or _ANY_TIME
    any_day = days.start is None and not days.weekdays
    after, before = _hours(window)
    start, end = _stretch(days, window, after, before, now)
    if end <= now:
        return None
    value = {
        "from": to_london(start).isoformat(),
        "to": to_london(end).isoformat(),
        "words": words,
        "grain": _grain(days, window),
        "explicit_time": window.explicit,
    }
    where_said = {
        "weekdays": sorted(days.weekdays),
        "part": window.part,
        "after": _bound(after, window.after, window),
        "before": _bound(before, window.before, window),
        "not": days.negative or window.negative,
        "any_day": any_day,
    }
    return value | {key: said for key, said in where_said.items() if said}


def _bound(bound: time | None, said: time | None, window: Window) -> str:
    """Return a bound of the hours as HH:MM, or nothing when only the part of the day gives it."""
    return f"{bound:%H:%M}" if bound and (said or window.at or not window.part) else ""


def _grain(days: Days, window: Window) -> str:
    """Return how fine an expression is."""
    timed = window != _ANY_TIME
    if days.single or (window.at and days == _ANY_DAY):
        return ("time" if window.explicit else "part") if timed else "day"
    if days.repeats or (days.start is None and (days.weekdays or timed)):
        return "recurring"
    return "range"


def _hours(window: Window) -> tuple[time | None, time | None]:
    """Return from when to when on a day: what was said, else what the part of the day says."""
    if window.at:
        begin = datetime.combine(date.min + DAY, window.at)
        finish = begin + _LASTS
        begin -= _EARLIER if window.loose and window.at >= time(0, 30) else timedelta()
        return begin.time(), finish.time() if finish.date() == date.min + DAY else time(23, 59)
    after, before = PARTS.get(window.part, (None, None))
    after, before = window.after or after, window.before or before
    if after and before and after >= before:
        return window.after, window.before
    return after, before


def _stretch(
    days: Days, window: Window, after: time | None, before: time | None, now: datetime
) -> tuple[datetime, datetime]:
    """Return the moments between which an expression lies."""
    today = to_london(now).date()
    if days.single and days.start:
        return _on_day(days.start, after, before)
    if window.at and days == _ANY_DAY:
        start, end = _on_day(today, after, before)
        return (start, end) if start > now else _on_day(today + DAY, after, before)
    start = _midnight(days.start) if days.start else now
    end = _midnight(days.end) if days.end else max(start, now) + HORIZON
    return start, end


def _on_day(day: date, after: time | None, before: time | None) -> tuple[datetime, datetime]:
    """Return a stretch of one day; where the clocks go forward over it, an hour from its beginning."""
    start = _moment(day, after) if after else _midnight(day)
    end = _moment(day, before) if before else _midnight(day + DAY)
    return start, end if end > start else start + _LASTS


def _midnight(day: date) -> datetime:
    return _moment(day, time())


def _moment(day: date, at: time) -> datetime:
    """Return a moment of London's clocks, aware UTC."""
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)
