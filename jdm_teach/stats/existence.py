"""Does a sample of whole numbers with this sum and this sum of squares exist?

The one question behind every consistency check of a printed mean and SD. It is answered completely: either a
sample is found, or every possibility has been ruled out. Values are counted in grains (the smallest recordable
step), so that all arithmetic is on integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import isqrt

from .rounding import Printed, Span

__all__ = ["find_sample", "largest_square_sum", "smallest_square_sum", "sum_targets", "summary_exists"]

# Dead ends after which listing everything is the quicker way to certainty.
_PATIENCE = 1000


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


def _never_three_squares(m: int) -> bool:
    # Legendre: m = 4^a (8b + 7). Four integers with sum s and sum of squares q need 4q − s² as three squares.
    while m and m % 4 == 0:
        m //= 4
    return m % 8 == 7


def _candidates(j: int, s: int, q: int, low: int, high: int, middle: float) -> Iterator[int]:
    # One value is split off; what is left must stay between its own least and greatest sum of squares.
    # Values one SD away from the mean come first: they leave a remainder of the same shape, which nearly
    # always has a solution, so that the search rarely turns back.
    reach = isqrt(max(0, (j - 1) * (j * q - s * s)))
    first, last = max(low, -((reach - s) // j)), min(high, (s + reach) // j)
    centre, spread = s / j, isqrt(max(0, j * q - s * s)) / j
    # Leaning back towards the middle keeps the remainder away from the bounds.
    lean = spread if centre >= middle else -spread
    above, below = round(centre + lean), round(centre - lean)
    tried: set[int] = set()
    for k in range(last - first + abs(above - last) + abs(below - first) + 1):
        for v in (above + k, above - k, below + k, below - k):
            if v < first or v > last or v in tried:
                continue
            tried.add(v)
            rest_s, rest_q = s - v, q - v * v
            if not (j - 1) * low <= rest_s <= (j - 1) * high:
                continue
            if smallest_square_sum(j - 1, rest_s) <= rest_q <= largest_square_sum(j - 1, rest_s, low, high):
                yield v
        if len(tried) == last - first + 1:
            return


def _cost_scale(n: int, s: int, q: int, low: int, high: int) -> tuple[int, Callable[[int], int]]:
    # Two ways to say "sum of squares" with costs that are never negative: the distance above the most equal
    # sample, or below the most extreme one. The shorter scale makes the listing cheap.
    c = s // n
    above = (q - (2 * c + 1) * s + n * c * (c + 1)) // 2
    below = (low + high) * s - n * low * high - q
    if above <= below:
        return above, lambda v: (v - c) * (v - c - 1) // 2
    return below, lambda v: (v - low) * (high - v)


def _listed(n: int, s: int, q: int, low: int, high: int) -> tuple[int, ...] | None:
    total, cost = _cost_scale(n, s, q, low, high)
    steps = [(v, cost(v)) for v in range(low, high + 1) if cost(v) <= total]
    mask = (1 << (total + 1)) - 1
    # layers[j][sum] is a set of reachable costs, held as the bits of one integer.
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
    if not layers[n].get(s, 0) >> total & 1:
        return None
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
    return _search(n, s, q, low, high)


def _search(n: int, s: int, q: int, low: int, high: int) -> tuple[int, ...] | None:
    dead: set[tuple[int, int, int]] = set()
    chosen: list[int] = []
    stack: list[tuple[int, int, int, Iterator[int]]] = []
    state = (n, s, q)
    while True:
        j, s_j, q_j = state
        if j == 2:
            pair = _pair(s_j, q_j, low, high)
            if pair:
                return tuple(sorted([*chosen, *pair]))
        elif state not in dead and not (j == 4 and _never_three_squares(4 * q_j - s_j * s_j)):
            stack.append((j, s_j, q_j, _candidates(j, s_j, q_j, low, high, s / n)))
            chosen.append(0)
        while stack:
            j, s_j, q_j, values = stack[-1]
            v = next(values, None)
            if n > 4 and len(dead) > _PATIENCE:
                return _listed(n, s, q, low, high)
            if v is not None:
                chosen[-1] = v
                state = (j - 1, s_j - v, q_j - v * v)
                break
            dead.add((j, s_j, q_j))
            stack.pop()
            chosen.pop()
        else:
            return None


def sum_targets(
    n: int, mean: Span, sd: Span, grain: Fraction, ddof: int, low: int | None = None, high: int | None = None
) -> list[tuple[int, int, int]]:
    """Every (S, least Q, greatest Q) in grains that prints as this mean and this SD.

    S is the sum and Q the sum of squares of n whole numbers of grains. From n·Q − S² = n·(n−ddof)·SD²/grain²,
    compared as fractions. Ends where no Q of the right parity fits are dropped; existence itself is not tested.
    """
    squares = sd.squared()
    targets: list[tuple[int, int, int]] = []
    if squares is None:
        return targets
    spread = squares.times(Fraction(n * (n - ddof)) / grain**2)
    for S in mean.integers(Fraction(n) / grain):
        if (low is not None and n * low > S) or (high is not None and n * high < S):
            continue
        shifted = Span(spread.low + S * S, spread.high + S * S, spread.low_in, spread.high_in)
        window = shifted.integers(Fraction(1, n))
        first, last = max(window.start, smallest_square_sum(n, S)), window.stop - 1
        if low is not None and high is not None:
            last = min(last, largest_square_sum(n, S, low, high))
        first += (first - S) % 2
        last -= (last - S) % 2
        if first <= last:
            targets.append((S, first, last))
    return targets


def summary_exists(
    n: int,
    mean: Printed,
    sd: Span,
    grain: Fraction,
    rule: str = "half_up",
    ddof: int = 1,
    low: int | None = None,
    high: int | None = None,
) -> bool:
    """Whether any sample of n recordable values prints as this mean with an SD in this span."""
    for S, first, last in sum_targets(n, mean.span(rule), sd, grain, ddof, low, high):
        # Centring keeps the numbers small; existence does not depend on where zero is.
        c = S // n
        lo, hi = (None if low is None else low - c), (None if high is None else high - c)
        for q in range(first, last + 1, 2):
            if find_sample(n, S - n * c, q - 2 * c * S + n * c * c, lo, hi) is not None:
                return True
    return False
