import json
from itertools import product
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from jdm_teach.stats.proportions import (
    METHODS,
    all_intervals,
    binomial_test,
    limits,
    proportion,
    rule_of_three,
)

REFERENCE = json.loads((Path(__file__).parents[1] / "reference/binomial_ci.json").read_text())
CASES = [pytest.param(case, id=f"{case['x']} of {case['n']}") for case in REFERENCE["cases"]]
EXACT_KEYS = {
    "clopper_pearson": ("exact", 1e-9),
    "wilson": ("wilson", 1e-9),
    "jeffreys_equal_tailed": ("jeffreys", 1e-9),
    "uniform_prior_ci": ("uniform", 1e-9),
    "blaker": ("blaker", 1e-7),
    "minlike_stern_like": ("minimum-likelihood", 1e-7),
}


def chances(n, p):
    return np.array([comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)])


def acceptance_p(x, n, p, method):
    """Two-sided p by listing every count, straight from the definitions."""
    each = chances(n, p)
    if method == "minimum-likelihood":
        return each[each <= each[x] * (1 + 1e-7)].sum()
    tails = np.minimum(each.cumsum(), each[::-1].cumsum()[::-1])
    return each[tails <= tails[x] * (1 + 1e-7)].sum()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("key", EXACT_KEYS)
def test_the_limits_equal_the_reference(case, key):
    method, tolerance = EXACT_KEYS[key]
    interval = proportion(case["x"], case["n"], method).interval
    assert [interval.low, interval.high] == pytest.approx(case[key], abs=tolerance)


@pytest.mark.parametrize("case", CASES)
def test_the_midp_limits_solve_their_equation_more_closely_than_the_reference(case):
    # The reference solved this one with a root finder that stops at about 1e-4 (0 of 7: 0.3481591, where
    # 1 − 0.05^(1/7) = 0.3481636). So it is compared loosely, and the defining equation strictly.
    x, n = case["x"], case["n"]
    interval = proportion(x, n, "mid-p").interval
    assert [interval.low, interval.high] == pytest.approx(case["midp_central"], abs=1e-4)

    def residuals(low, high):
        at_low, at_high = chances(n, low), chances(n, high)
        below = at_high[:x].sum() + at_high[x] / 2 - 0.025 if x < n else 0.0
        above = at_low[x + 1 :].sum() + at_low[x] / 2 - 0.025 if x else 0.0
        return max(abs(below), abs(above))

    assert residuals(interval.low, interval.high) < 1e-13
    assert residuals(interval.low, interval.high) < residuals(*case["midp_central"])


@pytest.mark.parametrize("case", CASES)
def test_the_test_against_a_fixed_share_equals_the_reference(case):
    assert binomial_test(case["x"], case["n"], 0.5).p == pytest.approx(case["binom_test_p_half"], abs=1e-10)
    assert binomial_test(case["x"], case["n"], 0.3).p == pytest.approx(case["binom_test_p_03"], abs=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_the_posterior_mean_equals_the_reference(case):
    mean = proportion(case["x"], case["n"], "uniform").posterior_mean
    assert mean == pytest.approx(case["uniform_prior_posterior_mean"], abs=1e-12)


@pytest.mark.parametrize("ours, theirs", [("exact", "beta"), ("wilson", "wilson"), ("jeffreys", "jeffreys")])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.999])
def test_the_closed_forms_equal_statsmodels_for_every_count_up_to_forty(ours, theirs, level):
    for n in (1, 2, 9, 40):
        x = np.arange(n + 1)
        low, high = proportion_confint(x, n, 1 - level, theirs)
        if theirs == "beta":
            low, high = np.where(x == 0, 0, low), np.where(x == n, 1, high)
        assert np.allclose(limits(x, n, ours, level), (low, high), atol=1e-10, rtol=0)


@pytest.mark.parametrize("method", ["blaker", "minimum-likelihood"])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
def test_exact_two_sided_limits_bound_the_set_of_risks_not_rejected(method, level):
    """Independent truth: the p value listed on a dense grid of risks."""
    grid = np.arange(1, 1000) / 1000
    for n in (1, 2, 5, 9, 13):
        for x in range(n + 1):
            accepted = grid[[acceptance_p(x, n, p, method) > 1 - level for p in grid]]
            interval = proportion(x, n, method, level).interval
            assert interval.low - 1e-9 <= accepted.min() <= interval.low + 0.001 + 1e-9
            assert interval.high - 0.001 - 1e-9 <= accepted.max() <= interval.high + 1e-9


@pytest.mark.parametrize("method", ["exact", "blaker", "minimum-likelihood"])
def test_exact_intervals_cover_at_least_as_often_as_they_say(method):
    for n in (1, 3, 9, 16):
        low, high = limits(np.arange(n + 1), n, method)
        for p in np.linspace(0.003, 0.997, 400):
            assert chances(n, p)[(low <= p) & (p <= high)].sum() >= 0.95 - 1e-9


def test_blaker_is_never_wider_than_clopper_pearson():
    for n in (1, 2, 9, 27, 60):
        x = np.arange(n + 1)
        (exact_low, exact_high), (low, high) = limits(x, n, "exact"), limits(x, n, "blaker")
        assert (low >= exact_low - 1e-12).all()
        assert (high <= exact_high + 1e-12).all()


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from(list(METHODS)), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_contain_the_estimate_mirror_and_grow_with_the_count(data, method, level):
    n = data.draw(st.integers(1, 150))
    x = data.draw(st.integers(0, n))
    low, high = limits([x, n - x, min(x + 1, n)], n, method, level)
    if not (method in ("jeffreys", "uniform") and x in (0, n)):
        assert low[0] <= x / n <= high[0]
    assert low[0] == pytest.approx(1 - high[1], abs=1e-10)
    assert low[2] >= low[0] - 1e-12
    assert high[2] >= high[0] - 1e-12
    assert 0 <= low[0] <= high[0] <= 1


@pytest.mark.parametrize("method", METHODS)
def test_one_person_and_a_large_cohort_are_no_special_cases(method):
    for x, n in ((0, 1), (1, 1), (0, 3000), (1234, 3000), (3000, 3000)):
        interval = proportion(x, n, method).interval
        assert 0 <= interval.low < interval.high <= 1


def test_no_event_leaves_the_exact_lower_limit_at_zero():
    for method, n in product(["exact", "mid-p", "blaker", "minimum-likelihood", "wilson"], [1, 9, 200]):
        assert proportion(0, n, method).interval.low == 0
        assert proportion(n, n, method).interval.high == 1


def test_the_sentence_gives_estimate_interval_and_n_together():
    assert str(proportion(3, 9)) == "3 of 9 (33%, 95% CI 7–70%, exact)"
    assert "credible interval" in str(proportion(0, 7, "jeffreys"))
    assert "Blaker 9.8–68.4%" in str(all_intervals(3, 9))
    assert list(all_intervals(3, 9).table()["method"]) == list(METHODS.values())


def test_the_rule_of_three_stands_beside_the_exact_limit():
    result = rule_of_three(9)
    assert result.rule == pytest.approx(1 / 3)
    assert (1 - result.exact) ** 9 == pytest.approx(0.05, abs=1e-14)
    assert rule_of_three(1).rule == 1
    assert "No event among 9" in str(result)


def test_a_test_against_certainty_rejects_only_what_is_impossible():
    assert binomial_test(0, 9, 0.0).p == 1
    assert binomial_test(1, 9, 0.0).p == 0
    assert binomial_test(9, 9, 1.0).p == 1


@pytest.mark.parametrize(
    "arguments, reason",
    [
        ((3.5, 9), "whole numbers"),
        (("3", 9), "whole numbers"),
        ((float("nan"), 9), "whole numbers"),
        ((0, 0), "at least one person"),
        ((10, 9), "impossible"),
        ((-1, 9), "impossible"),
        ((3, 9, "guess"), "choose one of"),
        ((3, 9, "exact", 95), "between 0 and 1"),
    ],
)
def test_impossible_input_is_answered_with_a_sentence(arguments, reason):
    with pytest.raises(ValueError, match=reason):
        proportion(*arguments)
