"""Access needs of a booking: how they are written down, and whether there is time to arrange them."""

from datetime import datetime, timedelta

import pytest

from services.booking import access
from services.booking.access import Arrangement
from services.core.clock import LONDON

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("ids", "language", "held_in", "words", "needs"),
    [
        ([], None, "English", "", []),
        (["bsl", "wheelchair", "bsl"], None, "English", "", ["bsl", "wheelchair"]),
        ([], "Polish", "English", "", ["language:Polish"]),
        ([], "Polish", "English; polish", "", []),
        ([], "English", "English", "near the door", ["near the door"]),
        (["chair"], "Polish", "English", "near the door", ["chair", "language:Polish", "near the door"]),
    ],
)
def test_what_a_booking_records(ids, language, held_in, words, needs):
    assert access.as_needs(ids, language, held_in, words) == needs


def test_needs_as_an_organiser_reads_them():
    assert access.labels(["bsl", "language:Polish", "near the door"]) == [
        "a BSL interpreter",
        "Polish",
        "near the door",
    ]
    assert access.known(["bsl", "language:Polish", "near the door"]) == ["bsl", "language:Polish"]


@pytest.mark.parametrize(
    ("starts_at", "days"),
    [
        (datetime(2026, 11, 23, 15, 0, tzinfo=LONDON), 0),
        (datetime(2026, 11, 24, 9, 0, tzinfo=LONDON), 0),
        (datetime(2026, 11, 30, 9, 0, tzinfo=LONDON), 4),
        (datetime(2026, 12, 8, 9, 0, tzinfo=LONDON), 10),
        (datetime(2026, 12, 30, 9, 0, tzinfo=LONDON), 24),  # without Christmas Day and Boxing Day's holiday
        (MONDAY - timedelta(days=3), 0),
    ],
)
def test_working_days_are_those_between(starts_at, days):
    assert access.working_days(MONDAY, starts_at) == days


def test_an_interpreter_needs_ten_working_days():
    in_time, late = datetime(2026, 12, 8, 9, 0, tzinfo=LONDON), datetime(2026, 12, 7, 9, 0, tzinfo=LONDON)
    assert access.to_arrange(["bsl", "wheelchair"], in_time, MONDAY) == [Arrangement("bsl", 10, False)]
    assert access.to_arrange(["bsl", "wheelchair"], late, MONDAY) == [Arrangement("bsl", 10, True)]


def test_a_language_needs_an_interpreter_once():
    needs = ["interpreter", "language:Polish", "near the door"]
    assert access.to_arrange(needs, MONDAY + timedelta(days=30), MONDAY) == [Arrangement("interpreter", 5, False)]
