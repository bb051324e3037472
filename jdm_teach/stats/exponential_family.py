"""Exact inference for one count whose chances are tilted by one log-odds parameter.

A binomial count and the count in one cell of a 2×2 table with fixed margins share a shape: the chance of
outcome k is proportional to exp(log weight of k + beta · k). Everything exact that the package says about a
proportion or an odds ratio (tail areas, two-sided p values, limits) is solved here, once, on the beta scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

__all__ = ["TiltedCount", "binomial_count", "hypergeometric_count"]

# Two outcomes count as equally likely when they differ by less than this share (the convention of R's tests).
TIE = 1e-7


@dataclass(frozen=True, eq=False)
class TiltedCount:
    """A count with outcomes first, first + 1, … and chances ∝ exp(log_weights + beta · outcome).

    The weights must be log-concave, as binomial and hypergeometric ones are. Every method takes the position of the
    observed outcome (0 for the first). Tail areas cost one pass over the outcomes, a limit 30 to 200 passes.

    >>> round(float(binomial_count(9).chances(0.0)[0]), 6)      # 9 tosses, no head
    0.001953
    """

    first: int
    log_weights: NDArray[np.float64]

    @property
    def last_position(self) -> int:
        return len(self.log_weights) - 1

    def chances(self, beta: float = 0.0) -> NDArray[np.float64]:
        """The chance of each outcome at log-odds beta."""
        log = self.log_weights + beta * np.arange(len(self.log_weights))
        chances = np.exp(log - log.max())
        return chances / chances.sum()

    def reflected(self) -> TiltedCount:
        """The same count read from its other end (beta changes sign)."""
        return TiltedCount(self.first, self.log_weights[::-1])

    def lower_tail(self, position: int, beta: float = 0.0) -> float:
        """P(outcome ≤ observed)."""
        return min(1.0, float(self.chances(beta)[: position + 1].sum()))

    def upper_tail(self, position: int, beta: float = 0.0) -> float:
        """P(outcome ≥ observed)."""
        return min(1.0, float(self.chances(beta)[position:].sum()))

    def p_minimum_likelihood(self, position: int, beta: float = 0.0) -> float:
        """Total chance of every outcome no likelier than the one observed."""
        chances = self.chances(beta)
        return min(1.0, float(chances[chances <= chances[position] * (1 + TIE)].sum()))

    def p_blaker(self, position: int, beta: float = 0.0) -> float:
        """Smaller tail plus the largest opposite tail that is no larger."""
        chances = self.chances(beta)
        tails = np.minimum(chances.cumsum(), chances[::-1].cumsum()[::-1])
        return min(1.0, float(chances[tails <= tails[position] * (1 + TIE)].sum()))

    def most_likely(self, position: int) -> float:
        """The beta whose expected outcome is the observed one; ±infinity at the ends, nan for a single outcome."""
        if self.last_position == 0:
            return np.nan
        if position in (0, self.last_position):
            return -inf if position == 0 else inf
        steps = np.arange(len(self.log_weights))
        return rising_root(lambda beta: float(self.chances(beta) @ steps) - position)

    def central_limits(self, position: int, alpha: float, midp: bool = False) -> tuple[float, float]:
        """Betas at which each tail (or mid-p tail) holds alpha / 2."""
        return -self.reflected()._central_upper(
            self.last_position - position, alpha, midp
        ), self._central_upper(position, alpha, midp)

    def _central_upper(self, position: int, alpha: float, midp: bool) -> float:
        if position == self.last_position:
            return inf

        def excess(beta: float) -> float:
            chances = self.chances(beta)
            tail = chances[: position + 1].sum() - (0.5 * chances[position] if midp else 0.0)
            return float(alpha / 2 - tail)

        return rising_root(excess)

    def blaker_limits(self, position: int, alpha: float) -> tuple[float, float]:
        """Ends of the shortest interval that holds every beta Blaker's test does not reject."""
        return -self.reflected()._blaker_upper(self.last_position - position, alpha), self._blaker_upper(
            position, alpha
        )

    def _blaker_upper(self, position: int, alpha: float) -> float:
        # The p value jumps where an upper tail from j overtakes the lower tail; just before that jump it is twice the
        # lower tail, so the last jump that still exceeds alpha lies below the central limit.
        ceiling = self._central_upper(position, alpha, midp=False)
        if ceiling == inf:
            return inf
        upper = self.chances(ceiling)[::-1].cumsum()[::-1]
        start = int(np.flatnonzero(upper > alpha / 2).max())

        def overtaken(beta: float) -> float:
            chances = self.chances(beta)
            return float(chances[start:].sum() - chances[: position + 1].sum())

        jump = rising_root(overtaken)
        return self._piece_end(position, start + 1, jump, ceiling, alpha)

    def minimum_likelihood_limits(self, position: int, alpha: float) -> tuple[float, float]:
        """Ends of the shortest interval that holds every beta the minimum-likelihood test does not reject."""
        return -self.reflected()._minlike_upper(self.last_position - position, alpha), self._minlike_upper(
            position, alpha
        )

    def _minlike_upper(self, position: int, alpha: float) -> float:
        if position == self.last_position:
            return inf
        beyond = np.arange(position + 1, self.last_position + 1)
        jumps = (self.log_weights[position] - self.log_weights[beyond]) / (beyond - position)
        following = inf
        for start, jump in zip(beyond[::-1], jumps[::-1], strict=True):
            chances = self.chances(jump)
            if chances[: position + 1].sum() + chances[start:].sum() > alpha:
                return self._piece_end(position, int(start) + 1, float(jump), following, alpha)
            following = float(jump)
        return following  # pragma: no cover - the first jump always has p = 1

    def _piece_end(self, position: int, start: int, low: float, high: float, alpha: float) -> float:
        """Where lower tail + upper tail from start sinks to alpha between two jumps (it crosses at most once)."""

        def excess(beta: float) -> float:
            chances = self.chances(beta)
            return float(alpha - chances[: position + 1].sum() - chances[start:].sum())

        return low if excess(low) >= 0 else rising_root(excess, low, high)


def rising_root(function: Callable[[float], float], low: float = -inf, high: float = inf) -> float:
    """The point where a function goes from negative to positive; infinite ends are pushed out until it does."""
    from scipy.optimize import brentq

    step = 1.0
    start = low if low > -inf else min(high, 1.0) - 1.0
    if high == inf:
        high = start + step
        while function(high) < 0:
            step *= 2
            high += step
    if low == -inf:
        step, low = 1.0, start
        while function(low) > 0:
            step *= 2
            low -= step
    at_low, at_high = function(low), function(high)
    if at_low >= 0 or at_high <= 0:
        return low if at_low >= 0 else high
    return float(brentq(function, low, high, xtol=1e-14, rtol=1e-14))


def log_binomials(n: int) -> NDArray[np.float64]:
    """Logarithms of the n + 1 binomial coefficients of n."""
    k = np.arange(n + 1)
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def binomial_count(n: int) -> TiltedCount:
    """Events among n people; beta is the log-odds of one event."""
    return TiltedCount(0, log_binomials(n))


def hypergeometric_count(n1: int, n2: int, events: int) -> TiltedCount:
    """Events in group 1 when group sizes and the number of events are fixed; beta is the log odds ratio."""
    first, last = max(0, events - n2), min(n1, events)
    k = np.arange(first, last + 1)
    return TiltedCount(first, log_binomials(n1)[k] + log_binomials(n2)[events - k])
