"""The log-rank test for tiny groups, from every way the groups could have been formed.

Each person gets a score from the pooled data: events seen minus events expected up to their own time. If the
groups had been formed by chance, every allocation would be equally likely; the p value is the share of
allocations at least as far from balance as the one observed. All arithmetic is in whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, isnan, lcm, nan, sqrt
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from jdm_teach.stats.follow_up import Ints, checked_follow_up, counted, risk_sets
from jdm_teach.stats.result import Result, p_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ExactLogRank", "exact_logrank", "logrank_scores"]

MOST_SUMS = 3_000_000


def logrank_scores(
    time: ArrayLike, event: ArrayLike, weights: Literal["logrank", "gehan"] = "logrank"
) -> tuple[Ints, int]:
    """Each person's score times a common whole number, and that number: score = first / second.

    A high score means a later or no event. Raises ValueError when whole numbers of 62 bits cannot hold them.
    """
    t, e = checked_follow_up(time, event)
    when = np.unique(t[e == 1])
    n = [int(np.sum(t >= x)) for x in when]
    d = [int(np.sum((t == x) & (e == 1))) for x in when]
    scale = lcm(*n) if weights == "logrank" else 1
    each = [scale // k if weights == "logrank" else 1 for k in n]
    step = [scale if weights == "logrank" else k for k in n]
    if scale * (t.size + 1) ** 2 * max(n, default=1) > 2**62:
        raise ValueError(
            f"The exact scores of {t.size} people do not fit whole numbers of this computer; "
            "use `logrank`, which is accurate in groups of that size."
        )
    hazard = np.concatenate(([0], np.cumsum([dj * ej for dj, ej in zip(d, each, strict=True)]))).astype(
        np.int64
    )
    passed = np.searchsorted(when, t, side="right")
    own = np.array([*step, 0], dtype=np.int64)[np.minimum(passed - 1, len(n) - 1)] if n else 0
    return hazard[passed] - e * own, scale


def _sums_of_subsets(scores: Ints, size: int) -> tuple[Ints, Ints]:
    """Every possible sum of `size` of the scores, and how many subsets have it."""
    empty = np.zeros(0, dtype=np.int64)
    sums = [np.zeros(1, dtype=np.int64)] + [empty] * size
    ways = [np.ones(1, dtype=np.int64)] + [empty] * size
    for done, score in enumerate(scores, start=1):
        for k in range(min(done, size), max(0, size - (scores.size - done)) - 1, -1):
            if k == 0:
                continue
            both = np.concatenate((sums[k], sums[k - 1] + score))
            counts = np.concatenate((ways[k], ways[k - 1]))
            sums[k], where = np.unique(both, return_inverse=True)
            total = np.zeros(sums[k].size, dtype=np.int64)
            np.add.at(total, where, counts)
            ways[k] = total
            if sums[k].size > MOST_SUMS:
                raise ValueError(
                    f"{scores.size} people can be split in too many different ways for the exact test; "
                    "use `logrank`, which is accurate in groups of that size."
                )
    return sums[size], ways[size]


@dataclass(frozen=True)
class ExactLogRank(Result):
    """The exact p value, the number of allocations behind it, and the smallest p these data could give.

    `z` is positive when the first group (in sorted order of its label) fares better.
    """

    labels: tuple[Any, Any]
    n: tuple[int, int]
    events: int
    p: float
    z: float
    allocations: int
    smallest_p: float
    weights: str

    def sentence(self) -> str:
        if self.events == 0:
            return f"Nobody of {sum(self.n)} had the event, so the two groups cannot be told apart (p = 1)."
        better = self.labels[0] if self.z > 0 else self.labels[1]
        lead = (
            "The two groups fared alike" if isnan(self.z) or self.z == 0 else f"Group {better} fared better"
        )
        return (
            f"{lead} ({self.labels[0]}: n = {self.n[0]}, {self.labels[1]}: n = {self.n[1]}, {counted(self.events, 'event')} "
            f"in all); exact {self.weights} test over {self.allocations:,} allocations {p_text(self.p)}. "
            f"The smallest p these data could have given is {self.smallest_p:.2g}."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        row = {"p": self.p, "z": self.z, "smallest_p": self.smallest_p, "allocations": self.allocations}
        sizes = {f"n_{label}": n for label, n in zip(self.labels, self.n, strict=True)}
        return pd.DataFrame([row | sizes | {"events": self.events}])


def exact_logrank(
    time: ArrayLike, event: ArrayLike, group: ArrayLike, weights: Literal["logrank", "gehan"] = "logrank"
) -> ExactLogRank:
    """Do two tiny groups differ in when the event happens? No large-sample approximation.

    `weights="gehan"` gives early events more say (each counts with the number at risk). Two-sided: allocations
    whose sum of scores is at least as far from its expectation count. Assumes that censoring has nothing to do
    with the group. Raises ValueError for unusable input, other than two groups, or too many allocations
    (about 3 million different sums). Cost: number of different sums × people; milliseconds at n = 12.
    Source: Hothorn et al. 2006, doi:10.1198/000313006X118430 (the permutation framework).

    >>> round(exact_logrank([2, 2, 4, 4, 6, 6], [1, 1, 1, 0, 1, 0], [1, 0, 1, 0, 1, 0]).p, 6)
    0.4
    """
    if weights not in ("logrank", "gehan"):
        raise ValueError(f"Choose the weights 'logrank' or 'gehan'; {weights!r} is neither.")
    sets = risk_sets(time, event, group)
    scores, _ = logrank_scores(time, event, weights)
    total, n, n1 = int(scores.sum()), scores.size, sets.n[0]
    few, members = (n1, ~sets.members) if n1 <= n - n1 else (n - n1, sets.members)
    sums, ways = _sums_of_subsets(scores, few)
    distance = np.abs(n * sums - few * total)
    observed = abs(n * int(scores[members].sum()) - few * total)
    everything = comb(n, few)
    spread = n * sum(int(s) ** 2 for s in scores) - total**2
    variance = n1 * (n - n1) * spread / (n * n * (n - 1))
    first = (n * int(scores[~sets.members].sum()) - n1 * total) / n
    return ExactLogRank(
        labels=sets.labels,
        n=sets.n,
        events=int(sets.events.sum()),
        p=int(ways[distance >= observed].sum()) / everything,
        z=first / sqrt(variance) if variance > 0 else nan,
        allocations=everything,
        smallest_p=int(ways[distance == distance.max()].sum()) / everything,
        weights=weights,
    )
