"""Counting tables: how many ways j values add up to this sum and this sum of squares.

Values are whole numbers of grains, shifted so that the printed mean lies near zero. A state is (s, t): s the
sum of the values, t the sum of v(v−1)/2. Since q = Σv² = 2t + s, no state is wasted on parities that cannot
occur. A state is kept only while the rest of the sample could still reach a target (Cauchy–Schwarz):
s²/j + (S−s)²/(n−j) ≤ Q.

Counts start as 32-bit integers, move to 64-bit and then to Python's unlimited integers when a bound says they
might not fit: nothing overflows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt

import numpy as np

__all__ = ["CountStopped", "Frame", "Layer", "Progress", "labelled_layers", "multiset_layers"]

Progress = Callable[[float], object]
Target = tuple[int, int, int]
_LIMITS = {np.dtype(np.int32): 2**31 - 1, np.dtype(np.int64): 2**63 - 1}
_BLOCK_CELLS = 60_000


class CountStopped(RuntimeError):
    """The person watching asked to stop; nothing was counted, nothing is half-right."""


@dataclass(frozen=True)
class Frame:
    """Size, shifted targets (S, least Q, greatest Q) and shifted value range of one counting problem."""

    n: int
    targets: tuple[Target, ...]
    low: int
    high: int

    def reach(self) -> range:
        """The values that can occur at all: one value alone must already obey Cauchy–Schwarz."""
        low, high = self.rows(1)
        return range(max(low, self.low), min(high, self.high) + 1)

    def rows(self, j: int) -> tuple[int, int]:
        """Least and greatest sum of j values from which some target can still be reached."""
        lows, highs = [], []
        for S, _, q_max in self.targets:
            # s is within √((nQ − S²)·j·(n−j))/n of its share j·S/n; rounding outwards only adds empty rows.
            reach = isqrt(max(0, (self.n * q_max - S * S) * j * (self.n - j)))
            lows.append((j * S - reach) // self.n - 1)
            highs.append((j * S + reach) // self.n + 1)
        return max(min(lows), j * self.low), min(max(highs), j * self.high)

    def width(self, j: int) -> int:
        """Columns of layer j: the greatest useful t, plus one."""
        low, high = self.rows(j)
        s, best = np.arange(low, high + 1, dtype=np.int64), 0
        for S, _, q in self.targets:
            cap = q - (-(-((S - s) ** 2) // (self.n - j)) if self.n > j else 0)
            best = max(best, int(((cap - s) // 2).max(initial=-1)))
        return best + 1


@dataclass(frozen=True, eq=False)
class Layer:
    """counts[s − first, t]: the number of ways to reach the state (s, t)."""

    counts: np.ndarray
    first: int

    @property
    def last(self) -> int:
        return self.first + self.counts.shape[0] - 1


def _next_type(dtype: np.dtype) -> np.dtype:
    return np.dtype(np.int64) if dtype == np.dtype(np.int32) else np.dtype(object)


def _fitting(bound: int) -> np.dtype:
    return np.dtype(np.int32) if bound < 2**31 else np.dtype(np.int64) if bound < 2**63 else np.dtype(object)


def _tell(progress: Progress | None, done: float) -> None:
    if progress is not None and progress(done) is False:
        raise CountStopped(
            "The count was stopped before it was finished. Start it again, or choose a coarser grain."
        )


def _empty(frame: Frame, j: int, dtype: np.dtype) -> Layer:
    low, high = frame.rows(j)
    return Layer(np.zeros((max(0, high - low + 1), frame.width(j)), dtype=dtype), low)


def _origin() -> Layer:
    return Layer(np.ones((1, 1), dtype=np.int32), 0)


def labelled_layers(frame: Frame, size: int, progress: Progress | None = None) -> list[Layer]:
    """Layers 0..size of ordered samples: f_j(s, t) = Σ_v f_{j−1}(s − v, t − v(v−1)/2).

    Cost: number of values × cells of each layer; row blocks keep the sums inside the processor's cache.
    """
    values = frame.reach()
    layers = [_origin()]
    for j in range(1, size + 1):
        before = layers[-1]
        largest = int(before.counts.max()) if before.counts.size else 0
        layer = _empty(frame, j, _fitting(largest * len(values)))
        rows, width = layer.counts.shape
        step = max(1, min(rows, _BLOCK_CELLS // width))
        for top in range(0, rows, step):
            _tell(progress, (j - 1 + top / rows) / size)
            bottom = min(rows, top + step)
            low, high = layer.first + top, layer.first + bottom - 1
            for v in values:
                _add(layer, before, v, max(low, before.first + v), min(high, before.last + v))
        layers.append(layer)
    return layers


def _add(layer: Layer, before: Layer, v: int, low: int, high: int) -> None:
    # layer[s, t] += before[s − v, t − v(v−1)/2] for s in low..high.
    shift = v * (v - 1) // 2
    width = min(layer.counts.shape[1] - shift, before.counts.shape[1])
    if low > high or width <= 0:
        return
    target = layer.counts[low - layer.first : high - layer.first + 1, shift : shift + width]
    source = before.counts[low - v - before.first : high - v - before.first + 1, :width]
    np.add(target, source, out=target, casting="unsafe" if target.dtype == object else "same_kind")


def multiset_layers(frame: Frame, values: list[int], progress: Progress | None = None) -> list[Layer]:
    """Layers 0..n of unordered samples of these values (all of one sign), by one in-place sweep per value.

    The sweep runs from the most extreme value inwards: after it, j values that are all at least as extreme as v
    have sums beyond j·v, so that most rows need no work. Cost: about Σ_j (rows of j)²/2j × columns.
    """
    n = frame.n
    small = np.dtype(np.int32)
    layers = [_origin()]
    for j in range(1, n + 1):
        low, high = frame.rows(j)
        low, high = (max(low, 0), high) if not values or values[0] >= 0 else (low, min(high, 0))
        layers.append(Layer(np.zeros((max(0, high - low + 1), frame.width(j)), dtype=small), low))
    bounds = [1] + [0] * n
    for done, v in enumerate(sorted(values, key=abs, reverse=True)):
        _tell(progress, done / len(values))
        for j in range(1, n + 1):
            layer, before = layers[j], layers[j - 1]
            low, high = max(layer.first, before.first + v), min(layer.last, before.last + v)
            # Everything summed so far is at least as extreme as v.
            low, high = (max(low, j * v), high) if v >= 0 else (low, min(high, j * v))
            if low > high or not before.counts.size:
                continue
            bounds[j] += bounds[j - 1]
            while layer.counts.dtype in _LIMITS and bounds[j] > _LIMITS[layer.counts.dtype]:
                exact = int(layer.counts.max(initial=0)) + int(before.counts.max(initial=0))
                if exact > _LIMITS[layer.counts.dtype]:
                    layers[j] = layer = Layer(
                        layer.counts.astype(_next_type(layer.counts.dtype)), layer.first
                    )
                bounds[j] = exact
            if before.counts.dtype == object and layer.counts.dtype != object:
                layers[j] = layer = Layer(layer.counts.astype(object), layer.first)
            elif layer.counts.dtype != object and before.counts.dtype.itemsize > layer.counts.dtype.itemsize:
                layers[j] = layer = Layer(layer.counts.astype(before.counts.dtype), layer.first)
            _add(layer, before, v, low, high)
    return layers
