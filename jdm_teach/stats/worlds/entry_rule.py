"""Only those treated for at least three months are counted: who is missing?

Deaths, stops and switches in the first months never enter the series. If some children are frailer than
others, the rule also leaves a hardier group behind. Nothing about the drug is needed for either.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from jdm_teach.stats.result import Interval, percent_text
from jdm_teach.stats.worlds.simulation import Floats, Simulated, checked_size, share_interval

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EntryRuleWorld", "entry_rule_world"]


@dataclass(frozen=True, kw_only=True, eq=False)
class EntryRuleWorld(Simulated):
    """Survival to `horizon` months among all who started and among those the rule counts; shares of starters.

    `expected_*` are exact. Intervals speak of simulation error only.
    """

    n: int
    minimum: float
    horizon: float
    counted: float
    expected_counted: float
    died_early: float
    stopped_early: float
    survival_started: float
    survival_counted: float
    interval_counted: Interval
    expected_started: float
    expected_survival_counted: float
    death: Floats
    stop: Floats

    def finding(self) -> str:
        return (
            f"Of the children who started, {percent_text(self.counted)} are counted when {self.minimum:g} months of "
            f"treatment are required ({percent_text(self.died_early)} died and {percent_text(self.stopped_early)} "
            f"stopped before). Alive at {self.horizon:g} months: {percent_text(self.survival_counted)} of those counted, "
            f"{percent_text(self.survival_started)} of those who started (exact "
            f"{percent_text(self.expected_survival_counted, 1)} and {percent_text(self.expected_started, 1)})."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        rows = [
            ("all who started", 1.0, self.survival_started, self.expected_started),
            ("counted by the rule", self.counted, self.survival_counted, self.expected_survival_counted),
        ]
        return self.labelled(
            pd.DataFrame(rows, columns=["group", "share_of_starters", "alive", "exact_alive"])
        )

    def frame(self) -> pd.DataFrame:
        """The children of the first world: months to death and to stopping, and whether the rule counts them."""
        import pandas as pd

        counted = np.minimum(self.death, self.stop) > self.minimum
        columns = {
            "child": np.arange(1, self.n + 1),
            "months_to_death": self.death,
            "months_to_stop": self.stop,
        }
        alive = (self.death > self.horizon).astype(int)
        return self.labelled(
            pd.DataFrame(columns | {"counted": counted.astype(int), "alive_at_horizon": alive})
        )


def entry_rule_world(
    minimum: float = 3.0,
    death_rate: float = 0.05,
    stop_rate: float = 0.05,
    frailty: float = 1.0,
    horizon: float = 12.0,
    n: int = 30,
    worlds: int = 2000,
    seed: int = 7,
) -> EntryRuleWorld:
    """How much better does a series look when only those treated for `minimum` months are counted?

    `death_rate` and `stop_rate`: per month for the average child; `frailty`: variance between children of a
    factor (gamma, mean 1) that multiplies both rates (0 = all alike); `horizon`: months at which survival is
    told. The drug has no effect on anything. Raises ValueError for impossible settings. Cost: worlds × n draws.

    >>> result = entry_rule_world(worlds=200)
    >>> result.expected_survival_counted > result.expected_started
    True
    """
    if not 0 <= minimum <= horizon < inf:
        raise ValueError(
            f"The minimum treatment must lie between 0 and the horizon; got {minimum} and {horizon}."
        )
    if min(death_rate, stop_rate, frailty) < 0 or max(death_rate, stop_rate, frailty) == inf:
        raise ValueError("Death rate, stop rate and frailty must be numbers of at least 0.")
    worlds, n = checked_size(worlds, n)
    rng = np.random.default_rng(seed)
    z = rng.gamma(1 / frailty, frailty, (worlds, n)) if frailty > 0 else np.ones((worlds, n))
    with np.errstate(divide="ignore"):
        death = rng.standard_exponential((worlds, n)) / (z * death_rate)
        stop = rng.standard_exponential((worlds, n)) / (z * stop_rate)

    def free_of(hazard: float) -> float:
        """The share without an event after this much cumulative hazard of the average child."""
        return float(np.exp(-hazard) if frailty == 0 else (1 + frailty * hazard) ** (-1 / frailty))

    first = np.minimum(death, stop)
    counted = first > minimum
    alive = death > horizon
    kept = int(counted.sum())
    expected_counted = free_of((death_rate + stop_rate) * minimum)
    both = free_of(death_rate * horizon + stop_rate * minimum)
    survivors = int((counted & alive).sum())
    return EntryRuleWorld(
        seed=seed,
        worlds=worlds,
        assumptions=(
            f"{100 * death_rate:g}% deaths and {100 * stop_rate:g}% stops per month for the average child",
            f"frailty variance {frailty:g}",
            f"{n} starters per world",
            "no effect of the drug",
        ),
        n=n,
        minimum=minimum,
        horizon=horizon,
        counted=kept / counted.size,
        expected_counted=expected_counted,
        died_early=float(((first <= minimum) & (death <= stop)).mean()),
        stopped_early=float(((first <= minimum) & (stop < death)).mean()),
        survival_started=float(alive.mean()),
        survival_counted=survivors / kept if kept else np.nan,
        interval_counted=share_interval(survivors, max(kept, 1)),
        expected_started=free_of(death_rate * horizon),
        expected_survival_counted=both / expected_counted,
        death=death[0],
        stop=stop[0],
    )
