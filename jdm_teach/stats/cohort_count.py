"""The exact number of samples behind a printed mean and SD, and the tables that make uniform draws possible.

A sample is joined from two parts whose tables are small: for labelled children the first and second half of
them, for multisets the values below and above the centre. The join multiplies the ways of both parts over all
states that together hit a target.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def windows_of(right: Layer, rows: tuple[int, int], target: tuple[int, int, int], width: int):
    """For left rows low..high: the left columns that can hit the target, and the right side's ways for each."""
    S, q_min, q_max = target
    low, high = rows
    t_min, span = (q_min - S) // 2, (q_max - q_min) // 2 + 1
    first, last = max(0, t_min + 1 - right.counts.shape[1]), min(width - 1, t_min + span - 1)
    if first > last:
        return first, None, None
    sums = running(right.counts[S - high - right.first : S - low - right.first + 1], span)[::-1]
    # The left column t is completed by right columns t_min − t … t_min − t + span − 1.
    begin, end = t_min - last + span, t_min - first + span + 1
    windows = sums[:, begin + span : end + span] - sums[:, begin:end]
    return first, windows[:, ::-1], sums


def _join(left: Layer, right: Layer, sizes: tuple[int, int], target: tuple[int, int, int]) -> Join | None:
    S = target[0]
    low, high = max(left.first, S - right.last), min(left.last, S - right.first)
    if low > high:
        return None
    totals: list[int] = []
    step = max(1, _BLOCK_CELLS // right.counts.shape[1])
    for top in range(low, high + 1, step):
        bottom = min(high, top + step - 1)
        first, windows, _ = windows_of(right, (top, bottom), target, left.counts.shape[1])
        if windows is None:
            return None
        ways = left.counts[top - left.first : bottom - left.first + 1, first : first + windows.shape[1]]
        totals += [int(x) for x in row_products(ways, windows).sum(axis=1)]
    return Join(sizes[0], sizes[1], target, low, tuple(totals)) if any(totals) else None


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
    """Bytes the tables will take, estimated before anything is built."""
    values = len(frame.reach())
    half = frame.n - frame.n // 2
    total = 0
    for j in range(1, half + 1 if kind == "labelled" else frame.n + 1):
        low, high = frame.rows(j)
        cells = max(0, high - low + 1) * frame.width(j)
        ways = min(values**j, 2 * values ** max(0, j - 2)) if kind == "labelled" else 1
        total += cells * (4 if ways < 2**31 else 8 if ways < 2**63 else 48)
    return total
