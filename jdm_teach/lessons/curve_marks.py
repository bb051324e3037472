"""How the worked figures of the pathway draw a line, name it, and print a number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..figures import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CELL", "LINES", "listed", "name", "rounded", "said"]

CELL = "A hepatoma cell in a dish, model of Kok 2020 [JS11]; no random numbers, so no seed."
# A colour is never alone: each comes with a dash of its own.
LINES: tuple[dict[str, Any], ...] = (
    {"color": COLOURS["blue"], "linestyle": "-"},
    {"color": COLOURS["vermilion"], "linestyle": (0, (5, 2))},
    {"color": COLOURS["green"], "linestyle": (0, (1.2, 1.2))},
    {"color": COLOURS["ink"], "linestyle": (0, (6, 2, 1.2, 2)), "linewidth": 1.6},
)


def rounded(value: float) -> float:
    """A number as a figure prints it: three significant digits.

    >>> rounded(53876.7), rounded(0.18), rounded(102.35)
    (53900.0, 0.18, 102.0)
    """
    return float(f"{value:.3g}")


def said(value: float) -> str:
    """A rounded number in words a reader or a screen reader takes at once.

    >>> said(53876.7), said(5.92)
    ('53,900', '5.92')
    """
    return f"{rounded(value):,.6g}"


def listed(parts: Iterable[str]) -> str:
    """Several things as one would say them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def name(
    ax: Axes, words: str, at: tuple[float, float], shift: tuple[float, float] = (5, 3), **how: Any
) -> None:
    """A word beside a mark, in ink, at a distance in points."""
    ax.annotate(
        words, at, xytext=shift, textcoords="offset points", fontsize=9.5, color=COLOURS["ink"], **how
    )
