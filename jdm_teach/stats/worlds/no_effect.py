"""A world in which the drug does nothing, and most children improve all the same.

A noisy activity score is high for two reasons: the disease is active, and the moment was a bad one. Children
who start when the score is above an entry threshold are chosen partly for the bad moment, and it passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from jdm_teach.stats.result import Interval, number_text, percent_text
from jdm_teach.stats.worlds.simulation import (
    Floats,
    Ints,
    Simulated,
    binomial_probabilities,
    checked_share,
    checked_size,
    share_interval,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NoEffectWorld", "improving_share", "no_effect_world"]


def improving_share(reliability: float, entry: float, minimum_change: float = 0.0) -> float:
    """The exact share of untreated children whose second score is lower, by more than `minimum_change`.

    Scores have mean 0 and SD 1; `reliability` is the correlation of two measurements; only children whose first
    score exceeds `entry` (in SD) take part. One numerical integral; raises ValueError for a reliability outside
    0…1. Source of the idea: Barnett et al. 2005, doi:10.1093/ije/dyh299.

    >>> round(improving_share(0.5, 1.0), 3)
    0.803
    """
    from scipy.integrate import quad
    from scipy.special import ndtr, ndtri

    r = checked_share(reliability, "reliability")
    if r == 1:
        return 0.0 if minimum_change >= 0 else 1.0
    above = float(ndtr(-entry))
    value, _ = quad(
        lambda u: ndtr(((1 - r) * -ndtri(u * above) - minimum_change) / sqrt(1 - r * r)), 0, 1, epsabs=1e-12
    )
    return float(value)


@dataclass(frozen=True, kw_only=True, eq=False)
class NoEffectWorld(Simulated):
    """How many of `n` children improve without any drug effect.

    `counts[k]` is the number of worlds in which k children improved, `expected_counts[k]` the exact probability
    of k. `share` with `interval` is simulated (the interval is simulation error only), `expected_share` exact.
    """

    n: int
    share: float
    interval: Interval
    expected_share: float
    counts: Ints
    expected_counts: Floats
    mean_fall: float
    expected_fall: float
    first: Floats
    second: Floats
    steady: Floats
    minimum_change: float

    def finding(self) -> str:
        low, high = np.searchsorted(np.cumsum(self.expected_counts), [0.025, 0.975])
        return (
            f"With no drug effect at all, {percent_text(self.share)} of the children improved "
            f"(exact value {percent_text(self.expected_share, 1)}): typically {low} to {high} of {self.n}. "
            f"The score fell by {number_text(self.mean_fall)} SD on average."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        columns = {"improved": np.arange(self.n + 1), "share_of_worlds": self.counts / self.worlds}
        return self.labelled(pd.DataFrame(columns | {"exact": self.expected_counts}))

    def frame(self, worlds: int = 1) -> pd.DataFrame:
        """The children of the first `worlds` worlds, one row each."""
        import pandas as pd

        first, second, steady = (x[:worlds] for x in (self.first, self.second, self.steady))
        columns = {
            "world": np.repeat(np.arange(len(first)), self.n),
            "child": np.tile(np.arange(1, self.n + 1), len(first)),
            "usual_level": steady.ravel(),
            "score_before": first.ravel(),
            "score_after": second.ravel(),
            "improved": (second < first - self.minimum_change).ravel(),
        }
        return self.labelled(pd.DataFrame(columns))


def no_effect_world(
    reliability: float = 0.5,
    entry: float = 1.0,
    n: int = 9,
    worlds: int = 10_000,
    seed: int = 7,
    minimum_change: float = 0.0,
) -> NoEffectWorld:
    """How many of nine improve when the drug does nothing and treatment starts at a bad moment?

    `reliability`: correlation of two measurements of the same child (1 = no noise); `entry`: threshold of the
    first score in SD above the mean; `minimum_change`: the fall in SD that counts as improvement. Assumes
    normal scores, a steady usual level, independent children. Raises ValueError for impossible settings.
    Cost: 2 × worlds × n normal draws, about 10 ms for 10,000 × 9.

    >>> result = no_effect_world(worlds=2000)
    >>> result.counts.sum() == 2000, abs(result.share - result.expected_share) < 0.02
    (np.True_, True)
    """
    from scipy.special import ndtr, ndtri

    r = checked_share(reliability, "reliability")
    if not np.isfinite(entry) or entry > 8:
        raise ValueError(f"The entry threshold is in SD above the mean, at most 8; got {entry}.")
    worlds, n = checked_size(worlds, n)
    rng = np.random.default_rng(seed)
    above = float(ndtr(-entry))
    first = -ndtri((1 - rng.random((worlds, n))) * above)
    steady = r * first + sqrt(r * (1 - r)) * rng.standard_normal((worlds, n))
    second = steady + sqrt(1 - r) * rng.standard_normal((worlds, n))
    improved = (second < first - minimum_change).sum(1)
    exact = improving_share(r, entry, minimum_change)
    density = float(np.exp(-entry * entry / 2) / np.sqrt(2 * np.pi))
    change = "any fall" if minimum_change == 0 else f"a fall of more than {minimum_change:g} SD"
    return NoEffectWorld(
        seed=seed,
        worlds=worlds,
        assumptions=(
            f"a score with reliability {r:g}",
            f"entry at {entry:g} SD above the mean",
            f"{change} counts as improvement",
            "no effect of any treatment",
        ),
        n=n,
        share=float(improved.mean() / n),
        interval=share_interval(float(improved.sum()), worlds * n),
        expected_share=exact,
        counts=np.bincount(improved, minlength=n + 1),
        expected_counts=binomial_probabilities(n, exact),
        mean_fall=float((first - second).mean()),
        expected_fall=(1 - r) * density / above,
        first=first,
        second=second,
        steady=steady,
        minimum_change=minimum_change,
    )
