"""Unconditional tests: the largest chance of a rejection region over the unknown common risk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlog1py, xlogy

from jdm_teach.stats.exponential_family import log_binomials

__all__ = ["conditional_chances", "largest_chance", "region_shares"]

Floats = NDArray[np.floating]


def conditional_chances(n1: int, n2: int, totals: NDArray[np.int64] | None = None) -> Floats:
    """Row per total number of events s, column per events a in group 1: chance of a given s (0 where impossible)."""
    s = np.arange(n1 + n2 + 1) if totals is None else totals
    c = s[:, None] - np.arange(n1 + 1)
    possible = (c >= 0) & (c <= n2)
    log = np.where(possible, log_binomials(n1) + log_binomials(n2)[np.clip(c, 0, n2)], -np.inf)
    chances = np.exp(log - log.max(axis=1, keepdims=True))
    return chances / chances.sum(axis=1, keepdims=True)


def region_shares(
    chances: Floats, extremeness: Floats, tie: float, wanted: Floats | None
) -> tuple[Floats, Floats]:
    """For each rejection region {extremeness ≤ threshold}: its chance given each total s.

    Both arrays have a row per total and a column per count in group 1, with +infinity where impossible. With `wanted`
    one threshold is used, otherwise every distinct value (values within a relative `tie` are one). Returns
    thresholds (T,) and shares (totals, T).
    """
    if wanted is not None:
        limits = wanted + tie * np.abs(wanted)
        shares = [np.where(extremeness <= limit, chances, 0.0).sum(axis=1) for limit in limits]
        return wanted, np.stack(shares, axis=1)
    s, a = np.nonzero(np.isfinite(extremeness))
    order = np.argsort(extremeness[s, a], kind="stable")
    values = extremeness[s, a][order]
    last = np.append(values[1:] > values[:-1] + tie * np.abs(values[:-1]), True)
    steps = np.zeros((len(chances), len(values)))
    steps[s[order], np.arange(len(values))] = chances[s, a][order]
    return values[last], np.minimum(steps.cumsum(axis=1)[:, last], 1.0)


def largest_chance(shares: Floats) -> Floats:
    """The largest chance of each region over all common risks, to about 1e-10.

    `shares` is (N + 1, T): chance of the region given s events among N. As a function of the risk's angle
    phi = arccos(1 − 2 risk) a region's chance is a trigonometric polynomial of degree N between 0 and 1, so its
    curvature is at most N²/2 (Bernstein): a peak can rise only so far above a grid, and every grid peak that could
    still win is refined. Costs max(500, 8 N) × N × T multiplications.
    """
    n = len(shares) - 1
    size = max(500, 8 * n)
    step = np.pi / size
    best = np.empty(shares.shape[1])
    grid = _binomial_chances(n, np.arange(size + 1) * step)
    for start in range(0, shares.shape[1], 256):
        block = shares[:, start : start + 256]
        heights = grid @ block
        top = heights.max(axis=0)
        padded = np.pad(heights, ((1, 1), (0, 0)), constant_values=-1.0)
        peak = (heights >= padded[:-2]) & (heights >= padded[2:])
        peak &= (heights >= top - (n * step) ** 2 / 16) & (top < 1 - 1e-12)
        point, column = np.nonzero(peak)
        for first in range(0, len(point), 512):
            where = slice(first, first + 512)
            np.maximum.at(top, column[where], _refined(n, point[where] * step, step, block.T[column[where]]))
        best[start : start + 256] = top
    return np.minimum(best, 1.0)


def _refined(n: int, angle: Floats, step: float, shares: Floats) -> Floats:
    for _ in range(5):
        near = np.clip(angle[:, None] + np.linspace(-step, step, 17), 0, np.pi)
        heights = np.einsum("pgs,ps->pg", _binomial_chances(n, near), shares)
        best = heights.argmax(axis=1)
        angle = near[np.arange(len(angle)), best]
        step /= 8
    return heights.max(axis=1)


def _binomial_chances(n: int, angle: Floats) -> Floats:
    risk, k = np.sin(angle / 2)[..., None] ** 2, np.arange(n + 1)
    return np.exp(log_binomials(n) + xlogy(k, risk) + xlog1py(n - k, -risk))
