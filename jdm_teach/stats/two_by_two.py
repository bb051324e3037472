"""A 2×2 table: rows are groups, columns are (event, no event). Checked once, then passed around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jdm_teach.stats.result import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Separation", "TwoByTwo", "counts_from", "separation", "two_by_two"]


@dataclass(frozen=True)
class TwoByTwo:
    """Group 1: `a` with the event, `b` without. Group 2: `c` with, `d` without."""

    a: int
    b: int
    c: int
    d: int

    @property
    def n1(self) -> int:
        return self.a + self.b

    @property
    def n2(self) -> int:
        return self.c + self.d

    @property
    def n(self) -> int:
        return self.n1 + self.n2

    @property
    def events(self) -> int:
        return self.a + self.c

    def text(self) -> str:
        return f"{self.a} of {self.n1} against {self.c} of {self.n2}"


def counts_from(tables: ArrayLike) -> NDArray[np.int64]:
    """Any stack of 2×2 tables as whole numbers of shape (…, 2, 2), or a sentence that says what is wrong."""
    try:
        values = np.asarray(tables, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            "A 2×2 table holds four counts, such as [[2, 1], [1, 5]]; some entry is no number."
        ) from None
    if values.shape[-2:] != (2, 2):
        raise ValueError(
            f"A 2×2 table has two rows (groups) and two columns (event, no event); the shape given is {values.shape}."
        )
    if not np.isfinite(values).all() or (values != np.round(values)).any() or (values < 0).any():
        raise ValueError(
            "The cells of a 2×2 table are counts: whole numbers, zero or more. Give people, not shares."
        )
    return values.astype(np.int64)


def two_by_two(table: ArrayLike | TwoByTwo) -> TwoByTwo:
    """Four counts [[events 1, others 1], [events 2, others 2]] as a checked table.

    Raises ValueError when the counts are no whole numbers, negative, of another shape or all zero. Constant cost.

    >>> two_by_two([[2, 1], [1, 5]]).text()
    '2 of 3 against 1 of 6'
    """
    if isinstance(table, TwoByTwo):
        return table
    counts = counts_from(table)
    if counts.shape != (2, 2):
        raise ValueError(f"One 2×2 table is expected here; the shape given is {counts.shape}.")
    checked = TwoByTwo(*(int(v) for v in counts.ravel()))
    if checked.n == 0:
        raise ValueError("The table is empty: all four counts are zero. Enter at least one person.")
    return checked


@dataclass(frozen=True)
class Separation(Result):
    """Whether the group foretells the event so well that a logistic model has no finite estimate."""

    table_: TwoByTwo
    kind: str
    reason: str

    @property
    def finite(self) -> bool:
        """True when ordinary maximum likelihood has a finite odds ratio."""
        return self.kind == "none"

    def sentence(self) -> str:
        return f"{self.table_.text()}: {self.reason}"

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame([{"separation": self.kind, "finite odds ratio": self.finite, "why": self.reason}])


def separation(table: ArrayLike | TwoByTwo) -> Separation:
    """Will a logistic model of this table have a finite answer? Say so before fitting one.

    Names one of: `none`, `quasi-complete` (one empty cell), `complete` (two empty cells on a diagonal),
    `no contrast in the outcome` (nobody or everybody had the event), `one group only`
    (Albert and Anderson, doi:10.1093/biomet/71.1.1). Raises ValueError as `two_by_two`. Constant cost.

    >>> separation([[3, 0], [1, 5]]).kind
    'quasi-complete'
    """
    t = two_by_two(table)
    if 0 in (t.n1, t.n2):
        return _named(t, "one group only", "one group is empty, so there is nothing to compare.")
    if t.events in (0, t.n):
        who = "nobody" if t.events == 0 else "everybody"
        return _named(t, "no contrast in the outcome", f"{who} had the event, so no odds ratio exists.")
    empty = [t.a, t.b, t.c, t.d].count(0)
    if empty == 0:
        return _named(t, "none", "no cell is empty, so an ordinary odds ratio is finite.")
    if empty == 2:
        why = "the group foretells every outcome (complete separation); ordinary logistic regression has no finite answer."
        return _named(t, "complete", why)
    why = "one cell is empty (quasi-complete separation); ordinary logistic regression runs off to infinity."
    return _named(t, "quasi-complete", why)


def _named(table: TwoByTwo, kind: str, reason: str) -> Separation:
    return Separation(table, kind, reason)


def row(table: TwoByTwo) -> dict[str, Any]:
    """The counts as the first columns of a result's table."""
    return {"events 1": table.a, "n 1": table.n1, "events 2": table.c, "n 2": table.n2}
