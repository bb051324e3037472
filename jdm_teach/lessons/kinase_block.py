"""Lesson 03: which signals fall when one kinase is blocked, from the published pairs and one stated rule."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["KINASES", "KINASE_BLOCK", "falling", "kinase_pairs"]

FACT = "JS09"
KINASES = ("JAK1", "JAK2", "JAK3", "TYK2")
PREDICTED_KINASE = "JAK1"
# What the boxes of the prediction are called in the published sentence.
BOXES = {"A": "IFN-alpha", "B": "IFN-gamma", "C": "IL-2", "D": "GM-CSF", "E": "IL-6", "F": "G-CSF"}
SPOKEN = (("IFN-", "interferon "), ("IL-", "interleukin "))


@lru_cache(maxsize=1)
def kinase_pairs() -> dict[str, tuple[str, str]]:
    """Each signal with the two kinases at its receptor, read out of the published sentence JS09.

    Raises ValueError when the sentence no longer has the form "signals PAIR; signals PAIR".

    >>> kinase_pairs()["IFN-alpha"]
    ('JAK1', 'TYK2')
    """
    from ..evidence import fact

    sentence = fact(FACT).statement.partition(":")[2]
    pairs: dict[str, tuple[str, str]] = {}
    for part in sentence.split(";"):
        found = re.search(r"(.+?)\s((?:JAK\d|TYK2))/((?:JAK\d|TYK2))", part)
        if found is None:
            raise ValueError(f"The fact {FACT} should list signals with their two kinases; got {part!r}.")
        for signal in re.split(r",\s*|\s+and\s+", found[1].strip()):
            pairs[signal] = (found[2], found[3])
    return pairs


def spoken(signal: str) -> str:
    """The name of a signal in words.

    >>> spoken("IL-6"), spoken("IFN-gamma"), spoken("G-CSF")
    ('interleukin 6', 'interferon gamma', 'G-CSF')
    """
    for short, long in SPOKEN:
        signal = signal.replace(short, long)
    return signal


def falling(kinase: str) -> tuple[str, ...]:
    """The signals that need this kinase, in the order of the published sentence."""
    return tuple(signal for signal, pair in kinase_pairs().items() if kinase in pair)


def block_one_kinase(settings: Settings) -> View:
    """The pairs of kinases, with one kinase taken out and what then falls."""
    import pandas as pd

    kinase = settings["kinase"]
    pairs, fallen = kinase_pairs(), falling(kinase)
    kept = [signal for signal in pairs if signal not in fallen]
    table = pd.DataFrame(
        [(spoken(s), " and ".join(dict.fromkeys(p)), "falls" if s in fallen else "stays") for s, p in pairs.items()],
        columns=["signal", "kinases at its receptor", f"without {kinase}"],
    )  # fmt: skip
    said = ", ".join(map(spoken, fallen))
    sentence = f"Without {kinase}, {len(fallen)} of {len(pairs)} signals fall: {said}."
    shown = picture(
        lambda ax: draw_pairs(ax, kinase),
        alt=f"Signals and the two kinases each needs. {sentence} Staying: {', '.join(map(spoken, kept))}.",
        caption=f"Pairs as one study lists them [{FACT}], n = {len(pairs)} signals. The rule is ours and simple: a signal "
        "falls when one of its two kinases is blocked completely. A real drug blocks several kinases, each in part.",
        origin="derived",
        table=table,
        size=(7.2, 4.2),
    )
    return View(sentence, shown, result=kinase)


def draw_pairs(ax: Axes, kinase: str) -> None:
    """One row per signal, one column per kinase; the blocked column is shaded, its dots become crosses."""
    pairs = kinase_pairs()
    left, right = zip(*((KINASES.index(a), KINASES.index(b)) for a, b in pairs.values()), strict=True)
    rows = list(range(len(pairs)))
    # Two copies of one kinase stand side by side in its column.
    starts = [a - 0.09 * (a == b) for a, b in zip(left, right, strict=True)]
    ends = [b + 0.09 * (a == b) for a, b in zip(left, right, strict=True)]
    blocked = KINASES.index(kinase)
    ax.axvspan(blocked - 0.32, blocked + 0.32, color="#f3e3d8", zorder=0)
    ax.hlines(rows, starts, ends, color=COLOURS["quiet"], linewidth=1.6, zorder=1)
    spots = [(x, y, home == blocked) for xs, homes in ((starts, left), (ends, right))
             for x, y, home in zip(xs, rows, homes, strict=True)]  # fmt: skip
    for out, marker, colour, size in ((False, "o", "blue", 62), (True, "X", "vermilion", 76)):
        chosen = [(x, y) for x, y, is_out in spots if is_out == out]
        if chosen:
            across, down = zip(*chosen, strict=True)
            ax.scatter(x=across, y=down, s=size, marker=marker, color=COLOURS[colour], zorder=2)
    for row, pair in enumerate(pairs.values()):
        falls = kinase in pair
        ax.text(3.55, row, "falls" if falls else "stays", va="center", weight="bold" if falls else "normal",
                color=COLOURS["ink" if falls else "quiet"])  # fmt: skip
    ax.set(xlim=(-0.5, 4.1), ylim=(len(pairs) - 0.4, -0.6))
    ax.set_xticks(range(4), [f"{k}\nblocked" if k == kinase else k for k in KINASES])
    ax.set_yticks(rows, [spoken(signal) for signal in pairs])
    ax.tick_params(length=0)
    ax.xaxis.tick_top()
    ax.grid(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def beside_prediction(response: Any, view: View) -> str:
    """The boxes ticked beside the boxes that fall without JAK1."""
    ticked = {BOXES[key] for key in response if key in BOXES}
    truly = set(falling(PREDICTED_KINASE)) & set(BOXES.values())
    missed, extra = sorted(truly - ticked), sorted(ticked - truly)
    said = f"For {PREDICTED_KINASE} you ticked {len(ticked & truly)} of the {len(truly)} listed signals that need it"
    said += f" (left open: {', '.join(map(spoken, missed))})" if missed else ""
    said += f", and also {', '.join(map(spoken, extra))}, which can do without" if extra else ""
    return f"{said}." + ("" if view.result == PREDICTED_KINASE else f" The picture now blocks {view.result}.")


KINASE_BLOCK = Exploration(
    id="03b",
    title="Block one kinase",
    task="Keep a prediction for JAK1, press Run, then choose another kinase. Look for the signals that share a fate.",
    controls=(choice("kinase", "Kinase that is blocked", {k: k for k in KINASES}),),
    prediction="03bp",
    compare=beside_prediction,
    run=block_one_kinase,
)
