"""Quiet hours: 9pm to 8am in London, across both changes of the clocks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.clock import to_london
from services.core.quiet_hours import ends_at, evening_before, is_quiet, next_opening

London = Callable[..., datetime]


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(7, 59, True), (8, 0, False), (20, 59, False), (21, 0, True), (0, 0, True)]
)
def test_the_edges(london: London, hour: int, minute: int, quiet: bool) -> None:
    assert is_quiet(london(2026, 12, 1, hour, minute)) is quiet


@pytest.mark.parametrize(
    ("late", "opens"),
    [
        ((2026, 3, 28, 23), (2026, 3, 29, 8)),  # the clocks go forward in that night
        ((2026, 10, 24, 23), (2026, 10, 25, 8)),  # and back in this one
        ((2026, 12, 1, 3), (2026, 12, 1, 8)),
        ((2026, 12, 1, 12), (2026, 12, 1, 12)),
    ],
)
def test_it_opens_at_8am_london_time(london: London, late: tuple[int, ...], opens: tuple[int, ...]) -> None:
    assert next_opening(london(*late)) == london(*opens)


def test_the_evening_before(london: London) -> None:
    assert evening_before(london(2026, 12, 2, 8, 30)) == london(2026, 12, 1, 20, 30)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))
def test_the_next_opening_is_never_quiet_nor_far(moment: datetime) -> None:
    opening = next_opening(moment)
    assert not is_quiet(opening)
    assert timedelta() <= opening - moment <= timedelta(hours=12)
    assert not is_quiet(evening_before(moment))
    assert to_london(evening_before(moment)).date() < to_london(moment).date()


@pytest.mark.parametrize(
    ("start", "hours", "ends"),
    [
        ((2026, 12, 1, 10), 2.0, (2026, 12, 1, 12)),
        ((2026, 12, 1, 20), 1.0, (2026, 12, 1, 21)),
        ((2026, 12, 1, 20), 3.0, (2026, 12, 2, 10)),
        ((2026, 12, 1, 22), 1.0, (2026, 12, 2, 9)),
        ((2026, 12, 1, 20), 1 + 13 + 2.0, (2026, 12, 3, 10)),
        ((2026, 3, 28, 20), 2.0, (2026, 3, 29, 9)),  # the clocks go forward in that night
        ((2026, 10, 24, 20), 2.0, (2026, 10, 25, 9)),  # and back in this one
        ((2026, 12, 1, 20), 0.0, (2026, 12, 1, 20)),
    ],
)
def test_work_rests_at_night(london: London, start: tuple[int, ...], hours: float, ends: tuple[int, ...]) -> None:
    assert ends_at(london(*start), timedelta(hours=hours)) == london(*ends)
