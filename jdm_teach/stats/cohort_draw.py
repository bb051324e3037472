"""Exactly uniform samples from the counting tables, by unranking.

Every sample has a number between 0 and the total; a random whole number below the exact total picks one, and
the tables translate it back: first the state where the two parts meet, then one value after another. Nothing
is ever rejected and no weight is rounded.
"""

from __future__ import annotations

import numpy as np

from .cohort_count import Join, Tables, windows_of
from .cohort_layers import Layer

__all__ = ["draw_samples", "integers_below"]

_CHUNK = 24
# Few enough states at a time that their candidates stay in the processor's cache.
_BATCH = 1500


def integers_below(rng: np.random.Generator, total: int, size: int) -> np.ndarray:
    """Uniform whole numbers in 0..total−1, however large the total is."""
    if total < 2**63:
        return rng.integers(0, total, size)
    bits, out = total.bit_length(), np.empty(size, dtype=object)
    for i in range(size):
        while True:
            x = int.from_bytes(rng.bytes((bits + 7) // 8), "big") >> (-bits % 8)
            if x < total:
                out[i] = x
                break
    return out


def _pick(layer: Layer, s: np.ndarray, t: np.ndarray, rank: np.ndarray, ds: np.ndarray, dt: np.ndarray):
    """For each state, the first candidate whose running total of ways exceeds the rank (−1: none does)."""
    choice, rest = np.full(s.size, -1), rank.copy()
    if layer.counts.size:
        for start in range(0, s.size, _BATCH):
            batch = slice(start, start + _BATCH)
            _pick_batch(layer, s[batch] - layer.first, t[batch], choice[batch], rest[batch], ds, dt)
    return choice, rest


def _pick_batch(layer: Layer, s, t, choice, rest, ds, dt) -> None:
    counts = layer.counts.ravel()
    rows, width = layer.counts.shape
    # The running totals stay below the number the rank was drawn from, so they fit wherever the rank does.
    kind = object if object in (counts.dtype, rest.dtype) else np.int64
    todo = np.arange(s.size)
    for start in range(0, ds.size, _CHUNK):
        # Candidates run down, states across: running totals are then sums of whole rows.
        row = s[todo] - ds[start : start + _CHUNK, None]
        col = t[todo] - dt[start : start + _CHUNK, None]
        # Read as unsigned, a negative index is too large: one comparison checks both ends.
        inside = (row.view(np.uint64) < rows) & (col.view(np.uint64) < width)
        row *= width
        row += col
        sums = np.cumsum(counts.take(row, mode="clip") * inside, axis=0, dtype=kind)
        place = (sums <= rest[todo]).sum(axis=0)
        hit = place < len(sums)
        found, at = todo[hit], place[hit]
        choice[found] = start + at
        rest[found] -= np.where(at > 0, sums[np.maximum(at - 1, 0), np.flatnonzero(hit)], 0)
        todo, passed = todo[~hit], sums[-1, ~hit]
        rest[todo] -= passed
        if not todo.size:
            return


def _last_two(s: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # Two values are fixed by their sum and their sum of squares q = 2t + s.
    root = np.rint(np.sqrt((4 * t + 2 * s - s * s).astype(np.float64))).astype(np.int64)
    return (s - root) // 2, (s + root) // 2


def _unrank_labelled(layers: list[Layer], j: int, s, t, rank, values: np.ndarray) -> np.ndarray:
    out = np.empty((s.size, j), dtype=np.int64)
    triangle = values * (values - 1) // 2
    while j > 2:
        choice, rank = _pick(layers[j - 1], s, t, rank, values, triangle)
        rank = rank.astype(np.int64) if layers[j - 1].counts.dtype != object else rank
        out[:, j - 1] = values[choice]
        s, t, j = s - values[choice], t - triangle[choice], j - 1
    if j == 2:
        a, b = _last_two(s, t)
        swap = rank == 1
        out[:, 0], out[:, 1] = np.where(swap, b, a), np.where(swap, a, b)
    elif j == 1:
        out[:, 0] = s
    return out


def _unrank_multisets(layers: list[Layer], sizes, s, t, rank, values: np.ndarray, out, rng) -> None:
    # j·h_j(s, t) = Σ_c Σ_v h_{j−c}(s − cv, t − c·v(v−1)/2): draw how many copies c of which value v.
    triangle = values * (values - 1) // 2
    sizes, s, t, rank = sizes.copy(), s.copy(), t.copy(), rank.copy()
    for j in range(int(sizes.max(initial=0)), 2, -1):
        who = np.flatnonzero(sizes == j)
        if not who.size:
            continue
        large = rank.dtype == object or int(layers[j].counts.max(initial=0)) * j >= 2**63
        here = rank[who].astype(object) if large else rank[who]
        ways = here * j + rng.integers(0, j, who.size)
        for c in range(1, j + 1):
            choice, ways = _pick(layers[j - c], s[who], t[who], ways, c * values, c * triangle)
            hit = choice >= 0
            done, v = who[hit], values[choice[hit]]
            for k in range(c):
                out[done, j - 1 - k] = v
            s[done] -= c * v
            t[done] -= c * triangle[choice[hit]]
            sizes[done] -= c
            rank[done] = ways[hit]
            who, ways = who[~hit], ways[~hit]
            if not who.size:
                break
    two, one = sizes == 2, sizes == 1
    if two.any():
        out[two, 0], out[two, 1] = _last_two(s[two], t[two])
    out[one, 0] = s[one]


def _meet(tables: Tables, size: int, rng: np.random.Generator):
    """Where the parts meet, for each draw: (join, left row sum, left t, left rank, right t, right rank)."""
    starts = [
        (join, join.first_row + i, ways)
        for join in tables.joins
        for i, ways in enumerate(join.row_totals)
        if ways
    ]
    big = tables.total >= 2**62
    edges = np.cumsum(np.array([ways for _, _, ways in starts], dtype=object if big else np.int64))
    ranks = np.sort(integers_below(rng, tables.total, size))
    group = np.searchsorted(edges, ranks, side="right")
    bounds = np.searchsorted(group, np.arange(len(starts) + 1))
    for g in np.unique(group):
        join, s, total = starts[g]
        mine = ranks[bounds[g] : bounds[g + 1]] - (edges[g - 1] if g else 0)
        yield join, s, *_meet_in_row(tables, join, s, total, mine)


def _meet_in_row(tables: Tables, join: Join, s: int, total: int, ranks: np.ndarray):
    left, right = tables.left[join.left_size], tables.right[join.right_size]
    windows = windows_of(left, right, (s, s), join)
    if windows is None:
        raise RuntimeError("A row with samples has no window; the tables contradict themselves.")
    first, counts, sums = windows.first, windows.counts[0], windows.sums[0]
    ways = left.counts[s - left.first, first : first + counts.size]
    small = total < 2**62 and ways.dtype != object and counts.dtype != object
    wide = np.int64 if small else object
    products = np.cumsum(ways.astype(wide) * counts.astype(wide))
    col = np.searchsorted(products, ranks, side="right").astype(np.int64)
    rest = ranks - np.where(col > 0, products[np.maximum(col - 1, 0)], 0)
    window = counts[col]
    left_rank, right_rank = rest // window, rest % window
    aim = sums[(join.target[1] - join.target[0]) // 2 - (first + col) - windows.offset] + right_rank
    right_col = np.searchsorted(sums, aim, side="right").astype(np.int64) - 1
    return first + col, left_rank, right_col + windows.offset, aim - sums[right_col]


def draw_samples(tables: Tables, n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """`size` independent, exactly uniform samples, one per row, in shifted grains.

    Labelled tables give ordered rows (column = child), multiset tables rows in increasing order.
    Cost: about 10–30 µs per sample of nine; grows with n and with the number of values.
    """
    parts = list(_meet(tables, size, rng))
    # Whole numbers are 64 bits wide on every machine: a browser's Python would choose 32.
    column = [np.full(len(p[2]), p[0].left_size, np.int64) for p in parts]
    sizes = np.concatenate(column) if column else np.zeros(0, dtype=np.int64)
    s_left = np.concatenate([np.full(len(p[2]), p[1], np.int64) for p in parts])
    s_all = np.concatenate([np.full(len(p[2]), p[0].target[0], np.int64) for p in parts])
    t_left, rank_left, t_right, rank_right = (np.concatenate([p[k] for p in parts]) for k in (2, 3, 4, 5))
    left_values, right_values = (np.array(v, np.int64) for v in (tables.left_values, tables.right_values))
    out = np.zeros((size, n), dtype=np.int64)
    if tables.kind == "labelled":
        half = n // 2
        out[:, :half] = _unrank_labelled(tables.left, half, s_left, t_left, rank_left, left_values)
        out[:, half:] = _unrank_labelled(
            tables.right, n - half, s_all - s_left, t_right, rank_right, right_values
        )
        return out[rng.permutation(size)]
    # Each part fills its own columns; where a part is smaller than the row, the other one takes the rest.
    below, above = np.zeros((size, n), dtype=np.int64), np.zeros((size, n), dtype=np.int64)
    _unrank_multisets(tables.left, sizes, s_left, t_left, rank_left, left_values, below, rng)
    _unrank_multisets(tables.right, n - sizes, s_all - s_left, t_right, rank_right, right_values, above, rng)
    out = np.where(np.arange(n) < sizes[:, None], below, above[:, ::-1])
    return np.sort(out, axis=1)[rng.permutation(size)]
