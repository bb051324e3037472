"""Lesson 07: three antibodies and one outcome, as published: separation in real children."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ..figures import COLOURS, Picture, Sheet, picture
from .separation_by_hand import fits_of, penalised_text
from .worked_table import Counts, effect_text, summary_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..evidence import Value

__all__ = ["antibody_models", "antibody_shares", "groups"]

FACTS = "TBT009, TBT011, JST005"


def groups() -> dict[str, Value]:
    """The published counts by antibody; TIF1-gamma is the comparison group of both rows."""
    from ..evidence import value

    return {
        "anti-MDA5": value("TBT009", "exposed"),
        "anti-NXP2": value("TBT011", "exposed"),
        "anti-TIF1γ": value("TBT009", "unexposed"),
    }


def cells(first: Value, second: Value) -> Counts:
    (x1, n1), (x2, n2) = ((int(one.events or 0), int(one.n or 0)) for one in (first, second))
    return x1, n1 - x1, x2, n2 - x2


def antibody_shares() -> Picture:
    """Children whose disease became inactive, by antibody, each share with its exact interval."""
    import pandas as pd

    from ..evidence import value
    from ..stats.proportions import proportion

    everyone = value("JST005", "improved")
    rows = []
    for name, found in groups().items():
        x, n = int(found.events or 0), int(found.n or 0)
        limits = proportion(x, n).interval
        rows.append((name, x, n, 100 * x / n, 100 * limits.low, 100 * limits.high))

    def draw(ax: Axes) -> None:
        for place, (name, x, n, share, low, high) in enumerate(rows):
            ax.plot([low, high], [-place, -place], color=COLOURS["blue"], linewidth=5, solid_capstyle="butt")
            ax.plot(share, -place, "o", color=COLOURS["ink"], markersize=9, clip_on=False, zorder=5)
            ax.text(-2, -place, f"{name}, {x} of {n}", ha="right", va="center", fontsize=10.5)
        ax.set(
            xlim=(0, 100),
            ylim=(-2.5, 0.5),
            yticks=[],
            xlabel="clinically inactive disease within 6 months (%, exact 95% intervals)",
        )
        ax.spines["left"].set_visible(False)
        ax.grid(axis="y", visible=False)

    told = "; ".join(f"{name} {x} of {n} ({low:.0f} to {high:.0f}%)" for name, x, n, _, low, high in rows)
    named = sum(row[2] for row in rows)
    return picture(
        draw,
        alt=f"Three bars of exact 95% intervals: {told}.",
        caption=f"{everyone.n} children with juvenile dermatomyositis on ruxolitinib or baricitinib, {everyone.events} with inactive disease; "
        f"n = {named} have one of these antibodies named [{FACTS}]. Not the drug of the letter, and not its nine children.",
        origin="published",
        table=pd.DataFrame(
            rows, columns=["antibody", "inactive", "children", "%", "lower, %", "upper, %"]
        ).round(1),
        size=(7.2, 2.3),
    )


def antibody_models() -> Sheet:
    """Each pair of antibodies: separation named first, then Fisher, Firth and the exact interval."""
    import pandas as pd

    from ..stats.result import p_text

    named = groups()
    order = ["anti-MDA5", "anti-NXP2", "anti-TIF1γ"]
    pairs = [*pairwise(order), (order[0], order[2])]
    rows = []
    for one, other in pairs:
        counts = cells(named[one], named[other])
        found, fits = summary_of(counts), fits_of(counts)
        assert fits is not None
        rows.append(
            (
                f"{one} against {other}",
                found.counts.text().replace("against", "and"),
                found.separation.kind,
                p_text(found.test.p).removeprefix("p = "),
                penalised_text(fits),
                effect_text(found.odds),
            )
        )
    columns = [
        "comparison",
        "inactive",
        "separation",
        "Fisher p",
        "odds ratio, Firth (95%)",
        "odds ratio, exact (95%)",
    ]
    return Sheet(
        pd.DataFrame(rows, columns=columns),
        caption=f"Three comparisons of {sum(int(v.n or 0) for v in named.values())} children in all; each child stands in two of them "
        f"[{FACTS}]. Counts published, the rest worked out here.",
        origin="derived",
    )
