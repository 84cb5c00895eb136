"""The grammar of days by number: "5th dec", "dec 5", "5/12", "the 5th", "fri 5th", "between the 5th and the 10th"."""

from datetime import date

from bot.nlu.calendar_days import DAY, Days, add_months, day_named, day_of_month, one_day
from bot.nlu.rewriting import Build, Match, Read, days_read

_NUMBER = "(ordinal|ordinal_word|number)"
# What follows a bare ordinal that is no date: "the 2nd one", "the 3rd week", "the 2nd and 3rd chemo".
_NO_DATE = "word|week|weekday|count|time|of|month_unit|day|year_unit|(and|or) ordinal word"


def date_of(match: Match, today: date) -> Days | None:
    """Return the one day that a stretch names, this year or the next that has it; None when there is no such day."""
    said = match.value("ordinal", "lone_ordinal", "ordinal_word", "number"), match.value("month"), match.value("year")
    number, month, year = match.value("date", "score") or said
    weekday = match.value("weekday")
    day = _numbered(number, weekday, today) if month is None else day_named(number, month, today, year)
    return one_day(day) if day else None


def _numbered(number: int, weekday: int | None, today: date) -> date | None:
    """Return the next day of such a number; if a weekday is said too, the next within a year that agrees, if any."""
    first = day = day_of_month(number, today)
    for _ in range(12):
        if day is None or weekday is None or day.weekday() == weekday:
            return day
        day = day_of_month(number, day + DAY)
    return first


def _date(match: Match, today: date) -> Read | None:
    return days_read(date_of(match, today))


def _date_in_words(match: Match, today: date) -> Read | None:
    """Read "on the sixteenth"; a smaller number is rather the line of a menu."""
    return _date(match, today) if match.value("ordinal_word") > _LAST_LINE else None


def _date_of_month(match: Match, today: date) -> Read | None:
    """Read "the 5th of next month", "5th of this month"."""
    month = add_months(today, int(match.has("next")))
    day = day_named(match.value("ordinal"), month.month, month, month.year)
    return days_read(one_day(day)) if day and day >= today else None


def _date_range(match: Match, today: date) -> Read | None:
    """Read "5th to 9th dec", "between the 5th and the 10th"."""
    first, last = match.values("ordinal", "number")
    month = match.value("month")
    start = day_named(first, month, today) if month else day_of_month(first, today)
    end = (day_named(last, month, start) if month else day_of_month(last, start)) if start else None
    return days_read(Days(start, end + DAY)) if start and end and first < last else None


def _iso_date(match: Match, today: date) -> Read | None:
    month, number = match.values("number")
    day = day_named(number, month, today, match.value("year"))
    return days_read(one_day(day)) if day else None


def _dashed_date(match: Match, today: date) -> Read | None:
    """Read "7-12-26"."""
    number, month, year = match.values("number")
    day = day_named(number, month, today, 2000 + year)
    return days_read(one_day(day)) if day else None


_LAST_LINE = 10

NUMBERED_RULES: list[tuple[str, Build]] = [
    (f"weekday? pause? the? {_NUMBER} of? month year?", _date),
    (f"weekday? pause? month the? {_NUMBER} year? (?!week|day|hour|month_unit|of|year_unit)", _date),
    (f"(the|weekday the?) ordinal (?!{_NO_DATE})", _date),
    ("lone_ordinal", _date),
    ("(?<=on) the? ordinal (?!word|number|week|of)", _date),
    ("(?<=on) the ordinal_word (?!word|number|week|of|weekday)", _date_in_words),
    ("(weekday pause?)? the? date (?!hour|day|week|month_unit|of)", _date),
    ("(?<=on|the|from|until|before|after|by|weekday) score", _date),
    ("the? ordinal of? (this|the|next) month_unit", _date_of_month),
    ("(between|from)? the? (ordinal|number) (to|dash|and|until|or|slash) the? (ordinal|number) of? month", _date_range),
    ("(between|from) the? ordinal (to|dash|and|until) the? ordinal", _date_range),
    ("the? ordinal (to|dash|until) the? ordinal", _date_range),
    ("year dash number dash number", _iso_date),
    ("number dash number dash number", _dashed_date),
]
