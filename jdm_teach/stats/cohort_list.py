"""Every cohort behind a printed summary, written out; only for the cases small enough to read."""

from __future__ import annotations

import numpy as np

from .printed_summary import PrintedSummary

__all__ = ["list_multisets"]


def _remaining_possible(
    m: int, s: np.ndarray, first: np.ndarray, high: int, low_q: np.ndarray, high_q: np.ndarray
):
    # m values between `first` and `high` with sum s: can their squares still add up to low_q..high_q?
    base, extra = np.divmod(s, m)
    least = (m - extra) * base**2 + extra * (base + 1) ** 2
    width = np.maximum(high - first, 1)
    at_top, rest = np.divmod(s - m * first, width)
    most = at_top * high**2 + np.where(at_top < m, (first + rest) ** 2 + (m - at_top - 1) * first**2, 0)
    return (s >= m * first) & (s <= m * high) & (least <= high_q) & (most >= low_q)


def list_multisets(summary: PrintedSummary) -> np.ndarray:
    """All unordered cohorts in grains, one per row, each in increasing order, rows in dictionary order.

    Grows prefixes one value at a time and keeps those whose remainder can still reach the targets.
    Cost grows with the number of cohorts and of dead prefixes; meant for up to some hundred thousand.
    """
    frame, n = summary.frame(), summary.n
    found = []
    for S, q_min, q_max in frame.targets:
        rows = np.zeros((1, 0), dtype=np.int64)
        s, q, last = (np.array([x], np.int64) for x in (S, 0, frame.low))
        for k in range(n):
            m = n - k - 1
            options = np.arange(frame.low, frame.high + 1, dtype=np.int64)
            parent, v = np.nonzero(options[None, :] >= last[:, None])
            v = options[v]
            s_new, q_new = s[parent] - v, q[parent] + v * v
            if m:
                keep = _remaining_possible(m, s_new, v, frame.high, q_min - q_new, q_max - q_new)
            else:
                keep = (s_new == 0) & (q_new >= q_min) & (q_new <= q_max)
            parent, v = parent[keep], v[keep]
            rows = np.column_stack([rows[parent], v])
            s, q, last = s_new[keep], q_new[keep], v
        found.append(rows)
    everything = np.concatenate(found) + summary.centre
    return everything[np.lexsort(everything.T[::-1])]
