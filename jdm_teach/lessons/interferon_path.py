"""Lesson 03: the labelled path from interferon alpha to a gene, with the brake and the place of the drug."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ..figures import COLOURS, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..figures import Picture

__all__ = ["STEPS", "labelled_path"]

# Step, place, words, height in the drawing, facts.
STEPS = (
    ("outside the cell", "interferon alpha", 5.45, "JS08"),
    ("cell membrane", "receptor IFNAR1 + IFNAR2", 4.45, "JS08"),
    ("cell membrane", "kinases TYK2 and JAK1 on its inner tails", 3.8, "JS08"),
    ("cytoplasm", "STAT1 and STAT2, phosphorylated", 2.8, "JS08"),
    ("cytoplasm", "with IRF9 they form ISGF3", 2.0, "JS10"),
    ("nucleus", "ISGF3 on the ISRE of a gene", 1.0, "JS10"),
    ("nucleus", "messenger RNA of interferon-stimulated genes", 0.2, "JS08"),
)
PLACES = (("outside", 4.95, 5.95), ("membrane", 3.35, 4.95), ("cytoplasm", 1.5, 3.35), ("nucleus", -0.3, 1.5))


def labelled_path() -> Picture:
    """The seven stations of the path from top to bottom, the brake USP18 on the right, the drug on the left."""
    import pandas as pd

    table = pd.DataFrame(
        [(number, place, words, fact) for number, (place, words, _, fact) in enumerate(STEPS, start=1)]
        + [("brake", "receptor", "USP18 and SOCS1, themselves made from such genes", "JS11"),
           ("drug", "kinases", "a JAK inhibitor lowers kinase activity", "JS28")],
        columns=["step", "place", "what", "fact"],
    )  # fmt: skip
    said = "; ".join(f"{number} {words}" for number, (_, words, _, _) in enumerate(STEPS, start=1))
    return picture(
        draw_path,
        alt=f"The path from top to bottom: {said}. USP18 and SOCS1 lead back to the receptor as brakes; a JAK inhibitor acts on the kinases.",
        caption="The type I interferon path as abstracts describe it [JS08, JS10, JS11, JS28]. A drawing, not to scale; most side "
        "branches are left out.",
        origin="published",
        table=table,
        size=(7.2, 5.0),
    )  # fmt: skip


def draw_path(ax: Axes) -> None:
    for shade, (name, low, high) in zip(("#ffffff", "#eef2f4", "#ffffff", "#eaf3f8"), PLACES, strict=True):
        ax.axhspan(low, high, color=shade, zorder=0)
        ax.text(0.06, high - 0.09, name, va="top", color=COLOURS["quiet"], size=9.5)
    for number, (_, words, height, _) in enumerate(STEPS, start=1):
        box(ax, 4.6, height, f"{number}  {words}", COLOURS["ink"], "white")
    for upper, lower in pairwise(step[2] for step in STEPS):
        arrow(ax, (4.6, upper - 0.19), (4.6, lower + 0.2), COLOURS["ink"], "-|>")
    box(ax, 1.05, 3.8, "JAK inhibitor", COLOURS["vermilion"], "#fdf1ea")
    arrow(ax, (1.75, 3.8), (2.42, 3.8), COLOURS["vermilion"], "|-|, widthA=0, widthB=0.5")
    box(ax, 8.5, 2.4, "brakes:\nUSP18, SOCS1", COLOURS["purple"], "#faf0f6")
    arrow(ax, (7.0, 0.25), (8.5, 2.08), COLOURS["purple"], "-|>", "arc3,rad=0.3")
    arrow(ax, (8.5, 2.72), (6.22, 4.4), COLOURS["purple"], "|-|, widthA=0, widthB=0.5", "arc3,rad=0.35")
    ax.set(xlim=(0, 9.6), ylim=(-0.3, 5.95), xticks=[], yticks=[])
    ax.grid(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def box(ax: Axes, x: float, y: float, words: str, edge: str, face: str) -> None:
    style = {"boxstyle": "round,pad=0.35", "facecolor": face, "edgecolor": edge, "linewidth": 1.3}
    ax.text(x, y, words, ha="center", va="center", bbox=style, zorder=3)


def arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, tip: str, bend: str = "arc3"
) -> None:
    props = {
        "arrowstyle": tip,
        "color": colour,
        "linewidth": 1.6,
        "mutation_scale": 14,
        "shrinkA": 0,
        "shrinkB": 0,
        "connectionstyle": bend,
    }
    ax.annotate("", end, start, arrowprops=props, zorder=2)
