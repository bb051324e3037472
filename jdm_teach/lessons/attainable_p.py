"""Lesson 07: the smallest p a small study can reach, before anybody looks at the data."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, picture
from .count_intervals import predicted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SMALLEST", "smallest_ps"]

CHILDREN, POOR = 9, 3
MOST_CHILDREN = 18
ALPHA = 0.05
TESTS = {
    "fisher": "Fisher's exact test (marker yes or no)",
    "mid-p": "mid-p (marker yes or no)",
    "boschloo": "Boschloo's test (marker yes or no)",
    "rank": "exact rank test (marker measured)",
}
SHORT = {"fisher": "Fisher", "mid-p": "mid-p", "boschloo": "Boschloo", "rank": "rank test"}


@lru_cache(maxsize=256)
def smallest_ps(test: str, n: int, poor: int) -> tuple[float, ...]:
    """The smallest two-sided p for 1, 2, … n − 1 children with the marker; one value for all where it is measured."""
    from ..stats import ranks, tables

    if test == "rank":
        return (ranks.smallest_p(poor, n - poor),) * (n - 1)
    return tuple(tables.smallest_p(k, n - k, poor, test=test).p for k in range(1, n))


def attainable_view(settings: Settings) -> View:
    """The best case of each split of the children, beside the level of 0.05."""
    import pandas as pd

    from ..stats.result import p_text

    test, n = settings["test"], int(settings["n"])
    poor = min(int(settings["poor"]), n - 1)
    found = smallest_ps(test, n, poor)
    sizes = list(range(1, n))
    blind = [k for k, p in zip(sizes, found, strict=True) if p > ALPHA]
    best = min(found)
    cleanest = poor if found[poor - 1] <= best * 1.000001 else sizes[found.index(best)]

    def draw(ax: Axes) -> None:
        reach = [p <= ALPHA for p in found]
        for wanted, mark, colour, name in (
            (True, "o", "blue", "can reach 0.05"),
            (False, "X", "vermilion", "cannot"),
        ):
            points = [(k, p) for k, p, ok in zip(sizes, found, reach, strict=True) if ok is wanted]
            if points:
                xs, ys = zip(*points, strict=True)
                ax.plot(
                    xs, ys, mark, color=COLOURS[colour], markersize=9, markeredgecolor="white", label=name
                )
        ax.axhline(ALPHA, color=COLOURS["ink"], linewidth=1.2, linestyle="--")
        ax.set_yscale("log")
        floor = min(10.0**-3, best / 3)
        ax.set(xlim=(0.3, n - 0.3), ylim=(floor, 1.6), ylabel="smallest p possible (log scale)")
        ax.set_xlabel(
            "children with the marker" if test != "rank" else "any split: every child has a measured value"
        )
        ax.set_xticks(sizes if n <= 12 else sizes[::2])
        ticks = [t for t in (1.0, 0.05, 0.01, 0.001, 1e-4, 1e-5, 1e-6) if t >= floor]
        ax.set_yticks(ticks, [f"{t:g}" for t in ticks])
        ax.minorticks_off()
        ax.legend(loc="upper center", ncols=2, fontsize=9.5)

    if test == "rank":
        reach = f"When every child has a measured value, the smallest is {p_text(best)}, if the {poor} have the most extreme values."
        limit = "" if best <= ALPHA else " Nothing here can reach 0.05, whatever happened."
    else:
        reach = f"The smallest of all is {p_text(best)}, with {cleanest} carrying the marker."
        named = ", ".join(map(str, blind))
        limit = (
            f" With {named} of {n} carrying the marker nothing can reach 0.05, whatever happened."
            if blind
            else ""
        )
    mended = (
        "" if poor == int(settings["poor"]) else f"Not everybody can respond poorly, so {poor} was used. "
    )
    sentence = f"{mended}{n} children, {poor} with a poor response, {SHORT[test]}. {reach}{limit}"
    shown = picture(
        draw,
        alt=f"Points: smallest two-sided p by number of children with the marker. {sentence}",
        caption=f"n = {n}, of whom {poor} respond poorly (hypothetical). Each point is the cleanest result possible for that split; two-sided, "
        "exact, from counting every possible arrangement. Broken line: 0.05.",
        origin="assumed",
        table=pd.DataFrame(
            {
                "with the marker": sizes,
                "without": [n - k for k in sizes],
                "smallest p": [float(f"{p:.3g}") for p in found],
                "can reach 0.05": ["yes" if p <= ALPHA else "no" for p in found],
            }
        ),
        size=(7.2, 3.2),
    )
    return View(sentence, shown, result=found)


def compare_smallest(response: Any, view: View) -> str:
    """The learner's p beside the smallest one of three against six."""
    said = predicted("07bp", response)
    truth = smallest_ps("fisher", CHILDREN, POOR)[POOR - 1]
    verdict = (
        "you hoped for more than the numbers can give" if said < truth / 1.2
        else "you were more careful than needed" if said > truth * 1.2
        else "exactly so"
    )  # fmt: skip
    return f"You expected {said:.3g}; the smallest possible is 1 in 84, or {truth:.3f}: {verdict}."


SMALLEST = Exploration(
    id="07b",
    title="What can this study reach at best?",
    task="Keep a number first. Then change the size of the study, the number of poor responses and the test.",
    controls=(
        slider("n", "Children in the study", CHILDREN, 3, MOST_CHILDREN),
        slider("poor", "Of them with a poor response", POOR, 1, MOST_CHILDREN - 1),
        choice("test", "Test", TESTS),
    ),
    prediction="07bp",
    compare=compare_smallest,
    run=attainable_view,
    run_label="Show the smallest p",
)
