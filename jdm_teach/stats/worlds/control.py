"""Yesterday's patients as the control group: when care improves over the years, every new drug looks good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jdm_teach.stats.result import percent_text
from jdm_teach.stats.worlds.simulation import (
    Floats,
    Ints,
    Simulated,
    checked_count,
    checked_share,
    checked_size,
    expit,
    logit,
)
from jdm_teach.stats.worlds.table_grid import fisher_grid, table_probabilities

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ControlWorld", "control_world"]


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlWorld(Simulated):
    """Differences in the share improving, treated minus control, one value per world and kind of control.

    `found_*` is the share of worlds in which Fisher's test favours the drug (p ≤ 0.05), `expected_found_*` its
    exact value; `expected_*` the exact mean difference; `true_difference` the drug's own effect.
    """

    n_treated: int
    n_control: int
    historical: Floats
    concurrent: Floats
    expected_historical: float
    expected_concurrent: float
    true_difference: float
    found_historical: float
    found_concurrent: float
    expected_found_historical: float
    expected_found_concurrent: float
    year: Floats
    arm: Ints
    improved: Ints

    def finding(self) -> str:
        return (
            f"The drug's own effect is {100 * self.true_difference:+.0f} points. Against {self.n_control} historical "
            f"controls, {self.n_treated} treated children improve {100 * self.historical.mean():+.0f} points more often "
            f"(exact {100 * self.expected_historical:+.1f}), against concurrent controls "
            f"{100 * self.concurrent.mean():+.0f} (exact {100 * self.expected_concurrent:+.1f}); Fisher's test favours the "
            f"drug in {percent_text(self.found_historical, 1)} and {percent_text(self.found_concurrent, 1)} of studies."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        rows = [
            (
                "historical",
                self.historical,
                self.expected_historical,
                self.found_historical,
                self.expected_found_historical,
            ),
            (
                "concurrent",
                self.concurrent,
                self.expected_concurrent,
                self.found_concurrent,
                self.expected_found_concurrent,
            ),
        ]
        listed = [
            (name, d.mean(), *np.quantile(d, [0.025, 0.975]), exact, self.true_difference, found, exact_found)
            for name, d, exact, found, exact_found in rows
        ]
        columns = [
            "control",
            "mean_difference",
            "low",
            "high",
            "exact",
            "truth",
            "favours_drug",
            "exact_favours_drug",
        ]
        return self.labelled(pd.DataFrame(listed, columns=columns))

    def frame(self) -> pd.DataFrame:
        """The children of the first world, one row each, with the year of treatment (0 = the drug arrives)."""
        import pandas as pd

        names = np.array(["historical control", "concurrent control", "treated"])
        return self.labelled(
            pd.DataFrame({"year": self.year, "arm": names[self.arm], "improved": self.improved})
        )


def _mean_chance(base: float, drift: float, years: tuple[float, float], effect: float = 0.0) -> float:
    """The chance of improving, averaged over a stretch of calendar time."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    when = years[0] + (nodes + 1) / 2 * (years[1] - years[0])
    return float((weights / 2) @ expit(base + drift * when + effect))


def _chance_found(grid: Floats, n1: int, n2: int, p1: float, p2: float) -> float:
    """Exact probability of p ≤ 0.05 with the higher share in the first group."""
    better = np.subtract.outer(np.arange(n1 + 1) / n1, np.arange(n2 + 1) / n2) > 0
    return float(table_probabilities(n1, n2, p1, p2)[better & (grid <= 0.05)].sum())


def control_world(
    drift: float = 0.3,
    share_improving: float = 0.5,
    years_before: float = 6.0,
    years_after: float = 3.0,
    odds_ratio: float = 1.0,
    n_treated: int = 9,
    n_control: int = 30,
    worlds: int = 10_000,
    seed: int = 7,
) -> ControlWorld:
    """What does the choice of control group do when results improve over calendar time for every child?

    `drift`: log odds of improving per calendar year; `share_improving`: at year 0 without the drug;
    historical controls come evenly from the `years_before`, treated and concurrent controls from the
    `years_after`; `odds_ratio`: the drug's own effect (1 = none). Raises ValueError for impossible settings.
    Cost: worlds × children draws; 40 ms at the defaults.

    >>> result = control_world(worlds=1000)
    >>> result.true_difference, result.expected_historical > 0.2, round(result.expected_concurrent, 6)
    (0.0, True, 0.0)
    """
    base = logit(checked_share(share_improving, "share improving at year 0", open_ends=True))
    if not (
        np.isfinite(drift)
        and 0 < years_before < np.inf
        and 0 < years_after < np.inf
        and 0 < odds_ratio < np.inf
    ):
        raise ValueError(
            "Drift must be a number; years before and after and the odds ratio must be positive numbers."
        )
    n1, n2 = (
        checked_count(n_treated, "number of treated children"),
        checked_count(n_control, "number of controls"),
    )
    worlds, total = checked_size(worlds, n1 + 2 * n2)
    grid = fisher_grid(n1, n2)
    effect = float(np.log(odds_ratio))
    rng = np.random.default_rng(seed)
    arm = np.repeat([0, 1, 2], [n2, n2, n1])
    year = np.where(arm == 0, -years_before, years_after) * rng.random((worlds, total))
    improved = rng.random((worlds, total)) < expit(base + drift * year + effect * (arm == 2))
    old, now, treated = (improved[:, arm == k].sum(1) for k in range(3))
    before, after = (-years_before, 0.0), (0.0, years_after)
    p_old, p_now = _mean_chance(base, drift, before), _mean_chance(base, drift, after)
    p_treated = _mean_chance(base, drift, after, effect)
    differences = [treated / n1 - control / n2 for control in (old, now)]
    found = [
        float(((grid[treated, control] <= 0.05) & (d > 0)).mean())
        for control, d in zip((old, now), differences, strict=True)
    ]
    return ControlWorld(
        seed=seed,
        worlds=worlds,
        assumptions=(
            f"{np.exp(drift):.2f} times the odds of improving per calendar year for everyone",
            f"{percent_text(share_improving)} improving at year 0 without the drug",
            f"a drug odds ratio of {odds_ratio:g}",
            f"controls from {years_before:g} years before or {years_after:g} years after its arrival",
        ),
        n_treated=n1,
        n_control=n2,
        historical=differences[0],
        concurrent=differences[1],
        expected_historical=p_treated - p_old,
        expected_concurrent=p_treated - p_now,
        true_difference=p_treated - p_now,
        found_historical=found[0],
        found_concurrent=found[1],
        expected_found_historical=_chance_found(grid, n1, n2, p_treated, p_old),
        expected_found_concurrent=_chance_found(grid, n1, n2, p_treated, p_now),
        year=year[0],
        arm=arm,
        improved=improved[0].astype(np.int64),
    )
