"""One hazard ratio between two groups (Cox), with the cases where there is none to estimate named first.

For two groups every form of the partial likelihood is a product of terms
`e^(beta·d1) / sum_k w_k e^(k·beta)`, so one small routine serves Efron, Breslow and the exact treatment of ties.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, exp, inf, isinf, log, nan, sqrt
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from jdm_teach.stats.follow_up import Floats, RiskSets, checked_level, counted, risk_sets
from jdm_teach.stats.result import Interval, Result, number_text, p_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ProportionalHazards", "proportional_hazards"]

FAR = 40.0  # a log hazard ratio at which every probability is 0 or 1 to the last digit


@dataclass(frozen=True)
class ProportionalHazards(Result):
    """Log hazard ratio, second group against first, with its profile-likelihood interval.

    `coef` is plus or minus infinity when the likelihood only ever grows (monotone): no finite estimate exists,
    and `se` is NaN. One limit of `interval` (on the hazard ratio) is then infinite or 0, the other is finite.
    """

    labels: tuple[Any, Any]
    n: tuple[int, int]
    events: tuple[int, int]
    coef: float
    se: float
    interval: Interval
    loglik: tuple[float, float]
    p_lrt: float
    p_score: float
    ties: str

    @property
    def hazard_ratio(self) -> float:
        return nan if np.isnan(self.coef) else inf if self.coef == inf else exp(self.coef)

    @property
    def monotone(self) -> bool:
        """Whether the likelihood has no highest point, so that no finite estimate exists."""
        return isinf(self.coef)

    def sentence(self) -> str:
        (a, b), (n1, n2), (d1, d2) = self.labels, self.n, self.events
        groups = f"group {b} ({counted(d2, 'event')}, n = {n2}) against group {a} ({counted(d1, 'event')}, n = {n1})"
        if np.isnan(self.coef):
            return f"These data hold no information on the hazard ratio of {groups}: no event can tell them apart."
        if self.monotone:
            return (
                f"No finite hazard ratio exists for {groups}: the likelihood is monotone, because every event fell "
                f"as far to one side as it could. What can be said: {self.interval.text()}; likelihood-ratio test "
                f"{p_text(self.p_lrt)}."
            )
        return (
            f"Hazard ratio {number_text(self.hazard_ratio)} ({self.interval.text()}) for {groups}; "
            f"likelihood-ratio test {p_text(self.p_lrt)}."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        row = {"hazard_ratio": self.hazard_ratio, "low": self.interval.low, "high": self.interval.high}
        tests = {"coef": self.coef, "se": self.se, "p_lrt": self.p_lrt, "p_score": self.p_score}
        return pd.DataFrame([row | tests | {"n": sum(self.n), "events": sum(self.events)}])


def _terms(sets: RiskSets, ties: str) -> Floats:
    """Log weights w_k, one row per factor of the partial likelihood; minus infinity where k is impossible."""
    rows: list[list[float]] = []
    for (n0, n1), (d0, d1) in zip(sets.at_risk.tolist(), sets.events.tolist(), strict=True):
        d = d0 + d1
        if ties == "exact":
            rows.append([float(comb(n0, d - k) * comb(n1, k)) for k in range(d + 1)])
        else:
            share = [step / d if ties == "efron" else 0.0 for step in range(d)]
            rows.extend([n0 - f * d0, n1 - f * d1] for f in share)
    width = max(map(len, rows), default=1)
    with np.errstate(divide="ignore"):
        return np.log(np.array([r + [0.0] * (width - len(r)) for r in rows]).reshape(len(rows), width))


def proportional_hazards(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    ties: Literal["efron", "breslow", "exact"] = "efron",
    level: float = 0.95,
) -> ProportionalHazards:
    """By what factor do two groups differ in the rate of the event, if that factor is constant over time?

    The interval is by profile likelihood, so it exists (open on one side) even when no finite estimate does;
    such a monotone likelihood is named, not fitted. Raises ValueError for unusable input or other than two
    groups. Cost: a few dozen evaluations of `events` terms.
    Source: Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x; Efron 1977, doi:10.1080/01621459.1977.10480613.

    >>> fit = proportional_hazards([2, 2, 4, 4, 6, 6], [1, 1, 1, 0, 1, 0], [1, 0, 1, 0, 1, 0])
    >>> round(fit.coef, 6), fit.monotone
    (1.098612, False)
    """
    if ties not in ("efron", "breslow", "exact"):
        raise ValueError(f"Choose ties 'efron', 'breslow' or 'exact'; {ties!r} is not one of them.")
    from scipy.optimize import brentq
    from scipy.special import chdtrc, chdtri, logsumexp, softmax

    level = checked_level(level)
    sets = risk_sets(time, event, group)
    logw = _terms(sets, ties)
    k = np.arange(logw.shape[1])
    d0, d1 = (int(x) for x in sets.events.sum(0)) if sets.time.size else (0, 0)

    def loglik(beta: float) -> float:
        return float(beta * d1 - logsumexp(logw + k * beta, axis=1).sum()) if logw.size else 0.0

    def score(beta: float) -> tuple[float, float]:
        share = softmax(logw + k * beta, axis=1)
        mean = share @ k
        return float(d1 - mean.sum()), float((share @ k**2 - mean**2).sum())

    possible = np.isfinite(logw)
    fewest = int(possible.argmax(1).sum()) if logw.size else 0
    most = int((logw.shape[1] - 1 - possible[:, ::-1].argmax(1)).sum()) if logw.size else 0
    at_zero = loglik(0.0)
    if fewest == most:
        flat = Interval(0.0, inf, level, "profile likelihood")
        ends = (at_zero, at_zero)
        return ProportionalHazards(sets.labels, sets.n, (d0, d1), nan, nan, flat, ends, 1.0, 1.0, ties)
    if d1 in (fewest, most):
        coef, se, top = (inf if d1 == most else -inf), nan, loglik(FAR if d1 == most else -FAR)
    else:
        coef = float(brentq(lambda b: score(b)[0], -FAR, FAR, xtol=1e-13))
        se, top = 1 / sqrt(score(coef)[1]), loglik(coef)
    drop = float(chdtri(1, 1 - level)) / 2

    def short(beta: float) -> float:
        return top - loglik(beta) - drop

    low = 0.0 if coef == -inf else exp(brentq(short, -FAR - log(2), min(coef, FAR), xtol=1e-12))
    high = inf if coef == inf else exp(brentq(short, max(coef, -FAR), FAR + log(2), xtol=1e-12))
    u, information = score(0.0)
    return ProportionalHazards(
        labels=sets.labels,
        n=sets.n,
        events=(d0, d1),
        coef=coef,
        se=se,
        interval=Interval(low, high, level, "profile likelihood"),
        loglik=(at_zero, top),
        p_lrt=float(chdtrc(1, max(2 * (top - at_zero), 0.0))),
        p_score=float(chdtrc(1, u * u / information)),
        ties=ties,
    )
