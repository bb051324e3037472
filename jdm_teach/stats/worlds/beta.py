"""Beta distributions to full precision: intervals, the shortest interval, one proportion against another."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from jdm_teach.stats.worlds.simulation import checked_count

__all__ = [
    "beta_difference",
    "beta_exceeds",
    "beta_mean_sd",
    "central_interval",
    "checked_counts",
    "checked_prior",
    "highest_density",
    "log_beta_binomial",
    "mixture_interval",
]

Floats = NDArray[np.float64]
Shape = tuple[float, float]

TAILS = (1e-15, 1e-12, 1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4)


def checked_counts(x: int, n: int, what: str = "patients") -> tuple[int, int]:
    """Events and patients as whole numbers. Raises ValueError when they cannot be."""
    n = checked_count(n, f"number of {what}", 0)
    x = checked_count(x, f"number of events among the {what}", 0)
    if x > n:
        raise ValueError(f"There cannot be {x} events among {n} {what}; check both numbers.")
    return x, n


def checked_prior(a: float, b: float) -> Shape:
    """A beta prior's two numbers. Raises ValueError when they are not both positive."""
    if not (0 < a < np.inf and 0 < b < np.inf):
        raise ValueError(f"A beta prior needs two positive numbers, as in Beta(1, 1); got {a} and {b}.")
    return float(a), float(b)


def beta_mean_sd(a: float, b: float) -> tuple[float, float]:
    """Mean and standard deviation of Beta(a, b)."""
    return a / (a + b), sqrt(a * b / (a + b + 1)) / (a + b)


def central_interval(a: float, b: float, level: float) -> tuple[float, float]:
    """The equal-tailed interval of Beta(a, b)."""
    from scipy.special import betaincinv

    return float(betaincinv(a, b, (1 - level) / 2)), float(betaincinv(a, b, (1 + level) / 2))


def highest_density(a: float, b: float, level: float) -> tuple[float, float]:
    """The shortest interval of Beta(a, b); equal tails where no single shortest one exists (flat or U-shaped)."""
    from scipy.optimize import brentq
    from scipy.special import betaincinv

    if a <= 1 and b <= 1 and (a == b or max(a, b) < 1):
        return central_interval(a, b, level)
    if a <= 1:
        return 0.0, float(betaincinv(a, b, level))
    if b <= 1:
        return float(betaincinv(a, b, 1 - level)), 1.0

    def slope(tail: float) -> float:
        low, high = betaincinv(a, b, tail), betaincinv(a, b, min(tail + level, 1.0))
        with np.errstate(divide="ignore"):
            return float((a - 1) * np.log(low / high) + (b - 1) * (np.log1p(-low) - np.log1p(-high)))

    # Equal density at both ends; the difference grows steadily with the lower tail.
    spare = 1 - level
    tail = brentq(slope, 1e-13 * spare, spare * (1 - 1e-10), xtol=1e-15, rtol=1e-14)
    return float(betaincinv(a, b, tail)), float(betaincinv(a, b, tail + level))


def log_beta_binomial(k: NDArray[np.int64], n: int, a: float, b: float) -> Floats:
    """Log probability of k events in n when the proportion is Beta(a, b)."""
    from scipy.special import betaln, gammaln

    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return ways + betaln(a + k, b + n - k) - betaln(a, b)


def _chance_below(first: Shape, second: Shape, gap: float) -> float:
    """P(first − second ≤ gap), by Gauss–Legendre panels over the second that crowd towards every rough place.

    Below its median the second is written y = t^(1/a) when a < 1, above it 1 − y = s^(1/b) when b < 1: that
    takes the infinite ends of the density away.
    """
    from scipy.special import betainc, betaincinv, betaln

    constant = float(betaln(*second))
    nodes, weights = np.polynomial.legendre.leggauss(24)

    def side(near: float, far: float, upper: bool, to: float) -> float:
        power = min(near, 1.0)
        crowd = to * 10.0 ** -np.arange(1, 16, 2)
        kinks = [
            k + sign * c
            for k in ((1 + gap, gap) if upper else (-gap, 1 - gap))
            for c in crowd
            for sign in (-1, 0, 1)
        ]
        marks = [*betaincinv(near, far, TAILS), *crowd, *kinks]
        cuts = np.unique([0.0, to, *(y for y in marks if 0 < y < to)]) ** power
        half = np.diff(cuts)[:, None] / 2
        y = (cuts[:-1, None] + half * (1 + nodes)) ** (1 / power)
        # Near 1 the distance from 1 keeps its digits, the value itself does not.
        below = (
            1 - betainc(first[1], first[0], np.clip(y - gap, 0, 1))
            if upper
            else betainc(*first, np.clip(y + gap, 0, 1))
        )
        density = np.exp((near - power) * np.log(y) + (far - 1) * np.log1p(-y) - constant)
        return float((half * weights * below * density).sum()) / power

    a, b = second
    middle = float(betaincinv(a, b, 0.5))
    total = side(a, b, False, middle) + side(b, a, True, 1 - middle)
    return float(min(max(total, 0.0), 1.0))


def beta_exceeds(first: Shape, second: Shape) -> float:
    """P(first > second) for independent beta variables, to about 1e-12."""
    return 1 - _chance_below(first, second, 0.0)


def beta_difference(first: Shape, second: Shape, level: float) -> tuple[float, float]:
    """The equal-tailed interval of first − second for independent beta variables."""
    from scipy.optimize import brentq

    low, high = (
        float(brentq(lambda d, tail=tail: _chance_below(first, second, d) - tail, -1, 1, xtol=1e-9))
        for tail in ((1 - level) / 2, (1 + level) / 2)
    )
    return low, high


def mixture_interval(weights: Sequence[float], parts: Sequence[Shape], level: float) -> tuple[float, float]:
    """The equal-tailed interval of a mixture of beta distributions."""
    from scipy.optimize import brentq
    from scipy.special import betainc

    def below(x: float) -> float:
        return float(sum(w * betainc(a, b, x) for w, (a, b) in zip(weights, parts, strict=True)))

    low, high = (
        float(brentq(lambda x, tail=tail: below(x) - tail, 0, 1, xtol=1e-14))
        for tail in ((1 - level) / 2, (1 + level) / 2)
    )
    return low, high
