"""Two printed summaries of the same children, one variable never after the other (onset ≤ start).

The number of ways to match sorted a with sorted b so that a ≤ b everywhere is Π_i(#{a ≤ b_(i)} − i + 1). Hence
an independent pair of uniform labelled cohorts, kept with probability Π/n! and then matched at random, is
exactly uniform over all labelled pairs of cohorts that obey the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import factorial, sqrt
from typing import TYPE_CHECKING

import numpy as np

from .cohort_draw import integers_below
from .cohort_pair_draws import PairCount, PairedDraws, pair_label
from .cohorts import Cohorts
from .result import Interval, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PairCount", "PairedCohorts", "PairedDraws", "matchings", "paired_cohorts"]

_EXACT_PAIRS = 20_000_000


def matchings(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Ways to match each row of `first` to the same row of `second` (both sorted) with first ≤ second."""
    ways = np.ones(len(first), dtype=np.int64 if first.shape[1] <= 20 else object)
    for i in range(first.shape[1]):
        ways *= np.maximum((first <= second[:, i : i + 1]).sum(axis=1) - i, 0)
    return ways


def _multiplicity(rows: np.ndarray) -> np.ndarray:
    # n! over the factorials of the tie sizes: in sorted rows, the running length of each tie multiplies up.
    run, out = np.ones(len(rows), dtype=object), np.full(len(rows), factorial(rows.shape[1]), dtype=object)
    divisor = np.ones(len(rows), dtype=object)
    for i in range(1, rows.shape[1]):
        run = np.where(rows[:, i] == rows[:, i - 1], run + 1, 1)
        divisor = divisor * run
    return out // divisor


@dataclass(frozen=True)
class PairedCohorts(Result):
    """All pairs of cohorts with first ≤ second for every child. Made by `paired_cohorts`."""

    first: Cohorts
    second: Cohorts

    def label(self) -> str:
        """The order constraint in words."""
        return pair_label(self.first.summary, self.second.summary)

    @cached_property
    def count(self) -> PairCount:
        """Exact where both can be listed (whole years: milliseconds), else estimated from 1,000,000 trial pairs."""
        a, b = self.first, self.second
        if a.multisets * b.multisets > _EXACT_PAIRS or max(a.multisets, b.multisets) > 200_000:
            return self.estimate(seed=1)
        total, feasible = 0, 0
        rows_a, rows_b = a.every(), b.every()
        times_a, times_b = _multiplicity(rows_a), _multiplicity(rows_b)
        for row, times in zip(rows_a, times_a, strict=True):
            ways = matchings(np.broadcast_to(row, rows_b.shape), rows_b)
            feasible += int((ways > 0).sum())
            total += times * int((times_b * ways.astype(object)).sum())
        exact = total // factorial(a.summary.n)
        pairs = a.labelled * b.labelled
        return PairCount(exact, exact / pairs if pairs else 0.0, None, pairs, feasible, a.summary.n)

    def estimate(self, *, seed: int, pool: int = 40_000, pairs: int = 1_000_000) -> PairCount:
        """The share of independent pairs that obey the order, from trial pairs, with a 95% interval."""
        rng = np.random.default_rng(seed)
        rows_a, rows_b = self._pools(rng, pool)
        n = self.first.summary.n
        means_a, means_b, weights = np.zeros(pool), np.zeros(pool), []
        for done in range(0, pairs, pool):
            # Each pass pairs every cohort once, so that the error splits into two parts that can be measured.
            i, k = rng.permutation(pool), rng.permutation(pool)
            size = min(pool, pairs - done)
            kept = self._shares(rows_a[i[:size]], rows_b[k[:size]], n)
            np.add.at(means_a, i[:size], kept)
            np.add.at(means_b, k[:size], kept)
            weights.append(kept)
        share = float(np.concatenate(weights).mean())
        passes = max(1, pairs // pool)
        error = sqrt((np.var(means_a / passes) + np.var(means_b / passes)) / pool)
        limits = Interval(max(0.0, share - 1.96 * error), share + 1.96 * error, 0.95, "simulation error")
        return PairCount(None, share, limits, self.first.labelled * self.second.labelled, None, n, seed)

    @staticmethod
    def _shares(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
        out = np.zeros(len(a))
        open_ = np.flatnonzero((a <= b).all(axis=1))
        out[open_] = matchings(a[open_], b[open_]).astype(np.float64) / factorial(n)
        return out

    def _pools(self, rng: np.random.Generator, pool: int) -> tuple[np.ndarray, np.ndarray]:
        seeds = rng.integers(0, 2**63, 2)
        small = np.int16 if max(self.first.summary.high, self.second.summary.high) < 2**15 else np.int64
        rows = [
            np.sort(c.draw(pool, seed=int(s)).grains, axis=1).astype(small)
            for c, s in zip((self.first, self.second), seeds, strict=True)
        ]
        return rows[0], rows[1]

    def draw(
        self, size: int = 10_000, *, seed: int, independent: bool = False, patience: int = 200
    ) -> PairedDraws:
        """`size` joint cohorts, uniform over all labelled pairs that obey the order.

        By default trial pairs are formed from pools of drawn cohorts that are reused about 24 times: each accepted
        pair comes from an exactly uniform trial, but the draws are slightly dependent (relative effect below
        1/pool). `independent=True` uses every drawn cohort once and costs about 1/share times more.
        Raises ValueError when no trial pair obeys the order.
        """
        rng = np.random.default_rng(seed)
        pool, passes = (max(20_000, min(100_000, 4 * size)), 1 if independent else 24)
        kept: list[tuple[np.ndarray, np.ndarray]] = []
        found = tried = 0
        for _ in range(patience):
            rows_a, rows_b = self._pools(rng, pool)
            for _ in range(passes):
                i, k = rng.permutation(pool), rng.permutation(pool)
                a, b = rows_a[i], rows_b[k]
                good = np.flatnonzero((a <= b).all(axis=1))
                ways = matchings(a[good], b[good])
                good = good[self._accepted(ways, rng)]
                kept.append((a[good], b[good]))
                found, tried = found + good.size, tried + pool
            if found >= size:
                break
        if found < size:
            raise ValueError(
                f"Only {found:,} of {tried:,} trial pairs obey the order {self.label()}, too few for {size:,} draws. "
                "Ask for fewer, or check whether the two summaries can belong to the same children."
            )
        a = np.concatenate([x for x, _ in kept])
        b = np.concatenate([y for _, y in kept])
        chosen = rng.choice(len(a), size, replace=False)
        first, second = self._matched(a[chosen].astype(np.int64), b[chosen].astype(np.int64), rng)
        return PairedDraws(self.first.summary, self.second.summary, first, second, seed, tried, independent)

    def _accepted(self, ways: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        n = self.first.summary.n
        if n <= 20:
            return rng.integers(0, factorial(n), ways.size) < ways
        return np.array(integers_below(rng, factorial(n), ways.size) < ways, dtype=bool)

    @staticmethod
    def _matched(a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        # Working up the sorted b, each takes one of the still free a ≤ b; then the children are shuffled.
        size, n = a.shape
        rows, ordered = np.arange(size), a.copy()
        for i in range(n):
            options = (ordered <= b[:, i : i + 1]).sum(axis=1)
            taken = rng.integers(i, options)
            ordered[rows, i], ordered[rows, taken] = ordered[rows, taken], ordered[rows, i].copy()
        order = rng.permuted(np.tile(np.arange(n), (size, 1)), axis=1)
        return np.take_along_axis(ordered, order, axis=1), np.take_along_axis(b, order, axis=1)

    def sentence(self) -> str:
        return f"{self.label()}: {self.count.sentence()}"

    def table(self) -> pd.DataFrame:
        return self.count.table()


def paired_cohorts(first: Cohorts, second: Cohorts) -> PairedCohorts:
    """All pairs of cohorts in which, for every child, the first variable is not above the second.

    Both summaries must have the same n, grain and unit; otherwise ValueError. Cost: see `count` and `draw`
    (10,000 joint cohorts at 0.1 year take one to two seconds, the two counts included).

    >>> from jdm_teach.stats.cohorts import consistent_cohorts
    >>> onset = consistent_cohorts(9, "5.1", "3.6", high=17)
    >>> start = consistent_cohorts(9, "8.3", "3.5", high=17)
    >>> paired_cohorts(onset, start).count.exact
    15138233679240
    """
    a, b = first.summary, second.summary
    for name, x, y in (
        ("number of children", a.n, b.n),
        ("grain", a.grain, b.grain),
        ("unit", a.unit, b.unit),
    ):
        if x != y:
            raise ValueError(
                f"The two summaries differ in their {name} ({x} and {y}). Use the same for both."
            )
    return PairedCohorts(first, second)
