"""Every cohort that a printed mean and SD leave possible: counted exactly, drawn uniformly.

Two different things are called uniform here, and every result says which it is:

* *labelled*: each assignment of values to the n children is equally likely (the default; the only one that can
  be combined with labels, pairs and categories);
* *multisets*: each unordered collection of values is equally likely, however many assignments it stands for.

The printed summaries hold no information about any association; the ensembles show what is open, not what is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .cohort_count import Tables, labelled_tables, memory_needed, multiset_tables
from .cohort_draw import draw_samples
from .cohort_ensemble import CohortDraws
from .cohort_list import list_multisets
from .printed_summary import PrintedSummary, printed_summary
from .result import Result
from .rounding import grain_text
from .wording import NO_ASSOCIATION, UNIFORM

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NO_ASSOCIATION", "UNIFORM", "Cohorts", "consistent_cohorts"]

_COARSER = tuple(
    Fraction(x) for x in ("1/100", "1/52", "1/20", "1/12", "1/10", "1/5", "1/4", "1/2", "1", "2", "5", "10")
)


@dataclass(frozen=True)
class Cohorts(Result):
    """All cohorts behind one printed summary. Made by `consistent_cohorts`."""

    summary: PrintedSummary
    memory_limit_mb: int = 1000
    progress: Callable[[float], object] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def multisets(self) -> int:
        """Exact number of unordered cohorts."""
        return self._multiset_tables.total if self.summary.frame().targets else 0

    @cached_property
    def labelled(self) -> int:
        """Exact number of ways to give the values to n labelled children."""
        return self._labelled_tables.total if self.summary.frame().targets else 0

    @cached_property
    def _multiset_tables(self) -> Tables:
        self._fits("multisets")
        return multiset_tables(self.summary.frame(), self.progress)

    @cached_property
    def _labelled_tables(self) -> Tables:
        self._fits("labelled")
        return labelled_tables(self.summary.frame(), self.progress)

    def _fits(self, kind: str) -> None:
        limit = self.memory_limit_mb * 1_000_000
        needed = memory_needed(self.summary.frame(), kind)
        if needed <= limit:
            return
        unit = self.summary.grain
        near = None
        for coarser in _COARSER:
            if coarser > unit and near is None:
                near = self._at(coarser, kind, limit)
        hint = (
            f"The nearest coarser grain that fits is {grain_text(near)}"
            if near
            else "No coarser grain fits either"
        )
        raise ValueError(
            f"Counting in steps of {grain_text(unit)} would need about {needed / 1e6:,.0f} MB, more than the "
            f"{self.memory_limit_mb:,} MB allowed. {hint}; or raise `memory_limit_mb`."
        )

    def _at(self, grain: Fraction, kind: str, limit: float) -> Fraction | None:
        s = self.summary
        low, high = -(-s.low * s.grain // grain), s.high * s.grain // grain
        if low > high:
            return None
        coarse = replace(s, grain=grain, low=int(low), high=int(high))
        frame = coarse.frame()
        return grain if frame.targets and memory_needed(frame, kind) <= limit and coarse.possible() else None

    def count(self, uniform: str = "labelled") -> int:
        """The exact number of cohorts in one of the two measures, 'labelled' or 'multisets'."""
        return self.labelled if _measure(uniform) == "labelled" else self.multisets

    def draw(self, size: int = 10_000, *, seed: int, uniform: str = "labelled") -> CohortDraws:
        """`size` independent cohorts, exactly uniform in the measure named, with the seed kept.

        Costs one count the first time, then 10–30 µs per cohort of nine. Raises ValueError when no cohort
        prints so, with the nearest summary that can occur.
        """
        kind = _measure(uniform)
        if isinstance(size, bool) or int(size) != size or size < 1:
            raise ValueError(
                f"The number of cohorts to draw must be a whole number of at least 1, not {size!r}."
            )
        if not self.count(kind):
            raise ValueError(self.summary.obstacle())
        tables = self._labelled_tables if kind == "labelled" else self._multiset_tables
        rows = (
            draw_samples(tables, self.summary.n, int(size), np.random.default_rng(seed)) + self.summary.centre
        )
        return CohortDraws(self.summary, rows, kind, seed)

    def every(self, at_most: int = 200_000) -> np.ndarray:
        """All unordered cohorts, one per row in increasing order, in grains: shape (multisets, n).

        Raises ValueError when there are more than `at_most`; cost grows with their number.
        """
        if self.multisets > at_most:
            raise ValueError(
                f"There are {self.multisets:,} cohorts, more than the {at_most:,} to be listed. Draw from them "
                "instead, or choose a coarser grain."
            )
        return (
            list_multisets(self.summary) if self.multisets else np.zeros((0, self.summary.n), dtype=np.int64)
        )

    def sentence(self) -> str:
        if not self.multisets:
            return f"No cohort is consistent with {self.summary.text()}. {self.summary.obstacle()}"
        return (
            f"{self.multisets:,} different cohorts (multisets of values), or {self.labelled:,} ways to give the "
            f"values to {self.summary.n} labelled children, are consistent with {self.summary.text()}. "
            f"{NO_ASSOCIATION}"
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(
            {
                "counted as": ["multisets", "labelled"],
                "cohorts": [f"{self.multisets:,}", f"{self.labelled:,}"],
                "uniform means": [UNIFORM["multisets"], UNIFORM["labelled"]],
            }
        )


def _measure(uniform: str) -> str:
    if uniform not in UNIFORM:
        raise ValueError(
            f"'{uniform}' is not a measure known here. Say uniform='labelled' or uniform='multisets'."
        )
    return uniform


def consistent_cohorts(
    n: int,
    mean: object,
    sd: object,
    *,
    low: object = 0,
    high: object = None,
    below: object = None,
    grain: object = 1,
    rounding: str = "half_up",
    ddof: int = 1,
    unit: str = "years",
    memory_limit_mb: int = 1000,
    progress: Callable[[float], object] | None = None,
) -> Cohorts:
    """All cohorts of n values that print as this mean and SD.

    `mean` and `sd` as printed ("5.1"; trailing zeros count), bounds in units (`high` included, `below` not),
    `grain` the step between recordable values (1, "1/2", "month", "0.1"), `rounding` one of `ROUNDING_RULES`,
    `ddof` 1 for SD with n − 1. `progress` is called with the share done and may return False to stop.

    Nothing is counted until a count, a draw or the sentence is asked for. Cost for n = 9: a millisecond at whole
    years, a fifth of a second at 0.1 year; time grows roughly with grain⁻⁴·SD³·n², memory with grain⁻³·SD³·n.
    Counts are exact at any size. Raises ValueError (a sentence with what would work) for input that cannot be
    read, bounds that exclude the mean, and tables beyond `memory_limit_mb`.

    >>> cohorts = consistent_cohorts(9, "5.1", "3.6", high=17)
    >>> cohorts.multisets, cohorts.labelled
    (449, 20792772)
    """
    summary = printed_summary(
        n, mean, sd, low=low, high=high, below=below, grain=grain, rounding=rounding, ddof=ddof, unit=unit
    )
    return Cohorts(summary, memory_limit_mb, progress)
