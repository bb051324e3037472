"""Conjugate updating against R vectors, sums over whole tables and large simulations."""

import json
from math import comb, inf, log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jdm_teach.stats.worlds import beta_binomial, compare_groups, power_prior, robust_mixture

VECTORS = json.loads((Path(__file__).parents[1] / "reference" / "bayes_conjugate.json").read_text())
counts = st.integers(0, 20).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("case", VECTORS["beta_binomial"], ids=lambda c: f"{c['x']}of{c['n']}")
def test_the_posterior_equals_r(case):
    ours = beta_binomial(case["x"], case["n"], case["prior_a"], case["prior_b"])
    found = [ours.mean, ours.sd, ours.interval.low, ours.interval.high, ours.above_half]
    wanted = [case["post_mean"], case["post_sd"], *case["ci95"], case["pr_gt_half"]]
    np.testing.assert_allclose(found, wanted, atol=1e-9, rtol=0)
    np.testing.assert_allclose([ours.hpd.low, ours.hpd.high], case["hpd95"], atol=1e-6, rtol=0)
    np.testing.assert_allclose(ours.predictive, case["predictive_next9"], atol=1e-9, rtol=0)


@pytest.mark.parametrize("case", VECTORS["two_groups"])
@pytest.mark.parametrize(("key", "prior"), [("uniform", 1.0), ("jeffreys", 0.5)])
def test_the_comparison_equals_r(case, key, prior):
    ours = compare_groups(case["x1"], case["n1"], case["x2"], case["n2"], prior, prior)
    assert ours.probability == pytest.approx(case[f"pr_p1_gt_p2_{key}"], abs=1e-9)


@pytest.mark.parametrize("case", VECTORS["power_prior"])
def test_the_power_prior_equals_r(case):
    ours = power_prior(case["x"], case["n"], case["x_hist"], case["n_hist"], case["a0"])
    found = [ours.mean, ours.interval.low, ours.interval.high, ours.log_marginal]
    wanted = [case["post_mean"], *case["ci95"], case["log_marginal_current_given_power_prior"]]
    np.testing.assert_allclose(found, wanted, atol=1e-9, rtol=0)


def closed_form(a1, b1, a2, b2):
    """P(first > second) for whole-number shapes: a finite sum."""
    from scipy.special import betaln

    i = np.arange(int(a1))
    return float(np.exp(betaln(a2 + i, b1 + b2) - np.log(b1 + i) - betaln(1 + i, b1) - betaln(a2, b2)).sum())


@given(counts, counts)
@settings(max_examples=40, deadline=None)
def test_the_comparison_equals_the_finite_sum(first, second):
    ours = compare_groups(*first, *second)
    shapes = (1 + first[0], 1 + first[1] - first[0], 1 + second[0], 1 + second[1] - second[0])
    assert ours.probability == pytest.approx(closed_form(*shapes), abs=1e-10)
    assert ours.difference in ours.interval


@given(counts, counts, st.sampled_from([0.1, 0.5, 1.0, 3.0]))
@settings(max_examples=40, deadline=None)
def test_swapping_the_groups_turns_the_answer_round(first, second, prior):
    here, there = compare_groups(*first, *second, prior, prior), compare_groups(*second, *first, prior, prior)
    assert here.probability + there.probability == pytest.approx(1, abs=1e-10)
    assert here.interval.low == pytest.approx(-there.interval.high, abs=1e-6)


def test_the_interval_of_a_difference_holds_its_share_of_draws():
    ours = compare_groups(2, 4, 1, 5, 0.5, 0.5)
    rng = np.random.default_rng(1)
    draws = rng.beta(2.5, 2.5, 400_000) - rng.beta(1.5, 4.5, 400_000)
    assert np.mean(draws < ours.interval.low) == pytest.approx(0.025, abs=0.0012)
    assert np.mean(draws > ours.interval.high) == pytest.approx(0.025, abs=0.0012)


@given(counts, st.sampled_from([0.5, 1.0, 2.0]), st.sampled_from([0.5, 0.8, 0.95]))
@settings(max_examples=60, deadline=None)
def test_the_shortest_interval_has_its_content_and_is_shortest(count, prior, level):
    ours = beta_binomial(*count, prior, prior, level)
    inside = stats.beta.cdf(ours.hpd.high, ours.a, ours.b) - stats.beta.cdf(ours.hpd.low, ours.a, ours.b)
    assert inside == pytest.approx(level, abs=1e-8)
    assert ours.hpd.high - ours.hpd.low <= ours.interval.high - ours.interval.low + 1e-9
    assert ours.predictive.sum() == pytest.approx(1)
    assert ours.mean in ours.interval or ours.n == 0


def test_a_discount_of_nothing_and_of_everything_are_the_two_plain_analyses():
    none, full = (power_prior(3, 9, 5, 20, a0) for a0 in (0, 1))
    assert none.mean == pytest.approx(beta_binomial(3, 9).mean)
    assert full.mean == pytest.approx(beta_binomial(8, 29).mean)
    assert none.log_marginal == pytest.approx(-log(10))


def test_the_mixture_is_bayes_rule_over_two_stories():
    ours = robust_mixture(3, 9, 12, 20, weight=0.4)
    grid = (np.arange(200_000) + 0.5) / 200_000
    likelihood = comb(9, 3) * grid**3 * (1 - grid) ** 6
    stories = [w * stats.beta.pdf(grid, a, b) * likelihood for w, a, b in ((0.4, 13, 9), (0.6, 1, 1))]
    total = sum(stories)
    assert ours.weight_after == pytest.approx(stories[0].sum() / total.sum(), abs=1e-8)
    assert ours.mean == pytest.approx((grid * total).sum() / total.sum(), abs=1e-8)
    share = np.cumsum(total) / total.sum()
    assert grid[np.searchsorted(share, 0.025)] == pytest.approx(ours.interval.low, abs=1e-5)
    assert grid[np.searchsorted(share, 0.975)] == pytest.approx(ours.interval.high, abs=1e-5)


def test_disagreeing_history_is_trusted_less():
    agreeing, opposed = robust_mixture(3, 9, 7, 20), robust_mixture(9, 9, 1, 20)
    assert agreeing.weight_after > 0.5 > opposed.weight_after
    assert opposed.weight_after < 0.01
    assert robust_mixture(3, 9, 7, 20, weight=0).mean == pytest.approx(beta_binomial(3, 9).mean)


def test_every_answer_names_its_prior():
    assert "Beta(0.5, 0.5)" in str(beta_binomial(3, 9, 0.5, 0.5))
    assert "Beta(1, 1)" in str(compare_groups(2, 4, 1, 3))
    assert "assum" in str(power_prior(3, 9, 5, 20, 0.5)) and "assum" in str(robust_mixture(3, 9, 5, 20))
    for result in (beta_binomial(3, 9), compare_groups(2, 4, 1, 3), robust_mixture(3, 9, 5, 20)):
        assert {"low", "high"} <= set(result.table().columns)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: beta_binomial(10, 9), "cannot be 10 events among 9"),
        (lambda: beta_binomial(-1, 9), "at least 0"),
        (lambda: beta_binomial(1, 9, 0, 1), "positive numbers"),
        (lambda: beta_binomial(1, 9, inf, 1), "positive numbers"),
        (lambda: beta_binomial(1, 9, level=95), "level"),
        (lambda: beta_binomial(1.5, 9), "whole number"),
        (lambda: compare_groups(1, 2, 3, 2), "second group"),
        (lambda: compare_groups(1, 2, 1, 2, 0.01, 0.01), "at least 0.1"),
        (lambda: power_prior(1, 9, 5, 20, 1.5), "earlier patient"),
        (lambda: robust_mixture(1, 9, 21, 20), "earlier patients"),
    ],
)
def test_impossible_input_gets_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
