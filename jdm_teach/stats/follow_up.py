"""Follow-up data as every survival method needs them: checked times, events and two groups.

A person is followed for `time` (any one unit) until the event (`event` = 1) or until the last time they were
seen without it (`event` = 0, censored).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["RiskSets", "checked_follow_up", "checked_level", "counted", "risk_sets"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Two times closer than this, relative to their size, differ only by how a computer stores 0.1 + 0.2.
SAME_TIME = 1.5e-8


def counted(n: float, noun: str) -> str:
    """A count with its noun: '1 event', '3 events', '2.25 events'."""
    plural = "people" if noun == "person" else f"{noun}s"
    return f"{n:g} {noun if n == 1 else plural}"


def checked_level(level: float) -> float:
    """The confidence level itself, when it is one. Raises ValueError otherwise."""
    if not 0 < level < 1:
        raise ValueError(f"A confidence level lies between 0 and 1, as in 0.95; got {level}.")
    return float(level)


def checked_follow_up(time: ArrayLike, event: ArrayLike) -> tuple[Floats, Ints]:
    """Times and events as arrays of one length, with times that differ only by rounding made equal.

    Raises ValueError for unequal lengths, nobody, missing or negative times, or events other than 0 and 1.
    """
    t = np.atleast_1d(np.asarray(time, dtype=float))
    e = np.atleast_1d(np.asarray(event))
    if t.ndim != 1 or t.shape != e.shape:
        raise ValueError(f"Give one time and one event per person; got shapes {t.shape} and {e.shape}.")
    if t.size == 0:
        raise ValueError("Nobody was followed: give at least one time with its event.")
    if not np.all(np.isfinite(t)) or np.any(t < 0):
        raise ValueError("Every follow-up time must be a number of at least 0; leave out people without one.")
    if not np.all(np.isin(e, (0, 1))):
        raise ValueError("An event is 1 (it happened) or 0 (last seen without it); other values were found.")
    ordered = np.unique(t)
    gap = SAME_TIME * np.abs(ordered).mean()
    first_of_run = np.concatenate(([True], np.diff(ordered) > gap))
    t = ordered[first_of_run][np.cumsum(first_of_run)[np.searchsorted(ordered, t)] - 1]
    return t, e.astype(np.int64)


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Who was at risk and who had the event at each event time, in two groups.

    `labels` are the two group names in sorted order; `n` the group sizes; `at_risk` and `events` have one row
    per event time and one column per group.
    """

    labels: tuple[Any, Any]
    n: tuple[int, int]
    time: Floats
    at_risk: Ints
    events: Ints
    members: NDArray[np.bool_]


def risk_sets(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> RiskSets:
    """Tabulate two groups at every event time. Raises ValueError unless exactly two groups are present."""
    t, e = checked_follow_up(time, event)
    g = np.atleast_1d(np.asarray(group))
    if g.shape != t.shape:
        raise ValueError(f"Give one group label per person; got {g.size} labels for {t.size} people.")
    labels = np.unique(g)
    if labels.size != 2:
        raise ValueError(f"Exactly two groups can be compared here; {labels.size} were found.")
    members = g == labels[1]
    when = np.unique(t[e == 1])
    side = np.stack([~members, members])
    at_risk = np.stack([(t[s][:, None] >= when).sum(0) for s in side], axis=1)
    events = np.stack([((t[s][:, None] == when) & (e[s][:, None] == 1)).sum(0) for s in side], axis=1)
    n = (int(side[0].sum()), int(side[1].sum()))
    return RiskSets((labels[0].item(), labels[1].item()), n, when, at_risk, events, members)
