"""Exact tests of ten thousand 2×2 tables by look-up, beside a loop over scipy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from benchmarks.interleaving import interleaved
from jdm_teach.stats.tables import boschloo, odds_ratio, p_values

TABLES = 10_000
SAMPLE = 40  # tables the peer is timed on; its time is scaled up, as it runs them one by one


def row(job: str, ours: float, peer: str, peer_value: float, note: str) -> dict[str, Any]:
    return {
        "job": job,
        "ours": ours,
        "unit": "ms",
        "goal": None,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": peer_value / ours,
        "note": note,
    }


def measure() -> list[dict[str, Any]]:
    generator = np.random.default_rng(20232)
    events = generator.integers(0, [4, 7], (TABLES, 2))
    tables = np.stack([events, np.array([3, 6]) - events], axis=2)
    sizes = generator.integers(1, 9, TABLES)
    mixed = np.stack([generator.integers(0, sizes + 1), generator.integers(0, 10 - sizes)], axis=1)
    mixed = np.stack([mixed, np.stack([sizes, 9 - sizes], axis=1) - mixed], axis=2)
    few = tables[:SAMPLE]
    scale, note = TABLES / SAMPLE, f"peer timed on {SAMPLE} tables and scaled"
    jobs: list[tuple[str, Callable[[], Any], str, Callable[[], Any], str]] = [
        (
            "Fisher p of 10,000 tables, 3 v 6",
            lambda: p_values(tables),
            "scipy fisher_exact",
            lambda: [stats.fisher_exact(t) for t in few],
            note,
        ),
        (
            "Fisher p of 10,000 tables, all splits of nine",
            lambda: p_values(mixed),
            "scipy fisher_exact",
            lambda: [stats.fisher_exact(t) for t in mixed[:SAMPLE]],
            note,
        ),
        (
            "Boschloo p of 10,000 tables, 3 v 6",
            lambda: p_values(tables, "boschloo"),
            "scipy boschloo_exact",
            lambda: [stats.boschloo_exact(t.T, alternative="less") for t in few],
            note + ", one side only, groups turned into columns",
        ),
        (
            "Barnard p of 10,000 tables, 3 v 6",
            lambda: p_values(tables, "barnard"),
            "scipy barnard_exact",
            lambda: [stats.barnard_exact(t.T) for t in few],
            note + "; the peer loses tied tables",
        ),
    ]
    rows = []
    for job, ours, peer_name, peer, remark in jobs:
        mine, theirs = interleaved(ours, peer, rounds=5)
        rows.append(row(job, mine, peer_name, theirs * scale, remark))
    table = np.array([[7, 2], [1, 9]])
    mine, theirs = interleaved(
        lambda: boschloo(table), lambda: stats.boschloo_exact(table.T, alternative="less"), rounds=11
    )
    rows.append(
        row("one Boschloo test, 9 v 10, all sides", mine, "scipy boschloo_exact", theirs, "peer: one side")
    )
    mine, theirs = interleaved(
        lambda: odds_ratio(table),
        lambda: stats.contingency.odds_ratio(table).confidence_interval(),
        rounds=11,
    )
    rows.append(row("one odds ratio with exact interval, 9 v 10", mine, "scipy odds_ratio", theirs, ""))
    return rows


if __name__ == "__main__":
    for line in measure():
        print(line)
