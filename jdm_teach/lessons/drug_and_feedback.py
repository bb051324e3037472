"""Lesson 03: one cell under weeks of interferon, with half a kinase or half a brake. No science here, only runs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exercises.exploration import Exploration, Settings, View, slider
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

__all__ = ["DRUG_AND_FEEDBACK", "Course", "cell_course", "falls"]

HOURS, SETTLED_H, BEFORE_H = 72.0, 672.0, 8.0
READ = ("pSTAT1_total", "ISGF3n", "FC_IRF9mRNA", "OccGAS_ISREbs")
NAMES = ("phosphorylated STAT1", "nuclear ISGF3", "IRF9 mRNA", "six-gene score")
PREDICTED_PERCENT = 50


class Course(NamedTuple):
    """One cell from the hour the drug starts: hours, four curves (rows as in `NAMES`), means over the last day."""

    hours: np.ndarray
    curves: np.ndarray
    last_day: tuple[float, ...]


@lru_cache(maxsize=128)
def cell_course(level_fM: float, inhibited: float, usp18: float, socs1: float) -> Course:
    """Four weeks of constant interferon, then three days with a share of kinase activity removed. About 5 ms, kept."""
    import numpy as np

    from ..biology.gene_response import gene_response
    from ..biology.pathway import Knobs, constant, run
    from ..biology.readouts import area

    response = run(
        constant(level_fM / 1000, hours=HOURS, settled_h=SETTLED_H),
        inhibited,
        Knobs(usp18, socs1),
        readouts=READ,
    )
    hours = response.fine_times_h
    curves = response.fine_values.copy()
    curves[3] = gene_response().score(np.maximum(curves[3], 0.0))
    means = area(hours, curves, HOURS - 24, HOURS) / 24
    return Course(hours, curves, tuple(means.tolist()))


def falls(level_fM: float, inhibited: float, usp18: float, socs1: float) -> tuple[float, ...]:
    """By how many per cent each of `NAMES` falls in the third day of the drug, against the same cell without it."""
    without = cell_course(level_fM, 0.0, usp18, socs1).last_day
    with_drug = cell_course(level_fM, inhibited, usp18, socs1).last_day
    return tuple(100 * (1 - b / a) for a, b in zip(without, with_drug, strict=True))


def drug_and_feedback(settings: Settings) -> View:
    """Signal and gene over three days, with and without the drug, on the scale of the unchanged cell."""
    import pandas as pd

    level, removed = settings["interferon"], settings["inhibited"] / 100
    brakes = settings["usp18"], settings["socs1"]
    plain = cell_course(level, 0.0, 1.0, 1.0).last_day
    without, with_drug = (cell_course(level, share, *brakes) for share in (0.0, removed))
    fallen = falls(level, removed, *brakes)
    unchanged = brakes == (1.0, 1.0)
    table = pd.DataFrame(
        {
            "mean over the third day": NAMES,
            "unit": ["molecules per cell", "molecules per cell", "times the resting cell", "fold"],
            "unchanged cell, no drug": plain,
            "this cell, no drug": without.last_day,
            "this cell, drug": with_drug.last_day,
            "fall with the drug, %": fallen,
        }
    ).round(2)
    listed = ", ".join(f"{name} by {share:.0f}%" for name, share in zip(NAMES, fallen, strict=True))
    sentence = f"With {removed:.0%} of the kinase activity removed, the third-day mean falls: {listed}."
    if not unchanged:
        higher = 100 * without.last_day[0] / plain[0]
        sentence += f" Before the drug, the signal of this cell is at {higher:.0f}% of the unchanged cell."
    shown = picture(
        lambda ax: draw_courses(ax, plain, without, with_drug),
        alt=f"Curves over three days of drug, {level:g} fM interferon. Against no drug: {listed}.",
        caption="One hepatoma cell, model of Kok 2020 [JS11]; four weeks of constant interferon before the drug starts; no "
        "random numbers, so no seed. ISG: interferon-stimulated gene, here IRF9, a sensitive one. Each curve is a percentage of "
        "the same quantity in the unchanged cell without drug. The share of activity removed is held constant (assumed).",
        origin="simulated",
        table=table,
        size=(7.4, 3.2),
    )  # fmt: skip
    return View(sentence, shown, result=falls(level, PREDICTED_PERCENT / 100, *brakes)[2])


def draw_courses(ax: Axes, plain: tuple[float, ...], without: Course, with_drug: Course) -> None:
    """Signal (ISGF3 as rings on it) and gene; dashed without drug, solid with it; named where they end."""
    import numpy as np

    hours = np.concatenate([[-BEFORE_H, 0.0], without.hours])
    ends, alone, top = [], [], 100.0
    for row, words, colour in ((0, "signal", "vermilion"), (2, "gene", "blue")):
        before = 100 * without.curves[row, 0] / plain[row]
        curve = np.concatenate([[before, before], 100 * with_drug.curves[row] / plain[row]])
        ax.plot(
            [-BEFORE_H, HOURS], [before, before], color=COLOURS[colour], linestyle=(0, (5, 3)), linewidth=1.4
        )
        ax.plot(hours, curve, color=COLOURS[colour], linewidth=2.4)
        if abs(curve[-1] - before) > 0.02 * before:
            ends.append((float(curve[-1]), f"{words}, drug: {curve[-1]:.0f}", colour))
        alone.append((before, f"{words}, no drug: {before:.0f}", colour))
        top = max(top, before, float(curve.max()))
    same = abs(alone[0][0] - alone[1][0]) < 1
    ends += [(alone[0][0], f"no drug: {alone[0][0]:.0f}", "ink")] if same else alone
    rings = np.arange(12, HOURS, 12.0)
    isgf3 = 100 * np.interp(rings, with_drug.hours, with_drug.curves[1]) / plain[1]
    ax.plot(rings, isgf3, "o", color=COLOURS["vermilion"], markerfacecolor="white", markersize=5.5)
    ax.axvline(0, color=COLOURS["quiet"], linewidth=1)
    ax.set(
        xlabel="hours since the drug started",
        ylabel="% of the unchanged cell\nwithout drug",
        xlim=(-BEFORE_H, HOURS),
        ylim=(0, 1.12 * top),
        xticks=range(0, 73, 24),
        title="Signal: pSTAT1 (rings: ISGF3). Gene: ISG mRNA",
    )
    name_ends(ax, sorted(ends), 1.12 * top)


def name_ends(ax: Axes, ends: list[tuple[float, str, str]], top: float) -> None:
    """Each curve named at its end, lifted just enough that no name covers another."""
    floor = -top
    for height, words, colour in ends:
        floor = max(height, floor + 0.085 * top)
        ax.annotate(
            words, (HOURS, floor), xytext=(6, 0), textcoords="offset points", va="center",
            color=COLOURS["blue" if colour == "blue" else "ink"],
            annotation_clip=False,
        )  # fmt: skip


def beside_prediction(response: Any, view: View) -> str:
    """The fall expected beside the fall of the gene when half of the activity is removed."""
    from ..exercises import bank, grading

    expected = grading.grade(bank.item("03sp"), response).value
    return (
        f"You expected the ISG mRNA to fall by {expected:g}%. With half of the kinase activity removed and the other "
        f"controls as they stand, it falls by {view.result:.0f}% in this model."
    )


DRUG_AND_FEEDBACK = Exploration(
    id="03s",
    title="Half the kinase, how much of the gene?",
    task="Keep a prediction, press Run, then move one control at a time. 1 is the published cell; a gain of 0 means that the "
    "brake cannot rise.",
    controls=(
        slider("inhibited", "Kinase activity removed by the drug", 50, 0, 90, 5, "%"),
        slider("interferon", "Interferon alpha, held for weeks", 84, 4, 1000, 4, "fM"),
        slider("usp18", "USP18 gain (slow brake)", 1, 0, 3, 0.5, "times"),
        # Below a half the two cut brakes let the published equations run away beyond what a cell can hold.
        slider("socs1", "SOCS1 gain (quick brake)", 1, 0.5, 3, 0.5, "times"),
    ),
    prediction="03sp",
    compare=beside_prediction,
    run=drug_and_feedback,
)
