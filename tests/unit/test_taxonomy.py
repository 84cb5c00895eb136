import pytest

from services.events.taxonomy import load_taxonomy


def test_every_list_has_its_terms_with_labels_and_words():
    taxonomy = load_taxonomy()
    for group in (taxonomy.cancer_types, taxonomy.needs, taxonomy.audience, taxonomy.stage, taxonomy.access):
        assert len(group) >= 4
        for term_id, term in group.items():
            assert term.id == term_id
            assert term.label
            assert term.words


def test_no_phrase_means_two_terms_of_one_kind():
    owners: dict[tuple[str, str], str] = {}
    for term in load_taxonomy().terms():
        for phrase in term.words:
            assert owners.setdefault((term.kind, phrase), term.id) == term.id, phrase


def test_phrases_are_lower_case_and_without_apostrophes():
    for term in load_taxonomy().terms():
        for phrase in (*term.words, *term.weak):
            assert phrase == phrase.lower().replace("'", ""), phrase


def test_an_ignored_phrase_is_no_term():
    taxonomy = load_taxonomy()
    words = {phrase for term in taxonomy.terms() for phrase in term.words}
    assert not words & set(taxonomy.ignored)


def test_the_mask_of_needs_has_one_bit_for_each():
    taxonomy = load_taxonomy()
    assert taxonomy.need_mask([]) == 0
    assert taxonomy.need_mask(["sleep", "fatigue", "sleep"]) == taxonomy.need_mask(["fatigue"]) + taxonomy.need_mask(
        ["sleep"]
    )
    assert taxonomy.need_mask(taxonomy.needs) == 2 ** len(taxonomy.needs) - 1


def test_an_unknown_need_has_no_bit():
    with pytest.raises(KeyError):
        load_taxonomy().need_mask(["gardening in space"])


def test_labels_are_found_by_kind():
    taxonomy = load_taxonomy()
    assert taxonomy.label("need", "fatigue") == "tiredness"
    assert taxonomy.label("cancer_type", "carer") == "carer"
    assert taxonomy.label("audience", "carer") == "carers"
