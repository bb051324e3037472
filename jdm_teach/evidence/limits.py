"""The two intervals a published number needs, by the standard library alone.

`jdm_teach.stats` is where intervals are taught and compared. Showing `3 of 9` must not wait for it: loading scipy
takes most of a second here and several in a browser. Both functions agree with it to ten decimals (tested).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import atan, cos, exp, lgamma, log, log1p, pi, sin, sqrt

__all__ = ["exact_limits", "t_multiplier"]


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing function crosses zero, by halving until floating point has no number in between."""
    middle = (low + high) / 2
    while low < middle < high:
        if function(middle) < 0:
            low = middle
        else:
            high = middle
        middle = (low + high) / 2
    return middle


def _at_least(x: int, n: int, p: float) -> float:
    """P(X ≥ x) for X binomial(n, p), summed upwards from x; exact enough where x is above the mean."""
    term = exp(lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1) + x * log(p) + (n - x) * log1p(-p))
    total, odds = 0.0, p / (1 - p)
    for k in range(x, n + 1):
        total += term
        if term < total * 1e-18:
            break
        term *= (n - k) / (k + 1) * odds
    return total


@lru_cache(maxsize=2048)
def exact_limits(events: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The Clopper–Pearson interval for `events` among `n`, as shares. At each limit the tail holds (1 − level)/2.

    Raises ValueError when events do not lie between 0 and n, or n is 0.

    >>> [round(100 * limit, 1) for limit in exact_limits(3, 9)]
    [7.5, 70.1]
    """
    if not 0 <= events <= n or n == 0:
        raise ValueError(f"An interval needs 0 to n events among n people, not {events} of {n}.")
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else _root(lambda p: _at_least(events, n, p) - tail, 0.0, events / n)
    # The upper limit for the events is 1 minus the lower limit for those without the event.
    rest = n - events
    high = 1.0 if rest == 0 else 1 - _root(lambda p: _at_least(rest, n, p) - tail, 0.0, rest / n)
    return low, high


def _t_within(t: float, df: int) -> float:
    """P(−t < T < t) for Student's t with whole degrees of freedom: the finite series in the angle."""
    angle = atan(t / sqrt(df))
    squared = cos(angle) ** 2
    term = sin(angle) if df % 2 == 0 else sin(angle) * cos(angle)
    total, k = (term, 1) if df != 1 else (0.0, 1)
    if df % 2 == 0:
        while k < df - 2:
            term *= squared * k / (k + 1)
            total += term
            k += 2
        return total
    k = 2
    while k < df - 1:
        term *= squared * k / (k + 1)
        total += term
        k += 2
    return 2 / pi * (angle + total)


@lru_cache(maxsize=512)
def t_multiplier(df: int, level: float = 0.95) -> float:
    """How many standard errors on either side of a mean of df + 1 people hold `level`, for normal data.

    >>> round(t_multiplier(8), 4)
    2.306
    """
    if df < 1:
        raise ValueError(f"A mean needs at least two people for an interval, not {df + 1}.")
    high = 2.0
    while _t_within(high, df) < level:
        high *= 2
    return _root(lambda t: _t_within(t, df) - level, 0.0, high)
