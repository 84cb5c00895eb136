"""How long an offer stands: a day, less when the event is near, in times that people say, and never into the night."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.deadlines import LONGEST, SHORTEST, offer_deadline
from services.core.clock import LONDON
from services.core.quiet_hours import is_quiet, next_opening


def at(said):
    return datetime.fromisoformat(said).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("now", "starts", "until"),
    [
        ("2026-11-23T10:20", "2026-12-03T14:00", "2026-11-24T10:00"),  # a day
        ("2026-11-23T18:00", "2026-12-03T14:00", "2026-11-24T18:00"),
        ("2026-11-23T23:10", "2026-12-03T14:00", "2026-11-25T08:00"),  # counted from the morning
        ("2026-11-23T10:00", "2026-11-24T10:00", "2026-11-23T18:00"),  # a third of what is left
        ("2026-11-23T10:00", "2026-11-23T16:00", "2026-11-23T12:00"),
        ("2026-11-23T10:05", "2026-11-23T14:00", "2026-11-23T11:15"),
        ("2026-11-23T16:00", "2026-11-24T14:00", "2026-11-24T09:00"),  # would end at 11:20pm
        ("2026-11-23T16:00", "2026-11-24T11:00", "2026-11-23T20:00"),  # too near for the morning after
        ("2026-11-23T10:00", "2026-11-23T11:00", None),
        ("2026-11-23T20:15", "2026-11-24T09:30", None),  # neither evening nor morning has room
        ("2026-11-23T10:00", "2026-11-22T10:00", None),
    ],
)
def test_deadlines(now, starts, until):
    found = offer_deadline(at(now), at(starts))
    assert found == (at(until) if until else None)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.timedeltas(timedelta(days=-1), timedelta(days=40)),
)
def test_a_deadline_always_leaves_time_to_answer_and_never_wakes_anybody(now, ahead):
    now = now.replace(tzinfo=UTC)
    until = offer_deadline(now, now + ahead)
    if until is None:
        return
    sent = next_opening(now)
    assert not is_quiet(until)
    assert SHORTEST <= until - sent <= LONGEST + timedelta(hours=14)
    assert until < now + ahead
    assert until.minute % 15 == 0
    assert until.second == 0
