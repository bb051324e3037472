"""How long the simulated worlds take, beside the same work in a loop over scipy.

Loops that would take minutes are run on a part of the worlds and scaled up; the note says so.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from scipy import stats

from jdm_teach.stats.logrank_exact import exact_logrank
from jdm_teach.stats.survival import reconstruct_patients
from jdm_teach.stats.worlds import marker_hunt, no_effect_world, rank_power, table_power

REPEATS = 5


def _seconds(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _pair(
    ours: Callable[[], Any], peer: Callable[[], Any] | None, share: float = 1.0
) -> tuple[float, float | None]:
    """Medians of interleaved runs in milliseconds; the peer did only `share` of the work."""
    ours()
    mine, theirs = [], []
    for _ in range(REPEATS):
        mine.append(_seconds(ours))
        if peer is not None:
            theirs.append(_seconds(peer) / share)
    return 1000 * median(mine), 1000 * median(theirs) if theirs else None


def _row(job: str, goal: str, peer: str, times: tuple[float, float | None], note: str) -> dict[str, Any]:
    ours, theirs = times
    ratio = None if theirs is None else theirs / ours
    return {
        "job": job,
        "ours": ours,
        "unit": "ms",
        "goal": goal,
        "peer": peer,
        "peer_value": theirs,
        "ratio": ratio,
        "note": note,
    }


def _loop_of_rank_tests(worlds: int) -> None:
    values = np.random.default_rng(1).standard_normal((worlds, 20, 9))
    for world in values:
        for marker in world:
            stats.mannwhitneyu(marker[:3], marker[3:], method="exact")


def _loop_of_cut_offs(worlds: int) -> None:
    values = np.random.default_rng(1).standard_normal((worlds, 20, 9))
    for world in values:
        for marker in world:
            poor = np.argsort(np.argsort(-marker))[:3]
            for k in range(1, 9):
                a = int((poor < k).sum())
                stats.fisher_exact([[a, k - a], [3 - a, 6 - k + a]])


def _loop_of_children(worlds: int) -> None:
    rng = np.random.default_rng(1)
    for _ in range(worlds):
        improved = 0
        for _ in range(9):
            first = stats.truncnorm.rvs(1.0, np.inf, random_state=rng)
            second = 0.5 * first + np.sqrt(0.75) * rng.standard_normal()
            improved += second < first


def _loop_of_tables() -> float:
    return sum(
        stats.binom.pmf(a, 12, 0.7) * stats.binom.pmf(b, 12, 0.2)
        for a in range(13)
        for b in range(13)
        if stats.fisher_exact([[a, 12 - a], [b, 12 - b]])[1] <= 0.05
    )


def _loop_of_studies(worlds: int) -> None:
    rng = np.random.default_rng(1)
    for _ in range(worlds):
        stats.mannwhitneyu(rng.standard_normal(3) + 1, rng.standard_normal(6), method="exact")


TIME, EVENT, GROUP = (
    np.arange(1, 13),
    np.array([1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0]),
    np.array([1, 1, 1, 0, 1, 0] * 2),
)


def _loop_of_allocations(share: float) -> None:
    chosen = list(combinations(range(12), 6))
    for first in chosen[: int(len(chosen) * share)]:
        members = np.isin(np.arange(12), first)
        samples = [
            stats.CensoredData(uncensored=TIME[m & (EVENT == 1)], right=TIME[m & (EVENT == 0)])
            for m in (members, ~members)
        ]
        stats.logrank(*samples)


def _digitised() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    event_time, lost = rng.exponential(10, 100), np.minimum(rng.exponential(20, 100), 15)
    time, event = np.round(np.minimum(event_time, lost), 2), event_time <= lost
    steps = np.unique(time[event])
    clicks, level = [(0.0, 1.0)], 1.0
    for t in steps:
        clicks.append((t, level))
        level *= 1 - np.sum((time == t) & event) / np.sum(time >= t)
        clicks.append((t, round(level, 3)))
    table = np.arange(0, 15, 3.0)
    return np.array(clicks), table, (time[:, None] >= table).sum(0)


def measure() -> list[dict[str, Any]]:
    """One row per job; goals where the course sets one."""
    clicks, table, at_risk = _digitised()
    part = "loop run on 1% of the worlds and scaled"
    return [
        _row(
            "marker hunt, 10,000 worlds × 20 markers, rank test",
            "≤ 500 ms",
            "loop over scipy.stats.mannwhitneyu",
            _pair(marker_hunt, lambda: _loop_of_rank_tests(100), 0.01),
            part,
        ),
        _row(
            "marker hunt with all eight cut-offs: 1.8 million looks",
            "≤ 500 ms",
            "loop over scipy.stats.fisher_exact (cut-offs only)",
            _pair(lambda: marker_hunt(cut_offs="all"), lambda: _loop_of_cut_offs(10), 0.001),
            "loop run on 0.1% of the worlds and scaled",
        ),
        _row(
            "no-effect world, 10,000 × 9 children",
            "–",
            "loop over scipy.stats.truncnorm",
            _pair(no_effect_world, lambda: _loop_of_children(20), 0.002),
            "loop run on 0.2% of the worlds and scaled",
        ),
        _row(
            "exact power, 12 v 12, Fisher, p values known",
            "–",
            "enumeration with scipy.stats.fisher_exact",
            _pair(lambda: table_power(12, 12, 0.7, 0.2), _loop_of_tables),
            "same tables, same answer; ours remembers the p values of these group sizes after the first call",
        ),
        _row(
            "rank power, 20,000 studies of 3 v 6",
            "–",
            "loop over scipy.stats.mannwhitneyu",
            _pair(rank_power, lambda: _loop_of_studies(200), 0.01),
            part,
        ),
        _row(
            "exact log-rank, 6 v 6 with ties in censoring",
            "–",
            "all 924 allocations through scipy.stats.logrank",
            _pair(lambda: exact_logrank(TIME, EVENT, GROUP), lambda: _loop_of_allocations(0.05), 0.05),
            "another statistic (observed minus expected over its own variance); loop run on 5% and scaled",
        ),
        _row(
            "rebuild 100 patients from a digitised curve",
            "–",
            "none in Python",
            _pair(lambda: reconstruct_patients(clicks, table, at_risk), None),
            "no Python peer found; accuracy against IPDfromKM is in the tests",
        ),
    ]


if __name__ == "__main__":
    for row in measure():
        peer = (
            ""
            if row["peer_value"] is None
            else f"; {row['peer']}: {row['peer_value']:.0f} ms ({row['ratio']:.0f}×)"
        )
        print(f"{row['job']}: {row['ours']:.1f} ms (goal {row['goal']}){peer}; {row['note']}")
