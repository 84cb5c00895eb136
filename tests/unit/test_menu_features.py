from bot.nlu.menu_evidence import Evidence
from bot.nlu.menu_features import alternatives
from bot.nlu.tokens import tokenise

FIRST, SECOND, BOTH = frozenset((0,)), frozenset((1,)), frozenset((0, 1))


def features(text, *evidence, count=3):
    return alternatives(tokenise(text), evidence, count)


def test_a_line_has_how_it_is_spoken_of_and_the_words_around():
    none, first, second, third = features("the yoga please", Evidence("word", 1, 1, FIRST))
    assert {"+word:1", "<the", ">please", "<<^ the", ">>please $", "+first", "+last", "kept True of 1"} <= first
    assert second == third == {"kept False of 1", "kept by some False"}
    assert {"0 the", "0 <1>", "0 the <1>", "0 <1> please", "0 open 1", "0 telling 1", "0 asks False False"} <= none


def test_what_is_refused_speaks_against():
    _, first, second, third = features("not the yoga", Evidence("word", 2, 2, FIRST))
    assert "-word:1" in first
    assert "left False of 2" in first
    assert {"left True of 2"} == second == third


def test_a_refusal_ends_at_a_pause_and_where_it_turns():
    for text, place in (("not that, yoga", 2), ("i cant walk but i do yoga", 6)):
        _, first, *_ = features(text, Evidence("word", place, place, FIRST))
        assert "+word:1" in first


def test_what_stands_alone_between_pauses_is_marked():
    _, first, second, _ = features(
        "my hair is gone. the second one", Evidence("word", 1, 1, FIRST), Evidence("ordinal firm", 5, 5, SECOND)
    )
    assert "+alone" in second
    assert "+alone" not in first


def test_kept_and_left_are_taken_together():
    _, first, second, _ = features(
        "wig not tuesday", Evidence("word", 0, 0, BOTH), Evidence("no day", 1, 2, FIRST), count=2 + 1
    )
    assert "kept and left True of 1" in second
    assert "kept and left False of 1" in first


def test_the_outline_tells_words_that_are_no_fillers_and_questions():
    none, *_ = features("which is hilly?", Evidence("else", 2, 2, frozenset()))
    assert {"0 <no else>", "0 asks True True", "0 which"} <= none
    none, *_ = features("zumba? yes")
    assert {"0 <w>", "0 zumba <w>", "0 asks False True", "0 unknown 1"} <= none
