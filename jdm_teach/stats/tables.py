"""Two groups, one yes-or-no outcome: everything a 2×2 table of few people can say, and what it cannot.

Rows are groups, columns are (event, no event). The pieces live in `exact_tests`, `effect_measures`, `fragility`,
`evalue` and `two_by_two`; this module is their common door.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from jdm_teach.stats.effect_measures import EffectMeasure, odds_ratio, risk_difference, risk_ratio
from jdm_teach.stats.evalue import EValue, bounding_factor, e_value
from jdm_teach.stats.exact_tests import TESTS, ExactTest, barnard, boschloo, fisher, midp, p_lookup, p_values
from jdm_teach.stats.fragility import Fragility, fragility_index
from jdm_teach.stats.proportions import Proportion, proportion
from jdm_teach.stats.result import Result, p_text
from jdm_teach.stats.two_by_two import Separation, TwoByTwo, separation, two_by_two

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "TESTS",
    "EValue",
    "EffectMeasure",
    "ExactTest",
    "Fragility",
    "Separation",
    "SmallestP",
    "TableSummary",
    "TwoByTwo",
    "barnard",
    "boschloo",
    "bounding_factor",
    "e_value",
    "fisher",
    "fragility_index",
    "midp",
    "odds_ratio",
    "p_lookup",
    "p_values",
    "risk_difference",
    "risk_ratio",
    "separation",
    "smallest_p",
    "summarise",
    "two_by_two",
]


@dataclass(frozen=True)
class SmallestP(Result):
    """The smallest two-sided p that groups of these sizes can reach. `events` is None when any number is allowed."""

    test: str
    n1: int
    n2: int
    events: int | None
    p: float
    counts: TwoByTwo
    alpha: float

    @property
    def reachable(self) -> bool:
        """Can any table get to alpha?"""
        return self.p <= self.alpha

    def sentence(self) -> str:
        given = (
            ""
            if self.events is None
            else f" and {self.events} {'event' if self.events == 1 else 'events'} in all"
        )
        verdict = "" if self.reachable else f" Nothing here can reach {self.alpha:g}, whatever happened."
        return (
            f"With groups of {self.n1} and {self.n2}{given}, the smallest possible is {p_text(self.p)} "
            f"({self.test}, two-sided; at {self.counts.text()}).{verdict}"
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        keys = ("test", "n1", "n2", "events", "p", "reachable")
        return pd.DataFrame([{k: getattr(self, k) for k in keys}])


def smallest_p(
    n1: int, n2: int, events: int | None = None, test: str = "fisher", alpha: float = 0.05
) -> SmallestP:
    """What is the smallest two-sided p these margins allow, before anyone looks at the data?

    `events` fixes the second margin; None takes the best over every number of events. `test` is one of TESTS.
    Raises ValueError for impossible margins and as `p_lookup`. Costs one `p_lookup`.

    >>> print(smallest_p(3, 6, 3))
    With groups of 3 and 6 and 3 events in all, the smallest possible is p = 0.012 (Fisher's exact test, two-sided; at 3 of 3 against 0 of 6).
    """
    if events is not None and not 0 <= events <= n1 + n2:
        raise ValueError(
            f"{events} events among {n1 + n2} people is impossible; give a number from 0 to {n1 + n2}."
        )
    p = p_lookup(n1, n2, test)
    total = np.add.outer(np.arange(n1 + 1), np.arange(n2 + 1))
    allowed = np.where(True if events is None else total == events, p, np.inf)
    best = allowed.min()
    # Of equally small p, show the table with the most events in group 1.
    a, c = (int(v[-1]) for v in np.nonzero(allowed <= best * (1 + 1e-12)))
    counts = TwoByTwo(a, n1 - a, c, n2 - c)
    name = TESTS["mid-p" if test.replace("_", "-").lower() in ("midp", "mid-p") else test.lower()][0]
    return SmallestP(name, n1, n2, events, float(best), counts, alpha)


@dataclass(frozen=True)
class TableSummary(Result):
    """Risks, measures of effect, Fisher's test and separation of one table, side by side."""

    counts: TwoByTwo
    risks: tuple[Proportion | None, Proportion | None]
    difference: EffectMeasure
    ratio: EffectMeasure
    odds: EffectMeasure
    test: ExactTest
    smallest: SmallestP
    separation: Separation

    def sentence(self) -> str:
        risks = ". ".join(
            f"Group {i}: {'nobody in it' if risk is None else risk}" for i, risk in enumerate(self.risks, 1)
        )
        effects = ". ".join(m.text(with_counts=False) for m in (self.difference, self.ratio, self.odds))
        test = f"{self.test.test}: {p_text(self.test.p)}; the smallest these margins allow is {p_text(self.smallest.p)}"
        text = f"{risks}. {effects}. {test}."
        return text if self.separation.finite else f"{text} Before any model: {self.separation.reason}"

    def table(self) -> pd.DataFrame:
        import pandas as pd

        risks = [
            {
                "measure": f"risk, group {i}",
                "estimate": risk.estimate,
                "low": risk.interval.low,
                "high": risk.interval.high,
                "level": risk.interval.level,
                "method": risk.interval.method,
                "n": risk.n,
            }
            for i, risk in enumerate(self.risks, 1)
            if risk is not None
        ]
        effects = [
            {k: v for k, v in m.row().items() if not k[-1].isdigit()} | {"n": self.counts.n}
            for m in (self.difference, self.ratio, self.odds)
        ]
        return pd.DataFrame(risks + effects)


def summarise(table: ArrayLike | TwoByTwo, level: float = 0.95) -> TableSummary:
    """What can this 2×2 table say? Every usual measure with its interval and n, and what it cannot say.

    Risks: exact intervals; risk difference and ratio: Miettinen–Nurminen score; odds ratio: conditional, exact; Fisher's
    test with the smallest p its margins allow; separation named. Raises ValueError as `two_by_two`. About 3 ms.

    >>> summarise([[3, 0], [1, 5]]).separation.kind
    'quasi-complete'
    """
    t = two_by_two(table)
    risks = tuple(proportion(x, n, level=level) if n else None for x, n in ((t.a, t.n1), (t.c, t.n2)))
    return TableSummary(
        t,
        (risks[0], risks[1]),
        risk_difference(t, level=level),
        risk_ratio(t, level=level),
        odds_ratio(t, level=level),
        fisher(t),
        smallest_p(t.n1, t.n2, t.events),
        separation(t),
    )
