"""Dates, times and distances read as the NHS writes them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.clock import LONDON
from services.core.spoken import (
    spoken_date,
    spoken_distance,
    spoken_list,
    spoken_moment,
    spoken_range,
    spoken_time,
    spoken_until,
)

NOW = datetime(2026, 11, 23, 10, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(17, 0, "5pm"), (17, 30, "5:30pm"), (12, 0, "midday"), (0, 0, "midnight"), (9, 5, "9:05am"), (0, 30, "12:30am")],
)
def test_times(hour: int, minute: int, said: str) -> None:
    assert spoken_time(datetime(2026, 12, 2, hour, minute, tzinfo=LONDON)) == said


def test_a_date_has_its_year_only_when_it_is_another() -> None:
    assert spoken_date(datetime(2026, 12, 2, 14, tzinfo=LONDON), NOW) == "Wednesday 2 December"
    assert spoken_date(datetime(2027, 1, 6, 14, tzinfo=LONDON), NOW) == "Wednesday 6 January 2027"


def test_summer_time_is_told_in_london_time() -> None:
    assert spoken_time(datetime(2026, 7, 1, 13, tzinfo=UTC)) == "2pm"


def test_ranges() -> None:
    start = datetime(2026, 12, 2, 14, tzinfo=LONDON)
    assert spoken_range(start, start + timedelta(hours=2), NOW) == "Wednesday 2 December, 2pm to 4pm"
    last = start + timedelta(days=7, hours=2)
    assert spoken_range(start, last, NOW) == "Wednesday 2 December to Wednesday 9 December, 2pm to 4pm"


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(hours=8), "6pm today"),
        (timedelta(days=1), "10am tomorrow"),
        (timedelta(days=2, hours=2), "midday on Wednesday 25 November"),
    ],
)
def test_a_deadline_is_told_by_its_day(ahead: timedelta, said: str) -> None:
    assert spoken_until(NOW + ahead, NOW) == said


def test_a_moment_today_is_told_by_its_time_alone() -> None:
    assert spoken_moment(NOW + timedelta(minutes=15), NOW) == "10:15am"
    assert spoken_moment(NOW + timedelta(days=1), NOW) == "10am on Tuesday 24 November"


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0, "under 0.2 miles"),
        (644, "0.4 miles"),
        (1609, "1 mile"),
        (3219, "2 miles"),
        (4023, "2.5 miles"),
        (32187, "20 miles"),
    ],
)
def test_distances(metres: float, said: str) -> None:
    assert spoken_distance(metres) == said


def test_lists() -> None:
    assert [spoken_list(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_every_moment_can_be_said(moment: datetime) -> None:
    assert spoken_range(moment, moment + timedelta(hours=1), NOW)
    assert spoken_moment(moment, NOW)
