"""A share of few people: estimate, interval and n together.

Seven intervals for x events among n people, each by its definition, without approximation beyond what the
method itself is. They differ visibly at n = 9, which is the point of showing them side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import logit

from jdm_teach.stats.binomial_limits import (
    METHODS,
    PRIOR_WEIGHT,
    checked_count,
    checked_level,
    limits,
    method_name,
    single_limits,
)
from jdm_teach.stats.exponential_family import binomial_count
from jdm_teach.stats.result import Interval, Result, p_text, percent_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "METHODS",
    "BinomialTest",
    "Proportion",
    "ProportionTable",
    "RuleOfThree",
    "all_intervals",
    "binomial_test",
    "limits",
    "proportion",
    "rule_of_three",
]


@dataclass(frozen=True)
class Proportion(Result):
    """x events among n people, with an interval. `posterior_mean` is set for the two Bayesian methods."""

    events: int
    n: int
    interval: Interval
    posterior_mean: float | None = None

    @property
    def estimate(self) -> float:
        return self.events / self.n

    def sentence(self) -> str:
        low, high = self.interval.low, self.interval.high
        # Whole per cents read best; one decimal keeps 0.4% from becoming 0% and 99.6% from becoming 100%.
        digits = 1 if 0 < low < 0.01 or 0.99 < high < 1 else 0
        text = (
            f"{self.events} of {self.n} ({percent_text(self.estimate)}, {self.interval.text(digits, True)})"
        )
        return text.replace(" CI ", " credible interval ") if self.posterior_mean is not None else text

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame([_row(self)])


@dataclass(frozen=True)
class ProportionTable(Result):
    """The same x and n under every method."""

    rows: tuple[Proportion, ...]

    def sentence(self) -> str:
        first = self.rows[0]
        shown = "; ".join(
            f"{r.interval.method} {100 * r.interval.low:.1f}–{100 * r.interval.high:.1f}%" for r in self.rows
        )
        level = f"{100 * first.interval.level:g}%"
        return f"{first.events} of {first.n} ({percent_text(first.estimate)}); {level} intervals: {shown}."

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame([_row(r) for r in self.rows])


@dataclass(frozen=True)
class RuleOfThree(Result):
    """How large a risk can hide behind no event among n people."""

    n: int
    rule: float
    exact: float
    level: float = 0.95

    def sentence(self) -> str:
        return (
            f"No event among {self.n}: the risk can still be as high as {percent_text(self.exact)} "
            f"(exact one-sided {100 * self.level:g}% limit; the quick rule 3/n gives {percent_text(self.rule)})."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(
            [{"n": self.n, "3/n": self.rule, "exact upper limit": self.exact, "level": self.level}]
        )


@dataclass(frozen=True)
class BinomialTest(Result):
    """Exact tests of one share against a stated one; `p` adds up every count no likelier than the observed."""

    events: int
    n: int
    null: float
    p: float
    p_less: float
    p_greater: float

    def sentence(self) -> str:
        return (
            f"{self.events} of {self.n} against an expected {percent_text(self.null)}: {p_text(self.p)} "
            "(exact, two-sided, minimum likelihood)."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        keys = ("events", "n", "null", "p", "p_less", "p_greater")
        return pd.DataFrame([{k: getattr(self, k) for k in keys}])


def _row(result: Proportion) -> dict[str, Any]:
    interval = result.interval
    return {
        "events": result.events,
        "n": result.n,
        "estimate": result.estimate,
        "low": interval.low,
        "high": interval.high,
        "level": interval.level,
        "method": interval.method,
    }


def proportion(x: int, n: int, method: str = "exact", level: float = 0.95) -> Proportion:
    """Which risks are compatible with x events among n people?

    Assumes n independent people with one common risk. Methods:

    * `exact`: Clopper–Pearson, doi:10.1093/biomet/26.4.404; never covers less than it says.
    * `mid-p`: the same with half the chance of the observed count; covers `level` on average.
    * `blaker`: doi:10.2307/3315916; exact and never wider than Clopper–Pearson.
    * `minimum-likelihood`: exact, from the test that adds up every count no likelier than the observed one.
    * `wilson`: score interval, doi:10.1080/01621459.1927.10502953.
    * `jeffreys`, `uniform`: equal-tailed posterior intervals under a Beta(½, ½) or Beta(1, 1) prior, with no
      correction at 0 of n or n of n, where they leave out the observed share itself.

    Blaker's and the minimum-likelihood test can accept a set of risks with gaps; the interval spans them all.
    Raises ValueError when the counts, level or method are impossible. Costs as `limits`.

    >>> print(proportion(3, 9))
    3 of 9 (33%, 95% CI 7–70%, exact)
    """
    alpha, name = checked_level(level), method_name(method)
    x, n = checked_count(x, n)
    low, high = single_limits(x, n, name, alpha)
    weight = PRIOR_WEIGHT.get(name)
    mean = None if weight is None else (x + weight) / (n + 2 * weight)
    return Proportion(x, n, Interval(low, high, level, METHODS[name]), mean)


def all_intervals(x: int, n: int, level: float = 0.95) -> ProportionTable:
    """How much does the choice of method matter? Every method for one x and n. Costs about 1 ms at n = 9.

    >>> len(all_intervals(3, 9).rows)
    7
    """
    return ProportionTable(tuple(proportion(x, n, method, level) for method in METHODS))


def rule_of_three(n: int, level: float = 0.95) -> RuleOfThree:
    """No event among n people: how large can the risk still be?

    Gives 3/n (doi:10.1001/jama.1983.03330370053031), capped at 1, beside the exact one-sided limit
    1 − (1 − level)^(1/n). Raises ValueError unless n is a positive whole number. Constant cost.

    >>> print(rule_of_three(9))
    No event among 9: the risk can still be as high as 28% (exact one-sided 95% limit; the quick rule 3/n gives 33%).
    """
    alpha = checked_level(level)
    _, n = checked_count(0, n)
    return RuleOfThree(n, min(1.0, 3 / n), float(-np.expm1(np.log(alpha) / n)), level)


def binomial_test(x: int, n: int, null: float = 0.5) -> BinomialTest:
    """Would x events among n surprise someone who expected the share `null`?

    Exact; the two-sided p adds the chance of every count no likelier than the observed one (relative tie tolerance
    1e-7). Raises ValueError for impossible counts or a null outside 0 to 1. One pass over n + 1 counts.

    >>> round(binomial_test(3, 11, 0.5).p, 7)
    0.2265625
    """
    x, n = checked_count(x, n)
    if not 0 <= null <= 1:
        raise ValueError(f"The expected share lies between 0 and 1; got {null}.")
    if null in (0, 1):
        certain = n if null == 1 else 0
        return BinomialTest(x, n, null, float(x == certain), float(x >= certain), float(x <= certain))
    count, beta = binomial_count(n), float(logit(null))
    p = count.p_minimum_likelihood(x, beta)
    return BinomialTest(x, n, null, p, count.lower_tail(x, beta), count.upper_tail(x, beta))
