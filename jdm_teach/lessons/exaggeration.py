"""Lesson 07: what nine children can find, and how far a find overstates the truth."""

from __future__ import annotations

from functools import lru_cache
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exercises.exploration import Exploration, Settings, View, slider
from ..figures import COLOURS, Sheet, picture
from .count_intervals import predicted

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    from ..stats.worlds import RankPower, TablePower

__all__ = ["EXAGGERATION", "differences_of", "printed_difference", "rank_power_table"]

ALPHA = 0.05
FIRST = (3, 6, 60, 30)
MOST = 40
SEED, WORLDS = 7, 20_000
SHIFTS = (0.5, 1.0, 1.5, 2.0, 3.0)


class Differences(NamedTuple):
    """Every risk difference two groups can show, in points, with its chance, and its chance together with a small p."""

    points: np.ndarray
    chance: np.ndarray
    found: np.ndarray


@lru_cache(maxsize=256)
def power_of(n1: int, n2: int, first: int, second: int) -> TablePower:
    from ..stats.worlds import table_power

    return table_power(n1, n2, first / 100, second / 100)


@lru_cache(maxsize=256)
def differences_of(n1: int, n2: int, first: int, second: int) -> Differences:
    """The exact distribution of the observed risk difference, whole and where Fisher's p is at most 0.05."""
    import numpy as np

    from ..stats.worlds.table_grid import fisher_grid, table_probabilities

    chance = table_probabilities(n1, n2, first / 100, second / 100)
    found = chance * (fisher_grid(n1, n2) <= ALPHA * (1 + 1e-9))
    points = 100 * np.subtract.outer(np.arange(n1 + 1) / n1, np.arange(n2 + 1) / n2)
    values, place = np.unique(points.ravel().round(6), return_inverse=True)
    return Differences(values, np.bincount(place, chance.ravel()), np.bincount(place, found.ravel()))


def printed_difference(n1: int, n2: int, first: int, second: int) -> float:
    """The average size of the difference among studies with p at most 0.05, in points; NaN where none can be."""
    found = differences_of(n1, n2, first, second)
    total = float(found.found.sum())
    return float((abs(found.points) * found.found).sum()) / total if total else float("nan")


def exaggeration_view(settings: Settings) -> View:
    """Every difference such a study can show, and the part of them that would reach print."""
    import numpy as np
    import pandas as pd

    n1, n2 = int(settings["n1"]), int(settings["n2"])
    first, second = int(settings["first"]), int(settings["second"])
    setting = (n1, n2, first, second)
    power, shape = power_of(*setting), differences_of(*setting)
    printed, truth = printed_difference(*setting), first - second
    # Neighbouring differences share a bar, so that the bars stay wide enough to see.
    edges = np.arange(-105, 106, 10)
    centres = edges[:-1] + 5
    everything = 100 * np.histogram(shape.points, edges, weights=shape.chance)[0]
    found = 100 * np.histogram(shape.points, edges, weights=shape.found)[0]

    def draw(ax: Axes) -> None:
        ax.stairs(
            everything,
            edges,
            fill=True,
            facecolor=COLOURS["sky"],
            edgecolor=COLOURS["ink"],
            label="all studies",
        )
        ax.stairs(
            found, edges, fill=True, facecolor=COLOURS["vermilion"], edgecolor=COLOURS["ink"], hatch="//", label="p ≤ 0.05"
        )  # fmt: skip
        top = 1.32 * float(everything.max())
        for x, name, style in ((truth, "truth", "--"), (printed, "in print", "-")):
            if not isnan(x):
                ax.axvline(x, color=COLOURS["ink"], linewidth=2, linestyle=style, ymax=0.84)
                ax.text(
                    x,
                    0.85 * top,
                    f"{name} {x:.0f}".replace("-", "−"),
                    ha="center",
                    va="bottom",
                    fontsize=10,
                    weight="bold",
                )
        ax.set(
            xlim=(-104, 108),
            ylim=(0, top),
            xlabel="difference between the groups as observed (percentage points)",
            ylabel="chance (%)",
        )
        ax.set_xticks(range(-100, 101, 50))
        ax.locator_params(axis="y", nbins=4)
        ax.legend(loc="upper left", fontsize=9.5)

    lead = f"With {n1} and {n2} children whose true risks are {first}% and {second}%, p ≤ 0.05 is reached in {100 * power.power:.1f}% of studies"
    if isnan(printed):
        rest = "; no result of this design can reach it."
    elif truth == 0:
        rest = f", all of them false alarms, {printed:.0f} points apart on average."
    else:
        rest = (
            f". Those show {printed:.0f} points on average where the truth is {abs(truth)}: {power.type_m:.1f} times as much, in the wrong "
            f"direction in {100 * power.type_s:.1f}%."
        )
    frame = pd.DataFrame(
        {
            "difference, points (middle)": centres.astype(int),
            "chance, %": everything.round(2),
            "chance with p ≤ 0.05, %": found.round(2),
        }
    )
    shown = picture(
        draw,
        alt=f"Bars: chance of each observed difference; hatched: those with p ≤ 0.05. {lead}{rest}",
        caption=f"n = {n1 + n2} invented children. Exact, from all {(n1 + 1) * (n2 + 1):,} tables; Fisher's exact test, two-sided; bars 10 points "
        "wide. In print: the average size of the difference among studies with p at or below 0.05.",
        origin="assumed",
        table=frame[frame["chance, %"] >= 0.01],
        size=(7.2, 3.3),
    )
    return View(f"{lead}{rest} Exact.", shown, result=(setting, printed))


def compare_printed(response: Any, view: View) -> str:
    """The learner's published difference beside the exact average."""
    said = predicted("07gp", response)
    setting, printed = view.result
    text = f"You expected {said:.3g} points in print; it is {printed_difference(*FIRST):.0f}, where the truth is {FIRST[2] - FIRST[3]}."
    if setting == FIRST:
        return text
    return text + (
        " Under the settings below nothing can be printed."
        if isnan(printed)
        else f" Under the settings below it is {printed:.0f}."
    )


@lru_cache(maxsize=1)
def rank_powers() -> tuple[RankPower, ...]:
    from ..stats.worlds import rank_power

    return tuple(rank_power(FIRST[0], FIRST[1], shift, worlds=WORLDS, seed=SEED) for shift in SHIFTS)


def rank_power_table() -> Sheet:
    """Power and exaggeration of the exact rank test with three against six measured values."""
    import pandas as pd

    rows = [
        (one.shift, f"{100 * one.power:.0f}%", f"{one.type_m:.1f} times", f"{100 * one.type_s:.1f}%")
        for one in rank_powers()
    ]
    columns = ["true difference, in SD", "p ≤ 0.05", "finds overstate it", "finds in the wrong direction"]
    return Sheet(
        pd.DataFrame(rows, columns=columns),
        caption=f"A measured marker, {FIRST[0]} poor responders against {FIRST[1]} others, exact rank test; {WORLDS:,} invented series per line, "
        f"seed {SEED}.",
        origin="simulated",
    )


EXAGGERATION = Exploration(
    id="07g",
    title="Who reaches print, and how far from the truth",
    task="Keep a number first. Then enlarge the groups, and move the true risks together and apart.",
    controls=(
        slider("n1", "Children with the marker", FIRST[0], 1, MOST),
        slider("n2", "Children without it", FIRST[1], 1, MOST),
        slider("first", "True risk with the marker", FIRST[2], 0, 100, 5, unit="%"),
        slider("second", "True risk without it", FIRST[3], 0, 100, 5, unit="%"),
    ),
    prediction="07gp",
    compare=compare_printed,
    run=exaggeration_view,
    run_label="Run all studies",
)
