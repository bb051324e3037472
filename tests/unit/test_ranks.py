import json
from fractions import Fraction
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jdm_teach.stats import ranks

FOLDER = Path(__file__).parents[1] / "reference"
CASES = json.loads((FOLDER / "mann_whitney.json").read_text())["cases"]

grained = st.integers(-30, 30).map(lambda v: v / 10)
group = st.lists(grained, min_size=1, max_size=5)


def midranks(values):
    return [Fraction(2 * sum(v < w for v in values) + sum(v == w for v in values) + 1, 2) for w in values]


def listed(scores, size):
    """Two-sided, less, greater by listing every labelling in exact arithmetic; the first `size` scores are group 1."""
    expected, own = Fraction(sum(scores) * size, len(scores)), sum(scores[:size])
    sums = [sum(scores[i] for i in pick) for pick in combinations(range(len(scores)), size)]
    shares = [
        sum(abs(s - expected) >= abs(own - expected) for s in sums),
        sum(s <= own for s in sums),
        sum(s >= own for s in sums),
    ]
    return [share / len(sums) for share in shares]


def three(result):
    return [result.p, result.p_less, result.p_greater]


# --- reference vectors


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['x']} v {case['y']}")
def test_rank_mean_and_median_tests_equal_the_reference(case):
    x, y = case["x"], case["y"]
    for test, key in (
        (ranks.mann_whitney, "coin_wilcox_exact"),
        (ranks.permutation_test, "coin_oneway_permutation_of_means"),
    ):
        truth = [case[key][side] for side in ("two_sided", "less", "greater")]
        assert three(test(x, y)) == pytest.approx(truth, abs=1e-12)
    assert ranks.median_test(x, y).p == pytest.approx(case["coin_median_test_exact"], abs=1e-12)
    assert ranks.mann_whitney(x, y).statistic == case["U_x"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['x']} v {case['y']}")
def test_the_typical_difference_and_its_limits_equal_the_reference(case):
    shift = ranks.hodges_lehmann(case["x"], case["y"])
    assert shift.estimate == pytest.approx(case["median_of_all_pairwise_differences"], abs=1e-12)
    assert [shift.interval.low, shift.interval.high] == case["exactRankTests_wilcox_exact"]["ci95"]


# --- independent truth


@settings(deadline=None, max_examples=80)
@given(group, group)
def test_all_three_tests_equal_listing_every_labelling_in_exact_arithmetic(x, y):
    both = x + y
    assert three(ranks.mann_whitney(x, y)) == pytest.approx(listed(midranks(both), len(x)), abs=1e-12)
    tenths = [round(10 * v) for v in both]
    assert three(ranks.permutation_test(x, y)) == pytest.approx(listed(tenths, len(x)), abs=1e-12)
    above = [int(v > np.median(both)) for v in both]
    assert three(ranks.median_test(x, y)) == pytest.approx(listed(above, len(x)), abs=1e-12)


def test_values_with_many_digits_are_listed_with_the_same_answer():
    generator = np.random.default_rng(7)
    x, y = generator.normal(size=5), generator.normal(size=6)
    scores = [Fraction(v) for v in np.concatenate([x, y])]
    assert three(ranks.permutation_test(x, y)) == pytest.approx(listed(scores, 5), abs=1e-12)


@pytest.mark.parametrize("sizes", [(3, 6), (9, 9), (1, 8), (25, 30)])
def test_without_ties_the_rank_test_equals_scipy(sizes):
    generator = np.random.default_rng(3)
    x, y = generator.normal(size=sizes[0]), generator.normal(0.7, size=sizes[1])
    for side, ours in zip(("two-sided", "less", "greater"), three(ranks.mann_whitney(x, y)), strict=True):
        truth = stats.mannwhitneyu(x, y, alternative=side, method="exact").pvalue
        assert ours == pytest.approx(truth, abs=1e-10)


def test_ties_are_counted_and_not_approximated():
    x, y = [2, 2, 3, 3], [3, 3, 4, 4, 4]
    assert ranks.mann_whitney(x, y).p == pytest.approx(10 / 126)
    assert stats.mannwhitneyu(x, y).pvalue < 0.05  # what the usual call says about the same numbers


def test_decimal_sums_that_are_equal_count_as_equal():
    # 0.1 + 0.2 and 0.3 + 0.0 differ in floating point; as tenths they are the same.
    x, y = [0.1, 0.2], [0.3, 0.0]
    assert three(ranks.permutation_test(x, y)) == pytest.approx(listed([1, 2, 3, 0], 2))


@pytest.mark.parametrize("sizes", [(3, 6), (4, 5), (2, 12), (8, 8)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_shift_interval_holds_every_shift_the_exact_test_does_not_reject(sizes, level):
    generator = np.random.default_rng(11)
    x, y = generator.normal(size=sizes[0]), generator.normal(1, size=sizes[1])
    shift = ranks.hodges_lehmann(x, y, level)
    differences = np.sort(np.subtract.outer(x, y).ravel())
    edges = np.concatenate([[differences[0] - 1], differences, [differences[-1] + 1]])
    for trial in (edges[1:] + edges[:-1]) / 2:
        kept = min(three(ranks.mann_whitney(x - trial, y))[1:]) > (1 - level) / 2
        if shift.reached:
            assert kept == (trial in shift.interval)


# --- many cohorts at once


def cohorts(count=60, n=9, top=6, scale=1):
    return np.random.default_rng(2).integers(0, top, (count, n)) / scale


@pytest.mark.parametrize(
    "scores, single", [("ranks", ranks.mann_whitney), ("values", ranks.permutation_test)]
)
@pytest.mark.parametrize("scale", [1, 10, 3])
def test_many_cohorts_get_what_each_gets_alone(scores, single, scale):
    table = cohorts(40, 7, scale=scale)
    every = ranks.cohort_tests(table, k=3, scores=scores).p
    labels = ranks.all_labellings(7, 3)
    assert every.shape == (40, comb(7, 3))
    for i, row in enumerate(table):
        for j in (0, 5, 34):
            assert every[i, j] == pytest.approx(single(row[labels[j]], row[~labels[j]]).p, abs=1e-12)


@pytest.mark.parametrize("scores", ["ranks", "values"])
def test_one_labelling_each_is_a_column_of_all_labellings(scores):
    table, labels = cohorts(700, scale=10), ranks.all_labellings(9, 3)
    every = ranks.cohort_tests(table, k=3, scores=scores).p
    assert np.array_equal(ranks.cohort_tests(table, labels[17], scores=scores).p, every[:, 17])
    own = np.arange(700) % 84
    assert np.array_equal(ranks.cohort_tests(table, labels[own], scores=scores).p, every[np.arange(700), own])


def test_all_cohorts_together_hold_the_size_of_the_test():
    result = ranks.cohort_tests(cohorts(300, top=15), k=3)
    for alpha in (0.05, 0.1, 0.25):
        assert result.share_below(alpha) <= alpha
    assert ranks.NO_ASSOCIATION in str(result)
    assert len(result.table()) == 5


def test_wide_values_and_large_offsets_do_not_disturb_ties():
    table = cohorts(20, 6)
    plain = ranks.cohort_tests(table, k=2, scores="values").p
    assert np.array_equal(plain, ranks.cohort_tests(table * 1000 + 5e6, k=2, scores="values").p)
    assert plain == pytest.approx(ranks.cohort_tests(table / 7 + 0.1, k=2, scores="values").p)


# --- properties and corners


@settings(deadline=None, max_examples=60)
@given(group, group)
def test_swapping_groups_swaps_sides_and_turns_the_shift(x, y):
    for test in (ranks.mann_whitney, ranks.permutation_test):
        one, two = test(x, y), test(y, x)
        assert three(one) == pytest.approx([two.p, two.p_greater, two.p_less], abs=1e-12)
        assert one.p >= one.smallest_p - 1e-12
    one, two = ranks.hodges_lehmann(x, y), ranks.hodges_lehmann(y, x)
    assert one.estimate == pytest.approx(-two.estimate)
    assert (one.interval.low, one.interval.high) == pytest.approx((-two.interval.high, -two.interval.low))
    assert one.interval.low - 1e-12 <= one.estimate <= one.interval.high + 1e-12


@settings(deadline=None, max_examples=40)
@given(group, group, st.integers(1, 20))
def test_raising_group_one_never_makes_it_look_smaller(x, y, steps):
    raised = [v + steps / 10 for v in x]
    assert ranks.mann_whitney(raised, y).p_greater <= ranks.mann_whitney(x, y).p_greater + 1e-12
    assert ranks.hodges_lehmann(raised, y).estimate >= ranks.hodges_lehmann(x, y).estimate


@pytest.mark.parametrize("x, y", [([4], [4]), ([4, 4, 4], [4] * 6), ([1], [2])])
def test_values_that_carry_no_information_give_p_one(x, y):
    for test in (ranks.mann_whitney, ranks.permutation_test, ranks.median_test):
        assert test(x, y).p == 1
    assert ranks.signed_rank([0, 0, 0]).p == 1
    assert ranks.sign_test([0.0]).p == 1


def test_larger_groups_with_heavy_ties_stay_exact_and_quick():
    generator = np.random.default_rng(9)
    x, y = generator.integers(0, 4, 40), generator.integers(0, 5, 45)
    ours = ranks.mann_whitney(x, y)
    approximate = stats.mannwhitneyu(x, y, method="asymptotic").pvalue
    assert ours.p == pytest.approx(approximate, rel=0.1)
    assert ours.p_less + ours.p_greater > 1


def test_the_smallest_p_of_nine_children_is_known_beforehand():
    smallest = [ranks.smallest_p(k, 9 - k) for k in (1, 2, 3, 4)]
    assert smallest == pytest.approx([2 / 9, 2 / 36, 2 / 84, 2 / 126], abs=1e-12)
    assert ranks.mann_whitney([1, 1, 2], [1, 1, 1, 2, 2, 2]).smallest_p > 2 / 84


def test_an_interval_that_cannot_reach_its_level_says_so():
    shift = ranks.hodges_lehmann([2, 3, 3], [1, 3, 4, 6])
    assert not shift.reached
    assert shift.interval.level == pytest.approx(1 - 2 / 35)
    assert "no interval can reach 95%" in str(shift)
    assert ranks.hodges_lehmann(range(3), range(4, 10)).reached


def test_results_say_estimate_interval_and_n_together():
    text = str(ranks.mann_whitney([5.1, 6.2, 7.0], [1.0, 2.2, 3.1, 4.0, 4.4, 5.0]))
    for part in ("3 against 6", "p = 0.024", "Typical difference", "95.2% CI", "n = 3 and 6"):
        assert part in text
    assert "unchanged" in str(ranks.sign_test([1, -1, 0]))
    assert ranks.mann_whitney([1], [2]).table().loc[0, "n 1"] == 1
    assert len(ranks.signed_rank([1, 2]).table()) == len(ranks.hodges_lehmann([1], [2]).table()) == 1


@pytest.mark.parametrize(
    "call, reason",
    [
        (lambda: ranks.mann_whitney([], [1]), "Group 1 needs at least one"),
        (lambda: ranks.mann_whitney([1], [float("nan")]), "Group 2 has a missing"),
        (lambda: ranks.mann_whitney(["a"], [1]), "no number"),
        (lambda: ranks.mann_whitney([1], [2], level=95), "between 0 and 1"),
        (lambda: ranks.signed_rank([1, float("nan")]), "missing value"),
        (lambda: ranks.signed_rank([1, 2], zeros="split"), "choose 'pratt'"),
        (
            lambda: ranks.permutation_test(np.random.default_rng(1).normal(size=20), np.ones(20) / 3),
            "Round them",
        ),
        (lambda: ranks.smallest_p(0, 3), "at least one person"),
        (lambda: ranks.all_labellings(9, 9), "leaves nothing to compare"),
        (lambda: ranks.all_labellings(40, 20), "too many to list"),
        (lambda: ranks.cohort_tests([1, 2, 3], k=1), "one row per cohort"),
        (lambda: ranks.cohort_tests([[1, 2, 3]]), "who is in group 1"),
        (lambda: ranks.cohort_tests([[1, 2, 3]], group=[1, 0]), "one entry per child"),
        (lambda: ranks.cohort_tests([[1, 2, 3]], group=[0, 0, 0]), "nobody or everybody"),
        (
            lambda: ranks.cohort_tests([[1, 2, 3]] * 2, group=[[1, 0, 0], [1, 1, 0]]),
            "same size in every cohort",
        ),
        (lambda: ranks.cohort_tests([[1, 2, 3]], k=1, scores="logs"), "choose 'ranks'"),
    ],
)
def test_impossible_input_is_answered_with_a_sentence(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()
