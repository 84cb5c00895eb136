"""Words read as they were meant: slips, short words, and which words are left alone."""

import pytest

from bot.nlu.slips import Spelling
from bot.nlu.tokens import tokenise, words_of

KNOWN = {"massage": "complementary", "masage": "complementary", "walking": "exercise", "waiting": "stage", "bowel": "b"}
SPELLING = Spelling(KNOWN, {"attorney", "pencil"}, {"warning", "mourning"}, {"bk": "back", "n": "and"})


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("massaeg", "massage"),  # two letters swapped
        ("maasage", "masage"),  # one slip from two spellings of the same: the first
        ("bowle", "bowel"),
        ("bowls", "bowls"),  # too short for any slip but a swap
        ("waling", "waling"),  # too short as well
        ("waiking", "waiking"),  # a slip away from two words that mean different things
        ("walkin", "walking"),
        ("atorney", "attorney"),  # a word of a phrase
        ("warning", "warning"),  # an ordinary word, one slip from "warming"
        ("bk", "back"),
        ("dassage", "dassage"),  # a slip of the first letter is none
    ],
)
def test_a_slip_is_put_right_where_one_word_is_meant(said, meant):
    assert SPELLING.repair((said,)) == (meant,)


def test_a_letter_alone_is_a_word_only_between_others():
    assert SPELLING.repair(("me", "n", "mum")) == ("me", "and", "mum")
    assert SPELLING.repair(("n",)) == ("n",)
    assert SPELLING.repair(("n", "thanks")) == ("n", "thanks")


@pytest.mark.parametrize(
    "phrase", ["cant sleep", "yesss", "no 2", "in a  hall", "half 10", "Café", "t-loop", "4 my mum"]
)
def test_a_phrase_is_split_into_the_words_that_a_message_is(phrase):
    assert words_of(phrase) == tokenise(phrase).words
