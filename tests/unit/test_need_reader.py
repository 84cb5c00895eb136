"""Needs that no listed word tells: the messages that teach them, the reader that is trained, and when it is asked."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.loading import train_model
from bot.nlu import classify, need_training, train
from bot.nlu.entities import find_entities
from bot.nlu.learnt import Learnt
from bot.nlu.lexicon import build_lexicon
from bot.nlu.need_training import NeedExample
from bot.nlu.tokens import tokenise
from bot.nlu.training_data import NEEDS_FOLDER, read_folder, read_yaml
from bot.nlu.vocabulary import read_vocabulary
from bot.understanding import Expecting, Option
from services.core.errors import ConfigurationError
from services.events.taxonomy import load_taxonomy

ROOT = Path(__file__).parents[2]
DATA = ROOT / "nlu_data"
SMALL = ROOT / "tests" / "fixtures" / "nlu_data"
NOW = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)
NEEDS = {term.id for term in load_taxonomy().terms() if term.kind == "need"}
HELD_BACK = 6  # every so many-th message is held back


@pytest.fixture(scope="module")
def examples():
    return need_training.read_examples(DATA / NEEDS_FOLDER)


@pytest.fixture(scope="module")
def talk():
    return need_training.ordinary(read_folder(DATA / "nlu"))


@pytest.fixture(scope="module")
def reader(examples, talk):
    """A reader that saw neither the messages held back of the needs nor those of ordinary talk."""
    seen = [each for place, each in enumerate(examples) if place % HELD_BACK]
    seen += [each for place, each in enumerate(talk) if place % HELD_BACK]
    return need_training.learn(seen, read_vocabulary(DATA).concepts)


@pytest.fixture(scope="module")
def lexicon(reader):
    return build_lexicon(load_taxonomy(), lambda text: (), lambda text: None, Learnt(needs=reader))


def needs_in(lexicon, text, expecting=None):
    return [each.value for each in find_entities(text, lexicon, expecting, NOW) if each.kind == "need"]


def test_every_need_has_its_messages_and_there_are_many_without_one(examples):
    counts = Counter(need for each in examples for need in each.needs)
    assert set(counts) == NEEDS
    assert min(counts.values()) >= 120
    assert sum(not each.needs for each in examples) >= 1500
    assert sum(len(each.needs) == 2 for each in examples) >= 150
    assert max(len(each.needs) for each in examples) == 2


def test_no_message_stands_twice_or_is_held_out(examples):
    texts = [each.text.casefold() for each in examples]
    assert [text for text, count in Counter(texts).items() if count > 1] == []
    rows = read_yaml(DATA / "held_out" / "entities.yml")
    with_need = {row["text"].casefold() for row in rows if row["expect"].get("need")}
    assert with_need & {text for text in texts if len(text.split()) > 3} == set()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("- sleep", r"bad\.yml: expected needs"),
        ("sleep:\n  - awake", r"bad\.yml: sleep has no lines"),
        ("sleep: |\n  Awake\nnone: |\n  awake", r"'awake' has other needs"),
    ],
)
def test_files_that_say_anything_else_are_refused(tmp_path, content, problem):
    (tmp_path / "bad.yml").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=problem):
        need_training.read_examples(tmp_path)


def test_ordinary_talk_is_what_surely_tells_none(talk):
    examples = read_folder(DATA / "nlu")
    taught = {each.text for each in talk}
    assert {each.needs for each in talk} == {frozenset()}
    assert all(each.text in taught for each in examples if each.intent == "greet")
    marked = {each.text for each in examples if any(one.kind == "need" for one in each.marked)}
    distress = {each.text for each in examples if each.intent == "emotional_distress"}
    elsewhere = {each.text for each in examples if each.intent != "emotional_distress"}
    assert not taught & (marked | distress - elsewhere)


def test_messages_held_back_are_read(reader, examples):
    """Without any list: of what is read nearly all is right, and of every need some is."""
    right, wrong, told = Counter(), 0, Counter()
    for place, each in enumerate(examples):
        if place % HELD_BACK or not each.needs:
            continue
        told.update(each.needs)
        for read in reader.read(tokenise(each.text).words):
            right[read.need] += read.need in each.needs
            wrong += read.need not in each.needs
    assert right.total() / (right.total() + wrong) >= 0.92
    assert right.total() / told.total() >= 0.35
    assert {need: right[need] / count for need, count in told.items() if right[need] < 0.1 * count} == {}


def test_ordinary_talk_held_back_tells_none(reader, talk):
    judged = talk[::HELD_BACK]
    read = [each.text for each in judged if reader.read(tokenise(each.text).words)]
    assert len(judged) > 1500
    assert len(read) / len(judged) < 0.015, read


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("me and two pals are up for the walk", ["exercise"]),
        ("lorna here, can i get some help wiv da bills", ["money"]),
        ("my cousin wants a new bra since the operation", ["appearance"]),
        ("everyone says im fine now but treatments done and now what", ["end_of_treatment"]),
        ("hello there", []),
        ("table for two", []),
        ("my walking stick", []),
        ("is there a fee", []),
    ],
)
def test_what_no_list_holds_is_read(lexicon, text, needs):
    assert needs_in(lexicon, text) == needs


def test_a_listed_need_is_not_read_again_but_a_second_beside_it_is(lexicon):
    assert needs_in(lexicon, "yoga") == ["exercise"]
    assert set(needs_in(lexicon, "insomnia and i fancy the walk")) == {"sleep", "exercise"}
    assert needs_in(lexicon, "insomnia, thanks for asking") == ["sleep"]


def test_the_words_that_tell_it_are_the_entity(lexicon):
    text = "hi its Bev, up for the walk"
    (need,) = (each for each in find_entities(text, lexicon, None, NOW) if each.kind == "need")
    assert "walk" in need.words
    assert "Bev" not in need.words
    assert need.words == text[need.start : need.end]


@pytest.mark.parametrize("kind", ["name", "count", "yes_no", "place", "date", "choice", "text", "rating", "relation"])
def test_a_short_answer_to_another_question_tells_no_need(lexicon, kind):
    options = (Option("event:1", "Gentle yoga"), Option("event:2", "Choir")) if kind == "choice" else ()
    assert needs_in(lexicon, "up for the walk", Expecting("slot", kind, options)) == []


def test_a_long_answer_may_tell_one_but_not_a_free_text(lexicon):
    text = "anywhere will do, the insurers want a fortune for my cruise"
    assert needs_in(lexicon, text, Expecting("place", "place")) == ["travel_insurance"]
    assert needs_in(lexicon, text, Expecting("note", "text")) == []
    assert needs_in(lexicon, "up for the walk", Expecting("need", "need")) == ["exercise"]


def test_the_same_examples_give_the_same_reader():
    small = need_training.read_examples(SMALL / NEEDS_FOLDER)
    first, again = (need_training.learn(small, {}) for _ in range(2))
    assert first.needs == again.needs == ("money", "sleep")
    assert np.array_equal(first.weights, again.weights)
    assert np.array_equal(first.bias, again.bias)


def test_a_message_may_tell_two_needs():
    told = [NeedExample("wide awake all night", frozenset({"sleep"})), NeedExample("bills", frozenset({"money"}))]
    none = [NeedExample("hello there", frozenset()), NeedExample("thank you", frozenset())]
    read = need_training.learn([*told, *none] * 3, {}).read(("wide", "awake", "all", "night", "bills"))
    assert {each.need for each in read} <= {"sleep", "money"}
    assert all(0 <= each.first <= each.last < 5 for each in read)


def test_a_saved_reader_reads_the_same_with_its_weights_left_in_the_file(tmp_path):
    path = tmp_path / "model.npz"
    train_model(SMALL, path)
    loaded = classify.load(path, SMALL).learnt.needs
    fresh = train.learn_needs(SMALL, train.distinct(read_folder(SMALL / "nlu")), read_vocabulary(SMALL))
    assert isinstance(loaded.weights.base, np.memmap)
    for text in ("awake all night over the bills", "hello", "", "qqq"):
        assert np.array_equal(loaded.scores(text.split()), fresh.scores(text.split()))


def test_a_folder_without_needs_gives_no_reader(tmp_path):
    assert train.learn_needs(tmp_path, [], read_vocabulary(SMALL)) is None
