"""Lesson 02: the simulator that shows both classifications of the same ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, toggle
from ..figures import COLOURS, picture
from .classification import FIRST_CHILD, SKIN, Verdicts, classify

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CLASSIFICATION"]

# Names broken so that they fit into a narrow block.
NARROW = {
    "weakness": "weak-\nness",
    "enzymes": "en-\nzymes",
    "swallowing": "swal-\nlowing",
    "anti-Jo-1": "anti-\nJo-1",
}
UNSCORED = {"mda5": "anti-MDA5 antibody", "ild": "ILD on CT"}


def _shown_points(verdicts: Verdicts) -> list[tuple[str, float]]:
    """Points by what was ticked, with all weakness in one block."""
    names = {**SKIN, "enzymes": "enzymes", "dysphagia": "swallowing", "jo1": "anti-Jo-1"}
    blocks: dict[str, float] = {}
    for key, value in verdicts.points:
        name = names.get(key) or ("biopsy" if key.startswith("bx_") else "weakness")
        blocks[name] = round(blocks.get(name, 0) + value, 1)
    return list(blocks.items())


def _draw(ax: Axes, verdicts: Verdicts, blocks: list[tuple[str, float]]) -> None:
    wide = max(10.0, verdicts.score + 1)
    fills = (COLOURS["sky"], COLOURS["orange"])
    left = 0.0
    for place, (name, value) in enumerate(blocks):
        ax.barh(
            0, value, left=left, height=0.5, color=fills[place % 2], edgecolor=COLOURS["ink"], linewidth=0.9
        )
        if value / wide > 0.06:
            split = name.replace(" ", "\n") if value / wide > 0.1 else NARROW.get(name, name)
            ax.text(
                left + value / 2,
                0,
                f"{split}\n{value:g}",
                ha="center",
                va="center",
                fontsize=8.5,
            )
        left += value
    if not blocks:
        ax.text(0.1, 0, "0 points", va="center")
    for x, name, side in ((verdicts.probable, "probable", "right"), (verdicts.definite, "definite", "left")):
        ax.plot([x, x], [-0.42, 0.42], color=COLOURS["ink"], linestyle="--", linewidth=1.2)
        ax.text(x, 0.44, f"{name} {x:g}", ha=side, va="bottom", fontsize=9)
    for place, key in enumerate(("rash", "weakness", "enzymes", "emg", "biopsy")):
        x = wide * (0.03 + 0.13 * place)
        there = key in verdicts.items
        ax.plot(
            x,
            1.62,
            "o",
            markersize=15,
            markeredgecolor=COLOURS["ink"],
            color=COLOURS["blue"] if there else "white",
        )
        ax.text(
            x,
            1.62,
            "✓" if there else "–",
            ha="center",
            va="center",
            color="white" if there else COLOURS["ink"],
        )
        ax.text(x, 1.38, key.upper() if key == "emg" else key, ha="center", va="top", fontsize=9)
    ax.text(wide, 1.62, verdicts.bohan_peter, ha="right", va="center", weight="bold")
    ax.text(wide, 0.88, verdicts.eular_acr, ha="right", va="center", weight="bold")
    ax.text(0, 1.98, "Bohan and Peter: rash and four other items", va="center", fontsize=10)
    ax.text(0, 0.88, "EULAR/ACR 2017: a sum of points", va="center", fontsize=10)
    ax.axhline(1.09, color=COLOURS["quiet"], linewidth=0.8)
    ax.set(xlim=(0, wide), ylim=(-0.5, 2.15), yticks=[], xlabel="EULAR/ACR points")
    ax.spines["left"].set_visible(False)
    ax.grid(False)


def two_classifications(settings: Settings) -> View:
    """Both classifications of the ticked findings, side by side."""
    import pandas as pd

    verdicts = classify(settings)
    blocks = _shown_points(verdicts)
    rows = [(name, f"{value:g}", _counts_as(name, verdicts)) for name, value in blocks]
    rows += [("EMG", "0", "one item")] if settings["emg"] else []
    rows += [(label, "0", "nothing") for key, label in UNSCORED.items() if settings[key]]
    rows.append(("together", f"{verdicts.score:g}: {verdicts.eular_acr}", verdicts.bohan_peter))
    frame = pd.DataFrame(rows, columns=["finding", "EULAR/ACR points", "Bohan and Peter"])
    others = len(verdicts.items) - ("rash" in verdicts.items)
    sentence = (
        f"Bohan and Peter: {'rash' if 'rash' in verdicts.items else 'no rash'} and {others} of 4 other items, "
        f"{verdicts.bohan_peter}. EULAR/ACR: {verdicts.score:g} points where {verdicts.probable:g} are needed for "
        f"probable, {verdicts.eular_acr} (probability {_about(verdicts.probability)})."
    )
    unscored = [label for key, label in UNSCORED.items() if settings[key]]
    if unscored:
        sentence += f" Adding nothing to either: {' and '.join(unscored)}."
    shown = picture(
        lambda ax: _draw(ax, verdicts, blocks),
        alt=f"A constructed child. {sentence}",
        caption="A constructed child under 18, none of the nine; one set of ticks, two definitions [Bohan and Peter 1975; "
        f"EULAR/ACR 2017, scale {'with' if verdicts.biopsied else 'without'} biopsy]. Points and items as read in reproductions.",
        origin="assumed",
        table=frame,
        size=(7.2, 3.3),
    )
    return View(sentence, shown, result=verdicts)


def _about(probability: float) -> str:
    """Whole per cents: the anchor of the formula is published to one decimal only."""
    return "above 99%" if probability > 0.99 else f"about {100 * probability:.0f}%"


def _counts_as(name: str, verdicts: Verdicts) -> str:
    if name in SKIN.values():
        return "the rash (once)"
    return "one item" if name in {"weakness", "enzymes", "biopsy"} and name in verdicts.items else "nothing"


SAID = {(True, True): "both", (True, False): "bp", (False, True): "ea", (False, False): "neither"}
IN_WORDS = {"both": "both", "bp": "Bohan and Peter only", "ea": "EULAR/ACR only", "neither": "neither"}


def _side_by_side(response: Any, view: View) -> str:
    truth = IN_WORDS[SAID[classify(FIRST_CHILD).met]]
    now = IN_WORDS[SAID[view.result.met]]
    return (
        f"You expected the first child to meet {IN_WORDS.get(response, 'something else')}; it meets {truth}. "
        f"With the ticks as they stand now: {now}."
    )


CLASSIFICATION = Exploration(
    id="02f",
    title="One constructed child, two definitions",
    task="The ticks start at the child of the question. Change one finding at a time and watch both definitions. "
    "“Meets” means probable or definite.",
    controls=(
        *(toggle(key, f"{label[0].upper()}{label[1:]}", bool(FIRST_CHILD[key])) for key, label in SKIN.items()),
        choice("weakness", "Weakness", {
            "none": "none", "limbs": "upper arms and thighs", "neck": "arms, thighs and neck flexors",
            "legs": "these, and legs weaker at the hip than at the foot",
        }),
        toggle("enzymes", "Muscle enzymes raised (such as creatine kinase)"),
        toggle("dysphagia", "Difficulty swallowing"),
        toggle("emg", "Myopathic electromyogram (EMG)"),
        choice("biopsy", "Muscle biopsy", {
            "none": "not done", "normal": "done, normal", "perimysial": "done, perimysial or perivascular cells",
            "both": "done, these and perifascicular atrophy",
        }),
        toggle("jo1", "Anti-Jo-1 antibody"),
        toggle("mda5", "Anti-MDA5 antibody", True),
        toggle("ild", "ILD on CT", True),
    ),
    prediction="02fp",
    compare=_side_by_side,
    run=two_classifications,
)  # fmt: skip
