"""Limits for a share of few people, method by method."""

from __future__ import annotations

from math import sqrt
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, expit, ndtri

from jdm_teach.stats.exponential_family import binomial_count

__all__ = [
    "METHODS",
    "PRIOR_WEIGHT",
    "checked_count",
    "checked_level",
    "limits",
    "method_name",
    "single_limits",
]

METHODS = {
    "exact": "exact",
    "mid-p": "mid-p",
    "blaker": "Blaker",
    "minimum-likelihood": "minimum likelihood",
    "wilson": "Wilson",
    "jeffreys": "Jeffreys",
    "uniform": "uniform prior",
}
_ALIASES = {"clopper-pearson": "exact", "midp": "mid-p", "minlike": "minimum-likelihood", "score": "wilson"}
PRIOR_WEIGHT = {"jeffreys": 0.5, "uniform": 1.0}


def checked_count(x: Any, n: Any) -> tuple[int, int]:
    """Events and people as whole numbers, or a sentence that says what is wrong with them."""
    try:
        if any(isinstance(v, float) and v != int(v) for v in (x, n)):
            raise ValueError
        x, n = (int(v) if isinstance(v, float) else index(v) for v in (x, n))
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"Events and people are whole numbers; got {x!r} of {n!r}. Give counts, not shares."
        ) from None
    if n < 1:
        raise ValueError(f"A share needs at least one person; n is {n}. Give the number of people observed.")
    if not 0 <= x <= n:
        raise ValueError(f"{x} events among {n} people is impossible; give a count between 0 and {n}.")
    return x, n


def checked_level(level: float) -> float:
    """The error share 1 − level of a confidence level."""
    if not 0 < level < 1:
        raise ValueError(f"A confidence level lies between 0 and 1, such as 0.95; got {level}.")
    return 1 - level


def method_name(method: str) -> str:
    """The key of METHODS a person meant: capitals, underscores and common synonyms are understood."""
    name = method.lower().replace("_", "-").replace(" ", "-").replace("–", "-")
    name = _ALIASES.get(name, name)
    if name not in METHODS:
        raise ValueError(f"There is no interval method '{method}'; choose one of {', '.join(METHODS)}.")
    return name


def single_limits(x: int, n: int, name: str, alpha: float) -> tuple[float, float]:
    """The two limits for checked input; `name` is a key of METHODS."""
    if name == "exact":
        low = 0.0 if x == 0 else betaincinv(x, n - x + 1, alpha / 2)
        high = 1.0 if x == n else 1 - betaincinv(n - x, x + 1, alpha / 2)
        return float(low), float(high)
    if name in PRIOR_WEIGHT:
        weight = PRIOR_WEIGHT[name]
        a, b = x + weight, n - x + weight
        return float(betaincinv(a, b, alpha / 2)), float(1 - betaincinv(b, a, alpha / 2))
    if name == "wilson":
        z2 = float(ndtri(alpha / 2)) ** 2
        centre, half = x + z2 / 2, sqrt(z2 * (x * (n - x) / n + z2 / 4))
        return (
            0.0 if x == 0 else max(0.0, (centre - half) / (n + z2)),
            1.0 if x == n else min(1.0, (centre + half) / (n + z2)),
        )
    count = binomial_count(n)
    if name == "mid-p":
        low, high = count.central_limits(x, alpha, midp=True)
    elif name == "blaker":
        low, high = count.blaker_limits(x, alpha)
    else:
        low, high = count.minimum_likelihood_limits(x, alpha)
    return float(expit(low)), float(expit(high))


def limits(
    x: ArrayLike, n: ArrayLike, method: str = "exact", level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper limits for arrays of counts (shapes broadcast against each other).

    `method` is one of METHODS; definitions as in `proportion`. Raises ValueError for impossible counts, levels or
    methods. Cost per distinct (x, n): 5 µs for the closed forms, 0.3 ms for mid-p and Blaker (growing linearly
    with n), up to n passes of length n for minimum likelihood. Repeated pairs are solved once.

    >>> low, high = limits([0, 3, 9], 9)
    >>> [round(float(v), 3) for v in high]
    [0.336, 0.701, 1.0]
    """
    alpha, name = checked_level(level), method_name(method)
    xs, ns = np.broadcast_arrays(np.asarray(x), np.asarray(n))
    pairs = [checked_count(a.item(), b.item()) for a, b in zip(xs.ravel(), ns.ravel(), strict=True)]
    solved = {pair: single_limits(*pair, name, alpha) for pair in set(pairs)}
    both = np.array([solved[pair] for pair in pairs], dtype=float).reshape(*xs.shape, 2)
    return both[..., 0], both[..., 1]
