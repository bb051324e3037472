"""Printed category counts (3 of 9 girls): how many labellings they leave, and uniform draws from them."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial, prod
from typing import TYPE_CHECKING

import numpy as np

from .result import Result
from .wording import NO_ASSOCIATION, SIMULATED

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Categories", "independent_categories"]


@dataclass(frozen=True)
class Categories(Result):
    """Counts of one categorical variable, independent of everything else that is printed."""

    names: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def labellings(self) -> int:
        """Exact number of ways to lay the categories on n labelled children: n!/Π(counts!)."""
        return factorial(self.n) // prod(factorial(k) for k in self.counts)

    def draw(self, size: int, *, seed: int) -> np.ndarray:
        """Uniform labellings: shape (size, n), each entry the index of a name. Simulated; keep the seed with it."""
        one = np.repeat(np.arange(len(self.counts)), self.counts)
        return np.random.default_rng(seed).permuted(np.tile(one, (size, 1)), axis=1)

    def frame(self, size: int, *, seed: int) -> pd.DataFrame:
        """The same as a long table: cohort, simulated_child, category, data_origin, seed."""
        import pandas as pd

        codes = self.draw(size, seed=seed)
        return pd.DataFrame(
            {
                "cohort": np.repeat(np.arange(size), self.n),
                "simulated_child": np.tile(np.arange(1, self.n + 1), size),
                "category": np.array(self.names)[codes.ravel()],
                "data_origin": "simulated",
                "seed": seed,
            }
        )

    def sentence(self) -> str:
        parts = ", ".join(f"{k} {name}" for name, k in zip(self.names, self.counts, strict=True))
        return (
            f"{parts} (n = {self.n}) can be laid on labelled children in {self.labellings:,} ways, each as likely as "
            f"the next and independent of every other variable. {SIMULATED} {NO_ASSOCIATION}"
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame({"category": self.names, "count": self.counts, "n": self.n})


def independent_categories(n: int, counts: dict[str, int], rest: str = "other") -> Categories:
    """Labellings of n children by printed counts; children not named fall into `rest`.

    The number multiplies the labelled count of any cohort, because no cross-table is printed.
    Raises ValueError for negative counts or counts that add up to more than n. Cost: nothing to count,
    n·size steps to draw.

    >>> independent_categories(9, {"girls": 3}, rest="boys").labellings
    84
    """
    if any(isinstance(k, bool) or int(k) != k or k < 0 for k in counts.values()):
        raise ValueError(f"Category counts are whole numbers of children, not {counts}.")
    left = n - sum(counts.values())
    if left < 0:
        raise ValueError(
            f"The categories add up to {sum(counts.values())} children, more than n = {n}. Check for overlap."
        )
    full = dict(counts) | ({rest: left} if left else {})
    return Categories(tuple(full), tuple(int(k) for k in full.values()))
