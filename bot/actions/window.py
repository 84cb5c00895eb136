"""From the dates understood in messages to the window that the search takes."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from services.events.query import Window

_PARTS = {
    "morning": (None, time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), None),
}


def window_of(dates: Sequence[dict[str, Any]], now: datetime) -> Window:
    """The window that all the date entities said so far describe, never before `now`."""
    wanted = [date for date in dates if not date.get("not")]
    excluded = [date for date in dates if date.get("not")]
    starts = [datetime.fromisoformat(date["from"]) for date in wanted if date.get("from")]
    ends = [datetime.fromisoformat(date["to"]) for date in wanted if date.get("to")]
    earliest, latest = _hours(wanted)
    return Window(
        starts_from=max([now, *starts]),
        starts_before=min(ends) if ends else None,
        weekdays=_weekdays(wanted),
        excluded_weekdays=_weekdays(excluded),
        earliest=earliest,
        latest=latest,
    )


def _weekdays(dates: Sequence[dict[str, Any]]) -> frozenset[int]:
    return frozenset(day for date in dates for day in date.get("weekdays") or ())


def _hours(dates: Sequence[dict[str, Any]]) -> tuple[time | None, time | None]:
    """The narrowest hours that a part of the day, "after 6" and "before 4" leave."""
    earliest: list[time] = []
    latest: list[time] = []
    for date in dates:
        start, end = _PARTS.get(date.get("part") or "", (None, None))
        earliest += [moment for moment in (start, _time(date.get("after"))) if moment]
        latest += [moment for moment in (end, _time(date.get("before"))) if moment]
    return max(earliest, default=None), min(latest, default=None)


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
