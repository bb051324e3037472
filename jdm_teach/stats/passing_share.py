"""How little a pass means: the share of printable mean–SD pairs that would have passed as well."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isqrt
from typing import TYPE_CHECKING

import numpy as np

from .existence import sum_targets, summary_exists
from .result import Result, percent_text
from .rounding import Printed, Span, as_fraction, as_grain, grain_text, printed, rounding_rule

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PassingShare", "mean_share", "passing_share"]

_LIST_WORK = 30_000_000
_SAMPLED = 300


@dataclass(frozen=True)
class PassingShare(Result):
    """Of `pairs` printable pairs, `tested` were tested (all, or a seeded random sample) and `passed` passed."""

    passed: int
    tested: int
    pairs: int
    n: int
    grain: Fraction
    mean_range: tuple[str, str]
    sd_range: tuple[str, str]

    @property
    def share(self) -> float:
        return self.passed / self.tested

    def sentence(self) -> str:
        how = "all" if self.tested == self.pairs else f"{self.tested:,} randomly chosen (seed 1) of"
        weight = (
            "weak evidence"
            if self.share > 0.5
            else "some evidence"
            if self.share > 0.1
            else "strong evidence"
        )
        return (
            f"Of {how} {self.pairs:,} pairs with mean {self.mean_range[0]} to {self.mean_range[1]} and SD "
            f"{self.sd_range[0]} to {self.sd_range[1]} (n = {self.n}, steps of {grain_text(self.grain)}), "
            f"{percent_text(self.share)} pass: passing is {weight} that the numbers are right."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "passed": self.passed,
                    "tested": self.tested,
                    "pairs": self.pairs,
                    "share": self.share,
                    "n": self.n,
                }
            ]
        )


def mean_share(mean: Printed, n: int, grain: Fraction, rule: str) -> float:
    """Share of all means printed with as many decimals that some n values in this grain can have.

    Exact: one full period of last digits is checked (at most 20,000 of them).

    >>> mean_share(printed("5.1"), 9, Fraction(1), "half_up")
    0.9
    """
    steps = min(int(2 * grain.numerator / mean.unit), 20_000)
    trials = [Printed("", k * mean.unit, mean.unit) for k in range(steps, 2 * steps)]
    return sum(len(m.span(rule).integers(n / grain)) > 0 for m in trials) / steps


def _square_range(sd: Printed, rule: str) -> Span | None:
    return sd.span(rule).squared()


def _reachable(n: int, values: range, cap: int) -> dict[int, int]:
    # For each sum s, the reachable totals t = Σ v(v−1)/2 up to cap, as the bits of one integer.
    mask, steps = (1 << (cap + 1)) - 1, [(v, v * (v - 1) // 2) for v in values]
    layer = {0: 1}
    for _ in range(n):
        following: dict[int, int] = {}
        for s, bits in layer.items():
            for v, price in steps:
                new = (bits << price) & mask
                if new:
                    following[s + v] = following.get(s + v, 0) | new
        layer = following
    return layer


def passing_share(
    n: int,
    mean_range: tuple[object, object],
    sd_range: tuple[object, object],
    *,
    grain: object = 1,
    rounding: str = "half_up",
    ddof: int = 1,
    low: object = None,
    high: object = None,
) -> PassingShare:
    """Share of all printable (mean, SD) pairs in these ranges for which some sample exists.

    Ranges are inclusive and given as printed: ("1.0", "16.9"); their decimals set the steps. Bounds in units are
    optional. Exact while the listing of reachable sums is affordable (n = 9 at years or half years:
    50–500 ms); beyond, a random sample of 300 pairs with a fixed seed, and the result says so.

    >>> passing_share(9, ("5.0", "5.9"), ("3.0", "4.0")).tested
    110
    """
    step, rule = as_grain(grain), rounding_rule(rounding)
    means, sds = _printable(*mean_range), _printable(*sd_range)
    lo = None if low is None else ceil(as_fraction(low) / step)
    hi = None if high is None else floor(as_fraction(high) / step)
    pairs = [(m, s) for m in means for s in sds]
    tested, verdicts = pairs, _listed_verdicts(n, means, sds, step, rule, ddof, lo, hi)
    if verdicts is None:
        if len(pairs) > _SAMPLED:
            chosen = np.random.default_rng(1).choice(len(pairs), _SAMPLED, replace=False)
            tested = [pairs[i] for i in chosen]
        verdicts = [summary_exists(n, m, _square_range(s, rule), step, rule, ddof, lo, hi) for m, s in tested]
    return PassingShare(
        sum(verdicts),
        len(tested),
        len(pairs),
        n,
        step,
        (means[0].text, means[-1].text),
        (sds[0].text, sds[-1].text),
    )


def _printable(first: object, last: object) -> list[Printed]:
    start, stop = printed(first), printed(last)
    steps = (stop.value - start.value) / start.unit
    if steps < 0:
        raise ValueError(f"The range from {start.text} to {stop.text} runs backwards. Swap its ends.")
    return [start.moved(k) for k in range(floor(steps) + 1)]


def _listed_verdicts(
    n: int,
    means: list[Printed],
    sds: list[Printed],
    grain: Fraction,
    rule: str,
    ddof: int,
    lo: int | None,
    hi: int | None,
) -> list[bool] | None:
    bounded = lo is not None and hi is not None
    largest = sds[-1].span(rule).high / grain
    reach = isqrt(ceil(largest * largest) * n) + 2
    c = round((means[0].value + means[-1].value) / 2 / grain) if bounded else 0
    values = range(lo - c, hi - c + 1) if lo is not None and hi is not None else range(-reach, reach + 2)
    spread = ceil(n * largest * largest)
    furthest = max(abs(float(m.value / grain) - c) for m in (means[0], means[-1])) + 1 if bounded else 1
    cap = int(spread / 2 + n * furthest * (furthest + 1) / 2) + n
    sums = min(n * len(values), 2 * isqrt(2 * cap * n) + 1)
    if n * sums * len(values) * (1 + cap // 640) > _LIST_WORK or (lo is None) != (hi is None):
        return None
    reachable = _reachable(n, values, cap)
    verdicts = []
    for m in means:
        for sd in sds:
            found = False
            for S, first, last in sum_targets(n, m.span(rule), _square_range(sd, rule), grain, ddof, lo, hi):
                k = c if bounded else S // n
                s, shift = S - n * k, n * k * k - 2 * k * S
                bits, t = reachable.get(s, 0), (first + shift - s) // 2
                found = found or bool((bits >> t) & ((1 << ((last - first) // 2 + 1)) - 1))
            verdicts.append(found)
    return verdicts
