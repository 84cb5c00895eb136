"""What a message says of a booking that is made: more or fewer people, and something else instead."""

import pytest

from bot.of_bookings import CHANGE_EVENT, ONE_MORE, PARTY_SIZE, of_bookings
from bot.understanding import Entity, Expecting, Understanding


def read(text, *entities, intent="inform", expecting=None):
    return of_bookings(Understanding(text, intent, 0.9, ((intent, 0.9),), tuple(entities)), expecting)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("one more please", 1),
        ("can I have 2 more places", 2),
        ("an extra person is coming", 1),
        ("add my daughter to it", 1),
        ("My husband's coming along too", 1),
        ("can i bring two friends", 2),
        ("could you add a friend", 1),
        ("my man is coming as well", 1),
        ("one less please", -1),
        ("two fewer", -2),
        ("my sister can't come now", -1),
        ("take him off", -1),
    ],
)
def test_more_and_fewer_are_counted(text, more):
    assert read(text).first("more_places") == more


@pytest.mark.parametrize(
    "text",
    [
        "fewer texts please",
        "one more thing",
        "one more time",
        "my wife is more tired now",
        "less pain",
        "me and my wife",
    ],
)
def test_other_things_are_not(text):
    assert read(text).first("more_places") is None


def test_what_more_people_were_mistaken_for_is_put_right():
    assert read("one less please", intent="stop_reminders").intent == PARTY_SIZE
    assert read("one more please", intent="repeat").intent == ONE_MORE
    assert read("my sister cant come now", intent="change_booking").intent == "change_booking"


def test_something_named_is_wanted_instead():
    walking = Entity("activity", "walking", 20, 20, "walking")
    said = read("can i go to the walking group instead", walking)
    assert (said.intent, said.first("wanted")) == (CHANGE_EVENT, "activity:walking")


def test_a_line_of_an_earlier_list_may_be_wanted_instead():
    second = Entity("choice", "event:7", 0, 10, "the second")
    assert read("the second instead", second, intent="choose_option").first("wanted") == "event:7"


@pytest.mark.parametrize(
    "said",
    [
        read("is there walking", Entity("activity", "walking", 20, 20, "walking")),
        read("thursday instead", Entity("date", {"day": "2026-11-26"}, 0, 8, "thursday")),
        read("tell me when there is walking instead", Entity("activity", "walking", 0, 0, ""), intent="notify_me"),
    ],
)
def test_nothing_else_is(said):
    assert said.first("wanted") is None


def test_an_answer_is_left_as_it_is():
    assert read("one more please", expecting=Expecting("party", "count")).first("more_places") is None
