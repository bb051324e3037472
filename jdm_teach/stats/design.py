"""Outcomes and covariates of a regression, checked before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["design_matrix"]

Array = NDArray[np.float64]


def design_matrix(
    y: ArrayLike,
    X: ArrayLike,
    names: Sequence[str] | None = None,
    intercept: bool = True,
    weights: ArrayLike | None = None,
) -> tuple[Array, Array, list[str], Array]:
    """Outcome (n,), design (n, p) with its intercept first, names of the columns, row weights (n,).

    Raises ValueError, as a sentence, for what no regression could answer: missing values, one outcome class,
    constant or collinear covariates.

    >>> design_matrix([0, 1, 1], [2, 4, 9])[1]
    array([[1., 2.],
           [1., 4.],
           [1., 9.]])
    """
    ys, xs = np.asarray(y, float), np.asarray(X, float)
    xs = xs[:, None] if xs.ndim == 1 else xs
    if ys.ndim != 1 or xs.ndim != 2 or len(ys) != len(xs):
        raise ValueError(
            "There must be one outcome and one row of covariates per child; "
            f"you gave shapes {np.shape(y)} and {np.shape(X)}."
        )
    if xs.shape[1] == 0 or len(ys) == 0:
        raise ValueError("A regression needs at least one child and one covariate.")
    counts = np.ones(len(ys)) if weights is None else np.asarray(weights, float)
    if counts.shape != ys.shape or not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError(
            "Weights say how many children each row stands for: one number per row, none below 0."
        )
    if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        raise ValueError("Some values are missing or infinite; leave those children out first.")
    if not np.isin(ys, (0, 1)).all():
        raise ValueError("An outcome is 1 (it happened) or 0 (it did not); the outcomes hold other values.")
    used = counts > 0
    if used.sum() == 0 or np.ptp(ys[used]) == 0:
        raise ValueError("Every child has the same outcome, so there is nothing to compare.")
    labels = [f"x{j + 1}" for j in range(xs.shape[1])] if names is None else list(names)
    if len(labels) != xs.shape[1]:
        raise ValueError(f"There are {xs.shape[1]} covariates and {len(labels)} names; give one name each.")
    if intercept:
        for label, column in zip(labels, xs[used].T, strict=True):
            if np.ptp(column) <= 1e-12 * np.abs(column).max():
                raise ValueError(
                    f"Every child has the same value of {label}; leave it out, it can explain nothing."
                )
        xs = np.column_stack([np.ones(len(xs)), xs])
        labels = ["(Intercept)", *labels]
    _refuse_collinear(xs[used], labels)
    return ys, xs, labels, counts


def _refuse_collinear(design: Array, labels: list[str]) -> None:
    n, p = design.shape
    if p > n:
        raise ValueError(
            f"{p} coefficients cannot be told apart with {n} children; use at most {n - 1} covariates, better one."
        )
    size = np.sqrt((design**2).sum(axis=0))
    done = np.empty((n, 0))
    for j in range(p):
        column = design[:, j] / size[j] if size[j] else design[:, j]
        left = column - done @ (done.T @ column)
        left = left - done @ (done.T @ left)
        length = np.sqrt((left**2).sum())
        if length < 1e-9:
            before = ", ".join(labels[:j]) or "nothing"
            raise ValueError(
                f"{labels[j]} is fixed by the columns before it ({before}), so their effects cannot be told apart; "
                "leave one of them out."
            )
        done = np.column_stack([done, left / length])
