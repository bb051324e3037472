"""Draws are exactly uniform: chi-square with a fixed seed, against targets counted independently."""

from collections import Counter
from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from scipy.stats import chisquare

from jdm_teach.stats.cohort_draw import integers_below
from jdm_teach.stats.cohort_pairs import paired_cohorts
from jdm_teach.stats.cohorts import NO_ASSOCIATION, consistent_cohorts

LETTER = [("5.1", "3.6", 449), ("8.3", "3.5", 698)]
N = 100_000


def _frequencies(rows, listed):
    seen = Counter(map(tuple, np.sort(rows, axis=1).tolist()))
    assert set(seen) <= {tuple(r) for r in listed.tolist()}
    return np.array([seen[tuple(r)] for r in listed.tolist()])


@pytest.mark.parametrize(("mean", "sd", "count"), LETTER)
def test_multiset_draws_are_uniform_over_all_cohorts(mean, sd, count):
    cohorts = consistent_cohorts(9, mean, sd, high=17)
    observed = _frequencies(cohorts.draw(N, seed=20231101, uniform="multisets").grains, cohorts.every())
    assert observed.size == count
    assert chisquare(observed).pvalue > 0.001


@pytest.mark.parametrize(("mean", "sd", "count"), LETTER)
def test_labelled_draws_are_uniform_over_all_assignments(mean, sd, count):
    cohorts = consistent_cohorts(9, mean, sd, high=17)
    listed = cohorts.every()
    orders = [factorial(9) // prod(map(factorial, Counter(r).values())) for r in listed.tolist()]
    weights = np.array(orders, dtype=np.int64)
    assert weights.sum() == cohorts.labelled
    draws = cohorts.draw(N, seed=20231101)
    assert chisquare(_frequencies(draws.grains, listed), N * weights / weights.sum()).pvalue > 0.001
    # Labels are exchangeable: every child has the same distribution of values.
    table = np.array([np.bincount(child, minlength=18) for child in draws.grains.T])
    common = table.sum(axis=0) > 50
    expected = np.broadcast_to(table[:, common].mean(axis=0), (9, common.sum()))
    statistic = ((table[:, common] - expected) ** 2 / expected).sum()
    # Values of one cohort are tied to each other, so this is a bound, not a test of its own.
    assert statistic < 1.5 * table[:, common].size


def test_every_assignment_of_a_small_case_is_equally_likely():
    cohorts = consistent_cohorts(5, "2.4", "1.5", high=8)
    listed = {tuple(r) for r in cohorts.every().tolist()}
    ordered = [x for x in product(range(9), repeat=5) if tuple(sorted(x)) in listed]
    seen = Counter(map(tuple, cohorts.draw(20_000, seed=3).grains.tolist()))
    assert len(ordered) == cohorts.labelled == len(seen)
    assert chisquare([seen[x] for x in ordered]).pvalue > 0.001


@pytest.mark.parametrize("independent", [True, False])
def test_every_joint_assignment_of_a_small_case_is_equally_likely(independent):
    first = consistent_cohorts(4, "2.0", "1.4", high=8)
    second = consistent_cohorts(4, "3.5", "2.4", high=8)
    draws = paired_cohorts(first, second).draw(20_000, seed=8, independent=independent)
    assert np.all(draws.first_grains <= draws.second_grains)
    seen = Counter(
        tuple(a) + tuple(b)
        for a, b in zip(draws.first_grains.tolist(), draws.second_grains.tolist(), strict=True)
    )
    assert len(seen) == 216
    assert chisquare(list(seen.values())).pvalue > 0.001


@pytest.mark.parametrize("uniform", ["labelled", "multisets"])
@pytest.mark.parametrize(
    ("n", "mean", "sd", "low", "high", "grain"),
    [
        (9, "5.1", "3.6", 0, "17.9", "0.1"),
        (2, "5.1", "3.6", 0, 17, "0.1"),
        (3, "4.0", "1.0", 1, 7, 1),
        (100, "4.0", "1.5", 1, 7, 1),
        (1, "4", "0", 0, 9, 1),
    ],
)
def test_every_draw_prints_as_the_summary_it_came_from(n, mean, sd, low, high, grain, uniform):
    draws = consistent_cohorts(n, mean, sd, low=low, high=high, grain=grain, ddof=int(n > 1)).draw(
        300, seed=5, uniform=uniform
    )
    tenth = 0.1 if "." in mean else 1.0
    assert draws.values.shape == (300, n)
    assert np.all(np.abs(draws.values.mean(axis=1) - float(mean)) <= tenth / 2 + 1e-9)
    assert np.all(np.abs(draws.values.std(axis=1, ddof=int(n > 1)) - float(sd)) <= tenth / 2 + 1e-9)
    assert draws.values.min() >= low and draws.values.max() <= float(high)


def test_the_ensemble_reproduces_what_the_methods_note_found_at_a_tenth_of_a_year():
    onset = consistent_cohorts(9, "5.1", "3.6", below=18, grain="0.1")
    start = consistent_cohorts(9, "8.3", "3.5", below=18, grain="0.1")
    for cohorts, median, largest in (
        (onset, (3.3, 4.6, 6.4), (9.4, 11.2, 13.5)),
        (start, (6.7, 8.3, 9.9), (11.7, 13.6, 16.1)),
    ):
        ensemble = cohorts.draw(20_000, seed=1).distributions()
        for name, (low, middle, high) in (("median", median), ("largest value", largest)):
            assert ensemble.middle(name) == pytest.approx(middle, abs=0.11)
            assert ensemble.limits(name) == pytest.approx((low, high), abs=0.21)
    pair = paired_cohorts(onset, start)
    joint = pair.draw(4_000, seed=1).distributions()
    assert joint.middle("correlation forced by the order") == pytest.approx(0.74, abs=0.02)
    assert joint.middle("SD of the gap") == pytest.approx(2.6, abs=0.1)
    assert pair.estimate(seed=1, pool=20_000, pairs=400_000).share == pytest.approx(0.01058, abs=0.0003)


def test_the_two_measures_differ_visibly_at_whole_years():
    cohorts = consistent_cohorts(9, "5.1", "3.6", high=17)
    listed = cohorts.every()
    largest = cohorts.draw(N, seed=1, uniform="multisets").grains.max(axis=1).mean()
    assert largest == pytest.approx(listed.max(axis=1).mean(), abs=0.02)
    assert largest - cohorts.draw(N, seed=1).grains.max(axis=1).mean() == pytest.approx(0.13, abs=0.04)


def test_the_same_seed_gives_the_same_cohorts_and_travels_with_them():
    cohorts = consistent_cohorts(9, "5.1", "3.6", high=17)
    one, two = (cohorts.draw(50, seed=7) for _ in range(2))
    assert np.array_equal(one.grains, two.grains)
    frame = one.frame()
    assert set(frame["data_origin"]) == {"simulated"} and set(frame["seed"]) == {7}
    assert NO_ASSOCIATION in str(one) and "labelled" in str(one)
    table = one.distributions().table()
    assert set(table["data_origin"]) == {"simulated"} and set(table["seed"]) == {7}


def test_numbers_below_a_bound_of_any_size_are_uniform():
    rng = np.random.default_rng(1)
    big = integers_below(rng, 5 * 2**70, 5_000)
    assert min(big) >= 0 and max(big) < 5 * 2**70
    assert chisquare(np.bincount([int(x) >> 70 for x in big], minlength=5)).pvalue > 0.001


@pytest.mark.parametrize(
    ("arguments", "words"), [({"size": 0}, "at least 1"), ({"uniform": "flat"}, "not a measure")]
)
def test_a_draw_that_makes_no_sense_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        consistent_cohorts(9, "5.1", "3.6", high=17).draw(**({"size": 5, "seed": 1} | arguments))


def test_pairs_that_cannot_obey_the_order_are_refused():
    late, early = consistent_cohorts(4, "7.0", "0.8", high=9), consistent_cohorts(4, "2.0", "0.8", high=9)
    with pytest.raises(ValueError, match="obey the order"):
        paired_cohorts(late, early).draw(10, seed=1, patience=1)
