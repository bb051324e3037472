"""The reports as pictures: a map over time, what they counted side by side, and the adult comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from ..exercises.exploration import Exploration, Settings, View, choice
from ..figures import COLOURS, Picture, picture
from .published_reports import Report, distinct_people, kept, pooling_verdict, published_pool

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["MAP", "comparisons", "map_picture", "ratios", "results_picture"]

MARKER = {
    "case report or series": "o",
    "cohort without one": "s",
    "cohort with a comparison": "^",
    "review": "D",
}
LEGEND = {"case report or series": "case report or series", "cohort without one": "cohort, no comparison"} | {
    "cohort with a comparison": "comparison",
    "review": "review of reports",
}
NO_YEAR = 2027
SHORT = {
    "TofaMA2024": "meta-analysis",
    "HacettepeReview2024": "review",
    "JAKCNI2025": "matched study",
    "BariMDA5_39": "baricitinib",
    "EULAR_AB0697": "abstract",
    "PMID30862449": "two adults",
    "Preprint4973421": "preprint",
    "Sabbagh2019_tofacitinib": "Sabbagh",
    "Xue2023": "the letter",
    "KimH_NIH_baricitinib": "Kim",
}
LEFT, PER_YEAR, DECADE = 2015.9, 0.112, 0.165  # where the axis begins; the size of one letter on it


def label(report: Report) -> str:
    return f"{SHORT.get(report.study, report.name.rpartition(' ')[0] or report.name)} {report.people}"


def table(found: Sequence[Report]) -> pd.DataFrame:
    """The reports as a table; blanks in the sources stay visible."""
    import pandas as pd

    rows = [
        (r.name, r.year or "not seen", r.who, r.design, r.people, r.drugs, r.outcome, r.improved or "not seen",
         r.group.replace("_", " ") or "none known", r.fact_id)
        for r in found
    ]  # fmt: skip
    columns = ["report", "year", "who", "design", "people", "drug", "what was counted"]
    return pd.DataFrame(rows, columns=[*columns, "improved, as counted there", "overlap group", "row"])


def places(found: Sequence[Report]) -> list[tuple[float, float, float, float]]:
    """For each report its point and the place of its label, moved up or down where labels would touch."""
    from math import log10

    points = [
        ((r.year or NO_YEAR) + (-0.17 if r.who == "children" else 0.17), log10(r.people)) for r in found
    ]
    taken = [(x - 0.1, y, 0.2) for x, y in points]
    pair = [point for point, r in zip(points, found, strict=True) if r.group == "China_BCH"]
    if len(pair) == 2:  # the dotted line between them stays free of labels
        (x, low), (_, high) = sorted(pair, key=lambda point: point[1])
        taken += [(x - 0.05, low + (high - low) * k / 8, 0.1) for k in range(1, 8)]
    spots: list[tuple[float, float, float, float]] = []
    for (x, y), r in zip(points, found, strict=True):
        width = PER_YEAR * len(label(r))
        tries = [
            (x + side, y + step * DECADE / 2)
            for step in (0, 1, -1, 2, -2, 3, -3, 4)
            for side in (0.17, -0.17 - width)
        ]
        at = next(
            (spot for spot in tries if all(
                abs(spot[1] - v) >= DECADE * 0.95 or spot[0] > u + w or spot[0] + width < u for u, v, w in taken
            ) and spot[0] > LEFT and spot[1] > -0.28),
            tries[0],
        )  # fmt: skip
        taken.append((*at, width))
        spots.append((x, y, *at))
    return spots


@lru_cache(maxsize=64)
def map_picture(found: tuple[Report, ...]) -> Picture:
    """Year against number of people; marker for the design, filled for children and open for adults."""
    spots = places(found)

    def draw(ax: Axes) -> None:
        for (x, y, u, v), r in zip(spots, found, strict=True):
            place, side = (u, "left") if u > x else (x - 0.17, "right")
            hue = COLOURS["blue"] if r.who == "children" else COLOURS["vermilion"]
            ax.plot(x, y, MARKER[r.design], color=hue, markersize=7.5, fillstyle="full" if r.who == "children" else "none",
                    markeredgewidth=1.6)  # fmt: skip
            weight = "bold" if r.study == "Xue2023" else "normal"
            ax.text(place, v, label(r), ha=side, va="center", fontsize=8, weight=weight, in_layout=False)
        shared = [s for s, r in zip(spots, found, strict=True) if r.group == "China_BCH"]
        if len(shared) == 2:
            ax.plot([s[0] for s in shared], [s[1] for s in shared], ":", color=COLOURS["ink"], linewidth=1.2)
        for name in dict.fromkeys(r.design for r in found):
            ax.plot([], [], MARKER[name], color=COLOURS["ink"], markersize=6, label=LEGEND[name])
        if found:
            ax.legend(loc="upper left", fontsize=8, handletextpad=0.3, borderpad=0.2, labelspacing=0.3)
        ax.set(xlim=(LEFT, NO_YEAR + 1.8), ylim=(-0.36, 3.2), xlabel="year of publication", ylabel="people in the report")  # fmt: skip
        ax.set_xticks([*range(2018, NO_YEAR), NO_YEAR], [*map(str, range(2018, NO_YEAR)), "year\nnot seen"])
        # Logarithms by hand: a log axis looks for minor ticks nobody sees, and takes as long as the rest of the picture.
        ax.set_yticks([0, 0.477, 1, 1.477, 2, 2.477, 3], ["1", "3", "10", "30", "100", "300", "1000"])

    return picture(
        draw,
        alt=map_words(found),
        caption="Reports of JAK inhibitors in juvenile dermatomyositis and in adults with anti-MDA5 lung disease, all arms "
        "counted. Filled: children; open: adults. Dotted line: the letter and a paper of the same hospital that may "
        "share children. Sources: the rows named in the table.",
        origin="published",
        table=table(found),
        size=(7.6, 4.6),
    )


def map_words(found: Sequence[Report]) -> str:
    if not found:
        return "An empty map: no report passes these filters."
    parts = []
    for who in ("children", "adults"):
        mine = [r for r in found if r.who == who]
        if mine:
            compared = sum(r.compared for r in mine)
            sizes = [r.people for r in mine]
            parts.append(
                f"{who}: {len(mine)} reports of {min(sizes)} to {max(sizes)} people, {compared} with a comparison"
            )
    return f"Map of {len(found)} reports by year and number of people. {'; '.join(parts)}.".replace(
        ". c", ". C"
    ).replace(". a", ". A")


@lru_cache(maxsize=1)
def ratios() -> tuple[tuple[str, str, float, float, float, str], ...]:
    """The adult comparisons: name, what was compared, ratio with limits, and what the ratio is."""
    from .. import evidence
    from ..stats.effect_measures import risk_ratio

    rows: list[tuple[str, str, float, float, float, str]] = []
    for fact_id in ("SRV006", "SRV007", "SRV009"):
        fact = evidence.fact(fact_id)
        a, m, c, n = (int(str(fact[k])) for k in ("events", "n", "events_comparator", "n_comparator"))
        found = risk_ratio([[a, m - a], [c, n - c]])
        words = f"{a} of {m} v {c} of {n}, {fact['time_point']}"
        said = f"crude risk ratio of {fact['event_type']} (derived) [{fact_id}]"
        rows.append(
            (fact.source.short_name, words, found.estimate, found.interval.low, found.interval.high, said)
        )
    hr, arms = evidence.value("SRV010", "hr"), evidence.fact("SRV010")
    low, high = hr.limits or (0.0, 0.0)
    rows.append(("Matched study 2025", f"{arms['n']} v {arms['n_comparator']}, {arms['time_point']}", hr.number, low, high, "hazard ratio of death or transplant, as published [SRV010]"))  # fmt: skip
    ratio, low, high, drug, none = published_pool()
    rows.append(("Meta-analysis 2024", f"{drug} v {none}, cohorts pooled by its authors", ratio, low, high, "pooled risk ratio of death, as published [SRV011]"))  # fmt: skip
    return tuple(rows)


@lru_cache(maxsize=1)
def comparisons() -> Picture:
    """The adult comparisons under each other; the one diamond is the published one."""
    import pandas as pd

    rows = ratios()
    frame = pd.DataFrame(
        rows, columns=["report", "compared", "ratio", "lower limit", "upper limit", "what it is"]
    )

    def draw(ax: Axes) -> None:
        for place, (name, words, ratio, low, high, _) in enumerate(reversed(rows)):
            pooled = name.startswith("Meta")
            ax.plot([low, high], [place, place], color=COLOURS["blue"], linewidth=2.2)
            ax.plot(ratio, place, "D" if pooled else "o", color=COLOURS["ink"], markersize=9 if pooled else 7)
            ax.text(0.1, place + 0.27, f"{name}: {words}", fontsize=8.6, va="center")
            ax.text(3.0, place, f"{ratio:.2f} ({low:.2f} to {high:.2f})", fontsize=8.6, va="center")
        ax.axvline(1, color=COLOURS["quiet"], linewidth=1)
        ax.set(xscale="log", xlim=(0.095, 8), ylim=(-0.5, len(rows) - 0.3), yticks=[], xlabel="ratio, JAK inhibitor against the other group (log scale); below 1: fewer events")  # fmt: skip
        ax.set_xticks([0.1, 0.25, 0.5, 1, 2], ["0.1", "0.25", "0.5", "1", "2"])
        ax.minorticks_off()

    return picture(
        draw,
        alt="Ratios below 1 mean fewer deaths, or deaths and transplants, with the JAK inhibitor. "
        + "; ".join(f"{n} {r:.2f} ({a:.2f} to {b:.2f})" for n, _, r, a, b, _ in rows) + ".",
        caption="Adults with anti-MDA5 lung disease. Circles: single reports, with different controls, events and times; the "
        "first three are crude risk ratios with score limits, the fourth is a hazard ratio. Diamond: the published pooled risk ratio, "
        "which may contain some of them. No pooling of our own. [SRV006, SRV007, SRV009, SRV010, SRV011]",
        origin="derived",
        table=frame.round(2),
        size=(7.6, 3.9),
    )  # fmt: skip


@lru_cache(maxsize=64)
def results_picture(found: tuple[Report, ...]) -> Picture:
    """Improved among those assessed, one row per report without a comparison: different outcomes under one word."""
    from .. import evidence

    rows = [r for r in found if r.improved and not r.compared]
    values = [evidence.value(r.fact_id, "improved") for r in rows]

    def draw(ax: Axes) -> None:
        for place, (r, value) in enumerate(zip(reversed(rows), reversed(values), strict=True)):
            low, high = value.interval or (0.0, 1.0)
            ax.plot([100 * low, 100 * high], [place, place], color=COLOURS["blue"], linewidth=2.2)
            ax.plot(100 * value.number, place, MARKER[r.design], color=COLOURS["ink"], markersize=6.5)
            ax.text(
                -3, place, f"{r.name.partition(',')[0]}: {r.outcome}", ha="right", va="center", fontsize=8.3
            )
            ax.text(103, place, f"{value.events}/{value.n}", va="center", fontsize=8.3, in_layout=False)
        ax.set(xlim=(-112, 116), ylim=(-0.7, max(len(rows), 1) - 0.3), yticks=[])
        ax.set_xticks([0, 25, 50, 75, 100])
        ax.set_xlabel("per cent improved, each by its own yardstick; bar: exact 95% interval", loc="right")

    told = "; ".join(f"{r.name} {r.improved}" for r in rows) or "no report with a count passes these filters"
    return picture(
        draw,
        alt=f"Improved, as each report counted it: {told}.",
        caption="Reports without a comparison that give a count. The words beside each row say what was counted. "
        "Sources: the rows named in the table.",
        origin="published",
        table=table(rows),
        size=(7.6, 1.4 + 0.27 * max(len(rows), 3)),
    )


def look(settings: Settings) -> View:
    """The map or the results for these filters, how many people may be behind them, and whether they may be pooled."""
    found = kept(settings["who"], settings["compared"], settings["drug"])
    honest, verdict = pooling_verdict(found)
    fewest, most = distinct_people(found)
    children = kept("children")
    people = f"{most}" if fewest == most else f"{fewest} to {most}"
    reviews = sum(r.review for r in found)
    counted = f"{len(found)} reports" if len(found) != 1 else "1 report"
    aside = f" ({reviews} of them reviews, which count earlier reports again)" if reviews > 1 else ""
    aside = " (one of them a review, which counts earlier reports again)" if reviews == 1 else aside
    about = (
        f" Without reviews they describe {people} different people, as far as overlap is known."
        if found
        else ""
    )
    shown = map_picture(found)
    if settings["show"] == "results":
        shown = comparisons() if honest else results_picture(found)
    return View(
        f"{counted}{aside}.{about} {verdict}",
        shown,
        result=(sum(r.compared for r in children), len(children)),
    )


def predicted_against_found(response: str, view: View) -> str:
    compared, total = view.result
    return f"You expected {response} reports on children with a comparison group; our table holds {compared} among {total}."


MAP = Exploration(
    id="09m",
    title="Who was treated, who was compared",
    task="Keep a prediction, press Run, then filter. Try children first, then adults with a comparison, and look at the results of each.",
    controls=(
        choice("who", "People", {"both": "children and adults", "children": "children", "adults": "adults"}),
        choice("compared", "Comparison group", {"any": "with or without", "yes": "with", "no": "without"}),
        choice("drug", "Drug", {"any": "any JAK inhibitor", "tofacitinib": "tofacitinib", "ruxolitinib": "ruxolitinib", "baricitinib": "baricitinib"}),
        choice("show", "Show", {"map": "map over time", "results": "results side by side"}),
    ),
    prediction="09mp",
    compare=predicted_against_found,
    run=look,
)  # fmt: skip
