"""The grammar of weeks, months and what begins now: "next wk", "end of the month", "in a fortnight", "early jan"."""

from datetime import date

from bot.nlu.calendar_days import (
    DAY,
    WEEK,
    Days,
    add_months,
    coming,
    monday_of,
    month_named,
    one_day,
    whole_month,
)
from bot.nlu.numbered_rules import date_of
from bot.nlu.rewriting import Build, Match, Read, days_read
from bot.nlu.weekday_rules import MONTH_NAMED, ORDINAL, month_of

_MOST_MONTHS = 24
_WEEKS_OF_A_MONTH = 4


def _from_today(days: Days | None, today: date) -> Read | None:
    """Return what is left of a stretch from today on, None when it is over."""
    if not days or not days.start or not days.end or days.end <= today:
        return None
    return days_read(Days(max(days.start, today), days.end))


def _week_meant(match: Match, today: date) -> Days:
    """Return the week of "this week", "next week", "the week after next"."""
    weeks = 2 if match.has("again", "after_next") else int(match.has("next"))
    start = monday_of(today) + WEEK * weeks
    return Days(start, start + WEEK)


def _week(match: Match, today: date) -> Read | None:
    return _from_today(_week_meant(match, today), today)


def _edge(match: Match, days: Days, lengths: dict[str, tuple[int, int]]) -> Days | None:
    """Return the start, middle or end of a stretch, as days from its first day."""
    first, last = lengths[match.value("edge")]
    return Days(days.start + DAY * first, days.start + DAY * last) if days.start else None


def _edge_of_week(match: Match, today: date) -> Read | None:
    lengths = {"start": (0, 2), "middle": (1, 4), "end": (3, 7)}
    return _from_today(_edge(match, _week_meant(match, today), lengths), today)


def _edge_of_month(match: Match, today: date) -> Read | None:
    month = month_of(match, today)
    length = (month.end - month.start).days if month.start and month.end else 0
    lengths = {"start": (0, 10), "middle": (10, 20), "end": (length - 7, length)}
    return _from_today(_edge(match, month, lengths), today)


def _week_of_month(match: Match, today: date) -> Read | None:
    """Read "first week of december" (its first seven days), "last week in jan"."""
    month = month_of(match, today)
    nth = match.value("ordinal", "ordinal_word")
    if not month.start or not month.end or (nth or 1) > _WEEKS_OF_A_MONTH:
        return None
    weeks = match.value("number", "numeral") or 1
    start = month.start + WEEK * (nth - 1) if nth else month.end - WEEK * weeks
    return _from_today(Days(start, start + WEEK * weeks), today)


def _week_commencing(match: Match, today: date) -> Read | None:
    weekday = match.value("weekday")
    days = one_day(coming(weekday, today)) if weekday is not None else date_of(match, today)
    return days_read(Days(days.start, days.start + WEEK)) if days and days.start else None


def _in_units(match: Match, today: date) -> Read | None:
    """Read "in 2 weeks", "in a fortnight", "in 3 days", "a months time" (about then)."""
    number = match.value("number", "numeral") or 1
    if match.has("month_unit"):
        day = today + DAY * round(number * 30.4)
        return days_read(Days(day - WEEK, day + WEEK + DAY)) if number <= _MOST_MONTHS else None
    return days_read(one_day(today + DAY * number * _unit(match)))


def _unit(match: Match) -> int:
    """Return the days of the unit that a stretch names."""
    return match.value("fortnight") or match.value("week") or (31 if match.has("month_unit") else 1)


def _within_units(match: Match, today: date) -> Read | None:
    """Read "within a fortnight", "in the next 2 weeks", "next few days"."""
    return days_read(Days(today, today + DAY * ((match.value("number", "numeral") or 1) * _unit(match) + 1)))


def _one_or_two(match: Match, today: date) -> Read | None:
    """Read "in a week or two", "a month or so"."""
    length = _unit(match)
    return days_read(Days(today + DAY * length, today + DAY * (2 * length + 1)))


def _month(match: Match, today: date) -> Read | None:
    return _from_today(month_named(match.value("month"), today, match.value("year")), today)


def _relative_month(match: Match, today: date) -> Read | None:
    ahead = 2 if match.has("after_next") else int(match.has("next"))
    return _from_today(whole_month(add_months(today, ahead)), today)


def _season(match: Match, today: date) -> Read | None:
    first, last = (int(month) for month in match.value("season").split("-"))
    start = month_named(first, today).start
    return _from_today(Days(start, month_named(last, start).end), today) if start else None


def _next_year(_: Match, today: date) -> Read | None:
    return days_read(Days(date(today.year + 1, 1, 1), date(today.year + 2, 1, 1)))


def _this_year(_: Match, today: date) -> Read | None:
    return days_read(Days(today, date(today.year + 1, 1, 1)))


_UNIT = "(day|week|month_unit|fortnight)"
_NUMBERED = f"({ORDINAL}|number)"

WEEK_RULES: list[tuple[str, Build]] = [
    ("(this|next) week", _week),
    ("the? again", _week),
    ("the? week after_next", _week),
    ("rest (of|the|this)? (the|this)? week", _week),
    ("edge (in|of)? (the|this)? week", _edge_of_week),
    ("edge (in|of)? next week", _edge_of_week),
    ("(the|this)? edge (in|of)? (the|this|next)? (month|month_unit)", _edge_of_month),
    ("month_unit edge", _edge_of_month),
    (f"the? ({ORDINAL}|last) count? week {MONTH_NAMED}", _week_of_month),
    (f"the? (week_commencing|week of|week from) the? {_NUMBERED} of? month", _week_commencing),
    (f"the? (week_commencing|week of|week from) the? (month the? {_NUMBERED}|weekday|ordinal|date)", _week_commencing),
    (f"in about? (a count|a|count) {_UNIT} time?", _in_units),
    (f"(a|count) {_UNIT} time", _in_units),
    (f"(a|count) {_UNIT} from relative", _in_units),
    (f"(within|in) (the|a|count|next)? count? {_UNIT}", _within_units),
    ("the? next a? count (day|week|month_unit)", _within_units),
    ("the? next (fortnight|day)", _within_units),
    ("in? a? (week|month_unit|fortnight) or (count|filler)", _one_or_two),
    ("next? month year?", _month),
    ("(this|next) month_unit", _relative_month),
    ("the? month_unit after_next", _relative_month),
    ("(in|this|next|over) the? season", _season),
    ("next year_unit", _next_year),
    ("this year_unit", _this_year),
]
