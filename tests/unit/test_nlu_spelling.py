import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.spelling import Speller, consonants, sound

USES = {
    "please": 30, "cancel": 30, "can": 60, "appointment": 20, "booking": 20, "looking": 40, "wednesday": 15,
    "phone": 15, "lung": 15, "hypnosis": 1, "the": 90, "how": 40, "much": 30, "you": 90,
    "another": 12, "work": 20, "word": 5,
}  # fmt: skip
speller = Speller(USES, ["how much", "looking for"])


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("plase", "please"),
        ("pelase", "please"),
        ("pleasee", "please"),
        ("teh", "the"),
        ("bookng", "booking"),
        ("apointmnet", "appointment"),
        ("appntmnt", "appointment"),
        ("wdnsdy", "wednesday"),
        ("lng", "lung"),
        ("fone", "phone"),
        ("appoin", "appointment"),
        ("howmuch", "how much"),
        ("canyou", "can you"),
    ],
)
def test_slips_are_repaired(word, meant):
    assert speller.repair([word]) == [meant]


@pytest.mark.parametrize("word", ["please", "xyz", "pizza", "e17", "", "u", "hypnosys", "p" * 500, "বাংলা", "pléase"])
def test_what_is_known_or_unclear_is_left_alone(word):
    assert speller.repair([word]) == [word]


def test_of_two_words_as_near_the_more_used_is_meant():
    assert speller.repair(["cooking"]) == ["looking"]


def test_the_neighbour_decides_between_words_as_near():
    near = Speller({"bus": 20, "but": 40, "which": 20}, ["which bus"])
    assert near.repair(["which", "bux"]) == ["which", "bus"]
    assert near.repair(["bux"]) == ["but"]


def test_a_pair_of_words_nobody_knows_parts_nothing():
    assert Speller({"did": 20}, ["did ddnt"]).repair(["did", "didddnt"]) == ["did", "didddnt"]


@given(st.lists(st.text(alphabet="abcdehikmnoprtuwy", max_size=12)))
def test_repairing_again_changes_nothing(words):
    once = " ".join(speller.repair(words)).split()
    assert " ".join(speller.repair(once)).split() == once


def test_consonants_keep_the_first_letter():
    assert consonants("appointment") == "appntmnt"
    assert consonants("") == ""


@pytest.mark.parametrize(
    ("one", "other"), [("fone", "phone"), ("anuva", "another"), ("nite", "night"), ("sirgery", "surgery")]
)
def test_words_that_sound_alike_share_a_sound(one, other):
    assert sound(one) == sound(other)
