"""Waiting for the drug is survival that the drug gets credit for: immortal time.

Everyone has the same hazard. Whoever dies while waiting is counted as untreated; whoever is treated has, by
that fact alone, survived the wait. Counting person-time where it was lived removes the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf
from typing import TYPE_CHECKING, Literal

import numpy as np

from jdm_teach.stats.result import number_text, percent_text
from jdm_teach.stats.worlds.simulation import Floats, Simulated, checked_size

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ImmortalTimeWorld", "immortal_time_world"]

Delay = Literal["exponential", "fixed", "uniform", "gamma"]
NODES = 100_000


def _delay(kind: str, mean: float, u: Floats) -> Floats:
    """The delay that a share `u` of the children stays below."""
    if kind == "fixed":
        return np.full_like(u, mean)
    if kind == "uniform":
        return 2 * mean * u
    if kind == "gamma":
        from scipy.special import gammaincinv

        return mean / 2 * gammaincinv(2, u)
    return -mean * np.log1p(-u)


@dataclass(frozen=True, kw_only=True, eq=False)
class ImmortalTimeWorld(Simulated):
    """Deaths by `horizon` and death rates, `(treated, untreated)`, pooled over all worlds.

    `naive` groups by "ever treated" from diagnosis; `landmark_risk` starts the clock at `landmark` among those
    alive and groups by what had happened by then; `rate` is deaths per unit of person-time, each stretch counted
    where it was lived. `expected_*` are exact for the naive risks, closed for the others at hazard ratio 1.
    """

    n: int
    horizon: float
    landmark: float
    ever_treated: float
    expected_ever_treated: float
    naive: tuple[float, float]
    expected_naive: tuple[float, float]
    landmark_risk: tuple[float, float]
    deaths: tuple[int, int]
    person_time: tuple[float, float]
    expected_rate: tuple[float, float]
    death: Floats
    start: Floats
    follow_up: float

    @property
    def rate(self) -> tuple[float, float]:
        """Deaths per unit of person-time, treated and not yet treated."""
        pairs = zip(self.deaths, self.person_time, strict=True)
        first, second = (d / t if t > 0 else np.nan for d, t in pairs)
        return first, second

    def finding(self) -> str:
        (a, b), (r, s) = self.naive, self.rate
        return (
            f"Dead by {self.horizon:g} years from diagnosis: {percent_text(a)} of the ever-treated, {percent_text(b)} of "
            f"the never-treated (exact {percent_text(self.expected_naive[0], 1)} and "
            f"{percent_text(self.expected_naive[1], 1)}). Deaths per year of person-time: {number_text(r)} on treatment, "
            f"{number_text(s)} before or without it (true {number_text(self.expected_rate[0])} and "
            f"{number_text(self.expected_rate[1])})."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        none = (np.nan, np.nan)
        rows = [
            ("naive: ever v never treated, from diagnosis", *self.naive, *self.expected_naive),
            (f"landmark at {self.landmark:g} years", *self.landmark_risk, *none),
            ("deaths per person-year", *self.rate, *self.expected_rate),
        ]
        columns = ["analysis", "treated", "untreated", "exact_treated", "exact_untreated"]
        return self.labelled(pd.DataFrame(rows, columns=columns))

    def frame(self, children: int | None = None) -> pd.DataFrame:
        """The children of the first world: start of treatment (missing if never), end, death, one row each."""
        import pandas as pd

        death, start = self.death[:children], self.start[:children]
        end = np.minimum(death, self.follow_up)
        columns = {
            "child": np.arange(1, death.size + 1),
            "treatment_start": np.where(start < end, start, np.nan),
            "end": end,
            "died": (death <= self.follow_up).astype(int),
        }
        return self.labelled(pd.DataFrame(columns))


def immortal_time_world(
    hazard: float = 0.5,
    mean_delay: float = 1.0,
    delay: Delay = "exponential",
    hazard_ratio: float = 1.0,
    horizon: float = 2.0,
    landmark: float = 0.5,
    follow_up: float = inf,
    n: int = 200,
    worlds: int = 1000,
    seed: int = 7,
) -> ImmortalTimeWorld:
    """What does "ever treated" versus "never treated" show when the hazards are equal?

    `hazard`: deaths per year; `mean_delay` and `delay`: wait for treatment in years ("exponential", "fixed",
    "uniform" on 0 to twice the mean, "gamma" of shape 2); `hazard_ratio`: under treatment (1 = no effect);
    `follow_up`: end of observation, at least `horizon`. Assumes a constant hazard and a delay unrelated to it.
    Raises ValueError for impossible settings. Cost: worlds × n draws; 15 ms at the defaults.
    Source: Suissa 2008, doi:10.1093/aje/kwm324; Lévesque et al. 2010, doi:10.1136/bmj.b5087.

    >>> [round(p, 3) for p in immortal_time_world(worlds=50).expected_naive]
    [0.473, 0.95]
    """
    settings = {"hazard": hazard, "mean delay": mean_delay, "hazard ratio": hazard_ratio, "horizon": horizon}
    for name, value in settings.items():
        if not 0 < value < inf:
            raise ValueError(f"The {name} must be a positive number; got {value}.")
    if delay not in ("exponential", "fixed", "uniform", "gamma"):
        raise ValueError(
            f"The delay is 'exponential', 'fixed', 'uniform' or 'gamma'; {delay!r} is none of them."
        )
    if not 0 <= landmark < horizon <= follow_up:
        raise ValueError(
            f"The landmark comes before the horizon and follow-up lasts at least to it; got landmark {landmark}, "
            f"horizon {horizon}, follow-up {follow_up}."
        )
    worlds, n = checked_size(worlds, n)
    rng = np.random.default_rng(seed)
    start = _delay(delay, mean_delay, rng.random((worlds, n)))
    waiting = rng.exponential(1 / hazard, (worlds, n))
    after = rng.exponential(1 / (hazard * hazard_ratio), (worlds, n))
    death = np.where(waiting < start, waiting, start + after)
    end = np.minimum(death, follow_up)
    treated, died = start < end, death <= follow_up
    early = death < horizon
    alive = death > landmark
    by_then = alive & (start <= landmark)
    u = (np.arange(NODES) + 0.5) / NODES
    d = _delay(delay, mean_delay, u)
    survive_wait = np.exp(-hazard * d)
    p_treated = float((survive_wait * (d < follow_up)).mean())
    left = np.maximum(horizon - d, 0)
    treated_dead = float((survive_wait * -np.expm1(-hazard * hazard_ratio * left)).mean())
    untreated_dead = float(-np.expm1(-hazard * np.minimum(horizon, d)).mean())

    def share(who: np.ndarray, what: np.ndarray) -> float:
        return float(what[who].mean()) if who.any() else np.nan

    return ImmortalTimeWorld(
        seed=seed,
        worlds=worlds,
        assumptions=(
            f"a death rate of {hazard:g} per year",
            f"a hazard ratio of {hazard_ratio:g} under treatment",
            f"a wait of {mean_delay:g} years on average ({delay})",
            f"{n:,} children per world",
            "endless follow-up" if isinf(follow_up) else f"{follow_up:g} years of follow-up",
        ),
        n=n,
        horizon=horizon,
        landmark=landmark,
        ever_treated=float(treated.mean()),
        expected_ever_treated=p_treated,
        naive=(share(treated, early), share(~treated, early)),
        expected_naive=(
            treated_dead / p_treated if p_treated > 0 else np.nan,
            untreated_dead / (1 - p_treated) if p_treated < 1 else np.nan,
        ),
        landmark_risk=(share(by_then, early), share(alive & ~by_then, early)),
        deaths=(int((treated & died).sum()), int((~treated & died).sum())),
        person_time=(float((end - start)[treated].sum()), float(np.minimum(start, end).sum())),
        expected_rate=(hazard * hazard_ratio, hazard),
        death=death[0],
        start=start[0],
        follow_up=follow_up,
    )
