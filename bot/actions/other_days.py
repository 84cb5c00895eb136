"""Which of several dates someone means who wants to come on another day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.actions.window import window_of
from services.core.clock import to_london
from services.events.alternatives import within
from services.events.query import Match

Date = dict[str, Any]


def on_days_named(
    free: Sequence[Match], dates: Sequence[Date], booked_at: datetime, now: datetime
) -> tuple[Match, ...]:
    """Return the dates on the days that were named, all of them when none was.

    A weekday is that of the coming week if there is one then, else of any. A day that is the booking's own is not
    wanted ("I cannot make Wednesday", "swap the 2nd for the 9th") unless there is another date on it.
    """
    several = len(dates) > 1
    wanted = [date for date in dates if not _is_given_up(date, free, booked_at, now, several=several)]
    if not wanted:
        return tuple(free)
    window = window_of(wanted, now)
    fitting = tuple(match for match in free if within(window, match.starts_at))
    return fitting or tuple(match for match in free if any(_on_weekday(date, match.starts_at) for date in wanted))


def _is_given_up(date: Date, free: Sequence[Match], booked_at: datetime, now: datetime, *, several: bool) -> bool:
    if date.get("not") or date.get("grain") != "day" or not _names(date, booked_at, now):
        return False
    return several or not any(_names(date, match.starts_at, now) for match in free)


def _names(date: Date, starts_at: datetime, now: datetime) -> bool:
    return within(window_of([date], now), starts_at) or _on_weekday(date, starts_at)


def _on_weekday(date: Date, starts_at: datetime) -> bool:
    return not date.get("not") and to_london(starts_at).weekday() in (date.get("weekdays") or ())
