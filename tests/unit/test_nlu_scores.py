from collections import Counter

import pytest

from bot.nlu.scores import IntentScores, Tally, confusion_table, headline, score, tally_table

EXPECTED = ["greet", "greet", "book", "book", "out_of_scope", "out_of_scope", "out_of_scope", "out_of_scope"]
UNDERSTOOD = ["greet", "book", "book", "out_of_scope", "out_of_scope", "out_of_scope", "out_of_scope", "greet"]


@pytest.fixture
def scores():
    return score("a trial", EXPECTED, UNDERSTOOD)


def test_accuracy_and_f1(scores):
    assert scores.total == 8
    assert scores.accuracy == pytest.approx(5 / 8)
    assert scores.by_intent() == {"book": Tally(1, 1, 1), "greet": Tally(1, 1, 1), "out_of_scope": Tally(3, 1, 1)}
    assert scores.macro_f1 == pytest.approx((0.5 + 0.5 + 0.75) / 3)


def test_refusals(scores):
    assert scores.out_of_scope_recall == pytest.approx(3 / 4)
    assert scores.false_refusals == pytest.approx(1 / 4)


def test_an_intent_never_expected_does_not_count_in_macro_f1():
    assert score("x", ["greet"], ["greet"]).macro_f1 == score("x", ["greet", "greet"], ["greet", "greet"]).macro_f1 == 1
    assert score("x", ["greet", "greet"], ["greet", "never"]).macro_f1 == pytest.approx(2 / 3)


def test_confusions_come_most_frequent_first():
    scores = IntentScores("x", Counter({("a", "b"): 1, ("b", "a"): 3, ("a", "a"): 9, ("a", "c"): 1}))
    assert scores.confusions() == [("b", "a", 3), ("a", "b", 1), ("a", "c", 1)]
    assert confusion_table(scores.confusions()).splitlines()[1].split() == ["3", "b", "->", "a"]


def test_nothing_to_find_and_nothing_found_is_no_fault():
    assert (Tally(0, 0, 0).precision, Tally(0, 0, 0).recall, Tally(0, 0, 0).f1) == (1, 1, 1)
    assert score("empty", [], []).accuracy == 1


def test_precision_recall_and_f1():
    tally = Tally(hits=6, false_finds=2, misses=4)
    assert (tally.precision, tally.recall, tally.support) == (0.75, 0.6, 10)
    assert tally.f1 == pytest.approx(2 * 0.75 * 0.6 / 1.35)


def test_reports_say_the_figures(scores):
    assert "62.5%" in headline(scores)
    assert "a trial" in headline(scores)
    assert tally_table("intent", scores.by_intent()).splitlines()[3].split() == [
        "out_of_scope",
        "75.0%",
        "75.0%",
        "75.0%",
        "4",
    ]
