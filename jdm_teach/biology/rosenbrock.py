"""A stiff integrator for many copies of one network at once, with a step size they share.

The method is the third-order, stiffly accurate Rosenbrock W-method ROS34PW2 (Rang and Angermann 2005,
10.1007/s10543-005-0035-y): linear solves only, no iteration, and its order holds even when the Jacobian is inexact
or the right-hand side depends on time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .elimination import elimination_plan, factorise, solve

__all__ = ["ALPHA", "GAMMA", "WEIGHTS", "WEIGHTS_EMBEDDED", "Batch", "integrate"]

# Stage coefficients as published: stage values, the implicit part, the third-order and the second-order weights.
ALPHA = np.array(
    [
        [0.0, 0.0, 0.0, 0.0],
        [0.8717330430169180, 0.0, 0.0, 0.0],
        [0.8445706001536942, -0.1129906423648419, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0],
    ]
)
GAMMA = np.array(
    [
        [0.4358665215084590, 0.0, 0.0, 0.0],
        [-0.8717330430169180, 0.4358665215084590, 0.0, 0.0],
        [-0.9033805701304408, 0.05418067238809533, 0.4358665215084590, 0.0],
        [0.2421238070609535, -1.223250583904515, 0.5452602553351021, 0.4358665215084590],
    ]
)
WEIGHTS = np.array([0.2421238070609535, -1.223250583904515, 1.545260255335102, 0.4358665215084590])
WEIGHTS_EMBEDDED = np.array([0.3781090314581937, -0.09604229221242318, 0.5, 0.2179332607542295])

FIRST_STEP_H = 1e-3
AFTER_CORNER_H = 0.025

_INVERSE = np.linalg.inv(GAMMA)
_STAGE = ALPHA @ _INVERSE
_CARRY = np.diag(1 / np.diag(GAMMA)) - _INVERSE
_LAST = WEIGHTS @ _INVERSE
_ERROR = (WEIGHTS - WEIGHTS_EMBEDDED) @ _INVERSE
_HOURS = ALPHA.sum(axis=1)


class Batch(NamedTuple):
    """The equations of N copies: rates(t, y) -> rows of (N,); places(t, y) -> Jacobian values that move, as rows.

    pattern: (row, column) of all Jacobian places; still: (count, N) or (count, 1) values of the first places, which
    do not move. floor: (size, 1) absolute tolerance of each variable.
    """

    rates: Callable[[float, np.ndarray], Sequence[Any]]
    places: Callable[[float, np.ndarray], Sequence[Any]]
    pattern: tuple[tuple[int, int], ...]
    still: np.ndarray
    floor: np.ndarray


def integrate(
    batch: Batch,
    state: np.ndarray,
    start: float,
    end: float,
    hours: np.ndarray,
    keep: Callable[[int, np.ndarray], None],
    tolerance: float,
    longest: float = np.inf,
    stops: Sequence[float] = (),
) -> tuple[np.ndarray, int]:
    """Follow `state` (size, N) from start to end; `keep(i, states)` receives the states at each of `hours`.

    hours: sorted, within start and end; states between steps come from the cubic through both ends and their slopes,
    so the steps do not depend on which hours are asked. tolerance: relative, per variable, for the worst copy.
    longest: step length never exceeded. stops: hours at which the equations have a corner, met exactly. Returns the final state and the number of steps.
    Raises ValueError when no step is short enough.
    """
    method = _Method(batch, *state.shape)
    corners = [*(stop for stop in sorted(stops) if start < stop < end), end]
    y, t, h = state, start, FIRST_STEP_H
    slope, moving = np.array(batch.rates(t, y)), batch.places(t, y)
    next_hour = steps = 0
    while next_hour < len(hours) and hours[next_hour] <= start:
        keep(next_hour, y)
        next_hour += 1
    rejected = False
    while t < end:
        # A step towards a corner is stretched by up to one in a hundred, rather than leave a sliver.
        meets = t + 1.01 * h >= corners[0]
        h = corners[0] - t if meets else h
        new, error = method.attempt(t, y, h, slope, moving, tolerance)
        growth = 0.9 * max(error, 1e-6) ** (-1 / 3) if np.isfinite(error) else 0.1
        if not error <= 1:
            h, rejected = h * max(0.1, min(growth, 0.9)), True
            if h < 1e-10:
                raise ValueError(
                    "These cells change too abruptly to be followed; choose levels and knobs closer to 1."
                )
            continue
        later = corners.pop(0) if meets else t + h
        new_slope = np.array(batch.rates(later, new))
        while next_hour < len(hours) and hours[next_hour] <= later:
            keep(next_hour, _between(y, new, slope, new_slope, h, (hours[next_hour] - t) / h))
            next_hour += 1
        y, t, slope, steps = new, later, new_slope, steps + 1
        moving = batch.places(t, y)
        h, rejected = min(h * max(0.2, min(growth, 1.0 if rejected else 4.0)), longest), False
        h = min(h, AFTER_CORNER_H) if meets else h
    return y, steps


class _Method:
    """One step of the method, with its work space."""

    def __init__(self, batch: Batch, size: int, copies: int):
        self.batch, self.size = batch, size
        self.plan = elimination_plan(batch.pattern, size)
        self.places = np.empty((self.plan.slots, copies))
        self.stages = [np.empty((size, copies)) for _ in range(4)]
        self.spare, self.work = np.empty((size, copies)), np.empty((size, copies))

    def attempt(
        self, t: float, y: np.ndarray, h: float, slope: np.ndarray, moving: Sequence[Any], tolerance: float
    ) -> tuple[np.ndarray, float]:
        """The states after h, and the estimated error of the worst copy in units of the tolerance."""
        batch, stages, spare, work = self.batch, self.stages, self.spare, self.work
        self._factorise(h, moving)
        for i in range(4):
            stage = stages[i]
            if i == 0:
                stage[:] = slope
            else:
                np.copyto(spare, y)
                for j in range(i):
                    if abs(_STAGE[i, j]) > 1e-12:
                        np.multiply(stages[j], _STAGE[i, j], out=work)
                        spare += work
                for row, values in zip(stage, batch.rates(t + _HOURS[i] * h, spare), strict=True):
                    row[:] = values
                for j in range(i):
                    np.multiply(stages[j], _CARRY[i, j] / h, out=work)
                    stage += work
            solve(self.plan, self.places, stage)
        # Stiffly accurate: the last stage is already the new state but for its own increment.
        new = spare + stages[3]
        error = _ERROR[0] * stages[0]
        for j in range(1, 4):
            np.multiply(stages[j], _ERROR[j], out=work)
            error += work
        np.maximum(np.abs(y), np.abs(new), out=work)
        work *= tolerance
        work += batch.floor
        error /= work
        return new, float(np.sqrt(np.einsum("ij,ij->j", error, error).max() / self.size))

    def _factorise(self, h: float, moving: Sequence[Any]) -> None:
        places, constant = self.places, len(self.batch.still)
        np.negative(self.batch.still, out=places[:constant])
        for row, values in enumerate(moving, constant):
            np.negative(values, out=places[row])
        places[len(self.batch.pattern) :] = 0.0
        for slot in self.plan.diagonal:
            places[slot] += 1 / (h * GAMMA[0, 0])
        factorise(self.plan, places)


def _between(
    y: np.ndarray, new: np.ndarray, slope: np.ndarray, new_slope: np.ndarray, h: float, x: float
) -> np.ndarray:
    """Cubic Hermite interpolation at the fraction x of a step."""
    if x >= 1:
        return new
    rise = x * x * (3 - 2 * x)
    bend = h * x * (1 - x)
    return (1 - rise) * y + rise * new + (bend * (1 - x)) * slope - (bend * x) * new_slope
