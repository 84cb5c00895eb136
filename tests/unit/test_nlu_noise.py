import random

from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.noise import noisy

TEXT = "please could you tell me about the fatigue workshop tomorrow and is there parking"


def test_nothing_slips_when_nothing_may():
    assert noisy(TEXT, random.Random(1), 0) == TEXT


def test_the_same_chance_makes_the_same_slips():
    assert noisy(TEXT, random.Random(1), 0.5) == noisy(TEXT, random.Random(1), 0.5)


def test_more_slips_change_more_words():
    chance = random.Random(1)

    def kept(amount):
        return sum(len(set(TEXT.split()) & set(noisy(TEXT, chance, amount).split())) for _ in range(50))

    assert kept(0.2) > kept(0.5) > kept(1.0)


@given(st.text(), st.integers(), st.floats(0, 1))
def test_a_message_never_vanishes(text, seed, amount):
    assert bool(noisy(text, random.Random(seed), amount)) == bool(text)
