"""Fitting a conditional logit to decided cases; scipy is imported here only, and only when training."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.conditional_logit import Alternative, ConditionalLogit
from bot.nlu.feature_index import FeatureIndex

_ROUNDS = 200

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """The alternatives that there were, by their features, and the place of the one that was meant."""

    alternatives: Sequence[Alternative]
    meant: int


def fit(cases: Sequence[Case], rarest: int, penalty: float) -> ConditionalLogit:
    """The likeliest weights under a penalty on their squares; the same cases give the same ones.

    A feature counts that at least `rarest` cases have.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    names = _names(cases, rarest)
    rows, begins = _rows(cases, names), np.cumsum([0, *(len(case.alternatives) for case in cases)])
    meant = begins[:-1] + np.array([case.meant for case in cases])
    lengths = np.diff(begins)

    def surprise(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, begins[:-1]), lengths)
        raised = np.exp(scores)
        totals = np.add.reduceat(raised, begins[:-1])
        expected = raised / np.repeat(totals, lengths)
        loss = np.log(totals).sum() - scores[meant].sum() + penalty / 2 * weights @ weights
        expected[meant] -= 1
        return float(loss), rows.T @ expected + penalty * weights

    fitted = minimize(surprise, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    return ConditionalLogit(FeatureIndex.of(names), fitted.x.astype(np.float32))


def _names(cases: Sequence[Case], rarest: int) -> list[str]:
    seen = Counter(name for case in cases for name in set[str]().union(*case.alternatives))
    return sorted(name for name, count in seen.items() if count >= rarest)


def _rows(cases: Sequence[Case], names: Sequence[str]) -> Any:
    """A sparse matrix with a row for each alternative of each case in turn, and a column for each feature."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    column = {name: place for place, name in enumerate(names)}
    alternatives = [alternative for case in cases for alternative in case.alternatives]
    columns = [[column[name] for name in sorted(each) if name in column] for each in alternatives]
    ends = np.cumsum([0, *map(len, columns)])
    held = np.fromiter((place for each in columns for place in each), dtype=np.int32)
    return csr_matrix((np.ones(len(held)), held, ends), shape=(len(alternatives), len(names)))
