"""Time to an event in a handful of people: Kaplan–Meier curve and restricted mean.

The curve comes from scipy's empirical distribution of censored data; what scipy lacks (numbers at risk, the
"log" interval, the median's limits, restricted means) is written here. This is also the door to the log-rank
tests, the proportional-hazards fit and the reconstruction of a printed curve.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan, nan, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from jdm_teach.stats.follow_up import Floats, Ints, checked_follow_up, checked_level, counted
from jdm_teach.stats.logrank import LogRank, logrank
from jdm_teach.stats.logrank_exact import ExactLogRank, exact_logrank
from jdm_teach.stats.proportional_hazards import ProportionalHazards, proportional_hazards
from jdm_teach.stats.reconstruction import ReconstructedCurve, reconstruct_patients
from jdm_teach.stats.result import Interval, Result, number_text, percent_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ExactLogRank",
    "LogRank",
    "ProportionalHazards",
    "ReconstructedCurve",
    "RestrictedMean",
    "SurvivalCurve",
    "exact_logrank",
    "kaplan_meier",
    "logrank",
    "proportional_hazards",
    "reconstruct_patients",
    "restricted_mean",
]

IntervalType = Literal["plain", "log", "log-log"]
NO_WIDTH = " An interval without width is a limit of the method, not certainty."


def _limits(s: Floats, se_log: Floats, kind: str, level: float) -> tuple[Floats, Floats]:
    """Pointwise limits; not defined (NaN) where the method has none, as at S = 0."""
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "plain":
            half = z * se_log * s
            return np.maximum(s - half, 0), np.minimum(s + half, 1)
        inner = np.where(s > 0, s, nan)
        if kind == "log":
            return inner * np.exp(-z * se_log), np.minimum(inner * np.exp(z * se_log), 1)
        inner = np.where(s < 1, inner, nan)
        half = z * se_log / np.log(inner)
        center = np.log(-np.log(inner))
        return np.exp(-np.exp(center - half)), np.exp(-np.exp(center + half))


def _first_at_half(y: Floats, time: Floats) -> float:
    """Where a falling line passes one half: midway along a stretch that lies exactly at one half."""
    tolerance = sqrt(np.finfo(float).eps)
    keep = ~np.isnan(y) & (y < 0.5 + tolerance)
    if not keep.any():
        return nan
    y, time = y[keep], time[keep]
    if abs(y[0] - 0.5) < tolerance and (y < y[0] - tolerance).any():
        return float((time[0] + time[np.argmax(y < y[0] - tolerance)]) / 2)
    return float(time[0])


@dataclass(frozen=True, eq=False)
class SurvivalCurve(Result):
    """A Kaplan–Meier curve: one entry per distinct time, and the median with its limits.

    `se` is Greenwood's standard error of the survival; limits are NaN where the chosen method defines none.
    `median` and its limits are NaN where the curve never comes down to one half ("not reached").
    """

    n: int
    time: Floats
    n_risk: Ints
    n_event: Ints
    n_censored: Ints
    survival: Floats
    se: Floats
    low: Floats
    high: Floats
    median: float
    median_low: float
    median_high: float
    interval: str
    level: float

    def at(self, times: ArrayLike) -> Floats:
        """Survival at the given times (after any event at that very time)."""
        place = np.searchsorted(self.time, np.asarray(times, dtype=float), side="right")
        return np.concatenate(([1.0], self.survival))[place]

    def at_risk(self, times: ArrayLike) -> Ints:
        """How many were still followed just before each given time, as a risk table prints it."""
        place = np.searchsorted(self.time, np.asarray(times, dtype=float), side="left")
        return np.concatenate((self.n_risk, [0]))[place]

    def sentence(self) -> str:
        low, high, level = self.low[-1], self.high[-1], f"{100 * self.level:g}% CI"
        limits = f" ({Interval(low, high, self.level, self.interval).text(0, percent=True)})"
        end = f"{percent_text(self.survival[-1])}{'' if isnan(low) else limits}"
        sides = [
            number_text(x) if not isnan(x) else "not reached" for x in (self.median_low, self.median_high)
        ]
        if isnan(self.median):
            median = "the median was not reached"
        elif isnan(self.median_low):
            median = f"the median was {number_text(self.median)} (limits not defined)"
        else:
            median = f"the median was {number_text(self.median)} ({level} {sides[0]} to {sides[1]})"
        return (
            f"Of {counted(self.n, 'person')} followed, {int(self.n_event.sum())} had the event; {end} were free of it "
            f"at the last observed time, {number_text(self.time[-1])} (still followed then: {int(self.n_risk[-1])}), "
            f"and {median}.{NO_WIDTH if low == high else ''}"
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(
            {
                "time": self.time,
                "at_risk": self.n_risk,
                "events": self.n_event,
                "censored": self.n_censored,
                "survival": self.survival,
                "low": self.low,
                "high": self.high,
            }
        )


def kaplan_meier(
    time: ArrayLike, event: ArrayLike, interval: IntervalType = "log-log", level: float = 0.95
) -> SurvivalCurve:
    """What share is still free of the event, as time goes on, when some people were not followed to the end?

    `time`: follow-up in any one unit; `event`: 1 = happened, 0 = censored. `interval`: "plain", "log" or
    "log-log" (pointwise, from Greenwood's variance). Assumes that being censored says nothing about the
    person's risk. Raises ValueError for unusable input. Cost: one sort.
    Source: Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452.

    >>> curve = kaplan_meier([2, 3, 3, 5, 8], [1, 1, 0, 1, 0])
    >>> [round(float(s), 3) for s in curve.survival], curve.at_risk([0, 3]).tolist()
    ([0.8, 0.6, 0.3, 0.3], [5, 4])
    """
    if interval not in ("plain", "log", "log-log"):
        raise ValueError(f"Choose the interval 'plain', 'log' or 'log-log'; {interval!r} is not one of them.")
    level = checked_level(level)
    t, e = checked_follow_up(time, event)
    from scipy.stats import CensoredData, ecdf

    steps = ecdf(CensoredData(uncensored=t[e == 1], right=t[e == 0])).sf
    when, s = np.asarray(steps.quantiles, float), np.asarray(steps.probabilities, float)
    events = np.array([np.sum((t == x) & (e == 1)) for x in when], dtype=np.int64)
    leaving = np.array([np.sum(t == x) for x in when], dtype=np.int64)
    risk = t.size - np.concatenate(([0], np.cumsum(leaving)[:-1])).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        se_log = np.sqrt(np.cumsum(events / (risk * (risk - events))))
        se = s * se_log
    low, high = _limits(s, se_log, interval, level)
    return SurvivalCurve(
        n=t.size,
        time=when,
        n_risk=risk,
        n_event=events,
        n_censored=leaving - events,
        survival=s,
        se=se,
        low=low,
        high=high,
        median=_first_at_half(s, when),
        median_low=_first_at_half(low, when),
        median_high=_first_at_half(high, when),
        interval=interval,
        level=level,
    )


@dataclass(frozen=True)
class RestrictedMean(Result):
    """Mean time free of the event up to `tau`. `extended` says that the curve was carried past its last time."""

    estimate: float
    se: float
    interval: Interval
    tau: float
    n: int
    extended: bool

    def sentence(self) -> str:
        tail = " The curve was carried on flat beyond the last observed time." if self.extended else ""
        tail += NO_WIDTH if self.se == 0 else ""
        return (
            f"Over the first {number_text(self.tau)} units of time, the {counted(self.n, 'person')} followed were free of the event for "
            f"{number_text(self.estimate)} on average ({self.interval.text()}).{tail}"
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        row = {"tau": self.tau, "mean": self.estimate, "se": self.se, "n": self.n}
        return pd.DataFrame([row | {"low": self.interval.low, "high": self.interval.high}])


def restricted_mean(time: ArrayLike, event: ArrayLike, tau: float, level: float = 0.95) -> RestrictedMean:
    """How long are people free of the event, on average, within the first `tau` units of time?

    The area under the Kaplan–Meier curve up to `tau`, with its large-sample standard error. The interval is
    estimate ± z·se, cut to 0…tau. Raises ValueError for unusable input. Cost: as `kaplan_meier`.
    Source: Royston & Parmar 2013, doi:10.1186/1471-2288-13-152.

    >>> round(restricted_mean([3, 7, 8, 11], [0, 0, 1, 0], tau=10).estimate, 6)
    9.0
    """
    if not 0 < tau < inf:
        raise ValueError(f"The time horizon tau must be a positive number; got {tau}.")
    from scipy.special import ndtri

    curve = kaplan_meier(time, event, level=level)
    inside = curve.time < tau
    edges = np.concatenate(([0.0], curve.time[inside], [tau]))
    pieces = np.concatenate(([1.0], curve.survival[inside])) * np.diff(edges)
    area_after = np.cumsum(pieces[::-1])[::-1][1:]
    n, d = curve.n_risk[inside], curve.n_event[inside]
    share = np.where(n > d, d / np.maximum(n * (n - d), 1), 0.0)
    se = sqrt(float(np.sum(area_after**2 * share)))
    mean = float(pieces.sum())
    half = float(ndtri((1 + level) / 2)) * se
    limits = Interval(max(mean - half, 0.0), min(mean + half, tau), level, "normal approximation")
    extended = bool(tau > curve.time[-1] and curve.survival[-1] > 0)
    return RestrictedMean(mean, se, limits, float(tau), curve.n, extended)
