"""Solving many small linear systems that share one pattern of zeros, all at once.

A virtual cohort needs one 37 × 37 solve per patient and stage. Nine places in ten are zero, the same ones in
everybody, so the order of elimination is worked out once and each elementary step is done for all patients together.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Plan", "elimination_plan", "factorise", "solve"]


class Plan(NamedTuple):
    """The order of elimination for one pattern. Slots number the stored places, the pattern's own first.

    diagonal: slot of each variable's own place. order: variables as they are eliminated.
    lower: for each eliminated variable, (row, slot) of the places below its pivot; upper: (column, slot) to its right.
    updates: for each eliminated variable, (target slot, lower slot, upper slot).
    """

    size: int
    slots: int
    diagonal: tuple[int, ...]
    order: tuple[int, ...]
    lower: tuple[tuple[tuple[int, int], ...], ...]
    upper: tuple[tuple[tuple[int, int], ...], ...]
    updates: tuple[tuple[tuple[int, int, int], ...], ...]


@lru_cache(maxsize=8)
def elimination_plan(pattern: tuple[tuple[int, int], ...], size: int) -> Plan:
    """An order that creates few new places (Markowitz's count), without looking at values.

    pattern: (row, column) of every place that may differ from zero; the diagonal is added where missing.
    Pivots stay on the diagonal: meant for matrices whose diagonal carries them, such as 1/h − J of a stiff system.

    >>> elimination_plan(((0, 0), (0, 1), (1, 0), (1, 1)), 2).slots
    4
    """
    slot = {place: number for number, place in enumerate(pattern)}
    for i in range(size):
        slot.setdefault((i, i), len(slot))
    left, order, lower, upper, updates = set(range(size)), [], [], [], []
    while left:
        ties = []
        for pivot in left:
            below = [row for row in left if row != pivot and (row, pivot) in slot]
            right = [column for column in left if column != pivot and (pivot, column) in slot]
            ties.append((len(below) * len(right), len(below) + len(right), pivot, below, right))
        _, _, pivot, below, right = min(ties)
        left.remove(pivot)
        order.append(pivot)
        lower.append(tuple((row, slot[row, pivot]) for row in below))
        upper.append(tuple((column, slot[pivot, column]) for column in right))
        updates.append(
            tuple(
                (slot.setdefault((row, column), len(slot)), slot[row, pivot], slot[pivot, column])
                for row in below
                for column in right
            )
        )
    diagonal = tuple(slot[i, i] for i in range(size))
    return Plan(size, len(slot), diagonal, tuple(order), tuple(lower), tuple(upper), tuple(updates))


def factorise(plan: Plan, places: np.ndarray) -> np.ndarray:
    """Eliminate in place. `places` (slots, N) holds every stored place of N matrices; returns it as its own factors.

    Afterwards a pivot's slot holds its reciprocal and the slots below it the multipliers.
    """
    spare = np.empty(places.shape[1:])
    rows = list(places)
    for pivot, below, updates in zip(plan.order, plan.lower, plan.updates, strict=True):
        reciprocal = rows[plan.diagonal[pivot]]
        np.divide(1.0, reciprocal, out=reciprocal)
        for _, slot in below:
            rows[slot] *= reciprocal
        for target, left, right in updates:
            np.multiply(rows[left], rows[right], out=spare)
            rows[target] -= spare
    return places


def solve(plan: Plan, factors: np.ndarray | Sequence[Any], right_side: np.ndarray) -> np.ndarray:
    """Solve in place for one right-hand side per matrix: (size, N) in, the same array out as solution."""
    rows, x = list(factors), list(right_side)
    spare = np.empty(right_side.shape[1:])
    for pivot, below in zip(plan.order, plan.lower, strict=True):
        known = x[pivot]
        for row, slot in below:
            np.multiply(rows[slot], known, out=spare)
            x[row] -= spare
    for pivot, right in zip(reversed(plan.order), reversed(plan.upper), strict=True):
        target = x[pivot]
        for column, slot in right:
            np.multiply(rows[slot], x[column], out=spare)
            target -= spare
        target *= rows[plan.diagonal[pivot]]
    return right_side
