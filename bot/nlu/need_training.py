"""Training the reader of needs from `nlu_data/needs`; scikit-learn is imported here only, and only when training."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu import features
from bot.nlu.features import Concepts
from bot.nlu.labelled_lines import read_labelled
from bot.nlu.need_reader import NeedReader
from bot.nlu.normalise import Words
from bot.nlu.sparse_rows import matrix
from bot.nlu.tokens import tokenise
from bot.nlu.training_data import MAY_SAY_MORE, Example

NONE = "none"
# Found by cross-validation on the messages of the folder.
_RAREST = 3  # messages a feature must be in
_PENALTY = 1.5  # LinearSVC's C
_EXACT = 1e-2
_SEED = 20
# Messages of these intents may tell a need that nobody marked: they teach nothing about having none, unless something
# else in them was marked and so somebody looked.
_MAY_TELL = frozenset(
    (
        "about_events", "bereavement", "checkin", "clinical_question", "emotional_distress", "event_details",
        "feedback", "notify_me", "provider_offer",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NeedExample:
    """One message as a person might send it, and the needs that it tells (often one, at most two)."""

    text: str
    needs: frozenset[str]


def read_examples(folder: Path) -> list[NeedExample]:
    """Every message of the folder's files, which map a need, two, or "none" to lines of messages.

    ConfigurationError, naming the file, if one is anything else or a message stands under different needs.
    """
    told = read_labelled(folder, lambda named: frozenset(str(named).split()) - {NONE}, "needs")
    return [NeedExample(text, needs) for text, needs in told]


def ordinary(examples: Iterable[Example]) -> list[NeedExample]:
    """The messages written to train intents that surely tell no need, as examples of that."""
    return [NeedExample(example.text, frozenset()) for example in examples if _tells_none(example)]


def _tells_none(example: Example) -> bool:
    if any(marked.kind == "need" for marked in example.marked) or example.intent in _MAY_TELL:
        return False
    return bool(example.marked) or example.intent not in MAY_SAY_MORE


def learn(examples: Sequence[NeedExample], concepts: Concepts) -> NeedReader:
    """A reader of needs from examples of them and of none; the same examples give the same one."""
    from sklearn.svm import LinearSVC

    needs = tuple(sorted({need for example in examples for need in example.needs}))
    messages = [_words(example.text) for example in examples]
    vectoriser = features.fit(messages, concepts, _RAREST)
    rows = matrix(vectoriser, messages)
    told = ([need in example.needs for example in examples] for need in needs)
    models = [LinearSVC(C=_PENALTY, tol=_EXACT, random_state=_SEED).fit(rows, each) for each in told]
    return NeedReader(
        needs=needs,
        vectoriser=vectoriser,
        weights=np.stack([model.coef_[0] for model in models], axis=1).astype(np.float16),
        bias=np.array([model.intercept_[0] for model in models], dtype=np.float32),
    )


def _words(text: str) -> Words:
    words = tokenise(text).words
    return Words(words, words)
