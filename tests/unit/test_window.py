"""What people say of times, as the window that the search takes."""

from datetime import datetime, time, timedelta

import pytest

from bot.actions.window import window_of
from bot.nlu.dates import find_dates
from bot.nlu.tokens import tokenise
from services.core.clock import LONDON

NOW = datetime(2026, 11, 23, 10, tzinfo=LONDON)


def window(text: str):
    tokens = tokenise(text)
    return window_of([entity.value for entity in find_dates(tokens, tokens.words, NOW)], NOW)


def test_nothing_said_is_any_time_from_now() -> None:
    assert window_of([], NOW) == window("whatever suits")
    assert window_of([], NOW).starts_from == NOW
    assert window_of([], NOW).starts_before is None


def test_a_weekday_evening() -> None:
    found = window("a weekday evening")
    assert found.weekdays == frozenset(range(5))
    assert (found.earliest, found.latest) == (time(17), None)


def test_a_day_bounds_both_ends() -> None:
    found = window("on friday")
    assert found.starts_from == datetime(2026, 11, 27, tzinfo=LONDON)
    assert found.starts_before == datetime(2026, 11, 28, tzinfo=LONDON)


def test_today_begins_now() -> None:
    assert window("today").starts_from == NOW


def test_a_time_without_a_day_is_any_day() -> None:
    found = window("after 6")
    assert found.starts_before is None or found.starts_before - NOW > timedelta(days=300)
    assert found.earliest == time(18)


def test_two_days_are_alternatives() -> None:
    found = window("friday or next tuesday")
    assert found.starts_from == datetime(2026, 11, 27, tzinfo=LONDON)
    assert found.starts_before is not None
    assert found.starts_before >= datetime(2026, 12, 2, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"), [("not mornings", time(12), None), ("not evenings", None, time(17))]
)
def test_a_part_of_the_day_that_does_not_suit(text: str, earliest: time | None, latest: time | None) -> None:
    found = window(text)
    assert (found.earliest, found.latest) == (earliest, latest)
    assert not found.excluded_weekdays


def test_days_that_do_not_suit() -> None:
    assert window("not mondays").excluded_weekdays == frozenset({0})
