"""Lesson 08: the eight domains of certainty as a frame for talking, the group's reading beside the model's."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exercises.exploration import Exploration, Settings, View, choice
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CERTAINTY", "DOMAINS", "certainty_view", "model_readings"]

# Key of the control and of the prediction, what a learner reads, and a question to ask the room.
DOMAINS = (
    ("bias", "Risk of bias", "Who could have been in the series and is not?"),
    (
        "inconsistency",
        "Inconsistency",
        "Which series would you lay beside this one, and do they share children?",
    ),
    (
        "indirectness",
        "Indirectness",
        "Whose question are we answering: theirs, or that of a child in your clinic?",
    ),
    ("imprecision", "Imprecision", "Which decision would change between the two ends of the interval?"),
    ("publication", "Publication bias", "Who would have written about nine children who did not improve?"),
    (
        "large",
        "Large effect",
        "How large would a change have to be before its natural course could not explain it?",
    ),
    ("dose", "Dose and response", "Who chose the doses, and what pattern across them would convince you?"),
    (
        "confounding",
        "Hidden by other causes",
        "Did the reasons for treating make the drug look better, or worse?",
    ),
)
LOWERING = 5
COLUMNS = {
    "lowers": "lowers\ncertainty",
    "none": "leaves it\nas it is",
    "raises": "raises\ncertainty",
    "open": "cannot be said\nfrom the preview",
}


class Reading(NamedTuple):
    """The model's reading of one domain."""

    place: str
    reason: str
    facts: str


@lru_cache(maxsize=1)
def model_readings() -> tuple[Reading, ...]:
    """What the model appraisal says on each domain, from the public extract alone."""
    from ..evidence import appraisal_items

    readings = []
    for item in appraisal_items("GRADE"):
        given = item["model_appraisal"]
        moves = "lowers" if item["number"] <= LOWERING else "raises"
        place = {"yes": moves, "no": "none", "unclear": "open"}[given["answer"]]
        reason = given["reason"].removeprefix("Lower: ")
        readings.append(
            Reading(place, reason[:1].upper() + reason[1:], ", ".join(given["extract_facts"]) or "none")
        )
    return tuple(readings)


def certainty_view(settings: Settings) -> View:
    """The board: where the group puts each domain, and where the model does, with its reason."""
    return board(tuple(settings[key] for key, _, _ in DOMAINS))


@lru_cache(maxsize=64)
def board(group: tuple[str, ...]) -> View:
    import pandas as pd

    model = model_readings()
    said = {key: text.replace("\n", " ") for key, text in COLUMNS.items()}
    frame = pd.DataFrame(
        [
            (name, said[mine], said[reading.place], reading.reason, reading.facts, question)
            for (_, name, question), mine, reading in zip(DOMAINS, group, model, strict=True)
        ],
        columns=["domain", "your reading", "model", "model's reason", "facts", "ask the room"],
    )
    apart = [i for i, reading in enumerate(model) if reading.place != group[i]]

    def draw(ax: Axes) -> None:
        order = list(COLUMNS)
        places = list(range(len(DOMAINS)))[::-1]
        theirs = [order.index(reading.place) - 0.13 for reading in model]
        fills = ["white" if reading.place == "open" else COLOURS["blue"] for reading in model]
        ax.scatter(
            theirs, places, s=95, facecolors=fills, edgecolors=COLOURS["blue"], linewidths=1.8, zorder=3
        )
        yours = [order.index(mine) + 0.13 for mine in group]
        ax.scatter(yours, places, s=75, marker="D", color=COLOURS["vermilion"], zorder=3)
        for i in apart:
            ax.axhspan(places[i] - 0.42, places[i] + 0.42, color="#eef1f3", zorder=0)
        ax.axhline(len(DOMAINS) - LOWERING - 0.5, color=COLOURS["quiet"], linewidth=1, linestyle=":")
        ax.axvline(2.5, color=COLOURS["quiet"], linewidth=1)
        top = len(DOMAINS) - 0.35
        ax.text(
            order.index(model[0].place) - 0.13,
            top,
            "model",
            ha="center",
            color=COLOURS["blue"],
            weight="bold",
        )
        ax.text(order.index(group[0]) + 0.08, top, "you", ha="left", color=COLOURS["ink"], weight="bold")
        ax.set_yticks(places, [name for _, name, _ in DOMAINS])
        ax.set_xticks(range(len(order)), list(COLUMNS.values()))
        ax.set(xlim=(-0.5, 3.5), ylim=(-0.6, len(DOMAINS) + 0.15))
        ax.grid(axis="y", visible=False)

    shown = picture(
        draw,
        alt="Board of eight domains. "
        + " ".join(
            f"{row.domain}: you, {row[1]}; model, {row.model}." for row in frame.itertuples(index=False)
        ),
        caption="The five domains above the dotted line can lower certainty, the three below it can raise it [FHIR]. "
        "Circles: our reading of the public extract [XUE23], hollow where it cannot say. Diamonds: yours. Shaded: "
        "where the two differ. A frame for talking about one report, not a rating; no total.",
        origin="derived",
        table=frame,
        size=(7.2, 4.1),
    )
    return View(board_sentence(apart), shown, result=[i for i, r in enumerate(model) if r.place != "open"])


def board_sentence(apart: list[int]) -> str:
    """Where to begin talking: the first domain on which group and model differ."""
    if not apart:
        return "You and the model put every domain in the same place. Now ask which one the full letter could move."
    names = [DOMAINS[i][1].lower() for i in apart]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    first = DOMAINS[apart[0]]
    reading = model_readings()[apart[0]]
    place = COLUMNS[reading.place].replace("\n", " ")
    return (
        f"You and the model differ on {listed}. Begin with {first[1].lower()}: the model says “{place}”. "
        f"{reading.reason} Ask the room: {first[2]}"
    )


def compare(response: Any, view: View) -> str:
    ticked = [key for key, _, _ in DOMAINS if key in response]
    found = [DOMAINS[i][0] for i in view.result]
    names = {key: name.lower() for key, name, _ in DOMAINS}
    side = (
        f"You ticked {' and '.join(names[key] for key in ticked) if len(ticked) < 3 else f'{len(ticked)} domains'}; "
        f"the model can speak on {' and '.join(names[key] for key in found)}."
    )
    return side if set(ticked) != set(found) else side + " The same."


def _places(number: int) -> dict[str, str]:
    keys = ("open", "lowers", "none") if number < LOWERING else ("open", "raises", "none")
    return {key: COLUMNS[key].replace("\n", " ") for key in keys}


CERTAINTY = Exploration(
    id="08g",
    title="A frame for talking about certainty",
    task="Set each domain where you, or your group, would put it from the preview alone. Where you differ from the model, talk.",
    controls=tuple(choice(key, name, _places(i)) for i, (key, name, _) in enumerate(DOMAINS)),
    prediction="08gp",
    compare=compare,
    run=certainty_view,
)
