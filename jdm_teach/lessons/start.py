"""Lesson 00: a first slider with its number field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..exercises.exploration import Exploration, Settings, View, slider
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["EXPLORATIONS", "STILLS"]


def interval_for_a_third(settings: Settings) -> View:
    """The exact interval around one third of a group, beside that around 3 of 9."""
    import pandas as pd

    from ..stats.proportions import proportion

    n = 3 * int(settings["thirds"])
    rows = []
    for total in dict.fromkeys((9, n)):
        limits = proportion(total // 3, total).interval
        rows.append((f"{total // 3} of {total}", 100 / 3, 100 * limits.low, 100 * limits.high))
    frame = pd.DataFrame(rows, columns=["count", "percent", "lower limit", "upper limit"]).round(1)
    low, high = rows[-1][2:]

    def draw(ax: Axes) -> None:
        for place, (label, share, lower, upper) in enumerate(rows):
            ax.plot([lower, upper], [place, place], color=COLOURS["blue"], linewidth=4, solid_capstyle="butt")
            ax.plot(share, place, "o", color=COLOURS["ink"], markersize=8)
            ax.annotate(label, (share, place), xytext=(0, 10), textcoords="offset points", ha="center")
        ax.set(
            xlim=(0, 100),
            ylim=(-0.6, len(rows) - 0.2),
            yticks=[],
            xlabel="percent (dot) with exact 95% interval (bar)",
        )

    sentence = f"{n // 3} of {n} is 33%, with an exact 95% interval from {low:.0f}% to {high:.0f}%."
    shown = picture(
        draw,
        alt=f"Bars: {'; '.join(f'{a} from {c:.0f}% to {d:.0f}%' for a, _, c, d in rows)}.",
        caption="One third of groups of different size, with exact (Clopper-Pearson) limits.",
        origin="derived",
        table=frame,
        size=(7.2, 2.2),
    )
    return View(sentence, shown, result=high - low)


EXPLORATIONS = {
    "00s": Exploration(
        id="00s",
        title="How the interval answers a larger group",
        task="Keep a prediction, press Run, then drag the slider or type into the field beside it. Both do the same.",
        controls=(slider("thirds", "Children with the feature (one third of the group)", 3, 1, 100),),
        prediction="00p",
        compare=lambda response, view: (
            "You expected this to change the width; the bars below show by how much."
            if response != "same"
            else "You expected the same width; compare the two bars."
        ),
        run=interval_for_a_third,
    )
}
STILLS: dict = {}
