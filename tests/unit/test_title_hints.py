import pytest

from bot.nlu import title_hints
from bot.nlu.tokens import tokenise
from bot.nlu.training_data import read_yaml
from bot.nlu.word_lists import phrases_of
from bot.settings import NLU_DATA
from bot.understanding import Option

MENU = (Option("event:1", "Gentle yoga, Bow"), Option("event:2", "Choir, Leyton"), Option("event:3", "Chair yoga"))


@pytest.fixture(scope="module", params=["read", "stored"])
def hints(request):
    read = title_hints.read(NLU_DATA)
    known = read if request.param == "read" else title_hints.from_arrays(title_hints.arrays(read))

    def find(text):
        tokens = tokenise(text)
        found = known.find(tokens, MENU)
        return [(" ".join(tokens.words[first : last + 1]), sorted(fits)) for first, last, fits in found]

    return find


def test_a_hint_may_mean_every_line_whose_title_it_belongs_to(hints):
    assert hints("the bendy one, i have a mat") == [("bendy", [0, 2]), ("mat", [0, 2])]


def test_a_hint_may_be_a_phrase(hints):
    assert hints("can i wear leggings for downward dog") == [("leggings", [0, 2]), ("downward dog", [0, 2])]


def test_what_hints_at_no_line_is_left_alone(hints):
    assert hints("trousers and a dumbbells thing") == []


def test_a_folder_without_hints_has_none(tmp_path):
    assert title_hints.read(tmp_path) is None
    assert title_hints.from_arrays({}) is None


def test_every_entry_has_titles_and_hints():
    for entry in read_yaml(NLU_DATA / title_hints.FILE)["hints"]:
        assert phrases_of(entry["titles"])
        assert phrases_of(entry["hints"])
        assert all(title.isalnum() for title in phrases_of(entry["titles"])), entry["titles"]
