"""What a message names of the events to come becomes entities, and makes way for what was looked for before."""

import pytest

from bot.naming import with_named
from bot.understanding import Entity, Expecting, Understanding
from services.events.activities import Activity
from services.events.search import Named


def understood(text, *entities):
    return Understanding(text, "inform", 0.7, (("inform", 0.7),), entities)


def read(text, named, *entities, asked=None):
    expecting = Expecting("slot", asked) if asked else None
    found = with_named(understood(text, *entities), expecting, lambda said: named if said == text else Named())
    return [(entity.kind, entity.value) for entity in found.entities if entity not in entities]


SWIM = Named(None, (Activity("swimming", 0, 8),))
NEED = Entity("need", "exercise", 0, 8, "swimming")


def test_an_activity_goes_with_the_need_that_its_words_name_and_takes_no_words_from_it():
    found = with_named(understood("swimming in E17", NEED), None, lambda said: SWIM).entities
    assert found[1] == Entity("activity", "swimming", 15, 15, "")
    assert found[2] == Entity("title", None, 0, 0, "")


def test_several_activities_are_one_wish():
    both = Named(None, (Activity("yoga", 0, 4), Activity("swimming", 8, 16), Activity("yoga", 20, 25)))
    assert read("yoga or swimming or yogga", both) == [("activity", "yoga swimming"), ("title", None)]


@pytest.mark.parametrize("kind", ["place", "language", "audience", "date", "name"])
def test_words_that_say_something_else_are_no_activity(kind):
    assert read("swimming", SWIM, Entity(kind, "x", 0, 8, "swimming")) == []


@pytest.mark.parametrize("asked", ["name", "text"])
def test_an_answer_of_any_words_names_nothing(asked):
    assert read("swimming", SWIM, asked=asked) == []


def test_what_would_help_is_answered_by_an_activity_that_is_no_need():
    football = Named(None, (Activity("football", 0, 8),))
    assert read("football", football, asked="need") == [("activity", "football"), ("skip", True), ("title", None)]
    assert read("swimming", SWIM, NEED, asked="need") == [("activity", "swimming"), ("title", None)]


def test_a_title_stands_before_what_is_done_and_only_where_anything_may_be_said():
    hope = Named("hope", (Activity("singing", 0, 7),))
    assert read("singing hope", hope) == [("title", "hope"), ("activity", None)]
    assert read("singing hope", hope, asked="place") == [("activity", "singing"), ("title", None)]


def test_a_new_need_gives_up_the_title_and_the_activity_looked_for_before():
    assert read("help with sleep", Named(), Entity("need", "sleep", 10, 15, "sleep")) == [
        ("activity", None),
        ("title", None),
    ]
    assert read("near E17", Named(), Entity("place", {}, 5, 8, "E17")) == []


def test_the_line_of_a_menu_is_all_that_a_message_names():
    picked = Entity("choice", "event:1", 0, 12, "the swimming")
    assert read("the swimming", SWIM, picked, Entity("need", "exercise", 4, 12, "swimming")) == []
