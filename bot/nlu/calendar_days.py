"""Days of the calendar as people name them: weekdays, weeks, months, seasons, and the holidays of England."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
WORKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days from `start` to `end` (exclusive; None: without limit), or some weekdays of it (0 is Monday).

    `repeats` when every such day is meant ("tuesdays"), `negative` when none of them is ("not tuesdays").
    """

    start: date | None = None
    end: date | None = None
    weekdays: tuple[int, ...] = ()
    repeats: bool = False
    negative: bool = False

    @property
    def single(self) -> bool:
        """Whether this is one day."""
        return bool(self.start and self.end and self.end - self.start == DAY)

    def negated(self) -> "Days":
        """Return what is meant by "not" before these days."""
        return replace(self, negative=True)


def one_day(day: date) -> Days:
    """Return a single day."""
    return Days(day, day + DAY)


def named_day(day: date) -> Days:
    """Return a day that was named by its weekday."""
    return Days(day, day + DAY, weekdays=(day.weekday(),))


def every(*weekdays: int) -> Days:
    """Return weekdays that come round each week."""
    return Days(weekdays=weekdays, repeats=True)


def coming(weekday: int, today: date) -> date:
    """Return the next such weekday after today."""
    return today + DAY * ((weekday - today.weekday() - 1) % 7 + 1)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - DAY * day.weekday()


def add_months(day: date, months: int) -> date:
    """Return the first of the month so many months after a day's month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def whole_month(first: date) -> Days:
    """Return the month that begins on a day."""
    return Days(first, add_months(first, 1))


def month_named(month: int, today: date, year: int | None = None) -> Days:
    """Return this year's month of a number, next year's when it is over (or that of the year given)."""
    first = date(year or today.year, month, 1)
    if not year and add_months(first, 1) <= today:
        first = date(today.year + 1, month, 1)
    return whole_month(first)


def day_of_month(number: int, today: date) -> date | None:
    """Return the next day with such a number in its month, today included; None if no month has it."""
    months = (whole_month(add_months(today, ahead)) for ahead in range(12))
    days = (month.start + DAY * (number - 1) for month in months if month.start)
    return next((day for day in days if day.day == number and day >= today), None)


def day_named(number: int, month: int, today: date, year: int | None = None) -> date | None:
    """Return a day and month of this year, or of the next year that has it if it is past; None if none has it."""
    years = [year] if year else range(today.year, today.year + 5)
    days = (_real_day(each, month, number) for each in years)
    return next((day for day in days if day and (year or day >= today)), None)


def _real_day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def easter_sunday(year: int) -> date:
    """Return Easter Sunday (Western), by the anonymous Gregorian computus."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    """Return the nth such weekday of a month, or the last (-1)."""
    if nth < 0:
        after = add_months(date(year, month, 1), 1)
        return after - DAY * ((after.weekday() - weekday - 1) % 7 + 1)
    first = date(year, month, 1)
    return first + DAY * ((weekday - first.weekday()) % 7) + WEEK * (nth - 1)


def nth_weekday(month: Days, weekday: int, nth: int) -> date | None:
    """Return the nth (or last, -1) such weekday of a whole month, None if it has no such day."""
    if not month.start:
        return None
    day = _nth(month.start.year, month.start.month, weekday, nth)
    return day if day.month == month.start.month else None


_HOLIDAYS: dict[str, Callable[[int], Days]] = {
    "christmas eve": lambda year: one_day(date(year, 12, 24)),
    "christmas day": lambda year: one_day(date(year, 12, 25)),
    "boxing day": lambda year: one_day(date(year, 12, 26)),
    "over christmas": lambda year: Days(date(year, 12, 24), date(year + 1, 1, 2)),
    "new years eve": lambda year: one_day(date(year, 12, 31)),
    "new years day": lambda year: one_day(date(year, 1, 1)),
    "new year": lambda year: one_day(date(year, 1, 1)),
    "the new year": lambda year: Days(date(year, 1, 1), date(year, 2, 1)),
    "good friday": lambda year: one_day(easter_sunday(year) - 2 * DAY),
    "easter": lambda year: Days(easter_sunday(year) - 2 * DAY, easter_sunday(year) + 2 * DAY),
    "easter sunday": lambda year: one_day(easter_sunday(year)),
    "easter monday": lambda year: one_day(easter_sunday(year) + DAY),
    "may day": lambda year: one_day(_nth(year, 5, 0, 1)),
    "spring bank holiday": lambda year: one_day(_nth(year, 5, 0, -1)),
    "august bank holiday": lambda year: one_day(_nth(year, 8, 0, -1)),
    "halloween": lambda year: one_day(date(year, 10, 31)),
    "bonfire night": lambda year: one_day(date(year, 11, 5)),
    "valentines day": lambda year: one_day(date(year, 2, 14)),
    "mothers day": lambda year: one_day(easter_sunday(year) - 3 * WEEK),
    "fathers day": lambda year: one_day(_nth(year, 6, 6, 3)),
    "pancake day": lambda year: one_day(easter_sunday(year) - 47 * DAY),
}


def holiday(name: str, today: date) -> Days:
    """Return the next day or days of a name ("boxing day"), those of today included."""
    rounds = (_HOLIDAYS[name](year) for year in range(today.year - 1, today.year + 2))
    return next(days for days in rounds if days.end and days.end > today)


def bank_holidays(year: int) -> list[date]:
    """Return England's bank holidays of a year in order, with the days in lieu of those that fall on a weekend."""
    easter = easter_sunday(year)
    fixed = [easter - 2 * DAY, easter + DAY, _nth(year, 5, 0, 1), _nth(year, 5, 0, -1), _nth(year, 8, 0, -1)]
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() > 4 or day in fixed:
            day += DAY
        fixed.append(day)
    return sorted(fixed)


def next_bank_holiday(today: date) -> date:
    """Return the first bank holiday from today on."""
    return next(day for day in bank_holidays(today.year) + bank_holidays(today.year + 1) if day >= today)
