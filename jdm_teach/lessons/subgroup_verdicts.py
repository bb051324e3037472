"""Lesson 07: two subgroups that do not differ, two verdicts that do."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, picture
from .count_intervals import predicted

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

__all__ = ["SUBGROUPS", "Verdicts", "verdicts_of"]

ALPHA = 0.05
FIRST = (9, 3, 90)
SPLITS = {
    "third": "one third against two thirds (rapid progression or not)",
    "ninth": "one ninth against the rest",
    "half": "as even as possible (girls or boys)",
}
TOTALS = {"9": "9 children", "18": "18 children", "36": "36 children", "90": "90 children"}


class Verdicts(NamedTuple):
    """How often each pair of separate verdicts comes up, and how often the subgroups differ when compared."""

    larger_only: float
    smaller_only: float
    both: float
    neither: float
    direct: float
    least: tuple[float, float]


@lru_cache(maxsize=64)
def before_after_p(n: int) -> tuple[float, ...]:
    """The exact two-sided sign test for 0, 1, … n of n children who improve."""
    from ..stats.paired import sign_test

    return tuple(sign_test([-1.0] * k + [1.0] * (n - k)).p for k in range(n + 1))


@lru_cache(maxsize=256)
def verdicts_of(total: int, smaller: int, percent: int) -> Verdicts:
    """Exact chances of every pair of verdicts when both subgroups improve with the same chance."""
    import numpy as np
    from scipy.stats import binom

    from ..stats.worlds import table_power

    larger = total - smaller

    def reached(n: int) -> float:
        found: np.ndarray = np.array(before_after_p(n)) <= ALPHA
        return float(binom.pmf(np.arange(n + 1), n, percent / 100)[found].sum())

    small, large = reached(smaller), reached(larger)
    return Verdicts(
        large * (1 - small),
        small * (1 - large),
        small * large,
        (1 - small) * (1 - large),
        table_power(smaller, larger, percent / 100, percent / 100).power,
        (min(before_after_p(smaller)), min(before_after_p(larger))),
    )


def split_sizes(total: int, split: str) -> int:
    return {"third": total // 3, "ninth": total // 9, "half": total // 2}[split]


def subgroup_view(settings: Settings) -> View:
    """Separate verdicts of two subgroups beside the one comparison that was meant."""
    import pandas as pd

    from ..stats.result import p_text

    total, percent = int(settings["total"]), int(settings["percent"])
    smaller = split_sizes(total, settings["split"])
    larger = total - smaller
    found = verdicts_of(total, smaller, percent)
    rows = [
        (f"significant only in the {larger}", found.larger_only),
        (f"significant only in the {smaller}", found.smaller_only),
        ("significant in both", found.both),
        ("significant in neither", found.neither),
        ("compared directly: they differ", found.direct),
    ]

    def draw(ax: Axes) -> None:
        for place, (name, share) in enumerate(rows):
            apart = place == len(rows) - 1
            y = -place - (0.5 if apart else 0)
            ax.barh(
                y, 100 * share, height=0.66, color=COLOURS["vermilion" if place < 2 else "blue" if apart else "sky"],
                hatch="//" if place < 2 else None, edgecolor=COLOURS["ink"], linewidth=0.8,
            )  # fmt: skip
            ax.text(100 * share + 1.2, y, f"{100 * share:.1f}%", va="center", fontsize=10)
            ax.text(-1.5, y, name, va="center", ha="right", fontsize=10)
        ax.axhline(-3.75, color=COLOURS["quiet"], linewidth=0.8)
        ax.set(
            xlim=(0, 108),
            ylim=(-5.0, 0.5),
            yticks=[],
            xticks=range(0, 101, 20),
            xlabel="share of series (%), no difference between subgroups",
        )
        ax.spines["left"].set_visible(False)
        ax.grid(axis="y", visible=False)

    apart = 100 * (found.larger_only + found.smaller_only)
    limits = f"At best the sign test gives {p_text(found.least[1])} in the {larger} and {p_text(found.least[0])} in the {smaller}."
    sentence = (
        f"Every child improves with a chance of {percent}%, in both subgroups. One subgroup is significant and the other is not in {apart:.1f}% of "
        f"series; compared directly, they differ in {100 * found.direct:.1f}%. {limits} Exact."
    )
    shown = picture(
        draw,
        alt=f"Bars: {'; '.join(f'{name} {100 * share:.1f}%' for name, share in rows)}.",
        caption=f"n = {total} invented children, {smaller} and {larger}, each improving with a chance of {percent}%. Hatched: the two verdicts disagree. "
        "Sign test against baseline in each; Fisher's exact test for the comparison; p at or below 0.05.",
        origin="assumed",
        table=pd.DataFrame(
            [(name, round(100 * share, 1)) for name, share in rows], columns=["verdict", "% of series"]
        ),
        size=(7.2, 2.9),
    )
    return View(sentence, shown, result=((total, smaller, percent), apart))


def compare_verdicts(response: Any, view: View) -> str:
    """The learner's share of disagreeing verdicts beside the exact one."""
    said = predicted("07fp", response)
    first = verdicts_of(*FIRST)
    setting, apart = view.result
    text = (
        f"You expected {said:.3g}%; with six and three children improving at 90% the separate verdicts disagree in "
        f"{100 * (first.larger_only + first.smaller_only):.0f}% of series."
    )
    return text if setting == FIRST else f"{text} Under the settings below it is {apart:.0f}%."


SUBGROUPS = Exploration(
    id="07f",
    title="Two subgroups, two verdicts",
    task="Keep a percentage first. Then change the split, the size of the series and the chance to improve.",
    controls=(
        choice("split", "Split the children", SPLITS),
        choice("total", "Series of", TOTALS),
        slider("percent", "Chance to improve, the same in both", FIRST[2], 50, 100, unit="%"),
    ),
    prediction="07fp",
    compare=compare_verdicts,
    run=subgroup_view,
    run_label="Split and test",
)
