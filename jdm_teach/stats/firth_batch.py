"""Firth's logistic regression over thousands of small cohorts at once: one covariate and an intercept.

Each cohort gets its slope, the penalised likelihood-ratio p value and a profile interval whose two ends have
been checked against the global profile (`firth_endpoints`). For one cohort with several covariates see `firth`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfc, ndtri

from jdm_teach.stats.firth_endpoints import Ends, Peak, endpoints, highest_peaks
from jdm_teach.stats.result import Result, number_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ENSEMBLE_NOTE", "FirthBatch", "firth_batch"]

Array = NDArray[np.float64]
TOLERANCE = 1e-7  # in units of the deviance
BATCH = 10_000
ENSEMBLE_NOTE = (
    "If these cohorts were rebuilt from printed summaries, remember that a mean and a standard deviation hold "
    "no information about any association: the p values show what the test can do, not what the children had."
)


@dataclass(frozen=True)
class FirthBatch(Result):
    """Firth fits of m cohorts of n: all arrays (m,), in the units of the covariate as given.

    `low` and `high` enclose every slope the penalised likelihood-ratio test accepts at `level`. `residual` is
    the larger distance (deviance) of the two ends from the cut-off; `verified` says both ends are proved;
    `searched` which cohorts needed more than the fast road; `split` where the accepted slopes fall into
    two pieces, so that the interval holds some rejected ones in its middle.
    """

    n: int
    intercept: Array
    slope: Array
    slope_se: Array
    p: Array
    low: Array
    high: Array
    residual: Array
    verified: NDArray[np.bool_]
    searched: NDArray[np.bool_]
    split: NDArray[np.bool_]
    level: float = 0.95

    @property
    def m(self) -> int:
        return int(self.slope.size)

    def sentence(self) -> str:
        small = float((self.p <= 1 - self.level).mean())
        quarter, half, three = np.quantile(self.slope, [0.25, 0.5, 0.75])
        text = (
            f"{self.m:,} cohorts of {self.n}: the median Firth slope is {number_text(half)} per unit (middle half "
            f"{number_text(quarter)} to {number_text(three)}), and {100 * small:.1f}% have "
            f"p ≤ {1 - self.level:.3g} by the penalised likelihood-ratio test. "
        )
        if np.isfinite(self.low).any():
            ends = f"{2 * int(self.verified.sum()):,} of {2 * self.m:,}"
            text += f"{ends} profile endpoints at {100 * self.level:g}% are verified. "
        return text + ENSEMBLE_NOTE

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(
            {
                "slope": self.slope,
                "low": self.low,
                "high": self.high,
                "p": self.p,
                "residual": self.residual,
                "verified": self.verified,
            }
        )

    def _repr_html_(self) -> str:
        summary = self.table()[["slope", "low", "high", "p"]].quantile([0.05, 0.25, 0.5, 0.75, 0.95])
        return f"<p>{self.sentence()}</p>{summary.to_html(border=0)}"


def firth_batch(x: ArrayLike, y: ArrayLike, *, level: float = 0.95, interval: bool = True) -> FirthBatch:
    """Firth slope, penalised likelihood-ratio p and verified profile interval for many cohorts.

    Answers: what would logistic regression say about each of these cohorts, without exploding when the
    covariate separates the outcomes?

    Parameters: `x` covariates, (m, n) or (n,) shared; `y` outcomes 0/1, (m, n) or (n,) shared; `level` of the
    interval; `interval=False` stops after the p values (ends are then NaN).

    The interval is the range of slopes the test accepts, from the *global* profile: at each end the penalised
    log-likelihood, maximised over the intercept, lies half a chi-square quantile under its top. It is always
    finite, because the determinant in the penalty vanishes as the slope grows.

    Raises ValueError when a covariate is constant, an outcome has one class only, or a value is missing.
    Source: Firth 1993, doi:10.1093/biomet/80.1.27; Heinze & Schemper 2002, doi:10.1002/sim.1047.
    Cost: about 0.6 s for 10,000 cohorts of 9 (3 v 6 at random) and 25 MB; grows with m·n. Separated cohorts
    need a closer look, about 3 s per 10,000. Without intervals about 0.2 s.

    >>> r = firth_batch([1, 2, 3, 3, 5, 6, 7, 9], [[1, 1, 1, 0, 0, 0, 0, 0], [0, 1, 0, 1, 0, 1, 0, 1]])
    >>> r.slope.round(3), r.p.round(3), r.low.round(3)
    (array([-0.783,  0.115]), array([0.041, 0.634]), array([-3.929, -0.363]))
    """
    xs, ys = _cohorts(x, y)
    if not 0 < level < 1:
        raise ValueError(f"The level of an interval lies between 0 and 1, such as 0.95; you gave {level}.")
    drop = float(ndtri((1 + level) / 2) ** 2 / 2)
    parts = [
        _fit(xs[:, i : i + BATCH], ys[:, i : i + BATCH], drop, interval) for i in range(0, xs.shape[1], BATCH)
    ]
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return FirthBatch(len(xs), *joined, level)  # type: ignore[call-arg, arg-type]


def _fit(x: Array, y: Array, drop: float, interval: bool) -> tuple[NDArray, ...]:
    m = x.shape[1]
    mean, scale = x.mean(axis=0), x.std(axis=0)
    z, signed = (x - mean) / scale, 2 * y - 1
    if interval:
        ends = endpoints(z, signed, drop, TOLERANCE)
    else:
        nothing, no = np.full((m, 2), np.nan), np.zeros(m, bool)
        ends = Ends(highest_peaks(z, signed), nothing, nothing, no, no)
    peak = ends.peak
    residual = np.abs(ends.residual).max(axis=1)
    verified = residual < TOLERANCE
    slope = peak.b / scale
    return (
        peak.a - slope * mean,
        slope,
        _wald_se(peak, z) / scale,
        erfc(np.sqrt(np.maximum(peak.value - _null_loglik(z, y), 0))),
        np.where(verified, ends.limit[:, 0] / scale, np.nan),
        np.where(verified, ends.limit[:, 1] / scale, np.nan),
        residual,
        verified,
        ends.searched,
        ends.split,
    )


def _null_loglik(z: Array, y: Array) -> Array:
    """The largest penalised log-likelihood without a slope, in closed form: the risk is (k + 1) / (n + 2)."""
    n, k = len(z), y.sum(axis=0)
    risk = (k + 1) / (n + 2)
    # z is centred and scaled, so det(X'WX) = w² n².
    return (k + 1) * np.log(risk) + (n - k + 1) * np.log1p(-risk) + np.log(n)


def _wald_se(peak: Peak, z: Array) -> Array:
    """From the Fisher information at the estimate."""
    e = np.exp(-np.abs(peak.a + peak.b * z))
    w = e / (1 + e) ** 2
    centred = z - (w * z).sum(axis=0) / w.sum(axis=0)
    return 1 / np.sqrt((w * centred**2).sum(axis=0))


def _cohorts(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Both arrays as (n, m), checked, with subjects down and cohorts across."""
    xs, ys = np.atleast_2d(np.asarray(x, float)), np.atleast_2d(np.asarray(y, float))
    if xs.ndim != 2 or ys.ndim != 2 or xs.shape[1] != ys.shape[1]:
        raise ValueError(
            "Covariate and outcome must have one row per cohort and one column per child; "
            f"you gave shapes {np.shape(x)} and {np.shape(y)}."
        )
    if 1 not in (len(xs), len(ys)) and len(xs) != len(ys):
        raise ValueError(
            f"There are {len(xs)} rows of covariates and {len(ys)} rows of outcomes; give one each."
        )
    if xs.size == 0 or xs.shape[1] < 3:
        raise ValueError("A slope and an intercept need at least one cohort with three children or more.")
    if not np.isfinite(xs).all():
        raise ValueError("Some covariate values are missing or infinite; leave those children out first.")
    if not np.isin(ys, (0, 1)).all():
        raise ValueError("An outcome is 1 (it happened) or 0 (it did not); the outcomes hold other values.")
    constant = np.nonzero(np.ptp(xs, axis=1) <= 1e-12 * np.abs(xs).max(axis=1))[0]
    if constant.size:
        raise ValueError(
            f"In cohort {constant[0]} (counting from 0; {constant.size} of {len(xs)} in all) every child has the "
            "same covariate value, so no slope can be estimated. Remove these cohorts."
        )
    events = ys.sum(axis=1)
    one_class = np.nonzero((events == 0) | (events == ys.shape[1]))[0]
    if one_class.size:
        raise ValueError(
            f"In cohort {one_class[0]} (counting from 0; {one_class.size} of {len(ys)} in all) every child has the "
            "same outcome, so there is nothing to compare. Remove these cohorts."
        )
    m = max(len(xs), len(ys))
    n = xs.shape[1]
    return (
        np.ascontiguousarray(np.broadcast_to(xs, (m, n)).T),
        np.ascontiguousarray(np.broadcast_to(ys, (m, n)).T),
    )
