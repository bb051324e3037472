"""Lesson 07: a hunt through markers that mean nothing, look by look, with its log."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, stepper
from ..figures import COLOURS, picture
from .count_intervals import predicted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.worlds import MarkerHunt

__all__ = ["HUNT", "chance_after", "hunt_of", "markers_for_half"]

CHILDREN, POOR, MARKERS, SEED, ALPHA = 9, 3, 20, 7, 0.05
LOOKS = {
    "rank": "one rank test per marker",
    "cut-offs": "rank test, then every cut-off",
}


@lru_cache(maxsize=64)
def hunt_of(looks: str, seed: int) -> MarkerHunt:
    """One invented series of nine and its twenty meaningless markers; the chance of a find is exact."""
    from ..stats.worlds import marker_hunt

    cut_offs: Any = () if looks == "rank" else "all"
    return marker_hunt(MARKERS, CHILDREN, POOR, cut_offs=cut_offs, worlds=1, seed=seed)


def chance_after(markers: int, looks: str = "rank", seed: int = SEED) -> float:
    """The exact chance of at least one p at or below 0.05 among this many meaningless markers."""
    return 1 - (1 - hunt_of(looks, seed).expected_per_marker) ** markers


def markers_for_half(looks: str = "rank") -> int:
    """After how many meaningless markers half of all hunts have found something."""
    markers = 1
    while chance_after(markers, looks) < 0.5:
        markers += 1
    return markers


def hunting_view(settings: Settings) -> View:
    """Every look so far as a point, the finds marked, and the chance of such a find in a world without any effect."""
    from ..stats.result import p_text

    looks, seed = settings["looks"], SEED + int(settings["again"])
    tested = MARKERS if settings["all"] == "all" else min(1 + int(settings["next"]), MARKERS)
    hunt = hunt_of(looks, seed)
    log = hunt.log()
    log = log[log["marker"] <= tested]
    finds = log[log["found"]]
    chance = 100 * chance_after(tested, looks, seed)
    best = float(log["p"].min())

    def draw(ax: Axes) -> None:
        rest = log[~log["found"]]
        ax.plot(rest["marker"], rest["p"], "o", color=COLOURS["quiet"], markersize=5, alpha=0.75)
        ax.plot(
            finds["marker"],
            finds["p"],
            "D",
            color=COLOURS["vermilion"],
            markersize=9,
            markeredgecolor="white",
        )
        for marker, p in finds.groupby("marker")["p"].min().items():
            ax.annotate(
                f"{p:.3f}", (marker, p), xytext=(0, -15), textcoords="offset points", ha="center", fontsize=9.5, weight="bold"
            )  # fmt: skip
        ax.axhline(ALPHA, color=COLOURS["ink"], linewidth=1.2, linestyle="--")
        ax.set_yscale("log")
        ax.set(
            xlim=(0.3, MARKERS + 0.7),
            ylim=(0.006, 1.4),
            xlabel="marker, in the order tested",
            ylabel="p value (log scale)",
        )
        ax.set_xticks([1, 5, 10, 15, MARKERS])
        ax.set_yticks([1, 0.3, 0.1, 0.05, 0.01], ["1", "0.3", "0.1", "0.05", "0.01"])
        ax.minorticks_off()

    where = f" (marker {', '.join(str(m) for m in finds['marker'].unique())})" if len(finds) else ""
    counted = f"{tested} {'marker' if tested == 1 else 'markers'}, {len(log)} {'look' if len(log) == 1 else 'looks'}"
    found = f"{len(finds)} with p ≤ {ALPHA:g}{where}; the smallest {p_text(best)}"
    sentence = (
        f"{counted}: {found}. None of them means anything. By now {chance:.0f}% of all such hunts have found something (exact). "
        f"SIMULATED, seed {seed}."
    )
    table = log.drop(columns=["group", "n", "poor", "smallest_so_far"]).rename(
        columns={"high_group": "called high", "found": "p ≤ 0.05"}
    )
    table = table.assign(p=table["p"].map(lambda p: f"{p:.3f}"))
    table["called high"] = table["called high"].astype("string").fillna("–")
    table["p ≤ 0.05"] = table["p ≤ 0.05"].map({True: "yes", False: "no"})
    shown = picture(
        draw,
        alt=f"SIMULATED log of a marker hunt. {counted}: {found}.",
        caption=f"{CHILDREN} invented children, {POOR} with a poor response, {MARKERS} markers that have nothing to do with it, seed {seed}. "
        "Exact two-sided tests. Diamonds: p at or below 0.05. The table is the log, one line per look.",
        origin="simulated",
        table=table,
        size=(7.2, 3.2),
    )
    return View(sentence, shown, result={"tested": tested, "looks": looks})


def compare_hunt(response: Any, view: View) -> str:
    """The learner's number of markers beside the exact one."""
    said = predicted("07dp", response)
    half = markers_for_half()
    text = f"You expected {said:.4g} markers; with one rank test each, half of all hunts have found something after {half}."
    if view.result["looks"] != "rank":
        text += f" With the looks chosen below it is {markers_for_half(view.result['looks'])}."
    return text


HUNT = Exploration(
    id="07d",
    title="Hunt through markers that mean nothing",
    task="Keep a number first. Then press for the next marker until something turns up. The log keeps every look.",
    controls=(
        stepper("next", "Test the next marker"),
        choice("all", "Show", {"step": "the markers tested so far", "all": f"all {MARKERS} markers at once"}),
        choice("looks", "Looks at each marker", LOOKS),
        stepper("again", "Another nine children"),
    ),
    prediction="07dp",
    compare=compare_hunt,
    run=hunting_view,
    run_label="Test the first marker",
)
