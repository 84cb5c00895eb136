"""Features by their position, without a dictionary of strings."""

from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.feature_index import FeatureIndex

FEATURES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1)


@given(st.lists(FEATURES, unique=True), st.lists(FEATURES))
def test_it_finds_what_a_dictionary_finds(features, others):
    index, dictionary = FeatureIndex.of(features), {name: place for place, name in enumerate(features)}
    asked = [*features, *others, *features[:2]]
    assert index.positions(asked).tolist() == [dictionary[name] for name in asked if name in dictionary]
    assert list(index) == features
    assert len(index) == len(features)


def test_it_reads_texts_longer_than_it_takes_at_once():
    features = [f"feature {number}é" for number in range(20_000)]
    index = FeatureIndex.of(features)
    assert list(index) == features
    assert index.positions(["feature 19999é", "feature 20000é", "feature 0é"]).tolist() == [19999, 0]
    assert index[-1] == "feature 19999é"
    assert index == FeatureIndex.of(features)
    assert index != FeatureIndex.of(features[1:])


def test_no_features_at_all():
    assert FeatureIndex.of([]).positions(["a"]).tolist() == []


def test_an_index_without_its_text_finds_the_same():
    whole = FeatureIndex.of(["a", "b c", "d"])
    index = FeatureIndex.found_only(whole.packed)
    assert index.positions(["d", "a", "x"]).tolist() == whole.positions(["d", "a", "x"]).tolist() == [2, 0]
    assert index == whole
    assert len(index) == 3
    assert not index.packed.size
