"""Lesson 05: a world in which the drug does nothing, and most children improve all the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, slider, stepper
from ..figures import COLOURS, Sheet, picture
from . import entry_threshold, prescribing, rivals
from .entry_threshold import ENTRY, RELIABILITY, SEED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.worlds import NoEffectWorld

__all__ = ["CHILDREN", "EXPLORATIONS", "STILLS"]

CHILDREN = 9
WORLDS = 4000


@lru_cache(maxsize=64)
def _world(reliability: float, seed: int) -> NoEffectWorld:
    from ..stats.worlds import no_effect_world

    return no_effect_world(reliability, ENTRY, n=CHILDREN, worlds=WORLDS, seed=seed)


def _usual_range(world: NoEffectWorld) -> tuple[int, int]:
    import numpy as np

    low, high = np.searchsorted(np.cumsum(world.expected_counts), [0.025, 0.975])
    return int(low), int(high)


def improvers_without_effect(settings: Settings) -> View:
    """How many of nine improve in series after series when the drug does nothing."""
    import numpy as np
    import pandas as pd

    reliability, least = float(settings["reliability"]), int(settings["least"])
    seed = SEED + int(settings["again"])
    world = _world(reliability, seed)
    counted = np.arange(CHILDREN + 1)
    simulated, exact = 100 * world.counts / world.worlds, 100 * world.expected_counts
    met, met_exact = float(simulated[least:].sum()), float(exact[least:].sum())
    average = CHILDREN * world.expected_share
    low, high = _usual_range(world)
    reached = f"{least} or more" if least < CHILDREN else f"all {CHILDREN}"

    def draw(ax: Axes) -> None:
        for place in counted:
            inside = place >= least
            ax.bar(
                place, simulated[place], width=0.8, color=COLOURS["sky"] if inside else "white",
                edgecolor=COLOURS["ink"], linewidth=0.9, hatch="//" if inside else None,
            )  # fmt: skip
        ax.plot(counted, exact, "D", color=COLOURS["vermilion"], markersize=6, markeredgecolor="white")
        top = max(40.0, 1.2 * float(max(simulated.max(), exact.max())))
        ax.set_yticks(range(0, 101, 10 if top < 70 else 20))
        ax.text(
            0.16, 0.95, f"hatched: {reached} improve, {met:.0f}% of series\ndiamonds: exact value",
            transform=ax.transAxes, va="top", fontsize=9.5,
        )  # fmt: skip
        ax.set(
            xticks=counted, ylim=(0, top), xlabel="children of nine with a lower score next time, no drug effect",
            ylabel=f"share of {world.worlds:,} series (%)",
        )  # fmt: skip

    frame = pd.DataFrame(
        {
            "improve, of 9": counted,
            "SIMULATED, % of series": simulated.round(1),
            "exact, %": exact.round(1),
        }
    ).assign(seed=seed)
    sentence = (
        f"With no drug effect, {average:.1f} of 9 have a lower score on average (exact {100 * world.expected_share:.1f}%, "
        f"simulated {100 * world.share:.1f}%). "
        f"{reached.capitalize()} improve in {met:.0f}% of the simulated series (exact {met_exact:.1f}%). SIMULATED, seed {seed}."
    )
    shown = picture(
        draw,
        alt=f"SIMULATED bars with no drug effect: on average {average:.1f} of 9 improve; {reached} improve in "
        f"{met:.0f}% of series. Usual range {low} to {high}.",
        caption=f"{world.worlds:,} invented series of 9 children, seed {seed}. Reliability {reliability:g}, start above "
        f"{ENTRY:g} SD, any fall counts, no effect of any treatment. Not the nine of the letter.",
        origin="simulated",
        table=frame,
        size=(7.2, 3.4),
    )
    return View(sentence, shown, result={"reliability": reliability, "average": average})


def compare_improvers(response: Any, view: View) -> str:
    """The learner's number of nine beside the exact average of the setting it was asked for."""
    from ..exercises import bank, grading

    expected = grading.grade(bank.item("05ap"), response).value
    first = _world(RELIABILITY, SEED)
    low, high = _usual_range(first)
    said = (
        f"You expected {expected:g} of 9; with reliability {RELIABILITY:g} the average is "
        f"{CHILDREN * first.expected_share:.1f} of 9, usually {low} to {high}, and no drug is at work."
    )
    if view.result["reliability"] != RELIABILITY:
        said += f" At reliability {view.result['reliability']:g} it is {view.result['average']:.1f}."
    return said


def before_and_after() -> Sheet:
    """What a before-after test says, beside how often a useless drug gets there."""
    import pandas as pd

    from ..stats.paired import sign_test
    from ..stats.result import p_text

    world = _world(RELIABILITY, SEED)
    rows = [
        (
            f"{k} of {CHILDREN}",
            p_text(sign_test([-1.0] * k + [1.0] * (CHILDREN - k)).p),
            f"{100 * float(world.expected_counts[k:].sum()):.0f}%",
        )
        for k in range(CHILDREN, 4, -1)
    ]
    columns = ["lower next time", "sign test, two-sided", "this many or more with no drug effect (exact)"]
    return Sheet(
        pd.DataFrame(rows, columns=columns),
        caption=f"Hypothetical counts. No drug effect, reliability {RELIABILITY:g}, start above {ENTRY:g} SD: {rows[0][0]} "
        f"in {rows[0][2]} of series, {rows[2][0]} or more in {rows[2][2]}.",
        origin="assumed",
    )


EXPLORATIONS = {
    "05a": Exploration(
        id="05a",
        title="The no-effect world",
        task="Run it, then make the score better or worse, and draw other series. The drug never does anything.",
        controls=(
            slider("reliability", "Reliability of the score (1 means no noise)", RELIABILITY, 0, 1, 0.05),
            slider("least", "Hatch the series in which at least this many improve", 7, 1, CHILDREN),
            stepper("again", "Draw other series"),
        ),
        prediction="05ap",
        compare=compare_improvers,
        run=improvers_without_effect,
    ),
    **entry_threshold.EXPLORATIONS,
    **prescribing.EXPLORATIONS,
}
STILLS = {
    **entry_threshold.STILLS,
    "05-before-after": before_and_after,
    **rivals.STILLS,
    **prescribing.STILLS,
}
