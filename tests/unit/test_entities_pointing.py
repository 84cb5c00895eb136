"""Which of several things a question is about."""

from datetime import UTC, datetime

import pytest

from bot.nlu.pointing import pointed_out
from bot.understanding import Option

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LISTED = (
    Option("event:1", "Walking group", "Walking group Walthamstow Library", "2026-11-28T10:30:00+00:00"),
    Option("event:2", "Gentle yoga", "Gentle yoga Walthamstow Library", "2026-12-02T14:00:00+00:00"),
    Option("event:3", "Money advice", "Money advice Whipps Cross Hospital", "2026-12-01T11:00:00+00:00"),
)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("is there parking at the second one?", 1),
        ("does number 3 have a lift", 2),
        ("details of 1", 0),
        ("how do i get to the walking group", 0),
        ("can I park at whipps cross", 2),
        ("cancel the yoga please", 1),
        ("what time does the one on Saturday finish", 0),
        ("is the librery step free", None),
        ("is there parking?", None),
        ("is it the first or the third one that has parking", None),
        ("is there parking for 2 cars and a minibus", None),
        ("details of 7", None),
        ("how long is the yoga and the walking", None),
    ],
)
def test_what_a_question_is_about(text, index):
    assert pointed_out(text, LISTED, NOW) == index


def test_of_one_thing_it_need_not_be_said():
    assert pointed_out("is there parking at the library", LISTED[:1], NOW) is None
    assert pointed_out("details of number 1", LISTED[:1], NOW) == 0
