"""The grammar around days and times: "after the 5th", "mon or tues", "not thursdays", "friday evening after 6"."""

from dataclasses import replace
from datetime import date, time, timedelta
from functools import reduce
from itertools import pairwise

from bot.nlu.calendar_days import DAY, Days, add_months, every
from bot.nlu.clock_rules import COUNTED, PARTS, Window, hour_window, part_window
from bot.nlu.rewriting import Match, Read, Rules, days_read

_A_WEEK = 7
_CLOSE = timedelta(days=14)


def _after(match: Match, _: date) -> Read | None:
    days: Days = match.value("days")
    return None if days.repeats or not days.end else days_read(Days(start=days.end))


def _from(match: Match, _: date) -> Read | None:
    days: Days = match.value("days")
    return None if days.repeats or not days.start else days_read(Days(start=days.start))


def _before(match: Match, today: date) -> Read | None:
    days: Days = match.value("days")
    return None if days.repeats or not days.start or days.start <= today else days_read(Days(today, days.start))


def _until(match: Match, today: date) -> Read | None:
    days: Days = match.value("days")
    return None if days.repeats or not days.end else days_read(Days(today, days.end))


def _span(match: Match, _: date) -> Read | None:
    """Read "from friday to monday", "between the 5th and the 10th", "dec to feb"."""
    first, last = match.values("days")
    if first.repeats or last.repeats or not first.start or not last.end:
        return None
    end = last.end
    if end <= first.start:
        later = add_months(end, 12)
        end = later.replace(day=min(end.day, 28))
    return days_read(Days(first.start, end))


def _either(match: Match, _: date) -> Read | None:
    """Read "mon or tues", "tuesdays and thursdays", "dec or jan"; other days side by side stay apart."""
    all_days: list[Days] = match.values("days")
    if all(days.weekdays for days in all_days):
        return days_read(_weekdays_together(all_days))
    if all(days.single for days in all_days):
        return days_read(_single_days_together(all_days))
    touching = all(one.end == other.start and not one.single for one, other in pairwise(all_days))
    return days_read(Days(all_days[0].start, all_days[-1].end)) if touching and all_days[0].end else None


def _single_days_together(all_days: list[Days]) -> Days | None:
    """Return days close together as their weekdays in the stretch they span ("tomorrow or friday")."""
    starts = sorted(days.start for days in all_days if days.start)
    if starts[-1] - starts[0] > _CLOSE:
        return None
    return Days(starts[0], starts[-1] + DAY, weekdays=tuple(sorted({start.weekday() for start in starts})))


def _weekdays_together(all_days: list[Days]) -> Days:
    weekdays = tuple(sorted({weekday for days in all_days for weekday in days.weekdays}))
    starts = [days.start for days in all_days if days.start]
    ends = [days.end for days in all_days if days.end]
    if len(starts) < len(all_days):
        return Days(weekdays=weekdays, repeats=True)
    return Days(min(starts), max(ends), weekdays=weekdays)


def _within(match: Match, _: date) -> Read | None:
    """Read days of a stretch: "friday next week", "tuesdays in december", "saturday 5th dec"."""
    first, second = match.values("days")
    if Days() in (first, second):
        return days_read(second if first == Days() else first)
    stretch, days = (first, second) if not first.weekdays else (second, first)
    if stretch.weekdays or not days.weekdays or not stretch.start:
        return None
    if stretch.single:
        return days_read(stretch) if stretch.start.weekday() in days.weekdays else None
    return days_read(_days_in(stretch, days))


def _days_in(stretch: Days, days: Days) -> Days | None:
    """Return the weekdays of a stretch; one weekday of one week is a day."""
    if stretch.start and stretch.end and not days.repeats and (stretch.end - stretch.start).days <= _A_WEEK:
        each = (stretch.start + DAY * ahead for ahead in range((stretch.end - stretch.start).days))
        day = next((day for day in each if day.weekday() in days.weekdays), None)
        return Days(day, day + DAY, weekdays=days.weekdays) if day and len(days.weekdays) == 1 else None
    return Days(stretch.start, stretch.end, weekdays=days.weekdays)


BOUNDS = Rules(
    [
        ("after the? days", _after),
        ("(from|in) the? days onwards", _from),
        ("days onwards", _from),
        ("from the? days", _from),
        ("before the? days", _before),
        ("(until|by) the? days", _until),
        ("by? the? days earlier", _until),
        ("between the? days (and|to|dash) the? days", _span),
        ("from the? days (to|until|dash|through) the? days", _span),
        ("days (to|until|dash) the? days", _span),
        ("days ((slash|and|or|dash|pause or|pause and) (a|on|the|every)? days)+", _either),
        ("(?<!not|no) days (pause? days)+", _either),
        ("(?<!not|no) days (pause days)+ pause? (and|or) days", _either),
        ("days (on|in|of|the|filler|about|for|a){0,3} days", _within),
        ("(?<!not|no) days pause (on|in|of|the|filler|about|for|a){0,2} days", _within),
    ]
)


def _not(match: Match, _: date) -> Read | None:
    """Read "not tuesdays", "any day but friday", "thursdays are no good", "no mornings"."""
    found = match.atoms[-1] if match.atoms[-1].name in ("days", "window", "moment") else match.atoms[0]
    if match.has("no") and not _comes_round(found.value):
        return None
    if found.name == "moment":
        days, window = found.value
        return Read("moment", (days.negated(), window))
    value = replace(found.value, negative=True)
    if match.has("all_but") and found.name == "days" and value.weekdays:
        value = Days(weekdays=value.weekdays, repeats=True, negative=True)
    return Read(found.name, value)


def _comes_round(value: object) -> bool:
    return bool(getattr(value, "repeats", False))


def _not_part(match: Match, _: date) -> Read | None:
    return Read("window", replace(part_window(match.value("part", "parts", "night"), repeats=True), negative=True))


def _but(match: Match, _: date) -> Read | None:
    """Read the days in "any evening but friday"."""
    days = match.value("days")
    return days_read(Days(weekdays=days.weekdays, repeats=True, negative=True)) if days.weekdays else None


_LEADING = "(on|in|at|the|this|a|any|filler|for|during|every){0,3}"

NEGATIONS = Rules(
    [
        (f"(not|all_but|no|cannot) {_LEADING} (days|window|moment)", _not),
        (f"(not|all_but|cannot) {_LEADING} part", _not_part),
        (f"(?<=window but) {_LEADING} days", _but),
        ("(days|window|moment) no_good", _not),
        (f"(days|window|moment) cannot (?!{_LEADING}(days|window|moment))", _not),
    ]
)


def _moment(match: Match, _: date) -> Read | None:
    """Read a day with its part or its time, in any order."""
    pairs: list[tuple[Days, Window]] = match.values("moment")
    days = [*match.values("days"), *(pair[0] for pair in pairs)]
    days = [each for each in days if each != Days()] or days[:1]
    windows = [*match.values("window"), *(pair[1] for pair in pairs), *_parts(match)]
    if len(days) > 1 or not windows or (len(windows) > 1 and any(window.negative for window in windows)):
        return None
    window = reduce(_both, windows)
    return Read("moment", (_weekly(days[0], window), window)) if days else Read("window", window)


def _weekly(days: Days, window: Window) -> Days:
    """Return days as they are, or every such weekday when the part of the day is plural ("sat mornings")."""
    return every(*days.weekdays) if window.repeats and days.weekdays and not days.repeats else days


def _parts(match: Match) -> list[Window]:
    said = match.values("part", "parts", "night")
    named = {"am": "morning", "pm": "afternoon"}
    said += [named[half] for half in match.values("meridiem")]
    return [part_window(part) for part in said]


def _both(one: Window, other: Window) -> Window:
    """Return two statements about the time of day as one."""
    return Window(
        after=one.after or other.after,
        before=one.before or other.before,
        at=_settled(one.at or other.at, one.part or other.part),
        part=one.part or other.part,
        loose=one.loose or other.loose,
        explicit=one.explicit or other.explicit,
        negative=one.negative or other.negative,
        repeats=one.repeats or other.repeats,
    )


def _settled(at: time | None, part: str) -> time | None:
    """Return a time with am or pm settled by the part of the day said beside it ("evening at 8")."""
    if at is None or not part:
        return at
    after, before = PARTS[part]
    if before and at >= before and at.hour >= 12:
        return at.replace(hour=at.hour - 12) if at.hour - 12 >= 7 else at
    if after and at < after and at.hour < 12:
        return at.replace(hour=at.hour + 12)
    return at


def _day_and_hour(match: Match, _: date) -> Read | None:
    """Read "tuesday, about 2"."""
    window = hour_window(match.value("number", "numeral"))
    return Read("moment", (match.value("days"), window)) if window else None


_GLUE = "(at|on|in|the|for|about|filler|pause|of|from|a|every|and){0,3}"
_TIMED = "(window|part|parts|night)"

MOMENTS = Rules(
    [
        (f"(days|moment) ({_GLUE} {_TIMED}){{1,2}}", _moment),
        (f"days {_GLUE} {_TIMED} {_GLUE} days", _moment),
        ("days meridiem", _moment),
        (f"{_TIMED} {_GLUE} (days|moment) ({_GLUE} {_TIMED})?", _moment),
        (f"window {_GLUE} {_TIMED}", _moment),
        (f"part {_GLUE} window", _moment),
        (f"days pause? about count (?!{COUNTED})", _day_and_hour),
    ]
)
