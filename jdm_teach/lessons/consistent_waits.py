"""Lesson 04: the wait between two printed ages. Its average is certain; its spread is not printed."""

from __future__ import annotations

from collections.abc import Generator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exercises.exploration import Exploration, Settings, View, choice
from .consistent_ages import (
    BELOW,
    DRAWS,
    GRAINS,
    LOWEST,
    SEED,
    STEPS,
    SUMMARIES,
    cohort_histogram,
    cohorts_of,
    limits_of,
    printed_in,
)
from .count_intervals import predicted
from .long_count import Watcher, watched

if TYPE_CHECKING:
    import numpy as np

__all__ = ["WAIT", "Waits", "waits_behind"]

WAIT_FEATURES = {"SD of the gap": "the SD of the wait", "longest gap": "the longest wait"}


class Waits(NamedTuple):
    """What two summaries and their order leave open: one number per simulated pair of cohorts and feature."""

    features: dict[str, np.ndarray]
    tried: int


@lru_cache(maxsize=16)
def waits_behind(grain: str = "1", lowest: str = "0", watcher: Watcher | None = None) -> Waits:
    """Simulated waits behind both printed ages, no child starting before onset. About a second."""
    import numpy as np

    from ..stats.cohort_pairs import paired_cohorts

    watcher = watcher or Watcher()
    first, second = (cohorts_of(fact, grain, lowest, 1, watcher) for fact in SUMMARIES)
    watcher.part(0.0, 0.3)
    # Both counts are made here, so that the bar moves; the draw below finds them ready.
    _ = first.labelled
    watcher.part(0.3, 0.6)
    _ = second.labelled
    drawn = paired_cohorts(first, second).draw(DRAWS, seed=SEED)
    gaps = drawn.second - drawn.first
    features = {"SD of the gap": gaps.std(axis=1, ddof=1), "longest gap": gaps.max(axis=1)}
    return Waits({name: np.round(values, 9) for name, values in features.items()}, drawn.pairs_tried)


def wait_view(settings: Settings) -> Generator[float, None, View]:
    """How much the wait varies from child to child, if nobody starts before onset."""
    from ..stats.wording import NO_ASSOCIATION, UNIFORM

    grain, feature = settings["grain"], settings["feature"]
    found = yield from watched(lambda w: waits_behind(grain, settings["lowest"], w))
    first, second = (printed_in(fact) for fact in SUMMARIES)
    values = found.features[feature]
    low, middle, high = limits_of(values)
    sentence = (
        f"If nobody starts before onset, {WAIT_FEATURES[feature]} is {middle:.1f} years in the middle and {low:.1f} to {high:.1f} in 95% of "
        f"{DRAWS:,} pairs of cohorts. The average wait is always {float(second[0]) - float(first[0]):.1f} years, up to rounding. Uniform means: "
        f"{UNIFORM['labelled']}. SIMULATED, seed {SEED}. {NO_ASSOCIATION}"
    )
    shown = cohort_histogram(
        values,
        0.25 if feature == "SD of the gap" else 1.0 if grain == "1" else 0.5,
        f"{WAIT_FEATURES[feature]} from onset to start (years)",
        f"{DRAWS:,} simulated pairs of cohorts of n = {first[2]}, seed {SEED}: onset {first[0]} ± {first[1]} [E10], start {second[0]} ± "
        f"{second[1]} [E11], read as mean and SD (divisor n − 1); ages {LOWEST[settings['lowest']]} to under {BELOW} in {STEPS[grain]}; onset never "
        f"after start. {UNIFORM['labelled'].capitalize()}. {NO_ASSOCIATION}",
        {WAIT_FEATURES[name]: one for name, one in found.features.items()},
        None,
    )
    return View(sentence, shown, result=None)


def compare_wait(response: Any, view: View) -> str:
    """The learner's range beside what the order alone leaves at whole years."""
    from ..stats.wording import NO_ASSOCIATION

    said = predicted("04wp", response)
    low, _, high = limits_of(waits_behind().features["SD of the gap"])
    return (
        f"You expected {said[0]:.3g} to {said[1]:.3g} years; the order alone leaves {low:.1f} to {high:.1f} in 95% of simulated pairs at "
        f"whole years. {NO_ASSOCIATION}"
    )


WAIT = Exploration(
    id="04w",
    title="How much did the wait differ from child to child?",
    task="Keep two numbers first. The only thing added to the printed numbers is that no child starts before onset.",
    controls=(
        choice("feature", "Look at", WAIT_FEATURES),
        choice("grain", "Ages were noted in", GRAINS),
        choice("lowest", "Ages possible", LOWEST),
    ),
    prediction="04wp",
    compare=compare_wait,
    run=wait_view,
    run_label="Draw pairs",
)
