"""A prior, nine patients, and what the two say together: one proportion, or two compared.

All exact, by conjugate updating and one-dimensional integrals. The prior is an assumption; it is printed with
every answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jdm_teach.stats.result import Interval, Result, percent_text
from jdm_teach.stats.worlds.beta import (
    beta_difference,
    beta_exceeds,
    beta_mean_sd,
    central_interval,
    checked_counts,
    checked_prior,
    highest_density,
    log_beta_binomial,
)
from jdm_teach.stats.worlds.simulation import Floats, checked_count, checked_share

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BetaBinomial",
    "GroupComparison",
    "beta_binomial",
    "compare_groups",
]


@dataclass(frozen=True, eq=False)
class BetaBinomial(Result):
    """What is known about a proportion after x of n: the posterior Beta(a, b).

    `interval` is equal-tailed, `hpd` the shortest; `above_half` the probability that the proportion exceeds one
    half; `predictive[k]` the probability of k events in the next `len(predictive) − 1` patients.
    """

    x: int
    n: int
    prior: tuple[float, float]
    a: float
    b: float
    mean: float
    sd: float
    interval: Interval
    hpd: Interval
    above_half: float
    predictive: Floats

    def sentence(self) -> str:
        more = len(self.predictive) - 1
        likely = int(self.predictive.argmax())
        return (
            f"{self.x} of {self.n}, starting from Beta({self.prior[0]:g}, {self.prior[1]:g}): the proportion is "
            f"{percent_text(self.mean)} ({self.interval.text(0, percent=True)}); of the next {more} patients, {likely} is "
            f"the likeliest count ({percent_text(self.predictive[likely])})."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        row = {
            "x": self.x,
            "n": self.n,
            "mean": self.mean,
            "low": self.interval.low,
            "high": self.interval.high,
        }
        more = {"shortest_low": self.hpd.low, "shortest_high": self.hpd.high, "above_half": self.above_half}
        return pd.DataFrame([row | more | {"prior_a": self.prior[0], "prior_b": self.prior[1]}])


def beta_binomial(
    x: int, n: int, prior_a: float = 1.0, prior_b: float = 1.0, level: float = 0.95, next_n: int = 9
) -> BetaBinomial:
    """What do x events in n patients say about the proportion, and about the next patients?

    `prior_a`, `prior_b`: the prior in "events" and "non-events" (1, 1 uniform; ½, ½ Jeffreys). Raises ValueError
    for impossible counts or priors. Cost: under a millisecond.

    >>> result = beta_binomial(2, 7)
    >>> round(result.mean, 4), round(result.above_half, 4)
    (0.3333, 0.1445)
    """
    x, n = checked_counts(x, n)
    prior = checked_prior(prior_a, prior_b)
    checked_share(level, "level", open_ends=True)
    from scipy.special import betainc

    a, b = prior[0] + x, prior[1] + n - x
    k = np.arange(checked_count(next_n, "number of next patients") + 1)
    mean, sd = beta_mean_sd(a, b)
    return BetaBinomial(
        x=x,
        n=n,
        prior=prior,
        a=a,
        b=b,
        mean=mean,
        sd=sd,
        interval=Interval(*central_interval(a, b, level), level, "credible, equal tails"),
        hpd=Interval(*highest_density(a, b, level), level, "credible, shortest"),
        above_half=float(betainc(b, a, 0.5)),
        predictive=np.exp(log_beta_binomial(k, next_n, a, b)),
    )


@dataclass(frozen=True)
class GroupComparison(Result):
    """The probability that the first proportion exceeds the second, and their difference with its interval."""

    x: tuple[int, int]
    n: tuple[int, int]
    prior: tuple[float, float]
    probability: float
    difference: float
    interval: Interval

    def sentence(self) -> str:
        (x1, x2), (n1, n2) = self.x, self.n
        return (
            f"{x1} of {n1} against {x2} of {n2}, each starting from Beta({self.prior[0]:g}, {self.prior[1]:g}): the first "
            f"proportion is the larger with probability {percent_text(self.probability)}; difference "
            f"{100 * self.difference:+.0f} points ({100 * self.interval.level:g}% credible interval "
            f"{100 * self.interval.low:+.0f} to {100 * self.interval.high:+.0f})."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        row = {"x1": self.x[0], "n1": self.n[0], "x2": self.x[1], "n2": self.n[1]}
        found = {"probability_first_larger": self.probability, "difference": self.difference}
        return pd.DataFrame([row | found | {"low": self.interval.low, "high": self.interval.high}])


def compare_groups(
    x1: int, n1: int, x2: int, n2: int, prior_a: float = 1.0, prior_b: float = 1.0, level: float = 0.95
) -> GroupComparison:
    """How probable is it that the first group's proportion is the larger one?

    Independent proportions with the same beta prior. Raises ValueError for impossible counts or priors. Cost:
    some fifty one-dimensional integrals, 20 ms.

    >>> round(compare_groups(2, 4, 1, 3).probability, 4)
    0.6429
    """
    (x1, n1), (x2, n2) = (
        checked_counts(x1, n1, "patients in the first group"),
        checked_counts(x2, n2, "patients in the second group"),
    )
    prior = checked_prior(prior_a, prior_b)
    checked_share(level, "level", open_ends=True)
    if min(prior) < 0.1:
        raise ValueError(
            f"To compare groups, give prior numbers of at least 0.1; got {prior[0]:g} and {prior[1]:g}."
        )
    first, second = ((prior[0] + x, prior[1] + n - x) for x, n in ((x1, n1), (x2, n2)))
    low, high = beta_difference(first, second, level)
    difference = beta_mean_sd(*first)[0] - beta_mean_sd(*second)[0]
    limits = Interval(low, high, level, "credible, equal tails")
    return GroupComparison((x1, x2), (n1, n2), prior, beta_exceeds(first, second), difference, limits)
