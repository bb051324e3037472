"""Can these printed numbers be true at all? Consistency checks by exact existence.

GRIM (Brown & Heathers 2017, doi:10.1177/1948550616673876), GRIMMER (Anaya 2016, doi:10.7287/peerj.preprints.2400v1),
DEBIT (Heathers & Brown 2019) and percentages, for every rounding rule and grain, in integers and fractions:
a check fails only when no data at all would print so, and passes only when some data would. A pass means
little; each result says how little.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from .existence import sum_targets, summary_exists
from .passing_share import mean_share, passing_share
from .result import Result, percent_text
from .rounding import ROUNDING_RULES, Printed, Span, as_fraction, as_grain, grain_text, printed, rounding_rule

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AuditCheck", "debit", "grim", "grim_percent", "grimmer"]


@dataclass(frozen=True)
class AuditCheck(Result):
    """One check: what was printed, whether any data could print so, why, and how much a pass is worth."""

    check: str
    printed: str
    n: int
    consistent: bool
    rounding: str
    grain: Fraction
    reason: str
    nearest: tuple[str, ...] = ()
    passing_share: float | None = None

    def __bool__(self) -> bool:
        return self.consistent

    def sentence(self) -> str:
        verdict = "is consistent with" if self.consistent else "cannot come from"
        text = (
            f"{self.check}: {self.printed} {verdict} n = {self.n} in steps of {grain_text(self.grain)} "
            f"({ROUNDING_RULES[self.rounding]}): {self.reason}."
        )
        if self.nearest:
            text += f" Nearest that can occur: {' or '.join(self.nearest)}."
        if self.consistent and self.passing_share is not None:
            text += f" A pass means little: {percent_text(self.passing_share)} of comparable printed numbers would pass."
        return text

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "check": self.check,
                    "printed": self.printed,
                    "n": self.n,
                    "grain": grain_text(self.grain),
                    "rounding": self.rounding,
                    "consistent": self.consistent,
                    "share that would pass": self.passing_share,
                }
            ]
        )


def _size(n: int, ddof: int = 0) -> int:
    if isinstance(n, bool) or int(n) != n or n < 1:
        raise ValueError(f"n must be a whole number of at least 1, not {n!r}.")
    if ddof not in (0, 1):
        raise ValueError(f"ddof says what the SD was divided by: 1 for n − 1, 0 for n; {ddof!r} is neither.")
    if n <= ddof:
        raise ValueError(
            "One value has no SD with divisor n − 1. Use ddof=0, or a summary of at least two values."
        )
    return int(n)


def _step(grain: object, items: int) -> Fraction:
    if isinstance(items, bool) or int(items) != items or items < 1:
        raise ValueError(f"items must be a whole number of at least 1, not {items!r}.")
    return as_grain(grain) / int(items)


def _bounds(low: object, high: object, step: Fraction) -> tuple[int | None, int | None]:
    lo = None if low is None else ceil(as_fraction(low, "lower bound") / step)
    hi = None if high is None else floor(as_fraction(high, "upper bound") / step)
    if lo is not None and hi is not None and lo > hi:
        raise ValueError(f"No value lies between the bounds {low} and {high}. Swap or widen them.")
    return lo, hi


def _sums(x: Printed, n: int, step: Fraction, rule: str, lo: int | None, hi: int | None) -> list[int]:
    sums = x.span(rule).integers(n / step)
    return [S for S in sums if (lo is None or n * lo <= S) and (hi is None or n * hi >= S)]


def _neighbours(x: Printed, works) -> tuple[str, ...]:
    for k in range(1, 1001):
        near = [m.text for m in (x.moved(-k), x.moved(k)) if works(m)]
        if near:
            return tuple(near)
    return ()


def grim(
    mean: object,
    n: int,
    *,
    items: int = 1,
    grain: object = 1,
    rounding: str = "half_up",
    low: object = None,
    high: object = None,
) -> AuditCheck:
    """Can n values recorded in this grain have a mean that prints so?

    `mean` as printed ("5.10" promises two decimals); `items` values averaged per person make the grain finer;
    bounds in units are optional. Exact for every rounding rule; microseconds, whatever n. Raises ValueError for input that
    cannot be read.

    >>> bool(grim("5.1", 9)), bool(grim("5.5", 9))
    (True, False)
    """
    n, step, rule, x = _size(n), _step(grain, items), rounding_rule(rounding), printed(mean, "mean")
    lo, hi = _bounds(low, high, step)
    sums = _sums(x, n, step, rule, lo, hi)
    if sums:
        total = grain_text(sums[0] * step)
        reason = f"a total of {total} over {n} is {float(sums[0] * step / n):.{_places(x) + 2}f}, which prints as {x.text}"
        near: tuple[str, ...] = ()
    else:
        reason = f"no possible total of {n} values, divided by {n}, prints as {x.text}"
        near = _neighbours(x, lambda m: bool(_sums(m, n, step, rule, lo, hi)))
    return AuditCheck(
        "GRIM", f"mean {x.text}", n, bool(sums), rule, step, reason, near, mean_share(x, n, step, rule)
    )


def _places(x: Printed) -> int:
    return len(str(x.unit.denominator)) - 1


def grim_percent(percent: object, n: int, *, rounding: str = "half_up") -> AuditCheck:
    """Can k of n people print as this percentage, for some whole k from 0 to n?

    Exact; microseconds. Raises ValueError for input that cannot be read.

    >>> bool(grim_percent("33", 9)), bool(grim_percent("44", 7))
    (True, False)
    """
    n, rule, x = _size(n), rounding_rule(rounding), printed(percent, "percentage")
    step = Fraction(100)
    whole = _sums(x, n, step, rule, 0, 1)
    if whole:
        reason = " or ".join(f"{k} of {n} is {100 * k / n:.{_places(x) + 2}f}%" for k in whole[:3])
    else:
        reason = f"no whole number of people out of {n} prints as {x.text}%"
    near = () if whole else _neighbours(x, lambda p: bool(_sums(p, n, step, rule, 0, 1)))
    count = int(100 / x.unit) + 1
    share = None
    if count <= 20_001:
        share = (
            sum(bool(_sums(Printed("", k * x.unit, x.unit), n, step, rule, 0, 1)) for k in range(count))
            / count
        )
    return AuditCheck(
        "GRIM for percentages", f"{x.text}%", n, bool(whole), rule, Fraction(1), reason, near, share
    )


def grimmer(
    mean: object,
    sd: object,
    n: int,
    *,
    items: int = 1,
    grain: object = 1,
    rounding: str = "half_up",
    ddof: int = 1,
    low: object = None,
    high: object = None,
    share: bool = False,
) -> AuditCheck:
    """Can n values recorded in this grain have a mean and an SD that print so, both at once?

    Decided by existence of an actual sample, never by a parity rule alone; bounds in units are optional and
    sharpen it. `share=True` adds the share of neighbouring pairs that would pass (up to a second).
    Costs milliseconds; close to the extremes of bounded scales up to a second. Raises ValueError as `grim`.

    >>> bool(grimmer("5.1", "3.6", 9)), bool(grimmer("3.44", "2.47", 18))
    (True, False)
    """
    n, step, rule = _size(n, ddof), _step(grain, items), rounding_rule(rounding)
    x, s = printed(mean, "mean"), printed(sd, "SD")
    lo, hi = _bounds(low, high, step)

    def works(trial: Printed) -> bool:
        return trial.value >= 0 and summary_exists(n, x, trial.span(rule).squared(), step, rule, ddof, lo, hi)

    consistent = works(s)
    near: tuple[str, ...] = ()
    text = f"mean {x.text} with SD {s.text}"
    if consistent:
        reason = "at least one sample has both"
    elif not _sums(x, n, step, rule, lo, hi):
        reason = f"already the mean is impossible, since no possible total divided by {n} prints as {x.text}"
        near = tuple(f"mean {m}" for m in _neighbours(x, lambda m: bool(_sums(m, n, step, rule, lo, hi))))
    else:
        reason = "no sample with such a mean has such an SD"
        near = tuple(f"SD {m}" for m in _neighbours(s, works))
    worth = None
    if share and s.value > 0:
        # Around the printed mean: ten last digits or more; SDs from half to twice the printed one.
        digits = max(5, int(Fraction(1, 2) / x.unit))
        lowest = s.moved(-int(s.value / s.unit) // 2)
        worth = passing_share(
            n,
            (x.moved(-digits).text, x.moved(digits - 1).text),
            (lowest.text, s.moved(int(s.value / s.unit)).text),
            grain=step,
            rounding=rule,
            ddof=ddof,
            low=low,
            high=high,
        ).share
    return AuditCheck("GRIMMER", text, n, consistent, rule, step, reason, near, worth)


def debit(mean: object, sd: object, n: int, *, rounding: str = "half_up", ddof: int = 1) -> AuditCheck:
    """Can n answers of 0 and 1 have a mean and an SD that print so?

    Exact existence: some whole number k of ones must give both. The published formula only asks that some
    proportion (whole k or not) in the printed mean's interval gives the SD; when the two differ, the reason says so.
    Costs microseconds. Raises ValueError as `grim`, and for a mean outside 0..1.

    >>> bool(debit("0.43", "0.53", 7))
    True
    """
    n, rule = _size(n, ddof), rounding_rule(rounding)
    x, s = printed(mean, "mean"), printed(sd, "SD")
    if not 0 <= x.value <= 1:
        raise ValueError(
            f"The mean of answers 0 and 1 lies between 0 and 1; {x.text} does not. Divide a percentage by 100."
        )
    squares = s.span(rule).squared()
    hits = [
        S
        for S, first, last in sum_targets(n, x.span(rule), squares, Fraction(1), ddof, 0, 1)
        if first <= S <= last
    ]
    if hits:
        reason = f"{hits[0]} ones and {n - hits[0]} zeros have both"
    elif debit_formula(x.span(rule), squares, n, ddof):
        reason = "the SD fits some proportion near this mean, but no whole number of ones gives both"
    else:
        reason = "no proportion that prints as this mean has such an SD"
    return AuditCheck("DEBIT", f"mean {x.text} with SD {s.text}", n, bool(hits), rule, Fraction(1), reason)


def debit_formula(mean: Span, squares: Span | None, n: int, ddof: int = 1) -> bool:
    """DEBIT as published: does any proportion in the mean's interval give an SD² in this span?"""
    if squares is None:
        return False
    a, b = max(mean.low, Fraction(0)), min(mean.high, Fraction(1))
    ends, half = [a * (1 - a), b * (1 - b)], Fraction(1, 2)
    top = Fraction(1, 4) if a <= half <= b else max(ends)
    scale = Fraction(n, n - ddof)
    return scale * min(ends) <= squares.high and scale * top >= squares.low
