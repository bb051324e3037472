"""Could any data print so? Targets for the sums behind a printed mean and SD, and whether a sample meets one.

Values are counted in grains (the smallest recordable step), so that all arithmetic is on integers.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from .rounding import Printed, Span
from .sample_search import largest_square_sum, listed_sample, search_sample, smallest_square_sum

__all__ = ["sum_targets", "summary_exists"]

# A first look at this many sums of squares per total, each given up after this many dead ends.
_QUICK_LOOKS, _QUICK_PATIENCE = 12, 40


def sum_targets(
    n: int,
    mean: Span,
    sd_squared: Span | None,
    grain: Fraction,
    ddof: int,
    low: int | None = None,
    high: int | None = None,
) -> list[tuple[int, int, int]]:
    """Every (S, least Q, greatest Q) in grains that prints as this mean and this SD (given as SD²).

    S is the sum and Q the sum of squares of n whole numbers of grains. From n·Q − S² = n·(n−ddof)·SD²/grain²,
    compared as fractions. Ends where no Q of the right parity fits are dropped; existence itself is not tested.
    """
    targets: list[tuple[int, int, int]] = []
    if sd_squared is None:
        return targets
    spread = sd_squared.times(Fraction(n * (n - ddof)) / grain**2)
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
    sd_squared: Span | None,
    grain: Fraction,
    rule: str = "half_up",
    ddof: int = 1,
    low: int | None = None,
    high: int | None = None,
) -> bool:
    """Whether any sample of n recordable values prints as this mean with an SD² in this span.

    Certain either way. Costs a millisecond where samples are common; where none turns up at a quick look,
    everything reachable is listed (seconds at worst for the sizes of a case series).
    """
    if n == 1:
        return bool(sum_targets(n, mean.span(rule), sd_squared, grain, ddof, low, high))
    unsettled = []
    for S, first, last in sum_targets(n, mean.span(rule), sd_squared, grain, ddof, low, high):
        # Centring keeps the numbers small; existence does not depend on where zero is.
        c = S // n
        s, shift = S - n * c, n * c * c - 2 * c * S
        reach = isqrt(last + shift) + 1
        lo = -reach if low is None else max(low - c, -reach)
        hi = reach if high is None else min(high - c, reach)
        if lo > hi or not n * lo <= s <= n * hi:
            continue
        squares = range(
            max(first + shift, smallest_square_sum(n, s)),
            min(last + shift, largest_square_sum(n, s, lo, hi)) + 1,
            2,
        )
        if not squares:
            continue
        looks = squares[:: max(1, len(squares) // _QUICK_LOOKS)] if n > 4 else squares
        settled = len(looks) == len(squares)
        for q in looks:
            sample, certain = search_sample(n, s, q, lo, hi, _QUICK_PATIENCE)
            if sample is not None:
                return True
            settled = settled and certain
        if not settled:
            unsettled.append((s, squares[0], squares[-1], lo, hi))
    return any(listed_sample(n, *case) is not None for case in unsettled)
