"""Exact rank and permutation tests of ten thousand cohorts, beside a loop over scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from benchmarks.interleaving import interleaved
from jdm_teach.stats.ranks import all_labellings, cohort_tests, mann_whitney

COHORTS, CHILDREN, GROUP = 10_000, 9, 3
SAMPLE = 40  # cohorts the peer is timed on; its time is scaled up, as it runs them one by one


def row(
    job: str, ours: float, goal: float | None, peer: str, peer_value: float | None, note: str
) -> dict[str, Any]:
    ratio = None if peer_value is None else peer_value / ours
    return {
        "job": job,
        "ours": ours,
        "unit": "ms",
        "goal": goal,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
        "note": note,
    }


def scipy_ranks(cohorts: np.ndarray, group: np.ndarray) -> None:
    method = stats.PermutationMethod(n_resamples=np.inf)
    for values in cohorts:
        stats.mannwhitneyu(values[group], values[~group], method=method)


def scipy_means(cohorts: np.ndarray, group: np.ndarray) -> None:
    for values in cohorts:
        stats.permutation_test(
            (values[group], values[~group]), lambda x, y: x.mean() - y.mean(), n_resamples=np.inf
        )


def measure() -> list[dict[str, Any]]:
    cohorts = np.random.default_rng(20231).integers(0, 180, (COHORTS, CHILDREN)) / 10
    whole_years = np.floor(cohorts)
    group = all_labellings(CHILDREN, GROUP)[40]
    scale, per = COHORTS / SAMPLE, f"peer timed on {SAMPLE} cohorts and scaled"
    rows = []
    ours, peer = interleaved(
        lambda: cohort_tests(whole_years, group), lambda: scipy_ranks(whole_years[:SAMPLE], group)
    )
    name = "exact Mann–Whitney with ties, 10,000 cohorts × 84 labellings, one p each"
    rows.append(row(name, ours, 20, "scipy mannwhitneyu, full permutation", peer * scale, per))
    ours, peer = interleaved(
        lambda: cohort_tests(whole_years, k=GROUP), lambda: scipy_ranks(whole_years[: SAMPLE // 4], group)
    )
    name = "the same, a p for every one of the 840,000 labelled cohorts"
    note = "peer timed on 10 labelled cohorts and scaled to 840,000"
    rows.append(
        row(name, ours, 20, "scipy mannwhitneyu, full permutation", peer * 84 * COHORTS / (SAMPLE // 4), note)
    )
    ours, peer = interleaved(
        lambda: cohort_tests(cohorts, group, scores="values"), lambda: scipy_means(cohorts[:SAMPLE], group)
    )
    name = "exact permutation test of means, 10,000 cohorts × 84 labellings"
    rows.append(
        row(name, ours, None, "scipy permutation_test", peer * scale, per + "; two-sided by doubling there")
    )
    x, y = whole_years[0, :GROUP], whole_years[0, GROUP:]
    ours, peer = interleaved(
        lambda: mann_whitney(x, y), lambda: scipy_ranks(whole_years[:1], group), rounds=21
    )
    name = "one exact Mann–Whitney test with ties, 3 v 6, with its interval"
    rows.append(
        row(name, ours, None, "scipy mannwhitneyu, full permutation", peer, "the peer gives no interval")
    )
    return rows


if __name__ == "__main__":
    for line in measure():
        print(line)
