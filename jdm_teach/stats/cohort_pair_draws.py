"""What a pair of printed summaries gives: the number of joint cohorts and simulated ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .cohort_ensemble import Ensemble, distributions
from .printed_summary import PrintedSummary
from .result import Interval, Result, percent_text
from .wording import NO_ASSOCIATION, SIMULATED, UNIFORM

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PairCount", "PairedDraws", "pair_label"]


def pair_label(first: PrintedSummary, second: PrintedSummary) -> str:
    """The order constraint in words."""
    return f"{first.mean.text} ± {first.sd.text} never after {second.mean.text} ± {second.sd.text}"


@dataclass(frozen=True)
class PairCount(Result):
    """How many labelled pairs of cohorts obey the order: exact, or an estimate with its interval."""

    exact: int | None
    share: float
    share_interval: Interval | None
    independent_pairs: int
    feasible_multiset_pairs: int | None
    n: int
    seed: int | None = None

    @property
    def estimate(self) -> float:
        """The count, or its estimate from the share of independent pairs."""
        return float(self.exact) if self.exact is not None else self.share * float(self.independent_pairs)

    def sentence(self) -> str:
        if self.exact is not None:
            return (
                f"Exactly {self.exact:,} labelled pairs of cohorts (n = {self.n}) obey the order for every child: "
                f"{percent_text(self.share, 2)} of all {self.independent_pairs:,} independent pairs. {NO_ASSOCIATION}"
            )
        limits = self.share_interval.text(3, percent=True) if self.share_interval else "not known"
        return (
            f"About {self.estimate:.3g} labelled pairs of cohorts (n = {self.n}) obey the order for every child: "
            f"{percent_text(self.share, 3)} of independent pairs ({limits}; simulated, "
            f"seed {self.seed}). {NO_ASSOCIATION}"
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        limits = (
            (self.share, self.share)
            if self.share_interval is None
            else (self.share_interval.low, self.share_interval.high)
        )
        return pd.DataFrame(
            {
                "quantity": ["labelled joint cohorts", "share of independent pairs", "independent pairs"],
                "value": [
                    f"{self.exact:,}" if self.exact is not None else f"{self.estimate:.4g}",
                    f"{self.share:.7f}",
                    f"{self.independent_pairs:,}",
                ],
                "low": ["", f"{limits[0]:.7f}", ""],
                "high": ["", f"{limits[1]:.7f}", ""],
                "n": self.n,
            }
        )


@dataclass(frozen=True, eq=False)
class PairedDraws(Result):
    """Simulated pairs: row = cohort, column = simulated child; in every column first ≤ second."""

    first_summary: PrintedSummary
    second_summary: PrintedSummary
    first_grains: np.ndarray
    second_grains: np.ndarray
    seed: int
    pairs_tried: int
    independent: bool
    uniform: str = "labelled"
    data_origin: str = "simulated"

    @property
    def first(self) -> np.ndarray:
        """First variable in units."""
        return self.first_grains * float(self.first_summary.grain)

    @property
    def second(self) -> np.ndarray:
        """Second variable in units."""
        return self.second_grains * float(self.second_summary.grain)

    def distributions(self, level: float = 0.95) -> Ensemble:
        """Medians and largest values of both, and what the order alone does: gap and correlation."""
        a, b = self.first, self.second
        gap = b - a
        with np.errstate(invalid="ignore", divide="ignore"):
            x, y = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
            correlation = (x * y).sum(axis=1) / np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
        columns = {
            "median of the first": np.median(a, axis=1),
            "largest of the first": a.max(axis=1),
            "median of the second": np.median(b, axis=1),
            "largest of the second": b.max(axis=1),
            "SD of the gap": gap.std(axis=1, ddof=1),
            "longest gap": gap.max(axis=1),
            "correlation forced by the order": correlation,
        }
        s = self.first_summary
        return distributions(
            columns,
            level=level,
            n=s.n,
            unit=s.unit,
            uniform=self.uniform,
            seed=self.seed,
            of=pair_label(self.first_summary, self.second_summary),
        )

    def frame(self) -> pd.DataFrame:
        """Long table of simulated values: cohort, simulated_child, first, second, data_origin, seed."""
        import pandas as pd

        size, n = self.first_grains.shape
        return pd.DataFrame(
            {
                "cohort": np.repeat(np.arange(size), n),
                "simulated_child": np.tile(np.arange(1, n + 1), size),
                "first": self.first.ravel(),
                "second": self.second.ravel(),
                "data_origin": self.data_origin,
                "seed": self.seed,
            }
        )

    def sentence(self) -> str:
        reuse = (
            "each from a fresh pair of cohorts"
            if self.independent
            else "cohorts are reused in several trial pairs, so the draws are very slightly dependent"
        )
        return (
            f"{len(self.first_grains):,} pairs of cohorts drawn uniformly (labelled: {UNIFORM['labelled']}, subject to "
            f"{pair_label(self.first_summary, self.second_summary)}; seed {self.seed}; {self.pairs_tried:,} pairs tried; {reuse}). {SIMULATED} {NO_ASSOCIATION}"
        )

    def table(self) -> pd.DataFrame:
        return self.distributions().table()
