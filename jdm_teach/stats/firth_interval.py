"""One end of a profile interval of a Firth model: found, then proved against the global profile."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from jdm_teach.stats.firth_model import QUICK, Climb, View

__all__ = ["profile_end"]

Array = NDArray[np.float64]
TOLERANCE = 1e-7  # in units of the deviance
SURE = 1e-8
# Where else to look, in units of the distance found: inside for dips, outside for a second piece.
LOOK = (0.2, 0.5, 1.1, 1.4, 2.0, 3.0, 6.0)


def profile_end(v: View, peak: Climb, side: int, drop: float) -> Array | tuple[float, float, bool, bool]:
    """Where the global profile leaves the cut-off for good: (end, residual, searched, split), or a higher peak.

    Follows one ridge to its crossing, then asks the global profile there, further in and further out. Where it
    is higher than it should be, the search goes on from that place.
    """
    cut, start = peak.value - drop, peak.point[-1]
    spread = sqrt(-np.linalg.inv(peak.hessian)[-1, -1])
    inside, place, ahead = start, peak.point, start + side * sqrt(2 * drop) * spread
    searched = split = False
    for _ in range(30):
        here = v.ridge(ahead, place)
        while here.value > cut:
            if here.value > peak.value + SURE:
                return here.point
            inside, place, ahead = ahead, here.point, start + 1.6 * (ahead - start)
            here = v.ridge(ahead, place)
        end, at, residual = _root(v, inside, ahead, place, cut)
        seen, split_here = _surprise(v, start, end, at, cut, peak.value)
        split |= split_here
        if seen is None:
            if abs(residual) > TOLERANCE:
                break
            return end, residual, searched, split
        if seen.value > peak.value + SURE:
            return seen.point
        searched = True
        inside, place = seen.point[-1], seen.point
        ahead = start + 1.6 * (inside - start)
    raise ValueError(
        "An end of a profile interval could not be confirmed; check for covariates that are near-copies."
    )


def _root(v: View, near: float, far: float, guess: Array, cut: float) -> tuple[float, Array, float]:
    """The crossing on the ridge of `guess` between a place inside and one outside: Newton kept in the bracket."""
    b, place, over = far, guess, inf
    for _ in range(200):
        here = v.ridge(b, place)
        over = here.value - cut
        if over > 0:
            near, place = b, here.point
        else:
            far = b
        if abs(over) < TOLERANCE / 100 or abs(far - near) < 1e-14 * max(abs(far), abs(near)):
            break
        slope = here.gradient[-1]
        step = -over / slope if slope else inf
        low, high = min(near, far), max(near, far)
        b = b + step if low < b + step < high else (near + far) / 2
    return b, here.point, 2 * over


def _surprise(
    v: View, start: float, end: float, at: Array, cut: float, top: float
) -> tuple[Climb | None, bool]:
    """Something higher than an endpoint allows: on it, beyond it, or a higher peak; and whether there is a gap."""
    here = v.profile(end, at)
    if here.value > cut + TOLERANCE:
        return here, False
    gap = False
    for stretch in LOOK:
        here = v.profile(start + stretch * (end - start), at, QUICK)
        if here.value > top + SURE or (stretch > 1 and here.value > cut + TOLERANCE):
            return here, stretch > 1
        gap |= stretch < 1 and here.value < cut
    return None, gap
