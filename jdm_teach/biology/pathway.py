"""One cell and its interferon response: stimulate, inhibit, turn knobs, read curves, peaks and areas.

    >>> response = run(bolus(28), inhibition=0.5)
    >>> [round(x, 1) for x in response.peak("pSTAT1_total")]
    [2.3, 12371.7]

The model is Kok et al. 2020 (10.15252/msb.20198955): hepatoma cells, interferon-alpha, no receptor kinase as a
species of its own (kinase activity sits in the two phosphorylation fluxes). For teaching; not for dosing decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .jacobian import PATTERN, jacobian_law
from .kinetics import rate_law
from .network import STATES, UNITS_PER_PM, Knobs, basal_state, with_knobs
from .protocols import (
    Dose,
    Protocol,
    bolus,
    constant,
    output_times,
    prestimulation,
    require_protocol,
    source_loop,
)
from .quantities import numbers
from .readouts import READOUTS, observe, readout_ids
from .response import Response

__all__ = [
    "Dose",
    "Knobs",
    "Protocol",
    "Response",
    "bolus",
    "constant",
    "prestimulation",
    "run",
    "source_loop",
]

IFN = STATES.index("IFN")
_RELATIVE = ("SOCS1", "IRF2", "OccGAS_ISREbs", "SOCS1_LC_1")
# Far below anything shown, even at the lowest dose.
_FLOOR = np.array([1e-7 if state in _RELATIVE or "mRNA" in state else 1e-5 for state in STATES])
# A drug taken twice a day acts for hours: half an hour is short enough that no dose slips between two steps.
DRUG_STEP_H = 0.5
# Named, so that the solver's first step does not depend on which hours were asked for.
FIRST_STEP_H = 1e-4


def run(
    protocol: Protocol,
    inhibition: float | Callable[[Any], Any] = 0.0,
    knobs: Knobs | None = None,
    times_h: Any = None,
    readouts: Iterable[str] | None = None,
    tolerance: float = 1e-4,
) -> Response:
    """How one cell answers a protocol, with or without a kinase inhibitor.

    inhibition: fraction of kinase activity removed, 0 to 1: one number, or a function of the hours since time 0 that
        takes an array of hours and gives an array of fractions (a drug level over time).
    knobs: see `Knobs`. times_h: output hours (default: 201 even steps). readouts: ids from `READOUTS` (default: all).
    tolerance: relative tolerance of the stiff solver (scipy LSODA with the analytic Jacobian).

    Phosphorylation fluxes scale with 1 − inhibition; binding does not. Held to the full 41-variable model within
    0.5 % of each curve's maximum. Costs about 10 ms for 32 h.
    Raises ValueError, in a sentence, for levels, hours or fractions that make no sense.

    >>> run(constant(0.084, hours=48), inhibition=lambda t: 0.5 + 0 * t).area("pSTAT1_total") > 0
    True
    """
    require_protocol(protocol, tolerance)
    knobs = knobs or Knobs()
    levels = [dose.level_pM for dose in protocol.doses]
    if any(np.ndim(value) for value in (*vars(knobs).values(), *levels, *protocol.supply)):
        raise ValueError(
            "A single run follows one cell, so each level and knob is one number. "
            "For one value per virtual patient use `run_cohort`."
        )
    ids = readout_ids(readouts, tuple(READOUTS))
    times = output_times(times_h, protocol.hours)
    kinase, spoken = _kinase_activity(inhibition, protocol.hours)
    k = with_knobs(knobs)
    state = np.array(basal_state(k))
    state[IFN] = levels[0] * UNITS_PER_PM
    cell = _Cell(k, protocol, tolerance)
    if protocol.settled_h:
        end = np.array([protocol.settled_h])
        state = cell.follow(state, [(0.0, protocol.settled_h, protocol.doses[0])], 1.0, end)[:, -1]
    fine = _fine_hours(protocol, callable(inhibition))
    grid = np.union1d(fine, times)
    segments = protocol.segments()
    states = cell.follow(state, segments, kinase, grid)
    starts = np.array([start for start, _, _ in segments])
    since = grid - starts[np.searchsorted(starts, grid, side="right") - 1] + protocol.settled_h
    values = observe(states, ids, k, since)
    return Response(
        protocol=protocol,
        knobs=knobs,
        inhibition=spoken,
        times_h=times,
        readouts=ids,
        values=values[:, np.searchsorted(grid, times)],
        warnings=(*protocol.warnings(), *knobs.warnings(), *getattr(inhibition, "warnings", ())),
        assumptions=tuple(getattr(inhibition, "assumptions", ())),
        fine_times_h=fine,
        fine_values=values[:, np.searchsorted(grid, fine)],
    )


class _Cell:
    """One cell's equations in the shape scipy's stiff solver wants."""

    def __init__(self, k: Mapping[str, Any], protocol: Protocol, tolerance: float):
        size = len(STATES)
        constant_values, self._varying = jacobian_law(k, protocol.supply)
        flat = np.array([row * size + column for row, column in PATTERN])
        self._still = np.zeros(size * size)
        self._still[flat[: len(constant_values)]] = constant_values
        self._moving = flat[len(constant_values) :]
        self._rate = rate_law(k, protocol.supply)
        self._tolerance = tolerance

    def follow(
        self,
        state: np.ndarray,
        segments: Sequence[tuple[float, float, Dose]],
        kinase: float | Callable[[float], float],
        grid: np.ndarray,
    ) -> np.ndarray:
        """States (37, times) at the sorted hours of `grid`; doses after the first are given as their segment starts."""
        # `odeint` is the same LSODA as `solve_ivp(method="LSODA")`, without a Python call per step: four times faster.
        from scipy.integrate import odeint

        rate, varying, still, moving = self._rate, self._varying, self._still, self._moving
        size = len(STATES)
        activity = kinase if callable(kinase) else lambda t, fixed=kinase: fixed

        def derivative(y: np.ndarray, t: float) -> list[Any]:
            return rate(y.tolist(), activity(t))

        def jacobian(y: np.ndarray, t: float) -> np.ndarray:
            matrix = still.copy()
            matrix[moving] = varying(y.tolist(), activity(t))
            return matrix.reshape(size, size)

        pieces = []
        for number, (start, end, dose) in enumerate(segments):
            if number:
                state = state.copy()
                state[IFN] = dose.level_pM * UNITS_PER_PM + (0.0 if dose.washed else state[IFN])
            last = number == len(segments) - 1
            inside = grid[(grid >= start) & ((grid <= end) if last else (grid < end))]
            solution, report = odeint(
                derivative,
                state,
                np.unique(np.concatenate([[start], inside, [end]])),
                Dfun=jacobian,
                rtol=self._tolerance,
                atol=_FLOOR,
                h0=FIRST_STEP_H,
                hmax=DRUG_STEP_H if callable(kinase) else 0.0,
                mxstep=20_000,
                full_output=True,
            )
            if report["message"] != "Integration successful.":
                raise ValueError(
                    "The solver could not follow this cell to the end; choose a smaller interferon level, or knobs "
                    f"closer to 1. (Its own words: {report['message']})"
                )
            state = solution[-1]
            first = 0 if len(inside) and inside[0] == start else 1
            pieces.append(solution[first : first + len(inside)].T)
        # The solver may undershoot zero by its tolerance; an amount cannot.
        return np.maximum(np.hstack(pieces), 0.0)


def _kinase_activity(inhibition: Any, hours: float) -> tuple[float | Callable[[float], float], str]:
    """Remaining activity as a number or a quick function of time, and the drug in words."""
    refused = (
        "Inhibition is the fraction of kinase activity removed: 0 (no drug) to 1 (all of it), as one number or as a "
        "function that gives one such number for each hour asked."
    )
    if not callable(inhibition):
        if np.ndim(inhibition) or numbers(inhibition, "Inhibition") > 1:
            raise ValueError(f"{refused} {inhibition!r} is not.")
        if inhibition == 0:
            return 1.0, "no kinase inhibition"
        return 1.0 - float(inhibition), f"kinase inhibition held at {100 * float(inhibition):.3g}%"
    # Sampled once at 36 s or finer up to a week; read between samples by a straight line.
    count = int(min(20_000, np.ceil(hours / 0.01)))
    grid = np.linspace(0.0, hours, count + 1)
    removed = np.asarray(inhibition(grid), dtype=float)
    if removed.shape != grid.shape or not np.all((removed >= -1e-12) & (removed <= 1 + 1e-12)):
        raise ValueError(f"{refused} This function gave other values.")
    left = (1.0 - removed).tolist()
    left.append(left[-1])
    per_hour = count / hours

    def activity(t: float) -> float:
        place = t * per_hour
        i = min(int(place), count)
        return left[i] + (left[i + 1] - left[i]) * (place - i)

    return activity, f"kinase inhibition changing over time, {100 * removed.mean():.0f}% on average"


def _fine_hours(protocol: Protocol, changing: bool) -> np.ndarray:
    """Hours at which peaks and areas are read: dense for two days after each dose, then even; the same whatever the output."""
    pieces = [np.array([protocol.hours])]
    for start, end, _ in protocol.segments():
        length = end - start
        early = np.concatenate([np.geomspace(0.002, 2.0, 50), np.geomspace(2.0, 48.0, 80)[1:]])
        step = min(0.1, length / 240) if changing and length <= 7 * 24 else length / 240
        pieces += [start + early[early < length], np.arange(start, end, step)]
    return np.unique(np.concatenate(pieces))
