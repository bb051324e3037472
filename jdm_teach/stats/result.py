"""How a statistical result speaks: one sentence, one table, never a bare number.

Every function of `jdm_teach.stats` returns a frozen dataclass that mixes in `Result`. It says what it found
as a sentence (`str(result)`), and as a small table (`result.table()`), and shows both in a notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import inf, isnan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Interval", "Result", "number_text", "p_text", "percent_text"]


def number_text(x: float, digits: int = 2) -> str:
    """A number as a reader expects it: fixed decimals, a true minus sign, infinity in words.

    >>> number_text(-0.5), number_text(float("inf"))
    ('−0.50', 'infinity')
    """
    if x is None or isnan(x):
        return "not defined"
    if x in (inf, -inf):
        return "infinity" if x > 0 else "minus infinity"
    text = f"{x:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def percent_text(x: float, digits: int = 0) -> str:
    """A proportion between 0 and 1 as a percentage.

    >>> percent_text(1 / 3)
    '33%'
    """
    return "not defined" if x is None or isnan(x) else f"{100 * x:.{digits}f}%"


def p_text(p: float) -> str:
    """A p value with as many digits as it deserves.

    >>> p_text(0.0479), p_text(0.00002)
    ('p = 0.048', 'p < 0.0001')
    """
    if p is None or isnan(p):
        return "p not defined"
    if p < 0.0001:
        return "p < 0.0001"
    return f"p = {p:.4f}" if p < 0.01 else f"p = {p:.3f}" if p < 0.0995 else f"p = {p:.2f}"


@dataclass(frozen=True)
class Interval:
    """Limits that belong to an estimate, with the confidence level and the method that made them."""

    low: float
    high: float
    level: float = 0.95
    method: str = "exact"

    def __post_init__(self) -> None:
        if not self.low <= self.high and not (isnan(self.low) or isnan(self.high)):
            raise ValueError(f"An interval runs from low to high; {self.low} is above {self.high}.")

    def __contains__(self, x: float) -> bool:
        return self.low <= x <= self.high

    def text(self, digits: int = 2, percent: bool = False) -> str:
        """The limits in words, as in '95% CI 7–70%, exact'."""
        if percent:
            limits = f"{100 * self.low:.{digits}f}–{100 * self.high:.{digits}f}%"
        else:
            limits = f"{number_text(self.low, digits)} to {number_text(self.high, digits)}"
        return f"{100 * self.level:g}% CI {limits}, {self.method}"


class Result:
    """What a statistical answer must be able to do: say itself, tabulate itself."""

    def sentence(self) -> str:
        raise NotImplementedError

    def table(self) -> pd.DataFrame:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.sentence()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence())}</p>{self.table().to_html(index=False, border=0)}"
