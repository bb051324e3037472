"""The penalised likelihood of one logistic model with any number of covariates, seen from one coefficient.

The design is rotated so that the coefficient of interest is the last coordinate and everything else is
orthonormal: badly scaled or nearly collinear covariates then cost no accuracy. Climbing is by Newton's method
with exact derivatives of the penalty, from many starts at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

__all__ = ["QUICK", "Climb", "View", "view"]

Array = NDArray[np.float64]
STARTS = 4000
TILT = 1.5  # logits: about where a row still counts in the penalty and is on its right side
BLOCK = 250  # starts looked at together, so that working arrays stay in the cache
THOROUGH, QUICK = (4000, 48), (400, 8)  # starts looked at, starts climbed


@dataclass(frozen=True)
class Climb:
    """The best of several climbs: coordinates (p,), value, gradient (p,) and Hessian (p, p)."""

    point: Array
    value: float
    gradient: Array
    hessian: Array


@dataclass(frozen=True)
class View:
    """A model with the coefficient of interest last. `z` is (n, p) with z'z = n; `scale` turns the last
    coordinate into that coefficient; `shift` is what rotation took from the log-determinant; `rows` the sets
    of rows that starts are made from."""

    z: Array
    y: Array
    weights: Array
    scale: float
    shift: float
    rows: NDArray[np.intp]

    def _ranked(self, at: Array) -> Array:
        return np.concatenate([self.values(at[i : i + BLOCK]) for i in range(0, len(at), BLOCK)])

    def values(self, at: Array) -> Array:
        """Value (s,) at many places, quickly: good enough to rank starts."""
        eta = at @ self.z.T
        e = np.exp(-np.abs(eta))
        w = self.weights * e / (1 + e) ** 2
        loglik = ((self.y * eta - np.maximum(eta, 0) - np.log1p(e)) * self.weights).sum(axis=1)
        p = self.z.shape[1]
        pairs = (self.z[:, :, None] * self.z[:, None, :]).reshape(len(self.z), p * p)
        sign, logdet = np.linalg.slogdet((w @ pairs).reshape(-1, p, p))
        return np.where(sign > 0, loglik + 0.5 * logdet, -np.inf) + self.shift

    def derivatives(self, at: Array) -> tuple[Array, Array, Array]:
        """Value (s,), gradient (s, p) and exact Hessian (s, p, p) at `at` (s, p)."""
        z, f = self.z, self.weights
        eta = at @ z.T
        e = np.exp(-np.abs(eta))
        q = 1 / (1 + e)
        risk = np.where(eta >= 0, q, e * q)
        w = e * q * q
        loglik = (f * (self.y * eta - np.maximum(eta, 0) - np.log1p(e))).sum(axis=1)
        orthonormal, triangle = np.linalg.qr(np.sqrt(f * w)[:, :, None] * z)
        size = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
        value = loglik + np.log(np.maximum(size, 1e-200)).sum(axis=1)
        hat = orthonormal @ orthonormal.swapaxes(1, 2)
        h = np.diagonal(hat, axis1=1, axis2=2)
        gradient = (f * (self.y - risk) + h * (0.5 - risk)) @ z
        vz = (1 - 2 * risk)[:, :, None] * z
        bend = (0.5 * h * (1 - 6 * w) - f * w)[:, :, None] * z
        hessian = z.T @ bend - 0.5 * vz.swapaxes(1, 2) @ ((hat * hat) @ vz)
        return value + self.shift, gradient, (hessian + hessian.swapaxes(1, 2)) / 2

    def climb(self, starts: Array, free: int) -> Climb:
        """From each start (s, p), uphill in the first `free` coordinates with the others held; the best one."""
        at = starts.copy()
        value, gradient, hessian = self.derivatives(at)
        if free == 0:
            return Climb(at[0], float(value[0]), gradient[0], hessian[0])
        live = np.ones(len(at), bool)
        for _ in range(100):
            step = np.zeros_like(at)
            bend, up = hessian[:, :free, :free], gradient[:, :free]
            lift = np.linalg.eigvalsh(bend)[:, -1]
            lift = np.where(lift > -1e-7, lift + 0.1 * (1 + np.abs(lift)), 0.0)
            step[:, :free] = np.linalg.solve(lift[:, None, None] * np.eye(free) - bend, up[..., None])[..., 0]
            step *= (3 / np.maximum(np.abs(step @ self.z.T).max(axis=1), 3))[:, None]
            live &= np.abs(step[:, :free] * up).sum(axis=1) > 1e-22
            step[~live] = 0
            if not live.any():
                break
            for _ in range(40):
                trial = self.derivatives(at + step)
                down = ~(trial[0] >= value - 1e-12 * (1 + np.abs(value))) & live
                if not down.any():
                    break
                step[down] /= 2
            at = at + step
            value, gradient, hessian = trial
        best = int(np.nanargmax(value))
        return Climb(at[best], float(value[best]), gradient[best], hessian[best])

    def peak(self, known: Array) -> Climb:
        """The largest value over all coordinates, from `known`, from nothing, and from many tilted starts.

        A tilted start fits as many rows as there are coordinates moderately well.
        """
        p = self.z.shape[1]
        rows = _subsets(len(self.z), p)[: STARTS // 4]
        square, right = self.z[rows], TILT * (2 * self.y[rows] - 1)
        solvable = np.abs(np.linalg.det(square)) > 1e-6
        found = np.linalg.solve(square[solvable], right[solvable][..., None])[..., 0]
        starts = np.concatenate([known[None], np.zeros((1, p)), found])
        order = np.argsort(-self._ranked(starts), kind="stable")
        return self.climb(starts[np.unique(np.concatenate([[0, 1], order[: THOROUGH[1]]]))], p)

    def ridge(self, last: float, near: Array) -> Climb:
        """The hill reached from `near` with the last coordinate at `last`: quick, and not always the highest."""
        free = self.z.shape[1] - 1
        return self.climb(np.append(near[:free], last)[None], free)

    def profile(self, last: float, near: Array, effort: tuple[int, int] = THOROUGH) -> Climb:
        """The largest value with the last coordinate at `last`, from `near` and from wherever a hill may stand.

        A steep curve earns its penalty only near rows it leaves undecided, so each start puts as many rows on
        one half as there are free coordinates; the best of these are climbed.
        """
        free = self.z.shape[1] - 1
        starts = np.array([np.append(near[:free], last), np.append(np.zeros(free), last)])
        if free == 0:
            return self.climb(starts[:1], 0)
        looks, climbers = effort
        chosen = self.z[self.rows[:looks]]
        square, right = chosen[:, :, :free], -last * chosen[:, :, -1]
        solvable = np.abs(np.linalg.det(square)) > 1e-6
        found = np.linalg.solve(square[solvable], right[solvable][..., None])[..., 0]
        starts = np.concatenate([starts, np.column_stack([found, np.full(len(found), last)])])
        order = np.argsort(-self._ranked(starts), kind="stable")
        return self.climb(starts[np.unique(np.concatenate([[0], order[:climbers]]))], free)


def _subsets(n: int, size: int) -> NDArray[np.intp]:
    """All sets of `size` rows when they are few, otherwise a fixed random selection; in random order."""
    rng = np.random.default_rng(20_261_122)
    if comb(n, size) <= STARTS:
        return rng.permutation(np.array(list(combinations(range(n), size))))
    return rng.random((STARTS, n)).argsort(axis=1)[:, :size]


def view(X: Array, y: Array, weights: Array, which: int) -> View:
    """The model `X` (n, p) rotated so that coefficient `which` is the last coordinate."""
    n, p = X.shape
    order = [j for j in range(p) if j != which] + [which]
    # Scaled columns keep the rotation accurate when one covariate counts in thousands.
    size = np.abs(X).max(axis=0)
    orthonormal, triangle = np.linalg.qr(X[:, order] / size[order])
    sign = np.sign(triangle[-1, -1])
    orthonormal[:, -1] *= sign
    diagonal = np.abs(np.diagonal(triangle))
    shift = float(np.log(diagonal).sum() + np.log(size).sum() - p / 2 * np.log(n))
    scale = np.sqrt(n) / diagonal[-1] / size[which]
    return View(orthonormal * np.sqrt(n), y, weights, float(scale), shift, _subsets(n, p - 1))
