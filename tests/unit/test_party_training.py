from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.nlu import party_model, party_training
from bot.nlu.entities import find_entities
from bot.nlu.learnt import Learnt
from bot.nlu.lexicon import build_lexicon
from bot.nlu.party_features import told_by
from bot.nlu.party_model import PartyModel
from bot.nlu.party_outline import outline_of
from bot.nlu.party_training import PartyExample, read_examples
from bot.nlu.tokens import tokenise
from bot.nlu.training_data import read_yaml
from bot.settings import NLU_DATA
from bot.understanding import Expecting, Option
from services.core.errors import ConfigurationError
from services.events.taxonomy import load_taxonomy

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "fixtures" / "nlu_data" / "parties"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def lexicon_with(parties: PartyModel | None):
    return build_lexicon(load_taxonomy(), lambda text: (), lambda text: None, Learnt(parties=parties))


@pytest.fixture(scope="module")
def trained():
    return party_training.learn(read_examples(SMALL) * 3, lexicon_with(None))


def counts(parties, text, expecting=None):
    found = find_entities(text, lexicon_with(parties), expecting, NOW)
    return [(each.value, each.words) for each in found if each.kind == "count"]


def test_messages_are_read_with_the_number_they_ask_for():
    examples = read_examples(SMALL)
    assert len(examples) == 12
    assert examples[0] == PartyExample("lone wolf here", 1)
    assert examples[-1] == PartyExample("for the choir", None)


def test_nothing_is_learnt_from_the_messages_held_out():
    held_out = {row["text"].casefold() for row in read_yaml(NLU_DATA / "held_out" / "entities.yml")}
    learnt = {each.text.casefold() for each in read_examples(NLU_DATA / "parties")}
    assert len(learnt) > 3500
    assert {text for text in learnt & held_out if len(text.split()) > 3} == set()


def test_a_way_of_saying_who_comes_is_learnt(trained):
    assert counts(trained, "my daughter and yours truly") == [(2, "my")]
    assert counts(trained, "my two daughters and yours truly") == [(3, "my")]
    assert counts(trained, "lone wolf for yoga") == [(1, "lone")]
    assert counts(trained, "my daughter told me") == []


def test_a_stored_model_judges_the_same(trained):
    stored = party_model.from_arrays(party_model.arrays(trained))
    for text in ("my two daughters and yours truly", "lone wolf for yoga", "my daughter told me", "room for 7"):
        tokens = tokenise(text)
        told = told_by(outline_of(tokens, tokens.words, lexicon_with(None), ()))
        assert np.array_equal(stored.shares(told), trained.shares(told))
        assert stored.shares(told).sum() == pytest.approx(1)
    assert party_model.from_arrays({}) is None


def test_nothing_is_judged_without_a_model():
    assert counts(None, "lone wolf for yoga") == []
    assert party_training.learn([], lexicon_with(None)) is None


def test_what_a_rule_reads_stands(trained):
    assert counts(trained, "lone wolf, five of us") == [(5, "five of us")]


@pytest.mark.parametrize("kind", ["name", "yes_no", "date", "text", "rating", "relation", "choice", "place"])
def test_a_short_answer_to_another_question_tells_no_number(trained, kind):
    options = (Option("event:1", "Gentle yoga"), Option("event:2", "Choir")) if kind == "choice" else ()
    assert counts(trained, "lone wolf here", Expecting("slot", kind, options)) == []
    assert counts(trained, "lone wolf here", Expecting("party", "count")) == [(1, "lone")]


def test_a_figure_alone_tells_nothing_where_nothing_was_asked(trained):
    assert counts(trained, "2") == []
    assert counts(trained, "2", Expecting("party", "count")) == [(2, "2")]


def test_a_long_answer_about_the_place_may_tell_it_too(trained):
    text = "somewhere round here where i can park, lone wolf please"
    assert counts(trained, text, Expecting("place", "place")) == [(1, "i")]


@pytest.mark.parametrize(
    "content", ["- one", "13: |\n  all of us\n", "some: |\n  all of us\n", "2: [us]\n", "1: |\n  Me\n2: |\n  me\n"]
)
def test_what_is_no_list_of_messages_by_number_is_refused(tmp_path, content):
    (tmp_path / "odd.yml").write_text(content)
    with pytest.raises(ConfigurationError, match=r"odd\.yml"):
        read_examples(tmp_path)
