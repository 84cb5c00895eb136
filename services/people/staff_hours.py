"""When a person of ours reads messages and texts back: working hours, and the bank holidays of England."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from services.core import yaml12
from services.core.clock import LONDON, to_london
from services.core.spoken import WEEKDAYS

_FILE = Path(__file__).with_name("staff_hours.yml")


class Away(StrEnum):
    """Why nobody is there."""

    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class StaffHours:
    """Working hours in London: `days` are weekdays, 0 for Monday; `bank_holidays` are closed."""

    opens: time
    closes: time
    days: frozenset[int]
    bank_holidays: frozenset[date]

    def away(self, moment: datetime) -> Away | None:
        """Why nobody reads messages at an aware moment; None while somebody does."""
        local = to_london(moment)
        if local.date() in self.bank_holidays:
            return Away.HOLIDAY
        if local.weekday() not in self.days:
            return Away.WEEKEND
        if local.time() < self.opens:
            return Away.BEFORE
        return Away.AFTER if local.time() >= self.closes else None

    def next_opening(self, moment: datetime) -> datetime:
        """When somebody next begins to read messages, after an aware moment."""
        local = to_london(moment)
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        while day.weekday() not in self.days or day in self.bank_holidays:
            day += timedelta(days=1)
        return datetime.combine(day, self.opens, LONDON)

    def closing(self, moment: datetime) -> datetime:
        """When the working day of an aware moment ends."""
        return datetime.combine(to_london(moment).date(), self.closes, LONDON)


@cache
def load_staff_hours(path: Path = _FILE) -> StaffHours:
    """The hours in a file: `opens` and `closes` as HH:MM, `days` by name, `bank_holidays` as ISO dates."""
    data = yaml12.load(path)
    return StaffHours(
        time.fromisoformat(data["opens"]),
        time.fromisoformat(data["closes"]),
        frozenset(WEEKDAYS.index(day) for day in data["days"]),
        frozenset(date.fromisoformat(str(day)) for day in data["bank_holidays"]),
    )
