"""The whole profile of a slope, looked at from end to end: the slow road that cannot take a wrong turn.

Used for the few cohorts whose fast endpoint could not be proved. The penalised likelihood always falls to
minus infinity when the slope grows (the determinant of the information vanishes), so both ends exist.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jdm_teach.stats.firth_profile import Array, global_profile

__all__ = ["ridge_grid", "search_end", "search_peak"]

POINTS = 64


def ridge_grid(x: Array) -> Array:
    """Slopes from a hundredth of a logit across the cohort to sixty logits across its smallest gap, (POINTS, m)."""
    gaps = np.diff(np.sort(x, axis=0), axis=0)
    smallest = np.where(gaps > 1e-9 * np.ptp(x, axis=0), gaps, np.inf).min(axis=0)
    first, last = 0.01 / np.ptp(x, axis=0), 60 / smallest
    return first * (last / first) ** np.linspace(0, 1, POINTS)[:, None]


def _profile(b: Array, x: Array, signed: Array, floor: Array) -> Array:
    """The profile at many slopes per cohort, `b` (k, m); hills that do not come near `floor` are not climbed."""
    k = b.shape[0]
    value, _ = global_profile(b.ravel(), np.tile(x, (1, k)), np.tile(signed, (1, k)), np.tile(floor, k))
    return value.reshape(b.shape)


def search_peak(x: Array, signed: Array, known: Array) -> tuple[Array, Array]:
    """Intercept and slope near the highest point, from which Newton finishes; `known` is the best so far."""
    grid = ridge_grid(x)
    both = np.concatenate([-grid[::-1], np.zeros((1, x.shape[1])), grid])
    b = both[_profile(both, x, signed, known).argmax(axis=0), np.arange(x.shape[1])]
    return global_profile(b, x, signed)[1], b


def search_end(
    x: Array, signed: Array, b0: Array, cut: Array, side: Array
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Where the global profile last leaves `cut` on one side of `b0`: (a, b, residual of the deviance, split).

    `split` marks cohorts whose accepted slopes fall into more than one piece; the end is then the outermost,
    so that the interval covers every slope the test accepts.
    """
    m = b0.size
    grid = b0 + side * ridge_grid(x)
    inside = _profile(grid, x, signed, cut) > cut
    last = POINTS - 1 - inside[::-1].argmax(axis=0)
    last = np.where(inside.any(axis=0), last, -1)
    split = inside.sum(axis=0) < last + 1
    cohort = np.arange(m)
    near = np.where(last < 0, b0, grid[last, cohort])
    far = grid[np.minimum(last + 1, POINTS - 1), cohort]
    f_near = global_profile(near, x, signed)[0] - cut
    f_far = global_profile(far, x, signed)[0] - cut
    b, f, a = far.copy(), f_far.copy(), np.zeros(m)
    live, kept = cohort, np.zeros(m)
    for step in range(120):
        # Illinois: secant between two points of opposite sign, halving the weight of the one that stays.
        n_, f_ = f_near[live], f_far[live]
        at = far[live] - f_ * (far[live] - near[live]) / (f_ - n_)
        if step % 8 == 7:
            at = (far[live] + near[live]) / 2
        value, where = global_profile(at, x[:, live], signed[:, live])
        value -= cut[live]
        a[live], b[live], f[live] = where, at, value
        above = value > 0
        stays = kept[live] == np.where(above, 1, -1)
        up, down = live[above], live[~above]
        near[up], f_near[up] = at[above], value[above]
        far[down], f_far[down] = at[~above], value[~above]
        f_far[live[above & stays]] /= 2
        f_near[live[~above & stays]] /= 2
        kept[live] = np.where(above, 1, -1)
        live = live[(np.abs(value) > 1e-11) & (np.abs(far[live] - near[live]) > 1e-13 * np.abs(at))]
        if live.size == 0:
            break
    return a, b, 2 * f, split
