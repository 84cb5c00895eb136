"""Messages as rows that scikit-learn learns from; scipy is imported here only, and only when training."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.nlu.features import Vectoriser
from bot.nlu.normalise import Words


def matrix(vectoriser: Vectoriser, messages: Sequence[Words]) -> Any:
    """The messages' vectors as a sparse scipy matrix, a message a row."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    vectors = [vectoriser.vector(message) for message in messages]
    ends = np.cumsum([0, *(len(positions) for positions, _ in vectors)])
    positions, values = (np.concatenate(part) for part in zip(*vectors, strict=True))
    return csr_matrix((values, positions, ends), shape=(len(messages), len(vectoriser.rarity)))
