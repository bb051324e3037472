"""Lesson 07: the same test over ten thousand groups that print like the letter, and why it can show nothing."""

from __future__ import annotations

from collections.abc import Generator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, picture
from .consistent_ages import BELOW, SUMMARIES, printed_in
from .count_intervals import predicted

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

__all__ = ["CONSISTENT", "NO_INFORMATION", "Tested", "drawn_ages", "tested"]

NO_INFORMATION = "The printed summaries hold no information on any association."
COHORTS, SEED, ALPHA, GRAIN = 10_000, 7, 0.05, "1/2"
FIRST = ("E10", 3, "ranks")
SCORES = {"ranks": "exact rank test", "values": "exact permutation test of the means"}
TOLD = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


class Tested(NamedTuple):
    """The p values of every cohort under every way to name the poor responders: how many of them lie at or below each."""

    levels: tuple[float, ...]
    shares: tuple[float, ...]
    below: float
    smallest: float
    tests: int
    labellings: int


@lru_cache(maxsize=4)
def drawn_ages(fact_id: str) -> np.ndarray:
    """Ten thousand simulated groups of ages in half years that print as this mean and SD: distributions only, never rows."""
    from ..stats.cohorts import consistent_cohorts

    mean, sd, n = printed_in(fact_id)
    return consistent_cohorts(n, mean, sd, low=0, below=BELOW, grain=GRAIN).draw(COHORTS, seed=SEED).values


@lru_cache(maxsize=32)
def tested(fact_id: str, poor: int, scores: str) -> Tested:
    """The test of `poor` children against the rest, in every simulated cohort and every labelling of it."""
    import numpy as np

    from ..stats.ranks import cohort_tests

    found = cohort_tests(drawn_ages(fact_id), k=poor, scores=scores)
    # Every p is a number of labellings out of all of them.
    counts = np.bincount(
        np.rint(found.p.ravel() * found.labellings).astype(np.int64), minlength=found.labellings + 1
    )
    return Tested(
        tuple(np.arange(found.labellings + 1) / found.labellings),
        tuple(float(x) for x in 100 * np.cumsum(counts) / found.p.size),
        found.share_below(ALPHA),
        float(found.p.min()),
        int(found.p.size),
        found.labellings,
    )


def association_view(settings: Settings) -> Generator[float, None, View]:
    """The p values of an analysis that cannot mean anything, as one distribution."""
    import pandas as pd

    fact, poor, scores = settings["summary"], int(settings["poor"]), settings["scores"]
    yield 0.05
    drawn_ages(fact)
    yield 0.5
    found = tested(fact, poor, scores)
    mean, sd, n = printed_in(fact)

    def at_most(level: float) -> float:
        return max(share for p, share in zip(found.levels, found.shares, strict=True) if p <= level + 1e-12)

    def draw(ax: Axes) -> None:
        ax.plot([0, 1], [0, 100], color=COLOURS["ink"], linewidth=1.2, linestyle="--")
        ax.step(found.levels, found.shares, where="post", color=COLOURS["blue"])
        ax.plot(
            ALPHA,
            100 * found.below,
            "D",
            color=COLOURS["vermilion"],
            markersize=9,
            markeredgecolor="white",
            zorder=5,
        )
        ax.text(
            0.2,
            6,
            f"p ≤ 0.05 in {100 * found.below:.1f}% of tests",
            va="center",
            fontsize=10.5,
            weight="bold",
        )
        ax.text(0.56, 46, "broken line: exactly as often\nas p itself says", fontsize=9.5, va="top")
        ax.set(xlim=(0, 1), ylim=(0, 100), xlabel=f"p value: {SUMMARIES[fact]}, {poor} against {n - poor}")
        ax.set_ylabel("tests with such a p or less (%)")

    size = f"{COHORTS:,} simulated cohorts of n = {n}, each with all {found.labellings} ways to call {poor} of them poor responders: {found.tests:,} tests"
    sentence = f"{size}. p is 0.05 or less in {100 * found.below:.1f}% of them, the smallest {found.smallest:.3f}. {NO_INFORMATION} SIMULATED, seed {SEED}."
    shown = picture(
        draw,
        alt=f"SIMULATED curve of p values, at or a little below the diagonal. p ≤ 0.05 in {100 * found.below:.1f}%, smallest {found.smallest:.3f}. {NO_INFORMATION}",
        caption=f"{size}. {SCORES[scores].capitalize()}; ages in half years that print as {mean} ± {sd} [{fact}], read as mean and SD; seed {SEED}. "
        f"Who responded is not in the public text [E21]. {NO_INFORMATION}",
        origin="simulated",
        table=pd.DataFrame(
            {"p at most": TOLD, "% of tests": [round(at_most(level), 2) for level in TOLD]}
        ).assign(data_origin="simulated", seed=SEED),
        size=(7.2, 3.2),
    )
    return View(sentence, shown, result=((fact, poor, scores), 100 * found.below))


def compare_share(response: Any, view: View) -> str:
    """The learner's share beside the one over all simulated tests."""
    said = predicted("07hp", response)
    setting, below = view.result
    text = f"You expected {said:.3g}%; in the simulated tests p is 0.05 or less in {100 * tested(*FIRST).below:.1f}%. {NO_INFORMATION}"
    return text if setting == FIRST else f"{text} Under the settings below it is {below:.1f}%."


CONSISTENT = Exploration(
    id="07h",
    title="The same analysis, ten thousand times",
    task="Keep a percentage first. Then change the age, the number of poor responders and the test.",
    controls=(
        choice("summary", "The age tested", SUMMARIES),
        slider("poor", "Called poor responders, at random", FIRST[1], 1, 8, unit="of 9"),
        choice("scores", "The test", SCORES),
    ),
    prediction="07hp",
    compare=compare_share,
    run=association_view,
    run_label="Test them all",
)
