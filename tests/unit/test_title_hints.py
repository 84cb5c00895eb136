from bot.nlu.title_hints import find_hints
from bot.nlu.tokens import tokenise
from bot.nlu.word_lists import phrases_of, read_list
from bot.understanding import Option

MENU = (Option("event:1", "Gentle yoga, Bow"), Option("event:2", "Choir, Leyton"), Option("event:3", "Chair yoga"))


def hints(text):
    tokens = tokenise(text)
    return [(" ".join(tokens.words[first : last + 1]), sorted(fits)) for first, last, fits in find_hints(tokens, MENU)]


def test_a_hint_may_mean_every_line_whose_title_it_belongs_to():
    assert hints("the bendy one, i have a mat") == [("bendy", [0, 2]), ("mat", [0, 2])]


def test_a_hint_may_be_a_phrase():
    assert hints("can i wear leggings for downward dog") == [("leggings", [0, 2]), ("downward dog", [0, 2])]


def test_what_hints_at_no_line_is_left_alone():
    assert hints("trousers and a dumbbells thing") == []


def test_every_entry_has_titles_and_hints():
    for entry in read_list("hints")["hints"]:
        assert phrases_of(entry["titles"])
        assert phrases_of(entry["hints"])
        assert all(title.isalnum() for title in phrases_of(entry["titles"])), entry["titles"]
