"""Lines of a menu told by what they are about, in words that no title has."""

import pytest

from bot.nlu.lexicon import build_lexicon
from bot.nlu.option_meanings import option_about
from bot.nlu.tokens import tokenise
from bot.understanding import Option
from services.events.taxonomy import load_taxonomy

OPTIONS = (
    Option("a", "Cooking and eating well"),
    Option("b", "Nordic walking"),
    Option("c", "Prostate support group"),
    Option("d", "Living with tiredness"),
)


@pytest.fixture(scope="module")
def lexicon():
    return build_lexicon(load_taxonomy(), find_places=lambda text: (), resolve_place=lambda text: None)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("the food one", 0),
        ("nutrition one please", 0),
        ("the exercise one", 1),
        ("the fatigue", 3),
        ("id like the fatigue one", 3),
        ("fatigue living with", 3),
        ("nutrition", 0),
    ],
)
def test_a_line_is_told_by_its_meaning(lexicon, text, index):
    assert option_about(tokenise(text), OPTIONS, lexicon) == index


@pytest.mark.parametrize(
    "text",
    [
        "food",
        "fatigue in camden",
        "the sleep one",
        "not the food one",
        "is the food one free?",
        "one for my mum please",
    ],
)
def test_other_messages_tell_no_line(lexicon, text):
    assert option_about(tokenise(text), OPTIONS, lexicon) is None


def test_two_lines_of_one_meaning_are_not_told_apart(lexicon):
    options = (*OPTIONS, Option("e", "Gentle yoga"))
    assert option_about(tokenise("the exercise one"), options, lexicon) is None
