"""A trained conditional logit whose features are all a way and something around it, kept as a matrix of the two."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.conditional_logit import ConditionalLogit, softmax
from bot.nlu.feature_index import FeatureIndex
from bot.nlu.features import Floats
from bot.nlu.party_told import CROSSED, Told
from bot.nlu.stored_arrays import packed, unpacked

_NAMES = ("party_ways", "party_around", "party_weights")


@dataclass(frozen=True)
class PartyModel:
    """How likely a message means each number of people; nothing in it changes, so threads may share it.

    `weights` is (around, ways): what a message tells is looked up once for all numbers that it may mean.
    """

    ways: tuple[str, ...]
    around: FeatureIndex
    weights: NDArray[np.float16]

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        return {way: column for column, way in enumerate(self.ways)}

    def shares(self, told: Told) -> Floats:
        """How likely each of the sizes that a message may mean is, together one."""
        rows = self.around.positions(told.around)
        totals = self.weights[rows].sum(axis=0, dtype=np.float32)
        known = ([self._columns[way] for way in ways if way in self._columns] for ways in told.ways)
        return softmax(np.array([totals[columns].sum() for columns in known], dtype=np.float32))


def of(logit: ConditionalLogit) -> PartyModel:
    """The model that a logit over crossed features (`party_told.crossed`) is."""
    pairs = [name.split(CROSSED, 1) for name in logit.features]
    ways, around = (tuple(dict.fromkeys(part)) for part in zip(*pairs, strict=True))
    column, row = ({name: place for place, name in enumerate(names)} for names in (ways, around))
    weights = np.zeros((len(around), len(ways)), dtype=np.float16)
    for (way, each), weight in zip(pairs, logit.weights, strict=True):
        weights[row[each], column[way]] = weight
    return PartyModel(ways, FeatureIndex.of(around), weights)


def arrays(model: PartyModel) -> dict[str, Any]:
    """The model as arrays by their names in a model's file."""
    return dict(zip(_NAMES, (packed(model.ways), packed(model.around), model.weights), strict=True))


def from_arrays(stored: Mapping[str, NDArray[Any]]) -> PartyModel | None:
    """The model in a model's file; None if the file has none."""
    if _NAMES[0] not in stored:
        return None
    ways, around, weights = (stored[name] for name in _NAMES)
    return PartyModel(unpacked(ways), FeatureIndex.found_only(around), weights)
