"""Lesson 07: a two-by-two table worked in full, then with one blank, then alone."""

from __future__ import annotations

from functools import lru_cache
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, slider
from ..figures import COLOURS, Sheet, picture
from .count_intervals import predicted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.tables import EffectMeasure, Proportion, TableSummary

__all__ = [
    "ALONE",
    "COUNTERS",
    "counts_of",
    "draw_interval",
    "effect_text",
    "one_blank",
    "shares_of",
    "summary_of",
    "worked_example",
]

Counts = tuple[int, int, int, int]

FIRST: Counts = (2, 1, 1, 5)
MOST = 12
COUNTERS = (
    slider("a", "With the marker, poor response", FIRST[0], 0, MOST, unit="children"),
    slider("b", "With the marker, good response", FIRST[1], 0, MOST, unit="children"),
    slider("c", "Without it, poor response", FIRST[2], 0, MOST, unit="children"),
    slider("d", "Without it, good response", FIRST[3], 0, MOST, unit="children"),
)
EXTREMES = (1e-3, 1e5)


def counts_of(settings: Settings) -> Counts:
    """The four counters; nobody at all becomes the first table."""
    a, b, c, d = (int(settings[name]) for name in "abcd")
    return (a, b, c, d) if a + b + c + d else FIRST


def shares_of(counts: Counts) -> str:
    """The two groups of a table in words."""
    a, b, c, d = counts
    return f"{a} of {a + b} with the marker and {c} of {c + d} without it respond poorly"


@lru_cache(maxsize=512)
def summary_of(counts: Counts) -> TableSummary:
    from ..stats.tables import summarise

    return summarise([counts[:2], counts[2:]])


@lru_cache(maxsize=512)
def exact_ps(counts: Counts) -> dict[str, float]:
    from ..stats import tables

    table = [counts[:2], counts[2:]]
    return {
        "Fisher": tables.fisher(table).p,
        "mid-p": tables.midp(table).p,
        "Boschloo": tables.boschloo(table).p,
    }


def ratio_text(x: float) -> str:
    """A ratio with as many digits as a reader needs: 0.46, 7.11, 132, 30,884, 1.8 million, 1 in 4,000 as 1/4,000."""
    from ..stats.result import number_text

    if x >= 1e9 and isfinite(x):
        return f"{x / 1e9:,.3g} billion"
    if x >= 1e6 and isfinite(x):
        return f"{x / 1e6:.3g} million"
    if x == 0 or 0 < x < 0.01:
        return f"1/{1 / x:,.0f}" if x else "0"
    if x >= 100 and isfinite(x):
        return f"{x:,.0f}"
    return number_text(x, 1 if x >= 10 else 2)


def effect_text(effect: EffectMeasure, points: bool = False) -> str:
    """An estimate with its limits, in points or as a ratio."""
    low, high = effect.interval.low, effect.interval.high
    if points:
        return f"{100 * effect.estimate:.0f} points ({100 * low:.0f} to {100 * high:.0f})".replace("-", "−")
    return f"{ratio_text(effect.estimate)} ({ratio_text(low)} to {ratio_text(high)})"


def published(fact_id: str) -> tuple[Counts, str]:
    """The four counts of a published comparison, and what was counted."""
    from ..evidence import fact, value

    exposed, unexposed = value(fact_id, "exposed"), value(fact_id, "unexposed")
    (x1, n1), (x2, n2) = ((int(one.events or 0), int(one.n or 0)) for one in (exposed, unexposed))
    return (x1, n1 - x1, x2, n2 - x2), str(fact(fact_id)["outcome"])


def steps_of(fact_id: str, blank: str = "") -> Sheet:
    """One published table worked line by line; the line called `blank` keeps its question and loses its answer."""
    import pandas as pd

    from ..stats.result import p_text

    (a, b, c, d), outcome = published(fact_id)
    n1, n2 = a + b, c + d
    found = summary_of((a, b, c, d))
    with_it, without = found.risks

    def risk(one: Proportion | None) -> str:
        return (
            "nobody"
            if one is None
            else f"{100 * one.estimate:.0f}% ({100 * one.interval.low:.0f} to {100 * one.interval.high:.0f})"
        )

    odds = a * d / (b * c)
    rows = [
        ("risk with the antibody", f"{a} ÷ {n1}", risk(with_it)),
        ("risk without it", f"{c} ÷ {n2}", risk(without)),
        ("risk difference", "first risk − second risk", effect_text(found.difference, points=True)),
        ("risk ratio", "first risk ÷ second risk", effect_text(found.ratio)),
        ("odds with the antibody", f"{a} ÷ {b}", f"{a / b:.2g}"),
        ("odds without it", f"{c} ÷ {d}", f"{c / d:.3g}"),
        ("odds ratio by hand", "first odds ÷ second odds", f"{odds:.3g}"),
        ("odds ratio, exact method", "from every possible table", effect_text(found.odds)),
        ("p, Fisher's exact test", "from every possible table", p_text(found.test.p).removeprefix("p = ")),
    ]
    shown = [(name, sum_, "?" if name == blank else answer) for name, sum_, answer in rows]
    return Sheet(
        pd.DataFrame(shown, columns=["line", "how", "answer (95% interval)"]),
        caption=f"{outcome[0].upper() + outcome[1:]} in {a} of {n1} children with the anti-MDA5 antibody and {c} of {n2} without it; "
        f"n = {n1 + n2} [{fact_id}]. Counts published, the rest worked out here.",
        origin="derived",
    )


def worked_example() -> Sheet:
    """A published table of two groups, every line worked."""
    return steps_of("TBT001")


def one_blank() -> Sheet:
    """Another outcome of the same children, with the risk ratio left to the learner."""
    return steps_of("TBT002", blank="risk ratio")


def draw_interval(
    ax: Axes,
    place: float,
    limits: tuple[float, float],
    within: tuple[float, float],
    colour: str,
    upright: bool = False,
) -> None:
    """The interval of a ratio as a bar inside the picture, with an arrow where it has no end."""
    ends = max(limits[0], within[0]), min(limits[1], within[1])
    across = (place, place)
    ax.plot(
        *((across, ends) if upright else (ends, across)), color=colour, linewidth=5, solid_capstyle="butt"
    )
    for end, limit, arrow in zip(ends, limits, "v^" if upright else "<>", strict=True):
        if limit in (0.0, inf):
            ax.plot(
                *((place, end) if upright else (end, place)),
                arrow,
                color=colour,
                markersize=11,
                clip_on=False,
            )


def table_view(settings: Settings) -> View:
    """Risks, differences, ratios, intervals and three exact tests of the four counts."""
    import pandas as pd

    from ..stats.result import p_text

    counts = counts_of(settings)
    a, b, c, d = counts
    found = summary_of(counts)
    ps = exact_ps(counts)
    contrast = a + b > 0 < c + d and 0 < a + c < a + b + c + d
    ratios = {"risk ratio": found.ratio, "odds ratio": found.odds}

    def draw(ax: Axes) -> None:
        ax.set_xscale("log")
        for place, (name, effect) in enumerate(ratios.items()):
            limits = effect.interval.low, effect.interval.high
            draw_interval(ax, -place, limits, EXTREMES, COLOURS["vermilion" if place else "blue"])
            if isfinite(effect.estimate) and effect.estimate > 0:
                ax.plot(
                    effect.estimate, -place, "o" if place == 0 else "s", color=COLOURS["ink"], markersize=8
                )
            ax.text(
                EXTREMES[0], -place + 0.19, f"{name}: {effect_text(effect)}", fontsize=10.5, va="bottom",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )  # fmt: skip
        ax.axvline(1, color=COLOURS["ink"], linewidth=1.2, linestyle="--")
        ax.set(
            xlim=EXTREMES,
            ylim=(-1.4, 0.75),
            yticks=[],
            xlabel="ratio with 95% interval (logarithmic scale; 1 = no difference)",
        )
        ticks = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10000, 100000]
        ax.set_xticks(ticks, ["0.001", "0.01", "0.1", "1", "10", "100", "1000", "10,000", "100,000"])
        ax.minorticks_off()
        ax.spines["left"].set_visible(False)
        ax.grid(axis="y", visible=False)

    rows = [
        (f"risk {name}", "nobody" if one is None else str(one))
        for name, one in zip(("with the marker", "without it"), found.risks, strict=True)
    ]
    rows += [
        ("risk difference", effect_text(found.difference, points=True) if a + b and c + d else "not defined"),
        ("risk ratio", effect_text(found.ratio)),
        ("odds ratio by hand", ratio_text(a * d / (b * c)) if b * c else "not defined"),
        ("odds ratio, exact method", effect_text(found.odds)),
    ]
    tested = {name: p_text(p) for name, p in ps.items()} if contrast else dict.fromkeys(ps, "nothing to test")
    rows += [(f"{name}, two-sided", text) for name, text in tested.items()]
    shares = f"{shares_of(counts)} (n = {a + b + c + d})"
    tests = (
        ", ".join(f"{name} {text}" for name, text in tested.items())
        if contrast
        else "There is nothing to test"
    )
    sentence = (
        f"{shares}. Risk ratio {effect_text(found.ratio)}, odds ratio {effect_text(found.odds)}. {tests}."
    )
    if not found.separation.finite:
        sentence += f" {found.separation.reason[0].upper()}{found.separation.reason[1:]}"
    shown = picture(
        draw,
        alt=f"Two ratios with 95% intervals. {shares}. Risk ratio {effect_text(found.ratio)}; odds ratio {effect_text(found.odds)}.",
        caption=f"Hypothetical counts, n = {a + b + c + d}. Risk ratio: score interval; odds ratio: exact conditional. An arrow means that the "
        "interval has no end on that side.",
        origin="assumed",
        table=pd.DataFrame(rows, columns=["what", "estimate (95% interval)"]),
        size=(7.2, 2.7),
    )
    return View(sentence, shown, result=counts)


def compare_reach(response: Any, view: View) -> str:
    """The learner's upper end beside the exact one for the table asked about."""
    said = predicted("07ap", response)
    odds = summary_of(FIRST).odds
    text = (
        f"You expected up to {said:,.6g}; for 2 of 3 against 1 of 6 the exact interval reaches from "
        f"{odds.interval.low:.1f} to {odds.interval.high:.0f}."
    )
    if view.result != FIRST:
        text += f" For the table below it is {effect_text(summary_of(view.result).odds)}."
    return text


ALONE = Exploration(
    id="07a",
    title="Four counts, and what they can say",
    task="Keep a number first. Then move one child from one cell to another, and read what changes.",
    controls=COUNTERS,
    prediction="07ap",
    compare=compare_reach,
    run=table_view,
    run_label="Work out the table",
)
