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


def test_labels_are_found_by_kind():
    taxonomy = load_taxonomy()
    assert taxonomy.label("need", "fatigue") == "tiredness"
    assert taxonomy.label("cancer_type", "carer") == "carer"
    assert taxonomy.label("audience", "carer") == "carers"
