"""What each study contributes to a pooled answer: an effect, its variance, and which rows may be used at all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Study",
    "double_arcsine",
    "inverse_double_arcsine",
    "keep_independent",
    "log_risk_ratios",
    "logits",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Study:
    """One study: its counts as printed, the effect on the scale of the analysis, and whether ½ was added.

    `counts` is (events, n) or, for two arms, (events, n, events in the comparison, n of the comparison).
    """

    name: str
    counts: tuple[int, ...]
    effect: float
    variance: float
    corrected: bool = False


def logits(names: Sequence[str], events: ArrayLike, totals: ArrayLike) -> list[Study]:
    """Log odds with variance 1/x + 1/(n − x); ½ is added to both only in studies with 0 or n events.

    >>> logits(["a"], [3], [8])[0].effect.__round__(4)
    -0.5108
    """
    found = []
    for name, x, n in _counted(names, events, totals):
        half = 0.5 if x in (0, n) else 0.0
        yes, no = x + half, n - x + half
        found.append(Study(name, (x, n), float(np.log(yes / no)), 1 / yes + 1 / no, half > 0))
    return found


def double_arcsine(names: Sequence[str], events: ArrayLike, totals: ArrayLike) -> list[Study]:
    """Freeman–Tukey double arcsine, halved, with variance 1/(4n + 2): needs no correction for zero cells."""
    return [
        Study(name, (x, n), _double_arcsine(x, n), 1 / (4 * n + 2))
        for name, x, n in _counted(names, events, totals)
    ]


def _double_arcsine(x: float, n: float) -> float:
    return float(np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2


def inverse_double_arcsine(t: float, n: float) -> float:
    """Back to a proportion for a study of size `n` (Miller 1978, doi:10.1080/00031305.1978.10479283).

    Outside the values that 0 of n and n of n would give, the answer is 0 or 1.

    >>> round(inverse_double_arcsine(0.7594073570, 4 / (1 / 8 + 1 / 13 + 1 / 9 + 1 / 10)), 4)
    0.4715
    """
    if t <= _double_arcsine(0, n):
        return 0.0
    if t >= _double_arcsine(n, n):
        return 1.0
    s, c = np.sin(2 * t), np.cos(2 * t)
    return float((1 - np.sign(c) * np.sqrt(max(0.0, 1 - (s + (s - 1 / s) / n) ** 2))) / 2)


def log_risk_ratios(
    names: Sequence[str], events: ArrayLike, totals: ArrayLike, events_0: ArrayLike, totals_0: ArrayLike
) -> tuple[list[Study], list[tuple[str, str]]]:
    """Log risk ratios, and the studies that hold no information on them with the reason.

    ½ is added to all four cells only in studies with an empty cell. Where no one, or everyone, in either arm
    had the event, the study cannot tell the arms apart and is left out.
    """
    found, left_out = [], []
    arms = zip(_counted(names, events, totals), _counted(names, events_0, totals_0), strict=True)
    for (name, a, n1), (_, c, n0) in arms:
        if a + c == 0 or (a == n1 and c == n0):
            left_out.append((name, "no one had the event" if a + c == 0 else "everyone had the event"))
            continue
        half = 0.5 if 0 in (a, c, n1 - a, n0 - c) else 0.0
        p1, p0 = (a + half) / (n1 + 2 * half), (c + half) / (n0 + 2 * half)
        variance = 1 / (a + half) - 1 / (n1 + 2 * half) + 1 / (c + half) - 1 / (n0 + 2 * half)
        found.append(Study(name, (a, n1, c, n0), float(np.log(p1 / p0)), variance, half > 0))
    return found, left_out


def keep_independent(
    names: Sequence[str], overlap: Sequence[str | None] | None, chosen: Collection[str] = ()
) -> tuple[list[int], list[tuple[str, str]]]:
    """Positions of the studies that may be pooled together, and those left out with the reason.

    `overlap` holds, per study, the label of a group of studies that may share patients (None or '' = alone).
    Raises ValueError naming the studies when a group has several and `chosen` does not name exactly one.

    >>> keep_independent(["A", "B", "C"], ["Beijing", "Beijing", None], chosen=["B"])
    ([1, 2], [('A', 'may share patients with B (Beijing)')])
    """
    labels = [g if isinstance(g, str) and g.strip() else None for g in overlap or [None] * len(names)]
    if len(labels) != len(names):
        raise ValueError(f"There are {len(names)} studies and {len(labels)} overlap groups; give one each.")
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise ValueError(
            f"These studies are listed twice and would count twice: {', '.join(twice)}. Keep one row each."
        )
    strangers = sorted(set(chosen) - set(names))
    if strangers:
        raise ValueError(f"{', '.join(strangers)} cannot be chosen, because no study has that name.")
    out: dict[str, str] = {}
    refused = []
    for group in dict.fromkeys(g for g in labels if g):
        members = [name for name, label in zip(names, labels, strict=True) if label == group]
        picked = [name for name in members if name in chosen]
        if len(members) > 1 and len(picked) != 1:
            refused.append(f"{', '.join(members)} (group {group})")
        elif len(members) > 1:
            out |= {m: f"may share patients with {picked[0]} ({group})" for m in members if m != picked[0]}
    if refused:
        raise ValueError(
            f"These studies may hold the same patients: {'; '.join(refused)}. Pooling them would count patients "
            "twice; choose exactly one study of each group with `chosen`."
        )
    return [i for i, name in enumerate(names) if name not in out], list(out.items())


def _counted(names: Sequence[str], events: ArrayLike, totals: ArrayLike) -> list[tuple[str, int, int]]:
    xs, ns = np.atleast_1d(np.asarray(events, float)), np.atleast_1d(np.asarray(totals, float))
    if not len(names) == len(xs) == len(ns):
        raise ValueError(
            f"There are {len(names)} names, {len(xs)} counts of events and {len(ns)} totals; give one of each per study."
        )
    rows = []
    for name, x, n in zip(names, xs, ns, strict=True):
        if not (np.isfinite(x) and np.isfinite(n) and x == int(x) and n == int(n) and 0 <= x <= n and n > 0):
            raise ValueError(
                f"{name}: events and total must be whole numbers with 0 ≤ events ≤ total; got {x:g} of {n:g}. "
                "A count that was not seen is missing, not zero: leave the study out."
            )
        rows.append((name, int(x), int(n)))
    return rows
