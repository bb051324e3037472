"""A digitised survival curve and its risk table, checked and laid out as stations in time."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["DigitisedCurve", "checked_curve"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DigitisedCurve:
    """Stations in time order: entries of the risk table (`target`, else -1) and clicks (`level`, else NaN).

    `floor` is the fewest people who may be left after a station; `expected_lost` how many are expected to be
    censored on the way to it; `precision` the standard deviation of a click.
    """

    time: Floats
    target: Ints
    level: Floats
    floor: Ints
    expected_lost: Floats
    precision: float


def _decimals(values: Floats) -> int:
    """The number of decimals (3 to 5) with which the values were written; fewer are taken as exact."""
    for places in (3, 4):
        if np.allclose(values, np.round(values, places), rtol=0, atol=1e-9):
            return places
    return 5


def _checked_clicks(clicks: ArrayLike) -> tuple[Floats, Floats, float]:
    """Click times, survival made to fall only, and the precision of a click."""
    from scipy.optimize import isotonic_regression

    points = np.asarray(clicks, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
        raise ValueError("Give the clicks as pairs (time, survival), at least two of them.")
    if not np.all(np.isfinite(points)):
        raise ValueError("Every click needs a time and a survival; some are missing.")
    span = np.ptp(points[:, 0])
    if np.min(np.diff(points[:, 0])) < -0.05 * span:
        points = points[np.lexsort((-points[:, 1], points[:, 0]))]
    # Clicks made along the curve keep their order: the two corners of a step may be a little off in time.
    t, s = np.maximum(isotonic_regression(points[:, 0]).x, 0), points[:, 1]
    if s.max() > 1.5:
        raise ValueError("Survival is expected between 0 and 1; divide percentages by 100.")
    if s[0] < 0.5 or (s[0] < 0.9 and t[0] == 0):
        raise ValueError(
            f"A survival curve starts at 1, but the first click is at {s[0]:g}; click the start too."
        )
    places = _decimals(s)
    s = np.clip(isotonic_regression(np.clip(s, 0, 1), increasing=False).x, 0, 1)
    last = np.concatenate((np.diff(t) > 0, [True]))
    return t[last], s[last], 0.5 * 10.0**-places / sqrt(3)


def _checked_risk_table(risk_times: ArrayLike, at_risk: ArrayLike) -> tuple[Floats, Ints]:
    when = np.atleast_1d(np.asarray(risk_times, dtype=float))
    n = np.atleast_1d(np.asarray(at_risk))
    if when.shape != n.shape or when.ndim != 1 or not when.size:
        raise ValueError(f"Give one number at risk per risk-table time; got {n.size} for {when.size} times.")
    if when[0] != 0 or np.any(np.diff(when) <= 0):
        raise ValueError(
            "Risk-table times start at 0 and increase; without a table give [0] and [number of people]."
        )
    if np.any(n != np.round(n)) or np.any(n < 0) or n[0] < 1:
        raise ValueError("Numbers at risk are whole numbers of people, with at least one at time 0.")
    if np.any(np.diff(n) > 0):
        raise ValueError("A number at risk cannot grow over time; one of the risk-table entries was misread.")
    return when, n.astype(np.int64)


def _expected_censoring(when: Floats, n: Ints, t: Floats, s: Floats) -> Floats:
    """Per unit of time, for each stretch of the risk table; the last stretch takes the average of the others."""
    at = np.interp(when, t, s)
    with np.errstate(divide="ignore"):
        hazard = np.minimum(-np.diff(np.log(np.maximum(at, 1e-6))), 3)
    losses = np.maximum(-np.diff(n) - hazard * (n[:-1] + n[1:]) / 2, 0.25)
    rates = losses / np.diff(when)
    followed = float(((n[:-1] + n[1:]) / 2 * np.diff(when)).sum())
    overall = float(losses.sum()) / followed if followed > 0 else 0.25 / max(float(t[-1]), 1e-9)
    return np.append(rates, overall * max(int(n[-1]), 1) / (2 if followed > 0 else 1))


def checked_curve(
    clicks: ArrayLike, risk_times: ArrayLike, at_risk: ArrayLike, total_events: int | None
) -> DigitisedCurve:
    """Check the inputs and lay them out. Raises ValueError saying which reading to correct."""
    t, s, precision = _checked_clicks(clicks)
    when, n = _checked_risk_table(risk_times, at_risk)
    if total_events is not None and not 0 <= total_events <= n[0]:
        raise ValueError(f"{total_events} events cannot happen among {n[0]} people; check both numbers.")
    falls = np.diff(s, prepend=1.0) < -1e-9
    falls[-1] = True
    t, s = t[falls], s[falls]
    # A table entry counts people just before its time, so it comes before an event at the same time.
    time = np.concatenate((when, t))
    order = np.lexsort((np.repeat([0, 1], [when.size, t.size]), time))
    target = np.concatenate((n, np.full(t.size, -1)))[order]
    level = np.concatenate((np.full(when.size, np.nan), s))[order]
    time = time[order]
    floor = np.zeros(time.size, dtype=np.int64)
    for i in range(time.size - 2, -1, -1):
        floor[i] = max(floor[i + 1], target[i + 1])
    rates = _expected_censoring(when, n, t, s)
    stretch = np.maximum(np.searchsorted(when, time, side="left") - 1, 0)
    expected = np.maximum(rates[stretch] * np.diff(time, prepend=0.0), 1e-3)
    return DigitisedCurve(time, target, level, floor, expected, precision)
