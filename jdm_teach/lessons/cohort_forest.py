"""Lesson 02: a forest of cohorts, pooled where that can be done, with a word on whether it is honest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.pooling import Pooled

__all__ = ["FOREST", "Forest", "forest"]

# Reports that print how many children with the antibody had ILD and that did not choose the children for it.
ILD_REPORTS = ("COH001", "COH031", "COH039", "COH041", "COH043", "COH075", "COH076")
QUESTIONS = {
    "antibody": "share with anti-MDA5, eight cohorts",
    "ild": "ILD among them, as far as these eight print it",
    "hospital": "ILD, every report found, one per hospital",
    "twice": "ILD, every report found, overlaps ignored",
}
HONEST = {
    "antibody": "Pooling answers a question here: every cohort was asked the same. They still differ, so read the interval for a "
    "new cohort, and mind that the set is not complete.",
    "ild": "The pooled number can be computed and means nothing: the cohorts disagree so much that a new one could show anything.",
    "hospital": "More reports do not help: they differ in who was scanned and who was referred, and no average mends that.",
    "twice": "This is not honest: children of one hospital are counted in several reports, so the interval is too narrow.",
}


@dataclass(frozen=True)
class Forest:
    """The reports drawn (fact id, label, events, n), those left out for overlap, and their pooled answer."""

    measure: str
    reports: tuple[tuple[str, str, int, int], ...]
    left_out: tuple[str, ...]
    pooled: Pooled


def _label(fact: Any) -> str:
    from .cohort_cards import CARDS

    named = {card.fact_id: card.name for card in CARDS}
    year = f" {fact['year']}" if fact["year"] else ""
    return f"{named.get(fact.fact_id, fact.source.short_name.split(',')[0])}{year if fact.fact_id in named else ''}"


@lru_cache(maxsize=8)
def forest(question: str) -> Forest:
    """The forest that answers one of the questions, pooled on the logit scale (Paule–Mandel, Hartung–Knapp with floor).

    Of reports that may share patients the largest is kept, except under "twice".
    """
    from ..evidence import fact, one_per_overlap_group, table, value
    from ..stats.pooling import pool_proportions

    cohorts = table("antibody_ild_cohorts")
    prevalence_set = list(cohorts[cohorts.use_for_prevalence].fact_id)
    measure = "share_of_cohort" if question == "antibody" else "ild"
    ids = prevalence_set if question in {"antibody", "ild"} else list(ILD_REPORTS)
    if question == "ild":
        ids = [i for i in ids if fact(i)["n_ild"] is not None]
    kept = list(ids) if question == "twice" else one_per_overlap_group(ids)
    rows = []
    for fact_id in kept:
        seen = value(fact_id, measure)
        rows.append((fact_id, _label(fact(fact_id)), int(seen.events or 0), int(seen.n or 0)))
    rows.sort(key=lambda row: -row[3])
    pooled = pool_proportions([r[2] for r in rows], [r[3] for r in rows], names=[r[1] for r in rows])
    return Forest(measure, tuple(rows), tuple(i for i in ids if i not in kept), pooled)


def _limits(pooled: Pooled) -> tuple[float, float, float, float, float]:
    """Pooled estimate, its interval and the prediction interval, in per cent."""
    assert pooled.prediction is not None
    ends = (*pooled.natural_interval(pooled.interval), *pooled.natural_interval(pooled.prediction))
    return 100 * pooled.natural(pooled.estimate), *(100 * end for end in ends)  # type: ignore[return-value]


def _draw(ax: Axes, rows: list[tuple[str, float, float, float, str]], pooled: Pooled) -> None:
    labels, shares, lows, highs, counts = zip(*rows, strict=True)
    places = [-float(place) for place in range(len(rows))]
    ax.hlines(places, lows, highs, color=COLOURS["blue"], linewidth=2.2)
    ax.scatter(
        shares,
        places,
        s=[(4 + w / 4) ** 2 for w in pooled.weights],
        marker="s",
        color=COLOURS["ink"],
        zorder=3,
    )
    for place, label, count in zip(places, labels, counts, strict=True):
        ax.text(-2, place, label, ha="right", va="center", fontsize=9.5)
        ax.text(102, place, count, ha="left", va="center", fontsize=9.5)
    centre, low, high, below, above = _limits(pooled)
    foot = -len(rows) - 0.2
    ax.fill(
        [low, centre, high, centre],
        [foot, foot + 0.28, foot, foot - 0.28],
        color=COLOURS["vermilion"],
        edgecolor=COLOURS["ink"],
    )
    ax.text(-2, foot, "pooled", ha="right", va="center", fontsize=9.5, weight="bold")
    ax.plot([below, above], [foot - 1, foot - 1], color=COLOURS["ink"], linewidth=2, linestyle=(0, (4, 2)))
    ax.text(-2, foot - 1, "a new cohort", ha="right", va="center", fontsize=9.5, weight="bold")
    ax.axhline(foot + 0.6, color=COLOURS["quiet"], linewidth=0.8)
    ax.set(xlim=(0, 100), ylim=(foot - 1.6, 0.7), yticks=[], xlabel="percent, with 95% intervals")
    ax.spines["left"].set_visible(False)


def cohort_forest(settings: Settings) -> View:
    """The chosen forest: exact intervals per cohort, pooled diamond, prediction interval, and what to make of it."""
    import pandas as pd

    from ..stats.proportions import proportion

    question = settings["question"]
    drawn = forest(question)
    rows = []
    for _, label, events, n in drawn.reports:
        interval = proportion(events, n).interval
        rows.append((label, 100 * events / n, 100 * interval.low, 100 * interval.high, f"{events} of {n}"))
    centre, low, high, below, above = _limits(drawn.pooled)
    total = f"{drawn.pooled.k} reports, {drawn.pooled.n} children"
    summary = [("pooled", centre, low, high, total), ("a new cohort (prediction)", centre, below, above, "")]
    frame = pd.DataFrame([*rows, *summary], columns=["report", "percent", "lower", "upper", "count"]).round(1)
    numbers = (
        f"{total}: pooled {centre:.0f}% (95% CI {low:.0f} to {high:.0f}%); a new cohort may show "
        f"{below:.0f} to {above:.0f}% (95% prediction interval); I² {100 * drawn.pooled.i2:.0f}%."
    )
    chosen = "" if question == "antibody" else " Reports that chose children for ILD are not drawn."
    out = (
        f" Left out, as they may share children with a larger report: {', '.join(drawn.left_out)}."
        if drawn.left_out
        else ""
    )
    shown = picture(
        lambda ax: _draw(ax, rows, drawn.pooled),
        alt="Forest plot. "
        + "; ".join(f"{label} {count}, {share:.0f}%" for label, share, _, _, count in rows)
        + f". {numbers}",
        caption=f"{QUESTIONS[question][0].upper()}{QUESTIONS[question][1:]} [{', '.join(r[0] for r in drawn.reports)}]. Exact intervals per "
        f"report; random effects on the logit scale, Paule–Mandel, Hartung–Knapp with floor.{chosen}{out}",
        origin="derived",
        table=frame,
        size=(7.2, 1.5 + 0.31 * len(rows)),
    )
    return View(f"{numbers} {HONEST[question]}", shown, result=(below, above))


def _compare(response: Any, view: View) -> str:
    from ..exercises.numerals import readings

    given = (
        [next(iter(readings(end)), None) for end in response] if isinstance(response, (list, tuple)) else []
    )
    _, low, high, below, above = _limits(forest("antibody").pooled)
    ends = sorted(end for end in given if end is not None)
    said = f"{ends[0]:g} to {ends[1]:g}%" if len(ends) == 2 else "another range"
    return (
        f"You expected {said} for a ninth cohort's share with anti-MDA5. The prediction interval runs from {below:.0f} to "
        f"{above:.0f}%; the interval of the average, {low:.0f} to {high:.0f}%, answers another question."
    )


FOREST = Exploration(
    id="02e",
    title="A forest of cohorts",
    task="Begin with the share of children who have the antibody. Then ask the same of ILD, and watch the last two lines.",
    controls=(choice("question", "What to draw", QUESTIONS),),
    prediction="02ep",
    compare=_compare,
    run=cohort_forest,
)
