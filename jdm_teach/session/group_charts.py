"""The group's shares as charts: a bar from limit to limit, a dot for the share, a mark to compare it with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .aggregate import Aggregate
from .measures import Share

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["HIDDEN", "calibration_picture", "questions_picture", "words"]

HIDDEN = "hidden"
CHART_MOST = 12


def words(share: Share | None) -> str:
    return HIDDEN if share is None else share.text()


def value(share: Share | None) -> float | None:
    return None if share is None else share.value


def own_picture(draw: Any, alt: str, caption: str, frame: Any, size: tuple[float, float]) -> Picture:
    """A figure of the group's own answers: none of the four origins of data, so its caption names none."""
    from ..exercises.quiz import OwnAnswers
    from ..figures import picture

    made = picture(draw, alt=alt, caption=caption, origin="derived", table=frame, size=size)
    return OwnAnswers(made.png, made.alt, made.caption, made.table, made.origin, made.width)


def shares(
    ax: Any,
    rows: Sequence[tuple[str, Share, float | None]],
    *,
    dot: str,
    beside: dict[str, Any],
    xlabel: str,
) -> None:
    """One line a row, the first on top: the share with its interval, and `beside` it another share where there is one."""
    from ..figures import COLOURS

    for place, (_, share, other) in enumerate(reversed(rows)):
        ax.plot([100 * share.low, 100 * share.high], [place, place], color=COLOURS["blue"], linewidth=3)
        ax.plot(100 * share.value, place, "o", color=COLOURS[dot], markersize=8)
        if other is not None:
            ax.plot(100 * other, place, color=COLOURS["vermilion"], markeredgewidth=2, **beside)
    ax.set(xlim=(-2, 102), ylim=(-0.7, len(rows) - 0.3), xlabel=xlabel)
    ax.set_yticks(range(len(rows)), [name for name, _, _ in reversed(rows)])


def questions_picture(found: Aggregate) -> Picture | None:
    """Share right with its interval, and share certain and not right, for the first questions of the list."""
    import pandas as pd

    from ..figures import COLOURS

    told = [item for item in found.items if item.difficulty][:CHART_MOST]
    if not told:
        return None

    def draw(ax: Any) -> None:
        shares(
            ax,
            [(i.item, i.difficulty, value(i.confident_errors)) for i in told if i.difficulty],
            dot="blue",
            beside={"marker": "s", "markersize": 8, "markerfacecolor": "white"},
            xlabel="per cent of first answers (dotted: discuss between 35 and 70% right)",
        )
        for edge in (35, 70):
            ax.axvline(edge, color=COLOURS["quiet"], linewidth=1, linestyle=":")

    rows = [(i.item, words(i.difficulty), words(i.confident_errors)) for i in told]
    listed = "; ".join(f"{name} {right} right" for name, right, _ in rows)
    return own_picture(
        draw,
        alt=f"Share right by question: {listed}.",
        caption="Round: share right with its exact 95% interval. Open square: certain and not right. Most certain errors on top.",
        frame=pd.DataFrame(rows, columns=["question", "right", "certain and not right"]),
        size=(7.2, 1.3 + 0.34 * len(told)),
    )


def calibration_picture(found: Aggregate) -> Picture | None:
    """Share right at each confidence, with its interval and the share from which that confidence pays."""
    import pandas as pd

    told = [
        (level.confidence, level.answers, level.expected or None)
        for level in found.calibration
        if level.answers
    ]
    if not told:
        return None
    rows = [(name, words(share)) for name, share, _ in told]
    return own_picture(
        lambda ax: shares(
            ax,
            told,
            dot="ink",
            beside={"marker": "|", "markersize": 26},
            xlabel="per cent right (upright line: from here this confidence pays)",
        ),
        alt="Share right by confidence: " + "; ".join(f"{name} {right}" for name, right in rows) + ".",
        caption="All first answers at each confidence, with exact 95% intervals that treat answers as independent; one person gives many, so they are too narrow.",
        frame=pd.DataFrame(rows, columns=["how sure", "right"]),
        size=(7.2, 2.2),
    )
