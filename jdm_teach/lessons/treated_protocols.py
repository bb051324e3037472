"""The pathway model, worked, with a drug: three protocols at half the kinase activity, and the illustrative source loop.

Companion of `protocol_figures`, in the same style.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..figures import COLOURS, picture
from .curve_marks import CELL, LINES, name, rounded, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..figures import Picture

__all__ = ["STILLS", "halved_activity", "source_loop_response"]

HALF = 0.5
WEEKS_H = 672.0
CHRONIC_PM = 0.084
READ = {"pSTAT1_total": "pSTAT1", "ISGF3n": "nuclear ISGF3", "FC_IRF9mRNA": "IRF9 mRNA"}
# Graded and switch-like, as in the source of the loop: trigger, amplification, half, steepness.
LOOPS = {"graded loop": (0.05, 10.0, 0.05, 1.0), "switch-like loop": (0.1, 10.0, 0.03, 2.0)}
HELD = "no loop, interferon held"
REMOVED = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def halved_activity() -> Picture:
    """The same half of the kinase activity taken from three protocols: the signal never loses half."""
    import pandas as pd

    from ..biology.pathway import bolus, constant, prestimulation, run

    # Protocol, where the area is read from and to, how many hours are one unit of the axis, unit.
    protocols = {
        "28 pM once": (bolus(28.0), 0.0, 24.0, 1.0, "hours since the dose"),
        "84 fM held": (
            constant(CHRONIC_PM, 168.0, WEEKS_H),
            144.0,
            168.0,
            24.0,
            "days since the drug started",
        ),
        "2.8, then 1400 pM": (prestimulation(2.8, 1400.0), 24.0, 48.0, 1.0, "hours since the first dose"),
    }
    runs = {
        what: [run(p[0], share, readouts=tuple(READ)) for share in (0.0, HALF)]
        for what, p in protocols.items()
    }
    areas = {
        what: [[r.area(readout, protocols[what][1], protocols[what][2]) for r in pair] for readout in READ]
        for what, pair in runs.items()
    }
    lost = {what: [round(100 * (1 - b / a)) for a, b in rows] for what, rows in areas.items()}
    table = pd.DataFrame(
        [
            (what, f"{protocols[what][1]:g} to {protocols[what][2]:g}", *map(rounded, areas[what][0]), *lost[what])
            for what in protocols
        ],
        columns=["interferon alpha", "hours read", "area of pSTAT1 without drug, molecules·h/cell", "with drug",
                 *(f"{words}: % lost" for words in READ.values())],
    )  # fmt: skip

    def draw(*axes: Axes) -> None:
        for ax, (what, (protocol, start, end, unit_h, label)) in zip(axes, protocols.items(), strict=True):
            scale = 1.0 if protocol.held else 1e-3
            top = 0.0
            for look, share, response in zip((LINES[1], LINES[0]), (0.0, HALF), runs[what], strict=True):
                hours, curve = list(response.fine_times_h / unit_h), list(scale * response.fine_values[0])
                words = f"{share:.0%} removed" if share else "no drug"
                if protocol.held:
                    hours, curve = (
                        [-1.0, 0.0, *hours],
                        [scale * runs[what][0].fine_values[0][0]] * 2 + list(curve),
                    )
                ax.plot(hours, curve, label=words, **look)
                top = max(top, *curve)
            ax.axvspan(start / unit_h, end / unit_h, color="#eef2f4", zorder=0)
            low, high = (-1.0, 7.0) if protocol.held else (0.0, protocol.hours)
            ax.set(title=what, xlabel=label, xlim=(low, high), ylim=(0, 1.5 * top))
            ax.set_ylabel(
                "pSTAT1, molecules per cell" if protocol.held else "pSTAT1, thousand molecules per cell"
            )
            ax.set_xticks(
                range(0, 8, 1) if protocol.held else range(0, int(high) + 1, 8 if high < 40 else 12)
            )
            ax.legend(title=f"area lost: {lost[what][0]}%", loc="upper right", fontsize=9.5, handlelength=2.6, alignment="right")  # fmt: skip

    spoken = "; ".join(
        f"{what}, pSTAT1 loses {rows[0]}%, nuclear ISGF3 {rows[1]}%, IRF9 mRNA {rows[2]}%"
        for what, rows in lost.items()
    )
    return picture(
        draw,
        alt="Three panels of pSTAT1, without drug and with half of the kinase activity removed. Of the area under the curve: "
        f"{spoken}.",
        caption="Half of the kinase activity removed and held so: an ASSUMED share that belongs to no drug and no dose. It acts from "
        "hour 0; in the middle panel interferon had been held for four weeks before. Grey: the 24 hours whose areas are "
        f"compared. IRF9 mRNA is a fold change: the resting level in it stays. {CELL}",
        origin="simulated",
        table=table,
        size=(8.6, 3.4),
        panels=3,
    )  # fmt: skip


def source_loop_response() -> Picture:
    """Cells that make interferon themselves (ours, illustrative): what a drug then takes from messenger and gene."""
    import pandas as pd

    from ..biology.pathway import constant, run, source_loop

    read = ("IFN_pM", "FC_IRF9mRNA")
    protocols = {
        what: source_loop(*constants, hours=WEEKS_H, settled_h=WEEKS_H) for what, constants in LOOPS.items()
    }
    runs = {what: [run(p, share, readouts=read) for share in REMOVED] for what, p in protocols.items()}
    # Interferon held at the level which the graded loop had reached.
    level = float(runs["graded loop"][0].value("IFN_pM")[-1])
    held = constant(level, WEEKS_H, WEEKS_H)
    runs = {HELD: [run(held, share, readouts=read) for share in REMOVED], **runs}
    genes = {what: [float(r.value("FC_IRF9mRNA")[-1]) for r in row] for what, row in runs.items()}
    messenger = {what: [1000 * float(r.value("IFN_pM")[-1]) for r in row] for what, row in runs.items()}
    table = pd.DataFrame({"kinase activity removed, %": [round(100 * share) for share in REMOVED]})
    for what in runs:
        table[f"{what}: interferon, fM"] = [rounded(x) for x in messenger[what]]
        table[f"{what}: IRF9 mRNA, fold"] = [rounded(x) for x in genes[what]]
    half = REMOVED.index(HALF)

    def draw(course: Axes, ladder: Axes) -> None:
        spots = {HELD: (9.0, 104.0), "graded loop": (9.0, 59.0), "switch-like loop": (5.0, 6.0)}
        for look, mark, what in zip((LINES[3], LINES[0], LINES[1]), "^os", runs, strict=True):
            response = runs[what][half]
            share = 100 * response.fine_values[0] / response.fine_values[0][0]
            course.plot([-2.0, 0.0, *(response.fine_times_h / 24)], [100.0, 100.0, *share], **look)
            name(course, what, spots[what], (0, 0))
            percents = [100 * share for share in REMOVED]
            ladder.plot(percents, genes[what], marker=mark, markersize=6, label=what, **look)
        course.axvline(0, color=COLOURS["quiet"], linewidth=1)
        course.set(title="Interferon at half activity", xlabel="days since the drug started", ylabel="interferon alpha,\n% of the level before", xlim=(-2, 21), ylim=(0, 125), xticks=range(0, 22, 7))  # fmt: skip
        ladder.legend(loc="upper right", handlelength=3)
        ladder.set(title="Gene, four weeks later", xlabel="kinase activity removed (%)", ylabel="IRF9 mRNA,\ntimes the resting cell", xlim=(-3, 83), ylim=(0, 18), xticks=range(0, 81, 20))  # fmt: skip
        # Beside ASSUMED, on the picture itself, where a copied image cannot lose it.
        corner: dict[str, Any] = {"color": COLOURS["quiet"], "fontsize": 8.5, "weight": "bold", "ha": "right"}
        ladder.text(1.0, 1.012, "OURS, ILLUSTRATIVE", transform=ladder.transAxes, **corner)

    spoken = "; ".join(
        f"{what}, interferon {said(messenger[what][0])} to {said(messenger[what][half])} fM and IRF9 mRNA "
        f"{said(genes[what][0])} to {said(genes[what][half])} times rest"
        for what in runs
    )
    # Every warning of the runs travels with the picture.
    warnings = " ".join(dict.fromkeys(w for row in runs.values() for r in row for w in r.warnings))
    return picture(
        draw,
        alt="Left, interferon over three weeks of drug; right, IRF9 mRNA after four weeks, for shares of kinase activity removed "
        f"between {100 * REMOVED[0]:.0f} and {100 * REMOVED[-1]:.0f}%. With {100 * HALF:.0f}% removed: {spoken}.",
        caption=f"{warnings} The loop: a trigger makes a little interferon and promoter occupancy makes more. Four "
        "weeks without drug, then an assumed share of kinase activity removed and held. IRF9: a gene that answers to little "
        f"interferon. {CELL}",
        origin="assumed",
        table=table,
        size=(8.6, 3.6),
        panels=2,
    )  # fmt: skip


STILLS = {"03-drug": halved_activity, "03-loop": source_loop_response}
