"""Learning from earlier patients: at a fixed discount, or only as far as they resemble the new ones.

Exact, by conjugate updating. How much the earlier patients count is an assumption, printed with every answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from jdm_teach.stats.result import Interval, Result, percent_text
from jdm_teach.stats.worlds.beta import (
    central_interval,
    checked_counts,
    checked_prior,
    log_beta_binomial,
    mixture_interval,
)
from jdm_teach.stats.worlds.simulation import checked_share

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PowerPrior", "RobustMixture", "power_prior", "robust_mixture"]


@dataclass(frozen=True)
class PowerPrior(Result):
    """Old data at a discount: each old patient counts as `a0` of a patient. Posterior Beta(a, b).

    `log_marginal` is the log probability of the new count under the discounted old data: low values say that old
    and new disagree.
    """

    x: int
    n: int
    x_hist: int
    n_hist: int
    a0: float
    a: float
    b: float
    mean: float
    interval: Interval
    log_marginal: float

    def sentence(self) -> str:
        return (
            f"{self.x} of {self.n} now and {self.x_hist} of {self.n_hist} before, each old patient counted as "
            f"{self.a0:g}: the proportion is {percent_text(self.mean)} ({self.interval.text(0, percent=True)}). The "
            f"discount is an assumption; so many or so few events as now had probability "
            f"{percent_text(exp(self.log_marginal), 1)} before they were seen."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        row = {"x": self.x, "n": self.n, "x_hist": self.x_hist, "n_hist": self.n_hist, "a0": self.a0}
        found = {"mean": self.mean, "low": self.interval.low, "high": self.interval.high}
        return pd.DataFrame([row | found | {"log_marginal": self.log_marginal}])


def power_prior(
    x: int,
    n: int,
    x_hist: int,
    n_hist: int,
    a0: float,
    prior_a: float = 1.0,
    prior_b: float = 1.0,
    level: float = 0.95,
) -> PowerPrior:
    """What do new and old patients say together when an old one counts as `a0` of a new one (0 to 1)?

    Fixed discount. Raises ValueError for impossible counts, priors or a0. Cost: under a millisecond.
    Source: Ibrahim & Chen 2000, doi:10.1214/ss/1009212673.

    >>> round(power_prior(2, 7, 5, 20, 0.3).mean, 6)
    0.3
    """
    (x, n), (xh, nh) = checked_counts(x, n), checked_counts(x_hist, n_hist, "earlier patients")
    a0 = checked_share(a0, "weight of an earlier patient")
    checked_share(level, "level", open_ends=True)
    pa, pb = checked_prior(prior_a, prior_b)
    old = pa + a0 * xh, pb + a0 * (nh - xh)
    a, b = old[0] + x, old[1] + n - x
    return PowerPrior(
        x,
        n,
        xh,
        nh,
        a0,
        a,
        b,
        a / (a + b),
        Interval(*central_interval(a, b, level), level, "credible, equal tails"),
        float(log_beta_binomial(np.array(x), n, *old)),
    )


@dataclass(frozen=True)
class RobustMixture(Result):
    """Old data that may not apply: a mixture of "like the old patients" and "unlike them".

    `weight` is the probability that the old patients apply before, `weight_after` after seeing the new ones.
    """

    x: int
    n: int
    x_hist: int
    n_hist: int
    weight: float
    weight_after: float
    mean: float
    interval: Interval

    def sentence(self) -> str:
        return (
            f"{self.x} of {self.n} now, {self.x_hist} of {self.n_hist} before: the chance that the earlier patients apply "
            f"went from {percent_text(self.weight)} (assumed) to {percent_text(self.weight_after, 1)}, and the proportion "
            f"is {percent_text(self.mean)} ({self.interval.text(0, percent=True)})."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        row = {"x": self.x, "n": self.n, "x_hist": self.x_hist, "n_hist": self.n_hist, "weight": self.weight}
        found = {"weight_after": self.weight_after, "mean": self.mean}
        return pd.DataFrame([row | found | {"low": self.interval.low, "high": self.interval.high}])


def robust_mixture(
    x: int,
    n: int,
    x_hist: int,
    n_hist: int,
    weight: float = 0.5,
    prior_a: float = 1.0,
    prior_b: float = 1.0,
    level: float = 0.95,
) -> RobustMixture:
    """What do new patients say when the old ones may, or may not, be like them?

    With probability `weight` the old patients count in full, otherwise only the vague Beta(prior_a, prior_b)
    holds; the new data move that probability. Raises ValueError for impossible counts, priors or weight.
    Cost: about a millisecond. Source: Schmidli et al. 2014, doi:10.1111/biom.12242.

    >>> robust_mixture(8, 9, 2, 20).weight_after < 0.05
    True
    """
    (x, n), (xh, nh) = checked_counts(x, n), checked_counts(x_hist, n_hist, "earlier patients")
    weight = checked_share(weight, "probability that the earlier patients apply")
    checked_share(level, "level", open_ends=True)
    vague = checked_prior(prior_a, prior_b)
    informed = vague[0] + xh, vague[1] + nh - xh
    told = [float(log_beta_binomial(np.array(x), n, *prior)) for prior in (informed, vague)]
    odds = [w * exp(t - max(told)) for w, t in zip((weight, 1 - weight), told, strict=True)]
    after = odds[0] / sum(odds)
    parts = [(a + x, b + n - x) for a, b in (informed, vague)]
    mean = sum(w * a / (a + b) for w, (a, b) in zip((after, 1 - after), parts, strict=True))
    limits = Interval(*mixture_interval((after, 1 - after), parts, level), level, "credible, equal tails")
    return RobustMixture(x, n, xh, nh, weight, after, mean, limits)
