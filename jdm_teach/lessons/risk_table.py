"""Lesson 06: a survival curve with the numbers at risk below it, and a constructed one to learn to read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..figures import COLOURS, Picture, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.survival import SurvivalCurve

__all__ = ["FOLLOWED", "STILLS", "at_risk_rows", "draw_curve"]

# Months followed, and whether the person died then; the others were still alive when last seen.
FOLLOWED = (
    (1, 1), (2, 1), (4, 1), (5, 0), (6, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (12, 0),
)  # fmt: skip


def draw_curve(ax: Axes, curve: SurvivalCurve, until: float, colour: str, line: str = "-") -> None:
    """The steps of a curve in per cent, with a tick where somebody's follow-up ended."""
    times = [0.0, *(float(t) for t in curve.time if t <= until), until]
    shares = 100 * curve.at(times)
    ax.step(times, shares, where="post", color=colour, linestyle=line, linewidth=2.2)
    ended = [float(t) for t, c in zip(curve.time, curve.n_censored, strict=True) if c and t < until]
    if ended:
        ax.plot(ended, 100 * curve.at(ended), "|", color=colour, markersize=11, markeredgewidth=1.6)


def at_risk_rows(ax: Axes, times: Sequence[float], rows: Mapping[str, tuple[Sequence[int], str]]) -> None:
    """Write the numbers still followed below the axis, one row per curve, under their months."""

    def write(words: str, x: float, drop: int, where: Any, **style: Any) -> None:
        # A distance in points stays put while the layout shrinks the axes; a share of the axes would not.
        ax.annotate(
            words, (x, 0), xytext=(0, -drop), xycoords=where, textcoords="offset points", va="center",
            fontsize=9, annotation_clip=False, **style,
        )  # fmt: skip

    across = ax.get_xaxis_transform()
    write("still followed", times[0], 44, across, ha="left", weight="bold")
    for place, (name, (numbers, colour)) in enumerate(rows.items()):
        for time, number in zip(times, numbers, strict=True):
            # The first column already keeps room for the row; measuring the others costs time and changes nothing.
            write(
                str(number),
                time,
                58 + 14 * place,
                across,
                ha="center",
                color=colour,
                in_layout=time == times[0],
            )
        write(name, -0.035, 58 + 14 * place, "axes fraction", ha="right", color=colour)


def constructed_curve() -> Picture:
    """Twelve constructed people whose curve ends on very few of them."""

    from ..stats.survival import kaplan_meier

    months, died = zip(*FOLLOWED, strict=True)
    curve = kaplan_meier(months, died)
    times = [0, 2, 4, 6, 8, 10, 12]
    numbers = curve.at_risk(times)
    before, after = 100 * curve.at([10, 11])
    low, high = 100 * curve.low[-1], 100 * curve.high[-1]
    last = int(curve.at_risk([11])[0])

    def draw(ax: Axes) -> None:
        draw_curve(ax, curve, 12, COLOURS["blue"])
        ax.annotate(
            f"one death among the {last} still followed:\n{before:.0f}% becomes {after:.0f}%", (11, (before + after) / 2), xytext=(10.6, 47),
            ha="right", va="center", fontsize=9.5, arrowprops={"arrowstyle": "-", "color": COLOURS["quiet"]},
        )  # fmt: skip
        ax.text(5.4, 80, "tick: last seen alive", fontsize=9.5, va="bottom")
        ax.set(
            xlim=(0, 12.3), ylim=(0, 104), xticks=times, xlabel="months since the start", ylabel="alive (%)"
        )
        at_risk_rows(ax, times, {"people": (numbers.tolist(), COLOURS["ink"])})

    frame = curve.table().assign(survival=(100 * curve.survival).round(1)).drop(columns=["low", "high"])
    frame = frame.rename(columns={"time": "month", "at_risk": "still followed", "events": "deaths", "censored": "last seen alive", "survival": "alive, %"})  # fmt: skip
    return picture(
        draw,
        alt=f"Survival curve of {curve.n} constructed people: {before:.0f}% from month 4 on, then one death in month 11 takes it to {after:.0f}%. "
        f"Still followed at 0, 2, 4, 6, 8, 10 and 12 months: {', '.join(map(str, numbers))}.",
        caption=f"{curve.n} constructed people, {int(curve.n_event.sum())} deaths (Kaplan–Meier). At 12 months {after:.0f}% with a 95% interval of "
        f"{low:.0f}% to {high:.0f}% (log-log).",
        origin="assumed",
        table=frame,
        size=(7.2, 3.7),
    )


STILLS: dict[str, Callable[[], Any]] = {"06-curve": constructed_curve}
