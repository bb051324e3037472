"""Exact tests of change within pairs: signed ranks and signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jdm_teach.stats.permutation_null import doubled_midranks, sign_sums
from jdm_teach.stats.result import Result, p_text
from jdm_teach.stats.shifts import Shift, paired_shift

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PairedTest", "sign_test", "signed_rank"]


@dataclass(frozen=True)
class PairedTest(Result):
    """Exact test that changes are as often up as down. `shift` is the typical change with its interval."""

    test: str
    n: int
    up: int
    down: int
    p: float
    p_less: float
    p_greater: float
    smallest_p: float
    shift: Shift

    def sentence(self) -> str:
        return (
            f"{self.up} up, {self.down} down, {self.n - self.up - self.down} unchanged of {self.n}. {self.test}: {p_text(self.p)} "
            f"(exact, two-sided; the smallest possible here is {p_text(self.smallest_p)}). {self.shift}."
        )

    def table(self) -> pd.DataFrame:
        import pandas as pd

        keys = ("test", "n", "up", "down", "p", "p_less", "p_greater", "smallest_p")
        shift = {
            "change": self.shift.estimate,
            "low": self.shift.interval.low,
            "high": self.shift.interval.high,
        }
        return pd.DataFrame([{**{k: getattr(self, k) for k in keys}, **shift}])


def _differences(differences: ArrayLike) -> NDArray[np.float64]:
    try:
        d = np.asarray(differences, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("Changes are numbers, one per pair; some entry is none.") from None
    if d.ndim != 1 or len(d) == 0 or not np.isfinite(d).all():
        raise ValueError(
            "Give one finite change per pair, in a single row, and leave out pairs with a missing value."
        )
    # Equal changes must stay equal after subtraction: 0.3 − 0.1 and 0.2 differ in the seventeenth digit.
    digits = 11 - int(np.ceil(np.log10(np.abs(d).max() or 1)))
    return np.round(d, digits)


def _result(test: str, d: NDArray[np.float64], scores: NDArray[np.int64], level: float) -> PairedTest:
    moved = d != 0
    null = sign_sums(scores[moved])
    both, less, greater = null.p_values(float(scores[d > 0].sum()))
    shift = paired_shift(d, level)
    return PairedTest(
        test, len(d), int((d > 0).sum()), int((d < 0).sum()), both, less, greater, null.smallest_p(), shift
    )


def signed_rank(differences: ArrayLike, zeros: str = "pratt", level: float = 0.95) -> PairedTest:
    """Did the pairs change, judging by the size order of the changes?

    Exact over all 2^m signs of the m changes that are not zero, ties by midrank. `zeros="pratt"` ranks unchanged pairs
    with the others and then leaves them out (doi:10.1080/01621459.1959.10501526); `"wilcoxon"` drops them first. Assumes
    changes symmetric about a common centre. The interval is conservative under ties. `p_greater` asks for increases.
    Changes are rounded to 12 significant digits so that ties survive subtraction. Raises ValueError for missing
    values or another rule for zeros. About 0.3 ms at n = 9, growing with n³.

    >>> round(signed_rank([0.4, 1.1, -0.2, 0.8, 2, 0, 1.1]).p, 4)
    0.0625
    """
    if zeros not in ("pratt", "wilcoxon"):
        raise ValueError(f"There is no rule '{zeros}' for unchanged pairs; choose 'pratt' or 'wilcoxon'.")
    d = _differences(differences)
    scores = np.zeros(len(d), dtype=np.int64)
    ranked = np.ones(len(d), dtype=bool) if zeros == "pratt" else d != 0
    scores[ranked] = doubled_midranks(np.abs(d[ranked]))
    return _result("Signed-rank test", d, scores, level)


def sign_test(differences: ArrayLike, level: float = 0.95) -> PairedTest:
    """Did more pairs go up than down? Exact binomial test of the pairs that changed.

    The shift beside it is that of the signed ranks. Errors as `signed_rank`; about 0.3 ms.

    >>> sign_test([0.4, 1.1, -0.2, 0.8, 2, 0, 1.1]).p
    0.21875
    """
    d = _differences(differences)
    return _result("Sign test", d, np.ones(len(d), dtype=np.int64), level)
