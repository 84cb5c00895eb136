"""What someone needs, told in words that no list holds: a linear model in plain arrays with a score for each need."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.feature_index import FeatureIndex
from bot.nlu.features import Concepts, Floats, Vectoriser
from bot.nlu.normalise import Words
from bot.nlu.stored_arrays import mapped, packed, unpacked

_MOST = 2  # needs read in one message
# The scores over which a need is told, alone and beside another: found by cross-validation.
_SURE = 0.1
_SURE_BESIDE = 0.15


@dataclass(frozen=True, slots=True)
class ReadNeed:
    """A need, and the words that tell it: from place `first` to `last`, both counted."""

    need: str
    first: int
    last: int


@dataclass(frozen=True)
class NeedReader:
    """A trained reader; nothing in it changes, so threads may share it.

    `weights` is (features, needs), `bias` (needs).
    """

    needs: tuple[str, ...]
    vectoriser: Vectoriser
    weights: NDArray[np.float16]
    bias: Floats

    def read(self, words: Sequence[str], known: Collection[str] = ()) -> list[ReadNeed]:
        """The needs that a message's words tell beside those known, the plainest first; with those at most two."""
        if len(known) >= _MOST:
            return []
        sure = _SURE_BESIDE if known else _SURE
        scores = self.scores(words)
        if scores.max() <= sure:  # as of most messages
            return []
        best = [need for need in np.argsort(-scores, kind="stable") if self.needs[need] not in known]
        told = [need for need in best[: _MOST - len(known)] if scores[need] > sure]
        return [ReadNeed(self.needs[need], *self._told_by(words, need)) for need in told]

    def scores(self, words: Sequence[str]) -> Floats:
        """The score of every need for the words of a message, in the order of `needs`."""
        positions, values = self.vectoriser.vector(Words(tuple(words), tuple(words)))
        scores: Floats = values @ self.weights[positions].astype(np.float32) + self.bias
        return scores

    def _told_by(self, words: Sequence[str], need: np.intp) -> tuple[int, int]:
        """Return the first and last word of the stretch, around the word that says most, that speaks for a need."""
        says = [float(self.scores([word])[need] - self.bias[need]) for word in words]
        first = last = max(range(len(words)), key=says.__getitem__)
        while first and says[first - 1] > 0:
            first -= 1
        while last + 1 < len(words) and says[last + 1] > 0:
            last += 1
        return first, last


def arrays(reader: NeedReader) -> dict[str, Any]:
    """The reader as arrays by their names in a model's file, but for the kinds of words: the classifier keeps them."""
    return {
        "needs": packed(reader.needs),
        "need_words": reader.vectoriser.words.packed,
        "need_letters": reader.vectoriser.letters.packed,
        "need_rarity": reader.vectoriser.rarity,
        "need_weights": reader.weights,
        "need_bias": reader.bias,
    }


def from_arrays(stored: Mapping[str, NDArray[Any]], path: Path, concepts: Concepts) -> NeedReader | None:
    """The reader in a model's file, its weights left where they lie; None if the file has none."""
    if "needs" not in stored:
        return None
    words, letters = (FeatureIndex.found_only(stored[name]) for name in ("need_words", "need_letters"))
    return NeedReader(
        needs=unpacked(stored["needs"]),
        vectoriser=Vectoriser(concepts, words, letters, stored["need_rarity"]),
        weights=mapped(path, "need_weights"),
        bias=stored["need_bias"],
    )
