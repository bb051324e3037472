"""One end of a profile interval of a Firth model: found, then proved against the global profile."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from jdm_teach.stats.firth_model import Climb, View

__all__ = ["profile_end"]

Array = NDArray[np.float64]
TOLERANCE = 1e-7  # in units of the deviance
# Where else to look, in units of the distance found: inside for dips, outside for a second piece.
LOOK = (0.5, 1.1, 1.4, 2.0, 3.0, 6.0)


def profile_end(v: View, peak: Climb, side: int, drop: float) -> Array | tuple[float, float, bool, bool]:
    """Where the global profile leaves the cut-off for good: (end, residual, searched, split), or a higher peak."""
    cut, start = peak.value - drop, peak.point[-1]
    spread = sqrt(-np.linalg.inv(peak.hessian)[-1, -1])
    near, far = start, start + side * sqrt(2 * drop) * spread
    here = v.profile(far, peak.point)
    while here.value > cut:
        if here.value > peak.value + 1e-8:
            return here.point
        near, far = far, start + 1.6 * (far - start)
        here = v.profile(far, here.point)
    searched = split = False
    for _ in range(20):
        end, at, residual = _root(v, near, far, here.point, cut)
        further = _outside(v, start, end, at, cut, peak.value)
        if further is None:
            return end, residual, searched, split
        last, place = further
        if v.profile(last, place).value > peak.value + 1e-8:
            return place
        searched = True
        if abs(last - start) < abs(end - start):
            # A dip inside: the accepted slopes come in two pieces, and the outer one counts.
            split = True
            return end, residual, searched, split
        split, near, far = True, last, start + 1.6 * (last - start)
        here = v.profile(far, place)
        while here.value > cut:
            near, far = far, start + 1.6 * (far - start)
            here = v.profile(far, here.point)
    raise ValueError(
        "An end of a profile interval could not be confirmed; check the covariates for near-copies."
    )


def _root(v: View, near: float, far: float, guess: Array, cut: float) -> tuple[float, Array, float]:
    """The crossing between a slope inside and one outside, by Newton kept inside the bracket."""
    b, best = far, guess
    for _ in range(200):
        here = v.profile(b, best)
        best, over = here.point, here.value - cut
        near, far = (b, far) if over > 0 else (near, b)
        step = -over / here.gradient[-1] if here.gradient[-1] else inf
        if abs(over) < TOLERANCE / 100 or abs(far - near) < 1e-14 * max(abs(far), abs(near)):
            break
        low, high = min(near, far), max(near, far)
        b = b + step if low < b + step < high else (near + far) / 2
    residual = 2 * over
    if abs(residual) > TOLERANCE:
        raise ValueError(
            "An end of a profile interval could not be confirmed; check for covariates that are near-copies."
        )
    return b, best, residual


def _outside(
    v: View, start: float, end: float, at: Array, cut: float, top: float
) -> tuple[float, Array] | None:
    """A slope beyond the end that the test still accepts, a rejected one inside, or a higher peak; else None."""
    for stretch in LOOK:
        b = start + stretch * (end - start)
        here = v.profile(b, at)
        if here.value > top + 1e-8 or (here.value > cut + TOLERANCE) == (stretch > 1):
            return b, here.point
    return None
