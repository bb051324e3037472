"""Lesson 04: the interval around a small count, and what none or all of a few can hide."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["COUNT", "NONE_OR_ALL", "needed_for"]

METHODS = {
    "exact": "exact (Clopper-Pearson)",
    "mid-p": "mid-p",
    "blaker": "Blaker",
    "minimum-likelihood": "minimum likelihood",
    "wilson": "Wilson",
    "jeffreys": "Jeffreys (Bayesian)",
    "uniform": "uniform prior (Bayesian)",
}
FIRST = (3, 9)
LARGEST_GROUP = 300


def predicted(item_id: str, response: Any) -> Any:
    """What a learner typed, as the number or the two numbers it was read as."""
    from ..exercises import bank, grading

    return grading.grade(bank.item(item_id), response).value


def interval_view(settings: Settings) -> View:
    """Seven 95% intervals for one count, the chosen method first in words."""
    import pandas as pd

    from ..stats.proportions import all_intervals

    n = int(settings["n"])
    x = min(int(settings["x"]), n)
    found = dict(zip(METHODS, all_intervals(x, n).rows, strict=True))
    rows = [(METHODS[key], 100 * one.interval.low, 100 * one.interval.high) for key, one in found.items()]
    share = 100 * x / n
    chosen = list(METHODS).index(settings["method"])

    def draw(ax: Axes) -> None:
        for step, (name, low, high) in enumerate(rows):
            picked = step == chosen
            ax.plot(
                [low, high], [-step, -step], color=COLOURS["blue"] if picked else COLOURS["quiet"],
                linewidth=6 if picked else 2.5, solid_capstyle="butt",
            )  # fmt: skip
            ax.text(
                101.5, -step, f"{low:.0f} to {high:.0f}%", va="center", fontsize=9.5,
                weight="bold" if picked else "normal",
            )  # fmt: skip
            ax.text(
                -1.5,
                -step,
                name,
                va="center",
                ha="right",
                fontsize=9.5,
                weight="bold" if picked else "normal",
            )
        ax.axvline(share, color=COLOURS["vermilion"], linewidth=1.4, linestyle="--")
        ax.text(share, 0.62, f"{x} of {n} = {share:.0f}%", ha="center", va="bottom", fontsize=9.5)
        ax.set(xlim=(0, 100), ylim=(-6.6, 0.6), yticks=[], xlabel="percent, with 95% intervals")
        ax.spines["left"].set_visible(False)
        ax.grid(axis="y", visible=False)

    name, low, high = rows[chosen]
    mended = "" if x == int(settings["x"]) else f"No more than {n} of {n} can be counted, so {n} was used. "
    sentence = (
        f"{mended}{x} of {n} is {share:.0f}%. The {name} interval runs from {low:.1f}% to {high:.1f}%; across the seven "
        f"methods the lower end lies between {min(r[1] for r in rows):.0f}% and {max(r[1] for r in rows):.0f}%, the upper "
        f"between {min(r[2] for r in rows):.0f}% and {max(r[2] for r in rows):.0f}%."
    )
    shown = picture(
        draw,
        alt=f"Seven bars for {x} of {n}: {'; '.join(f'{name} {low:.0f} to {high:.0f}%' for name, low, high in rows)}.",
        caption=f"n = {n}. Seven 95% intervals for {x} of {n}, each by its definition. "
        + ("3 of 9 is also the count of girls in the letter [E09]. " if (x, n) == FIRST else "")
        + "All assume children drawn at random from one population.",
        origin="derived" if (x, n) == FIRST else "assumed",
        table=pd.DataFrame(rows, columns=["method", "lower, %", "upper, %"])
        .round(1)
        .assign(count=f"{x} of {n}"),
        size=(7.2, 3.2),
    )
    return View(sentence, shown, result=(low, high))


def compare_interval(response: Any, view: View) -> str:
    """The learner's interval beside the exact one for the count it was asked for."""
    from ..stats.proportions import proportion

    drawn = predicted("04ap", response)
    exact = proportion(*FIRST).interval
    low, high = 100 * exact.low, 100 * exact.high
    width, true_width = drawn[1] - drawn[0], high - low
    verdict = (
        "yours is far too sure" if width < 0.6 * true_width
        else "yours is wider than it needs to be" if width > 1.25 * true_width
        else "about as wide"
    )  # fmt: skip
    return (
        f"You drew {drawn[0]:.3g} to {drawn[1]:.3g}%; the exact interval for {FIRST[0]} of {FIRST[1]} is {low:.0f} to {high:.0f}%. "
        f"Your width is {width:.3g} points, the exact one {true_width:.0f}: {verdict}."
    )


COUNT = Exploration(
    id="04a",
    title="How far does a small count reach?",
    task="Keep your interval first. Then change the count, the group and the method.",
    controls=(
        slider("x", "Children with the feature", FIRST[0], 0, LARGEST_GROUP),
        slider("n", "Children in the group", FIRST[1], 1, LARGEST_GROUP),
        choice("method", "Interval to read out", METHODS),
    ),
    prediction="04ap",
    compare=compare_interval,
    run=interval_view,
    run_label="Show the intervals",
)


@lru_cache(maxsize=1)
def _upper_limits() -> tuple[tuple[int, ...], tuple[float, ...], tuple[float, ...]]:
    from ..stats.proportions import proportion, rule_of_three

    groups = (*range(1, 20), *range(20, 50, 3), *range(50, LARGEST_GROUP + 1, 10))
    return (
        groups,
        tuple(100 * proportion(0, n).interval.high for n in groups),
        tuple(100 * rule_of_three(n).rule for n in groups),
    )


@lru_cache(maxsize=8)
def needed_for(risk: float) -> int:
    """How many children without an event it takes until the exact upper 95% limit is at or below this risk."""
    from ..stats.proportions import proportion

    n = 1
    while proportion(0, n).interval.high > risk:
        n += 1
    return n


def none_or_all_view(settings: Settings) -> View:
    """The limit that no event (or nothing but events) leaves, by size of the group."""
    import pandas as pd

    from ..stats.proportions import proportion, rule_of_three

    n, everyone = int(settings["n"]), settings["seen"] == "all"
    groups, limit, rule = _upper_limits()
    quick = rule_of_three(n)
    upper = 100 * proportion(0, n).interval.high
    here = 100 - upper if everyone else upper

    def turned(values: Any) -> list[float]:
        return [100 - v for v in values] if everyone else list(values)

    def draw(ax: Axes) -> None:
        curve, shortcut = turned(limit), turned(rule)
        edge = 100.0 if everyone else 0.0
        ax.fill_between(groups, curve, edge, color=COLOURS["sky"], alpha=0.25, linewidth=0)
        ax.plot(groups, curve, color=COLOURS["blue"])
        ax.plot(groups, shortcut, color=COLOURS["ink"], linestyle="--", linewidth=1.3)
        ax.plot(n, here, "o", color=COLOURS["vermilion"], markersize=9, markeredgecolor="white", zorder=5)
        ax.annotate(
            f"{n if everyone else 0} of {n}: {'at least' if everyone else 'up to'} {here:.0f}%", (n, here),
            xytext=(10 if n < 60 else 0, (-24 if n < 60 else -44) if everyone else (16 if n < 60 else 24)), textcoords="offset points",
            ha="left" if n < 60 else "right", weight="bold", fontsize=10,
        )  # fmt: skip
        ax.text(4.3, 17 if everyone else 80, "quick rule: 3/n", fontsize=9.5)
        ax.text(1.15, 50, "still compatible", fontsize=9.5, va="center")
        ax.set_xscale("log")
        ticks = [1, 3, 9, 30, 100, 300]
        ax.set_xticks(ticks, [str(t) for t in ticks])
        ax.minorticks_off()
        ax.set(
            xlim=(1, LARGEST_GROUP), ylim=(0, 100), xlabel="children in the group (logarithmic scale)",
            ylabel="lowest share compatible (%)" if everyone else "highest risk compatible (%)",
        )  # fmt: skip

    sizes = sorted({n, 9, 20, 30, 72, 100, LARGEST_GROUP})
    exact = [100 * proportion(0, size).interval.high for size in sizes]
    frame = pd.DataFrame(
        {
            "children": sizes,
            ("lowest share compatible, %" if everyone else "highest risk compatible, %"): [
                round(v, 1) for v in turned(exact)
            ],
            "quick rule, %": [round(v, 1) for v in turned([100 * rule_of_three(s).rule for s in sizes])],
        }
    )
    if everyone:
        sentence = (
            f"All {n} of {n}: the true share can still be as low as {here:.1f}% (exact two-sided 95% limit). "
            f"It is the mirror image of none of {n}."
        )
    else:
        sentence = (
            f"None of {n}: the risk can still be as high as {here:.1f}% (exact two-sided 95% limit; one-sided "
            f"{100 * quick.exact:.1f}%; quick rule 3/n {100 * quick.rule:.0f}%). To bring the limit down to 5% takes "
            f"{needed_for(0.05)} children without an event."
        )
    shown = picture(
        draw,
        alt=f"A curve of exact 95% limits against group size. {sentence}",
        caption=f"Line: exact (Clopper-Pearson) two-sided 95% limit; broken line: quick rule 3/n [R3]; marked: n = {n}. "
        "Hypothetical groups: the public extract says nothing about harms or outcomes [E21].",
        origin="assumed",
        table=frame,
        size=(7.2, 3.4),
    )
    return View(sentence, shown, result=upper)


def compare_none(response: Any, view: View) -> str:
    """The learner's limit beside the exact one for none of nine."""
    from ..stats.proportions import proportion

    said = predicted("04bp", response)
    upper = 100 * proportion(0, FIRST[1]).interval.high
    return (
        f"You expected up to {said:.3g}%; none of {FIRST[1]} leaves a risk of up to {upper:.0f}% open. "
        f"And {FIRST[1]} of {FIRST[1]} leaves a share as low as {100 - upper:.0f}% open."
    )


NONE_OR_ALL = Exploration(
    id="04b",
    title="What can none, or all, of a few hide?",
    task="Keep a number first. Then change the size of the group, and turn none into all.",
    controls=(
        slider("n", "Children in the group", FIRST[1], 1, LARGEST_GROUP),
        choice("seen", "What was seen", {"none": "none of them had the event", "all": "all of them had it"}),
    ),
    prediction="04bp",
    compare=compare_none,
    run=none_or_all_view,
    run_label="Show the limit",
)
