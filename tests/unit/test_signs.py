"""Needs told by words that stand near one another, in one part of a message."""

import pytest

from bot.nlu.signs import Signs
from bot.nlu.tokens import tokenise
from bot.nlu.word_lists import phrases_of, read_list
from services.events.taxonomy import load_taxonomy

SIGNS = Signs({"need": {"lymphoedema": ["arm, hand + swollen, puffy"], "sleep": ["cant, never > sleep > night"]}})
LISTED = read_list("signs")


def told(text: str, left_out: frozenset[int] = frozenset()) -> list[tuple[str, int, int]]:
    tokens = tokenise(text)
    return [(value, first, last) for (_, value), first, last in SIGNS.find(tokens, tokens.words, left_out)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my arm is all swollen", [("lymphoedema", 1, 4)]),
        ("a puffy left hand", [("lymphoedema", 1, 3)]),
        ("my arm, its swollen", []),  # a pause parts them
        ("my arm is the one that they said was swollen", []),  # too far apart
        ("swollen", []),
        ("cant get to sleep at night", [("sleep", 0, 5)]),
        ("sleep at night, i never can", []),
        ("at night i never sleep", []),  # not in the order written
    ],
)
def test_a_sign_is_a_word_of_each_group_near_the_others(text, found):
    assert told(text) == found


def test_words_left_out_are_no_part_of_a_sign():
    assert told("my arm is swollen", frozenset((3,))) == []


def test_a_later_word_may_complete_a_sign_that_an_earlier_one_cannot():
    assert told("arm and all that long and sorry story hand swollen") == [("lymphoedema", 8, 9)]


def test_every_line_is_of_two_groups_or_more_of_one_kind_and_every_term_is_known():
    assert set(LISTED) == {"cancer_type", "need", "mode"}
    known = {(term.kind, term.id) for term in load_taxonomy().terms()}
    assert {(kind, value) for kind in ("cancer_type", "need") for value in LISTED[kind]} <= known
    for line in (line for kind in LISTED.values() for lines in kind.values() for line in lines):
        assert (" > " in line) != (" + " in line), line
        groups = line.replace(" + ", " > ").split(" > ")
        assert all(phrases_of(group) for group in groups), line
        assert all(" " not in word for group in groups for word in phrases_of(group)), line
