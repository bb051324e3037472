"""How many people would have to fare differently for a verdict to change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jdm_teach.stats.exact_tests import p_lookup
from jdm_teach.stats.result import Result, p_text
from jdm_teach.stats.two_by_two import TwoByTwo, row, two_by_two

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Fragility", "fragility_index"]


@dataclass(frozen=True)
class Fragility(Result):
    """Fewest changed outcomes that move Fisher's p across alpha; None where no number of changes does.

    `index` may change either group in either direction, `group_1_only` and `group_2_only` one group, `walsh` adds events
    to the group with fewer (0 when the result is not significant to begin with).
    """

    counts: TwoByTwo
    p: float
    alpha: float
    significant: bool
    index: int | None
    group_1_only: int | None
    group_2_only: int | None
    walsh: int | None

    @property
    def quotient(self) -> float | None:
        """The index as a share of everybody."""
        return None if self.index is None else self.index / self.counts.n

    def sentence(self) -> str:
        start = f"{self.counts.text()}: {p_text(self.p)} (Fisher, n = {self.counts.n}). "
        if self.index is None:
            return (
                start
                + f"With groups of these sizes no outcome can move p to the other side of {self.alpha:g}."
            )
        people = "one person" if self.index == 1 else f"{self.index} people"
        verdict = "lose" if self.significant else "gain"
        return (
            start + f"Had {people} fared differently, the result would {verdict} its p below {self.alpha:g}."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        keys = ("p", "alpha", "index", "quotient", "group_1_only", "group_2_only", "walsh")
        return pd.DataFrame([{**row(self.counts), **{k: getattr(self, k) for k in keys}}])


def fragility_index(table: ArrayLike | TwoByTwo, alpha: float = 0.05) -> Fragility:
    """How few changed outcomes would turn the verdict of Fisher's test?

    Significant means p < alpha. Two rules side by side: the fewest changes of any kind, in both directions of the verdict,
    and the rule of Walsh (doi:10.1016/j.jclinepi.2013.10.019), which adds events to the group with fewer events (when
    equal, to the one with the lower risk). The index restates the p value and the sample size; it is no new evidence.
    Raises ValueError as `two_by_two`, for an impossible alpha, and above about 1,500 people per group. Looks up every
    table with these group sizes: 0.3 ms at n = 9, 25 ms at 300 against 300.

    >>> fragility_index([[6, 2], [1, 8]]).index
    1
    """
    t = two_by_two(table)
    if not 0 < alpha < 1:
        raise ValueError(f"The significance limit alpha lies between 0 and 1, such as 0.05; got {alpha}.")
    if (t.n1 + 1) * (t.n + 1) > 5_000_000:
        raise ValueError(
            f"Groups of {t.n1} and {t.n2} are too large to look at every table; use fewer than 1,500 each."
        )
    p = p_lookup(t.n1, t.n2)
    # A p of exactly alpha is not below it, whichever way its last digit was rounded.
    below = p < alpha * (1 - 1e-12)
    significant = bool(below[t.a, t.c])
    other = below != significant
    a, c = np.abs(np.arange(t.n1 + 1) - t.a), np.abs(np.arange(t.n2 + 1) - t.c)
    return Fragility(
        t,
        float(p[t.a, t.c]),
        alpha,
        significant,
        _fewest(a[:, None] + c, other),
        _fewest(a, other[:, t.c]),
        _fewest(c, other[t.a]),
        _walsh(t, below) if significant else 0,
    )


def _fewest(changes: NDArray[np.int_], reached: NDArray[np.bool_]) -> int | None:
    return int(changes[reached].min()) if reached.any() else None


def _walsh(t: TwoByTwo, below: NDArray[np.bool_]) -> int | None:
    first = t.a < t.c or (t.a == t.c and t.n1 >= t.n2)
    path = below[t.a :, t.c] if first else below[t.a, t.c :]
    return int(np.argmin(path)) if not path.all() else None
