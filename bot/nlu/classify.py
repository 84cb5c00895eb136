"""Which intent a message has: a linear model in plain arrays, so that serving imports no training library."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bot.nlu import learnt, training_data, vocabulary
from bot.nlu.conditional_logit import softmax
from bot.nlu.feature_index import FeatureIndex
from bot.nlu.features import Floats, Vectoriser
from bot.nlu.learnt import NOTHING, Learnt
from bot.nlu.normalise import Normaliser
from bot.nlu.spelling import Speller
from bot.nlu.stored_arrays import mapped, packed, unpacked
from bot.nlu.title_hints import FILE as HINTS_FILE
from bot.nlu.word_lists import word_set
from services.core.errors import ConfigurationError

OUT_OF_SCOPE = "out_of_scope"
_RANKED = 5
_READ = 2000  # characters: what a longer message means is said by then
# The code by which messages become features: a model is good only for the code that it was trained with.
_MODELLED = word_set(
    "conditional_logit feature_index features menu_evidence menu_features need_reader normalise party_features "
    "party_model party_outline party_told spelling title_hints training_data vocabulary"
)
_TRAIN = "run `wellbeing nlu train`"


@dataclass(frozen=True, slots=True)
class Guess:
    """What a message most likely means: the intent, and the five likeliest with their confidence (0 to 1).

    A message that is too unlike every intent has the intent out_of_scope, while `ranking` keeps the likeliest meanings.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Model:
    """A trained classifier; nothing in it changes, so threads may share it.

    `weights` is (features, intents) and `bias` (intents): a softmax over the scores gives calibrated confidences.
    Under `threshold` the likeliest intent is not believed. `word_counts` are the known words, with how often the
    training messages use them, and `word_pairs` the pairs that they set side by side. `fingerprint` names the data and
    the code that the model was made from. `learnt` reads what lists and rules do not.
    """

    intents: tuple[str, ...]
    vectoriser: Vectoriser
    weights: NDArray[np.float16]
    bias: Floats
    threshold: float
    word_counts: Mapping[str, int]
    word_pairs: tuple[str, ...]
    short_forms: Mapping[str, str]
    fingerprint: str
    learnt: Learnt = NOTHING

    @cached_property
    def normaliser(self) -> Normaliser:
        """The normaliser that repairs spelling towards the words of the training messages."""
        return Normaliser(self.short_forms, Speller(self.word_counts, self.word_pairs))

    def classify(self, text: str) -> Guess:
        """What a raw message means; confidence is that of the likeliest intent in `ranking`."""
        confidences = softmax(self.scores(text))
        best = np.argsort(-confidences, kind="stable")[:_RANKED]
        ranking = tuple((self.intents[position], float(confidences[position])) for position in best)
        intent, confidence = ranking[0]
        return Guess(intent if confidence >= self.threshold else OUT_OF_SCOPE, confidence, ranking)

    def scores(self, text: str) -> Floats:
        """The score of every intent for a raw message, in the order of `intents`."""
        positions, values = self.vectoriser.vector(self.normaliser(text[:_READ]))
        scores: Floats = values @ self.weights[positions].astype(np.float32) + self.bias
        return scores


def current_fingerprint(data_folder: Path) -> str:
    """The fingerprint that a model trained now from the data folder would have."""
    code = (Path(__file__).with_name(f"{module}.py") for module in sorted(_MODELLED))
    examples = (
        path for folder in training_data.LEARNT_FOLDERS for path in training_data.training_files(data_folder / folder)
    )
    hints = filter(Path.is_file, [data_folder / HINTS_FILE])
    return training_data.fingerprint([*code, *vocabulary.vocabulary_files(data_folder), *hints, *examples])


def save(model: Model, path: Path) -> None:
    """Write a model as plain arrays, replacing the file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez(  # uncompressed, so that the weights can be mapped
        partial,
        intents=packed(model.intents),
        words=model.vectoriser.words.packed,
        letters=model.vectoriser.letters.packed,
        rarity=model.vectoriser.rarity,
        concepts=packed(" ".join((word, *kinds)) for word, kinds in model.vectoriser.concepts.items()),
        weights=model.weights,
        bias=model.bias,
        threshold=np.float64(model.threshold),
        known=packed(model.word_counts),
        uses=np.fromiter(model.word_counts.values(), dtype=np.int32),
        pairs=packed(model.word_pairs),
        short_forms=packed(f"{form} {words}" for form, words in model.short_forms.items()),
        fingerprint=packed([model.fingerprint]),
        **learnt.arrays(model.learnt),
    )
    partial.replace(path)


def load(path: Path, data_folder: Path) -> Model:
    """The model in a file; ConfigurationError if there is none, or if data or code changed since it was trained."""
    if not path.is_file():
        raise ConfigurationError(f"no trained model at {path}: {_TRAIN}")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            model = _model(arrays, path)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as problem:
        raise ConfigurationError(f"the trained model at {path} cannot be read ({problem}): {_TRAIN}") from problem
    if model.fingerprint != current_fingerprint(data_folder):
        raise ConfigurationError(f"the trained model at {path} is older than its training data or code: {_TRAIN}")
    return model


def _model(arrays: Mapping[str, NDArray[Any]], path: Path) -> Model:
    concepts = {word: tuple(kinds) for word, *kinds in map(str.split, unpacked(arrays["concepts"]))}
    words, letters = FeatureIndex.found_only(arrays["words"]), FeatureIndex.found_only(arrays["letters"])
    return Model(
        intents=unpacked(arrays["intents"]),
        vectoriser=Vectoriser(concepts, words, letters, arrays["rarity"]),
        weights=mapped(path, "weights"),
        bias=arrays["bias"],
        threshold=float(arrays["threshold"]),
        word_counts=dict(zip(unpacked(arrays["known"]), arrays["uses"].tolist(), strict=True)),
        word_pairs=unpacked(arrays["pairs"]),
        short_forms=dict(line.split(" ", 1) for line in unpacked(arrays["short_forms"])),
        fingerprint="".join(unpacked(arrays["fingerprint"])),
        learnt=learnt.from_arrays(arrays, path, concepts),
    )
