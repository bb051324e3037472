"""How far apart two groups lie, or how far pairs moved: Hodges–Lehmann estimates with exact intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jdm_teach.stats.permutation_null import NullDistribution, label_sums, sign_sums
from jdm_teach.stats.result import Interval, Result, number_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Shift", "paired_shift", "two_sample_shift"]


@dataclass(frozen=True)
class Shift(Result):
    """A typical difference. `interval.level` is the confidence reached; `asked` is the confidence wished for."""

    what: str
    estimate: float
    interval: Interval
    asked: float
    n: tuple[int, ...]

    @property
    def reached(self) -> bool:
        """False when so few people cannot give an interval of the confidence asked for."""
        return self.interval.level >= self.asked - 1e-12

    def sentence(self) -> str:
        limits = f"{number_text(self.interval.low)} to {number_text(self.interval.high)}"
        sizes = " and ".join(str(n) for n in self.n)
        text = (
            f"{self.what}: {number_text(self.estimate)} ({100 * self.interval.level:.1f}% CI {limits}, "
            f"{self.interval.method}; n = {sizes})"
        )
        if self.reached:
            return text
        return (
            text + f". With so few, no interval can reach {100 * self.asked:g}%; this is the widest there is"
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        limits = {"low": self.interval.low, "high": self.interval.high, "level": self.interval.level}
        return pd.DataFrame(
            [{"what": self.what, "estimate": self.estimate, **limits, "n": " v ".join(map(str, self.n))}]
        )


def _ranked_interval(differences: NDArray[np.float64], null: NullDistribution, level: float) -> Interval:
    """k-th smallest to k-th largest difference, with the largest k whose two tails hold at most 1 − level."""
    tail = null.chances.cumsum()  # null.sums run 0, 1, 2 … without gaps when there are no ties
    k = max(1, int(np.searchsorted(tail, (1 - level) / 2 * (1 + 1e-12), side="right")))
    confidence = max(0.0, 1 - 2 * float(tail[k - 1]))
    return Interval(float(differences[k - 1]), float(differences[-k]), confidence, "exact")


def two_sample_shift(x: NDArray[np.float64], y: NDArray[np.float64], level: float) -> Shift:
    """Median of all differences x − y and the interval of the Mann–Whitney test (see `ranks.hodges_lehmann`)."""
    differences = np.sort(np.subtract.outer(x, y).ravel())
    null = label_sums(np.arange(len(x) + len(y)), len(x))
    interval = _ranked_interval(differences, null, level)
    return Shift("Typical difference", float(np.median(differences)), interval, level, (len(x), len(y)))


def paired_shift(d: NDArray[np.float64], level: float) -> Shift:
    """Median of all averages of two differences (or one) and the interval of the signed-rank test."""
    first, second = np.triu_indices(len(d))
    averages = np.sort((d[first] + d[second]) / 2)
    interval = _ranked_interval(averages, sign_sums(np.arange(1, len(d) + 1)), level)
    return Shift("Typical change", float(np.median(averages)), interval, level, (len(d),))
