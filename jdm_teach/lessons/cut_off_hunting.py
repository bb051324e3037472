"""Lesson 07: one worthless marker, eight possible cut-offs, and the best of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exercises.exploration import Exploration, Settings, View, slider, stepper
from ..figures import COLOURS, picture
from .count_intervals import predicted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CUT_OFFS", "Series", "false_alarms", "series_of"]

CHILDREN, POOR, SEED, ALPHA = 9, 3, 97, 0.05


class Series(NamedTuple):
    """Nine invented children by rising marker value: the value, whether the response was poor, p by size of the high group."""

    values: tuple[float, ...]
    poor: tuple[bool, ...]
    p: tuple[float, ...]


@lru_cache(maxsize=64)
def series_of(seed: int) -> Series:
    """A marker drawn without regard to the outcome, and Fisher's p at each of its eight cut-offs."""
    import numpy as np

    from ..stats.worlds import marker_hunt

    hunt = marker_hunt(1, CHILDREN, POOR, rank_test=False, cut_offs="all", worlds=1, seed=seed)
    values = hunt.shown_values[:, 0]
    order = np.argsort(values)
    # The draws are normal; as a blood value they read better on a positive, lopsided scale.
    shown = np.exp(6.0 + 0.7 * values[order])
    return Series(
        tuple(float(x) for x in shown),
        tuple(bool(hunt.shown_outcome[i]) for i in order),
        tuple(float(p) for p in hunt.log()["p"]),
    )


@lru_cache(maxsize=4)
def false_alarms(choices: int | None = None) -> float:
    """The exact chance of p at or below 0.05 from a worthless marker: one fixed size of the high group, or the best of all."""
    from ..stats.worlds import marker_hunt

    sizes: Any = "all" if choices is None else [choices]
    return marker_hunt(1, CHILDREN, POOR, rank_test=False, cut_offs=sizes, worlds=1).expected


def cut_off_view(settings: Settings) -> View:
    """The nine values, the chosen cut-off, and the p that every other cut-off would have given."""
    import pandas as pd

    from ..stats.result import p_text

    high, seed = int(settings["high"]), SEED + int(settings["again"])
    values, poor, ps = series_of(seed)
    edges = [(values[CHILDREN - k - 1] * values[CHILDREN - k]) ** 0.5 for k in range(1, CHILDREN)]
    chosen, best = ps[high - 1], min(ps)
    best_size = ps.index(best) + 1
    above = sum(poor[CHILDREN - high :])

    def draw(ax: Axes) -> None:
        ax.plot(edges, ps, "o-", color=COLOURS["quiet"], linewidth=1.2, markersize=6)
        ax.plot(
            edges[best_size - 1],
            best,
            "o",
            markersize=15,
            markerfacecolor="none",
            markeredgecolor=COLOURS["ink"],
            markeredgewidth=1.6,
        )
        ax.plot(
            edges[high - 1],
            chosen,
            "D",
            color=COLOURS["vermilion"],
            markersize=10,
            markeredgecolor="white",
            zorder=5,
        )
        ax.axvline(edges[high - 1], color=COLOURS["vermilion"], linewidth=1.4, linestyle=":")
        ax.axhline(ALPHA, color=COLOURS["ink"], linewidth=1.2, linestyle="--")
        for x, bad in zip(values, poor, strict=True):
            ax.plot(
                x, 2.3, "X" if bad else "o", markersize=11 if bad else 9, color=COLOURS["blue" if not bad else "vermilion"],
                markeredgecolor="white", zorder=4,
            )  # fmt: skip
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set(
            xlim=(values[0] / 1.2, values[-1] * 1.2), ylim=(0.008, 3.6), xlabel="invented marker, cut-off between two children (log scale)",
            ylabel="Fisher p (log scale)",
        )  # fmt: skip
        ax.set_yticks([1, 0.3, 0.1, 0.05, 0.01], ["1", "0.3", "0.1", "0.05", "0.01"])
        ticks = [t for t in (50, 100, 200, 400, 800, 1600, 3200) if values[0] / 1.2 < t < values[-1] * 1.2]
        ax.set_xticks(ticks, [str(t) for t in ticks])
        ax.minorticks_off()

    fixed, searched = 100 * false_alarms(POOR), 100 * false_alarms()
    here = f"{high} called high: {above} of {high} above and {POOR - above} of {CHILDREN - high} below respond poorly, {p_text(chosen)}"
    sentence = (
        f"{here}. The best of the eight cut-offs calls {best_size} high, {p_text(best)}. Whoever fixes the three highest beforehand is misled by a "
        f"worthless marker in {fixed:.1f}% of data sets; whoever reports the best cut-off, in {searched:.1f}% (exact). SIMULATED, seed {seed}."
    )
    frame = pd.DataFrame(
        {
            "called high": range(1, CHILDREN),
            "cut-off": [f"{edge:.0f}" for edge in edges],
            "poor, above": [f"{sum(poor[CHILDREN - k :])} of {k}" for k in range(1, CHILDREN)],
            "poor, below": [
                f"{POOR - sum(poor[CHILDREN - k :])} of {CHILDREN - k}" for k in range(1, CHILDREN)
            ],
            "p": [f"{p:.3f}" for p in ps],
        }
    )
    shown = picture(
        draw,
        alt=f"SIMULATED: p by cut-off, above it the nine children by marker value. {here}. Best: {best_size} high, {p_text(best)}.",
        caption=f"{CHILDREN} invented children, crosses: {POOR} poor responses, marker unrelated to them, seed {seed}. Diamond and dotted line: your "
        "cut-off; ring: the best one; broken line: 0.05. Fisher's exact test, two-sided.",
        origin="simulated",
        table=frame.assign(seed=seed, data_origin="simulated"),
        size=(7.2, 3.4),
    )
    return View(sentence, shown, result=(high, seed))


def compare_cut_off(response: Any, view: View) -> str:
    """The learner's rate of false alarms beside the exact one."""
    said = predicted("07ep", response)
    return (
        f"You expected {said:.3g}%; the best of eight cut-offs gives p of 0.05 or less in {100 * false_alarms():.1f}% of data sets, "
        f"{false_alarms() / false_alarms(POOR):.0f} times as often as one cut-off fixed beforehand."
    )


CUT_OFFS = Exploration(
    id="07e",
    title="Choose a cut-off, count the choices",
    task="Keep a percentage first. Then slide the cut-off to the smallest p, and draw other data sets.",
    controls=(
        slider("high", "Children called high", POOR, 1, CHILDREN - 1, unit="of 9"),
        stepper("again", "Another data set"),
    ),
    prediction="07ep",
    compare=compare_cut_off,
    run=cut_off_view,
    run_label="Apply the cut-off",
)
