"""When somebody reads messages: working hours, weekends, and the bank holidays of England by their own rules."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from services.people.staff_hours import Away, load_staff_hours

HOURS = load_staff_hours()


@pytest.mark.parametrize(
    ("figures", "away", "opens"),
    [
        ((2026, 11, 23, 9, 0), None, (2026, 11, 24, 9)),
        ((2026, 11, 23, 16, 59), None, (2026, 11, 24, 9)),
        ((2026, 11, 23, 17, 0), Away.AFTER, (2026, 11, 24, 9)),
        ((2026, 11, 23, 8, 59), Away.BEFORE, (2026, 11, 23, 9)),
        ((2026, 11, 27, 18, 0), Away.AFTER, (2026, 11, 30, 9)),
        ((2026, 11, 28, 12, 0), Away.WEEKEND, (2026, 11, 30, 9)),
        ((2026, 12, 25, 12, 0), Away.HOLIDAY, (2026, 12, 29, 9)),
        ((2027, 3, 25, 17, 30), Away.AFTER, (2027, 3, 30, 9)),
        ((2027, 3, 28, 1, 30), Away.WEEKEND, (2027, 3, 30, 9)),  # the night the clocks go forward
        ((2027, 12, 24, 17, 0), Away.AFTER, (2027, 12, 29, 9)),
    ],
)
def test_who_is_there(london, figures, away, opens):
    moment = london(*figures)
    assert HOURS.away(moment) == away
    assert HOURS.next_opening(moment) == london(*opens)


def easter(year):
    """Easter Sunday, by Gauss's rule for the Gregorian calendar."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def bank_holidays(year):
    def monday(first):
        return first + timedelta(days=-first.weekday() % 7)

    def moved(*days):
        free = []
        for day in days:
            while day.weekday() > 4 or day in free:
                day += timedelta(days=1)
            free.append(day)
        return free

    last_may, last_august = (date(year, month, 31) for month in (5, 8))
    return {
        *moved(date(year, 1, 1)),
        easter(year) - timedelta(days=2),
        easter(year) + timedelta(days=1),
        monday(date(year, 5, 1)),
        last_may - timedelta(days=last_may.weekday()),
        last_august - timedelta(days=last_august.weekday()),
        *moved(*sorted((date(year, 12, 25), date(year, 12, 26)), key=lambda day: day.weekday() == 6)),
    }


@pytest.mark.parametrize("year", [2027, 2028])
def test_bank_holidays_are_those_of_the_rules(year):
    assert {day for day in HOURS.bank_holidays if day.year == year} == bank_holidays(year)


def test_patients_are_told_these_hours():
    texts = (Path(__file__).parents[2] / "dialogues" / "responses" / "en.yml").read_text()
    assert (HOURS.opens.hour, HOURS.closes.hour, HOURS.days) == (9, 17, frozenset(range(5)))
    assert "Monday to Friday, 9am to 5pm" in " ".join(texts.split())
    assert "They start at 9am" in texts
