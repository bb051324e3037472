"""Lesson 00: a first slider with its number field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
        caption=f"Imagined groups, n = {' and '.join(str(size) for size in dict.fromkeys((9, n)))}, one third with the feature. "
        "Exact (Clopper-Pearson) limits.",
        origin="assumed",
        table=frame,
        size=(7.2, 2.2),
    )
    return View(sentence, shown, result=(n, high - low))


def beside_prediction(response: Any, view: View) -> str:
    """The change that was expected beside the widths of the two bars."""
    n, width = view.result
    verdict = {
        "wider": "a wider interval for a larger group; it becomes narrower",
        "narrower": "a narrower interval for a larger group, and so it is",
        "same": "an equally wide interval for a larger group; it becomes narrower",
    }.get(response, "something else; a larger group gives a narrower interval")
    other = f", and {width:.0f} for {n}" if n != 9 else ""
    return f"You expected {verdict}. It is {proportion_width(9):.0f} points wide for 9 children{other}: see the bars below."


def proportion_width(n: int) -> float:
    """How wide the exact interval around one third of `n` children is, in percentage points."""
    from ..stats.proportions import proportion

    limits = proportion(n // 3, n).interval
    return 100 * (limits.high - limits.low)


EXPLORATIONS = {
    "00s": Exploration(
        id="00s",
        title="How the interval answers a larger group",
        task="Keep a prediction, press Run, then drag the slider or type into the field beside it. Both do the same.",
        controls=(slider("thirds", "Children with the feature (one third of the group)", 30, 1, 100),),
        prediction="00p",
        compare=beside_prediction,
        run=interval_for_a_third,
    )
}
STILLS: dict = {}
