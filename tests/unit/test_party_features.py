from datetime import UTC, datetime

import pytest

from bot.nlu.dates import find_dates
from bot.nlu.party_features import told_by
from bot.nlu.party_outline import NAME, NUMBER, OTHER_NUMBER, PAUSE, PERSON, SEVERAL, UNCOUNTED, outline_of
from bot.nlu.party_told import crossed
from bot.nlu.tokens import tokenise

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def outline(lexicon, text):
    tokens = tokenise(text)
    words = lexicon.spelling.repair(tokens.words)
    return outline_of(tokens, words, lexicon, find_dates(tokens, words, NOW))


def ways(lexicon, text):
    told = told_by(outline(lexicon, text))
    return dict(zip(told.sizes, told.ways, strict=True))


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("me and my wife", ("me", "and", PERSON)),
        ("me, my two sons", ("me", PAUSE, SEVERAL)),
        ("some friends", (UNCOUNTED,)),
        ("table of 5 please", ("table", "of", NUMBER, "please")),
        ("one for the walk", ("one", "for", "the", "walk")),
        ("3 weeks, 40 quid", (OTHER_NUMBER, "weeks", PAUSE, OTHER_NUMBER, "quid")),
        ("Dave and Sue", (NAME, "and", NAME)),
        ("only meself n 2 seats", ("just", "me", "and", NUMBER, "places")),
        ("me an me mam", ("me", "and", PERSON)),
        ("sat 12 dec", ("sat", OTHER_NUMBER, "dec")),
    ],
)
def test_a_message_in_outline(lexicon, text, signs):
    assert outline(lexicon, text).signs == signs


def test_an_outline_tells_numbers_people_and_names(lexicon):
    found = outline(lexicon, "me, my two sons, Dave and a dozen from work?")
    assert found.numbers == (2, 12)
    assert found.people == (2,)
    assert found.joined == 1
    assert found.asks
    words = tokenise("me, my two sons, Dave and a dozen from work?").words
    assert [words[place] for sign, place in zip(found.signs, found.places, strict=True) if sign == NUMBER] == ["dozen"]


def test_each_number_has_the_ways_in_which_it_may_be_meant(lexicon):
    found = ways(lexicon, "there were five of us but my brother is poorly")
    assert found[None] == {"nothing"}
    assert "number-1" in found[4]
    assert {"number", "first number", "last number", "most"} <= found[5]
    assert "number+1" in found[6]
    assert {"people", "one"} <= found[1]
    assert {"people+1", "two"} <= found[2]


def test_words_that_count_by_themselves(lexicon):
    assert "number" in ways(lexicon, "a foursome for the quiz")[4]
    assert "number+1" in ways(lexicon, "my parents and i")[3]


def test_no_number_is_none_or_larger_than_is_read_here(lexicon):
    assert set(ways(lexicon, "12 or 1 of us")) <= {None, *range(1, 13)}


def test_the_ways_go_with_the_words_around(lexicon):
    told = told_by(outline(lexicon, "room for 4"))
    four = crossed(told.ways[told.sizes.index(4)], told.around)
    assert {"number|room", "number|room for", f"number|for {NUMBER}", f"number|{NUMBER} $", "size 4|always"} <= four
    assert not any(each.startswith("size 4|room") for each in four)
    assert {"nothing|room", "nothing|numbers 1", "nothing|always"} <= crossed(told.ways[0], told.around)
