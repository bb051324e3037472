import json
from itertools import pairwise
from math import comb, inf, log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.proportion import confint_proportions_2indep

from jdm_teach.stats import tables

REFERENCE = json.loads((Path(__file__).parents[1] / "reference/two_by_two.json").read_text())["cases"]
CASES = [pytest.param(case, id=str(case["table"])) for case in REFERENCE]
small_table = st.lists(st.integers(0, 12), min_size=4, max_size=4).filter(any).map(lambda v: [v[:2], v[2:]])


def numbers(values):
    return [float(v) for v in values]


@pytest.mark.parametrize("case", CASES)
def test_odds_ratios_and_their_limits_equal_the_reference(case):
    truth = case["tight_base_R"]
    for method, key in (("exact", "log_or_ci95_central"), ("mid-p", "log_or_ci95_midp")):
        ours = tables.odds_ratio(case["table"], method)
        limits = [ours.interval.low, ours.interval.high]
        with np.errstate(divide="ignore"):
            assert np.log(limits) == pytest.approx(numbers(truth[key]), abs=1e-10)
            assert float(np.log(ours.estimate)) == pytest.approx(float(truth["log_or_cmle"]), abs=1e-10)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "method, key", [("blaker", "exact2x2_blaker"), ("minimum-likelihood", "exact2x2_minlike")]
)
def test_blaker_and_minimum_likelihood_limits_equal_the_reference(case, method, key):
    interval = tables.odds_ratio(case["table"], method).interval
    assert [interval.low, interval.high] == pytest.approx(numbers(case[key]["ci"]), rel=1e-6)


@pytest.mark.parametrize("method", ["exact", "mid-p"])
def test_conditional_odds_ratio_equals_scipy_where_scipy_has_it(method):
    for table in ([[7, 2], [1, 9]], [[2, 1], [1, 5]], [[40, 60], [25, 75]], [[0, 6], [5, 5]]):
        ours, theirs = tables.odds_ratio(table, method), stats.contingency.odds_ratio(np.array(table))
        assert ours.estimate == pytest.approx(theirs.statistic, rel=1e-6)
        if method == "exact":
            limits = theirs.confidence_interval()
            assert [ours.interval.low, ours.interval.high] == pytest.approx(
                [limits.low, limits.high], rel=1e-7
            )


@pytest.mark.parametrize("method", ["blaker", "minimum-likelihood"])
def test_odds_ratio_limits_bound_the_set_of_odds_ratios_not_rejected(method):
    grid = np.linspace(-8, 8, 1601)
    for a, b, c, d in ((2, 1, 1, 5), (0, 6, 5, 5), (3, 6, 8, 2), (4, 4, 4, 4), (1, 11, 7, 6)):
        support = np.arange(max(0, a + c - c - d), min(a + b, a + c) + 1)
        weights = np.array([comb(a + b, k) * comb(c + d, a + c - k) for k in support], dtype=float)
        kept = []
        for beta in grid:
            p = weights * np.exp(beta * support)
            p /= p.sum()
            order = p if method != "blaker" else np.minimum(p.cumsum(), p[::-1].cumsum()[::-1])
            if p[order <= order[a - support[0]] * (1 + 1e-7)].sum() > 0.05:
                kept.append(beta)
        interval = tables.odds_ratio([[a, b], [c, d]], method).interval
        low, high = log(interval.low) if interval.low else -inf, log(interval.high)
        assert low - 1e-9 <= kept[0] <= max(low, -8) + 0.01 + 1e-9
        assert high - 0.01 - 1e-9 <= kept[-1] <= high + 1e-9


def score_z2(table, difference=None, ratio=None):
    """Miettinen–Nurminen statistic with the constrained risks found by a general-purpose optimiser."""
    (a, b), (c, d) = table
    n1, n2 = a + b, c + d

    def risk_1(r2):
        return r2 + difference if ratio is None else r2 * ratio

    def loss(r2):
        r1 = risk_1(r2)
        terms = ((a, r1), (b, 1 - r1), (c, r2), (d, 1 - r2))
        return -sum(k * log(max(r, 1e-300)) for k, r in terms if k)

    low = 0 if difference is None else max(0, -difference)
    high = 1 if difference is None else min(1, 1 - difference)
    high = min(high, 1 / ratio) if ratio else high
    r2 = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
    r1 = risk_1(r2)
    if ratio is None:
        gap, spread = a / n1 - c / n2 - difference, r1 * (1 - r1) / n1 + r2 * (1 - r2) / n2
    else:
        gap, spread = a / n1 - ratio * c / n2, r1 * (1 - r1) / n1 + ratio**2 * r2 * (1 - r2) / n2
    return gap**2 / (spread * (n1 + n2) / (n1 + n2 - 1))


@pytest.mark.parametrize(
    "table",
    [
        [[2, 1], [1, 5]],
        [[3, 0], [1, 5]],
        [[0, 3], [0, 6]],
        [[0, 4], [3, 2]],
        [[12, 8], [5, 30]],
        [[1, 0], [3, 5]],
    ],
)
def test_score_limits_sit_exactly_where_the_score_test_turns(table):
    critical = stats.norm.ppf(0.975) ** 2
    difference = tables.risk_difference(table).interval
    for limit in (difference.low, difference.high):
        if abs(limit) < 1:
            assert score_z2(table, difference=limit) == pytest.approx(critical, rel=1e-5)
    if table[0][0] + table[1][0]:
        ratio = tables.risk_ratio(table).interval
        for limit in (ratio.low, ratio.high):
            if 0 < limit < inf:
                assert score_z2(table, ratio=limit) == pytest.approx(critical, rel=1e-5)


def test_risk_ratio_and_newcombe_intervals_equal_statsmodels():
    # Its score interval of the difference is no oracle: one coefficient of its cubic holds events where people belong,
    # so that limit is judged by the general-purpose optimiser above instead.
    for (a, b), (c, d) in ([[6, 10], [5, 21]], [[12, 8], [5, 30]], [[2, 7], [4, 5]]):
        given = {"count1": a, "nobs1": a + b, "count2": c, "nobs2": c + d}
        newcombe = tables.risk_difference([[a, b], [c, d]], "newcombe").interval
        truth = confint_proportions_2indep(**given, compare="diff", method="newcomb")
        assert (newcombe.low, newcombe.high) == pytest.approx(truth, abs=1e-10)
        ratio = tables.risk_ratio([[a, b], [c, d]]).interval
        truth = confint_proportions_2indep(**given, compare="ratio", method="score")
        assert (ratio.low, ratio.high) == pytest.approx(truth, rel=1e-6)


@settings(deadline=None, max_examples=150)
@given(small_table, st.sampled_from([0.5, 0.95, 0.999]))
def test_intervals_contain_their_estimate_and_mirror_when_groups_swap(table, level):
    swapped = [table[1], table[0]]
    pairs = [(tables.risk_difference(t, m, level) for t in (table, swapped)) for m in ("score", "newcombe")]
    for one, two in pairs:
        assert (one.interval.low, one.interval.high) == pytest.approx(
            (-two.interval.high, -two.interval.low), abs=1e-7
        )
        assert -1 <= one.interval.low <= one.interval.high <= 1
        assert np.isnan(one.estimate) or one.interval.low - 1e-9 <= one.estimate <= one.interval.high + 1e-9
    measures = [tables.risk_ratio(table, level)]
    measures += [
        tables.odds_ratio(table, m, level) for m in ("exact", "mid-p", "blaker", "minimum-likelihood")
    ]
    back = [tables.risk_ratio(swapped, level)]
    back += [tables.odds_ratio(swapped, m, level) for m in ("exact", "mid-p", "blaker", "minimum-likelihood")]
    for one, two in zip(measures, back, strict=True):
        assert np.isnan(one.estimate) or one.interval.low * (1 - 1e-9) <= one.estimate
        assert np.isnan(one.estimate) or one.estimate <= one.interval.high * (1 + 1e-9)
        with np.errstate(divide="ignore"):
            turned = -np.log([two.interval.high, two.interval.low])
            assert np.log([one.interval.low, one.interval.high]) == pytest.approx(turned, abs=1e-6)


def test_more_events_in_group_one_never_lower_its_odds_ratio_or_its_limits():
    for n1, n2, c in ((6, 9, 4), (3, 6, 2), (12, 5, 1)):
        rows = [tables.odds_ratio([[a, n1 - a], [c, n2 - c]], "blaker") for a in range(n1 + 1)]
        for values in (
            [r.estimate for r in rows],
            [r.interval.low for r in rows],
            [r.interval.high for r in rows],
        ):
            assert all(x <= y for x, y in pairwise(values))
