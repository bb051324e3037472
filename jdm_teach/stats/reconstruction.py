"""Who stands behind a printed survival curve? Individual follow-up rebuilt from a digitised picture.

The published recipe (Guyot et al. 2012, doi:10.1186/1471-2288-12-9) steps along the curve and adjusts the
censoring until each printed number at risk fits. Here the same inputs are used differently: among all
whole-number histories that pass exactly through the risk table (and, when one is found, end at the printed
number of events), the most probable one is sought: drops explained by the clicks, censoring as even as the
drops allow. That keeps the rebuilt curve within the precision of the clicks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jdm_teach.stats.digitised_curve import DigitisedCurve, checked_curve
from jdm_teach.stats.follow_up import counted
from jdm_teach.stats.result import Result

if TYPE_CHECKING:
    import pandas as pd

    from jdm_teach.stats.survival import SurvivalCurve

__all__ = ["ReconstructedCurve", "reconstruct_patients"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_HISTORIES = 4000  # fewer in large studies, where neighbouring histories differ little
WORTH_KEEPING = 400.0  # histories this much less probable (in log units) than the best are dropped
POOR_FIT = 0.05


@dataclass(frozen=True, eq=False)
class ReconstructedCurve(Result):
    """Times and events that could stand behind the curve; the origin of every row is `derived`.

    `misfit` is the largest distance between the rebuilt curve and a click; `total_events` is what was printed
    (None if not given).
    """

    time: Floats
    event: Ints
    misfit: float
    total_events: int | None

    @property
    def n(self) -> int:
        """The number of people, as printed at the start of the risk table."""
        return int(self.time.size)

    @property
    def events(self) -> int:
        """How many people had the event in the rebuilt data."""
        return int(self.event.sum())

    def curve(self) -> SurvivalCurve:
        """The Kaplan–Meier curve of the rebuilt data."""
        from jdm_teach.stats.survival import kaplan_meier

        return kaplan_meier(self.time, self.event)

    def sentence(self) -> str:
        said = ""
        if self.total_events is not None and self.total_events != self.events:
            said = f" The printed total of {self.total_events} events cannot be reached from this curve."
        if self.misfit > POOR_FIT:
            said += (
                " That is a poor fit: check the units of time and that the risk table belongs to this curve."
            )
        return (
            f"{self.n} people and {counted(self.events, 'event')} reproduce the printed curve to within {self.misfit:.3f} and "
            f"the numbers at risk exactly.{said} These rows are derived from a picture; they are not patients' records."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame({"time": self.time, "event": self.event, "data_origin": "derived"})


@dataclass
class _Histories:
    """A set of partial histories, one entry each; `before` points into the previous station's set."""

    n: Ints
    events: Ints
    survival: Floats
    cost: Floats
    before: Ints
    lost: Ints
    died: Ints

    def best(self, by_events: bool, most: int) -> _Histories:
        """The cheapest history for each state, the unlikely ones left out."""
        order = np.argsort(self.cost, kind="stable")
        order = order[self.cost[order] <= self.cost[order[0]] + WORTH_KEEPING]
        key = (
            self.n[order] * (int(self.events.max()) + 1) + self.events[order] if by_events else self.n[order]
        )
        first = np.sort(np.unique(key, return_index=True)[1])[:most]
        pick = order[first]
        return _Histories(*(getattr(self, name)[pick] for name in self.__dataclass_fields__))


def _censored(at: _Histories, target: int | None, floor: int, expected: float) -> _Histories:
    """Let people be lost on the way to the next station; a risk table entry fixes how many."""
    from scipy.special import gammaln

    if target is None:
        most = int(min(np.max(at.n - floor), np.ceil(expected + 8 * sqrt(expected) + 8)))
        lost = np.arange(most + 1)
        source, lost = (x.ravel() for x in np.meshgrid(np.arange(at.n.size), lost, indexing="ij"))
    else:
        source, lost = np.arange(at.n.size), at.n - target
    keep = (lost >= 0) & (at.n[source] - lost >= floor)
    source, lost = source[keep], lost[keep]
    cost = at.cost[source] + expected - lost * np.log(expected) + gammaln(lost + 1)
    return _Histories(
        at.n[source] - lost, at.events[source], at.survival[source], cost, source, lost, np.zeros_like(lost)
    )


def _dropped(at: _Histories, level: float, sigma: float, floor: int) -> _Histories:
    """Let the event happen to the whole number of people that explains the drop, or to one more or fewer."""
    wanted = at.n * (1 - level / np.maximum(at.survival, 1e-300))
    parts = []
    for shift in (-1, 0, 1, 2):
        died = np.clip(np.floor(wanted).astype(np.int64) + shift, 0, np.maximum(at.n - floor, 0))
        survival = np.where(at.n > 0, at.survival * (1 - died / np.maximum(at.n, 1)), at.survival)
        cost = at.cost + (survival - level) ** 2 / (2 * sigma**2)
        parts.append((at.n - died, at.events + died, survival, cost, at.before, at.lost, died))
    return _Histories(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _most_probable(curve: DigitisedCurve, sigma: float, total: int | None) -> tuple[Ints, Ints, Floats, int]:
    """People lost before, and events at, each station; rebuilt survival there; people left at the end."""
    start = int(curve.target[0])
    one = np.array([start])
    zero = np.zeros(1, dtype=np.int64)
    at = _Histories(one, zero, np.ones(1), np.zeros(1), zero, zero, zero)
    trail = [at]
    most = int(np.clip(400_000 // start, 300, MOST_HISTORIES))
    for i in range(1, curve.time.size):
        fixed = int(curve.target[i]) if curve.target[i] >= 0 else None
        at = _censored(at, fixed, int(curve.floor[i]), float(curve.expected_lost[i]))
        if np.isfinite(curve.level[i]):
            at = _dropped(at, float(curve.level[i]), sigma, int(curve.floor[i]))
        at = at.best(total is not None, most)
        trail.append(at)
    gap = np.abs(at.events - total) if total is not None else np.zeros(at.n.size)
    k = int(np.lexsort((at.cost, gap))[0])
    left = int(at.n[k])
    lost, died, survival = [], [], []
    for step in reversed(trail):
        lost.append(int(step.lost[k]))
        died.append(int(step.died[k]))
        survival.append(float(step.survival[k]))
        k = int(step.before[k])
    return np.array(lost[::-1]), np.array(died[::-1]), np.array(survival[::-1]), left


def reconstruct_patients(
    clicks: ArrayLike,
    risk_times: ArrayLike,
    at_risk: ArrayLike,
    total_events: int | None = None,
) -> ReconstructedCurve:
    """Which follow-up times could stand behind this printed Kaplan–Meier curve?

    `clicks`: points (time, survival 0–1) read off the curve, corners or any points along it; `risk_times` and
    `at_risk`: the table under the figure, starting at time 0; `total_events`: the printed total, if any.
    Censoring times inside a gap are spread evenly, which the picture cannot confirm. People still followed at
    the end are censored at the last time seen. Raises ValueError with what to correct when the inputs
    contradict each other. Cost: clicks × people (times events if their total is given); under a second for 200.
    Sources: as in the module text.

    >>> clicks = [(0, 1), (2, 1), (2, 0.8), (5, 0.8), (5, 0.533), (9, 0.533)]
    >>> rebuilt = reconstruct_patients(clicks, [0, 4, 8], [5, 3, 2])
    >>> rebuilt.n, rebuilt.events, [round(float(s), 3) for s in rebuilt.curve().at([4, 8])]
    (5, 2, [0.8, 0.533])
    """
    curve = checked_curve(clicks, risk_times, at_risk, total_events)
    sigma = curve.precision
    for _ in range(3):
        lost, died, survival, left = _most_probable(curve, sigma, total_events)
        seen = np.isfinite(curve.level)
        off = np.abs(survival[seen] - curve.level[seen])
        rough = sqrt(float(np.mean(off**2))) if off.size else 0.0
        if rough <= 1.5 * sigma:
            break
        sigma = rough
    times: list[Floats] = []
    events: list[Ints] = []
    for i in range(1, curve.time.size):
        gone = (np.arange(lost[i]) + 0.5) / max(int(lost[i]), 1)
        times += [curve.time[i - 1] + gone * (curve.time[i] - curve.time[i - 1])]
        times += [np.full(died[i], curve.time[i])]
        events += [np.zeros(lost[i], dtype=np.int64), np.ones(died[i], dtype=np.int64)]
    times.append(np.full(left, curve.time[-1]))
    events.append(np.zeros(left, dtype=np.int64))
    misfit = float(off.max()) if off.size else 0.0
    return ReconstructedCurve(np.concatenate(times), np.concatenate(events), misfit, total_events)
