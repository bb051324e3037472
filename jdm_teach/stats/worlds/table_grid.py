"""The p value of every two-by-two table that two groups of given size can produce, computed once.

Ten thousand simulated studies with the same group sizes meet only (n1 + 1)(n2 + 1) different tables, so a test
over all of them is a look-up.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from jdm_teach.stats.exact_tests import p_lookup
from jdm_teach.stats.nuisance import conditional_chances, largest_chance, region_shares
from jdm_teach.stats.worlds.simulation import Floats, binomial_probabilities, checked_count

__all__ = ["boschloo_grid", "fisher_grid", "table_probabilities"]

MOST_TABLES = 20_000
TIE = 1e-9


def _sizes(n1: int, n2: int) -> tuple[int, int]:
    n1, n2 = checked_count(n1, "size of the first group"), checked_count(n2, "size of the second group")
    if (n1 + 1) * (n2 + 1) > MOST_TABLES:
        raise ValueError(f"Groups of {n1} and {n2} give more tables than are listed here ({MOST_TABLES:,}).")
    return n1, n2


@lru_cache(maxsize=64)
def _fisher(n1: int, n2: int) -> Floats:
    p = np.array(p_lookup(n1, n2, "fisher"), dtype=float)
    p.setflags(write=False)
    return p


def fisher_grid(n1: int, n2: int) -> Floats:
    """Two-sided Fisher p for a events of n1 and b of n2, as an array indexed [a, b] (read-only).

    Raises ValueError for impossible sizes. Cost: under a millisecond at n = 9; remembered afterwards.

    >>> round(float(fisher_grid(3, 6)[3, 0]), 4)
    0.0119
    """
    return _fisher(*_sizes(n1, n2))


def table_probabilities(n1: int, n2: int, p1: float, p2: float) -> Floats:
    """The probability of a events of n1 and b of n2 when the risks are p1 and p2, indexed [a, b]."""
    return np.outer(binomial_probabilities(n1, p1), binomial_probabilities(n2, p2))


@lru_cache(maxsize=32)
def _boschloo(n1: int, n2: int) -> Floats:
    a, b = (x.ravel() for x in np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij"))
    order = np.full((n1 + n2 + 1, n1 + 1), np.inf)
    order[a + b, a] = _fisher(n1, n2).ravel()
    levels, shares = region_shares(conditional_chances(n1, n2), order, TIE, None)
    place = np.searchsorted(levels, _fisher(n1, n2) * (1 - TIE))
    p = np.array(largest_chance(shares), dtype=float)[np.minimum(place, levels.size - 1)]
    p.setflags(write=False)
    return p


def boschloo_grid(n1: int, n2: int) -> Floats:
    """Two-sided Boschloo p, indexed [a, b] (read-only), with tables ordered by their two-sided Fisher p.

    The largest chance, over every common risk, of a two-sided Fisher p at least as small: the definition used
    for power in R's Exact package. (`jdm_teach.stats.tables.boschloo` doubles the smaller one-sided p instead.)
    Raises ValueError for impossible sizes. Cost: 5 ms at n = 9, growing with n1 · n2 · (n1 + n2)²; remembered.

    >>> bool(boschloo_grid(3, 6)[3, 0] <= fisher_grid(3, 6)[3, 0])
    True
    """
    return _boschloo(*_sizes(n1, n2))
