"""Picking a line of a menu as Londoners text it: in other words, by the time of day, with talk about it, corrected."""

from datetime import UTC, datetime

import pytest

from bot.nlu.entities import find_entities
from bot.nlu.lexicon import Lexicon
from bot.understanding import Expecting, Option

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
THREE = (
    Option("event:1", "Gentle yoga, Maggie's Barts", "", "2026-11-27T14:00:00+00:00"),
    Option("event:2", "Wig fitting, Guy's Cancer Centre", "", "2026-11-30T10:30:00+00:00"),
    Option("event:3", "Carers' meeting, Walthamstow Library", "", "2026-12-02T18:00:00+00:00"),
)
FOUR = (
    Option("event:1", "Walking group, Victoria Park", "", "2026-11-23T10:00:00+00:00"),
    Option("event:2", "Gospel choir, Brixton", "", "2026-11-23T19:30:00+00:00"),
    Option("event:3", "Tai chi, Clissold Park", "", "2026-11-25T13:00:00+00:00"),
    Option("event:4", "Fear of recurrence course, online", "", "2026-12-15T11:00:00+00:00"),
)
TWO = (
    Option("event:1", "Lymphoedema self care, Kingston Hospital", "", "2026-11-24T09:30:00+00:00"),
    Option("event:2", "Look Good Feel Better, St Thomas' Hospital", "", "2026-11-26T16:00:00+00:00"),
)


def picked(lexicon: Lexicon, text: str, options: tuple[Option, ...]) -> int | None:
    found = find_entities(text, lexicon, Expecting("event", "choice", options), NOW)
    return next((entity.value for entity in found if entity.kind == "choice"), None)


def rows(*menus: tuple[tuple[Option, ...], str]) -> list[tuple[str, tuple[Option, ...], int]]:
    """The texts of each line, parted by bars, with the index that the line begins with."""
    lines = ((options, line.split(": ", 1)) for options, table in menus for line in table.strip().splitlines())
    return [(text.strip(), options, int(index)) for options, (index, texts) in lines for text in texts.split(" | ")]


PICKED_OF_THREE = """
0: walking's not for me, the yoga | yga | the stretchy one | barts is nearest | yoga, 2 places | aye the yoga
0: I'd sooner do the yoga | stick me on the yoga | like the look of the yoga | yoga as long as its not too far
0: mi wah di yoga one | im free on the 27th | yoga innit
1: the free wig thing | the hair one | nuber 2 | 2 innit | oops 2 | not yoga, wigs | i can't do friday so monday
1: am one | guys is near me | guys is just down the road from me | wigs b4 i change my mind
1: nummer 2 | guys is handier for me | wigs obvs
2: i finish work at 5 so the last one | sign me up 4 the library | 3 but only if its free | walthamstow is nearer
2: the evening one | 1 sorry 3
"""
PICKED_OF_FOUR = """
0: the stroll | vicky park | morning one on monday
1: 730 | the singing | third from the bottom
2: thai chi | third from the top | second last
3: 15 | the worry one | the fifteenth | fear of it coming back
"""
PICKED_OF_TWO = """
0: swollen arm one | 930
1: makeup | tommys | not kingston, the other one | the other one not kingston | 26 | afternoon
1: tuesday is no good, thursday please
"""


@pytest.mark.parametrize(
    ("text", "options", "index"), rows((THREE, PICKED_OF_THREE), (FOUR, PICKED_OF_FOUR), (TWO, PICKED_OF_TWO))
)
def test_a_line_is_picked_in_any_words(lexicon, text, options, index):
    assert picked(lexicon, text, options) == index


@pytest.mark.parametrize(
    "text",
    [
        "the other one",
        "yoga hurts my back",
        "afternoons are best",
        "is the yoga ok if i bring my wife",
        "not the yoga",
        "the yoga or the wigs",
        "how far is the walk",
        "sorry",
        "i am not sure",
        "nearest",
        "the park",
        "wots the yoga like",
        "one i can do from the sofa",
    ],
)
def test_no_line_is_picked_by_talk_of_lines(lexicon, text):
    assert picked(lexicon, text, THREE) is None
