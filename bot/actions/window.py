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
# What is left of the day when a part of it does not suit; nothing can be said of a day without its middle.
_WITHOUT = {"morning": (time(12), None), "evening": (None, time(17))}


def window_of(dates: Sequence[dict[str, Any]], now: datetime) -> Window:
    """The window that the date entities describe, never before `now`; several dates are alternatives.

    A date with `not` takes a recurring weekday or a part of the day out; one with `any_day` says only a time. A date
    that has passed says nothing any more.
    """
    ahead = [date for date in dates if not _has_passed(date, now)]
    wanted = [date for date in ahead if not date.get("not")]
    refused = [date for date in ahead if date.get("not")]
    starts_from, starts_before = _stretch(wanted, now)
    earliest, latest = _hours(wanted, refused)
    return Window(
        starts_from=starts_from,
        starts_before=starts_before,
        weekdays=_weekdays(wanted) if all(date.get("weekdays") for date in wanted) else frozenset(),
        excluded_weekdays=_weekdays([date for date in refused if date.get("grain") == "recurring"]),
        earliest=earliest,
        latest=latest,
    )


def _has_passed(date: dict[str, Any], now: datetime) -> bool:
    return bool(date.get("to")) and datetime.fromisoformat(date["to"]) <= now


def _stretch(wanted: Sequence[dict[str, Any]], now: datetime) -> tuple[datetime, datetime | None]:
    """From the first to the last day that any wish names; from now on if one of them names none."""
    if not wanted or any(date.get("any_day") for date in wanted):
        return now, None
    starts, ends = ([datetime.fromisoformat(date[end]) for date in wanted] for end in ("from", "to"))
    return max(now, min(starts)), max(ends)


def _weekdays(dates: Sequence[dict[str, Any]]) -> frozenset[int]:
    return frozenset(day for date in dates for day in date.get("weekdays") or ())


def _hours(wanted: Sequence[dict[str, Any]], refused: Sequence[dict[str, Any]]) -> tuple[time | None, time | None]:
    """The hours from the earliest to the latest that any wish allows, without the part that does not suit."""
    spans = [_span(date) for date in wanted]
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    earliest = None if None in starts else min(filter(None, starts), default=None)
    latest = None if None in ends else max(filter(None, ends), default=None)
    for start, end in (_left_without(date) for date in refused):
        earliest, latest = earliest or start, latest or end
    return earliest, latest


def _left_without(date: dict[str, Any]) -> tuple[time | None, time | None]:
    """What is left of a day without a part of every day ("not mornings"); "not Monday morning" leaves it whole."""
    return (None, None) if date.get("weekdays") else _WITHOUT.get(date.get("part") or "", (None, None))


def _span(date: dict[str, Any]) -> tuple[time | None, time | None]:
    start, end = _PARTS.get(date.get("part") or "", (None, None))
    after, before = (time.fromisoformat(said) if (said := date.get(key)) else None for key in ("after", "before"))
    return after or start, before or end
