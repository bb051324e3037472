"""Dosing, inhibition and the composed line, against a straightforward scipy version of the same job.

Run with `python benchmarks/bench_dosing.py`; ours and the peer are timed in turn in the same run, medians reported.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.integrate import quad, solve_ivp

from benchmarks.interleaving import interleaved
from jdm_teach.biology.dosing import PKSet, Regimen, concentration, exposure, hours_above, pk_set
from jdm_teach.biology.inhibition import inhibition_course
from jdm_teach.biology.treated_cohort import treat_cohort
from jdm_teach.biology.treatment import treat

WEEK, TAU = 168.0, 12.0
GRID = np.linspace(0.0, WEEK, 1681)


def lsoda_week(CL: float, V: float, ka: float, lag: float) -> np.ndarray:
    """Gut and plasma integrated dose by dose: what one writes without the closed form."""
    ke, state, pieces = CL / V, np.zeros(2), [np.zeros((lag > GRID).sum())]
    starts = np.append(np.arange(0.0, WEEK, TAU) + lag, WEEK + 1e-9)
    for start, stop in pairwise(starts):
        state = state + np.array([5.0, 0.0])
        inside = GRID[(start <= GRID) & (stop > GRID)]
        solved = solve_ivp(
            lambda _, y: [-ka * y[0], ka * y[0] - ke * y[1]],
            (start, stop),
            state,
            method="LSODA",
            t_eval=np.append(inside, stop),
            rtol=1e-6,
            atol=1e-9,
        )
        state = solved.y[:, -1]
        pieces.append(solved.y[1, :-1] / V)
    return np.concatenate(pieces)


def parameters(pk: PKSet) -> tuple[float, float, float, float]:
    return float(pk.CL_F), float(pk.V_F), float(pk.ka), float(pk.lag)


def measure() -> list[dict[str, Any]]:
    """One dict per job: ours and the peer in milliseconds, the ratio, the goal and what was compared."""
    typical, regimen = pk_set(), Regimen(5.0, TAU, doses=14)
    people = typical.virtual_patients(1000, seed=1)
    course = inhibition_course(typical, Regimen(5.0, TAU))
    crowd = inhibition_course(people, Regimen(5.0, TAU))
    found: list[dict[str, Any]] = []

    def add(
        job: str,
        ours: Callable[[], Any],
        peer_name: str | None,
        peer: Callable[[], Any] | None,
        goal: float | None,
        note: str,
        times: int = 7,
        scale: float = 1.0,
    ) -> None:
        mine, theirs = interleaved(ours, peer, rounds=times)
        known = peer is not None
        found.append(
            {
                "job": job,
                "ours": round(mine, 4),
                "unit": "ms",
                "goal": goal,
                "peer": peer_name,
                "peer_value": round(theirs * scale, 3) if known else None,
                "ratio": round(theirs * scale / mine, 1) if known else None,
                "note": note,
            }
        )

    gap = np.abs(concentration(GRID, typical, regimen) - lsoda_week(*parameters(typical))).max()
    add(
        "plasma course, one person, a week twice daily, 1,681 points",
        lambda: concentration(GRID, typical, regimen),
        "scipy LSODA, dose by dose",
        lambda: lsoda_week(*parameters(typical)),
        None,
        f"largest difference {gap:.1e} mg/L",
    )
    add(
        "the same for 1,000 virtual patients",
        lambda: concentration(GRID, people, regimen),
        "scipy LSODA, patient by patient",
        lambda: [lsoda_week(float(c), *parameters(typical)[1:]) for c in people.CL_F[:10]],
        None,
        "peer: 10 patients measured, times 100",
        times=3,
        scale=100.0,
    )
    add(
        "exposure and hours above 30 nM free, 1,000 virtual patients",
        lambda: (exposure(people, Regimen(5.0)), hours_above(30.0, people, Regimen(5.0))),
        None,
        None,
        None,
        "exact to bisection; includes the table",
    )
    add(
        "mean inhibition over a dosing interval, one person",
        course.mean,
        "scipy quad on the same course",
        lambda: quad(course, 0.0, TAU, points=[0.236], limit=200)[0] / TAU,
        10.0,
        f"relative difference {abs(course.mean() / (quad(course, 0, TAU, points=[0.236, 1])[0] / TAU) - 1):.0e}",
    )
    add(
        "mean inhibition, 1,000 virtual patients",
        crowd.mean,
        None,
        None,
        None,
        "one vectorised quadrature",
    )
    add(
        "10,000 single-time calls of the inhibition course",
        lambda: [course(0.0168 * i) for i in range(10_000)],
        None,
        None,
        None,
        "what an ODE solver asks for",
    )
    add(
        "dose to score with and without drug, one person, a week after four",
        lambda: treat(Regimen(5.0)),
        None,
        None,
        None,
        "two runs of the pathway, each four weeks of settling and one week",
    )
    add(
        "the same with the mean inhibition",
        lambda: treat(Regimen(5.0), averaged=True),
        None,
        None,
        None,
        "as above, drug level replaced by its mean inhibition",
    )
    for words, averaged in (("mean inhibition", True), ("every dose followed", False)):
        add(
            f"dose to score with and without drug, 200 virtual patients, {words}",
            lambda averaged=averaged: treat_cohort(n=200, averaged=averaged),
            "our single-person run in a loop",
            lambda averaged=averaged: [treat(averaged=averaged) for _ in range(5)],
            None,
            "peer: 5 patients measured, times 40; one vectorised integration per arm",
            times=3,
            scale=40.0,
        )
    return found


if __name__ == "__main__":
    for row in measure():
        print(row)
