"""The exact number of samples behind a printed mean and SD, and the tables that make uniform draws possible.

A sample is joined from two parts whose tables are small: for labelled children the first and second half of
them, for multisets the values below and above the centre. The join multiplies the ways of both parts over all
states that together hit a target.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import comb

import numpy as np

from .cohort_layers import Frame, Layer, Progress, labelled_layers, multiset_layers

_BLOCK_CELLS = 60_000

__all__ = ["Join", "Tables", "labelled_tables", "memory_needed", "multiset_tables"]


@dataclass(frozen=True, eq=False)
class Join:
    """One way to split a sample: parts of these sizes, a target sum, and how often each left row is used."""

    left_size: int
    right_size: int
    target: tuple[int, int, int]
    first_row: int
    row_totals: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Tables:
    """Both parts' layers and every join; `total` is the exact count."""

    kind: str
    left: list[Layer]
    right: list[Layer]
    joins: tuple[Join, ...]
    total: int
    left_values: tuple[int, ...]
    right_values: tuple[int, ...]


def running(counts: np.ndarray, pad: int = 0) -> np.ndarray:
    """Sums of each row up to, not including, each column: exact, wider when 64 bits might not do.

    `pad` repeats the ends, so that a window reaching past them needs no special case.
    """
    roomy = counts.dtype != object and int(counts.max(initial=0)) * counts.shape[1] < 2**62
    kind = np.int64 if roomy else object
    width = counts.shape[1]
    out = np.zeros((counts.shape[0], width + 1 + 2 * pad), dtype=kind)
    np.cumsum(counts, axis=1, dtype=kind, out=out[:, pad + 1 : pad + 1 + width])
    out[:, pad + 1 + width :] = out[:, pad + width : pad + width + 1]
    return out


def row_products(ways: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """ways·windows element by element, in 64 bits only when no row's sum can overflow."""
    if ways.dtype != object and windows.dtype != object:
        bound = ways.sum(axis=1, dtype=np.float64) * windows.max(axis=1, initial=0).astype(np.float64)
        if float(bound.sum()) < 2.0**62:
            return ways * windows
    return ways.astype(object) * windows.astype(object)


@dataclass(frozen=True, eq=False)
class Windows:
    """For a block of left rows: the right side's ways to complete each left column.

    `counts[row, i]` belongs to left column first + i; `sums` are the running sums of the right rows, in which
    right column k stands at index k − offset.
    """

    first: int
    counts: np.ndarray
    sums: np.ndarray
    offset: int


def _floor(low: int, high: int, j: int) -> int:
    # Least t of j values with a sum in low..high: t = (q − s)/2 and q ≥ s²/j, least near s = j/2.
    if not j:
        return 0
    s = min(max((j + 1) // 2, low), high)
    return max(0, (s * s // j - s) // 2 - 1)


def windows_of(left: Layer, right: Layer, rows: tuple[int, int], join: Join) -> Windows | None:
    """Windows for left rows low..high, only over columns that Cauchy–Schwarz leaves; None when none is left."""
    S, q_min, q_max = join.target
    low, high = rows
    t_min, t_max = (q_min - S) // 2, (q_max - S) // 2
    span = t_max - t_min + 1
    left_floor, right_floor = _floor(low, high, join.left_size), _floor(S - high, S - low, join.right_size)
    end = min(right.counts.shape[1], t_max - left_floor + 1)
    first, last = max(left_floor, t_min - end + 1), min(left.counts.shape[1] - 1, t_max - right_floor)
    if first > last or right_floor >= end:
        return None
    block = right.counts[S - high - right.first : S - low - right.first + 1, right_floor:end]
    sums = running(block, span)[::-1]
    # Left column t is completed by right columns t_min − t … t_max − t.
    offset = right_floor - span
    begin, stop = t_min - last - offset, t_min - first - offset + 1
    counts = sums[:, begin + span : stop + span] - sums[:, begin:stop]
    return Windows(first, counts[:, ::-1], sums, offset)


def _join(left: Layer, right: Layer, sizes: tuple[int, int], target: tuple[int, int, int]) -> Join | None:
    S = target[0]
    low, high = max(left.first, S - right.last), min(left.last, S - right.first)
    totals: list[int] = []
    step = max(1, _BLOCK_CELLS // right.counts.shape[1])
    join = Join(*sizes, target, low, ())
    for top in range(low, high + 1, step):
        bottom = min(high, top + step - 1)
        windows = windows_of(left, right, (top, bottom), join)
        if windows is None:
            totals += [0] * (bottom - top + 1)
            continue
        columns = slice(windows.first, windows.first + windows.counts.shape[1])
        ways = left.counts[top - left.first : bottom - left.first + 1, columns]
        totals += [int(x) for x in row_products(ways, windows.counts).sum(axis=1)]
    return replace(join, row_totals=tuple(totals)) if any(totals) else None


def _tables(
    kind: str, frame: Frame, left: list[Layer], right: list[Layer], sizes: list[int], values
) -> Tables:
    joins = []
    for target in frame.targets:
        for j in sizes:
            if left[j].counts.size and right[frame.n - j].counts.size:
                joins.append(_join(left[j], right[frame.n - j], (j, frame.n - j), target))
    kept = tuple(join for join in joins if join is not None)
    total = sum(sum(join.row_totals) for join in kept)
    return Tables(kind, left, right, kept, total, tuple(values[0]), tuple(values[1]))


def labelled_tables(frame: Frame, progress: Progress | None = None) -> Tables:
    """Tables for labelled children: every assignment of values to children counts once."""
    half = frame.n // 2
    layers = labelled_layers(frame, frame.n - half, progress)
    values = sorted(frame.reach(), key=abs)
    return _tables("labelled", frame, layers, layers, [half], (values, values))


def multiset_tables(frame: Frame, progress: Progress | None = None) -> Tables:
    """Tables for multisets: every unordered collection of values counts once."""
    values = sorted(frame.reach(), key=abs)
    below, above = [v for v in values if v < 0], [v for v in values if v >= 0]
    left = multiset_layers(frame, below, progress and (lambda share: progress(share / 2)))
    right = multiset_layers(frame, above, progress and (lambda share: progress(0.5 + share / 2)))
    return _tables("multisets", frame, left, right, list(range(frame.n + 1)), (below, above))


def memory_needed(frame: Frame, kind: str) -> int:
    """Bytes the tables will take, estimated before anything is built.

    The size of the counts is guessed from their average over the cells, with a factor of 20 for the peak.
    """
    values = len(frame.reach())
    labelled = kind == "labelled"
    total = 0
    for j in range(1, (frame.n - frame.n // 2 if labelled else frame.n) + 1):
        low, high = frame.rows(j)
        cells = max(0, high - low + 1) * frame.width(j)
        ways = 20 * (values**j if labelled else comb(values + j - 1, j)) // max(cells, 1)
        total += cells * (4 if ways < 2**31 else 8 if ways < 2**63 else 48)
    return total
