"""The penalised likelihood of one slope in many small cohorts, side by side.

Arrays run subjects down and cohorts across (n, m), so that every sum over subjects is a sum of long rows.
The profile of a slope is the largest penalised likelihood over all intercepts. In a nearly separated cohort
that inner problem has several hills, one for each gap the steep curve may stand in; following a single hill
is how profile intervals go wrong unnoticed. `global_profile` therefore looks at every gap and every child
before it climbs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Point", "global_profile", "intercept_starts", "penalised_loglik", "slopes_and_curvature"]

Array = NDArray[np.float64]
TINY = 1e-300
DENSE = 60  # subjects above which neighbours stand in for each other on the list of starts
SAG = 0.035  # a logistic hill bends by at most n/4; half a logit off its top it has lost n/32
GENTLE = 14.0  # logits across the cohort up to which an even grid is the shorter one
BLOCK = 15_000  # numbers per working array: what a core keeps close
OFFSETS = np.array([-5, -3.5, -2.4, -1.6, -0.8, 0, 0.8, 1.6, 2.4, 3.5, 5])


class Point(NamedTuple):
    """The penalised log-likelihood at (a, b) with its gradient and Hessian, one entry per cohort."""

    value: Array
    ga: Array
    gb: Array
    haa: Array
    hab: Array
    hbb: Array


def penalised_loglik(a: Array, b: Array, x: Array, signed: Array) -> Array:
    """Log-likelihood plus half the log-determinant of the information, with nothing else.

    `x` and `signed` (+1 for an event, −1 for none) are (n, …) and `a`, `b` broadcast against their tail.
    """
    margin = signed * (a + b * x)
    e = np.exp(-np.abs(margin))
    q = 1 / (1 + e)
    w = e * q
    w *= q
    # One logarithm of a product instead of n logarithms; 2^-500 is still far from underflow.
    tails = np.log(q.prod(axis=0)) if len(x) <= 500 else np.log(q).sum(axis=0)
    value = np.minimum(margin, 0).sum(axis=0) + tails
    s0 = w.sum(axis=0)
    centred = x - (w * x).sum(axis=0) / np.maximum(s0, TINY)
    w *= centred
    w *= centred
    return value + 0.5 * np.log(np.maximum(s0 * w.sum(axis=0), TINY))


def _glance(starts: Array, bx: Array, against: Array, x: Array, xx: Array) -> Array:
    """The penalised log-likelihood to about eight digits, in the fewest passes: only to see where hills stand.

    `starts` (s, m); the rest (n, 1, m), with `against` −1 for an event and +1 for none.
    """
    w = starts + bx
    w *= against
    np.exp(w, out=w)
    w += 1
    np.reciprocal(w, out=w)
    chance = w.prod(axis=0)
    w -= w * w
    s0 = w.sum(axis=0)
    s1, s2 = (w * x).sum(axis=0), (w * xx).sum(axis=0)
    # Chance times the root of the determinant: one logarithm. Underflow is a place no hill can be.
    return np.log(np.maximum(chance * np.sqrt(np.maximum(s0 * s2 - s1 * s1, 0)), TINY))


def slopes_and_curvature(a: Array, b: Array, x: Array, signed: Array) -> Point:
    """The same value with exact first and second derivatives, all (m,). Costs about 40 passes over (n, m)."""
    margin = signed * (a + b * x)
    e = np.exp(-np.abs(margin))
    q = 1 / (1 + e)
    w = e * q * q
    small = e * q
    # 1 − 2π and y − π without cancellation, from the probability of what did not happen.
    other = np.where(margin >= 0, small, q)
    residual = signed * other
    v = signed * (2 * other - 1)
    s0 = np.maximum(w.sum(axis=0), TINY)
    centre = (w * x).sum(axis=0) / s0
    # About the weighted mean s1 = 0: no cancellation in the determinant, and shorter formulas.
    z = x - centre
    wz = w * z
    wzz = wz * z
    wv = w * v
    s2 = np.maximum(wzz.sum(axis=0), TINY)
    t0, t1 = wv.sum(axis=0), (wv * z).sum(axis=0)
    vzz = v * wzz
    t2, t3 = vzz.sum(axis=0), (vzz * z).sum(axis=0)
    curl = 1 - 6 * w
    cw, cz = curl * w, curl * wzz
    u0, u1, u2 = cw.sum(axis=0), (curl * wz).sum(axis=0), cz.sum(axis=0)
    czz = cz * z
    u3, u4 = czz.sum(axis=0), (czz * z).sum(axis=0)
    d = np.maximum(s0 * s2, TINY)
    da, db = t0 * s2 + s0 * t2, t1 * s2 + s0 * t3
    daa = u0 * s2 + 2 * t0 * t2 + s0 * u2 - 2 * t1 * t1
    dab = u1 * s2 + t0 * t3 + s0 * u3 - t1 * t2
    dbb = u2 * s2 + 2 * t1 * t3 + s0 * u4 - 2 * t2 * t2
    value = (np.minimum(margin, 0) - np.log1p(e)).sum(axis=0) + 0.5 * (np.log(s0) + np.log(s2))
    ra, rb = da / d, db / d
    ga = residual.sum(axis=0) + 0.5 * ra
    gb = (residual * z).sum(axis=0) + 0.5 * rb
    haa = -s0 + 0.5 * (daa / d - ra * ra)
    hab = 0.5 * (dab / d - ra * rb)
    hbb = -s2 + 0.5 * (dbb / d - rb * rb)
    # Back from the weighted mean to the caller's own origin.
    return Point(
        value, ga, gb + centre * ga, haa, hab + centre * haa, hbb + 2 * centre * hab + centre * centre * haa
    )


def intercept_starts(b: Array, x: Array, coarse: bool = False) -> Array:
    """Sorted intercepts to look at for slope `b`, dense wherever a hill can stand: (starts, m).

    Far from every subject the log-determinant is a log-sum of exponentials, which is convex and has no hill of
    its own; so hills stand within a few logits of a subject, or in the middle of a gap. Gentle curves get an
    even grid of the same spacing, which is shorter. A coarse look keeps the subjects and the middles only.
    """
    across = np.abs(b) * np.ptp(x, axis=0)
    steepest = float(across.max(initial=0))
    if steepest <= GENTLE:
        share = np.linspace(0, 1, int(steepest) + 6)[:, None]
        return np.minimum(-b * x.min(axis=0), -b * x.max(axis=0)) - 2 + share * (across + 4)
    ordered = np.sort(-b * x, axis=0)
    if len(ordered) > DENSE:
        ordered = ordered[np.linspace(0, len(ordered) - 1, DENSE).astype(int)]
    middles = (ordered[1:] + ordered[:-1]) / 2
    if coarse:
        return np.concatenate([ordered, middles])
    around = (ordered[None] + OFFSETS[:, None, None]).reshape(-1, b.size)
    return np.sort(np.concatenate([around, middles]), axis=0)


def climb(
    a: Array, b: Array, x: Array, signed: Array, steps: int = 40, tol: float = 1e-11
) -> tuple[Array, Array]:
    """From `a`, uphill in the intercept alone with the slope held at `b`. Returns (a, value), both (m,)."""
    a = a.copy()
    best = penalised_loglik(a, b, x, signed)
    live = np.arange(a.size)
    for _ in range(steps):
        here = slopes_and_curvature(a[live], b[live], x[:, live], signed[:, live])
        better = here.value > best[live]
        best[live[better]] = here.value[better]
        bend = np.where(here.haa < -1e-8, -here.haa, np.abs(here.haa) + 0.05)
        move = np.clip(here.ga / bend, -1.5, 1.5)
        going = np.abs(here.ga * move) > tol
        live, move = live[going], move[going]
        if live.size == 0:
            break
        # Halve only what would go downhill.
        before = best[live]
        for _ in range(30):
            trial = a[live] + move
            down = penalised_loglik(trial, b[live], x[:, live], signed[:, live]) < before - 1e-12
            if not down.any():
                break
            move = np.where(down, move / 2, move)
        a[live] += move
    return a, best


def global_profile(
    b: Array,
    x: Array,
    signed: Array,
    floor: Array | None = None,
    known: Array | None = None,
    coarse: bool = False,
) -> tuple[Array, Array]:
    """The largest penalised log-likelihood over all intercepts at slope `b`, and the intercept reached.

    Every hill whose foot is seen from `intercept_starts` above `floor` (by default: within 3 of the best), less
    what a hill of n subjects can lose between two starts, is climbed; the rest count as seen. A lone hill next to the `known` intercept is not climbed again. Works in
    blocks of like steepness that fit the cache: about 10 ns per subject, start and cohort.
    """
    value, at = np.empty(b.size), np.empty(b.size)
    across = np.abs(b) * np.ptp(x, axis=0)
    order = np.argsort(across)
    feet, cohorts = [], []
    begin = 0
    while begin < b.size:
        gentle = across[order[begin]] <= GENTLE
        count = across[order[begin]] + 7 if gentle else (2 if coarse else 13) * min(len(x), DENSE)
        k = order[begin : begin + max(32, int(BLOCK / (count * len(x))))]
        if gentle:
            k = k[across[k] <= GENTLE]
        begin += k.size
        xs = x[:, k]
        a = intercept_starts(b[k], xs, coarse)
        middle = xs - xs.mean(axis=0)
        if len(x) <= 300:
            with np.errstate(over="ignore", under="ignore"):
                seen = _glance(
                    a, (b[k] * xs)[:, None], -signed[:, None, k], middle[:, None], (middle * middle)[:, None]
                )
        else:
            seen = penalised_loglik(a, b[k], xs[:, None], signed[:, None, k])
        top = seen.argmax(axis=0)
        column = np.arange(k.size)
        value[k], at[k] = seen[top, column], a[top, column]
        low = value[k] - 3 if floor is None else floor[k] - SAG * len(x)
        hill = seen > low
        hill[1:] &= seen[1:] >= seen[:-1]
        hill[:-1] &= seen[:-1] >= seen[1:]
        if known is not None:
            hill &= (hill.sum(axis=0) > 1) | (np.abs(at[k] - known[k]) > 2)
        which, where = np.nonzero(hill)
        feet.append(a[which, where])
        cohorts.append(k[where])
    cohort = np.concatenate(cohorts)
    if cohort.size:
        a, top_value = climb(np.concatenate(feet), b[cohort], x[:, cohort], signed[:, cohort])
        np.maximum.at(value, cohort, top_value)
        top = top_value >= value[cohort]
        at[cohort[top]] = a[top]
    return value, at
