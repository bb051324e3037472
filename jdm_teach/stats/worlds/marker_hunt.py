"""Twenty meaningless markers, a few subgroups, every cut-off: how soon is something "significant"?

None of the markers has anything to do with the outcome. The hunt logs every look it takes, because the number
of looks is what a reader of the final p value is not told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from jdm_teach.stats.result import Interval, percent_text
from jdm_teach.stats.worlds.looks import (
    MOST_CHILDREN,
    LookTable,
    look_table,
    pattern,
    share_of_arrangements,
)
from jdm_teach.stats.worlds.simulation import (
    Floats,
    Ints,
    Simulated,
    checked_count,
    checked_share,
    checked_size,
    share_interval,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MarkerHunt", "marker_hunt"]


@dataclass(frozen=True, kw_only=True, eq=False)
class MarkerHunt(Simulated):
    """The yield of a hunt through markers that mean nothing.

    `at_least_one` is the simulated share of worlds with a look at p ≤ alpha (`interval`: simulation error only);
    `expected` its exact value and `expected_per_marker` that for one marker (NaN when markers are correlated or
    the exact listing would be too long). `hits` counts such looks and `smallest_p` gives the best, per world;
    `after` is the share of worlds with a find after the first 1, 2, … markers.
    """

    n: int
    poor: int
    markers: int
    looks: int
    alpha: float
    at_least_one: float
    interval: Interval
    expected: float
    expected_per_marker: float
    after: Floats
    hits: Ints
    smallest_p: Floats
    shown_values: Floats
    shown_outcome: NDArray[np.bool_]
    tables: tuple[LookTable, ...]

    def finding(self) -> str:
        exact = "" if np.isnan(self.expected) else f" (exact {percent_text(self.expected, 1)})"
        return (
            f"{self.markers} markers that mean nothing, {self.looks} looks at {self.n} children of whom {self.poor} "
            f"responded poorly: at least one p ≤ {self.alpha:g} turned up in {percent_text(self.at_least_one, 1)} of the "
            f"worlds{exact}, {self.hits.mean():.2f} per world on average."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        markers = np.arange(1, self.markers + 1)
        per_marker = self.looks // self.markers
        columns = {"markers": markers, "looks": markers * per_marker, "at_least_one": self.after}
        exact = 1 - (1 - self.expected_per_marker) ** markers
        return self.labelled(pd.DataFrame(columns | {"exact": exact}))

    def log(self) -> pd.DataFrame:
        """Every look in the first world, in order, with the smallest p so far."""
        import pandas as pd

        rows = []
        for marker in range(self.markers):
            values = self.shown_values[:, marker]
            for table in self.tables:
                code = int(pattern(values, table.members, self.shown_outcome))
                m, k = int(table.members.sum()), int((table.members & self.shown_outcome).sum())
                for look, p in zip(table.looks, table.p[code], strict=True):
                    rows.append((marker + 1, look.group, look.test, look.cut_off or None, m, k, float(p)))
        columns = ["marker", "group", "test", "high_group", "n", "poor", "p"]
        frame = pd.DataFrame(rows, columns=columns)
        frame["high_group"] = frame["high_group"].astype("Int64")
        frame.insert(0, "look", np.arange(1, len(frame) + 1))
        so_far = frame["p"].cummin()
        return self.labelled(frame.assign(smallest_so_far=so_far, found=frame["p"] <= self.alpha))

    def frame(self) -> pd.DataFrame:
        """The children of the first world: outcome and marker values, one row per child and marker."""
        import pandas as pd

        columns = {
            "child": np.repeat(np.arange(1, self.n + 1), self.markers),
            "poor_response": np.repeat(self.shown_outcome.astype(int), self.markers),
            "marker": np.tile(np.arange(1, self.markers + 1), self.n),
            "value": self.shown_values.ravel(),
        }
        return self.labelled(pd.DataFrame(columns))


def marker_hunt(
    markers: int = 20,
    n: int = 9,
    poor: int = 3,
    rank_test: bool = True,
    cut_offs: Sequence[int] | Literal["all"] = (),
    subgroups: Mapping[str, int] | None = None,
    correlation: float = 0.0,
    alpha: float = 0.05,
    worlds: int = 10_000,
    seed: int = 7,
) -> MarkerHunt:
    """How often does a hunt through meaningless markers find "something" in nine children?

    `poor` of `n` children responded poorly. Each marker gets the exact rank test (`rank_test`), Fisher's test at
    each of the `cut_offs` (sizes of the high group, or "all"), and both again inside each subgroup and its
    remainder (`subgroups`: name → size; who belongs is drawn once and kept in all worlds). Markers are normal,
    with equal `correlation` between each other. Two-sided tests; a look where nothing could differ is not
    taken. Raises ValueError for impossible settings. Cost: worlds × markers × poor × n comparisons; 0.1 s at
    the defaults, exact value included.

    >>> hunt = marker_hunt(markers=1, rank_test=False, cut_offs="all", worlds=100)
    >>> round(hunt.expected, 3), hunt.looks
    (0.095, 8)
    """
    markers = checked_count(markers, "number of markers")
    worlds, n = checked_size(worlds, checked_count(n, "number of children", 2))
    checked_size(worlds, n * markers)
    poor = checked_count(poor, "number of poor responders")
    if not poor < n <= MOST_CHILDREN:
        raise ValueError(
            f"Between 1 and n − 1 poor responders among at most {MOST_CHILDREN} children; got {poor} of {n}."
        )
    if isinstance(cut_offs, str) and cut_offs != "all":
        raise ValueError(f'Cut-offs are "all" or a list of sizes of the high group; got {cut_offs!r}.')
    if cut_offs != "all" and any(not 0 < size < n for size in cut_offs):
        raise ValueError(
            f"Each cut-off is the size of the high group, from 1 to {n - 1}; got {list(cut_offs)}."
        )
    checked_share(alpha, "alpha", open_ends=True)
    rho = checked_share(correlation, "correlation between markers")
    rng = np.random.default_rng(seed)
    outcome = np.arange(n) < poor
    everyone = np.ones(n, dtype=bool)
    sets = [("all children", everyone)]
    for name, size in (subgroups or {}).items():
        if not 0 < size < n:
            raise ValueError(f"The subgroup {name!r} must hold 1 to {n - 1} of the {n} children; got {size}.")
        inside = rng.permutation(n) < size
        sets += [(name, inside), (f"not {name}", ~inside)]
    tables = tuple(look_table(name, members, outcome, rank_test, cut_offs) for name, members in sets)
    per_marker = sum(len(table.looks) for table in tables)
    if per_marker == 0:
        raise ValueError("No look was asked for: allow the rank test or give at least one cut-off.")
    values = rng.standard_normal((n, worlds, markers))
    if rho > 0:
        values = sqrt(rho) * rng.standard_normal((n, worlds, 1)) + sqrt(1 - rho) * values
    best = np.ones((worlds, markers))
    hits = np.zeros(worlds, dtype=np.int64)
    limit = alpha * (1 + 1e-9)
    for table in tables:
        if table.looks:
            code = pattern(values, table.members, outcome)
            found = (table.p <= limit).sum(1)
            with np.errstate(invalid="ignore"):
                smallest = table.p.min(1)
            np.minimum(best, smallest[code], out=best)
            hits += found[code].sum(1)
    found_after = np.logical_or.accumulate(best <= limit, axis=1)
    single = share_of_arrangements(tables, outcome, limit) if rho == 0 else np.nan
    return MarkerHunt(
        seed=seed,
        worlds=worlds,
        assumptions=(
            "markers that have nothing to do with the outcome",
            "independent markers" if rho == 0 else f"markers correlated at {rho:g}",
            f"exact two-sided tests, p ≤ {alpha:g} called a find",
        ),
        n=n,
        poor=poor,
        markers=markers,
        looks=markers * per_marker,
        alpha=alpha,
        at_least_one=float(found_after[:, -1].mean()),
        interval=share_interval(int(found_after[:, -1].sum()), worlds),
        expected=1 - (1 - single) ** markers,
        expected_per_marker=single,
        after=found_after.mean(0),
        hits=hits,
        smallest_p=best.min(1),
        shown_values=values[:, 0],
        shown_outcome=outcome,
        tables=tables,
    )
