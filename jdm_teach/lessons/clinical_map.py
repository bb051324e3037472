"""Lesson 02: the clinical map. Muscle beside lung, definitions of lung disease, and one page of counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..figures import COLOURS, Picture, Sheet, picture
from .classification import constructed_children
from .classification_chart import CLASSIFICATION
from .cohort_cards import COHORT_CARD, two_settings
from .cohort_forest import FOREST
from .cutoffs import published_cutoffs
from .markers import PREDICTIVE_VALUE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["EXPLORATIONS", "STILLS"]

FINDINGS = (
    ("TBT004", "muscle weakness"),
    ("TBT001", "ILD"),
    ("TBT003", "skin ulcers"),
    ("TBT002", "arthritis"),
)
DEFINITIONS = ("long_term_jdm_pulmonary_involvement", "rp_ild_generic", "life_threatening_rp_ild", "xue2023")
SEEN_IN = {
    "long_term_jdm_pulmonary_involvement": "long-term JDM lung study", "rp_ild_generic": "Arthritis Res Ther 2018, introduction",
    "life_threatening_rp_ild": "interferon-gamma study 2018", "xue2023": "the letter, E13 and E21",
}  # fmt: skip
# Question of the map, then (fact, measure, setting) that answers it.
MAP = (
    ("How many children with JDM have anti-MDA5?", "COH001", "share_of_cohort", "UK"),
    (
        "How many children with JDM have anti-MDA5?",
        "COH039",
        "share_of_cohort",
        "Beijing, Children's Hospital",
    ),
    ("How many of these have ILD?", "COH001", "ild", "UK"),
    ("How many of these have ILD?", "COH031", "ild", "North India, of those scanned"),
    ("How many of these have ILD?", "COH039", "ild", "Beijing, Children's Hospital"),
    ("How many progress rapidly?", "COH001", "rp_ild", "UK"),
    ("How many progress rapidly?", "COH039", "rp_ild", "Beijing, Children's Hospital"),
    ("How many are weak?", "TBT004", "exposed", "Beijing, case-control, with anti-MDA5"),
    ("How many are weak?", "TBT004", "unexposed", "Beijing, case-control, without"),
    ("And the letter?", "E14", "value", "chosen for refractory ILD, so no rate"),
    ("And the letter?", "E13", "value", "rapid progression, not defined"),
)


def muscle_and_lung() -> Picture:
    """Findings with and without the antibody in one Beijing comparison."""
    import pandas as pd

    from ..evidence import value

    rows = []
    for fact_id, label in FINDINGS:
        pair = value(fact_id, "exposed"), value(fact_id, "unexposed")
        rows.append((label, fact_id, *pair))
    frame = pd.DataFrame(
        [(label, with_it.says, without.says, fact_id) for label, fact_id, with_it, without in rows],
        columns=["finding", "with anti-MDA5", "without", "fact"],
    )

    def draw(ax: Axes) -> None:
        for place, (label, _, with_it, without) in enumerate(rows):
            for step, seen, colour, mark in (
                (0.14, with_it, "blue", "o"),
                (-0.16, without, "vermilion", "s"),
            ):
                low, high = seen.interval or (0.0, 1.0)
                y = step - place
                ax.plot([100 * low, 100 * high], [y, y], color=COLOURS[colour], linewidth=2.5)
                ax.plot(
                    100 * seen.number,
                    y,
                    mark,
                    color=COLOURS[colour],
                    markersize=8,
                    markeredgecolor=COLOURS["ink"],
                )
                ax.text(102, y, f"{seen.events} of {seen.n}", va="center", fontsize=9.5)
            ax.text(-2, -place, label, ha="right", va="center")
        _, _, first, other = rows[0]
        ax.text(100 * first.number, 0.32, "with anti-MDA5", color=COLOURS["blue"], ha="center", fontsize=9.5)
        ax.text(100 * other.number, 0.02, "without", color=COLOURS["ink"], ha="center", fontsize=9.5)
        ax.set(
            xlim=(0, 100),
            ylim=(-3.6, 0.75),
            yticks=[],
            xlabel="percent of children, with exact 95% intervals",
        )
        ax.spines["left"].set_visible(False)

    said = "; ".join(
        f"{label} {a.events} of {a.n} with and {b.events} of {b.n} without" for label, _, a, b in rows
    )
    ck = value("GRP009"), value("GRP010")
    return picture(
        draw,
        alt=f"Children with and without anti-MDA5: {said}.",
        caption=f"{rows[0][2].n} children with and {rows[0][3].n} without anti-MDA5, chosen for comparison at one Beijing hospital "
        f"[{', '.join(fact_id for fact_id, _ in FINDINGS)}]. Intervals computed here. Creatine kinase, not drawn: with anti-MDA5 "
        f"{ck[0]}; without {ck[1]}.",
        origin="derived",
        table=frame,
        size=(7.2, 3.2),
    )  # fmt: skip


def counted_twice(entry: Any) -> str:
    """The two counts of the same people in one report, each with its interval.

    They stand in brackets behind the place where they were read, and at the head of the contrast.
    """
    from ..stats.proportions import proportion

    place = entry["where"].partition("(")[2].rstrip(")")
    time = place.partition(",")[2].partition(":")[0].strip()
    events, n = (int(number) for number in re.findall(r"(\d+)/(\d+)", place)[0])
    known = int(entry["contrast"].split()[0])
    return (
        f"by tests: {proportion(events, n)}; known before the tests: {proportion(known, n)}; the same people with JDM, "
        f"{time}: the definition decides the prevalence"
    )


def definitions() -> Sheet:
    """Lung disease as different reports define it."""
    import pandas as pd

    from ..evidence import criteria

    known = {entry["id"]: entry for entry in criteria()["ild_definitions"]}
    names = ("long-term follow-up of JDM", "rapidly progressive ILD, a common wording",
             "life-threatening rapidly progressive ILD", "the letter")  # fmt: skip
    rows = []
    for key, name in zip(DEFINITIONS, names, strict=True):
        entry = known[key]
        counted = entry["definition"].replace("<=", "≤ ").replace(">=", "≥ ").replace("2-3", "2–3")
        rows.append(
            (name, counted, counted_twice(entry) if "contrast" in entry else "not seen", SEEN_IN[key])
        )
    return Sheet(
        pd.DataFrame(rows, columns=["what", "counted when", "what was found", "read in"]),
        caption="Four ways to say that a lung is affected. Abbreviations: DLCO, diffusing capacity; TLC, total lung capacity; HRCT, "
        "high-resolution CT; PaO2/FiO2, oxygen in blood over oxygen breathed.",
    )


def clinical_map() -> Sheet:
    """One page to take away: each question with counts, denominators, intervals and setting."""
    import pandas as pd

    from ..evidence import value

    rows = []
    for question, fact_id, measure, setting in MAP:
        found = value(fact_id, None if measure == "value" else measure)
        # Everybody has refractory ILD because that is how the nine were chosen: no rate, so no interval.
        said = f"{found.events} of {found.n}, by choice" if fact_id == "E14" else found.says
        rows.append((question, said, setting, fact_id))
    return Sheet(
        pd.DataFrame(rows, columns=["question", "count", "where", "fact"]),
        caption="A clinical map of anti-MDA5 JDM, with denominators. Exact intervals computed here. The rows of one question are "
        "not to be averaged.",
        origin="derived",
    )


EXPLORATIONS = {one.id: one for one in (COHORT_CARD, PREDICTIVE_VALUE, FOREST, CLASSIFICATION)}
STILLS = {
    "02-definitions": definitions,
    "02-muscle-lung": muscle_and_lung,
    "02-settings": two_settings,
    "02-children": constructed_children,
    "02-cutoffs": published_cutoffs,
    "02-map": clinical_map,
}
