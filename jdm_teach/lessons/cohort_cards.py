"""Lesson 02: cohort cards. What a report counted, among whom, and how the lungs were looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice
from ..figures import COLOURS, Sheet, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..evidence import Value

__all__ = ["CARDS", "COHORT_CARD", "Card", "card", "two_settings"]

MEASURES = {
    "share_of_cohort": "with anti-MDA5",
    "ild": "ILD",
    "rp_ild": "rapidly progressive ILD",
    "died": "died",
}


@dataclass(frozen=True)
class Card:
    """One report: its fact id, a short name, who is in it, how lungs were looked at, and what to mind.

    `chosen_for` names measures that are everybody by the way children were chosen, so that they are no finding.
    """

    fact_id: str
    name: str
    people: str
    lungs: str
    mind: str
    chosen_for: tuple[str, ...] = ()


CARDS = (
    Card(
        "COH041", "Beijing, Capital Institute",
        "children with anti-MDA5 at one children's hospital; how many had JDM is not stated",
        "CT and lung function tests; respiratory symptoms were reported as absent in those with ILD",
        "the hospital's other reports may describe some of the same children",
    ),
    Card(
        "COH001", "United Kingdom",
        "a prospective cohort of children with JDM, each tested for the antibody",
        "chest imaging was reviewed centrally; how many were scanned is not in the abstract",
        "the cohort is described as predominantly Caucasian; deaths are not in the abstract",
    ),
    Card(
        "COH039", "Beijing, Children's Hospital",
        "children with JDM at one children's hospital",
        "not stated in the abstract",
        "counts were worked out from printed percentages; same hospital and period as the letter, so some children may be in both",
    ),
    Card(
        "COH031", "North India",
        "children with JDM at one tertiary centre",
        "high-resolution CT in all but one child, who is left out of the ILD count",
        "the child with rapid progression died",
    ),
    Card(
        "COH003", "North America",
        "a registry of all juvenile myositis, wider than JDM",
        "ILD was more frequent than in most antibody groups; the counts are not in the abstract",
        "other reports from the same registry describe the same children",
    ),
    Card(
        "COH043", "Beijing, case-control",
        "children with anti-MDA5 beside a chosen comparison group without it",
        "not stated in the part read",
        "the comparison group was sampled, so the share with the antibody must not be computed; same hospital as the first card",
    ),
    Card(
        "COH028", "Japan, severe ILD",
        "a nationwide collection of children with JDM and ILD, mostly with anti-MDA5",
        "every child has ILD because that is how children were chosen",
        "deaths are among severe cases only, so they are no rate for all children with the antibody",
        ("ild",),
    ),
    Card(
        "COH040", "The letter",
        "nine children with anti-MDA5 and refractory ILD given a JAK inhibitor",
        "not stated in the public text",
        "every child has ILD by choice; outcomes, deaths included, are not in the public text",
        ("ild",),
    ),
)  # fmt: skip


def card(fact_id: str) -> Card:
    """The card of a cohort row; raises ValueError when there is none."""
    for one in CARDS:
        if one.fact_id == fact_id:
            return one
    raise ValueError(
        f"There is no cohort card {fact_id!r}. There are: {', '.join(c.fact_id for c in CARDS)}."
    )


def counted(one: Card) -> dict[str, Value | None]:
    """What the row counts, by measure; None where nothing was seen."""
    from ..evidence import measures, value

    given = measures(one.fact_id)
    return {key: value(one.fact_id, key) if key in given else None for key in MEASURES}


def _percent(x: float) -> str:
    return f"{100 * x:.0f}%"


def _words(found: Value | None, chosen: bool) -> str:
    if found is None:
        return "not seen"
    return f"{found.events} of {found.n}, by choice" if chosen else found.says


def _draw(ax: Axes, one: Card, found: dict[str, Value | None]) -> None:
    for place, (key, label) in enumerate(MEASURES.items()):
        y = -place
        seen = found[key]
        ax.text(-3, y, label, ha="right", va="center")
        if seen is None:
            ax.text(1, y, "not seen", va="center", color=COLOURS["quiet"], style="italic")
            continue
        count = f"{seen.events} of {seen.n}"
        if key in one.chosen_for:
            ax.plot(100 * seen.number, y, "o", markersize=9, color="white", markeredgecolor=COLOURS["ink"])
            ax.text(96, y, f"{count}, by choice", ha="right", va="center")
            continue
        low, high = seen.interval or (0.0, 1.0)
        ax.plot([100 * low, 100 * high], [y, y], color=COLOURS["blue"], linewidth=4, solid_capstyle="butt")
        ax.plot(100 * seen.number, y, "o", markersize=8, color=COLOURS["ink"])
        # The count stands where the bar is not.
        ax.annotate(
            count,
            (100 * seen.number, y),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=9.5,
        )
    ax.set(xlim=(0, 103), ylim=(-3.5, 0.7), yticks=[], xlabel="percent (dot) with exact 95% interval (bar)")
    ax.spines["left"].set_visible(False)


def cohort_card(settings: Settings) -> View:
    """One cohort: counts with denominators, and the three lines that decide what they mean."""
    import pandas as pd

    from ..evidence import fact

    one = card(settings["cohort"])
    found = counted(one)
    row = fact(one.fact_id)
    rows = [(label, _words(found[key], key in one.chosen_for)) for key, label in MEASURES.items()]
    rows += [
        ("who is in it", one.people),
        ("how the lungs were looked at", one.lungs),
        ("keep in mind", one.mind),
    ]
    frame = pd.DataFrame(rows, columns=["about this report", "as read"])
    ild = _words(found["ild"], "ild" in one.chosen_for)
    sentence = f"{one.name}: ILD {ild}. Who: {one.people}. Lungs: {one.lungs}. Keep in mind: {one.mind}."
    shown = picture(
        lambda ax: _draw(ax, one, found),
        alt=f"{one.name}. " + "; ".join(f"{label}: {text}" for label, text in rows[:4]) + ".",
        caption=f"{one.name}: {row['n']} children, {row['antibody_group']} {row.tag}. Counts as read ({row['count_basis']}); "
        "exact intervals computed here. “Not seen” means not in the text that could be read.",
        origin="derived",
        table=frame,
        size=(7.2, 2.7),
    )
    return View(sentence, shown, result=one.fact_id)


def _silent(response: Any, view: View) -> str:
    from ..evidence import value
    from ..exercises.numerals import readings

    with_ild = value("COH041", "ild").events
    guess = next(iter(readings(response)), None)
    said = f"{guess:g} of {with_ild}" if guess is not None else "something else"
    return (
        f"You expected {said} without symptoms; the abstract reports respiratory symptoms as absent in the {with_ild} "
        "with ILD [Hou 2022, COH041]."
    )


COHORT_CARD = Exploration(
    id="02a",
    title="Cohort cards: how many, among whom, and who looked",
    task="Choose a report. Read the denominator before the percentage, then who was chosen and how the lungs were looked at.",
    controls=(choice("cohort", "Report", {one.fact_id: one.name for one in CARDS}),),
    prediction="02ap",
    compare=_silent,
    run=cohort_card,
)


def two_settings() -> Sheet:
    """The UK and the Beijing card side by side."""
    import pandas as pd

    columns = {}
    for fact_id in ("COH001", "COH039"):
        one = card(fact_id)
        found = counted(one)
        columns[one.name] = [
            one.people,
            *(_words(found[key], False) for key in MEASURES),
            one.lungs,
            one.mind,
        ]
    lines = ["who is in it", *MEASURES.values(), "how the lungs were looked at", "keep in mind"]
    return Sheet(
        pd.DataFrame({"line of the card": lines, **columns}),
        caption="A UK and a Beijing report, line by line [Tansley 2014, COH001; Beijing Children's Hospital 2022, COH039]. "
        "Exact intervals computed here.",
        origin="derived",
    )
