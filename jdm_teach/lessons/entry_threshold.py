"""Lesson 05: the threshold for starting a drug, and what it does to the next score."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, slider
from ..figures import COLOURS, Picture, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.worlds import NoEffectWorld

__all__ = ["ENTRY", "EXPLORATIONS", "RELIABILITY", "SEED", "STILLS"]

# The setting that the predictions of this lesson speak of.
RELIABILITY = 0.5
ENTRY = 1.0
SEED = 7
CROWD = 800


@lru_cache(maxsize=1)
def _crowd() -> NoEffectWorld:
    from ..stats.worlds import no_effect_world

    # An entry far below everyone's score lets everyone in: the threshold is then drawn, not applied.
    return no_effect_world(RELIABILITY, -8.0, n=CROWD, worlds=1, seed=SEED)


def threshold_and_change(settings: Settings) -> View:
    """Two scores of invented children; those above the threshold start, and some are lower next time."""
    import pandas as pd

    from ..stats.worlds import improving_share

    entry, fall = float(settings["entry"]), float(settings["fall"])
    crowd = _crowd()
    first, second = crowd.first[0], crowd.second[0]
    starts = first > entry
    lower = starts & (second < first - fall)
    exact = improving_share(RELIABILITY, entry, fall)
    n, improved = int(starts.sum()), int(lower.sum())
    counts_as = "any fall" if fall == 0 else f"a fall of more than {fall:g} SD"

    def draw(ax: Axes) -> None:
        groups = (
            (~starts, ".", "#8d979e", 4, "none"),
            (starts & ~lower, "^", COLOURS["vermilion"], 5, "white"),
            (lower, "o", COLOURS["blue"], 4, "white"),
        )
        for chosen, mark, colour, size, edge in groups:
            ax.plot(
                first[chosen], second[chosen], mark, color=colour, markersize=size, markeredgecolor=edge,
                markeredgewidth=0.4, linestyle="none",
            )  # fmt: skip
        ax.axline((0, -fall), slope=1, color=COLOURS["ink"], linewidth=1.2)
        ax.axvline(entry, color=COLOURS["ink"], linewidth=1.2, linestyle="--")
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.9, "pad": 1.5}
        ax.text(-3.4, 3.4, f"circles: {improved} of {n} improve", va="top", color=COLOURS["blue"], bbox=box)
        ax.text(-3.4, 2.95, f"triangles: {n - improved} do not", va="top", color="#a34700", bbox=box)
        line = "no change" if fall == 0 else f"a fall of {fall:g}"
        ax.text(3.45, 2.45 - fall, line, ha="right", va="top", fontsize=9, bbox=box)
        side = "left" if entry < 0 else "right"
        ax.text(
            entry,
            -3.4,
            f" start above {entry:g} ".replace("-", "−"),
            ha=side,
            va="bottom",
            fontsize=9,
            bbox=box,
        )
        ax.set(
            xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), xlabel="score at the visit that decides (SD from average)",
            ylabel="score at the next visit (SD)",
        )  # fmt: skip

    share = f"{100 * improved / n:.0f}%" if n else "no share"
    frame = pd.DataFrame(
        [
            ("start the drug", n),
            ("improve", improved),
            ("do not improve", n - improved),
            ("do not start", CROWD - n),
        ],
        columns=["SIMULATED children", "number"],
    ).assign(seed=SEED)
    shown = picture(
        draw,
        alt=f"SIMULATED points: {n} of {CROWD} invented children start above {entry:g} SD; {improved} of them ({share}) improve "
        f"at the next visit without any drug effect. Exact share {100 * exact:.1f}%.",
        caption=f"{CROWD} invented children measured twice, seed {SEED}. Reliability {RELIABILITY:g}, {counts_as} counts as "
        "improvement, no effect of any treatment.",
        origin="simulated",
        table=frame,
        size=(6.4, 4.4),
    )
    sentence = (
        f"{n} of {CROWD} invented children start above {entry:g} SD, and {improved} of them ({share}) improve with no drug effect "
        f"(exact share {100 * exact:.1f}%). Improvement: {counts_as}. SIMULATED, seed {SEED}."
    )
    return View(sentence, shown, result=exact)


def compare_threshold(response: Any, view: View) -> str:
    """The expected direction beside the exact shares at the two rules that were asked about."""
    from ..stats.worlds import improving_share

    everyone, strict = (100 * improving_share(RELIABILITY, entry) for entry in (-8.0, 2.0))
    expected = {"rises": "a rise", "same": "no change", "falls": "a fall"}[response]
    return (
        f"You expected {expected}; the exact share goes from {everyone:.0f}% when anyone may start to {strict:.0f}% above 2 SD "
        f"(any fall counts). The setting below gives {100 * view.result:.0f}%."
    )


def shares_by_threshold() -> Picture:
    """The exact share who improve with no effect, by entry threshold, for four reliabilities."""
    import numpy as np
    import pandas as pd

    from ..stats.worlds import improving_share

    grid = np.round(np.arange(-2, 2.51, 0.25), 2)
    styles = {
        0.2: (COLOURS["purple"], ":"),
        0.5: (COLOURS["blue"], "-"),
        0.7: (COLOURS["green"], "-."),
        0.9: (COLOURS["ink"], "--"),
    }
    curves = {r: np.array([100 * improving_share(r, float(entry)) for entry in grid]) for r in styles}

    def draw(ax: Axes) -> None:
        for reliability, curve in curves.items():
            colour, line = styles[reliability]
            ax.plot(grid, curve, color=colour, linestyle=line)
            ax.annotate(
                f"reliability {reliability:g}", (grid[-1], curve[-1]), xytext=(5, 0), textcoords="offset points",
                va="center", fontsize=9.5, annotation_clip=False,
            )  # fmt: skip
        ax.axhline(50, color=COLOURS["quiet"], linewidth=1)
        ax.annotate(
            "a coin: 50%", (grid[-1], 50), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9.5,
            annotation_clip=False,
        )  # fmt: skip
        ax.set(
            xlim=(-2, 2.5), ylim=(40, 101), xlabel="start the drug above this score (SD from average)",
            ylabel="lower next time, no drug effect (%)",
        )  # fmt: skip

    frame = pd.DataFrame(
        {"start above (SD)": grid} | {f"reliability {r:g}, %": c.round(1) for r, c in curves.items()}
    )
    frame = frame[frame["start above (SD)"].isin([-2, -1, 0, 1, 2, 2.5])]
    at_one = {r: curve[list(grid).index(1.0)] for r, curve in curves.items()}
    return picture(
        draw,
        alt="Curves that all rise with the threshold. Starting above 1 SD, the share with a lower score and no drug effect is "
        + ", ".join(f"{share:.0f}% at reliability {r:g}" for r, share in at_one.items())
        + ".",
        caption="Exact values for a normal score, a steady usual level and no effect of any treatment; any fall counts.",
        origin="assumed",
        table=frame,
        size=(7.2, 3.6),
    )


EXPLORATIONS = {
    "05b": Exploration(
        id="05b",
        title="Who is let in",
        task="Move the threshold for starting, then ask for a larger fall before you call it improvement.",
        controls=(
            slider("entry", "Start only above this score", ENTRY, -3, 2.5, 0.25, "SD"),
            slider("fall", "Count a fall only if larger than", 0, 0, 1.5, 0.25, "SD"),
        ),
        prediction="05bp",
        compare=compare_threshold,
        run=threshold_and_change,
    ),
}
STILLS: dict[str, Callable[[], Any]] = {"05-thresholds": shares_by_threshold}
