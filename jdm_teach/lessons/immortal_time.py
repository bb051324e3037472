"""Lesson 06: equal death rates, and a naive table that finds a difference all the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.worlds import ImmortalTimeWorld

__all__ = ["EXPLORATIONS"]

RATE, WAIT = 50, 1.0
HORIZON, LANDMARK = 2.0, 0.5
PEOPLE, WORLDS, SEED = 200, 100, 7
EFFECTS = {
    "none": (1.0, "does nothing"),
    "helps": (0.5, "halves the death rate"),
    "harms": (2.0, "doubles the death rate"),
}


@lru_cache(maxsize=64)
def _world(rate: float, wait: float, effect: str) -> ImmortalTimeWorld:
    from ..stats.worlds import immortal_time_world

    return immortal_time_world(
        rate / 100, wait, hazard_ratio=EFFECTS[effect][0], horizon=HORIZON, landmark=LANDMARK, n=PEOPLE,
        worlds=WORLDS, seed=SEED,
    )  # fmt: skip


def three_ways_to_count(settings: Settings) -> View:
    """Deaths in treated and untreated: by ever treated, from a landmark, and by person-time."""
    import pandas as pd

    rate, wait, effect = float(settings["rate"]), float(settings["wait"]), settings["effect"]
    world = _world(rate, wait, effect)
    naive, landmark, lived = (
        tuple(100 * x for x in pair) for pair in (world.naive, world.landmark_risk, world.rate)
    )
    rows = [
        ("naive table:\ndead by 2 years", naive, ("ever treated", "never treated")),
        ("from 6 months on:\ndead by 2 years", landmark, ("treated by 6 months", "not treated by then")),
        ("person-time: deaths\nper 100 years lived", lived, ("treated time", "not yet treated time")),
    ]
    right = max(105.0, 1.12 * max(lived))

    def draw(ax: Axes) -> None:
        for row, (_, (treated, untreated), words) in enumerate(rows):
            ax.plot([treated, untreated], [row, row], color="#8d979e", linewidth=2)
            ax.plot(untreated, row, "s", color=COLOURS["vermilion"], markersize=9)
            ax.plot(treated, row, "o", color=COLOURS["blue"], markersize=7)
            for x, said, up, hue in (
                (treated, words[0], -1, COLOURS["blue"]),
                (untreated, words[1], 1, "#a34700"),
            ):
                ax.text(
                    min(max(x, 0.17 * right), 0.83 * right), row + 0.27 * up, f"{said} {x:.0f}", ha="center", va="center", color=hue, fontsize=9.5
                )  # fmt: skip
        ax.set(xlim=(0, right), ylim=(2.55, -0.55), xlabel="deaths per 100 people, or per 100 years lived")
        ax.set_yticks(range(3), [name for name, *_ in rows])
        ax.tick_params(axis="y", length=0)

    exact = [[100 * x for x in world.expected_naive], [float("nan")] * 2, [100 * x for x in world.expected_rate]]  # fmt: skip
    frame = pd.DataFrame(
        [
            (name.replace("\n", " "), *pair, *known)
            for (name, pair, _), known in zip(rows, exact, strict=True)
        ],
        columns=["counted", "treated", "untreated", "exact treated", "exact untreated"],
    ).round(1)
    frame[["exact treated", "exact untreated"]] = frame[["exact treated", "exact untreated"]].astype(object)
    frame.loc[1, ["exact treated", "exact untreated"]] = "no formula"
    sentence = (
        f"The drug {EFFECTS[effect][1]}. The naive table finds {naive[0]:.0f} of 100 ever treated and {naive[1]:.0f} of 100 never treated "
        f"dead by 2 years; per 100 years of person-time there are {lived[0]:.0f} deaths on treatment and {lived[1]:.0f} before or without it. "
        f"SIMULATED, seed {SEED}."
    )
    shown = picture(
        draw,
        alt=f"SIMULATED deaths, treated against untreated: naive table {naive[0]:.0f} and {naive[1]:.0f} of 100 by 2 years; from a "
        f"landmark at 6 months {landmark[0]:.0f} and {landmark[1]:.0f}; per 100 years of person-time {lived[0]:.0f} and {lived[1]:.0f}.",
        caption=f"{WORLDS * PEOPLE:,} invented people followed to the end, seed {SEED}. Death rate {rate:g} per 100 years before the drug, which "
        f"{EFFECTS[effect][1]}; mean wait {wait:g} {'year' if wait == 1 else 'years'}, unrelated to the risk. Circle: treated; square: untreated.",
        origin="simulated",
        table=frame.assign(seed=SEED),
        size=(7.6, 3.1),
    )
    return View(sentence, shown, result={"settings": (rate, wait, effect), "naive": naive})


def compare_never_treated(response: Any, view: View) -> str:
    """The learner's number beside the exact naive result of equal hazards."""
    from ..exercises import bank, grading

    expected = grading.grade(bank.item("06bp"), response).value
    treated, never = (100 * x for x in _world(float(RATE), WAIT, "none").expected_naive)
    said = (
        f"You expected {expected:g} of 100; with one and the same death rate the naive table shows {never:.0f} of 100 never treated "
        f"and {treated:.0f} of 100 ever treated dead by 2 years."
    )
    if view.result["settings"] != (RATE, WAIT, "none"):
        first, second = view.result["naive"]
        said += f" With the setting below it shows {second:.0f} and {first:.0f}."
    return said


EXPLORATIONS = {
    "06b": Exploration(
        id="06b",
        title="One death rate, three ways to count",
        task="Run it with a drug that does nothing. Then lengthen the wait. At last let the drug do harm, and read the naive table again.",
        controls=(
            slider("wait", "Wait until the drug, on average", WAIT, 0.25, 4, 0.25, "years"),
            slider("rate", "Deaths per 100 years lived, without the drug", RATE, 10, 90, 5),
            choice("effect", "The drug", {key: words for key, (_, words) in EFFECTS.items()}),
        ),
        prediction="06bp",
        compare=compare_never_treated,
        run=three_ways_to_count,
    )
}
