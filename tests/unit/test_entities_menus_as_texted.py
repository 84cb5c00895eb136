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

FATIGUE = (
    Option("event:1", "Chair yoga, Deptford Lounge", "", "2026-11-24T10:00:00+00:00"),
    Option("event:2", "Wig and headscarf fitting, Guy's Cancer Centre", "", "2026-11-25T14:00:00+00:00"),
    Option("event:3", "Managing fatigue, online", "", "2026-11-27T18:00:00+00:00"),
)
GROUPS = (
    Option("event:1", "Prostate support group, St George's", "", "2026-12-03T11:00:00+00:00"),
    Option("event:2", "Prostate support group, online", "", "2026-12-04T18:00:00+00:00"),
    Option("event:3", "Pelvic floor class, Tooting", "", "2026-12-07T14:00:00+00:00"),
)
POTTERY = (
    Option("event:1", "Pottery, Crouch End", "", "2026-11-28T10:00:00+00:00"),
    Option("event:2", "Pottery, Crouch End", "", "2026-11-28T14:00:00+00:00"),
    Option("event:3", "Pottery, Hornsey", "", "2026-12-02T18:00:00+00:00"),
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
PICKED_OF_FATIGUE = """
0: first un | the top un | mi wan di yoga | i need the yoga one please | stretchin
1: lost me hair so that one | my hairs falling out so the wig one
2: can I do the tiredness talk | the one wot helps with bein tired | the one i can do from me bed | on zoom
2: im always shattered so that one | the evening 1 | from home, me legs are bad
"""
PICKED_OF_GROUPS = """
0: support group face to face | the group but not online | prostate group in person
1: support group but from home | prostate group on zoom | group from the sofa | not tooting, from home
2: im leaking all day so that one | tooting, I can get the 57 bus there | floor one, hubby can drop me
"""
PICKED_OF_POTTERY = """
0: either is fine but go with the early | both good but the morning is better | dont mind, say the first
0: the earlier one on saturday | sooner the better | whichever, 10 oclock
1: the later one on sat | the later crouch end one | any but ill go for the second
2: only free evenings so that 1 | not crouch end, the other
"""
PICKED_OF_TWO = """
0: swollen arm one | 930
1: makeup | tommys | not kingston, the other one | the other one not kingston | 26 | afternoon
1: tuesday is no good, thursday please
"""


@pytest.mark.parametrize(
    ("text", "options", "index"),
    rows(
        *((THREE, PICKED_OF_THREE), (FOUR, PICKED_OF_FOUR), (TWO, PICKED_OF_TWO)),
        *((FATIGUE, PICKED_OF_FATIGUE), (GROUPS, PICKED_OF_GROUPS), (POTTERY, PICKED_OF_POTTERY)),
    ),
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


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("either", POTTERY),
        ("anything but the first", POTTERY),
        ("the other", POTTERY),
        ("mornings", POTTERY),
        ("support group", GROUPS),
        ("do you know that one", GROUPS),
        ("is it tiring, that one?", FATIGUE),
        ("i like that one", FATIGUE),
        ("will you be there", FATIGUE),
    ],
)
def test_no_line_is_picked_where_several_would_do(lexicon, text, options):
    assert picked(lexicon, text, options) is None
