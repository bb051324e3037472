"""Exact conditional logistic regression against R, Fisher's test and counting by hand."""

from __future__ import annotations

import json
from itertools import combinations
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from scipy.stats.contingency import odds_ratio

from jdm_teach.stats.conditional import exact_logistic

VECTORS = json.loads((Path(__file__).parents[1] / "reference" / "exact_logistic.json").read_text())["cases"]


@pytest.mark.parametrize("case", VECTORS, ids=lambda c: c["name"])
def test_every_number_equals_the_enumeration_in_r(case):
    fit, truth = exact_logistic(case["y"], case["X"]), case["exact"]
    assert fit.n_reference_sets == truth["n_reference_sets"]
    assert fit.support_size == truth["support_size"]
    found = [fit.p_less, fit.p_greater, fit.p_double, fit.p_score, fit.p_probability, fit.p_score_mid]
    names = ["p_less", "p_greater", "p_two_sided_double", "p_score", "p_probability", "p_score_mid"]
    np.testing.assert_allclose(found, [truth[name] for name in names], atol=1e-9)
    np.testing.assert_allclose(
        [fit.observed, fit.cmle, fit.median_unbiased],
        [truth[name] for name in ("t_obs", "cmle", "mue")],
        atol=1e-9,
    )
    np.testing.assert_allclose([fit.interval.low, fit.interval.high], truth["ci95_exact"], atol=1e-9)


@pytest.mark.parametrize("a", range(4))
@pytest.mark.parametrize("c", range(4))
def test_a_yes_no_covariate_gives_fisher_and_the_conditional_odds_ratio(a, c):
    if a + c in (0, 8):
        pytest.skip("one outcome class")
    table = np.array([[a, 4 - a], [c, 4 - c]])
    y = [1] * a + [0] * (4 - a) + [1] * c + [0] * (4 - c)
    fit = exact_logistic(y, [1] * 4 + [0] * 4)
    assert fit.p_probability == pytest.approx(fisher_exact(table).pvalue, abs=1e-12)
    other = odds_ratio(table)
    limits = np.log(np.maximum(list(other.confidence_interval(0.95)), 1e-300))
    limits = [-inf if v < -600 else v for v in limits]
    np.testing.assert_allclose([fit.interval.low, fit.interval.high], limits, rtol=1e-6, atol=1e-8)
    if 0 < other.statistic < inf:
        assert fit.cmle == pytest.approx(np.log(other.statistic), abs=1e-8)
    else:
        assert fit.cmle == (inf if other.statistic > 0 else -inf)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 15), min_size=4, max_size=10), st.randoms(use_true_random=False))
def test_limits_cut_tails_of_exactly_two_and_a_half_percent(ages, random):
    n = len(ages)
    y = [1] * random.randint(1, n - 1)
    y = y + [0] * (n - len(y))
    random.shuffle(y)
    if len(set(ages)) == 1:
        return
    x, k = np.array(ages, float), sum(y)
    fit = exact_logistic(y, x)
    sums = np.array([x[list(s)].sum() for s in combinations(range(n), k)])
    seen = x[np.array(y) == 1].sum()
    assert fit.p_less == pytest.approx((sums <= seen + 1e-9).mean())
    assert fit.p_greater == pytest.approx((sums >= seen - 1e-9).mean())
    for b, tail in ((fit.interval.low, sums >= seen - 1e-9), (fit.interval.high, sums <= seen + 1e-9)):
        if abs(b) < inf:
            weight = np.exp(b * (sums - seen) - np.max(b * (sums - seen)))
            assert weight[tail].sum() / weight.sum() == pytest.approx(0.025, abs=1e-9)
    assert fit.interval.low <= fit.median_unbiased <= fit.interval.high
    flipped = exact_logistic([1 - v for v in y], x)
    assert flipped.median_unbiased == pytest.approx(-fit.median_unbiased, abs=1e-7)
    assert flipped.p_double == pytest.approx(fit.p_double)


def test_a_perfectly_sorted_group_has_an_infinite_estimate_but_a_finite_limit():
    fit = exact_logistic([1, 1, 1, 0, 0, 0, 0, 0, 0], [9, 8, 7, 6, 5, 4, 3, 2, 1], name="age")
    assert fit.cmle == fit.interval.high == inf
    assert 0 < fit.interval.low < fit.median_unbiased < inf
    assert fit.p_double == fit.smallest_p == pytest.approx(2 / 84)
    assert "infinite" in str(fit)
    assert "n = 9" in str(fit)


def test_tenths_of_a_year_that_add_to_the_same_age_are_one_sum():
    fit = exact_logistic([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.0])
    assert fit.support_size == len({1, 2, 3, 4, 5})
    np.testing.assert_array_equal(fit.counts, [1, 1, 2, 1, 1])


def test_holding_a_second_covariate_lists_only_arrangements_with_its_sum():
    y, x, z = [1, 0, 1, 0, 0, 1], [1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 0, 1]
    fit = exact_logistic(y, x, z)
    kept = [s for s in combinations(range(6), 3) if sum(z[i] for i in s) == 2]
    assert fit.n_reference_sets == len(kept)
    assert fit.p_greater == pytest.approx(np.mean([sum(x[i] for i in s) >= 10 for s in kept]))


def test_a_held_covariate_that_leaves_nothing_to_compare_is_said():
    fit = exact_logistic([1, 0, 1, 0], [1, 2, 3, 5], [0.13, 0.24, 0.39, 0.57])
    assert fit.n_reference_sets == 1
    assert "cannot say anything" in str(fit)
    assert (fit.interval.low, fit.interval.high) == (-inf, inf)
    assert fit.p_double == 1


@pytest.mark.parametrize(
    ("y", "x", "words"),
    [
        ([1] * 6 + [0] * 7, range(13), "stops at 12"),
        ([1, 1, 1], [1, 2, 3], "same outcome"),
        ([1, 0, 1], [2, 2, 2], "same value"),
        ([1, 0, 1], [1, 2], "one value of each covariate"),
        ([1, 0, 3], [1, 2, 4], "must be 0 or 1"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason(y, x, words):
    with pytest.raises(ValueError, match=words):
        exact_logistic(y, list(x))


def test_the_table_holds_estimate_interval_and_n():
    table = exact_logistic([1, 0, 1, 0, 0], [1, 2, 3, 4, 5]).table()
    assert {"children", "p, twice the smaller tail"} <= set(table["quantity"])
