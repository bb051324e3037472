"""Lesson 03: a cell that has met interferon before, with and without the feedback protein USP18."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, toggle
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

__all__ = ["SECOND_DOSE", "second_answer"]

GAP_H, WATCHED_H = 24.0, 12.0
SECOND_PM = 1400.0
FIRST = {"1400": "large (1400 pM)", "28": "middling (28 pM)", "2.8": "small (2.8 pM)", "0": "none"}
PREDICTED_FIRST = 1400.0


@lru_cache(maxsize=16)
def second_answer(first_pM: float, cut: bool) -> tuple[np.ndarray, np.ndarray]:
    """Nuclear ISGF3 for half a day after a large second dose: hours since it, molecules per cell. About 10 ms, kept."""
    from ..biology.pathway import Knobs, prestimulation, run

    knobs = Knobs(usp18_gain=0.0 if cut else 1.0)
    response = run(
        prestimulation(first_pM, SECOND_PM, GAP_H, GAP_H + WATCHED_H), 0.0, knobs, readouts=("ISGF3n",)
    )
    later = response.fine_times_h >= GAP_H
    return response.fine_times_h[later] - GAP_H, response.fine_values[0, later]


def ratio(first_pM: float, cut: bool) -> float:
    """Height of the second answer over that of cells without a first dose, same feedback."""
    return float(second_answer(first_pM, cut)[1].max() / second_answer(0.0, cut)[1].max())


def answer_to_a_second_dose(settings: Settings) -> View:
    """Fresh and pre-treated cells after the same large dose."""
    import pandas as pd

    first, cut = float(settings["first"]), bool(settings["cut"])
    share = ratio(first, cut)
    brake = "USP18 cannot rise" if cut else "USP18 can rise"
    rows = [
        (words, "cannot rise" if held else "can rise", round(float(second_answer(float(key), held)[1].max()), -1),
         round(ratio(float(key), held), 2))
        for held in (False, True)
        for key, words in FIRST.items()
    ]  # fmt: skip
    table = pd.DataFrame(
        rows, columns=["first dose", "USP18", "highest nuclear ISGF3 in 12 h", "times fresh cells"]
    )
    table["highest nuclear ISGF3 in 12 h"] = table["highest nuclear ISGF3 in 12 h"].astype(int)
    kind = FIRST[settings["first"]].partition(" (")[0]
    if first:
        sentence = f"{brake}: after a {kind} first dose the second answer is {share:.1f} times as high as in fresh cells."
        sentence += (
            " It starts high: without the brake the first answer has not ended."
            if cut and first > 100
            else ""
        )
    else:
        sentence = f"{brake}: without a first dose there is one curve, that of fresh cells."
    shown = picture(
        lambda ax: draw_answers(ax, first, cut),
        alt=f"Nuclear ISGF3 over {WATCHED_H:g} hours after the second dose. {sentence}",
        caption=f"Hepatoma cells, model of Kok 2020 [JS11]: a first dose of interferon alpha, {GAP_H:g} hours later {SECOND_PM:g} pM "
        "on top. No drug, no random numbers, so no seed. Doses of this size belong to the laboratory, not to blood.",
        origin="simulated",
        table=table,
        size=(7.2, 3.2),
    )  # fmt: skip
    return View(sentence, shown, result=ratio(PREDICTED_FIRST, True))


def draw_answers(ax: Axes, first: float, cut: bool) -> None:
    curves = [(0.0, "fresh cells", "blue", (0, (4, 2)))]
    if first:
        curves.append((first, "with a first dose", "vermilion", "-"))  # type: ignore[arg-type]
    tops = []
    for level, words, colour, style in curves:
        hours, values = second_answer(level, cut)
        ax.plot(hours, values, color=COLOURS[colour], linestyle=style)
        tops.append((float(hours[values.argmax()]), float(values.max()), words, colour))
    highest = max(top[1] for top in tops)
    for hour, height, words, colour in tops:
        late = hour > 0.7 * WATCHED_H
        ax.annotate(
            words,
            (max(hour, 1.3), height),
            xytext=(0, 5),
            textcoords="offset points",
            ha="right" if late else "center",
            color=COLOURS["blue" if colour == "blue" else "ink"],
        )
    ax.set(
        xlabel="hours since the second dose",
        ylabel="nuclear ISGF3\n(molecules per cell)",
        xlim=(0, WATCHED_H),
        ylim=(0, 1.2 * highest),
        xticks=range(0, 13, 2),
        title="USP18 cannot rise" if cut else "USP18 can rise",
    )


EXPECTED = {"A": "still weaker", "B": "about the same", "C": "stronger", "D": "absent"}


def beside_prediction(response: Any, view: View) -> str:
    """The choice beside the ratio of the predicted case, whatever is shown."""
    return (
        f"You expected the second answer to be {EXPECTED.get(response, 'something else')}. After a large first dose with "
        f"USP18 held down it is {view.result:.1f} times as high as in fresh cells, in this model."
    )


SECOND_DOSE = Exploration(
    id="03f",
    title="Cut the feedback",
    task="Keep a prediction, press Run, then untick the box to see the published cell, and try a small first dose.",
    controls=(
        choice("first", "First dose of interferon alpha", FIRST),
        toggle("cut", "USP18 cannot rise (feedback cut)", True),
    ),
    prediction="03fp",
    compare=beside_prediction,
    run=answer_to_a_second_dose,
)
