import numpy as np
import pytest

from bot.nlu import conditional_logit
from bot.nlu.logit_training import Case, fit

NONE, RIPE, ROTTEN, BIG = (frozenset(each.split()) for each in ("none", "ripe", "rotten", "rotten big"))
FRUIT = [Case([NONE, RIPE, ROTTEN], 1), Case([NONE, ROTTEN, RIPE], 2), Case([NONE, ROTTEN, BIG], 0)]


@pytest.fixture(scope="module")
def logit():
    return fit(FRUIT, rarest=2, penalty=0.1)


def test_what_was_chosen_before_is_likely_wherever_it_stands(logit):
    assert logit.shares([{"none"}, {"ripe"}, {"rotten"}]).argmax() == 1
    assert logit.shares([{"none"}, {"rotten"}, {"ripe"}]).argmax() == 2
    assert logit.shares([{"none"}, {"rotten"}]).argmax() == 0


def test_shares_make_one(logit):
    assert logit.shares([{"none"}, {"ripe"}, {"ripe"}, {"never seen"}]).sum() == pytest.approx(1)
    ripe, also_ripe = logit.shares([{"none"}, {"ripe"}, {"ripe"}])[1:]
    assert ripe == also_ripe


def test_a_feature_too_rare_to_learn_weighs_nothing(logit):
    assert "big" not in logit.features
    plain, big = logit.shares([{"rotten"}, {"rotten", "big"}])
    assert plain == big


def test_the_same_cases_give_the_same_logit(logit):
    again = fit(FRUIT, rarest=2, penalty=0.1)
    assert again.features == logit.features
    assert np.array_equal(again.weights, logit.weights)


def test_it_is_stored_under_its_name(logit):
    stored = conditional_logit.arrays("fruit", logit)
    found = conditional_logit.from_arrays("fruit", stored)
    assert np.array_equal(found.shares([{"none"}, {"ripe"}]), logit.shares([{"none"}, {"ripe"}]))
    assert conditional_logit.from_arrays("vegetables", stored) is None
