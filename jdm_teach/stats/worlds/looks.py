"""Every look at one marker, as a look-up: which pattern of poor responders gives which p values.

Sort the children by a marker, highest first, and note where the poor responders stand. That pattern (a set of
places, held as the bits of a whole number) decides every rank test and every cut-off test at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial, nan, prod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jdm_teach.stats.worlds.power import rank_sum_p
from jdm_teach.stats.worlds.simulation import Floats, Ints
from jdm_teach.stats.worlds.table_grid import fisher_grid

__all__ = ["Look", "LookTable", "look_table", "pattern", "share_of_arrangements"]

MOST_CHILDREN = 18
MOST_ARRANGEMENTS = 20_000


@dataclass(frozen=True)
class Look:
    """One test of one marker in one set of children; `cut_off` is the size of the high group (0 = rank test)."""

    group: str
    test: Literal["rank", "cut-off"]
    cut_off: int


@dataclass(frozen=True, eq=False)
class LookTable:
    """The looks in one set of children (`members`, as a mask) and the p value of each for every pattern.

    `p` has one row per pattern (a number below 2^m, m the number of members) and one column per look; rows with
    the wrong number of poor responders are NaN.
    """

    looks: tuple[Look, ...]
    members: NDArray[np.bool_]
    p: Floats


def look_table(
    group: str,
    members: NDArray[np.bool_],
    poor: NDArray[np.bool_],
    rank_test: bool,
    cut_offs: Sequence[int] | Literal["all"],
) -> LookTable:
    """Tabulate the looks in one set of children. No looks where all or none of them responded poorly."""
    m, k = int(members.sum()), int((members & poor).sum())
    sizes = range(1, m) if cut_offs == "all" else cut_offs
    looks = [Look(group, "rank", 0)] if rank_test else []
    looks += [Look(group, "cut-off", size) for size in sizes if size < m]
    if not 0 < k < m:
        return LookTable((), members, np.empty((2**m, 0)))
    codes = np.arange(2**m)
    bits = (codes[:, None] >> np.arange(m)) & 1
    valid = bits.sum(1) == k
    high = np.cumsum(bits[valid], axis=1)
    p = np.full((2**m, len(looks)), nan)
    for column, look in enumerate(looks):
        if look.test == "rank":
            # U counts the pairs in which the poor responder stands higher: places from the top, less the best case.
            above = (bits[valid] * np.arange(m)).sum(1) - k * (k - 1) // 2
            p[valid, column] = rank_sum_p(k, m - k)[above]
        else:
            a = high[:, look.cut_off - 1]
            p[valid, column] = fisher_grid(k, m - k)[a, look.cut_off - a]
    return LookTable(tuple(looks), members, p)


def pattern(values: Floats, members: NDArray[np.bool_], poor: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The pattern of every marker: `values` has the children along its first axis, the result has none of it."""
    inside = np.flatnonzero(members)
    code = np.zeros(values.shape[1:], dtype=np.int32)
    for i in np.flatnonzero(members & poor):
        place = np.zeros(values.shape[1:], dtype=np.uint8)
        for j in inside:
            if j != i:
                place += values[j] > values[i]
        code += np.left_shift(np.int32(1), place, dtype=np.int32)
    return code


def _arrangements(counts: list[int]) -> Ints:
    """Every distinct order of children of several kinds, one row each."""
    rows: list[list[int]] = []
    row: list[int] = []

    def extend() -> None:
        if not any(counts):
            rows.append(row.copy())
        for kind in range(len(counts)):
            if counts[kind]:
                counts[kind] -= 1
                row.append(kind)
                extend()
                row.pop()
                counts[kind] += 1

    extend()
    return np.array(rows, dtype=np.int64)


def share_of_arrangements(tables: Sequence[LookTable], poor: NDArray[np.bool_], alpha: float) -> float:
    """Exact chance that a marker unrelated to the outcome gives at least one look with p ≤ alpha.

    All orders of the children are equally likely; children alike in outcome and in every subgroup are
    interchangeable. NaN when there are more than 20,000 distinct orders.
    """
    kinds, counts = np.unique(np.stack([poor] + [t.members for t in tables]), axis=1, return_counts=True)
    if factorial(poor.size) // prod(factorial(int(c)) for c in counts) > MOST_ARRANGEMENTS:
        return nan
    order = _arrangements(counts.tolist())
    ways = np.ones(len(order), dtype=bool)
    for row, table in enumerate(tables, start=1):
        if not table.looks:
            continue
        inside, sick = kinds[row][order], kinds[0][order]
        place = np.cumsum(inside, axis=1) - 1
        code = ((inside & sick) * (1 << np.maximum(place, 0))).sum(1)
        ways &= ~(table.p[code] <= alpha).any(1)
    return float(1 - ways.mean())
