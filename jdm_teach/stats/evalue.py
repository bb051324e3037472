"""E-value and bounding factor: what an unmeasured confounder can do to an association, and how strong it would have to be."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING

from jdm_teach.stats.result import Result, number_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EValue", "bounding_factor", "e_value"]


@dataclass(frozen=True)
class EValue(Result):
    """E-values for the estimate and for the limit nearer to no effect, both on the risk-ratio scale.

    `limit` is None when no limit was given, 1 when the interval includes no effect.
    `risk_ratios` are the estimate and limits after conversion to (approximate) risk ratios.
    """

    measure: str
    point: float
    limit: float | None
    risk_ratios: tuple[float, float | None, float | None]

    def sentence(self) -> str:
        strength = number_text(self.point)
        text = (
            f"An unmeasured confounder tied to both exposure and outcome by a risk ratio of {strength} each, beyond what "
            f"was adjusted for, could explain the estimate away"
        )
        if self.limit is None:
            return text + "."
        if self.limit == 1:
            return text + "; the interval includes no effect already, so none is needed to explain the limit."
        return text + f"; {number_text(self.limit)} each would move the interval to no effect."

    def table(self) -> pd.DataFrame:
        import pandas as pd

        estimate, low, high = self.risk_ratios
        limits = {"low": low, "high": high}
        values = {"E-value, estimate": self.point, "E-value, limit": self.limit}
        return pd.DataFrame([{"measure": self.measure, "risk ratio": estimate, **limits, **values}])


def e_value(
    estimate: float,
    low: float | None = None,
    high: float | None = None,
    measure: str = "RR",
    rare: bool = True,
) -> EValue:
    """How strong must unmeasured confounding be to explain this association away?

    `measure` is RR, OR or HR. With a common outcome (`rare=False`; above about 15% at the end of follow-up) an odds ratio is
    converted by its square root and a hazard ratio by (1 − 0.5^√HR)/(1 − 0.5^√(1/HR)); `rare` plays no part for a risk
    ratio. VanderWeele and Ding, doi:10.7326/M16-2607. A large E-value says nothing about chance or selection.
    Raises ValueError for ratios that are not positive, limits in the wrong order or an unknown measure. Constant cost.

    >>> round(e_value(2, 1.2, 3.3).point, 2), round(e_value(2, 1.2, 3.3).limit, 2)
    (3.41, 1.69)
    """
    kind = measure.upper()
    if kind not in ("RR", "OR", "HR"):
        raise ValueError(f"There is no E-value for '{measure}'; choose RR, OR or HR.")
    given = {"estimate": estimate, "lower limit": low, "upper limit": high}
    for name, value in given.items():
        if value is not None and not (value > 0 or (name == "lower limit" and value == 0)):
            raise ValueError(
                f"Ratios are positive numbers; the {name} is {value}. Is it a difference or a logarithm?"
            )
    if (low is not None and low > estimate) or (high is not None and high < estimate):
        raise ValueError(
            f"The limits {low} to {high} do not enclose the estimate {estimate}; check their order."
        )
    point, lower, upper = (None if v is None else _risk_ratio(v, kind, rare) for v in (estimate, low, high))
    assert point is not None
    nearer = (
        lower if point > 1 else upper if point < 1 else (1.0 if low is not None or high is not None else None)
    )
    crossed = nearer is not None and (nearer - 1) * (point - 1) <= 0
    limit = None if nearer is None else 1.0 if crossed else _e_value(nearer)
    return EValue(kind, _e_value(point), limit, (point, lower, upper))


def bounding_factor(with_exposure: float, with_outcome: float) -> float:
    """How far can one unmeasured confounder move a risk ratio at most?

    `with_exposure` is the largest risk ratio by which the exposure is tied to a level of the confounder, `with_outcome` the
    largest by which the confounder raises the risk of the outcome within either exposure group. The observed risk ratio is at
    most this factor times the true one; where the confounder acts the other way, at least the true one divided by it. The bound
    is sharp and assumes nothing else about the confounder; it says nothing about chance or selection. With both strengths equal
    to the E-value it is the observed ratio. Ding and VanderWeele, doi:10.1097/EDE.0000000000000457.
    Raises ValueError for a strength below 1 (turn the ratio round) or without end. Constant cost.

    >>> round(bounding_factor(2, 1.5), 3)
    1.2
    """
    for name, strength in (("exposure", with_exposure), ("outcome", with_outcome)):
        if not 1 <= strength < inf:
            raise ValueError(
                f"The tie to the {name} is {strength}; it is a risk ratio of 1 or more. Turn a smaller ratio round: 0.5 becomes 2."
            )
    return with_exposure * with_outcome / (with_exposure + with_outcome - 1)


def _risk_ratio(ratio: float, kind: str, rare: bool) -> float:
    if kind == "RR" or rare or ratio == 0:
        return ratio
    root = sqrt(ratio)
    return root if kind == "OR" else (1 - 0.5**root) / (1 - 0.5 ** (1 / root))


def _e_value(ratio: float) -> float:
    away = ratio if ratio >= 1 else 1 / ratio
    return away + sqrt(away * (away - 1))
