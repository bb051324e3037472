"""A pooled answer and what can be read off it: on its own scale, as a proportion or ratio, study by study."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, ndtri

from jdm_teach.stats.effects import Study, inverse_double_arcsine
from jdm_teach.stats.result import Interval, Result, number_text, p_text, percent_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["METHODS", "TESTS", "LeaveOneOut", "Pooled"]

METHODS = {
    "EE": "equal effects",
    "DL": "DerSimonian–Laird",
    "PM": "Paule–Mandel",
    "REML": "REML",
    "GLMM": "binomial-normal model",
}
TESTS = {"z": "z", "hk": "Hartung–Knapp", "hk-floor": "Hartung–Knapp with floor", "t": "t"}


@dataclass(frozen=True)
class Pooled(Result):
    """A pooled effect on the scale of the analysis (`measure`), and its readings on the natural scale.

    `prediction` is where the effect of a new study is expected; None under equal effects. `i2` is 0 to 1.
    `left_out` holds (study, reason). `weights` are percent, in the order of `studies`.
    """

    measure: str
    method: str
    test: str
    studies: tuple[Study, ...]
    weights: tuple[float, ...]
    estimate: float
    se: float
    interval: Interval
    prediction: Interval | None
    p: float
    tau2: float
    tau2_interval: tuple[float, float] | None
    i2: float
    h2: float
    q: float
    q_p: float
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def k(self) -> int:
        return len(self.studies)

    @property
    def n(self) -> int:
        return sum(sum(s.counts[1::2]) for s in self.studies)

    @property
    def corrected(self) -> tuple[str, ...]:
        """The studies in which ½ was added to the cells."""
        return tuple(s.name for s in self.studies if s.corrected)

    def natural(self, value: float) -> float:
        """A value of the analysis scale as a proportion or a risk ratio."""
        if self.measure == "log risk ratio":
            return exp(min(value, 709.0)) if value < 709 else inf
        if self.measure == "logit":
            return float(expit(value))
        sizes = [s.counts[1] for s in self.studies]
        return inverse_double_arcsine(value, len(sizes) / sum(1 / n for n in sizes))

    def natural_interval(self, interval: Interval) -> tuple[float, float]:
        return self.natural(interval.low), self.natural(interval.high)

    def _said(self, *values: float) -> list[str]:
        ratio = self.measure == "log risk ratio"
        return [number_text(v) if ratio else percent_text(v) for v in map(self.natural, values)]

    def sentence(self) -> str:
        what = "risk ratio" if self.measure == "log risk ratio" else "proportion"
        centre, low, high = self._said(self.estimate, self.interval.low, self.interval.high)
        text = (
            f"{self.k} studies with {self.n:,} patients: pooled {what} {centre} ({100 * self.interval.level:g}% CI "
            f"{low} to {high}; {METHODS[self.method]}, {TESTS[self.test]}"
            + (f", {p_text(self.p)})." if what == "risk ratio" else ").")
        )
        if self.prediction is not None:
            below, above = self._said(self.prediction.low, self.prediction.high)
            text += f" A new study may show {below} to {above} ({100 * self.prediction.level:g}% prediction interval)."
        text += f" Between studies: τ² {number_text(self.tau2)}"
        if self.tau2_interval is not None:
            text += f" ({number_text(self.tau2_interval[0])} to {number_text(self.tau2_interval[1])})"
        text += f", I² {percent_text(self.i2)}."
        if self.corrected:
            text += f" One half was added to each cell of {', '.join(self.corrected)} only (an empty cell)."
        if self.left_out:
            text += " Left out: " + "; ".join(f"{name} ({why})" for name, why in self.left_out) + "."
        if self.test == "hk" and self.se == 0:
            text += " The studies agree exactly, so this interval has no width; use the floor."
        return text

    def table(self) -> pd.DataFrame:
        """One row per study and one for the pooled answer, on the natural scale: what a forest plot draws."""
        import pandas as pd

        z = float(ndtri((1 + self.interval.level) / 2))
        rows = []
        for s, w in zip(self.studies, self.weights, strict=True):
            half = z * sqrt(s.variance)
            rows.append(
                (s.name, s.effect, s.effect - half, s.effect + half, w, sum(s.counts[1::2]), s.corrected)
            )
        middle = self.interval
        rows.append(("pooled", self.estimate, middle.low, middle.high, 100.0, self.n, bool(self.corrected)))
        if self.prediction is not None:
            rows.append(
                ("new study", self.estimate, self.prediction.low, self.prediction.high, nan, 0, False)
            )
        columns = ["study", "estimate", "low", "high", "weight_percent", "n", "half_added"]
        frame = pd.DataFrame(rows, columns=columns)
        for name in ("estimate", "low", "high"):
            frame[name] = [self.natural(v) for v in frame[name]]
        return frame


@dataclass(frozen=True)
class LeaveOneOut(Result):
    """The pooled answer again, once without each study."""

    whole: Pooled
    without: tuple[Pooled, ...]

    def sentence(self) -> str:
        moved = [abs(p.estimate - self.whole.estimate) for p in self.without]
        i = int(np.argmax(moved))
        name, far = self.whole.studies[i].name, self.without[i]
        before, after, low, high = self.whole._said(
            self.whole.estimate, far.estimate, far.interval.low, far.interval.high
        )
        return (
            f"Leaving out one of {self.whole.k} studies at a time, {name} matters most: without it the pooled answer "
            f"goes from {before} to {after} ({100 * far.interval.level:g}% CI {low} to {high}, {far.n:,} patients)."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        rows = [
            (s.name, p.natural(p.estimate), *p.natural_interval(p.interval), p.tau2, p.i2, p.p, p.n)
            for s, p in zip(self.whole.studies, self.without, strict=True)
        ]
        return pd.DataFrame(rows, columns=["without", "estimate", "low", "high", "tau2", "i2", "p", "n"])
