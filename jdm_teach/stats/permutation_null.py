"""The exact chances of a sum of scores when group labels, or signs, are dealt out at random."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["NullDistribution", "doubled_midranks", "label_sums", "sign_sums", "whole_scores"]

Integers = NDArray[np.int64]
_MOST_STEPS = 2_500_000_000
_MOST_LABELLINGS = 3_000_000


@dataclass(frozen=True, eq=False)
class NullDistribution:
    """Possible sums, rising, and the chance of each. `tie` is how far apart two equal sums may lie through rounding."""

    sums: NDArray[np.float64]
    chances: NDArray[np.float64]
    mean: float
    tie: float = 0.0

    def p_values(self, observed: float) -> tuple[float, float, float]:
        """Two-sided, less, greater. Two-sided: as far from the mean as observed, or farther, on either side."""
        distance = np.abs(self.sums - self.mean)
        both = distance >= abs(observed - self.mean) - self.tie
        less, greater = self.sums <= observed + self.tie, self.sums >= observed - self.tie
        return tuple(min(1.0, float(self.chances[kept].sum())) for kept in (both, less, greater))  # type: ignore[return-value]

    def smallest_p(self) -> float:
        """The smallest two-sided p any labelling of the same scores could have given."""
        return min(self.p_values(float(end))[0] for end in self.sums[[0, -1]])


def doubled_midranks(values: NDArray[np.float64]) -> Integers:
    """Twice the midrank of each value in its row, as whole numbers: 2 · (smaller values) + (equal values) + 1."""
    rows = np.atleast_2d(values)
    order = np.sort(rows, axis=1)
    ranks = np.stack(
        [
            np.searchsorted(o, r, "left") + np.searchsorted(o, r, "right") + 1
            for o, r in zip(order, rows, strict=True)
        ]
    )
    return ranks.reshape(values.shape).astype(np.int64)


def whole_scores(values: NDArray[np.float64]) -> tuple[Integers, int] | None:
    """Values as whole multiples of 1/10^k (k ≤ 6) or of 1/64, with that multiplier; None when they are no such decimals."""
    for scale in (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 64):
        whole = np.round(values * scale)
        if np.abs(whole).max(initial=0) < 2**52 and np.array_equal(whole / scale, values):
            return whole.astype(np.int64), scale
    return None


def label_sums(scores: ArrayLike, size: int) -> NullDistribution:
    """All C(n, size) ways of dealing a group's labels: the sum of the scores that land in the group.

    Whole scores (or decimals) are counted by dynamic programming over sums (Streitberg and Röhmel's shift algorithm), in n · size
    · (largest sum) steps, without rounding. Other scores are listed, up to three million labellings. Raises ValueError beyond.
    """
    values = np.asarray(scores, dtype=float)
    exact = whole_scores(values)
    if exact is not None:
        whole, scale = exact
        low = int(whole.min())
        steps = whole - low
        unit = int(np.gcd.reduce(steps)) or 1
        steps //= unit
        top = int(np.sort(steps)[len(steps) - size :].sum())
        if len(steps) * min(size, len(steps) - size) * (top + 1) <= _MOST_STEPS:
            counts = _subset_counts(steps, size, top)
            hit = np.flatnonzero(counts)
            # Different distances from the mean are at least unit / n apart; the margin only absorbs rounding.
            mean = float(whole.sum()) * size / len(whole)
            tie = (1e-9 * unit + 1e-13 * abs(mean)) / scale
            return NullDistribution(
                (hit * unit + size * low) / scale, counts[hit] / counts.sum(), mean / scale, tie
            )
    if comb(len(values), size) > _MOST_LABELLINGS:
        raise ValueError(
            f"An exact test of {size} against {len(values) - size} people is too much work for these values. Round them to the "
            "grain they were measured in (such as 0.1); beyond about 100 a group, an approximate test serves as well."
        )
    picks = np.fromiter((i for pick in combinations(range(len(values)), size) for i in pick), dtype=np.intp)
    listed, often = np.unique(values[picks.reshape(-1, size)].sum(axis=1), return_counts=True)
    tie = 1e-9 * float(np.ptp(values)) + 1e-12 * float(np.abs(values).max())
    return NullDistribution(listed, often / often.sum(), float(values.sum()) * size / len(values), tie)


def _subset_counts(steps: Integers, size: int, top: int) -> NDArray[np.float64]:
    """How many ways `size` of the steps add up to 0, 1, … top."""
    if 2 * size > len(steps):  # the people left out are fewer; their sum is the total less ours
        out = len(steps) - size
        counts = _subset_counts(steps, out, int(np.sort(steps)[size:].sum()))
        total = int(steps.sum())
        turned = np.zeros(top + 1)
        reached = total - np.arange(len(counts))
        kept = (reached >= 0) & (reached <= top)
        turned[reached[kept]] = counts[kept]
        return turned
    counts = np.zeros((size + 1, top + 1))
    counts[0, 0] = 1.0
    rising = np.sort(steps)
    reached = np.concatenate([[0], rising.cumsum()])
    for done, step in enumerate(rising):
        most = min(size, done + 1)
        end = int(reached[done + 1] - reached[done + 1 - most]) + 1  # no sum can be larger yet
        counts[1 : most + 1, step:end] += counts[:most, : end - step]
    return counts[size]


def sign_sums(scores: ArrayLike) -> NullDistribution:
    """All 2^n ways of dealing signs: the sum of the whole-number scores that come out positive. n · (sum of scores) steps."""
    steps = np.asarray(scores, dtype=np.int64)
    total = int(steps.sum())
    chances = np.zeros(total + 1)
    chances[0] = 1.0
    for step in steps:
        moved = chances / 2
        chances = moved.copy()
        chances[step:] += moved[: total + 1 - step]
    hit = np.flatnonzero(chances)
    return NullDistribution(hit.astype(float), chances[hit], total / 2)
