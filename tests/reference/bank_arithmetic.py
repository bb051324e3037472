"""The functions that the arithmetic checks of the question bank call, written for the tests alone.

Where a check rests on a simulation, the same quantity is worked out here by integration, so that the number in
the bank is confirmed by another route.
"""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
from scipy import integrate, optimize, stats

__all__ = ["NAMES", "recompute"]


def cp(x: int, n: int, a: float = 0.05) -> tuple[float, float]:
    """Exact (Clopper-Pearson) limits for x of n."""
    limits = stats.binomtest(x, n).proportion_ci(1 - a, method="exact")
    return float(limits.low), float(limits.high)


def rtm_frac(rel: float, cut: float = 1.0) -> float:
    """Share whose second value is lower, among those selected above a cut, for a measure of given reliability."""
    spread = np.sqrt(1 - rel**2)

    def lower(b: float) -> float:
        return float(stats.norm.pdf(b) * stats.norm.cdf((b - rel * b) / spread))

    return float(integrate.quad(lower, cut, 12)[0] / stats.norm.sf(cut))


def imm_ok() -> bool:
    """Immortal time under equal hazards: the naive risks by year 2 are 0.47 and 0.95, person-time rates agree.

    Time to death is exponential with mean 2, time to the drug exponential with mean 1.
    """
    death, start = stats.expon(scale=2), stats.expon(scale=1)

    def over(f, low: float, high: float) -> float:
        return float(integrate.quad(f, low, high)[0])

    treated = over(lambda t: death.pdf(t) * start.cdf(t), 0, 80)
    naive_treated = over(lambda t: death.pdf(t) * start.cdf(t), 0, 2) / treated
    naive_untreated = over(lambda t: death.pdf(t) * start.sf(t), 0, 2) / (1 - treated)
    time_untreated = over(lambda t: death.sf(t) * start.sf(t), 0, 80)
    time_treated = over(lambda t: death.sf(t) * start.cdf(t), 0, 80)
    rates = (1 - treated) / time_untreated, treated / time_treated
    naive_agree = abs(naive_treated - 0.47) < 0.01 and abs(naive_untreated - 0.95) < 0.01
    return bool(naive_agree and abs(rates[0] - rates[1]) < 1e-6)


@cache
def _fisher(a: int, b: int, c: int, d: int) -> float:
    """Two-sided Fisher p by listing every table with the same margins (tables as likely count as extreme)."""
    rows, first, total = a + b, a + c, a + b + c + d
    law = stats.hypergeom(total, first, rows)
    every = [law.pmf(k) for k in range(max(0, rows + first - total), min(rows, first) + 1)]
    return float(sum(p for p in every if p <= law.pmf(a) * (1 + 1e-7)))


def F(t: list[list[int]]) -> float:  # noqa: N802 - the checks in the bank call it so
    return _fisher(*t[0], *t[1])


def fpower(n1: int, n2: int, p1: float, p2: float, al: float = 0.05) -> float:
    """Power of the two-sided Fisher test, by listing every pair of counts."""
    pairs = itertools.product(range(n1 + 1), range(n2 + 1))
    return float(
        sum(
            stats.binom.pmf(a, n1, p1) * stats.binom.pmf(b, n2, p2)
            for a, b in pairs
            if F([[a, n1 - a], [b, n2 - b]]) < al
        )
    )


def cutpoint() -> list[float]:
    """Share of the 84 placements of 3 events among 9 that reach 0.05: best of eight cut-offs, and the one at 3 v 6."""
    best = single = 0
    placements = list(itertools.combinations(range(9), 3))
    for events in placements:
        above = [sum(e >= 9 - k for e in events) for k in range(1, 9)]
        ps = [F([[a, k - a], [3 - a, 6 - k + a]]) for k, a in enumerate(above, start=1)]
        best += min(ps) < 0.05
        single += ps[2] < 0.05
    return [round(best / len(placements), 3), round(single / len(placements), 3)]


def firth2x2(a: int, b: int, c: int, d: int, al: float = 0.05) -> list[float]:
    """Firth odds ratio of one 2x2 table with Wald and profile limits: [estimate, Wald low, high, profile low, high].

    For a single table the penalty equals half a case in every cell, so the profile is that of the padded table.
    """
    cells = np.array([a, b, c, d]) + 0.5
    log_or = float(np.log(cells[0] * cells[3] / (cells[1] * cells[2])))
    half = stats.norm.isf(al / 2) * np.sqrt((1 / cells).sum())

    def profile(beta: float) -> float:
        def loss(base: float) -> float:
            logit = np.array([base + beta, base + beta, base, base])
            signs = np.array([1, -1, 1, -1])
            return float((cells * np.logaddexp(0, -signs * logit)).sum())

        return float(
            optimize.minimize_scalar(loss, bounds=(-40, 40), method="bounded", options={"xatol": 1e-10}).fun
        )

    least = profile(log_or)
    drop = stats.chi2.isf(al, 1) / 2

    def beyond(beta: float) -> float:
        return profile(beta) - least - drop

    low = optimize.brentq(beyond, log_or - 15, log_or)
    high = optimize.brentq(beyond, log_or, log_or + 25)
    return [float(np.exp(v)) for v in (log_or, log_or - half, log_or + half, low, high)]


def expit(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))


def pooled_logit(xs: list[int], ns: list[int], tau2: float) -> list[float]:
    """[share of weight of the first study, pooled proportion], inverse-variance on the logit scale."""
    events, sizes = np.array(xs, float), np.array(ns, float)
    weights = 1 / (1 / events + 1 / (sizes - events) + tau2)
    logits = np.log(events / (sizes - events))
    return [float(weights[0] / weights.sum()), expit(float((weights * logits).sum() / weights.sum()))]


NAMES = {
    "np": np,
    "stats": stats,
    **{f.__name__: f for f in (cp, rtm_frac, imm_ok, F, fpower, cutpoint, firth2x2, expit, pooled_logit)},
}


def recompute(expression: str) -> object:
    """The value of a check. The text comes from this repository's own data and runs in the tests only."""
    return eval(expression, dict(NAMES))
