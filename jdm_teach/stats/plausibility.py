"""Is "±" a standard deviation or a standard error? And the whole audit of one printed summary.

Values between two bounds cannot vary without limit: for a mean m in [low, high] no n values have an SD above
√(n/(n−1)·(m − low)·(high − m)). A standard error is SD/√n, so reading "±" as one may ask for too large an SD.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING

from .audit import AuditCheck, _bounds, _size, grim, grim_percent, grimmer
from .existence import summary_exists
from .result import Result, number_text
from .rounding import as_fraction, as_grain, printed, rounding_rule

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AuditReport", "SpreadReading", "audit_summary", "largest_sd", "se_or_sd"]


def largest_sd(mean: object, n: int, low: object, high: object, ddof: int = 1) -> float:
    """The largest SD that n values between low and high with this mean can have (half at each end).

    An upper bound for every grain, reached when the split comes out in whole people. Microseconds.
    Raises ValueError when the mean lies outside the bounds.

    >>> round(largest_sd("5.1", 9, 0, 18), 2)
    8.6
    """
    n = _size(n, ddof)
    m, a, b = as_fraction(mean, "mean"), as_fraction(low, "lower bound"), as_fraction(high, "upper bound")
    if not a <= m <= b:
        raise ValueError(f"The mean {mean} lies outside the bounds {low} to {high}. Widen the bounds.")
    return sqrt(Fraction(n, n - ddof) * (m - a) * (b - m))


@dataclass(frozen=True)
class SpreadReading(Result):
    """Which readings of "±" are possible, and the SDs that decide it."""

    mean: str
    spread: str
    n: int
    bounds: tuple[str, str]
    as_sd: bool
    as_se: bool
    largest_sd: float
    sd_if_se: float

    def sentence(self) -> str:
        if self.as_sd and not self.as_se:
            verdict = f"so ± {self.spread} cannot be a standard error (SE); as a standard deviation (SD) it is possible"
        elif self.as_sd:
            verdict = f"so ± {self.spread} could be either; only the authors can say"
        elif self.as_se:
            verdict = f"so ± {self.spread} can be a standard error (SE) but not a standard deviation (SD)"
        else:
            verdict = (
                f"but no data fit ± {self.spread} under either reading; check n, the bounds and the grain"
            )
        return (
            f"Read as a standard error, {self.mean} ± {self.spread} (n = {self.n}) means an SD of about "
            f"{number_text(self.sd_if_se, 1)}; the largest possible SD between {self.bounds[0]} and {self.bounds[1]} is "
            f"{number_text(self.largest_sd, 2)}, {verdict}."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(
            {
                "reading of ±": ["standard deviation", "standard error"],
                "SD it implies": [self.spread, number_text(self.sd_if_se, 1)],
                "largest possible SD": number_text(self.largest_sd, 2),
                "possible": [self.as_sd, self.as_se],
                "n": self.n,
            }
        )


def se_or_sd(
    mean: object,
    spread: object,
    n: int,
    *,
    low: object,
    high: object,
    grain: object = "0.1",
    rounding: str = "half_up",
    ddof: int = 1,
) -> SpreadReading:
    """Which of SD and SE can "mean ± spread" be, for n values between low and high in this grain?

    Decided by exact existence at the grain, so "impossible" is never a false alarm. Costs milliseconds.
    Raises ValueError for input that cannot be read or a mean outside the bounds.

    >>> reading = se_or_sd("5.1", "3.6", 9, low=0, high=18)
    >>> reading.as_sd, reading.as_se
    (True, False)
    """
    n, rule, step = _size(n, ddof), rounding_rule(rounding), as_grain(grain)
    x, s = printed(mean, "mean"), printed(spread, "spread")
    ceiling = largest_sd(x.value, n, low, high, ddof)
    squares = s.span(rule).squared()
    lo, hi = _bounds(low, high, step)
    as_sd = summary_exists(n, x, squares, step, rule, ddof, lo, hi)
    as_se = squares is not None and summary_exists(n, x, squares.times(n), step, rule, ddof, lo, hi)
    return SpreadReading(
        x.text, s.text, n, (str(low), str(high)), as_sd, as_se, ceiling, float(s.value) * sqrt(n)
    )


@dataclass(frozen=True)
class AuditReport(Result):
    """Every check of one printed summary, grain by grain."""

    checks: tuple[AuditCheck, ...]
    reading: SpreadReading | None

    @property
    def consistent(self) -> bool:
        """True when every check passed at every grain asked for."""
        return all(check.consistent for check in self.checks)

    def sentence(self) -> str:
        failed = [check for check in self.checks if not check.consistent]
        text = (
            f"All {len(self.checks)} checks pass."
            if not failed
            else f"{len(failed)} of {len(self.checks)} checks fail. " + " ".join(c.sentence() for c in failed)
        )
        shares = [
            c.passing_share for c in self.checks if c.check == "GRIMMER" and c.passing_share is not None
        ]
        if shares and not failed:
            text += (
                f" That is weak evidence: {100 * min(shares):.0f} to {100 * max(shares):.0f}% of neighbouring "
                "mean–SD pairs would pass too."
            )
        return text + (f" {self.reading.sentence()}" if self.reading else "")

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.concat([check.table() for check in self.checks], ignore_index=True)


def audit_summary(
    mean: object,
    sd: object,
    n: int,
    *,
    low: object = None,
    high: object = None,
    percent: object = None,
    grains: tuple[object, ...] = (1, "1/2", "1/12", "0.1"),
    rounding: str = "half_up",
    ddof: int = 1,
) -> AuditReport:
    """GRIM and GRIMMER at every grain, the percentage if given, and SE against SD when bounds are given.

    Costs one to three seconds for n = 9 with the share of neighbouring pairs that would pass.

    >>> audit_summary("5.1", "3.6", 9, grains=(1,), percent="33").consistent
    True
    """
    checks = [grim_percent(percent, n, rounding=rounding)] if percent is not None else []
    for grain in grains:
        checks.append(grim(mean, n, grain=grain, rounding=rounding, low=low, high=high))
        checks.append(
            grimmer(mean, sd, n, grain=grain, rounding=rounding, ddof=ddof, low=low, high=high, share=True)
        )
    reading = None
    if low is not None and high is not None:
        reading = se_or_sd(mean, sd, n, low=low, high=high, rounding=rounding, ddof=ddof)
    return AuditReport(tuple(checks), reading)
