"""Times of jobs taken in turn, so that ours and the peer meet the same machine."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

__all__ = ["interleaved"]


def interleaved(*jobs: Callable[[], Any] | None, rounds: int = 7) -> list[float | None]:
    """Median milliseconds of each job, run in turn; the first round warms up and is not counted. A job that is None has no time."""
    took: list[list[float]] = [[] for _ in jobs]
    for turn in range(rounds + 1):
        for job, kept in zip(jobs, took, strict=True):
            if job is None:
                continue
            begun = perf_counter()
            job()
            if turn:
                kept.append(1e3 * (perf_counter() - begun))
    return [median(kept) if kept else None for kept in took]
