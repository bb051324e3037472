"""How much studies differ beyond chance: the between-study variance tau² and what is read off it.

Definitions follow the usual ones of meta-analysis (Viechtbauer 2010, doi:10.18637/jss.v036.i03). All functions
take effects `y` (k,) with known sampling variances `v` (k,) and cost well under a millisecond to a few.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

__all__ = ["TAU2", "cochran_q", "i_squared", "q_profile", "typical_variance"]

Array = NDArray[np.float64]


def cochran_q(y: Array, v: Array, tau2: float = 0.0) -> float:
    """Weighted squared distances from the weighted mean, with weights 1 / (v + tau²).

    >>> round(cochran_q(np.array([0.0, 2.0]), np.array([1.0, 1.0])), 3)
    2.0
    """
    w = 1 / (v + tau2)
    return float((w * (y - (w @ y) / w.sum()) ** 2).sum())


def typical_variance(v: Array) -> float:
    """The sampling variance of a typical study (Higgins & Thompson 2002, doi:10.1002/sim.1186)."""
    w = 1 / v
    return float((len(v) - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum()))


def i_squared(tau2: float, v: Array) -> float:
    """Share of the variability that is between studies, 0 to 1."""
    return tau2 / (tau2 + typical_variance(v))


def equal_effects(y: Array, v: Array) -> float:
    """One common effect: no variance between studies."""
    return 0.0


def dersimonian_laird(y: Array, v: Array) -> float:
    """Moment estimate from Cochran's Q, never below zero (doi:10.1016/0197-2456(86)90046-2)."""
    w = 1 / v
    return float(max(0.0, (cochran_q(y, v) - len(y) + 1) / (w.sum() - (w**2).sum() / w.sum())))


def paule_mandel(y: Array, v: Array) -> float:
    """The tau² at which Q equals its expectation k − 1 (Paule & Mandel 1982, doi:10.6028/jres.087.022)."""
    return _q_equals(y, v, len(y) - 1)


def restricted_likelihood(y: Array, v: Array) -> float:
    """The tau² with the largest restricted likelihood, found on the whole half-line and not from one start."""
    from scipy.optimize import brentq

    def slope(t: float) -> float:
        w = 1 / (v + t)
        mean = (w @ y) / w.sum()
        return float(-w.sum() + (w**2).sum() / w.sum() + (w**2) @ (y - mean) ** 2)

    def height(t: float) -> float:
        w = 1 / (v + t)
        return float(np.log(w).sum() - np.log(w.sum()) - cochran_q(y, v, t))

    size = float(np.ptp(y) ** 2 + v.max())
    grid = np.concatenate([[0.0], size * np.geomspace(1e-9, 1e2, 200)])
    slopes = [slope(t) for t in grid]
    tops = [0.0]
    for a, b, left, right in zip(grid, grid[1:], slopes, slopes[1:], strict=False):
        if left > 0 >= right:
            tops.append(float(brentq(slope, a, b, xtol=1e-14 * size, rtol=1e-14)))
    return max(tops, key=height)


TAU2: dict[str, Callable[[Array, Array], float]] = {
    "EE": equal_effects,
    "DL": dersimonian_laird,
    "PM": paule_mandel,
    "REML": restricted_likelihood,
}


def q_profile(y: Array, v: Array, level: float = 0.95) -> tuple[float, float]:
    """Limits of tau² by the Q-profile method (Viechtbauer 2007, doi:10.1002/sim.2514)."""
    tail = (1 - level) / 2
    df = len(y) - 1
    return _q_equals(y, v, float(chdtri(df, tail))), _q_equals(y, v, float(chdtri(df, 1 - tail)))


def _q_equals(y: Array, v: Array, goal: float) -> float:
    from scipy.optimize import brentq

    if cochran_q(y, v) <= goal:
        return 0.0
    high = float(v.max() + np.ptp(y) ** 2)
    while cochran_q(y, v, high) > goal:
        high *= 4
    return float(brentq(lambda t: cochran_q(y, v, t) - goal, 0.0, high, xtol=1e-14, rtol=1e-14, maxiter=500))
