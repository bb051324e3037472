"""Measures of learning for a group, each with its uncertainty: difficulty, discrimination, gain, difference.

What the numbers can bear is in Nissen 2018 (gain depends on the pre-test) and Namdeo 2016 (item analysis); below
forty answers an item statistic is provisional.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from ..evidence.limits import exact_limits, t_multiplier

__all__ = ["ENOUGH", "Correlation", "Difference", "Share", "item_rest", "normalised_gain", "paired_difference", "share"]  # fmt: skip

ENOUGH = 40


@dataclass(frozen=True)
class Share:
    """So many of so many: the share, its standard error and its exact 95% limits."""

    events: int
    n: int
    value: float
    error: float
    low: float
    high: float

    def text(self) -> str:
        return f"{self.events} of {self.n} ({100 * self.value:.0f}%, 95% CI {100 * self.low:.0f}–{100 * self.high:.0f}%)"


@dataclass(frozen=True)
class Correlation:
    """A correlation of n pairs with its standard error."""

    value: float
    error: float
    n: int


@dataclass(frozen=True)
class Difference:
    """A mean paired difference of n people, its 95% limits, and the same in standard deviations of the differences."""

    mean: float
    low: float
    high: float
    standardised: float | None
    n: int


def share(events: int, n: int) -> Share:
    """A share with its standard error √(p(1−p)/n) and exact limits. Raises ValueError unless 0 ≤ events ≤ n and n > 0.

    >>> share(6, 12).text()
    '6 of 12 (50%, 95% CI 21–79%)'
    """
    low, high = exact_limits(events, n)
    p = events / n
    return Share(events, n, p, sqrt(p * (1 - p) / n), low, high)


def item_rest(right: Sequence[int], rest: Sequence[float]) -> Correlation | None:
    """How an item goes with the rest: the correlation of right (1) or not (0) with the share right of the other items.

    The standard error is √((1−r²)/(n−2)). None where it is not defined: fewer than three people, or no spread.
    """
    n = len(right)
    if n != len(rest):
        raise ValueError("Discrimination needs one score on the rest for every answer to the item.")
    if n < 3:
        return None
    mean_x, mean_y = fsum(right) / n, fsum(rest) / n
    sxx = fsum((x - mean_x) ** 2 for x in right)
    syy = fsum((y - mean_y) ** 2 for y in rest)
    if sxx <= 1e-12 or syy <= 1e-12:
        return None
    sxy = fsum((x - mean_x) * (y - mean_y) for x, y in zip(right, rest, strict=True))
    r = max(-1.0, min(1.0, sxy / sqrt(sxx * syy)))
    return Correlation(r, sqrt(max(0.0, 1 - r * r) / (n - 2)), n)


def normalised_gain(before: float, after: float) -> float | None:
    """What was gained of what could be gained, (after − before)/(1 − before), on class means as shares right.

    None when nothing was left to gain.

    >>> round(normalised_gain(0.5, 0.75), 2)
    0.5
    """
    if not (0 <= before <= 1 and 0 <= after <= 1):
        raise ValueError("Class means are shares right, from 0 to 1.")
    return None if before == 1 else (after - before) / (1 - before)


def paired_difference(before: Sequence[float], after: Sequence[float]) -> Difference | None:
    """The mean difference of the same people after and before, with t limits; None with fewer than two people."""
    gaps = [b - a for a, b in zip(before, after, strict=True)]
    n = len(gaps)
    if n < 2:
        return None
    mean = fsum(gaps) / n
    spread = sqrt(fsum((gap - mean) ** 2 for gap in gaps) / (n - 1))
    reach = t_multiplier(n - 1) * spread / sqrt(n)
    return Difference(mean, mean - reach, mean + reach, mean / spread if spread > 1e-12 else None, n)
