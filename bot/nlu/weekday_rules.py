"""The grammar of days by name: "tmrw", "next tues", "a week on friday", "weekends", "boxing day"."""

from datetime import date

from bot.nlu.calendar_days import (
    DAY,
    WEEK,
    WEEKEND,
    WORKDAYS,
    Days,
    add_months,
    coming,
    every,
    holiday,
    monday_of,
    month_named,
    named_day,
    next_bank_holiday,
    nth_weekday,
    one_day,
    whole_month,
)
from bot.nlu.clock_rules import EVENING, part_window
from bot.nlu.rewriting import Build, Match, Read, days_read

GONE = Read("gone", None)
MOST_WEEKS = 52
ORDINAL = "(ordinal|ordinal_word)"
MONTH_NAMED = "((of|in)? month|(of|in)? next month_unit|(of|in)? the? month_unit|(of|in)? (this|every) month_unit)"


def always(days: Days) -> Build:
    """Return a rule's function that reads the same days wherever its pattern stands."""
    return lambda *_: days_read(days)


def gone(*_: object) -> Read:
    """Read what is over ("last friday", "2 weeks ago"): nothing can be booked there."""
    return GONE


def month_of(match: Match, today: date) -> Days:
    """Return the month that a stretch names: "january", "next month", else this one."""
    month = match.value("month")
    return month_named(month, today) if month else whole_month(add_months(today, int(match.has("next"))))


def _relative(match: Match, today: date) -> Read | None:
    ahead = match.value("relative")
    return days_read(one_day(today + DAY * ahead)) if ahead >= 0 else GONE


def _day_after(match: Match, today: date) -> Read | None:
    return days_read(one_day(today + DAY * (match.value("relative") + 1)))


def _and_day_after(match: Match, today: date) -> Read | None:
    first = today + DAY * match.value("relative")
    return days_read(Days(first, first + 2 * DAY))


def _this_part(match: Match, today: date) -> Read:
    """Read "this evening", "tonight"."""
    return Read("moment", (one_day(today), part_window(match.value("part", "night") or EVENING)))


def _weekday(match: Match, today: date) -> Read | None:
    return days_read(named_day(coming(match.value("weekday"), today)))


def _this_weekday(match: Match, today: date) -> Read | None:
    return days_read(named_day(coming(match.value("weekday"), today - DAY)))


def _next_weekday(match: Match, today: date) -> Read | None:
    """Read "next friday": the one of the week that begins next Monday ("friday after next": one later)."""
    weeks = 2 if match.has("after_next") else 1
    return days_read(named_day(monday_of(today) + weeks * WEEK + DAY * match.value("weekday")))


def _weeks_on(match: Match, today: date) -> Read | None:
    """Read "a week on friday", "2 weeks tomorrow", "friday week", "tomorrow fortnight"."""
    weeks = 2 if match.has("fortnight") else match.value("number", "numeral") or 1
    weekday = match.value("weekday")
    base = today + DAY * match.value("relative") if weekday is None else coming(weekday, today)
    return days_read(one_day(base + weeks * WEEK)) if weeks <= MOST_WEEKS else None


def _every_weekday(match: Match, _: date) -> Read | None:
    return days_read(every(*match.values("weekday", "weekdays")))


def _weekday_range(match: Match, _: date) -> Read | None:
    """Read "mon to thurs"."""
    first, last = match.values("weekday")
    return days_read(every(*sorted((first + ahead) % 7 for ahead in range((last - first) % 7 + 1))))


def _nth_weekday(match: Match, today: date) -> Read | None:
    """Read "first tuesday of the month", "last friday in january"."""
    nth = match.value("ordinal", "ordinal_word") or -1
    month = month_of(match, today)
    found = [nth_weekday(each, match.value("weekday"), nth) for each in (month, whole_month(add_months(today, 1)))]
    ahead = [day for day in found if day and day >= today]
    return days_read(named_day(ahead[0])) if ahead else None


def _weekend(match: Match, today: date) -> Read | None:
    """Read "this weekend" (what is left of it), "next weekend", "the weekend after next"."""
    weeks = 2 if match.has("after_next") else int(match.has("next"))
    start = monday_of(today) + WEEK * weeks + 5 * DAY
    return days_read(Days(max(start, today), start + 2 * DAY, weekdays=WEEKEND))


def _weeknight(*_: object) -> Read:
    return Read("moment", (every(*WORKDAYS), part_window(EVENING, repeats=True)))


def _holiday(match: Match, today: date) -> Read | None:
    return days_read(holiday(match.value("holiday"), today))


def _bank_holiday(match: Match, today: date) -> Read | None:
    """Read "bank holiday", "the bank holiday monday", "bank holiday weekend"."""
    day = next_bank_holiday(today)
    weekday = match.value("weekday")
    while weekday is not None and day.weekday() != weekday:
        day = next_bank_holiday(day + DAY)
    if not match.has("weekend"):
        return days_read(one_day(day))
    monday = monday_of(day + 3 * DAY)
    return days_read(Days(monday - 2 * DAY, monday + DAY))


_SPENT = "(part|night|weekday|week|weekend|month_unit|month|fortnight|year_unit|day|count week|count day)"

WEEKDAY_RULES: list[tuple[str, Build]] = [
    ("relative", _relative),
    ("the? day after relative", _day_after),
    ("relative (or|and) the? day after", _and_day_after),
    ("tonight", _this_part),
    ("this (part|night)", _this_part),
    (f"last {_SPENT}", gone),
    (f"(the|this)? past count? {_SPENT}", gone),
    ("(a|count) (day|week|month_unit|year_unit|fortnight|hour) ago", gone),
    ("since (the|last|a)? (ordinal of? month|month year|weekday|month|week|relative|ordinal|weekend)", gone),
    ("since (the|last|a)? (holiday|year_unit|part|date|day)", gone),
    ("every (day|week|month_unit|part|night|count week|count day)", gone),
    ("weekday", _weekday),
    ("this (weekday|next weekday)", _this_weekday),
    ("next weekday", _next_weekday),
    ("weekday after_next", _next_weekday),
    ("(a|count)? (week|fortnight) (on|from|this|next|after)? (weekday|relative)", _weeks_on),
    ("(weekday|relative) (a|count)? (week|fortnight) (?!of|after|again)", _weeks_on),
    ("(every|a) weekday", _every_weekday),
    (f"every {ORDINAL} weekday", _every_weekday),
    ("every? weekdays", _every_weekday),
    ("weekday (to|dash|until) weekday", _weekday_range),
    (f"the? ({ORDINAL}|last) weekday {MONTH_NAMED}", _nth_weekday),
    ("(this|the)? weekend", _weekend),
    ("the? next weekend", _weekend),
    ("the? next? weekend after_next", _weekend),
    ("(every|a) weekend", always(every(*WEEKEND))),
    ("every? weekends", always(every(*WEEKEND))),
    ("(every|a)? workday", always(every(*WORKDAYS))),
    ("(every|a)? weeknight", _weeknight),
    ("midweek", always(every(1, 2, 3))),
    ("holiday", _holiday),
    ("(the|next|this|a|on)? bank_holiday (weekday|weekend)?", _bank_holiday),
    ("any_day", always(Days())),
]
