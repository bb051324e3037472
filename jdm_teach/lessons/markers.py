"""Lesson 02: what one blood marker says in groups that differ in how common lung disease is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["GROUPS", "PREDICTIVE_VALUE", "TESTS", "Test", "accuracy", "predictive_values"]


@dataclass(frozen=True)
class Test:
    """A marker with its cut-off: a row of biomarker_cutoffs, or assumed numbers when `fact_id` is empty."""

    name: str
    fact_id: str = ""
    sensitivity: float = 0.0
    specificity: float = 0.0


TESTS = {
    "jdm": Test("KL-6 in children with JDM", "BMK001"),
    "ctd": Test("KL-6 in children with other rheumatic diseases", "BMK002"),
    "adult": Test("KL-6 in adults with myositis", "BMK004"),
    "assumed": Test("an assumed test, 90% and 98%", sensitivity=0.90, specificity=0.98),
}
# Three groups that differ in how common ILD is; the middle one made the cut-off.
GROUPS = (
    ("COH001", "UK, with anti-MDA5"),
    ("COH045", "the study that made the cut-off"),
    ("COH039", "Beijing, with anti-MDA5"),
)


@dataclass(frozen=True)
class Accuracy:
    """Sensitivity and specificity with exact limits where the counts behind them are known."""

    sensitivity: float
    specificity: float
    limits: tuple[tuple[float, float], tuple[float, float]] | None
    n: tuple[int, int] | None


@lru_cache(maxsize=8)
def accuracy(key: str) -> Accuracy:
    """How well a test does in its own source.

    Limits are given only where the percentages printed belong to whole numbers of children (BMK001).
    """
    from ..evidence import fact
    from ..stats.proportions import proportion

    test = TESTS[key]
    if not test.fact_id:
        return Accuracy(test.sensitivity, test.specificity, None, None)
    row: Any = fact(test.fact_id)
    sens, spec = row["sensitivity_pct"] / 100, row["specificity_pct"] / 100
    n = (row["n_cases"], row["n_controls"])
    if None in n or any(abs(round(p * k) / k - p) > 0.0006 for p, k in zip((sens, spec), n, strict=True)):
        return Accuracy(sens, spec, None, None)
    found = [proportion(round(p * k), k).interval for p, k in zip((sens, spec), n, strict=True)]
    return Accuracy(sens, spec, ((found[0].low, found[0].high), (found[1].low, found[1].high)), n)


def predictive_values(sensitivity: float, specificity: float, prevalence: Any) -> tuple[Any, Any]:
    """Positive and negative predictive value by Bayes' rule; shares between 0 and 1, `prevalence` also as an array.

    >>> [round(v, 2) for v in predictive_values(0.9, 0.98, 0.02)]
    [0.48, 1.0]
    """
    ill, well = prevalence, 1 - prevalence
    positive = sensitivity * ill + (1 - specificity) * well
    negative = specificity * well + (1 - sensitivity) * ill
    return sensitivity * ill / positive, specificity * well / negative


@lru_cache(maxsize=1)
def prevalences() -> tuple[tuple[str, str, int, int], ...]:
    """The three groups: fact id, name, children with ILD, children."""
    from ..evidence import value

    found = [(fact_id, name, value(fact_id, "ild")) for fact_id, name in GROUPS]
    return tuple((fact_id, name, int(v.events or 0), int(v.n or 0)) for fact_id, name, v in found)


def _range(test: Accuracy, prevalence: Any) -> tuple[Any, Any] | None:
    """The positive predictive value with both shares at their lower, and both at their upper, exact limits."""
    if test.limits is None:
        return None
    ends = zip(*test.limits, strict=True)
    low, high = (predictive_values(sens, spec, prevalence)[0] for sens, spec in ends)
    return low, high


def _rows(test: Accuracy, prevalence: float) -> list[tuple[str, float, float, float, str]]:
    groups = [(f"{name}: {x} of {n}", x / n) for _, name, x, n in prevalences()]
    rows = []
    for name, share in [("your setting", prevalence), *groups]:
        positive, negative = predictive_values(test.sensitivity, test.specificity, share)
        ends = _range(test, share)
        span = f"{100 * ends[0]:.0f} to {100 * ends[1]:.0f}" if ends else "counts not seen"
        rows.append((name, 100 * share, 100 * positive, 100 * negative, span))
    return rows


def _draw(ax: Axes, test: Accuracy, rows: list[tuple[str, float, float, float, str]]) -> None:
    import numpy as np

    grid = np.linspace(0.005, 0.995, 80)
    right, excluded = predictive_values(test.sensitivity, test.specificity, grid)
    ax.plot(100 * grid, 100 * right, color=COLOURS["blue"])
    ax.plot(100 * grid, 100 * excluded, color=COLOURS["vermilion"], linestyle="--")
    ends = _range(test, grid)
    if ends is not None:
        ax.fill_between(
            100 * grid, 100 * ends[0], 100 * ends[1], color=COLOURS["blue"], alpha=0.15, linewidth=0
        )
    for (_, share, positive, _, _), label in zip(rows[1:], ("UK", "cut-off study", "Beijing"), strict=True):
        ax.plot([share, share], [0, positive], color=COLOURS["quiet"], linewidth=1, linestyle=":")
        ax.text(
            share, 2, f" {label}", rotation=90, va="bottom", ha="right", fontsize=9, color=COLOURS["quiet"]
        )
        ax.plot(share, positive, "o", color=COLOURS["blue"], markersize=6)
    _, share, positive, negative, _ = rows[0]
    ax.plot(
        share,
        positive,
        "o",
        markersize=10,
        color="white",
        markeredgecolor=COLOURS["blue"],
        markeredgewidth=2.5,
    )
    ax.plot(
        share,
        negative,
        "D",
        markersize=8,
        color="white",
        markeredgecolor=COLOURS["vermilion"],
        markeredgewidth=2.5,
    )
    ax.text(101, 100 * right[-1], "positive:\nhas ILD", va="center", color=COLOURS["blue"], fontsize=9.5)
    ax.text(
        101, 8 + 100 * excluded[-1], "negative:\nhas none", va="center", color=COLOURS["ink"], fontsize=9.5
    )
    ax.set(
        xlim=(0, 100),
        ylim=(0, 103),
        xlabel="children tested who have ILD (%)",
        ylabel="the result is right (%)",
    )


def predictive_value(settings: Settings) -> View:
    """Predictive values of one test along the prevalence, with three real groups marked."""
    import pandas as pd

    test, found = TESTS[settings["test"]], accuracy(settings["test"])
    prevalence = settings["prevalence"] / 100
    rows = _rows(found, prevalence)
    frame = pd.DataFrame(
        rows,
        columns=["group", "with ILD (%)", "positive right (%)", "negative right (%)", "range of positive"],
    ).round(1)
    _, _, positive, negative, span = rows[0]
    cut = _cutoff_words(test.fact_id) if test.fact_id else "assumed numbers"
    sentence = (
        f"{test.name} ({cut}): where {settings['prevalence']:g} of 100 have ILD, a positive result is right in "
        f"{positive:.0f} of 100"
        + (f" ({span} at the limits of sensitivity and specificity)" if found.limits else "")
        + f", a negative one in {negative:.0f} of 100."
    )
    source = f"sensitivity {100 * found.sensitivity:g}%, specificity {100 * found.specificity:g}%"
    source += f" in {found.n[0]} with and {found.n[1]} without ILD" if found.n else ""
    source += f" [{test.fact_id}]" if test.fact_id else ", chosen for teaching"
    shown = picture(
        lambda ax: _draw(ax, found, rows),
        alt=f"{sentence} Positive result right: "
        + "; ".join(f"{name} {p:.0f} of 100" for name, _, p, _, _ in rows[1:])
        + ".",
        caption=f"{test.name}: {source}. Groups: {', '.join(f'{x} of {n} [{i}]' for i, _, x, n in prevalences())}. "
        + ("Band: both shares at their exact 95% limits. " if found.limits else "")
        + "Assumes that the marker works equally well in every group.",
        origin="derived" if test.fact_id else "assumed",
        table=frame,
        size=(7.2, 3.7),
    )
    return View(sentence, shown, result=rows[1][2])


def _cutoff_words(fact_id: str) -> str:
    from ..evidence import fact

    row = fact(fact_id)
    return f"{row['direction']} {row['cutoff']:g} {row['unit']}".replace(">=", "at or above").replace(
        ">", "above"
    )


def _compare(response: Any, view: View) -> str:
    from ..exercises.numerals import readings

    guess = next(iter(readings(response)), None)
    right, _ = predictive_values(accuracy("jdm").sensitivity, accuracy("jdm").specificity, _uk())
    said = f"{guess:g}%" if guess is not None else "something else"
    return (
        f"You expected {said}. In the UK group it would be {100 * right:.0f}%, although the test is the same."
    )


def _uk() -> float:
    _, _, x, n = prevalences()[0]
    return x / n


PREDICTIVE_VALUE = Exploration(
    id="02c",
    title="One marker, three groups of children",
    task="Keep a prediction, run, then move the share of children who have ILD. The three marked groups are real; "
    "the test stays the same.",
    controls=(
        choice("test", "Marker and cut-off", {key: test.name for key, test in TESTS.items()}),
        slider("prevalence", "Children tested who have ILD", 30, 1, 99, 1, "%"),
    ),
    prediction="02cp",
    compare=_compare,
    run=predictive_value,
)
