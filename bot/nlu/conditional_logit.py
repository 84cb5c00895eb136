"""Which of several alternatives a message means: a linear score for each, compared with one another by softmax."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.feature_index import FeatureIndex
from bot.nlu.features import Floats
from bot.nlu.stored_arrays import packed

Alternative = Collection[str]  # what holds of it, each feature once


@dataclass(frozen=True)
class ConditionalLogit:
    """A trained conditional logit (McFadden 1974); nothing in it changes, so threads may share it.

    `weights` are those of `features`, in their order; a feature that it does not know weighs nothing.
    """

    features: FeatureIndex
    weights: Floats

    def shares(self, alternatives: Sequence[Alternative]) -> Floats:
        """How likely each of the alternatives is, together one."""
        return softmax(np.array([self._score(each) for each in alternatives], dtype=np.float32))

    def _score(self, alternative: Alternative) -> float:
        return float(self.weights[self.features.positions(alternative)].sum())


def softmax(scores: Floats) -> Floats:
    """Scores of alternatives as how likely each is, together one."""
    raised = np.exp(scores - scores.max())
    shares: Floats = raised / raised.sum()
    return shares


def arrays(name: str, logit: ConditionalLogit) -> dict[str, Any]:
    """The logit as arrays of a model's file, by names that begin with its own."""
    return {f"{name}_features": packed(logit.features), f"{name}_weights": logit.weights}


def from_arrays(name: str, stored: Mapping[str, NDArray[Any]]) -> ConditionalLogit | None:
    """The logit of that name in a model's file; None if the file has none."""
    if f"{name}_features" not in stored:
        return None
    return ConditionalLogit(FeatureIndex.found_only(stored[f"{name}_features"]), stored[f"{name}_weights"])
