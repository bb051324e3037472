"""The pathway model, worked from end to end: one day of tablets as free drug, kinase activity, pathway and score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..figures import COLOURS, picture
from .curve_marks import LINES, name, rounded, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..figures import Picture

__all__ = ["STILLS", "dose_to_score"]

DOSE_MG, EVERY_H = 5.0, 12.0
CHRONIC_PM, WEEKS_H = 0.084, 672.0
READ = ("pSTAT1_total", "FC_IRF9mRNA")
# The seventh day of the drug.
START_H, END_H = 144.0, 168.0


def dose_to_score() -> Picture:
    """One day of tablets followed through four steps: free drug, kinase activity, pathway, six-gene score."""
    import numpy as np
    import pandas as pd

    from ..biology.pathway import constant
    from ..biology.signature import cut_off
    from ..biology.treatment import Regimen, treat

    hours = np.linspace(START_H, END_H, 481)
    treatment = treat(Regimen(DOSE_MG, EVERY_H), constant(CHRONIC_PM, END_H, WEEKS_H), times_h=hours)
    drug = treatment.course.drug
    step = treatment.inhibition(0.05)
    step = step[step.time_h >= START_H - 1e-9]
    response = treatment.response()
    arms = {
        readout: {arm: part.value.to_numpy() for arm, part in rows.groupby("arm")}
        for readout, rows in response[response.readout.isin(list(READ))].groupby("readout")
    }
    score = {arm: part.score.to_numpy() for arm, part in treatment.score().groupby("arm")}
    nothing = np.zeros(1)
    courses = [
        ("1 free drug", "nM", nothing, step.free_nM.to_numpy()),
        ("2 kinase activity removed", "%", nothing, 100 * step.inhibited.to_numpy()),
        ("3 pSTAT1", "molecules/cell", arms["pSTAT1_total"]["no drug"], arms["pSTAT1_total"]["drug"]),
        ("3 IRF9 mRNA", "times rest", arms["FC_IRF9mRNA"]["no drug"], arms["FC_IRF9mRNA"]["drug"]),
        ("4 six-gene score", "fold", score["no drug"], score["drug"]),
    ]
    rows = [
        (what, unit, *(rounded(float(x)) for x in (without.mean(), course.min(), course.mean(), course.max())))
        for what, unit, without, course in courses
    ]  # fmt: skip
    table = pd.DataFrame(
        rows,
        columns=[
            "step",
            "unit",
            "mean without drug",
            "lowest with drug",
            "mean with drug",
            "highest with drug",
        ],
    )

    def draw(free: Axes, activity: Axes) -> None:
        grid = free.figure.add_gridspec(2, 2)
        free.set_subplotspec(grid[0, 0])
        activity.set_subplotspec(grid[0, 1])
        pathway, genes = (free.figure.add_subplot(grid[1, column]) for column in (0, 1))
        clock = step.time_h.to_numpy() - START_H
        free.plot(clock, courses[0][3], **LINES[0])
        constant_words = f"half inhibition, assumed: {drug.K_J1.value:g} nM"
        free.axhline(drug.K_J1.value, label=constant_words, **LINES[1] | {"linewidth": 1.4})
        free.legend(loc="upper right", handlelength=2.6)
        free.set(title="1  Free drug", ylabel="tofacitinib (nM)", ylim=(0, 119))
        activity.plot(clock, courses[1][3], **LINES[0])
        activity.axhline(courses[1][3].mean(), **LINES[1] | {"linewidth": 1.4})
        name(activity, f"mean {courses[1][3].mean():.0f}%", (24, courses[1][3].mean()), (-2, 4), ha="right")
        activity.set(title="2  Kinase activity removed", ylabel="% of the activity", ylim=(0, 100))
        for look, row in zip((LINES[0], LINES[2]), courses[2:4], strict=True):
            pathway.plot(hours - START_H, 100 * row[3] / row[2], **look)
        name(pathway, "IRF9 mRNA", (1.3, 85), (0, 0))
        name(pathway, "pSTAT1", (2.0, 31), (0, 0))
        pathway.axhline(100, color=COLOURS["quiet"], linewidth=1)
        pathway.set(title="3  Pathway", ylabel="% of the cell without drug", ylim=(0, 110))
        genes.plot(hours - START_H, score["no drug"], label="no drug", **LINES[1])
        genes.plot(hours - START_H, score["drug"], label="drug", **LINES[0])
        genes.axhline(cut_off(), color=COLOURS["ink"], linewidth=1.2)
        name(genes, f"cut-off {cut_off():.4g}", (24, cut_off()), (-2, 4), ha="right")
        genes.legend(loc="center right", ncols=2, bbox_to_anchor=(1.0, 0.56))
        genes.set(title="4  Six-gene score", ylabel="fold", ylim=(0, 3))
        for ax in (free, activity, pathway, genes):
            ax.set(xlim=(0, 24), xticks=range(0, 25, 6), xlabel="hours of day 7 of the drug")

    spoken = "; ".join(
        f"step {what}: {said(low)} to {said(high)}{'' if unit == '%' else ' '}{unit}, mean {said(mean)}"
        + (f" (without drug {said(without)})" if without else "")
        for what, unit, without, low, mean, high in table.itertuples(index=False, name=None)
    )
    return picture(
        draw,
        alt=f"Four panels over a day, one for each step from a dose to a score. With drug, {spoken}. The cut-off of the score, "
        f"{cut_off():.4g}, is far above both.",
        caption="One day of tablets in a typical adult [PKN001, PKN002, PKN003, PKN004, PKN024], and the cell of Kok 2020 [JS11]. "
        f"{treatment.caption} The score follows promoter occupancy at once: the lifetime of RNA is not in it. IRF9: a gene that "
        "answers to little interferon.",
        origin="assumed",
        table=table,
        size=(8.6, 5.6),
        panels=2,
    )  # fmt: skip


STILLS = {"03-dose-to-score": dose_to_score}
