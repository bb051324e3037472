"""What is done to the cell: one dose of interferon, interferon held for weeks, or a first dose and then a challenge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from typing import Any

import numpy as np

from .kinetics import InterferonSupply
from .network import UNITS_PER_PM
from .quantities import number, numbers

__all__ = [
    "Dose",
    "Protocol",
    "bolus",
    "constant",
    "output_times",
    "prestimulation",
    "require_protocol",
    "source_loop",
]

LONGEST_H = 366 * 24
LOOP_SENTENCE = "The interferon-source loop is ours and illustrative: its constants were chosen to teach, none was measured."


@dataclass(frozen=True)
class Dose:
    """Interferon-alpha given at `hour`: `level_pM` picomolar on top of what is left (or instead of it, if washed)."""

    hour: float
    level_pM: Any  # noqa: N815 - the unit is written as the field writes it
    washed: bool = False


@dataclass(frozen=True)
class Protocol:
    """A stimulus in full. Build it with `bolus`, `constant`, `prestimulation` or `source_loop`.

    held: interferon does not change between doses. settled_h: hours under the first dose, without drug, before the
    clock starts. Levels may be (N,) arrays, one per virtual patient.
    """

    name: str
    doses: tuple[Dose, ...]
    hours: float
    held: bool = False
    settled_h: float = 0.0
    loop: InterferonSupply | None = None

    @property
    def supply(self) -> InterferonSupply:
        """What changes interferon between doses."""
        return self.loop or InterferonSupply(consumed=0.0 if self.held else 1.0)

    def segments(self) -> list[tuple[float, float, Dose]]:
        """(start, end, dose given at the start), in hours."""
        ends = [dose.hour for dose in self.doses[1:]] + [self.hours]
        return [(dose.hour, end, dose) for dose, end in zip(self.doses, ends, strict=True) if end > dose.hour]

    def sentence(self) -> str:
        """The protocol in words."""
        return f"{self.name}, followed for {self.hours:g} h"

    def warnings(self) -> tuple[str, ...]:
        """One sentence for everything outside the range in which the model was checked."""
        said = [LOOP_SENTENCE] if self.loop else []
        high = 28.0 if self.held else 1400.0
        levels = np.concatenate([np.atleast_1d(np.asarray(dose.level_pM, float)) for dose in self.doses])
        given = levels[levels > 0]
        # Ten parts per million of slack: 1400 pM given as a sum of parts is still 1400 pM.
        if np.any((given < 0.0028 * (1 - 1e-5)) | (given > high * (1 + 1e-5))):
            said.append(
                f"Interferon here is outside 0.0028 to {high:g} pM, the range in which this model was checked; "
                f"read the curves as an extrapolation."
            )
        longest = 28 * 24 if self.held or self.loop else 7 * 24
        if self.hours > longest:
            said.append(
                f"The model was checked up to {longest} h under this kind of stimulus; this run follows the cell "
                f"for {self.hours:g} h. Cell growth and death are not in it."
            )
        return tuple(said)


def _hours(value: Any, what: str = "The time to follow the cell") -> float:
    hours = number(value, what, "hours", above=True)
    if hours > LONGEST_H:
        raise ValueError(
            f"{what} can be at most {LONGEST_H} hours (one year); got {hours:g}. "
            f"Experiments in the source model last 32 hours."
        )
    return hours


def _level(value: Any) -> Any:
    array = numbers(value, "An interferon level", "pM (0 to 1400 is usual)")
    if array.ndim > 1:
        raise ValueError(
            "Interferon levels are one number, or one per virtual patient; please give a flat list."
        )
    return float(array) if array.ndim == 0 else array


def _spoken(level: Any) -> str:
    if np.ndim(level) == 0:
        return f"{level:g} pM"
    return f"{np.min(level):g} to {np.max(level):g} pM ({np.size(level)} virtual patients)"


def bolus(level_pM: Any = 28.0, hours: float = 32.0) -> Protocol:
    """Interferon-alpha added once at time 0; receptors use it up, nothing else removes it.

    >>> bolus(28).sentence()
    'interferon-alpha, 28 pM once, followed for 32 h'
    """
    level = _level(level_pM)
    name = "no interferon" if np.all(np.asarray(level) == 0) else f"interferon-alpha, {_spoken(level)} once"
    return Protocol(name, (Dose(0.0, level),), _hours(hours))


def constant(level_pM: Any = 0.084, hours: float = 28 * 24.0, settled_h: float = 0.0) -> Protocol:
    """Interferon-alpha held at one level, as in chronic disease. `settled_h`: hours of it, undrugged, before time 0.

    >>> constant(0.084, hours=168, settled_h=672).held
    True
    """
    level = _level(level_pM)
    before = f" after {settled_h:g} h of the same" if settled_h else ""
    if settled_h != 0:
        _hours(settled_h, "The time to settle before the clock starts")
    return Protocol(
        f"interferon-alpha held at {_spoken(level)}{before}",
        (Dose(0.0, level),),
        _hours(hours),
        held=True,
        settled_h=float(settled_h),
    )


def prestimulation(
    first_pM: Any = 2.8,
    challenge_pM: Any = 1400.0,
    challenge_h: float = 24.0,
    hours: float = 48.0,
    washed: bool = False,
) -> Protocol:
    """A first dose at time 0, then a challenge dose: does the first make the cell more or less ready?

    The challenge comes on top of what is left of the first dose; `washed=True` removes the rest first.

    >>> [dose.level_pM for dose in prestimulation(2.8, 1400).doses]
    [2.8, 1400.0]
    """
    first, second = _level(first_pM), _level(challenge_pM)
    hours, challenge_h = _hours(hours), _hours(challenge_h, "The time of the challenge")
    if challenge_h >= hours:
        raise ValueError(
            f"The challenge at {challenge_h:g} h must come before the end at {hours:g} h. Follow the cell for longer."
        )
    name = f"interferon-alpha, {_spoken(first)}, then {_spoken(second)} at {challenge_h:g} h"
    return Protocol(name, (Dose(0.0, first), Dose(challenge_h, second, washed)), hours)


def source_loop(
    trigger: Any = 0.05,
    amplification: Any = 10.0,
    half: Any = 0.05,
    steepness: Any = 1.0,
    half_life_h: Any = 2.0,
    hours: float = 28 * 24.0,
    settled_h: float = 0.0,
) -> Protocol:
    """Cells that make interferon, and make more of it the more they sense (ours, illustrative; never published).

    dIFN/dt = trigger + amplification·O^n/(half^n + O^n) − ln2/half_life·IFN, in model units per hour (35.7 units are
    1 pM), O the promoter occupancy. The defaults give a graded loop; (0.1, 10, 0.03, 2) a switch.
    """
    for name, value in (
        ("trigger", trigger),
        ("amplification", amplification),
        ("half", half),
        ("steepness", steepness),
        ("half_life_h", half_life_h),
    ):
        given = numbers(value, f"In the interferon-source loop, {name}")
        if name not in ("trigger", "amplification") and np.any(given == 0):
            raise ValueError(f"In the interferon-source loop, {name} must be above 0.")
    supply = InterferonSupply(
        0.0, trigger, amplification, half, steepness, log(2) / np.asarray(half_life_h, float)
    )
    supply = supply._replace(clearance=_level(supply.clearance))
    start = _level(np.asarray(trigger, float) / np.asarray(supply.clearance) / UNITS_PER_PM)
    base = constant(start, hours, settled_h)
    return replace(
        base, name="interferon made by the cells themselves (illustrative loop)", held=False, loop=supply
    )


def output_times(times_h: Any, hours: float) -> np.ndarray:
    """The hours to report, sorted and checked; 201 even steps when none are named."""
    if times_h is None:
        return np.linspace(0.0, hours, 201)
    times = np.unique(numbers(times_h, "Output times", "hours").ravel())
    if times.size == 0 or times[-1] > hours * (1 + 1e-12):
        raise ValueError(
            f"Output times are hours between 0 and the end of the run at {hours:g} h. "
            f"Follow the cell for longer, or ask for earlier times."
        )
    return np.minimum(times, hours)


def require_protocol(protocol: Any, tolerance: float) -> None:
    """Raises ValueError, in a sentence, when a run was given no protocol or a tolerance that cannot be met."""
    if not isinstance(protocol, Protocol):
        raise ValueError(
            f"A run starts from a protocol: bolus(…), constant(…), prestimulation(…) or source_loop(…), "
            f"not from {protocol!r}."
        )
    if not 1e-9 <= number(tolerance, "The relative tolerance") <= 0.1:
        raise ValueError(
            f"The relative tolerance of a run lies between 1e-9 and 0.1; {tolerance!r} does not."
        )
