"""What an ensemble of simulated cohorts shows: one statistic of one variable at a time, never a child.

A simulated row is not one of the nine. So an ensemble is summarised as distributions (of the median, the
youngest, the oldest, the spread), and each table carries where it came from and the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .printed_summary import PrintedSummary
from .result import Result, number_text
from .wording import NO_ASSOCIATION, SIMULATED, UNIFORM

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CohortDraws", "Ensemble", "distributions"]

_STATISTICS = {
    "smallest value": lambda x: x.min(axis=1),
    "lower quartile": lambda x: np.quantile(x, 0.25, axis=1),
    "median": lambda x: np.median(x, axis=1),
    "upper quartile": lambda x: np.quantile(x, 0.75, axis=1),
    "largest value": lambda x: x.max(axis=1),
    "range": lambda x: x.max(axis=1) - x.min(axis=1),
}


@dataclass(frozen=True)
class Ensemble(Result):
    """Distributions of statistics over simulated cohorts: middle, limits, and the five quantiles of each."""

    statistics: tuple[str, ...]
    quantiles: tuple[tuple[float, ...], ...]
    level: float
    size: int
    n: int
    unit: str
    uniform: str
    seed: int
    of: str
    data_origin: str = "simulated"

    def middle(self, statistic: str) -> float:
        """The median of one statistic over the ensemble."""
        return self._row(statistic)[2]

    def limits(self, statistic: str) -> tuple[float, float]:
        """The limits that hold `level` of the cohorts (not a confidence interval)."""
        row = self._row(statistic)
        return row[0], row[4]

    def _row(self, statistic: str) -> tuple[float, ...]:
        if statistic not in self.statistics:
            raise ValueError(
                f"'{statistic}' is not in this ensemble. It holds: {', '.join(self.statistics)}."
            )
        return self.quantiles[self.statistics.index(statistic)]

    def sentence(self) -> str:
        parts = "; ".join(
            f"{name} {number_text(row[2], 1)} ({number_text(row[0], 1)} to {number_text(row[4], 1)})"
            for name, row in zip(self.statistics, self.quantiles, strict=True)
        )
        return (
            f"Over {self.size:,} simulated cohorts of n = {self.n} ({self.of}; {UNIFORM[self.uniform]}; seed "
            f"{self.seed}), middle and {100 * self.level:g}% range in {self.unit}: {parts}. {SIMULATED} {NO_ASSOCIATION}"
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        tail = 50 * (1 - self.level)
        names = [f"{tail:g}%", "25%", "50%", "75%", f"{100 - tail:g}%"]
        frame = pd.DataFrame(self.quantiles, columns=names)
        frame.insert(0, "statistic", list(self.statistics))
        return frame.assign(unit=self.unit, n=self.n, data_origin=self.data_origin, seed=self.seed)


def distributions(
    columns: dict[str, np.ndarray], *, level: float, n: int, unit: str, uniform: str, seed: int, of: str
) -> Ensemble:
    """Quantiles of each named statistic (one number per cohort) as an `Ensemble`."""
    if not 0 < level < 1:
        raise ValueError(f"The level must lie between 0 and 1, for instance 0.95, not {level!r}.")
    tail = (1 - level) / 2
    rows = tuple(
        tuple(float(x) for x in np.nanquantile(values, [tail, 0.25, 0.5, 0.75, 1 - tail]))
        for values in columns.values()
    )
    size = len(next(iter(columns.values())))
    return Ensemble(tuple(columns), rows, level, size, n, unit, uniform, seed, of)


def one_variable(values: np.ndarray) -> dict[str, np.ndarray]:
    """The statistics that describe one variable, one number per cohort."""
    return {name: statistic(values) for name, statistic in _STATISTICS.items()}


@dataclass(frozen=True, eq=False)
class CohortDraws(Result):
    """Simulated cohorts of one variable: `grains` has one row per cohort, n columns."""

    summary: PrintedSummary
    grains: np.ndarray
    uniform: str
    seed: int
    data_origin: str = "simulated"

    @property
    def values(self) -> np.ndarray:
        """The same in units, as floats: shape (cohorts, n)."""
        grain = self.summary.grain
        return self.grains * grain.numerator / grain.denominator

    def distributions(self, level: float = 0.95) -> Ensemble:
        """Smallest, quartiles, median, largest and range over the ensemble; `level` is the share held."""
        return distributions(
            one_variable(self.values),
            level=level,
            n=self.summary.n,
            unit=self.summary.unit,
            uniform=self.uniform,
            seed=self.seed,
            of=f"mean {self.summary.mean.text} ± SD {self.summary.sd.text}",
        )

    def frame(self) -> pd.DataFrame:
        """Long table: cohort, rank of the value within its cohort (not a child), value, data_origin, seed."""
        import pandas as pd

        size, n = self.grains.shape
        return pd.DataFrame(
            {
                "cohort": np.repeat(np.arange(size), n),
                "rank": np.tile(np.arange(1, n + 1), size),
                "value": np.sort(self.values, axis=1).ravel(),
                "data_origin": self.data_origin,
                "seed": self.seed,
            }
        )

    def sentence(self) -> str:
        return (
            f"{len(self.grains):,} cohorts drawn uniformly ({self.uniform}: {UNIFORM[self.uniform]}; seed {self.seed}) "
            f"from all that are consistent with {self.summary.text()}. {SIMULATED} {NO_ASSOCIATION}"
        )

    def table(self) -> pd.DataFrame:
        return self.distributions().table()
