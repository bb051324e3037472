"""A printed mean ± SD with everything one must assume to read it exactly: n, rule, grain, bounds, divisor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from .cohort_layers import Frame
from .existence import sum_targets, summary_exists
from .rounding import ROUNDING_RULES, Printed, as_fraction, as_grain, grain_text, printed, rounding_rule

__all__ = ["PrintedSummary", "printed_summary"]


@dataclass(frozen=True)
class PrintedSummary:
    """n values, in grains from `low` to `high` inclusive, whose mean and SD print as given."""

    n: int
    mean: Printed
    sd: Printed
    grain: Fraction
    low: int
    high: int
    rounding: str = "half_up"
    ddof: int = 1
    unit: str = "years"

    def text(self) -> str:
        """The summary and its assumptions in one phrase."""
        low, high = (grain_text(k * self.grain) for k in (self.low, self.high))
        divisor = "n − 1" if self.ddof else "n"
        return (
            f"n = {self.n}, mean {self.mean.text}, SD {self.sd.text} (divisor {divisor}; rounding: "
            f"{ROUNDING_RULES[self.rounding]}), values {low} to {high} {self.unit} in steps of {grain_text(self.grain)}"
        )

    def frame(self) -> Frame:
        """The counting problem, shifted so that the mean lies near zero."""
        targets = sum_targets(
            self.n,
            self.mean.span(self.rounding),
            self.sd.span(self.rounding).squared(),
            self.grain,
            self.ddof,
            self.low,
            self.high,
        )
        c = self.centre
        shifted = tuple(
            (S - self.n * c, a - 2 * c * S + self.n * c * c, b - 2 * c * S + self.n * c * c)
            for S, a, b in targets
        )
        return Frame(self.n, shifted, self.low - c, self.high - c)

    @property
    def centre(self) -> int:
        """The grain nearest to the printed mean, inside the bounds."""
        return min(max(round(self.mean.value / self.grain), self.low), self.high)

    def possible(self) -> bool:
        """Whether any sample at all prints so."""
        return summary_exists(
            self.n,
            self.mean,
            self.sd.span(self.rounding).squared(),
            self.grain,
            self.rounding,
            self.ddof,
            self.low,
            self.high,
        )

    def nearest(self, steps: int = 400) -> PrintedSummary | None:
        """The possible summary with the fewest last-digit steps away, first in the SD, then in the mean.

        Tries SDs on both sides with the same mean; only when none exists, the neighbouring means.
        """
        for mean_step in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5):
            mean = self.mean.moved(mean_step) if mean_step else self.mean
            for k in range(steps + 1):
                for sd_step in {k, -k}:
                    sd = self.sd.moved(sd_step) if sd_step else self.sd
                    trial = replace(self, mean=mean, sd=sd)
                    if sd.value >= 0 and trial.possible():
                        return trial
        return None

    def obstacle(self) -> str:
        """Why no sample prints so, and the nearest summary that can occur."""
        sums = [
            S
            for S in self.mean.span(self.rounding).integers(Fraction(self.n) / self.grain)
            if self.n * self.low <= S <= self.n * self.high
        ]
        if not sums:
            reason = f"no total of {self.n} values in steps of {grain_text(self.grain)} has a mean that prints as {self.mean.text}"
        else:
            reason = f"no {self.n} values within the bounds have a mean of {self.mean.text} and an SD of {self.sd.text} together"
        near = self.nearest()
        if near is None:
            return f"{reason[0].upper()}{reason[1:]}. Check the numbers, widen the bounds or choose a finer grain."
        return (
            f"{reason[0].upper()}{reason[1:]}. The nearest summary that can occur is "
            f"mean {near.mean.text}, SD {near.sd.text}; a finer grain or another rounding rule may help too."
        )


def printed_summary(
    n: int,
    mean: object,
    sd: object,
    *,
    low: object = 0,
    high: object = None,
    below: object = None,
    grain: object = 1,
    rounding: str = "half_up",
    ddof: int = 1,
    unit: str = "years",
) -> PrintedSummary:
    """Read and check a printed summary. Bounds are in units: `low`..`high` inclusive, or everything `below`.

    Raises ValueError, with what would work, for fewer than one (or, with n − 1, two) values, a negative SD,
    bounds out of order or bounds that exclude the mean.
    """
    if isinstance(n, bool) or int(n) != n or n < 1:
        raise ValueError(f"n must be a whole number of at least 1, not {n!r}.")
    n = int(n)
    if ddof not in (0, 1):
        raise ValueError(f"ddof says what the SD was divided by: 1 for n − 1, 0 for n; {ddof!r} is neither.")
    if n <= ddof:
        raise ValueError(
            "One value has no SD with divisor n − 1. Use ddof=0, or a summary of at least two values."
        )
    rule, step = rounding_rule(rounding), as_grain(grain)
    m, s = printed(mean, "mean"), printed(sd, "SD")
    if s.value < 0:
        raise ValueError(f"An SD cannot be negative, and {s.text} is. Check the sign.")
    if (high is None) == (below is None):
        raise ValueError("Give the upper bound once: either `high` (included) or `below` (not included).")
    first = ceil(as_fraction(low, "lower bound") / step)
    if high is not None:
        last = floor(as_fraction(high, "upper bound") / step)
    else:
        last = ceil(as_fraction(below, "upper bound") / step) - 1
    if first > last:
        raise ValueError(
            f"No value lies between the bounds {low} and {high if below is None else below}. Swap or widen them."
        )
    if m.span(rule).high < first * step or m.span(rule).low > last * step:
        fix = (
            f"a lower bound of {m.text} or less"
            if m.value < first * step
            else f"an upper bound of {m.text} or more"
        )
        raise ValueError(
            f"The bounds {grain_text(first * step)} to {grain_text(last * step)} exclude the mean {m.text}. "
            f"The nearest bounds that work have {fix}."
        )
    return PrintedSummary(n, m, s, step, first, last, rule, ddof, unit)
