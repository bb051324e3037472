"""Profile endpoints of many slopes at once, each one proved before it is handed over.

Fast first: Newton's method on the signed root of the profile, all cohorts together. Then judged: at the
endpoint the *global* profile must lie on the cut-off, fall outward, stay below it further out and above it
further in. What the judge sees higher than it should be is a clue where to march next; a cohort without a
clue is solved from its whole profile.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jdm_teach.stats.firth_profile import Array, Point, global_profile, penalised_loglik, slopes_and_curvature
from jdm_teach.stats.firth_search import search_end, search_peak

__all__ = ["Ends", "Peak", "endpoints", "highest_peaks"]

Mask = NDArray[np.bool_]
STEEP = (1.0, 1.6, 2.4, 3.6, 6.0, 12.0)  # slopes per standard deviation a second climb starts from
# Where else to look, in units of the distance found: a second piece outside, a higher peak inside.
EVERYONE = (1.0, 0.5, 2.0)
NEAR_SEPARATION = (0.2, 1.05, 1.2, 1.45, 1.7, 2.4, 3.0, 4.0, 5.0, 6.5, 10.0, 20.0)


@dataclass(frozen=True)
class Peak:
    """The largest penalised likelihood of each cohort: where, how high, how wide. All (m,)."""

    a: Array
    b: Array
    value: Array
    spread: Array

    def of(self, k: NDArray[np.intp]) -> Peak:
        return Peak(*(getattr(self, f.name)[k] for f in fields(self)))

    def replaced(self, k: NDArray[np.intp], new: Peak) -> Peak:
        """A copy in which cohorts `k` have `new` where that is higher."""
        taller = new.value > self.value[k]
        out = []
        for f in fields(self):
            column = getattr(self, f.name).copy()
            column[k[taller]] = getattr(new, f.name)[taller]
            out.append(column)
        return Peak(*out)


@dataclass(frozen=True)
class Ends:
    """Proved endpoints: limits and residuals (m, 2), which cohorts were searched, which sets are split."""

    peak: Peak
    limit: Array
    residual: Array
    searched: Mask
    split: Mask


class _Verdict(NamedTuple):
    residual: Array
    proved: Mask
    clue: Mask
    split: Mask
    value: Array
    a: Array
    b: Array


def peaks(x: Array, signed: Array, a: Array | None = None, b: Array | None = None) -> Peak:
    """Newton's method with step halving from the no-effect fit (or from `a`, `b`), cohorts side by side."""
    n, m = x.shape
    events = (signed > 0).sum(axis=0)
    a = np.log((events + 1) / (n - events + 1)) if a is None else a.copy()
    b = np.zeros(m) if b is None else b.copy()
    value, spread = np.full(m, -np.inf), np.empty(m)
    last = np.zeros((2, m))
    live = np.arange(m)
    xs, ys = x, signed
    for _ in range(200):
        here = slopes_and_curvature(a[live], b[live], xs, ys)
        worse = here.value < value[live] - 1e-10
        w, g = live[worse], live[~worse]
        # A step that went downhill is taken back by half; everything else moves on.
        last[:, w] /= 2
        a[w] -= last[0, w]
        b[w] -= last[1, w]
        value[g] = here.value[~worse]
        lift = _lift(here)
        haa, hbb = here.haa - lift, here.hbb - lift
        det = haa * hbb - here.hab**2
        spread[live] = np.sqrt(np.abs(haa / det))
        da = (here.hab * here.gb - hbb * here.ga) / det
        db = (here.hab * here.ga - haa * here.gb) / det
        size = np.maximum(np.maximum(np.abs(da), np.abs(db)) / 4, 1)
        da, db = da / size, db / size
        a[g] += da[~worse]
        b[g] += db[~worse]
        last[0, g], last[1, g] = da[~worse], db[~worse]
        done = ~worse & (np.abs(da) + np.abs(db) < 1e-6)
        if done.any():
            live = live[~done]
            if live.size == 0:
                break
            xs, ys = x[:, live], signed[:, live]
    return Peak(a, b, penalised_loglik(a, b, x, signed), spread)


def highest_peaks(x: Array, signed: Array) -> Peak:
    """The highest of several climbs: nearly separated cohorts may have a gentle and a steep hill."""
    peak = peaks(x, signed)
    for sign in (-1.0, 1.0):
        k = np.nonzero(_near_separation(x, signed, np.full(x.shape[1], sign)))[0]
        for slope in STEEP if k.size else ():
            b, xs, ys = np.full(k.size, sign * slope), x[:, k], signed[:, k]
            _, a = global_profile(b, xs, ys, np.full(k.size, np.inf), coarse=True)
            peak = peak.replaced(k, peaks(xs, ys, a, b))
    return peak


def _lift(here: Point) -> Array:
    """How much to take off the diagonal so that the Hessian points downhill on every side."""
    middle = (here.haa + here.hbb) / 2
    top = middle + np.sqrt(((here.haa - here.hbb) / 2) ** 2 + here.hab**2)
    return np.where(top > -1e-6, top + 0.1, 0.0)


def _march(
    x: Array, signed: Array, peak: Peak, side: Array, drop: float, a: Array, b: Array
) -> tuple[Array, Array]:
    """Newton on the signed root along the ridge: one derivative evaluation per step. Not yet verified."""
    goal = np.sqrt(2 * drop)
    a, b = a.copy(), b.copy()
    live = np.arange(a.size)
    xs, ys = x, signed
    for _ in range(40):
        here = slopes_and_curvature(a[live], b[live], xs, ys)
        bend = np.where(here.haa < -1e-10, here.haa, -1e-2)
        toward = np.clip(-here.ga / bend, -2, 2)
        top = here.value + 0.5 * toward * here.ga
        slope = here.gb + here.hab * toward
        root = np.sqrt(np.maximum(2 * (peak.value[live] - top), 1e-12))
        away = b[live] - peak.b[live]
        # The root must rise outward; where it does not, go by proportion instead.
        right = side[live] * slope < 0
        db = (goal - root) * root / np.where(right, -slope, 1.0)
        db = np.where(right, db, away * np.clip(goal / root - 1, -0.5, 0.5))
        db = np.clip(db, -0.6 * np.abs(away), np.abs(away))
        da = np.clip(toward - here.hab / bend * db, -6, 6)
        known = np.isfinite(da) & np.isfinite(db)
        a[live[known]] += da[known]
        b[live[known]] += db[known]
        moving = known & (np.abs(da) + np.abs(db) + np.abs(db / np.where(away == 0, 1, away)) > 1e-6)
        # A root of nothing means ground above the peak: the judge will read it as a clue.
        moving &= root > 1e-5
        if not moving.all():
            live = live[moving]
            if live.size == 0:
                break
            xs, ys = x[:, live], signed[:, live]
    return a, b


def _judge(
    x: Array, signed: Array, peak: Peak, side: Array, drop: float, a: Array, b: Array, tol: float
) -> _Verdict:
    """Is each endpoint proved, and if not, where was something seen that should not be there?"""
    cut = peak.value - drop
    here = slopes_and_curvature(a, b, x, signed)
    residual = 2 * (here.value - cut)
    fine = (np.abs(residual) < tol) & (np.abs(here.ga) < 1e-4) & (here.haa < 0)
    fine &= (side * (b - peak.b) > 0) & (side * here.gb < 0)
    clue = here.value > peak.value + 1e-9
    split = np.zeros(b.size, bool)
    seen, at, where = here.value.copy(), a.copy(), b.copy()
    close = _near_separation(x, signed, side)
    plan = [(s, fine) for s in EVERYONE] + [(s, fine & close) for s in NEAR_SEPARATION]
    for stretch, whom in plan:
        k = np.nonzero(whom & ~clue)[0]
        if k.size == 0:
            continue
        there = peak.b[k] + stretch * (b[k] - peak.b[k])
        ceiling = cut[k] if stretch >= 1 else peak.value[k]
        known = a[k] if stretch == 1 else None
        value, start = global_profile(there, x[:, k], signed[:, k], ceiling, known, coarse=stretch != 1)
        above = value > ceiling + tol / 4
        if stretch == 0.5:
            fine[k[value <= cut[k]]] = False
        hit = k[above]
        clue[hit] = True
        seen[hit], at[hit], where[hit] = value[above], start[above], there[above]
        split[hit] = stretch > 1
    return _Verdict(residual, fine & ~clue, clue, split, seen, at, where)


def _near_separation(x: Array, signed: Array, side: Array) -> Mask:
    """Could a steep curve on this side be wrong about at most one subject in eight?"""
    fewest = np.full(x.shape[1], len(x))
    step = max(1, len(x) // 60)
    for cut in np.sort(x, axis=0)[::step]:
        # Whoever stands on the cut itself counts for neither: a tie is left undecided by a steep curve.
        where = np.sign(x - cut) * side
        fewest = np.minimum(fewest, (where * signed < 0).sum(axis=0))
    return fewest <= max(1, len(x) // 8)


def endpoints(x: Array, signed: Array, drop: float, tol: float = 1e-7) -> Ends:
    """Both ends of the profile interval of the slope: where the penalised log-likelihood is `drop` lower.

    `x` (n, m) should be centred and scaled per cohort; `signed` is +1 for an event and −1 for none.
    """
    m = x.shape[1]
    peak = highest_peaks(x, signed)
    limit, residual = np.full((m, 2), np.nan), np.full((m, 2), np.nan)
    split, lost, searched = np.zeros(m, bool), np.zeros(m, bool), np.zeros(m, bool)
    todo = np.arange(m)
    for attempt in range(5):
        taller: dict[int, tuple[float, float, float]] = {}
        split[todo], lost[todo] = False, False
        searched[todo] |= attempt > 0
        for j, sign in enumerate((-1.0, 1.0)):
            _one_side(
                x, signed, peak, todo, sign, drop, tol, (limit, residual, split, lost, searched), j, taller
            )
        if not taller:
            break
        order = sorted(taller)
        todo = np.array(order)
        clues = np.array([taller[i] for i in order]).T
        peak = peak.replaced(todo, peaks(x[:, todo], signed[:, todo], clues[1], clues[2]))
    else:
        lost[todo] = True
    k = np.nonzero(lost)[0]
    if k.size:
        searched[k] = True
        xs, ys = x[:, k], signed[:, k]
        peak = peak.replaced(k, peaks(xs, ys, *search_peak(xs, ys, peak.value[k])))
        split[k] = False
        for j, sign in enumerate((-1.0, 1.0)):
            _, limit[k, j], residual[k, j], parted = search_end(
                xs, ys, peak.b[k], peak.value[k] - drop, np.full(k.size, sign)
            )
            split[k] |= parted
    return Ends(peak, limit, residual, searched, split)


def _one_side(x, signed, peak, todo, sign, drop, tol, out, j, taller) -> None:
    """March, judge and follow clues on one side; write limits of `todo` into column `j` of `out`."""
    limit, residual, split, lost, searched = out
    k = todo
    top = peak.of(k)
    here = slopes_and_curvature(top.a, top.b, x[:, k], signed[:, k])
    b = top.b + sign * np.sqrt(2 * drop) * top.spread
    a = top.a - here.hab / here.haa * (b - top.b)
    for _ in range(6):
        top, xs, ys, side = peak.of(k), x[:, k], signed[:, k], np.full(k.size, sign)
        a, b = _march(xs, ys, top, side, drop, a, b)
        verdict = _judge(xs, ys, top, side, drop, a, b, tol)
        limit[k, j], residual[k, j] = b, verdict.residual
        split[k] |= verdict.split
        lost[k] = lost[k] | ~(verdict.proved | verdict.clue)
        over = verdict.clue & (verdict.value > top.value + 1e-9)
        for i in np.nonzero(over)[0]:
            entry = (verdict.value[i], verdict.a[i], verdict.b[i])
            taller[int(k[i])] = max(entry, taller.get(int(k[i]), entry))
        again = verdict.clue & ~over
        k, a, b = k[again], verdict.a[again], verdict.b[again]
        searched[k] = True
        if k.size == 0:
            return
    lost[k] = True
