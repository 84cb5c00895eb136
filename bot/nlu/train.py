"""Training the intent classifier and the readers of what lists do not read; scikit-learn is imported only here."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu import classify, features, menu_training, need_training, party_training, title_hints
from bot.nlu.classify import OUT_OF_SCOPE, Model
from bot.nlu.learnt import Learnt
from bot.nlu.lexicon import Lexicon
from bot.nlu.need_reader import NeedReader
from bot.nlu.noise import noisy
from bot.nlu.normalise import Normaliser
from bot.nlu.party_model import PartyModel
from bot.nlu.sparse_rows import matrix
from bot.nlu.spelling import Speller
from bot.nlu.training_data import MENUS_FOLDER, NEEDS_FOLDER, PARTIES_FOLDER, TRAINING_FOLDER, Example, read_folder
from bot.nlu.vocabulary import Vocabulary, read_vocabulary

# Found by cross-validation on the training messages, clean and with slips of another maker than `noisy`.
_SLIPS = (0.3, 0.6, 0.9)  # each message is learnt as written, and once with each share of its words slipped
_RAREST = 4  # messages a feature must be in, slipped copies counting
_SEEN_PAIR = 2  # messages two words must stand together in, to be parted where the space is missing
_PENALTY = 0.5  # LinearSVC's C
_EXACT = 1e-3  # a finer fit takes longer and judges no better
_SEED = 20
# What calibration aims at, on messages held back.
_FALSE_REFUSALS = 0.03  # share of messages with a meaning that may be taken for out of scope
_DISBELIEVED = 0.005  # share of the others whose best intent may be too unlikely to believe
_HELD_BACK = 5  # every so many-th message of an intent is held back
_SCALES = np.arange(1.0, 12.1, 0.25)

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What was trained, from how much, how long it took, and where it is."""

    path: Path
    examples: int
    intents: int
    features: int
    file_bytes: int
    seconds: float

    def render(self) -> str:
        """The report as one line for a terminal."""
        return (
            f"Trained on {self.examples} messages of {self.intents} intents in {self.seconds:.0f} s: "
            f"{self.features} features, {self.file_bytes / 1e6:.1f} MB, {self.path}"
        )


def train(data_folder: Path, model_path: Path, lexicon_with: Callable[[Learnt], Lexicon]) -> TrainingReport:
    """Train on `nlu/`, `needs/`, `menus/` and `parties/` of a data folder and write the model.

    `lexicon_with` gives the lists that messages are read by beside what was learnt so far. ConfigurationError if a
    file cannot be read.
    """
    started = time.perf_counter()
    examples, vocabulary = distinct(read_folder(data_folder / TRAINING_FOLDER)), read_vocabulary(data_folder)
    known = Learnt(learn_needs(data_folder, examples, vocabulary), title_hints.read(data_folder))
    lexicon = lexicon_with(known)
    menus = menu_training.learn(menu_training.read_examples(data_folder / MENUS_FOLDER), lexicon)
    parties = learn_parties(data_folder, examples, lexicon)
    model = replace(learn(examples, vocabulary), learnt=replace(known, menus=menus, parties=parties))
    classify.save(replace(model, fingerprint=classify.current_fingerprint(data_folder)), model_path)
    return TrainingReport(
        path=model_path,
        examples=len(examples),
        intents=len(model.intents),
        features=len(model.vectoriser.rarity),
        file_bytes=model_path.stat().st_size,
        seconds=time.perf_counter() - started,
    )


def learn_needs(data_folder: Path, examples: Sequence[Example], vocabulary: Vocabulary) -> NeedReader | None:
    """A reader of needs from `needs/` of the data folder and the ordinary ones of the examples; None without them."""
    told = need_training.read_examples(data_folder / NEEDS_FOLDER)
    return need_training.learn([*told, *need_training.ordinary(examples)], vocabulary.concepts) if told else None


def learn_parties(data_folder: Path, examples: Sequence[Example], lexicon: Lexicon) -> PartyModel | None:
    """A model of who comes from `parties/` of the data folder and the ordinary ones of the examples; None without."""
    told = party_training.read_examples(data_folder / PARTIES_FOLDER)
    return party_training.learn([*told, *party_training.ordinary(examples)], lexicon) if told else None


def distinct(examples: Sequence[Example]) -> list[Example]:
    """The examples without those that repeat another's words and intent."""
    return list({(example.text.casefold(), example.intent): example for example in examples}.values())


def learn(examples: Sequence[Example], vocabulary: Vocabulary) -> Model:
    """A calibrated classifier of the examples; the same examples give the same one. Its fingerprint is empty."""
    word_counts, pairs = _words_used(examples, vocabulary)
    normaliser = Normaliser(vocabulary.short_forms, Speller(word_counts, pairs))
    messages = [normaliser(text) for text in _with_slips([example.text for example in examples])]
    intents = np.array([example.intent for example in examples] * (1 + len(_SLIPS)))
    vectoriser = features.fit(messages, vocabulary.concepts, _RAREST)
    rows = matrix(vectoriser, messages)
    fitted = estimator().fit(rows, intents)
    scale, refusal, threshold = _calibrated(rows, intents, len(examples))
    names = tuple(map(str, fitted.classes_))
    return Model(
        intents=names,
        vectoriser=vectoriser,
        weights=(fitted.coef_.T * scale).astype(np.float16),
        bias=((fitted.intercept_ + refusal * (np.array(names) == OUT_OF_SCOPE)) * scale).astype(np.float32),
        threshold=threshold,
        word_counts=word_counts,
        word_pairs=pairs,
        short_forms=vocabulary.short_forms,
        fingerprint="",
    )


def estimator() -> Any:
    """The untrained linear model."""
    from sklearn.svm import LinearSVC

    return LinearSVC(C=_PENALTY, tol=_EXACT, random_state=_SEED)


def _words_used(examples: Sequence[Example], vocabulary: Vocabulary) -> tuple[Counter[str], tuple[str, ...]]:
    """How often each word is used (words of the vocabulary once more), and the pairs seen often enough."""
    normaliser = Normaliser(vocabulary.short_forms)
    messages = [normaliser(example.text).typed for example in examples]
    words = Counter(word for message in messages for word in message)
    words.update(vocabulary.concepts.keys())
    pairs = Counter(" ".join(pair) for message in messages for pair in pairwise(message))
    return words, tuple(pair for pair, count in pairs.items() if count >= _SEEN_PAIR)


def _with_slips(texts: Sequence[str]) -> Iterator[str]:
    yield from texts
    chance = random.Random(_SEED)  # noqa: S311 - repeatable on purpose
    for amount in _SLIPS:
        yield from (noisy(text, chance, amount) for text in texts)


def _calibrated(rows: Any, intents: NDArray[np.str_], examples: int) -> tuple[float, float, float]:
    """The scale of the scores, what to add to out_of_scope, and the threshold: measured on messages held back."""
    back = np.tile(_held_back(intents[:examples]), 1 + len(_SLIPS))
    fitted = estimator().fit(rows[~back], intents[~back])
    clean = np.flatnonzero(back) < examples
    scores, expected = fitted.decision_function(rows[back]), np.searchsorted(fitted.classes_, intents[back])
    outside = int(np.searchsorted(fitted.classes_, OUT_OF_SCOPE))
    if OUT_OF_SCOPE not in fitted.classes_:
        return _scale(scores, expected), 0.0, 0.0
    meant = clean & (expected != outside)
    refusal = _refusal(scores[meant], outside)
    scores[:, outside] += refusal
    scale = _scale(scores, expected)
    likelihood = shares(scores[meant] * scale).max(axis=1)
    return scale, refusal, float(np.quantile(likelihood, _DISBELIEVED))


def _held_back(intents: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Which messages to hold back: the same share of every intent."""
    seen = Counter[str]()
    back = np.zeros(len(intents), dtype=bool)
    for position, intent in enumerate(intents):
        seen[intent] += 1
        back[position] = seen[intent] % _HELD_BACK == 0
    return back


def _refusal(scores: Scores, outside: int) -> float:
    """What to add to the score of out_of_scope, so that the allowed share of meant messages falls to it."""
    others = np.delete(scores, outside, axis=1).max(axis=1)
    return max(0.0, float(-np.quantile(scores[:, outside] - others, 1 - _FALSE_REFUSALS)))


def _scale(scores: Scores, expected: NDArray[np.intp]) -> float:
    """The factor under which a softmax of the scores is surprised least by what was expected."""
    rows = np.arange(len(expected))
    surprise = [-np.log(shares(scores * scale)[rows, expected] + 1e-9).mean() for scale in _SCALES]
    return float(_SCALES[int(np.argmin(surprise))])


def shares(scores: Scores) -> Scores:
    """Each row of scores as shares of one."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    each: Scores = raised / raised.sum(axis=1, keepdims=True)
    return each
