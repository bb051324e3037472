"""Lesson 06: who reaches the start of an add-on drug, and what the gap among those who did can and cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, picture
from . import adult_comparisons, control_groups, entry_rule, immortal_time, painted_time, risk_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.worlds import ImmortalTimeWorld

__all__ = ["EXPLORATIONS", "LEAVING", "STILLS", "WAIT"]

# The gap between the two printed mean ages, in years; a test holds it to the evidence.
WAIT = 3.2
LEAVING = 15
SEED = 7
LINES = 40
WORLDS = 250
LAST_YEAR = 8.0
SPREADS = {"same": "the same for every child", "differs": "different from child to child"}


@lru_cache(maxsize=64)
def _world(wait: float, leaving: float, spread: str) -> ImmortalTimeWorld:
    from ..stats.worlds import immortal_time_world

    return immortal_time_world(
        hazard=leaving / 100, mean_delay=wait, delay="fixed" if spread == "same" else "exponential", n=LINES, worlds=WORLDS, seed=SEED
    )  # fmt: skip


def seen_gap(wait: float, leaving: float, spread: str) -> float:
    """The mean wait of those who start: as planned when all waits are equal, shorter when long waits thin out."""
    return wait if spread == "same" else 1 / (1 / wait + leaving / 100)


def who_starts(settings: Settings) -> View:
    """Forty invented courses from onset: who reaches the start, and the wait that a series of them would print."""
    import pandas as pd

    wait, leaving = float(settings["wait"]), float(settings["leaving"])
    spread = settings["spread"]
    world = _world(wait, leaving, spread)
    exact = 100 * world.expected_ever_treated
    gap = seen_gap(wait, leaving, spread)
    lives = world.frame().sort_values(["treatment_start", "end"], na_position="first")
    starts, ends = lives["treatment_start"].to_numpy(), lives["end"].to_numpy()
    reach = int((starts > 0).sum())

    def draw(ax: Axes) -> None:
        waiting, treated = [], []
        for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
            until = start if start > 0 else end
            waiting.append([(0, row), (min(until, LAST_YEAR), row)])
            if start > 0 and start < LAST_YEAR:
                treated.append([(start, row), (min(end, LAST_YEAR), row)])
        from matplotlib.collections import LineCollection

        ax.add_collection(LineCollection(waiting, colors="#8d979e", linewidths=1.4))
        ax.add_collection(LineCollection(treated, colors=COLOURS["blue"], linewidths=3.6))
        gone = [
            (end, row) for row, (start, end) in enumerate(zip(starts, ends, strict=True)) if not start > 0
        ]
        if gone:
            x, y = zip(*gone, strict=True)
            ax.plot(x, y, "s", color=COLOURS["vermilion"], markersize=3.6, linestyle="none", clip_on=True)
        missing = LINES - reach
        if missing:
            ax.text(LAST_YEAR + 0.15, (missing - 1) / 2, f"{missing} leave before\nthe start (squares):\nin no series", va="center", color="#a34700", fontsize=9.5)  # fmt: skip
        if reach:
            ax.text(LAST_YEAR + 0.15, missing + reach / 2, f"{reach} start the drug\n(thick): the series", va="center", color=COLOURS["blue"], fontsize=9.5)  # fmt: skip
        ax.set(xlim=(0, LAST_YEAR), ylim=(-1.5, LINES + 0.5), yticks=[], xlabel="years since onset", ylabel=f"{LINES} invented children")  # fmt: skip
        ax.grid(axis="y", visible=False)

    frame = pd.DataFrame(
        [
            ("start the drug", reach, round(exact, 1)),
            ("leave before the start", LINES - reach, round(100 - exact, 1)),
        ],
        columns=["SIMULATED children", f"of {LINES} drawn", "exact, % of an endless group"],
    ).assign(seed=SEED)
    sentence = (
        f"Of 100 children with onset, {exact:.0f} reach the start (exact); {reach} of the {LINES} drawn do. Those who start have "
        f"waited {gap:.1f} years on average. SIMULATED, seed {SEED}."
    )
    shown = picture(
        draw,
        alt=f"SIMULATED lines of {LINES} invented children from onset: {reach} reach the start of the drug and {LINES - reach} leave before it. "
        f"Exact share who start {exact:.1f}%. Mean wait of those who start {gap:.1f} years.",
        caption=f"{LINES} invented children, seed {SEED}; a line ends where a child leaves, and all are cut at {LAST_YEAR:g} years. Wait: {wait:g} years, "
        f"{SPREADS[spread]}. Per 100 years of waiting, {leaving:g} leave for any reason. The drug does nothing.",
        origin="simulated",
        table=frame,
        size=(7.2, 3.7),
    )
    return View(sentence, shown, result={"exact": exact, "gap": gap, "settings": (wait, leaving, spread)})


def compare_starters(response: Any, view: View) -> str:
    """The learner's number of 100 beside the exact one of the setting it was asked for."""
    from ..exercises import bank, grading

    expected = grading.grade(bank.item("06ep"), response).value
    first = (WAIT, float(LEAVING), "same")
    reached = 100 * _world(*first).expected_ever_treated
    said = f"You expected {expected:g} of 100 at the start; with a wait of {WAIT:g} years for every child it is {reached:.0f}."
    if view.result["settings"] != first:
        said += f" With the setting below it is {view.result['exact']:.0f}."
    return said


EXPLORATIONS = {
    "06e": Exploration(
        id="06e",
        title="Who reaches the start?",
        task="Run it. Then change how many leave and watch the gap that a series would print. Then let the wait differ from child to child.",
        controls=(
            slider("leaving", "Children who leave, per 100 years of waiting", LEAVING, 5, 60, 5),
            slider("wait", "Wait until the drug, on average", WAIT, 0.2, 6, 0.2, "years"),
            choice("spread", "The wait is", SPREADS),
        ),
        prediction="06ep",
        compare=compare_starters,
        run=who_starts,
    ),
    **immortal_time.EXPLORATIONS,
    **entry_rule.EXPLORATIONS,
    **control_groups.EXPLORATIONS,
}
STILLS: dict[str, Callable[[], Any]] = {
    **painted_time.STILLS,
    **risk_table.STILLS,
    **adult_comparisons.STILLS,
}
