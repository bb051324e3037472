"""Firth over ten thousand small cohorts: slope, penalised likelihood-ratio p and verified interval."""

from __future__ import annotations

import warnings
from statistics import median
from time import process_time

import numpy as np

from jdm_teach.stats.firth_batch import firth_batch

COHORTS, CHILDREN, EVENTS = 10_000, 9, 3
SAMPLE, REPEATS = 250, 5


def simulated_cohorts(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Ages to a tenth of a year with mean near 5.1 and SD near 3.6, three of nine labelled at random."""
    kept: list[np.ndarray] = []
    while sum(map(len, kept)) < COHORTS:
        x = rng.gamma(rng.uniform(1.2, 4, size=(4 * COHORTS, 1)), 1, size=(4 * COHORTS, CHILDREN))
        x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, ddof=1, keepdims=True) * 3.6 + 5.1
        x = np.round(x, 1)
        kept.append(x[(x >= 0).all(axis=1) & (x < 18).all(axis=1)])
    y = np.zeros((COHORTS, CHILDREN))
    y[:, :EVENTS] = 1
    return np.concatenate(kept)[:COHORTS], rng.permuted(y, axis=1)


def measure() -> list[dict]:
    """Ours on all cohorts; the peer on the first few hundred, scaled up, interleaved with ours.

    Both run on one core and are measured in processor time, so that a busy machine does not blur the ratio.
    """
    x, y = simulated_cohorts(np.random.default_rng(20_261_122))
    try:
        from firthmodels import FirthLogisticRegression
        from threadpoolctl import threadpool_limits
    except ImportError:
        FirthLogisticRegression = None  # type: ignore[misc, assignment]

    def peer(interval: bool) -> float:
        begin = process_time()
        # One thread: on matrices this small, waiting for threads would slow the peer and flatter us.
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore")
            for i in range(SAMPLE):
                model = FirthLogisticRegression(backend="numpy").fit(x[i][:, None], y[i])
                model.lrt([0])
                if interval:
                    model.conf_int(method="pl", features=[0])
        return (process_time() - begin) * COHORTS / SAMPLE

    def ours(interval: bool) -> float:
        begin = process_time()
        firth_batch(x, y, interval=interval)
        return process_time() - begin

    ours(True)
    rows = []
    jobs = [("slope and p", False, None), ("slope, p and verified interval", True, 1.0)]
    for name, interval, goal in jobs:
        mine, theirs = [], []
        for _ in range(REPEATS):
            mine.append(ours(interval))
            if FirthLogisticRegression is not None:
                theirs.append(peer(interval))
        value = median(mine)
        other = median(theirs) if theirs else None
        note = (
            f"loop over {SAMPLE} cohorts, scaled to {COHORTS:,}; slope only; processor time"
            if theirs
            else "firthmodels missing"
        )
        rows.append(
            {
                "job": f"Firth {name}, {COHORTS:,} cohorts of {CHILDREN}",
                "ours": value,
                "unit": "s",
                "goal": goal,
                "peer": "firthmodels loop",
                "peer_value": other,
                "ratio": other / value if other else None,
                "note": note + ("; goal at least 25 times faster" if interval else ""),
            }
        )
    return rows


if __name__ == "__main__":
    for row in measure():
        print(row)
