"""Lesson 06: earlier patients or patients of the same years as the control group."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, picture
from .prescribing import points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.worlds import ControlWorld

__all__ = ["EXPLORATIONS"]

# How much the odds of improving rise from one calendar year to the next, in per cent, for every child.
PROGRESS = 35
TREATED, CONTROLS = 9, 30
WORLDS, SEED = 500, 7
EFFECTS = {"none": (1.0, "does nothing"), "helps": (2.0, "doubles the odds of improving")}


@lru_cache(maxsize=64)
def _world(progress: float, controls: int, effect: str) -> ControlWorld:
    from math import log1p

    from ..stats.worlds import control_world

    return control_world(
        log1p(progress / 100), odds_ratio=EFFECTS[effect][0], n_treated=TREATED, n_control=controls, worlds=WORLDS, seed=SEED
    )  # fmt: skip


def two_control_groups(settings: Settings) -> View:
    """The difference in the share improving against earlier and against concurrent children, beside the truth."""
    import numpy as np
    import pandas as pd

    progress, controls, effect = float(settings["progress"]), int(settings["controls"]), settings["effect"]
    world = _world(progress, controls, effect)
    truth = 100 * world.true_difference
    rows = []
    for name, values, middle, found in (
        ("earlier children", world.historical, world.expected_historical, world.expected_found_historical),
        ("children of the\nsame years", world.concurrent, world.expected_concurrent, world.expected_found_concurrent),
    ):  # fmt: skip
        low, high = 100 * np.quantile(values, [0.025, 0.975])
        rows.append((name, 100 * middle, float(low), float(high), 100 * found))
    earlier, same = rows

    def draw(ax: Axes) -> None:
        ax.axvline(0, color=COLOURS["quiet"], linewidth=1)
        ax.axvline(truth, color=COLOURS["vermilion"], linestyle="--")
        for place, (_, middle, low, high, found) in enumerate(rows):
            ax.plot([low, high], [place, place], color=COLOURS["blue"], linewidth=4, solid_capstyle="butt")
            ax.plot(middle, place, "o", color=COLOURS["ink"], markersize=9)
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
            ax.annotate(points(middle), (middle, place), xytext=(0, 10), textcoords="offset points", ha="center", bbox=box)  # fmt: skip
            ax.text(104, place, f"“works” in\n{found:.0f}% of studies", fontsize=9.5, va="center", ha="left")
        ax.annotate(f"truth {points(truth)}", (truth, 1.62), xytext=(-4, 0), textcoords="offset points", ha="right", va="center", fontsize=10)  # fmt: skip
        ax.set(xlim=(-70, 100), ylim=(1.9, -0.75), xlabel="children improving, treated minus control (percentage points)")  # fmt: skip
        ax.set_yticks([0, 1], [name for name, *_ in rows])
        ax.tick_params(axis="y", length=0)

    frame = pd.DataFrame(
        [(name.replace("\n", " "), *rest) for name, *rest in rows],
        columns=["control group", "endless study, points", "95% of studies from", "to", "test favours the drug, % (exact)"],
    ).round(1)  # fmt: skip
    sentence = (
        f"The drug {EFFECTS[effect][1]} ({points(truth)} points). Against {controls} earlier children the difference is {points(earlier[1])} points, "
        f"against {controls} of the same years {points(same[1])}. A test favours the drug in {earlier[4]:.0f}% and {same[4]:.0f}% of studies. "
        f"SIMULATED, seed {SEED}."
    )
    shown = picture(
        draw,
        alt=f"SIMULATED differences in the share improving: truth {points(truth)} points; against earlier children {points(earlier[1])} points, "
        f"95% of studies {points(earlier[2])} to {points(earlier[3])}; against children of the same years {points(same[1])} points, "
        f"{points(same[2])} to {points(same[3])}.",
        caption=f"{TREATED} treated and {controls} control children, {WORLDS} invented studies, seed {SEED}. Dot: what an endless study would show (exact); bar: middle 95% of "
        f"studies. The odds of improving rise by {progress:g}% a year for everybody; earlier children come from the 6 years before. “Works”: Fisher's test, p ≤ 0.05.",
        origin="simulated",
        table=frame.assign(truth=round(truth, 1), seed=SEED),
        size=(7.6, 2.7),
    )
    return View(sentence, shown, result={"settings": (progress, controls, effect), "earlier": earlier[1], "same": same[1]})  # fmt: skip


def compare_choice(response: Any, view: View) -> str:
    """The chosen control group beside what each shows in the setting it was asked for."""
    chosen = {
        "earlier": "the earlier children",
        "same": "the children of the same years",
        "equal": "no difference between the two",
    }[response]
    first = _world(float(PROGRESS), CONTROLS, "none")
    said = (
        f"You chose {chosen}; a drug that does nothing shows {points(100 * first.expected_historical)} points against earlier children and "
        f"{points(100 * first.expected_concurrent)} against those of the same years."
    )
    if view.result["settings"] != (PROGRESS, CONTROLS, "none"):
        said += (
            f" With the setting below: {points(view.result['earlier'])} and {points(view.result['same'])}."
        )
    return said


EXPLORATIONS = {
    "06d": Exploration(
        id="06d",
        title="Earlier children or children of the same years",
        task="Run it. Then add more control children, and then slow down the progress of care.",
        controls=(
            slider(
                "progress", "Odds of improving rise each year, for everybody, by", PROGRESS, 0, 80, 5, "%"
            ),
            slider("controls", "Children in each control group", CONTROLS, 5, 60, 5),
            choice("effect", "The drug", {key: words for key, (_, words) in EFFECTS.items()}),
        ),
        prediction="06dp",
        compare=compare_choice,
        run=two_control_groups,
    )
}
