"""The binomial-normal model for pooled proportions: no continuity correction, exact binomial counts.

Study i has log odds b + τ·u_i with u_i standard normal. The integral over u is taken by adaptive Gauss–Hermite
quadrature with 25 nodes, centred and scaled study by study (Stijnen et al. 2010, doi:10.1002/sim.4040).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

__all__ = ["MixedLogit", "fit_mixed_logit"]

Array = NDArray[np.float64]
NODES = 25


@dataclass(frozen=True)
class MixedLogit:
    """Mean log odds, its standard error from the joint information, and the between-study standard deviation."""

    estimate: float
    se: float
    tau: float
    loglik: float


def _loglik(b: float, tau: float, x: Array, n: Array) -> tuple[float, Array]:
    """Log-likelihood (without binomial coefficients) and its gradient in (b, τ)."""
    mode = np.zeros(len(x))
    for _ in range(100):
        risk = expit(b + tau * mode)
        step = (tau * (x - n * risk) - mode) / (1 + tau**2 * n * risk * (1 - risk))
        mode += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-12:
            break
    risk = expit(b + tau * mode)
    width = 1 / np.sqrt(1 + tau**2 * n * risk * (1 - risk))
    t, weight = np.polynomial.hermite.hermgauss(NODES)
    u = mode[:, None] + np.sqrt(2) * width[:, None] * t
    eta = b + tau * u
    log_part = x[:, None] * eta - n[:, None] * np.logaddexp(0, eta) - u**2 / 2 + t**2 + np.log(weight)
    total = logsumexp(log_part, axis=1)
    share = np.exp(log_part - total[:, None])
    left = x[:, None] - n[:, None] * expit(eta)
    gradient = np.array([(share * left).sum(), (share * left * u).sum()])
    return float((total + np.log(width)).sum() - len(x) / 2 * np.log(np.pi)), gradient


def fit_mixed_logit(events: Array, totals: Array) -> MixedLogit:
    """Maximum likelihood from several starts. Costs about 20 ms for ten studies.

    Raises ValueError when no study, or every patient, had the event: the mean is then infinite.
    """
    from scipy.optimize import minimize

    x, n = np.asarray(events, float), np.asarray(totals, float)
    if x.sum() in (0, n.sum()):
        which = "No one" if x.sum() == 0 else "Everyone"
        raise ValueError(
            f"{which} in any study had the event, so this model has no finite answer; pool the logits with a "
            "continuity correction, or give one exact interval for the total."
        )
    pooled = float(np.log(x.sum() / (n.sum() - x.sum())))
    null = _loglik(pooled, 0.0, x, n)[0]
    risk = expit(pooled)
    best = MixedLogit(pooled, float(1 / np.sqrt(n.sum() * risk * (1 - risk))), 0.0, null)
    for start in (0.3, 1.0, 3.0):
        found = minimize(
            lambda p: tuple(-part for part in _loglik(p[0], p[1], x, n)),
            [pooled, start],
            jac=True,
            method="BFGS",
        )
        point = _polish(found.x, x, n)
        value = _loglik(point[0], point[1], x, n)[0]
        # Zero is always a stationary point, so only a real gain counts as variation between studies.
        if value > best.loglik + 1e-9 and abs(point[1]) > 1e-5:
            covariance = np.linalg.inv(-_hessian(point, x, n))
            best = MixedLogit(float(point[0]), float(np.sqrt(covariance[0, 0])), float(abs(point[1])), value)
    return best


def _gradient(point: Array, x: Array, n: Array) -> Array:
    return _loglik(float(point[0]), float(point[1]), x, n)[1]


def _hessian(point: Array, x: Array, n: Array, h: float = 1e-4) -> Array:
    rows = []
    for step in np.eye(2) * h:
        up, down = _gradient(point + step, x, n), _gradient(point - step, x, n)
        rows.append((up - down) / (2 * h))
    hessian = np.array(rows)
    return (hessian + hessian.T) / 2


def _polish(point: Array, x: Array, n: Array) -> Array:
    """A few Newton steps, kept only while they shrink the gradient."""
    size = np.abs(_gradient(point, x, n)).max()
    for _ in range(5):
        trial: Array = point - np.linalg.solve(_hessian(point, x, n), _gradient(point, x, n))
        smaller = np.abs(_gradient(trial, x, n)).max()
        if not smaller < size:
            break
        point, size = trial, smaller
    return point
