"""The pathway model, worked: one figure for each way of giving interferon (once, for weeks, or twice).

Each function runs the published cell and returns a `Picture` whose table and alternative text hold the same numbers.
No drug here; `treated_protocols` has the drug, the illustrative source loop, and the way from dose to score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..figures import COLOURS, picture
from .curve_marks import CELL, LINES, listed, name, rounded, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..figures import Picture

__all__ = ["STILLS", "bolus_response", "chronic_response", "prestimulated_response"]

BOLUS_PM = (1400.0, 28.0, 2.8)
CHRONIC_PM = (0.0028, 0.0084, 0.028, 0.084, 0.28, 0.84, 2.8)
DRAWN_PM = (0.84, 0.084, 0.0084)
FIRST_PM = (0.0, 2.8, 28.0, 1400.0)
SECOND_PM, GAP_H, END_H = 1400.0, 24.0, 48.0
WEEKS_H = 672.0


def bolus_response() -> Picture:
    """One dose, three sizes: the signal peaks first, the complex in the nucleus later, the gene of the brake last."""
    import pandas as pd

    from ..biology.pathway import bolus, run

    read = ("pSTAT1_total", "ISGF3n", "FC_USP18mRNA")
    runs = {level: run(bolus(level), readouts=read) for level in BOLUS_PM}
    peaks = {level: [response.peak(readout) for readout in read] for level, response in runs.items()}
    table = pd.DataFrame(
        [
            (level, *(x for hour, height in peaks[level] for x in (rounded(height), round(hour, 1))))
            for level in BOLUS_PM
        ],
        columns=[
            "interferon alpha once, pM",
            "highest pSTAT1, molecules/cell",
            "peak of pSTAT1, h",
            "highest nuclear ISGF3, molecules/cell",
            "peak of ISGF3, h",
            "highest USP18 mRNA, fold",
            "peak of USP18 mRNA, h",
        ],
    )  # fmt: skip

    def draw(*axes: Axes) -> None:
        titles = ("Signal: pSTAT1", "Complex: nuclear ISGF3", "Gene: USP18 mRNA")
        units = ("thousand molecules per cell", "thousand molecules per cell", "times the resting cell")
        for row, (ax, readout) in enumerate(zip(axes, read, strict=True)):
            scale = 1.0 if readout.startswith("FC") else 1e-3
            for look, level in zip(LINES, BOLUS_PM, strict=False):
                hour, height = peaks[level][row]
                response = runs[level]
                ax.plot(
                    response.fine_times_h,
                    scale * response.fine_values[row],
                    label=f"{level:g} pM: {hour:.1f} h",
                    **look,
                )
                ax.plot(hour, scale * height, "o", color=look["color"], markersize=5)
            ax.legend(
                title="dose: hour of the peak",
                loc="upper right",
                fontsize=9,
                title_fontsize=9,
                handlelength=2.6,
            )
            top = 1.55 * scale * peaks[BOLUS_PM[0]][row][1]
            ax.set(title=titles[row], xlabel="hours since the dose", ylabel=units[row], xlim=(-1, 32), ylim=(0, top), xticks=range(0, 33, 8))  # fmt: skip

    spoken = "; ".join(
        f"{level:g} pM: pSTAT1 {said(p[1])} molecules per cell at {p[0]:.1f} hours, nuclear ISGF3 {said(i[1])} at "
        f"{i[0]:.1f} hours, USP18 mRNA {said(g[1])} times rest at {g[0]:.1f} hours"
        for level, (p, i, g) in peaks.items()
    )
    return picture(
        draw,
        alt=f"Three panels of curves after one dose of interferon alpha, with peaks marked. {spoken}.",
        caption=f"One dose at hour 0, used up by the receptors; dots mark the peaks and their hours. {CELL} pSTAT1: STAT1 "
        "that carries its phosphate; USP18: the slow brake. Doses of this size belong to the laboratory, not to blood.",
        origin="simulated",
        table=table,
        size=(8.6, 3.3),
        panels=3,
    )  # fmt: skip


def chronic_response() -> Picture:
    """Interferon held for four weeks: the signal settles below its peak, the sensitive gene stays on."""
    import numpy as np
    import pandas as pd

    from ..biology.pathway import constant, run
    from ..biology.readouts import peak

    read = ("pSTAT1_total", "FC_IRF9mRNA")
    # Close together early, when everything happens.
    hours = np.geomspace(0.25, WEEKS_H, 500)
    runs = {level: run(constant(level, WEEKS_H), times_h=hours, readouts=read) for level in CHRONIC_PM}
    ends = {level: [float(curve[-1]) for curve in response.values] for level, response in runs.items()}
    peaks = {level: [peak(hours, curve) for curve in response.values] for level, response in runs.items()}
    table = pd.DataFrame(
        [
            (1000 * level, rounded(peaks[level][0][1]), round(peaks[level][0][0], 1), rounded(ends[level][0]),
             rounded(peaks[level][1][1]), rounded(ends[level][1]))
            for level in CHRONIC_PM
        ],
        columns=[
            "interferon alpha held, fM",
            "highest pSTAT1, molecules/cell",
            "peak of pSTAT1, h",
            "pSTAT1 on day 28, molecules/cell",
            "highest IRF9 mRNA, fold",
            "IRF9 mRNA on day 28, fold",
        ],
    )  # fmt: skip

    def draw(signal: Axes, gene: Axes, levels: Axes) -> None:
        for row, ax in enumerate((signal, gene)):
            for look, level in zip(LINES, DRAWN_PM, strict=False):
                ax.plot(hours, runs[level].values[row], **look)
                name(ax, f"{1000 * level:g} fM", peaks[level][row], (0, 5), ha="center")
            ax.set_xscale("log")
            ax.set(xlabel="time under interferon (log scale)", xlim=(0.5, WEEKS_H))
            ax.set_xticks([1, 6, 24, 168, WEEKS_H], ["1 h", "6 h", "1 d", "1 wk", "4 wk"])
        signal.set_yscale("log")
        signal.set(title="Signal: pSTAT1", ylabel="molecules per cell (log scale)", ylim=(3, 3000))
        signal.set_yticks([10, 100, 1000], ["10", "100", "1000"])
        gene.set(title="Gene: IRF9 mRNA", ylabel="times the resting cell", ylim=(0, 28))
        held = [1000 * level for level in CHRONIC_PM]
        levels.plot(held, [ends[level][1] for level in CHRONIC_PM], "o-", color=COLOURS["ink"], linewidth=1.2)
        for look, level in zip(LINES, DRAWN_PM, strict=False):
            levels.plot(1000 * level, ends[level][1], "o", color=look["color"], markersize=9)
            name(
                levels,
                said(ends[level][1]),
                (1000 * level, ends[level][1]),
                (-4, 8),
                ha="right" if level > 0.01 else "center",
            )
        levels.set_xscale("log")
        levels.set(title="The gene on day 28", xlabel="interferon held (fM, log scale)", ylabel="times the resting cell", ylim=(0, 28))  # fmt: skip
        levels.set_xticks([3, 30, 300, 3000], ["3", "30", "300", "3000"])
        for ax in (signal, gene, levels):
            ax.minorticks_off()

    spoken = "; ".join(
        f"{1000 * level:g} fM: pSTAT1 {said(peaks[level][0][1])} molecules per cell at {peaks[level][0][0]:.1f} hours, "
        f"{said(ends[level][0])} on day 28, IRF9 mRNA {said(ends[level][1])} times rest"
        for level in DRAWN_PM
    )
    lowest, highest = (f"{said(ends[x][1])} at {1000 * x:g} fM" for x in (CHRONIC_PM[0], CHRONIC_PM[-1]))
    return picture(
        draw,
        alt=f"Curves over 28 days of constant interferon alpha, and the gene on day 28. {spoken}. The gene on day 28 runs "
        f"from {lowest} to {highest}.",
        caption=f"Interferon held at one level from hour 0, as in chronic disease. {CELL} pSTAT1: STAT1 that carries its "
        "phosphate; IRF9: a gene that answers to little interferon; fM: femtomolar. What a tissue meets in a patient is not known.",
        origin="simulated",
        table=table,
        size=(8.6, 3.3),
        panels=3,
    )  # fmt: skip


def prestimulated_response() -> Picture:
    """A first dose, a day later a large one: which reading calls the cell readier, and what the brake has to do with it."""
    import pandas as pd

    from ..biology.pathway import Knobs, prestimulation, run

    read = ("ISGF3n", "pSTAT1_cytoplasm")
    protocols = {first: prestimulation(first, SECOND_PM, GAP_H, END_H) for first in FIRST_PM}
    runs = {first: run(protocol, readouts=read) for first, protocol in protocols.items()}
    cut = {first: run(p, knobs=Knobs(usp18_gain=0.0), readouts=read) for first, p in protocols.items()}
    heights = {
        what: [found[first].peak(readout, GAP_H)[1] for first in FIRST_PM]
        for what, found, readout in (
            ("nuclear ISGF3", runs, "ISGF3n"),
            ("pSTAT1 in the cytoplasm", runs, "pSTAT1_cytoplasm"),
            ("nuclear ISGF3, USP18 cannot rise", cut, "ISGF3n"),
        )
    }
    share = {what: [round(100 * height / row[0]) for height in row] for what, row in heights.items()}
    table = pd.DataFrame(
        [
            (what, first, rounded(height), percent)
            for what, row in heights.items()
            for first, height, percent in zip(FIRST_PM, row, share[what], strict=True)
        ],
        columns=["reading", "first dose, pM", f"highest from hour {GAP_H:g} to {END_H:g}, molecules/cell", "% of fresh cells"],
    )  # fmt: skip

    def draw(course: Axes, ratios: Axes) -> None:
        # Fresh cells come last among the lines, so that the three first doses keep the colours of the other panel.
        for look, first in zip((LINES[3], *LINES[:3]), FIRST_PM, strict=True):
            words = f"{first:g} pM" if first else "none (fresh)"
            course.plot(runs[first].fine_times_h, runs[first].fine_values[0] / 1000, label=words, **look)
        course.axvline(GAP_H, color=COLOURS["quiet"], linewidth=1)
        name(course, f"then {SECOND_PM:g} pM for all", (GAP_H, 7.1), (-5, 0), ha="right")
        course.legend(title="first dose", loc="upper left", bbox_to_anchor=(0.02, 0.9), alignment="left", handlelength=3)  # fmt: skip
        course.set(title="Nuclear ISGF3", xlabel="hours since the first dose", ylabel="thousand molecules per cell", xlim=(0, END_H), ylim=(0, 7.6), xticks=range(0, 49, 12))  # fmt: skip
        ratios.axhline(100, color=COLOURS["quiet"], linewidth=1)
        for look, mark, row in zip(LINES, "os^", share.values(), strict=False):
            ratios.plot(range(len(row)), row, marker=mark, markersize=7, **look)
        name(ratios, "nuclear ISGF3", (1, share["nuclear ISGF3"][1]), (0, 9), ha="center")
        name(ratios, "pSTAT1 in the cytoplasm", (-0.1, 45), (0, 0))
        name(ratios, "nuclear ISGF3,\nUSP18 cannot rise", (2.1, 285), (0, 0), ha="right")
        ratios.set(title="Answer to the second dose", xlabel="first dose (pM)", ylabel="highest point, % of fresh cells", xlim=(-0.2, 3.2), ylim=(0, 360))  # fmt: skip
        ratios.set_xticks(range(len(FIRST_PM)), [f"{first:g}" if first else "none" for first in FIRST_PM])

    doses = [f"after {first:g} pM" for first in FIRST_PM[1:]]
    spoken = "; ".join(
        f"{what}, {listed(f'{percent}% {dose}' for percent, dose in zip(row[1:], doses, strict=True))}"
        for what, row in share.items()
    )
    return picture(
        draw,
        alt=f"Left, nuclear ISGF3 over {END_H:g} hours with a second dose of {SECOND_PM:g} pM at hour {GAP_H:g}. Right, the highest "
        f"answer to it against cells without a first dose: {spoken}.",
        caption=f"A first dose at hour 0, {SECOND_PM:g} pM on top at hour {GAP_H:g}. A low first dose sensitises nuclear ISGF3 and a high one "
        "desensitises it, as in the experiments behind the model; the signal in the cytoplasm only falls. Where USP18, the slow "
        "brake, cannot rise, no first dose desensitises, and ISGF3 still rises when the run ends; that line is compared with "
        f"fresh cells of the same kind. {CELL}",
        origin="simulated",
        table=table,
        size=(8.6, 3.6),
        panels=2,
    )  # fmt: skip


STILLS = {
    "03-bolus": bolus_response,
    "03-chronic": chronic_response,
    "03-prestimulation": prestimulated_response,
}
