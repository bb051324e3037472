"""Lesson 09: from nine patients to a decision: what was published, how sure it makes us, and what to study next."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ..exercises.exploration import Exploration, Settings, View, slider
from ..figures import COLOURS, Sheet, picture
from .published_reports import reports
from .report_map import MAP, comparisons
from .study_sketch import BUILDER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["EXPLORATIONS", "STILLS"]

HOSPITAL = {
    "China_BCH": "Beijing Children's Hospital",
    "China_CIP": "Capital Institute of Pediatrics, Beijing",
    "China_CJFH": "China-Japan Friendship Hospital, Beijing",
}
# The rows speak to colleagues; on this page every short form is written out.
WRITTEN_OUT = {
    "paediatric JDM": "children with JDM",
    "paediatric JIA, 2 to <18 years": "children with juvenile arthritis, 2 to 17 years",
    "regulatory, USA": "warning of the US regulator",
    "paediatric SARD excluded": "children excluded",
    "RP-ILD": "rapidly progressive ILD",
    "JAKi": "JAK inhibitors",
    "L4, D": "level 4, grade D",
}
SAFETY = ("SAF001", "SAF003", "SAF005", "SAF006", "SAF026")
GUIDANCE = ("GDN001", "GDN007", "GDN008", "GDN016", "GDN018")


def written_out(text: object) -> str:
    """A cell of evidence as this page says it: its first statement, with short forms opened."""
    said = str(text)
    for short, full in WRITTEN_OUT.items():
        said = said.replace(short, full)
    return said


@lru_cache(maxsize=1)
def crude_ratio() -> tuple[float, float, float]:
    """The crude risk ratio of the adult cohort with its score limits, from the counts of SRV009."""
    from ..evidence import fact
    from ..stats.effect_measures import risk_ratio

    row = fact("SRV009")
    a, m, c, n = (int(str(row[k])) for k in ("events", "n", "events_comparator", "n_comparator"))
    found = risk_ratio([[a, m - a], [c, n - c]])
    return found.estimate, found.interval.low, found.interval.high


def unmeasured(settings: Settings) -> View:
    """The crude ratio, and where an unmeasured reason of this strength could put it."""
    import pandas as pd

    from ..stats.evalue import bounding_factor

    factor = bounding_factor(settings["treatment"], settings["outcome"])
    crude = crude_ratio()
    moved = [value * factor for value in crude]
    rows: list[tuple[str, float, float, float]] = [
        ("as counted, without weighting", *crude),
        ("with an unmeasured reason", moved[0], moved[1], moved[2]),
    ]

    def draw(ax: Axes) -> None:
        for place, (name, ratio, low, high) in enumerate(reversed(rows)):
            ax.plot([low, high], [place, place], color=COLOURS["blue"], linewidth=3)
            ax.plot(ratio, place, "o" if place else "D", color=COLOURS["ink"], markersize=8)
            ax.text(
                0.46, place + 0.22, f"{name}: {ratio:.2f} ({low:.2f} to {high:.2f})", fontsize=9.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )  # fmt: skip
        ax.axvline(1, color=COLOURS["quiet"], linewidth=1, zorder=0.9)
        ax.set(xscale="log", xlim=(0.45, 3.2), ylim=(-0.4, 1.6), yticks=[], xlabel="risk ratio of death or transplant, tofacitinib against the other drug (log scale)")  # fmt: skip
        ax.set_xticks([0.5, 0.7, 1, 1.4, 2, 3], ["0.5", "0.7", "1", "1.4", "2", "3"])
        ax.minorticks_off()

    ends = f"{moved[0]:.2f} ({moved[1]:.2f} to {moved[2]:.2f})"
    reading = (
        "still below 1 as a whole interval"
        if moved[2] < 1
        else "an interval that includes no difference"
        if moved[1] <= 1
        else "above 1: the direction turns round"
    )
    shown = picture(
        draw,
        alt=f"Crude risk ratio {crude[0]:.2f} ({crude[1]:.2f} to {crude[2]:.2f}); moved by the assumed reason at most to {ends}.",
        caption="Counts of the adult cohort [WU25, SRV009: 94 of 290 against 105 of 225], score limits. The strength of the unmeasured "
        "reason is assumed. The weighted estimate of the paper was not read.",
        origin="assumed",
        table=pd.DataFrame(rows, columns=["estimate", "risk ratio", "lower limit", "upper limit"]).round(2),
        size=(7.2, 2.5),
    )
    return View(
        f"A reason of this strength could move {crude[0]:.2f} at most to {ends}: {reading}.",
        shown,
        result=moved[0],
    )


def shifted(response: str, view: View) -> str:
    expected = {
        "stays": "hardly moves",
        "shrinks": "shrinks but stays",
        "gone": "disappears",
        "turns": "turns round",
    }
    return f"You expected that the advantage {expected[response]}; with the strength set here the ratio could reach {view.result:.2f}."


def overlap_groups() -> Sheet:
    """Reports whose hospitals overlap, as the course's table of sources marks them."""
    import pandas as pd

    from ..evidence import fact, table

    treated = {r.study: r.people for r in reports()}
    found: dict[str, list[str]] = {group: [] for group in HOSPITAL}
    for name in ("jaki_studies", "antibody_ild_cohorts", "two_by_two", "survival_facts", "risk_factors"):
        for fact_id in table(name)["fact_id"]:
            source = fact(fact_id).source
            people = f": {treated[source.study]} people" if source.study in treated else ""
            said = f"{source.short_name}{people}"
            if (
                source.overlap_group in found
                and not source.same_study_as
                and said not in found[source.overlap_group]
            ):
                found[source.overlap_group].append(said)
    rows = [(hospital, "; ".join(found[group])) for group, hospital in HOSPITAL.items()]
    return Sheet(
        pd.DataFrame(rows, columns=["hospital", "reports (people where a JAK inhibitor was given)"]),
        caption="Reports that may describe some of the same people: shared hospital or authors. Whether they do is not stated in what was "
        "read, so only one report of each group is ever counted.",
    )


def harms() -> Sheet:
    """What is known of harms from larger groups, and what nine children could show."""
    import pandas as pd

    from ..evidence import fact, value
    from ..evidence.limits import exact_limits

    rows = []
    for fact_id in SAFETY:
        row = fact(fact_id)
        known = fact_id != "SAF026"
        said, over = "named in a warning, not a rate", "no time given"
        if known:
            said = str(value(fact_id)).partition(" [")[0]
            over = str(row["exposure"]).partition(" (")[0].replace(">=", "at least ")
        drugs = [
            drug
            for drug in ("tofacitinib", "ruxolitinib", "baricitinib", "upadacitinib")
            if drug in str(row["drug"])
        ]
        rows.append(
            (
                written_out(row["population"]),
                ", ".join(drugs),
                row["event"],
                said,
                over,
                f"{row.source.short_name}, {fact_id}",
            )
        )
    upper = exact_limits(0, 9)[1]
    rows.append(("any nine children", "any drug", "an event seen in none of them", f"up to {100 * upper:.0f}% is still possible", "any time", "derived"))  # fmt: skip
    return Sheet(
        pd.DataFrame(rows, columns=["people", "drug", "event", "what was counted", "over", "source"]),
        caption="Harms in other groups than the nine: the public text of the letter says nothing on harms [E21]. Longer follow-up meets more events.",
    )


def guidance() -> Sheet:
    """What guidance reaches this question, and how far."""
    import pandas as pd

    from ..evidence import fact

    rows = [
        (
            row.source.short_name,
            *map(
                written_out,
                (row["population"], str(row["summary"]).partition("; others")[0], row["strength"]),
            ),
            row.fact_id,
        )
        for row in map(fact, GUIDANCE)
    ]
    return Sheet(
        pd.DataFrame(rows, columns=["from", "about", "what it says, in our words", "strength", "row"]),
        caption="Guidance and consensus as far as it was read. None of it rests on a comparison in children with anti-MDA5 disease.",
    )


WEIGHTING = Exploration(
    id="09w",
    title="One reason nobody wrote down",
    task="Keep a prediction and press Run. Then make the unrecorded reason stronger or weaker.",
    controls=(
        slider("treatment", "How many times as common it was among those given the other drug", 2, 1, 5, 0.1),
        slider("outcome", "How many times it raised the risk of death or transplant", 2, 1, 5, 0.1),
    ),
    prediction="09wp",
    compare=shifted,
    run=unmeasured,
)
EXPLORATIONS = {"09m": MAP, "09w": WEIGHTING, "09d": BUILDER}
STILLS = {
    "09-overlap": overlap_groups,
    "09-adults": comparisons,
    "09-harms": harms,
    "09-guidance": guidance,
}
