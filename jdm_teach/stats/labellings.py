"""Exact two-sample tests for many cohorts at once, each over every way of laying the group labels.

Ranks come from comparisons, sums from one matrix product of (cohorts × children) with (children × labellings).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jdm_teach.stats.permutation_null import whole_scores
from jdm_teach.stats.result import Result, p_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NO_ASSOCIATION", "CohortTests", "all_labellings", "cohort_tests"]

NO_ASSOCIATION = (
    "The published summaries hold no information about any association; these p values cannot show one."
)
_MOST_LABELLINGS = 200_000
# Sums per block: small blocks stay in the cache and on one core (measured: 40,000 beats 4 million fivefold).
_CHUNK = 40_000


@dataclass(frozen=True, eq=False)
class CohortTests(Result):
    """Two-sided exact p values: shape (cohorts,) for one labelling each, (cohorts, labellings) for all of them."""

    scores: str
    p: NDArray[np.float64]
    group_sizes: tuple[int, int]
    labellings: int

    def share_below(self, alpha: float = 0.05) -> float:
        """Share of all p values at or below alpha; over all labellings this is the true size of the test."""
        return float((self.p <= alpha * (1 + 1e-12)).mean())

    def sentence(self) -> str:
        k, rest = self.group_sizes
        return (
            f"{self.p.size:,} exact tests ({k} against {rest}, {self.labellings} labellings each): "
            f"p ≤ 0.05 in {100 * self.share_below():.1f}%, smallest {p_text(float(self.p.min()))}. {NO_ASSOCIATION}"
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        levels = (0.01, 0.05, 0.10, 0.20, 1.0)
        return pd.DataFrame([{"p at most": a, "share of tests": self.share_below(a)} for a in levels])


def all_labellings(n: int, k: int) -> NDArray[np.bool_]:
    """Every way to choose k of n children, one row each, in lexicographic order. C(n, k) rows.

    >>> all_labellings(9, 3).shape
    (84, 9)
    """
    if not 0 < k < n:
        raise ValueError(
            f"A group of {k} out of {n} leaves nothing to compare; choose between 1 and {n - 1}."
        )
    if comb(n, k) > _MOST_LABELLINGS:
        raise ValueError(
            f"{k} of {n} can be chosen in {comb(n, k):,} ways, too many to list for every cohort; test one cohort at a time."
        )
    rows = np.zeros((comb(n, k), n), dtype=bool)
    picks = np.array(list(combinations(range(n), k)))
    rows[np.arange(len(rows))[:, None], picks] = True
    return rows


def _ranks(columns: NDArray[np.float64]) -> NDArray[np.float32]:
    """Twice the midranks minus (n + 1), children down, cohorts across: each pair is compared once."""
    n = len(columns)
    balance = np.zeros(columns.shape, dtype=np.int16)
    for i in range(n - 1):
        above = columns[i] > columns[i + 1 :]
        sign = above.view(np.int8) - (columns[i] < columns[i + 1 :]).view(np.int8)
        balance[i] += sign.sum(axis=0, dtype=np.int16)
        balance[i + 1 :] -= sign
    return balance.astype(np.float32)


def _centred(columns: NDArray[np.float64]) -> tuple[NDArray[np.floating], float]:
    """n · value − total, so that a labelling's sum is its distance from expectation, and the margin for ties."""
    exact = whole_scores(columns)
    n = len(columns)
    values = columns if exact is None else exact[0].astype(float)
    centred = n * values - values.sum(axis=0)
    largest = float(np.abs(centred).max(initial=0)) * n
    if exact is None:
        return centred, 1e-10 * largest
    return (centred.astype(np.float32), 0.0) if largest < 2**24 else (centred, 0.0)


def cohort_tests(
    cohorts: ArrayLike, group: ArrayLike | None = None, k: int | None = None, scores: str = "ranks"
) -> CohortTests:
    """Exact two-sample p values for many cohorts of the same size, ties included.

    `cohorts` is (cohorts, n). `group` marks the children of group 1: one row of n true/false for all cohorts, or one row per
    cohort; the result then holds one p per cohort. Without it, `k` is the size of group 1 and every labelling of every cohort is
    tested: p is (cohorts, C(n, k)), columns as in `all_labellings`. `scores` is `ranks` (Mann–Whitney with midranks) or
    `values` (permutation test of means). Two-sided: the share of labellings whose sum of scores lies at least as far from its
    expectation. Raises ValueError for missing values, wrong shapes, a group of nobody or everybody, or more than 200,000
    labellings.

    Cost: cohorts × C(n, k) × n multiplications. 10,000 cohorts × 84 labellings of nine: about 3 ms for one labelling each,
    10 ms for all 840,000 p values. Memory: the answer and a few megabytes.

    >>> cohort_tests([[1, 2, 3, 4, 5, 6, 7, 8, 9]], group=[1, 1, 1, 0, 0, 0, 0, 0, 0]).p.round(4).tolist()
    [0.0238]
    """
    values, marks = _checked(cohorts, group)
    n = values.shape[1]
    size = _group_size(marks, k, n)
    labels = all_labellings(n, size)
    if scores not in ("ranks", "values"):
        raise ValueError(f"There are no scores '{scores}'; choose 'ranks' or 'values'.")
    parts = []
    for rows in _chunks(len(values), len(labels)):
        columns = np.ascontiguousarray(values[rows].T)
        weights, tie = (_ranks(columns), 0.0) if scores == "ranks" else _centred(columns)
        # Groups of k and n − k share their distances, and a matrix product with true/false weights stays exact.
        distance = np.abs(labels.astype(weights.dtype) @ weights)
        if marks is None:
            parts.append(_p_of_all(distance, tie))
        else:
            own = marks[rows].T if len(marks) > 1 else marks.T
            observed = np.abs((weights * own).sum(axis=0)) - tie
            parts.append(np.count_nonzero(distance >= observed, axis=0) / len(labels))
    return CohortTests(scores, np.concatenate(parts), (size, n - size), len(labels))


def _checked(
    cohorts: ArrayLike, group: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    values = np.asarray(cohorts, dtype=float)
    if values.ndim != 2 or values.shape[1] < 2 or not np.isfinite(values).all():
        raise ValueError(
            f"Cohorts form a table with one row per cohort and one finite value per child; the shape given is {values.shape}."
        )
    if group is None:
        return values, None
    marks = np.atleast_2d(np.asarray(group)).astype(bool)
    if marks.ndim != 2 or marks.shape[1] != values.shape[1] or len(marks) not in (1, len(values)):
        raise ValueError(
            f"Group marks need one entry per child (or one row per cohort); got {marks.shape} for cohorts of {values.shape}."
        )
    return values, marks


def _group_size(marks: NDArray[np.bool_] | None, k: int | None, n: int) -> int:
    if marks is None:
        if k is None:
            raise ValueError(
                "Say who is in group 1 (group=…), or how many are (k=…) to test every labelling."
            )
        return k
    sizes = np.unique(marks.sum(axis=1))
    if len(sizes) > 1 or (k is not None and k != sizes[0]):
        raise ValueError(
            "Group 1 must have the same size in every cohort; test cohorts of different split separately."
        )
    if sizes[0] in (0, n):
        raise ValueError("Group 1 holds nobody or everybody; mark between 1 and n − 1 children.")
    return int(sizes[0])


def _chunks(cohorts: int, labellings: int) -> Iterator[slice]:
    step = max(1, _CHUNK // labellings)
    for start in range(0, cohorts, step):
        yield slice(start, start + step)


def _p_of_all(distance: NDArray[np.floating], tie: float) -> NDArray[np.float64]:
    """For every cohort (column) and labelling (row): the share of labellings at least as far out; (cohorts, labellings)."""
    count, width = distance.shape
    top = int(distance.max(initial=0)) + 1
    if tie == 0 and top <= 4 * count:
        # Distances are small whole numbers: count how often each occurs in each cohort, add up from the far end.
        cell = distance.T.astype(np.intp)
        cell += np.arange(width)[:, None] * top
        often = np.bincount(cell.ravel(), minlength=width * top).reshape(width, top)
        shares = often[:, ::-1].cumsum(axis=1)[:, ::-1] / count
        return shares.ravel()[cell]
    ordered = np.sort(distance, axis=0)
    return (
        np.stack(
            [count - np.searchsorted(ordered[:, i], distance[:, i] - tie, side="left") for i in range(width)]
        )
        / count
    )
