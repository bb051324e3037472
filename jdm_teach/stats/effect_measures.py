"""Risk difference, risk ratio and odds ratio of two small groups, each with an interval that survives zero cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import acos, copysign, cos, exp, inf, log, nan, pi, sqrt
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike
from scipy.special import ndtri

from jdm_teach.stats.binomial_limits import checked_level, single_limits
from jdm_teach.stats.exponential_family import hypergeometric_count, rising_root
from jdm_teach.stats.result import Interval, Result, number_text
from jdm_teach.stats.two_by_two import TwoByTwo, row, two_by_two

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EffectMeasure", "odds_ratio", "risk_difference", "risk_ratio"]


@dataclass(frozen=True)
class EffectMeasure(Result):
    """One comparison of group 1 with group 2. `estimate` is nan where the counts define none."""

    measure: str
    counts: TwoByTwo
    estimate: float
    interval: Interval
    note: str = ""

    def sentence(self) -> str:
        return self.text()

    def text(self, with_counts: bool = True) -> str:
        """The sentence; without the counts where a longer text has given them already."""
        points = self.measure == "risk difference"
        scale, unit, digits = (100, " percentage points", 0) if points else (1, "", 2)
        limits = self.interval
        shown = Interval(scale * limits.low, scale * limits.high, limits.level, limits.method)
        people = f"; {self.counts.text()}" if with_counts else ""
        text = f"{self.measure.capitalize()} {number_text(scale * self.estimate, digits)}{unit}"
        return f"{text} ({shown.text(digits)}{people}){': ' + self.note if self.note else ''}"

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame([self.row()])

    def row(self) -> dict[str, object]:
        limits = {"low": self.interval.low, "high": self.interval.high, "level": self.interval.level}
        measure = {"measure": self.measure, "estimate": self.estimate}
        return {**measure, **limits, "method": self.interval.method, **row(self.counts)}


def risk_difference(table: ArrayLike | TwoByTwo, method: str = "score", level: float = 0.95) -> EffectMeasure:
    """How many percentage points apart are the two risks (group 1 minus group 2)?

    `score`: the Miettinen–Nurminen interval (doi:10.1002/sim.4780040211), which asks of every difference whether the
    counts are surprising under it. `newcombe`: the square-and-add combination of two Wilson intervals
    (doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I). Assumes independent people. An empty group
    gives nan and −1 to 1. Raises ValueError as `two_by_two`, for unknown methods and levels. About 0.2 ms.

    >>> print(risk_difference([[2, 1], [1, 5]]))
    Risk difference 50 percentage points (95% CI −17 to 87, Miettinen–Nurminen score; 2 of 3 against 1 of 6)
    """
    t, alpha = two_by_two(table), checked_level(level)
    if method not in ("score", "newcombe"):
        raise ValueError(f"There is no risk difference interval '{method}'; choose 'score' or 'newcombe'.")
    name = "Miettinen–Nurminen score" if method == "score" else "Newcombe hybrid score"
    if 0 in (t.n1, t.n2):
        return EffectMeasure("risk difference", t, nan, Interval(-1, 1, level, name), "one group is empty")
    p1, p2 = t.a / t.n1, t.c / t.n2
    if method == "newcombe":
        l1, u1 = single_limits(t.a, t.n1, "wilson", alpha)
        l2, u2 = single_limits(t.c, t.n2, "wilson", alpha)
        low = p1 - p2 - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
        high = p1 - p2 + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    else:
        high = _difference_upper(t, alpha)
        low = -_difference_upper(TwoByTwo(t.c, t.d, t.a, t.b), alpha)
    return EffectMeasure("risk difference", t, p1 - p2, Interval(low, high, level, name))


def _difference_upper(t: TwoByTwo, alpha: float) -> float:
    estimate = t.a / t.n1 - t.c / t.n2
    if estimate == 1:
        return 1.0
    z2 = float(ndtri(alpha / 2)) ** 2 * t.n / (t.n - 1)

    def excess(difference: float) -> float:
        r2 = _risk_2_at_difference(t, difference)
        r1 = r2 + difference
        return (estimate - difference) ** 2 - z2 * (r1 * (1 - r1) / t.n1 + r2 * (1 - r2) / t.n2)

    return _beyond(excess, estimate, 1.0)


def _risk_2_at_difference(t: TwoByTwo, difference: float) -> float:
    """Most likely risk of group 2 when group 1 has `difference` more (the root of a cubic, by cosine)."""
    low, high = max(0.0, -difference), min(1.0, 1 - difference)
    c3 = float(t.n)
    c2 = (t.n1 + 2 * t.n2) * difference - t.n - t.events
    c1 = (t.n2 * difference - t.n - 2 * t.c) * difference + t.events
    c0 = t.c * difference * (1 - difference)
    q = (c2 / (3 * c3)) ** 3 - c1 * c2 / (6 * c3**2) + c0 / (2 * c3)
    p = copysign(sqrt(max(0.0, (c2 / (3 * c3)) ** 2 - c1 / (3 * c3))), q)
    angle = (pi + acos(max(-1.0, min(1.0, q / p**3)))) / 3 if p else pi / 2
    risk = min(high, max(low, 2 * p * cos(angle) - c2 / (3 * c3)))
    for _ in range(2):  # polish: the arc cosine loses half the digits where two roots nearly meet
        slope = (3 * c3 * risk + 2 * c2) * risk + c1
        if slope:
            risk = min(high, max(low, risk - (((c3 * risk + c2) * risk + c1) * risk + c0) / slope))
    return risk


def risk_ratio(table: ArrayLike | TwoByTwo, level: float = 0.95) -> EffectMeasure:
    """How many times the risk of group 2 is the risk of group 1?

    Miettinen–Nurminen score interval (doi:10.1002/sim.4780040211): finite estimates are not needed, so an empty cell
    gives a one-sided interval instead of a correction. No event in either group gives nan and 0 to infinity.
    Raises ValueError as `two_by_two` and for impossible levels. About 0.2 ms.

    >>> print(risk_ratio([[2, 1], [0, 6]]))
    Risk ratio infinity (95% CI 1.18 to infinity, Miettinen–Nurminen score; 2 of 3 against 0 of 6)
    """
    t, alpha = two_by_two(table), checked_level(level)
    name = "Miettinen–Nurminen score"
    if 0 in (t.n1, t.n2) or t.events == 0:
        note = "nobody had the event" if t.events == 0 else "one group is empty"
        return EffectMeasure("risk ratio", t, nan, Interval(0, inf, level, name), note)
    p1, p2 = t.a / t.n1, t.c / t.n2
    upper = _log_ratio_upper(t, alpha)
    lower = -_log_ratio_upper(TwoByTwo(t.c, t.d, t.a, t.b), alpha)
    return EffectMeasure(
        "risk ratio", t, p1 / p2 if p2 else inf, Interval(exp(lower), exp(upper), level, name)
    )


def _log_ratio_upper(t: TwoByTwo, alpha: float) -> float:
    if t.c == 0:
        return inf
    p1, p2 = t.a / t.n1, t.c / t.n2
    z2 = float(ndtri(alpha / 2)) ** 2 * t.n / (t.n - 1)

    def excess(log_ratio: float) -> float:
        ratio = exp(log_ratio)
        b = t.n1 * ratio + t.a + t.n2 + t.c * ratio
        r2 = 2 * t.events / (b + sqrt(max(0.0, b * b - 4 * t.n * ratio * t.events)))
        r1, r2 = min(1.0, ratio * r2), min(1.0, r2)
        # Divided by (1 + ratio)² so that the sign, which is all that matters, survives very large ratios.
        gap = (p1 - ratio * p2) / (1 + ratio)
        return gap**2 - z2 * (r1 * (1 - r1) / t.n1 + ratio**2 * r2 * (1 - r2) / t.n2) / (1 + ratio) ** 2

    return _beyond(excess, log(p1 / p2) if t.a else -40.0, inf)


def _beyond(excess: Callable[[float], float], estimate: float, end: float) -> float:
    # At the estimate itself both sides of the equation can be zero, so the search starts a hair beyond it.
    return rising_root(excess, estimate + 1e-9, end)


def odds_ratio(table: ArrayLike | TwoByTwo, method: str = "exact", level: float = 0.95) -> EffectMeasure:
    """How many times the odds of group 2 are the odds of group 1?

    The estimate is the conditional maximum likelihood one (0 or infinity with an empty cell; nan with an empty margin).
    Limits, all from the chances of the table given its margins: `exact` (each tail alpha/2), `mid-p`, `blaker`,
    `minimum-likelihood`; where an accepted set has gaps, the interval spans them. Raises ValueError as `two_by_two` and
    for unknown methods and levels. About 1 ms, growing linearly with the number of possible tables.

    >>> print(odds_ratio([[2, 1], [0, 6]], "mid-p"))
    Odds ratio infinity (95% CI 0.69 to infinity, mid-p conditional; 2 of 3 against 0 of 6)
    """
    t, alpha = two_by_two(table), checked_level(level)
    count = hypergeometric_count(t.n1, t.n2, t.events)
    position = t.a - count.first
    name = {"midp": "mid-p", "minlike": "minimum-likelihood"}.get(method, method)
    if name in ("exact", "mid-p"):
        low, high = count.central_limits(position, alpha, midp=name == "mid-p")
    elif name == "blaker":
        low, high = count.blaker_limits(position, alpha)
    elif name == "minimum-likelihood":
        low, high = count.minimum_likelihood_limits(position, alpha)
    else:
        raise ValueError(
            f"There is no odds ratio interval '{method}'; choose exact, mid-p, blaker or minimum-likelihood."
        )
    label = f"{name.capitalize() if name == 'blaker' else name} conditional"
    note = "a margin is empty, so nothing can be estimated" if count.last_position == 0 else ""
    limits = Interval(_exp(low), _exp(high), level, label)
    return EffectMeasure("odds ratio", t, _exp(count.most_likely(position)), limits, note)


def _exp(x: float) -> float:
    return inf if x > 709 else exp(x)
