from datetime import UTC, datetime

import pytest

from bot.nlu.choice_hearing import as_heard
from bot.nlu.dates import find_dates
from bot.nlu.menu_evidence import find_evidence
from bot.nlu.menu_lines import option_of
from bot.nlu.tokens import tokenise

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WIGS = (
    "Wed 25 Nov, 10am: Wig fitting, Guy's Cancer Centre",
    "Wed 25 Nov, 3pm: Wig fitting, Guy's Cancer Centre",
    "Fri 27 Nov, 1pm: Headscarf tying workshop, online",
)


def evidence(lexicon, text, menu=WIGS):
    options = [option_of(number, line, NOW) for number, line in enumerate(menu, start=1)]
    tokens = tokenise(text)
    dates = find_dates(tokens, tokens.words, NOW, asked=False)
    assert as_heard(tokens.words, options) == tokens.words
    return [
        (each.kind, " ".join(tokens.words[each.first : each.last + 1]), sorted(each.fits))
        for each in find_evidence(tokens, options, lexicon, dates)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("friday would be nice", ("day", "friday", [2])),
        ("not friday", ("no day", "not friday", [2])),
        ("thursdays are my dialysis", ("often", "thursdays", [])),
        ("number 2", ("number firm", "2", [1])),
        ("the last one", ("ordinal firm", "last", [2])),
        ("9 then", ("beyond", "9", [])),
        ("something with scarves", ("about", "scarves", [0, 1, 2])),
        ("wig please", ("word", "wig", [0, 1])),
        ("workshp please", ("near", "workshp", [2])),
        ("the barnet needs hair", ("akin", "hair", [0, 1, 2])),
        ("at the hospital", ("generic", "hospital", [1])),
        ("cooking for me", ("else", "cooking", [])),
    ],
)
def test_what_speaks_of_lines(lexicon, text, expected):
    found = evidence(lexicon, text, (WIGS[0], WIGS[1].replace("Cancer Centre", "Hospital"), WIGS[2]))
    assert expected in found


def test_the_earlier_is_the_earlier_of_what_else_is_spoken_of(lexicon):
    assert ("time", "later", [1]) in evidence(lexicon, "later wig thing")
    assert ("time", "later", [2]) in evidence(lexicon, "later is best")


def test_the_other_is_what_nothing_spoke_of(lexicon):
    assert ("other", "other", [2]) in evidence(lexicon, "wednesdays are hopeless so the other")


def test_no_word_speaks_twice(lexicon):
    said = [words for _, words, _ in evidence(lexicon, "the wig fitting on wednesday at 3pm, guys, number 2")]
    places = " ".join(said).split()
    assert len(places) == len(set(places)), said
