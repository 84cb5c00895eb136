import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.loading import train_model
from bot.nlu import classify, train
from bot.nlu.noise import noisy
from bot.nlu.training_data import read_folder
from bot.nlu.vocabulary import read_vocabulary
from services.core.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "fixtures" / "nlu_data"


@pytest.fixture(scope="module")
def examples():
    return read_folder(SMALL / "nlu")


@pytest.fixture(scope="module")
def model(examples):
    return train.learn(examples, read_vocabulary(SMALL))


@pytest.fixture
def data(tmp_path):
    return shutil.copytree(SMALL, tmp_path / "nlu_data")


def two_hundred_texts(examples):
    chance = random.Random(1)
    return [noisy(chance.choice(examples).text, chance, amount) for amount in (0, 0.3, 0.6, 0.9) for _ in range(50)]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Hello!", "greet"),
        ("pls cancl my bookng", "cancel_booking"),
        ("BOOK ME A PLACE", "book_event"),
        ("wheres the car prk", "parking"),
        ("order me a kebab", "out_of_scope"),
        ("", "out_of_scope"),
        ("qqq zzz", "out_of_scope"),
        ("🎈", "out_of_scope"),
    ],
)
def test_messages_are_understood(model, text, intent):
    assert model.classify(text).intent == intent


def test_the_ranking_holds_the_five_likeliest_and_confidence_is_the_first(model):
    guess = model.classify("can i book a place")
    assert [name for name, _ in guess.ranking][:1] == [guess.intent] == ["book_event"]
    assert len(guess.ranking) == 5
    shares = [share for _, share in guess.ranking]
    assert shares == sorted(shares, reverse=True)
    assert guess.confidence == shares[0]
    assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_an_unlikely_meaning_is_not_believed_but_still_ranked(model):
    doubtful = replace(model, threshold=1.0)
    guess = doubtful.classify("can i book a place")
    assert guess.intent == "out_of_scope"
    assert guess.ranking[0][0] == "book_event"


def test_the_same_examples_give_the_same_model(model, examples):
    again = train.learn(examples, read_vocabulary(SMALL))
    assert again.intents == model.intents
    assert again.vectoriser.words == model.vectoriser.words
    assert np.array_equal(again.weights, model.weights)
    assert np.array_equal(again.bias, model.bias)
    assert again.threshold == model.threshold


def test_a_saved_model_predicts_the_same(data, examples):
    path = data.parent / "var" / "model.npz"
    report = train_model(data, path)
    loaded = classify.load(path, data)
    fresh = train.learn(train.distinct(examples), read_vocabulary(data))
    for text in two_hundred_texts(examples):
        assert np.array_equal(loaded.scores(text), fresh.scores(text))
        assert loaded.classify(text) == fresh.classify(text)
    assert (report.examples, report.intents, report.features) == (50, 5, len(loaded.vectoriser.rarity))
    assert report.file_bytes == path.stat().st_size
    assert str(path) in report.render()
    assert [file.name for file in path.parent.iterdir()] == ["model.npz"]


def test_plain_arrays_score_as_scikit_learn_does(model, examples):
    messages = [model.normaliser(text) for text in two_hundred_texts(examples)]
    rows = train.matrix(model.vectoriser, messages)
    learnt = [model.normaliser(example.text) for example in examples]
    fitted = train.estimator().fit(train.matrix(model.vectoriser, learnt), [example.intent for example in examples])
    plain = replace(model, weights=fitted.coef_.T.astype(np.float16), bias=fitted.intercept_.astype(np.float32))
    scores = np.array([plain.scores(text) for text in two_hundred_texts(examples)])
    assert len(scores) == 200
    assert tuple(fitted.classes_) == model.intents
    assert scores == pytest.approx(fitted.decision_function(rows), abs=5e-3)


@pytest.mark.parametrize("change", ["nlu/small.yml", "short_forms.yml", "concepts.yml"])
def test_a_model_older_than_its_data_is_refused(data, tmp_path, change):
    path = tmp_path / "model.npz"
    train_model(data, path)
    with (data / change).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    with pytest.raises(ConfigurationError, match=r"older than its training data.*wellbeing nlu train"):
        classify.load(path, data)


def test_a_missing_or_broken_model_is_refused(tmp_path):
    path = tmp_path / "model.npz"
    with pytest.raises(ConfigurationError, match=r"no trained model.*wellbeing nlu train"):
        classify.load(path, SMALL)
    path.write_bytes(b"not a model")
    with pytest.raises(ConfigurationError, match=r"cannot be read.*wellbeing nlu train"):
        classify.load(path, SMALL)


def test_the_weights_stay_in_the_file_and_a_compressed_one_is_refused(data, tmp_path):
    path = tmp_path / "model.npz"
    train_model(data, path)
    arrays = dict(np.load(path))
    weights = classify.load(path, data).weights
    assert isinstance(weights.base, np.memmap)
    assert np.array_equal(weights, arrays["weights"])
    np.savez_compressed(path, **arrays)
    with pytest.raises(ConfigurationError, match=r"compressed.*wellbeing nlu train"):
        classify.load(path, data)


def test_serving_imports_no_training_library(data, tmp_path):
    path = tmp_path / "model.npz"
    train_model(data, path)
    program = (
        "import sys; from pathlib import Path; from bot.nlu import classify, interpreter;"
        f"model = classify.load(Path({str(path)!r}), Path({str(data)!r})); print(model.classify('hello').intent);"
        "print([name for name in ('sklearn', 'scipy', 'matplotlib', 'pandas') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["greet", "[]"]


def test_training_without_an_out_of_scope_intent_refuses_nothing(examples):
    meant = [example for example in examples if example.intent != "out_of_scope"]
    model = train.learn(meant, read_vocabulary(SMALL))
    assert model.threshold == 0
    assert model.classify("hello").intent == "greet"


def test_repeated_examples_count_once(examples):
    assert len(train.distinct([*examples, *examples])) == len(examples) == 50
