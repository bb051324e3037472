"""Lesson 07: separation made by hand, and what three ways of fitting do with it."""

from __future__ import annotations

from functools import lru_cache
from math import exp, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exercises import bank
from ..exercises.exploration import Exploration, Settings, View
from ..figures import COLOURS, picture
from .worked_table import (
    COUNTERS,
    Counts,
    counts_of,
    draw_interval,
    effect_text,
    ratio_text,
    shares_of,
    summary_of,
)

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

__all__ = ["SEPARATION", "Fits", "fits_of", "named_first", "penalised_text"]

STEPS = 12
CLEAN: Counts = (3, 0, 0, 6)
LIMITS = (1e-7, 1e7)
BARS = (3e-7, 3e6)  # leaves room for the arrow of an interval without an end


class Fits(NamedTuple):
    """Ordinary steps, and the penalised fit with its verified profile interval, all as odds ratios."""

    steps: np.ndarray
    standard_error: float
    diverged: bool
    penalised: float
    low: float
    high: float
    p: float
    verified: bool


@lru_cache(maxsize=512)
def fits_of(counts: Counts) -> Fits | None:
    """Ordinary and penalised logistic regression of four counts; None where there is nothing to compare."""
    import numpy as np

    from ..stats.firth_batch import firth_batch
    from ..stats.likelihood import maximum_likelihood

    a, b, c, d = counts
    if 0 in (a + b, c + d, a + c, b + d):
        return None
    outcome = np.repeat([1.0, 0.0, 1.0, 0.0], counts)
    marker = np.repeat([1.0, 1.0, 0.0, 0.0], counts)
    path = maximum_likelihood(outcome, marker, names=["marker"], steps=STEPS)
    firth = firth_batch(marker[None], outcome[None])
    return Fits(
        np.exp(path.coef[: STEPS + 1, 1]),
        float(path.se[-1, 1]),
        bool(path.diverged),
        exp(float(firth.slope[0])),
        exp(float(firth.low[0])),
        exp(float(firth.high[0])),
        float(firth.p[0]),
        bool(firth.verified[0]),
    )


def named_first(counts: Counts) -> str:
    """What the table alone says of separation, before any model."""
    found = summary_of(counts).separation
    return f"Before any model: {found.reason}"


def penalised_text(fits: Fits) -> str:
    return f"{ratio_text(fits.penalised)} ({ratio_text(fits.low)} to {ratio_text(fits.high)})"


def separation_view(settings: Settings) -> View:
    """Ordinary maximum likelihood step by step, beside the penalised and the exact answer."""
    import pandas as pd

    counts = counts_of(settings)
    a, b, c, d = counts
    shares = shares_of(counts)
    named, fits = named_first(counts), fits_of(counts)
    if fits is None:
        table = pd.DataFrame(
            [("marker", a, b), ("no marker", c, d)], columns=["group", "poor response", "good response"]
        )
        return View(f"{named} {shares}.", None, table, result=counts)
    odds = summary_of(counts).odds
    steps = fits.steps
    last = len(steps) - 1

    def draw(ax: Axes) -> None:
        ax.set_yscale("log")
        inside = [(k, x) for k, x in enumerate(steps) if LIMITS[0] < x < LIMITS[1]]
        xs, ys = zip(*inside, strict=True)
        ax.plot(xs, ys, "o-", color=COLOURS["vermilion"], markersize=6)
        if len(inside) < len(steps):
            ax.annotate(
                "and on", (xs[-1], ys[-1]), xytext=(8, 0), textcoords="offset points", va="center", fontsize=9.5,
                color=COLOURS["vermilion"], weight="bold",
            )  # fmt: skip
        pairs = (
            (STEPS + 2.5, fits.penalised, fits.low, fits.high, "s", "blue"),
            (STEPS + 5.0, odds.estimate, odds.interval.low, odds.interval.high, "D", "green"),
        )
        for x, estimate, low, high, mark, colour in pairs:
            draw_interval(ax, x, (low, high), BARS, COLOURS[colour], upright=True)
            if isfinite(estimate) and estimate > 0:
                ax.plot(x, estimate, mark, color=COLOURS["ink"], markersize=8)
        ax.axhline(1, color=COLOURS["ink"], linewidth=1.2, linestyle="--")
        ax.axvline(STEPS + 1, color=COLOURS["quiet"], linewidth=0.8)
        ax.set(xlim=(-0.6, STEPS + 6.2), ylim=LIMITS, ylabel="odds ratio (log scale)")
        ticks = [*range(0, STEPS + 1, 2), STEPS + 2.5, STEPS + 5.0]
        ax.set_xticks(ticks, [*map(str, range(0, STEPS + 1, 2)), "Firth", "exact"])
        ax.set_xlabel("ordinary regression, step by step" + " " * 34)
        marks = [1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6]
        ax.set_yticks(marks, ["1/million", "1/10,000", "1/100", "1", "100", "10,000", "1 million"])
        ax.minorticks_off()

    ordinary = (
        f"never settles: {ratio_text(float(steps[last]))} after {last} steps, standard error {fits.standard_error:,.0f} and growing"
        if fits.diverged
        else f"settles at {ratio_text(float(steps[-1]))} after {last} steps"
    )
    sentence = (
        f"{named} {shares} (n = {a + b + c + d}). Ordinary regression {ordinary}. "
        f"Firth {penalised_text(fits)}; exact {effect_text(odds)}."
    )
    checked = (
        "its two ends checked on the profile" if fits.verified else "its ends not verified for this table"
    )
    rows = [(f"ordinary, step {k}", ratio_text(float(x)), "", "") for k, x in enumerate(steps)]
    rows += [
        ("Firth (penalised)", ratio_text(fits.penalised), ratio_text(fits.low), ratio_text(fits.high)),
        (
            "exact conditional",
            ratio_text(odds.estimate),
            ratio_text(odds.interval.low),
            ratio_text(odds.interval.high),
        ),
    ]
    shown = picture(
        draw,
        alt=f"Dots: the odds ratio at each step of ordinary regression. {shares}. It {ordinary}. To the right, Firth {penalised_text(fits)} "
        f"and exact {effect_text(odds)}.",
        caption=f"Hypothetical counts, n = {a + b + c + d}. Dots: Newton's steps of maximum likelihood. Bars: 95% intervals, Firth by profile of "
        f"the penalised likelihood ({checked}), exact conditional on both totals. An arrow means no end.",
        origin="assumed",
        table=pd.DataFrame(rows, columns=["fit", "odds ratio", "lower", "upper"]),
        size=(7.2, 3.5),
    )
    return View(sentence, shown, result=counts)


def compare_fit(response: Any, view: View) -> str:
    """What the learner expected of a separated table beside what the calculation does with it."""
    said = {o.key: o.text for o in bank.item("07cp").options}[response]
    fits = fits_of(CLEAN)
    assert fits is not None
    text = (
        f"You expected: “{said}” With 3 of 3 against 0 of 6 the ordinary odds ratio is {ratio_text(float(fits.steps[6]))} after 6 steps "
        f"and {ratio_text(float(fits.steps[12]))} after 12."
    )
    kind = summary_of(view.result).separation.kind
    return text + (
        " Your table below is not separated yet: empty a cell."
        if kind == "none"
        else f" Your table below: {kind}."
    )


SEPARATION = Exploration(
    id="07c",
    title="Make separation happen",
    task="Keep your expectation first. Then move children until one cell is empty, and then two.",
    controls=COUNTERS,
    prediction="07cp",
    compare=compare_fit,
    run=separation_view,
    run_label="Fit the table",
)
