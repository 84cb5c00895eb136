import numpy as np
import pytest

from bot.nlu.features import fit, letter_features, word_features
from bot.nlu.normalise import Words

CONCEPTS = {"mum": ("family", "carer"), "dad": ("family",)}


def message(text):
    return Words(tuple(text.split()), tuple(text.split()))


def test_words_pairs_kinds_and_content_within_reach():
    features = word_features(["book", "my", "mum"], CONCEPTS)
    words, kinds = ["book", "my", "mum"], ["<family>", "<carer>"]
    pairs, general = ["^ book", "book my", "my mum", "mum $"], ["my <family>", "<family> $", "<family>&book"]
    assert sorted(features) == sorted([*words, *kinds, *pairs, *general])


def test_a_word_no_example_has_counts_as_its_kind():
    vectoriser = fit(
        [message("book my mum"), message("book my wife"), message("hello")], {**CONCEPTS, "wife": ("family",)}, 2
    )
    known = {
        vectoriser.words[position]
        for position in vectoriser.vector(message("my dad"))[0]
        if position < len(vectoriser.words)
    }
    assert known == {"my", "<family>", "my <family>", "<family> $"}


def test_letters_stay_inside_words():
    assert letter_features(["ab"]) == [" a", "ab", "b ", " ab", "ab ", " ab "]
    assert not any(piece[1:-1].count(" ") for piece in letter_features(["book", "me"]))


def test_words_and_letters_each_have_length_one():
    vectoriser = fit([message("book a place"), message("cancel a place")], {}, 1)
    positions, values = vectoriser.vector(message("book book a place"))
    words = positions < len(vectoriser.words)
    assert np.linalg.norm(values[words]) == pytest.approx(1)
    assert np.linalg.norm(values[~words]) == pytest.approx(1)
    assert len(set(positions.tolist())) == len(positions)


def test_rare_features_weigh_more_and_the_rarest_are_left_out():
    texts = [message("a rare word"), message("a word"), message("a word"), message("a")]
    vectoriser = fit(texts, {}, 2)
    rarity = dict(zip(vectoriser.words, vectoriser.rarity[: len(vectoriser.words)], strict=True))
    assert rarity["word"] > rarity["a"]
    assert "rare" not in rarity


def test_a_message_without_features_is_the_empty_vector():
    positions, values = fit([message("a b")], {}, 1).vector(message(""))
    assert len(positions) == len(values) == 0
