"""What every simulated world carries with it: its seed, its size, its assumptions, its label."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jdm_teach.stats.result import Interval, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Floats",
    "Ints",
    "Simulated",
    "binomial_probabilities",
    "checked_count",
    "checked_share",
    "checked_size",
    "expit",
    "logit",
    "share_interval",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_DRAWS = 50_000_000


def checked_count(value: int, name: str, least: int = 1) -> int:
    """A whole number of at least `least`. Raises ValueError naming it otherwise."""
    if int(value) != value or value < least:
        raise ValueError(f"The {name} must be a whole number of at least {least}; got {value}.")
    return int(value)


def checked_share(value: float, name: str, open_ends: bool = False) -> float:
    """A share between 0 and 1. Raises ValueError naming it otherwise."""
    if not 0 <= value <= 1 or (open_ends and value in (0, 1)):
        ends = "strictly between 0 and 1" if open_ends else "from 0 to 1"
        raise ValueError(f"The {name} must lie {ends}; got {value}.")
    return float(value)


def checked_size(worlds: int, children: int) -> tuple[int, int]:
    """Numbers of worlds and of children in each. Raises ValueError when memory would not hold them."""
    worlds, children = (
        checked_count(worlds, "number of worlds"),
        checked_count(children, "number of children"),
    )
    if worlds * children > MOST_DRAWS:
        raise ValueError(
            f"{worlds:,} worlds of {children:,} children are more than this simulator holds in memory; "
            f"keep worlds × children at or below {MOST_DRAWS:,}."
        )
    return worlds, children


def expit(x: ArrayLike) -> Floats:
    """The probability with log odds x."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(x, dtype=float)))


def logit(p: float) -> float:
    """The log odds of a probability strictly between 0 and 1."""
    return float(np.log(p) - np.log1p(-p))


def binomial_probabilities(n: int, p: float) -> Floats:
    """The probability of 0, 1, … n events among n with risk p (without loading scipy.stats)."""
    from scipy.special import gammaln, xlog1py, xlogy

    k = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.exp(ways + xlogy(k, p) + xlog1py(n - k, -p))


def share_interval(hits: float, trials: int) -> Interval:
    """95% Wilson limits of a simulated share: they speak of the number of worlds, never of patients."""
    z2 = 1.959963984540054**2
    p = hits / trials
    center = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = sqrt(z2 * (p * (1 - p) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    return Interval(max(0.0, center - half), min(1.0, center + half), 0.95, "simulation error only")


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulated(Result):
    """A result from invented worlds. `assumptions` are the knobs somebody chose, in words."""

    seed: int
    worlds: int
    assumptions: tuple[str, ...]

    def finding(self) -> str:
        """What came out, without the label."""
        raise NotImplementedError

    def sentence(self) -> str:
        number = "one world" if self.worlds == 1 else f"{self.worlds:,} worlds"
        return (
            f"{self.finding()} Simulated: {number}, seed {self.seed}, assuming {'; '.join(self.assumptions)}."
        )

    def labelled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with its origin and seed in every row."""
        return frame.assign(data_origin="simulated", seed=self.seed)
