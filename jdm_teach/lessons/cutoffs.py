"""Lesson 02: published cut-offs of KL-6 and ferritin, and who chose them on which patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..figures import COLOURS, Picture, picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["cutoff_table", "published_cutoffs"]

# Who chose the cut-off, as far as it could be read; the others say nothing about it in the text that was read.
CHOSEN = {
    "BMK001": "the same children it was tried on",
    "BMK002": "the same children it was tried on",
    "BMK021": "an earlier cohort; tried here on new patients",
}
NOT_SAID = "not said in the text read"
OUTCOME_MARKS = {"ILD": "o", "RP-ILD": "^", "death": "s", "MCK point": "D"}


def cutoff_table() -> pd.DataFrame:
    """Published KL-6 and ferritin cut-offs: who was studied, for what, how well, and who chose the number."""
    import pandas as pd

    from ..evidence import table

    frame = table("biomarker_cutoffs")
    frame = frame[frame.marker.isin(["KL-6", "ferritin"]) & frame.cutoff.notna()]
    rows = [
        (
            row["marker"], float(row["cutoff"]), str(row["unit"]), str(row["outcome"]), str(row["population"]), _people(row),
            _share(row["sensitivity_pct"], row["n_cases"]), _share(row["specificity_pct"], row["n_controls"]),
            CHOSEN.get(row["fact_id"], NOT_SAID), row["fact_id"],
        )
        for row in frame.to_dict("records")
    ]  # fmt: skip
    columns = [
        "marker",
        "cut-off",
        "unit",
        "for",
        "in whom",
        "with / without",
        "sensitivity",
        "specificity",
        "chosen in",
        "fact",
    ]
    return pd.DataFrame(rows, columns=columns).sort_values(["marker", "cut-off"], ignore_index=True)


def _people(row: Any) -> str:
    import pandas as pd

    return "not seen" if pd.isna(row["n_cases"]) else f"{row['n_cases']} / {row['n_controls']}"


def _share(percent: Any, n: Any) -> str:
    """A printed percentage, with its exact interval where it is a whole number of people."""
    import pandas as pd

    from ..stats.proportions import proportion

    if pd.isna(percent):
        return "not seen"
    if not pd.isna(n) and abs(round(percent / 100 * n) / n - percent / 100) < 0.0006:
        return str(proportion(round(percent / 100 * n), int(n)))
    return f"{percent:g}% (counts not seen)"


def published_cutoffs() -> Picture:
    """Every published KL-6 and ferritin cut-off that was read, with what children without ILD have."""
    from ..evidence import value

    frame = cutoff_table()
    healthy, positive = value("GRP013"), value("GRP005")
    frames = {marker: frame[frame.marker == marker] for marker in ("KL-6", "ferritin")}
    background = {
        "KL-6": (healthy, f"healthy children, n = {healthy.n}"),
        "ferritin": (positive, f"children with anti-MDA5, n = {positive.n}"),
    }

    def draw(*axes: Axes) -> None:
        for ax, (marker, part) in zip(axes, frames.items(), strict=True):
            _draw_cutoffs(ax, marker, part, *background[marker])

    listed = {m: ", ".join(f"{c:g}" for c in part["cut-off"]) for m, part in frames.items()}
    return picture(
        draw,
        alt=f"KL-6 cut-offs: {listed['KL-6']} U/mL. Ferritin cut-offs: {listed['ferritin']} ng/mL. "
        f"Half of {healthy.n} healthy children had a KL-6 between {healthy.low:g} and {healthy.high:g} U/mL in one laboratory, "
        "above the cut-off of the JDM study.",
        caption=f"{len(frame)} published cut-offs, each from one report [{', '.join(frame.fact)}]. * Presumed adults. "
        f"Grey bar: middle half of a group of children [Kilinc 2019, GRP013; Capital Center for Children's Health 2023, GRP005]. "
        "Log scale. IIM: inflammatory myopathy; CTD: connective tissue disease; DM: dermatomyositis; IP: interstitial pneumonia; MCK: a risk score of antibody, C-reactive protein and KL-6.",
        origin="published",
        table=frame,
        size=(9.0, 3.6),
        panels=2,
    )


def _whom(population: str) -> str:
    if "paediatric" in population:
        return "children"
    return "adults*" if "presumed" in population else "adults"


def _draw_cutoffs(ax: Axes, marker: str, part: pd.DataFrame, group: Any, label: str) -> None:
    ink = COLOURS["ink"]
    top = len(part)
    ax.plot(
        [group.low, group.high],
        [top, top],
        color=COLOURS["quiet"],
        linewidth=6,
        alpha=0.55,
        solid_capstyle="butt",
    )
    ax.plot(group.number, top, "|", color=ink, markersize=13, markeredgewidth=2)
    ax.text(group.low, top + 0.28, label, fontsize=8.5, ha="left", va="bottom")
    for place, row in enumerate(part.to_dict("records")):
        child = "paediatric" in row["in whom"]
        ax.plot(row["cut-off"], place, OUTCOME_MARKS[row["for"].split(" by ")[0]], markersize=9, markeredgecolor=ink,
                color=COLOURS["blue"] if child else "white")  # fmt: skip
        for_what = row["for"].replace("MCK point", "risk score")
        text = f"  {row['cut-off']:g}: {for_what}, {_whom(row['in whom'])}"
        ax.text(row["cut-off"] * 1.06, place, text, va="center", fontsize=9)
    ax.set_xscale("log")
    ticks = [200, 400, 800, 1600]
    ax.set_xticks(ticks, [f"{t:,}" for t in ticks])
    ax.minorticks_off()
    unit = "U/mL" if marker == "KL-6" else "ng/mL"
    ax.set(
        xlim=(120, 12000),
        ylim=(-0.6, top + 0.9),
        yticks=[],
        xlabel=f"{marker} ({unit}), log scale",
        title=marker,
    )
    ax.grid(axis="y", visible=False)
    ax.spines["left"].set_visible(False)
