"""Find whole numbers with a given sum and sum of squares, or rule out that any exist.

Two complete methods: a depth-first search that goes where solutions are dense, and a listing of every reachable
pair of sums for the regions near the most equal and the most extreme samples, where gaps are common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import isqrt

__all__ = ["find_sample", "largest_square_sum", "listed_sample", "search_sample", "smallest_square_sum"]

# Dead ends after which listing everything is the quicker way to certainty.
_PATIENCE = 300


def smallest_square_sum(n: int, s: int) -> int:
    """Least sum of squares of n integers that add up to s: all as equal as they can be.

    >>> smallest_square_sum(3, 4)
    6
    """
    base, extra = divmod(s, n)
    return (n - extra) * base * base + extra * (base + 1) ** 2


def largest_square_sum(n: int, s: int, low: int, high: int) -> int:
    """Greatest sum of squares of n integers in low..high that add up to s: pushed to the two ends.

    >>> largest_square_sum(3, 4, 0, 3)
    10
    """
    if high == low:
        return n * low * low
    at_top, rest = divmod(s - n * low, high - low)
    if at_top >= n:
        return n * high * high
    return at_top * high * high + (low + rest) ** 2 + (n - at_top - 1) * low * low


def _pair(s: int, q: int, low: int, high: int) -> tuple[int, int] | None:
    gap = 2 * q - s * s
    if gap < 0:
        return None
    root = isqrt(gap)
    if root * root != gap or (s + root) % 2:
        return None
    a, b = (s - root) // 2, (s + root) // 2
    return (a, b) if low <= a and b <= high else None


def _triple(s: int, q: int, low: int, high: int) -> tuple[int, int, int] | None:
    reach = isqrt(max(0, 2 * (3 * q - s * s)))
    for v in range(max(low, -((reach - s) // 3)), min(high, (s + reach) // 3) + 1):
        gap = 2 * (q - v * v) - (s - v) ** 2
        if gap >= 0 and isqrt(gap) ** 2 == gap:
            pair = _pair(s - v, q - v * v, low, high)
            if pair:
                return (v, *pair)
    return None


def _never_three_squares(m: int) -> bool:
    # Legendre: m = 4^a (8b + 7). Four integers with sum s and sum of squares q need 4q − s² as three squares.
    while m and m % 4 == 0:
        m //= 4
    return m % 8 == 7


def _candidates(j: int, s: int, q: int, low: int, high: int, middle: float) -> Iterator[int]:
    # One value is split off; what is left must stay between its own least and greatest sum of squares.
    reach = isqrt(max(0, (j - 1) * (j * q - s * s)))
    first, last = max(low, -((reach - s) // j)), min(high, (s + reach) // j)
    centre, spread = s / j, isqrt(max(0, j * q - s * s)) / j
    if j > 4 and low <= centre - 2 * spread and centre + 2 * spread <= high:
        ordered: Iterable[int] = _near_one_sd(first, last, centre, spread if centre >= middle else -spread)
    elif j > 4:
        ordered = _same_shape(j, s, q, low, high, range(first, last + 1))
    else:
        ordered = range(first, last + 1)
    for v in ordered:
        rest_s, rest_q = s - v, q - v * v
        if not (j - 1) * low <= rest_s <= (j - 1) * high:
            continue
        if smallest_square_sum(j - 1, rest_s) <= rest_q <= largest_square_sum(j - 1, rest_s, low, high):
            yield v


def _near_one_sd(first: int, last: int, centre: float, lean: float) -> Iterator[int]:
    # Far from the bounds, values one SD away leave a remainder of the same shape, which nearly always has a
    # solution; leaning back towards the middle keeps it away from the bounds.
    above, below = round(centre + lean), round(centre - lean)
    tried: set[int] = set()
    for k in range(last - first + abs(above - last) + abs(below - first) + 1):
        for v in (above + k, above - k, below + k, below - k):
            if first <= v <= last and v not in tried:
                tried.add(v)
                yield v
        if len(tried) == last - first + 1:
            return


def _same_shape(j: int, s: int, q: int, low: int, high: int, values: range) -> list[int]:
    # Near a bound: keep the remainder as far between its two extremes as the whole is.
    def place(m: int, total: int, squares: int) -> float:
        least, most = smallest_square_sum(m, total), largest_square_sum(m, total, low, high)
        return (squares - least) / (most - least) if most > least else 0.5

    whole = place(j, s, q)
    inside = [v for v in values if (j - 1) * low <= s - v <= (j - 1) * high]
    return sorted(inside, key=lambda v: abs(place(j - 1, s - v, q - v * v) - whole))


def search_sample(
    n: int, s: int, q: int, low: int, high: int, patience: int
) -> tuple[tuple[int, ...] | None, bool]:
    """Depth-first search: (sample or None, whether that is certain). Gives up after `patience` dead ends.

    Up to four values the search always runs to its end.
    """
    dead: set[tuple[int, int, int]] = set()
    chosen: list[int] = []
    stack: list[tuple[int, int, int, Iterator[int]]] = []
    state = (n, s, q)
    while True:
        j, s_j, q_j = state
        if j <= 3:
            rest = _triple(s_j, q_j, low, high) if j == 3 else _pair(s_j, q_j, low, high)
            if rest:
                return tuple(sorted([*chosen, *rest])), True
        elif state not in dead and not (j == 4 and _never_three_squares(4 * q_j - s_j * s_j)):
            stack.append((j, s_j, q_j, _candidates(j, s_j, q_j, low, high, s / n)))
            chosen.append(0)
        while stack:
            j, s_j, q_j, values = stack[-1]
            v = next(values, None)
            if n > 4 and len(dead) > patience:
                return None, False
            if v is not None:
                chosen[-1] = v
                state = (j - 1, s_j - v, q_j - v * v)
                break
            dead.add((j, s_j, q_j))
            stack.pop()
            chosen.pop()
        else:
            return None, True


def _cost_scale(
    n: int, s: int, first: int, last: int, low: int, high: int
) -> tuple[int, int, Callable[[int], int]]:
    # Two ways to say "sum of squares" with costs that are never negative: the distance above the most equal
    # sample, or below the most extreme one. The shorter scale makes the listing cheap.
    c = s // n
    above = [(q - (2 * c + 1) * s + n * c * (c + 1)) // 2 for q in (first, last)]
    below = [(low + high) * s - n * low * high - q for q in (last, first)]
    if above[1] <= below[1]:
        return above[0], above[1], lambda v: (v - c) * (v - c - 1) // 2
    return below[0], below[1], lambda v: (v - low) * (high - v)


def listed_sample(n: int, s: int, first: int, last: int, low: int, high: int) -> tuple[int, ...] | None:
    """A sample with sum s and a sum of squares in first..last, found by listing all that can be reached."""
    least, most, cost = _cost_scale(n, s, first, last, low, high)
    steps = [(v, cost(v)) for v in range(low, high + 1) if cost(v) <= most]
    mask = (1 << (most + 1)) - 1
    # layers[j][sum] is the set of costs that j values can reach, held as the bits of one integer.
    layers: list[dict[int, int]] = [{0: 1}]
    for j in range(1, n + 1):
        reached: dict[int, int] = {}
        for subtotal, bits in layers[-1].items():
            for v, price in steps:
                if (n - j) * low <= s - subtotal - v <= (n - j) * high:
                    new = (bits << price) & mask
                    if new:
                        reached[subtotal + v] = reached.get(subtotal + v, 0) | new
        layers.append(reached)
    hits = layers[n].get(s, 0) >> max(least, 0)
    if not hits:
        return None
    total = max(least, 0) + (hits & -hits).bit_length() - 1
    chosen: list[int] = []
    for j in range(n - 1, -1, -1):
        for v, price in steps:
            if price <= total and layers[j].get(s - v, 0) >> (total - price) & 1:
                chosen.append(v)
                s, total = s - v, total - price
                break
    return tuple(sorted(chosen))


def find_sample(
    n: int, s: int, q: int, low: int | None = None, high: int | None = None
) -> tuple[int, ...] | None:
    """n integers in low..high with sum s and sum of squares q, or None when there are none at all.

    The answer is complete: a depth-first search prunes only what the least and greatest sums of squares rule
    out; should it take too long (sums of squares close to either extreme, where gaps are common), every
    reachable pair of sums is listed instead. Cost: about n steps when a sample exists (milliseconds);
    the listing grows with n² and with the distance from the nearer extreme.

    >>> find_sample(3, 5, 13, 0, 4)
    (0, 2, 3)
    >>> find_sample(2, 5, 14) is None
    True
    """
    if (s - q) % 2:
        return None
    # |v - mean| can never exceed √(q·n): without stated bounds these are as good as none.
    reach = isqrt(max(q, 0)) + 1
    low = -reach if low is None else max(low, -reach)
    high = reach if high is None else min(high, reach)
    if low > high or not n * low <= s <= n * high:
        return None
    if not smallest_square_sum(n, s) <= q <= largest_square_sum(n, s, low, high):
        return None
    if n == 1:
        return (s,) if s * s == q else None
    sample, certain = search_sample(n, s, q, low, high, _PATIENCE)
    return sample if certain else listed_sample(n, s, q, q, low, high)
