"""Counts of people that give nobody away: a number under five is hidden, and so is whatever would reveal it.

The rule, everywhere: what is printed, and what follows from it by subtraction, counts nobody or at least five people.
So a hidden number is never alone on its line, and the hidden numbers of a line count at least five people together.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["FEWEST", "parts_safe", "protect", "rows_safe", "uniquely_fixed"]

FEWEST = 5


def small(count: int) -> bool:
    """Whether a number stands for some people, and for too few of them."""
    return 0 < count < FEWEST


def protect(counts: Sequence[int]) -> tuple[bool, ...]:
    """Which numbers of one line may be printed when their total of five or more is printed too.

    Zeros stay: they stand for nobody. A line whose total is under five shows nothing.

    >>> protect([9, 3, 0, 8]), protect([7, 2, 3])
    ((True, False, True, False), (True, False, False))
    """
    if sum(counts) < FEWEST:
        return (False,) * len(counts)
    hidden = {place for place, count in enumerate(counts) if small(count)}
    while hidden and not mixed([counts[place] for place in hidden]):
        rest = [place for place, count in enumerate(counts) if count and place not in hidden]
        if not rest:
            return (False,) * len(counts)
        hidden.add(min(rest, key=lambda place: (counts[place], place)))
    return tuple(place not in hidden for place in range(len(counts)))


def mixed(hidden: Sequence[int]) -> bool:
    """Whether these numbers hide each other: several, enough people, and not a sum that only equal numbers can make."""
    n, total = len(hidden), sum(hidden)
    return n > 1 and total >= FEWEST and total not in {n, n * (FEWEST - 1)}


def parts_safe(counts: Sequence[int]) -> bool:
    """Whether every one of these groups counts nobody or at least five people.

    >>> parts_safe([0, 5, 12]), parts_safe([4, 12])
    (True, False)
    """
    return not any(small(count) for count in counts)


def rows_safe(table: Sequence[Sequence[int]], shown: Sequence[bool]) -> set[int]:
    """Which rows of a table may be printed in full, beside its protected row totals and column totals.

    `shown` says which row totals are printed. What is left over after subtracting the printed rows must be
    nothing, or at least two rows of which every column counts nobody or at least five people.
    """
    filled = [row for row in range(len(table)) if any(table[row])]
    # An empty row says no more than its total of zero, which is printed in any case.
    empty = {row for row in range(len(table)) if row not in filled and shown[row]}
    printed = {row for row in filled if shown[row] and parts_safe(table[row])}
    while printed:
        rest = [row for row in filled if row not in printed]
        columns = [sum(table[row][column] for row in rest) for column in range(len(table[0]))]
        if not rest or (len(rest) > 1 and parts_safe(columns)):
            break
        printed.discard(min(printed, key=lambda row: (sum(table[row]), row)))
    return printed | empty


def uniquely_fixed(sums: Sequence[set[int]], unknowns: int) -> set[int]:
    """Which of the unknown numbers follow from printed sums alone (each sum: the unknowns it adds up).

    >>> uniquely_fixed([{0, 1}, {1, 2}, {0, 2}], 3), uniquely_fixed([{0, 1}, {1, 2}], 3)
    ({0, 1, 2}, set())
    """
    import numpy as np

    lines = [line for line in sums if line]
    if not lines:
        return set()
    matrix = np.zeros((len(lines), unknowns))
    for number, line in enumerate(lines):
        matrix[number, list(line)] = 1.0
    _, sizes, rows = np.linalg.svd(matrix, full_matrices=False)
    rows = rows[sizes > 1e-9 * max(sizes[0], 1.0)]
    return {int(place) for place in np.flatnonzero((rows**2).sum(axis=0) > 1 - 1e-9)}
