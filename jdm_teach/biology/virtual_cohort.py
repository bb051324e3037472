"""Many virtual patients at once: the same protocol, a different cell, interferon level or drug exposure in each.

    >>> from jdm_teach.biology.protocols import bolus
    >>> people = virtual_patients(200, seed=1)
    >>> cohort = run_cohort(bolus(28), knobs=people, times_h=[0, 6, 24])
    >>> cohort.value("FC_IRF9mRNA").shape
    (3, 200)

A virtual patient is a set of assumed knob values, never a person. For teaching; not for dosing decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .cohort_response import CohortResponse
from .jacobian import PATTERN, jacobian_law
from .kinetics import InterferonSupply, rate_law
from .network import STATES, UNITS_PER_PM, Knobs, basal_state, with_knobs
from .protocols import Protocol, output_times, require_protocol
from .quantities import numbers
from .readouts import observe, readout_ids
from .rosenbrock import Batch, integrate

__all__ = ["COHORT_READOUTS", "CohortResponse", "run_cohort", "virtual_patients"]

COHORT_READOUTS = (
    *("pSTAT1_total", "pSTAT2_total", "ISGF3n", "OccGAS_ISREbs"),
    *("IRF9mRNA", "USP18mRNA", "STAT1mRNA", "FC_IRF9mRNA", "FC_USP18mRNA", "FC_STAT1mRNA"),
)
IFN = STATES.index("IFN")
_RELATIVE = ("SOCS1", "IRF2", "OccGAS_ISREbs", "SOCS1_LC_1")
BLOCK = 1000
# Between corners a drug course is smooth and two hours resolve it; when the course cannot name its corners, shorter
# steps keep a dose from slipping through.
SMOOTH_STEP_H, BLIND_STEP_H = 2.0, 0.5
# Without a drug the cell may drift so slowly that a step spans days; reading a curve between its ends would not do.
FREE_STEP_H = 12.0


def virtual_patients(n: int, seed: int, spread: float = 0.3) -> Knobs:
    """Knobs of n virtual patients: USP18, STAT1 and STAT2 resting amounts vary log-normally around the published cell.

    spread: standard deviation on the log scale (assumed; Kok 2020 reports high heterogeneity between donors, without
    a number read here). Values are kept within 0.3 to 3, the checked range. The same seed gives the same patients.
    """
    if n < 1 or spread < 0:
        raise ValueError("A virtual cohort needs at least one patient and a spread of 0 or more.")
    draws = np.clip(np.exp(np.random.default_rng(seed).normal(0.0, spread, size=(3, int(n)))), 0.3, 3.0)
    return Knobs(stat1_basal=draws[0], stat2_basal=draws[1], usp18_basal=draws[2])


def run_cohort(
    protocol: Protocol,
    inhibition: Any = 0.0,
    knobs: Knobs | None = None,
    times_h: Any = None,
    readouts: Iterable[str] | None = None,
    n: int | None = None,
    seed: int | None = None,
    tolerance: float = 5e-3,
) -> CohortResponse:
    """How a virtual cohort answers a protocol: all patients in one integration.

    inhibition: fraction of kinase activity removed: a number, (N,) numbers, or a function of one time in hours that
        gives a number or (N,) numbers. knobs and interferon levels: numbers or (N,). n: cohort size, when nothing
        else says it. times_h: output hours (default 65 even steps). readouts: default `COHORT_READOUTS`.
    seed: of the draw behind the knobs, carried into the tables. tolerance: relative, for the worst patient.

    Within 1 % of the full model on occupancy and mRNA at the default tolerance. Costs well below 1 ms per patient for
    32 h in cohorts of a thousand. Raises ValueError, in a sentence, when lengths disagree or a number makes no sense.
    """
    require_protocol(protocol, tolerance)
    knobs = knobs or Knobs()
    ids = readout_ids(readouts, COHORT_READOUTS)
    times = np.linspace(0.0, protocol.hours, 65) if times_h is None else output_times(times_h, protocol.hours)
    people = _cohort_size(protocol, inhibition, knobs, n)
    values = np.empty((len(ids), len(times), people))
    steps = 0
    corners = _corners(inhibition, protocol.hours)
    longest = FREE_STEP_H if not callable(inhibition) else SMOOTH_STEP_H if len(corners) else BLIND_STEP_H
    blocks = np.array_split(np.arange(people), -(-people // BLOCK))
    for block in blocks:
        steps += _run_block(
            _sliced(protocol, block, people),
            _activity(inhibition, block, people),
            Knobs(**{name: _part(value, block, people) for name, value in vars(knobs).items()}),
            times,
            ids,
            values[:, :, block[0] : block[-1] + 1],
            tolerance,
            corners,
            longest,
        )
    warnings = (*protocol.warnings(), *knobs.warnings(), *getattr(inhibition, "warnings", ()))
    assumptions = tuple(getattr(inhibition, "assumptions", ()))
    return CohortResponse(protocol, times, ids, values, warnings, assumptions, seed, steps)


def _run_block(
    protocol: Protocol,
    activity: Callable[[float], Any],
    knobs: Knobs,
    times: np.ndarray,
    ids: tuple[str, ...],
    out: np.ndarray,
    tolerance: float,
    corners: Sequence[float],
    longest: float,
) -> int:
    people = out.shape[2]
    k = with_knobs(knobs)
    y = np.array(np.broadcast_arrays(*basal_state(k), np.zeros(people))[:-1])
    y[IFN] = protocol.doses[0].level_pM * UNITS_PER_PM
    rate = rate_law(k, protocol.supply)
    still, moving = jacobian_law(k, protocol.supply)
    still_rows = np.array(np.broadcast_arrays(*still, np.zeros(1))[:-1])
    floor = np.array([[1e-5 if s in _RELATIVE or "mRNA" in s else 1e-1] for s in STATES])

    def batch(active: Callable[[float], Any]) -> Batch:
        return Batch(
            rates=lambda t, rows: rate(list(rows), active(t)),
            places=lambda t, rows: moving(list(rows), active(t)),
            pattern=PATTERN,
            still=still_rows,
            floor=floor * tolerance,
        )

    if protocol.settled_h:
        y, _ = integrate(
            batch(lambda t: 1.0),
            y,
            0.0,
            protocol.settled_h,
            np.empty(0),
            lambda i, s: None,
            tolerance,
            np.inf,
        )
    steps = 0
    for number, (start, end, dose) in enumerate(protocol.segments()):
        if number:
            y = y.copy()
            y[IFN] = dose.level_pM * UNITS_PER_PM + (0.0 if dose.washed else y[IFN])
        last = end >= protocol.hours
        first = int(np.searchsorted(times, start))
        stop = int(np.searchsorted(times, end, side="right" if last else "left"))

        def keep(i: int, states: np.ndarray, first: int = first, start: float = start) -> None:
            since = times[first + i] - start + protocol.settled_h
            out[:, first + i] = observe(np.maximum(states, 0.0), ids, k, since)

        y, count = integrate(
            batch(activity), y, start, end, times[first:stop], keep, tolerance, longest, corners
        )
        steps += count
    return steps


def _corners(inhibition: Any, hours: float) -> Sequence[float]:
    """Hours at which a drug course turns sharply, when it can say so and they are few enough to be met one by one."""
    named = list(inhibition.breaks(hours)) if hasattr(inhibition, "breaks") else []
    return named if len(named) <= hours / 3 + 4 else []


def _cohort_size(protocol: Protocol, inhibition: Any, knobs: Knobs, n: int | None) -> int:
    sizes = {np.size(value) for value in vars(knobs).values() if np.ndim(value)}
    sizes |= {np.size(dose.level_pM) for dose in protocol.doses if np.ndim(dose.level_pM)}
    sizes |= {np.size(value) for value in protocol.supply if np.ndim(value)}
    example = numbers(inhibition(0.0) if callable(inhibition) else inhibition, "Inhibition", least=-1e-12)
    if example.ndim:
        sizes.add(example.size)
    if n is not None:
        sizes.add(int(n))
    if len(sizes) > 1:
        raise ValueError(
            f"A cohort has one length, but lists of {sorted(sizes)} values were given. "
            f"Give every list one value per virtual patient."
        )
    if not sizes or min(sizes) < 1:
        raise ValueError("How many virtual patients? Give knobs, levels or inhibition as lists, or n=….")
    _checked(example)
    return sizes.pop()


def _checked(fractions: np.ndarray) -> np.ndarray:
    if not np.all((fractions >= -1e-12) & (fractions <= 1 + 1e-12)):
        raise ValueError(
            "Inhibition is the fraction of kinase activity removed: 0 (no drug) to 1 (all of it) in every patient "
            "and at every hour."
        )
    return fractions


def _part(value: Any, block: np.ndarray, people: int) -> Any:
    array = np.asarray(value, dtype=float)
    return array[block[0] : block[-1] + 1] if array.ndim and array.size == people else value


def _sliced(protocol: Protocol, block: np.ndarray, people: int) -> Protocol:
    doses = tuple(replace(dose, level_pM=_part(dose.level_pM, block, people)) for dose in protocol.doses)
    loop = protocol.loop and InterferonSupply(*(_part(value, block, people) for value in protocol.loop))
    return replace(protocol, doses=doses, loop=loop)


def _activity(inhibition: Any, block: np.ndarray, people: int) -> Callable[[float], Any]:
    if not callable(inhibition):
        fixed = 1.0 - _part(np.asarray(inhibition, dtype=float), block, people)
        return lambda t: fixed
    return lambda t: 1.0 - _part(_checked(np.asarray(inhibition(t), dtype=float)), block, people)
