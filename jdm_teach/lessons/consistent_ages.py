"""Lesson 04: every group of ages behind a printed mean and SD, as distributions and never as children."""

from __future__ import annotations

from collections.abc import Generator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exercises.exploration import Exploration, Settings, View, choice
from ..figures import COLOURS, Picture, picture
from .count_intervals import predicted
from .long_count import Watcher, watched

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    from ..stats.cohorts import Cohorts

__all__ = ["ENSEMBLE", "Ages", "ages_behind"]

BELOW = 18
DRAWS = 4000
SEED = 4
SUMMARIES = {"E10": "age at onset", "E11": "age at start of the JAK inhibitor"}
GRAINS = {"1": "whole years", "1/2": "half years", "0.1": "tenths of a year (takes a second)"}
STEPS = {"1": "whole years", "1/2": "half years", "0.1": "tenths of a year"}
LOWEST = {"0": "from birth", "1": "from 1 year", "2": "from 2 years"}
DIVISORS = {"1": "n − 1 (usual)", "0": "n"}
FEATURES = {
    "median": "the median age",
    "largest value": "the oldest child",
    "smallest value": "the youngest child",
    "range": "oldest minus youngest",
}
MEASURES = {
    "labelled": "each assignment to children",
    "multisets": "each unordered set",
}


class Ages(NamedTuple):
    """What one printed summary leaves open: two exact counts, and one number per simulated cohort and feature."""

    sets: int
    labelled: int
    features: dict[str, dict[str, np.ndarray]]


def printed_in(fact_id: str) -> tuple[str, str, int]:
    """Mean, the number after ±, and n, as the letter prints them."""
    from ..evidence import value

    found = value(fact_id)
    return f"{found.number:.1f}", f"{found.spread:.1f}", int(found.n or 0)


def cohorts_of(fact_id: str, grain: str, lowest: str, ddof: int, watcher: Watcher | None) -> Cohorts:
    from ..stats.cohorts import consistent_cohorts

    mean, sd, n = printed_in(fact_id)
    return consistent_cohorts(
        n, mean, sd, low=lowest, below=BELOW, grain=grain, ddof=ddof, progress=watcher
    )  # fmt: skip


@lru_cache(maxsize=64)
def ages_behind(
    fact_id: str, grain: str = "1", lowest: str = "0", ddof: int = 1, watcher: Watcher | None = None
) -> Ages:
    """Counts and simulated distributions behind one printed age. A second at 0.1 year, else milliseconds."""
    from ..stats.cohort_ensemble import one_variable

    watcher = watcher or Watcher()
    cohorts = cohorts_of(fact_id, grain, lowest, ddof, watcher)
    watcher.part(0.0, 0.3)
    labelled = cohorts.labelled
    watcher.part(0.3, 0.8)
    sets = cohorts.multisets
    features = {}
    for share, measure in ((0.9, "labelled"), (1.0, "multisets")):
        features[measure] = one_variable(cohorts.draw(DRAWS, seed=SEED, uniform=measure).values)
        watcher.part(share, share)(1.0)
    return Ages(sets, labelled, features)


def limits_of(values: np.ndarray) -> tuple[float, float, float]:
    import numpy as np

    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    return float(low), float(middle), float(high)


def cohort_histogram(
    values: np.ndarray,
    width: float,
    xlabel: str,
    caption: str,
    table: dict[str, np.ndarray],
    mean: float | None,
) -> Picture:
    """A histogram of one feature over the simulated cohorts, with the limits that hold 95% of them."""
    import numpy as np
    import pandas as pd

    low, middle, high = limits_of(values)
    # Bars stand centred on the values that can occur, so that no value falls on an edge.
    first, last = np.floor(values.min() / width + 0.5), np.floor(values.max() / width + 0.5)
    centres = np.arange(first, last + 1) * width
    counts = np.histogram(values, np.append(centres - width / 2, centres[-1] + width / 2))[0]
    heights = 100 * counts / len(values)

    def draw(ax: Axes) -> None:
        ax.bar(
            centres,
            heights,
            width=0.92 * width,
            color=COLOURS["sky"],
            edgecolor=COLOURS["ink"],
            linewidth=0.7,
        )
        top = 1.32 * float(heights.max())
        level = 1.12 * float(heights.max())
        ax.plot([low, high], [level, level], color=COLOURS["vermilion"], linewidth=4, solid_capstyle="butt")
        ax.plot(middle, level, "o", color=COLOURS["ink"], markersize=7)
        ax.text(
            (low + high) / 2, level + 0.04 * top, f"middle {middle:.1f}, 95% of cohorts {low:.1f} to {high:.1f}",
            ha="center", va="bottom", fontsize=9.5,
        )  # fmt: skip
        if mean is not None:
            ax.axvline(mean, ymax=0.78, color=COLOURS["ink"], linewidth=1.2, linestyle="--")
        left, right = float(centres[0] - width), float(centres[-1] + width)
        ax.locator_params(axis="y", nbins=4)
        room = max(0.0, 6 - (right - left)) / 2
        ax.set(
            xlim=(left - room, right + room),
            ylim=(0, top),
            xlabel=xlabel,
            ylabel="share of simulated cohorts (%)",
        )

    rows = [(name, *(round(x, 1) for x in limits_of(found))) for name, found in table.items()]
    frame = pd.DataFrame(rows, columns=["feature of the cohort", "2.5%", "middle", "97.5%"])
    dashes = "" if mean is None else f" Broken line: the printed mean, {mean:g} years."
    return picture(
        draw,
        alt=f"SIMULATED histogram of {xlabel}: middle {middle:.1f}, 95% of cohorts between {low:.1f} and {high:.1f}; "
        f"highest bar {heights.max():.0f}% at {centres[heights.argmax()]:g}.{dashes}",
        caption=caption + dashes,
        origin="simulated",
        table=frame.assign(unit="years", cohorts=len(values), data_origin="simulated", seed=SEED),
        size=(7.2, 3.4),
    )


def ensemble_view(settings: Settings) -> Generator[float, None, View]:
    """How many groups of ages print so, and one feature of them as a distribution."""
    from ..stats.wording import NO_ASSOCIATION, UNIFORM

    fact, grain, lowest = settings["summary"], settings["grain"], settings["lowest"]
    measure, feature = settings["uniform"], settings["feature"]
    found = yield from watched(lambda w: ages_behind(fact, grain, lowest, int(settings["divisor"]), w))
    mean, sd, n = printed_in(fact)
    values = found.features[measure][feature]
    low, middle, high = limits_of(values)
    divisor = "n − 1" if settings["divisor"] == "1" else "n"
    count = found.labelled if measure == "labelled" else found.sets
    sentence = (
        f"{found.sets:,} different sets of {n} ages print as {mean} ± {sd}, or {found.labelled:,} ways to give the ages to {n} "
        f"children. Over {DRAWS:,} cohorts drawn from the {count:,}, {FEATURES[feature]} is {middle:.1f} years in the middle and "
        f"{low:.1f} to {high:.1f} in 95% of them. Uniform here means: {UNIFORM[measure]}. SIMULATED, seed {SEED}. {NO_ASSOCIATION}"
    )
    shown = cohort_histogram(
        values,
        {"1": 1.0, "1/2": 0.5, "0.1": 0.5}[grain],
        f"{FEATURES[feature]}, {SUMMARIES[fact]} (years)",
        f"{DRAWS:,} simulated cohorts of n = {n}, seed {SEED}, all consistent with {mean} ± {sd} [{fact}] read as mean and SD (divisor "
        f"{divisor}); ages {LOWEST[lowest]} to under {BELOW} in {STEPS[grain]}. {UNIFORM[measure].capitalize()}. The share of cohorts is "
        f"not a probability about the children. {NO_ASSOCIATION}",
        {FEATURES[name]: one for name, one in found.features[measure].items() if name in FEATURES},
        float(mean) if feature == "median" else None,
    )
    return View(sentence, shown, result=(fact, grain, lowest, settings["divisor"], found.sets))


def compare_count(response: Any, view: View) -> str:
    """The learner's number of sets beside the exact one, first as asked, then for the setting shown."""
    said = predicted("04ep", response)
    asked = ages_behind("E10").sets
    text = f"You expected {said:,.0f}; in whole years exactly {asked:,} sets of nine ages print as 5.1 ± 3.6."
    *setting, sets = view.result
    if setting == ["E10", "1", "0", "1"]:
        return text
    return f"{text} Under the settings below it is {sets:,}."


ENSEMBLE = Exploration(
    id="04e",
    title="How many groups of nine fit?",
    task="Keep a number first. Then change one assumption at a time and see what moves: the count, or the answer.",
    controls=(
        choice("summary", "Printed numbers", SUMMARIES),
        choice("grain", "Ages were noted in", GRAINS),
        choice("lowest", "Ages possible", LOWEST),
        choice("divisor", "SD divided by", DIVISORS),
        choice("feature", "Look at", FEATURES),
        choice("uniform", "Equally likely is", MEASURES),
    ),
    prediction="04ep",
    compare=compare_count,
    run=ensemble_view,
    run_label="Count and draw",
)
