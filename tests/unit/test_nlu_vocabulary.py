from pathlib import Path

import pytest

from bot.nlu.normalise import Normaliser
from bot.nlu.vocabulary import read_vocabulary
from services.core.errors import ConfigurationError

DATA = Path(__file__).parents[2] / "nlu_data"


def write(folder, short_forms="you: u ya\n", concepts="family: mum dad\ncarer: mum\n"):
    (folder / "short_forms.yml").write_text(short_forms, encoding="utf-8")
    (folder / "concepts.yml").write_text(concepts, encoding="utf-8")
    return folder


def test_forms_lead_to_words_and_words_to_kinds(tmp_path):
    vocabulary = read_vocabulary(write(tmp_path))
    assert vocabulary.short_forms == {"u": "you", "ya": "you"}
    assert vocabulary.concepts == {"mum": ("family", "carer"), "dad": ("family",)}


@pytest.mark.parametrize("short_forms", ["- u\n", "you: [u]\n", "4: four\n"])
def test_anything_but_names_with_words_is_refused(tmp_path, short_forms):
    with pytest.raises(ConfigurationError, match="short_forms"):
        read_vocabulary(write(tmp_path, short_forms=short_forms))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="short_forms"):
        read_vocabulary(tmp_path)


def test_the_project_s_short_forms_lead_nowhere_further():
    vocabulary = read_vocabulary(DATA)
    expand = Normaliser(vocabulary.short_forms)
    assert len(vocabulary.short_forms) > 400
    unsettled = [form for form in vocabulary.short_forms if expand(" ".join(expand(form).typed)) != expand(form)]
    assert not unsettled


def test_the_project_s_concepts_are_words_as_the_normaliser_leaves_them():
    vocabulary = read_vocabulary(DATA)
    expand = Normaliser(vocabulary.short_forms)
    never_met = [word for word in vocabulary.concepts if expand(word).typed != (word,)]
    assert not never_met
