"""Exact cohort counts against R, Rust, complete enumeration and plain dictionaries of Python integers."""

import json
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import factorial, prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.stats.cohort_categories import independent_categories
from jdm_teach.stats.cohort_layers import CountStopped
from jdm_teach.stats.cohort_pairs import matchings, paired_cohorts
from jdm_teach.stats.cohorts import NO_ASSOCIATION, consistent_cohorts
from jdm_teach.stats.existence import sum_targets
from jdm_teach.stats.rounding import printed

FOLDER = Path(__file__).parents[1] / "reference"
R = json.loads((FOLDER / "cohort_counts.json").read_text())
RUST = json.loads((FOLDER / "closure_counts.json").read_text())
ONSET, START = ("5.1", "3.6"), ("8.3", "3.5")


def _made(case, rounding, ddof=1, mean="mean", sd="sd"):
    grain = Fraction(1, case["grains_per_unit"])
    low, high = case["scale_min_grains"] * grain, case["scale_max_grains"] * grain
    return consistent_cohorts(
        case["n"], case[mean], case[sd], low=low, high=high, grain=grain, rounding=rounding, ddof=ddof
    )


@pytest.mark.parametrize("rule", ["half_up", "closed", "trunc"])
@pytest.mark.parametrize("case", R["single"], ids=lambda c: f"{c['mean']}-{c['sd']}-{c['n']}")
def test_counts_equal_complete_enumeration_in_r(case, rule):
    cohorts, truth = _made(case, rule), case["sample_sd_ddof1"][rule]
    assert (cohorts.multisets, cohorts.labelled) == (truth["n_multisets"], int(truth["n_ordered"]))
    rows = cohorts.every()
    assert len(rows) == truth["n_multisets"]
    if len(rows):
        assert (rows.min(), rows.max()) == (truth["min_of_min"], truth["max_of_max"])
        medians = Counter(f"{m:g}" for m in np.median(rows, axis=1))
        assert dict(medians) == truth["median_histogram"]


@pytest.mark.parametrize("case", R["single"], ids=lambda c: f"{c['mean']}-{c['sd']}-{c['n']}")
def test_counts_for_the_sd_with_n_equal_r(case):
    cohorts, truth = _made(case, "half_up", ddof=0), case["population_sd_ddof0_half_up"]
    assert (cohorts.multisets, cohorts.labelled) == (truth["n_multisets"], int(truth["n_ordered"]))


@pytest.mark.parametrize("case", R["paired"], ids=lambda c: f"{c['onset_mean']}-{c['start_mean']}-{c['n']}")
def test_joint_counts_equal_r(case):
    pair = paired_cohorts(
        _made(case, "half_up", mean="onset_mean", sd="onset_sd"),
        _made(case, "half_up", mean="start_mean", sd="start_sd"),
    )
    assert (
        pair.first.multisets == case["n_multisets_onset"]
        and pair.second.multisets == case["n_multisets_start"]
    )
    assert pair.first.labelled == int(case["n_ordered_onset"]) and pair.second.labelled == int(
        case["n_ordered_start"]
    )
    assert pair.count.feasible_multiset_pairs == case["n_feasible_multiset_pairs"]
    assert pair.count.exact == pytest.approx(float(case["n_ordered_joint_float"]), rel=1e-12)
    assert pair.count.share == pytest.approx(case["share_of_independent_pairs"], rel=1e-12)


@pytest.mark.parametrize("case", RUST["cases"], ids=lambda c: f"{c['mean']}-{c['sd']}-{c['n']}")
def test_multisets_equal_the_rust_counter(case):
    assert _made(case, "closed").multisets == case["closure_count_multisets_closed_interval"]


@pytest.mark.parametrize(
    ("summary", "grain", "high", "multisets", "labelled"),
    [
        (ONSET, 1, 17, 449, 2.08e7),
        (ONSET, "1/2", "17.5", 73_325, 8.38e9),
        (ONSET, "1/12", "215/12", 2.276e11, 6.66e16),
        (ONSET, "0.1", "17.9", 45_437_537_796, 1.276e16),
        (START, 1, 17, 698, 3.12e7),
        (START, "1/2", "17.5", 127_264, 1.43e10),
        (START, "1/12", "215/12", 4.583e11, 1.34e17),
        (START, "0.1", "17.9", 90_880_091_383, 2.557e16),
    ],
)
def test_the_letters_two_summaries_leave_as_many_cohorts_as_published_in_the_methods(
    summary, grain, high, multisets, labelled
):
    cohorts = consistent_cohorts(9, *summary, high=high, grain=grain)
    if isinstance(multisets, int):
        assert cohorts.multisets == multisets
    assert cohorts.multisets == pytest.approx(multisets, rel=2e-3)
    assert cohorts.labelled == pytest.approx(labelled, rel=5e-3)


def test_below_and_high_name_the_same_bounds():
    assert consistent_cohorts(9, *ONSET, below=18, grain="0.1").summary.high == 179
    assert consistent_cohorts(9, *ONSET, below=18).summary.high == 17


def test_the_closed_interval_count_at_a_tenth_of_a_year_equals_the_rust_counter():
    assert consistent_cohorts(9, *ONSET, high=18, grain="0.1", rounding="closed").multisets == 45_487_542_077


def test_labelled_joint_cohorts_at_whole_years():
    pair = paired_cohorts(consistent_cohorts(9, *ONSET, high=17), consistent_cohorts(9, *START, high=17))
    assert pair.count.exact == 15_138_233_679_240
    assert pair.count.share == pytest.approx(0.0233121, abs=1e-7)
    estimate = pair.estimate(seed=4, pool=20_000, pairs=200_000)
    assert pair.count.share in estimate.share_interval or abs(estimate.share - pair.count.share) < 2e-4


def _listed(n, mean, sd, low, high, grain, rule, ddof):
    targets = sum_targets(n, printed(mean).span(rule), printed(sd).span(rule).squared(), grain, ddof)
    rows = []
    for row in combinations_with_replacement(range(low, high + 1), n):
        S, Q = sum(row), sum(v * v for v in row)
        if any(S == s and a <= Q <= b for s, a, b in targets):
            rows.append(row)
    return rows


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_counts_and_listings_equal_exhaustive_enumeration(data):
    n = data.draw(st.integers(1, 6))
    low = data.draw(st.integers(-3, 2))
    high = low + data.draw(st.integers(0, 7))
    grain = data.draw(st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(2)]))
    rule = data.draw(st.sampled_from(["half_up", "half_down", "half_even", "closed", "truncate", "ceiling"]))
    ddof = data.draw(st.integers(0, 1)) if n > 1 else 0
    middle = Fraction(data.draw(st.integers(n * low, n * high)), n) * grain
    mean = f"{float(middle):.1f}"
    sd = f"{data.draw(st.integers(0, 40)) / 10 * float(grain):.1f}"
    try:
        cohorts = consistent_cohorts(
            n, mean, sd, low=low * grain, high=high * grain, grain=grain, rounding=rule, ddof=ddof
        )
    except ValueError as error:
        assert "exclude the mean" in str(error)
        return
    truth = _listed(n, mean, sd, low, high, grain, rule, ddof)
    assert cohorts.multisets == len(truth)
    assert cohorts.labelled == sum(
        factorial(n) // prod(map(factorial, Counter(row).values())) for row in truth
    )
    assert [tuple(int(v) for v in row) for row in cohorts.every()] == truth
    assert cohorts.summary.possible() == bool(truth)


def _by_dictionary(n, targets, low, high):
    layer = {(0, 0): 1}
    for _ in range(n):
        following = defaultdict(int)
        for (s, q), ways in layer.items():
            for v in range(low, high + 1):
                following[s + v, q + v * v] += ways
        layer = following
    return sum(ways for (s, q), ways in layer.items() if any(s == S and a <= q <= b for S, a, b in targets))


@pytest.mark.parametrize("n", [20, 40, 60])
def test_counts_far_beyond_64_bits_are_exact(n):
    cohorts = consistent_cohorts(n, "3.1", "1.2", low=1, high=5)
    targets = sum_targets(n, printed("3.1").span(), printed("1.2").span().squared(), Fraction(1), 1)
    assert cohorts.labelled == _by_dictionary(n, targets, 1, 5)
    assert n < 40 or cohorts.labelled > 2**64


@pytest.mark.slow
def test_counts_with_many_values_and_many_children_do_not_wrap_around():
    # 50 values at a quarter of a year: the case in which 64-bit layers overflow silently.
    cohorts = consistent_cohorts(30, "5.1", "3.6", high=17, grain="1/4")
    assert cohorts.labelled > cohorts.multisets > 2**63
    rows = cohorts.draw(200, seed=2, uniform="multisets").values
    assert np.all(np.abs(rows.mean(axis=1) - 5.1) <= 0.0501) and np.all(
        np.abs(rows.std(axis=1, ddof=1) - 3.6) <= 0.0501
    )


def test_matchings_equal_brute_force():
    rng = np.random.default_rng(5)
    a, b = np.sort(rng.integers(0, 6, (40, 4)), axis=1), np.sort(rng.integers(2, 8, (40, 4)), axis=1)
    from itertools import permutations

    brute = [
        sum(all(x <= y for x, y in zip(p, row, strict=True)) for p in permutations(first))
        for first, row in zip(a.tolist(), b.tolist(), strict=True)
    ]
    assert matchings(a, b).tolist() == brute


def test_three_girls_among_nine_children_can_be_laid_in_84_ways():
    girls = independent_categories(9, {"girls": 3}, rest="boys")
    assert girls.labellings == 84
    draws = girls.draw(500, seed=1)
    assert (draws == 0).sum(axis=1).tolist() == [3] * 500
    assert NO_ASSOCIATION in str(girls)
    with pytest.raises(ValueError, match="more than n = 9"):
        independent_categories(9, {"girls": 12})


def test_labellings_equal_listing():
    three = independent_categories(5, {"a": 2, "b": 1}, rest="c")
    listed = {p for p in product(range(3), repeat=5) if Counter(p) == {0: 2, 1: 1, 2: 2}}
    assert three.labellings == len(listed)


def test_the_sentence_names_both_measures_and_the_missing_association():
    text = str(consistent_cohorts(9, *ONSET, high=17))
    assert "449" in text and "20,792,772" in text and "labelled" in text and NO_ASSOCIATION in text


def test_an_impossible_summary_gets_the_reason_and_the_nearest_one():
    cohorts = consistent_cohorts(9, "5.1", "9.6", high=17)
    assert cohorts.multisets == cohorts.labelled == 0
    with pytest.raises(ValueError, match=r"nearest summary that can occur is mean 5.1, SD 7.8"):
        cohorts.draw(10, seed=1)
    assert "mean that prints as 5.5" in str(consistent_cohorts(9, "5.5", "2.0", high=17))


def test_the_nearest_summary_is_possible_and_nothing_closer_is():
    near = consistent_cohorts(9, "5.1", "9.6", high=17).summary.nearest()
    assert consistent_cohorts(9, near.mean.text, near.sd.text, high=17).multisets > 0
    for k in range(79, 96):
        assert consistent_cohorts(9, "5.1", f"{k / 10}", high=17).multisets == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"low": 7, "high": 17}, "lower bound of 5.1 or less"),
        ({"high": 4}, "upper bound of 5.1 or more"),
        ({"high": 17, "below": 18}, "upper bound once"),
        ({}, "upper bound once"),
        ({"low": 5, "high": 3}, "No value lies between"),
        ({"high": 17, "ddof": 2}, "neither"),
        ({"high": 17, "rounding": "odd"}, "not a rounding rule"),
    ],
)
def test_bad_input_gets_a_sentence_with_what_works(arguments, words):
    with pytest.raises(ValueError, match=words):
        consistent_cohorts(9, *ONSET, **arguments)


def test_a_grain_finer_than_memory_allows_is_refused_with_the_nearest_that_fits():
    with pytest.raises(ValueError, match=r"nearest coarser grain that fits is 0\.05"):
        _ = consistent_cohorts(9, *ONSET, below=18, grain="1/365").labelled
    with pytest.raises(
        ValueError, match=r"more than the 5 MB allowed.*nearest coarser grain that fits is 0\.2"
    ):
        _ = consistent_cohorts(9, *ONSET, below=18, grain="0.1", memory_limit_mb=5).labelled


def test_one_value_with_n_minus_one_and_too_long_a_list_are_refused():
    with pytest.raises(ValueError, match="at least two"):
        consistent_cohorts(1, "5.0", "0.0", high=17)
    with pytest.raises(ValueError, match="more than the 100 to be listed"):
        consistent_cohorts(9, *ONSET, high=17).every(at_most=100)


def test_a_progress_callback_sees_the_count_grow_and_can_stop_it():
    seen = []
    assert consistent_cohorts(9, *ONSET, high=17, progress=seen.append).multisets == 449
    assert seen == sorted(seen) and 0 <= seen[0] and seen[-1] <= 1
    for measure in ("labelled", "multisets"):
        with pytest.raises(CountStopped, match="stopped before"):
            consistent_cohorts(9, *ONSET, high=17, progress=lambda share: share < 0.5).count(measure)


def test_pairs_of_different_size_are_refused():
    with pytest.raises(ValueError, match="number of children"):
        paired_cohorts(consistent_cohorts(9, *ONSET, high=17), consistent_cohorts(8, "8.0", "3.5", high=17))


@pytest.mark.parametrize("limits", [(3, 2**63 - 1), (3, 12)])
def test_tables_move_to_wider_numbers_before_they_overflow(monkeypatch, limits):
    small = dict(zip((np.dtype(np.int32), np.dtype(np.int64)), limits, strict=True))
    monkeypatch.setattr("jdm_teach.stats.cohort_layers._LIMITS", small)
    cohorts = consistent_cohorts(9, *ONSET, high="17.5", grain="1/2")
    assert cohorts.multisets == 73_325
    kinds = {layer.counts.dtype for layer in cohorts._multiset_tables.left + cohorts._multiset_tables.right}
    assert np.dtype(np.int64) in kinds and (np.dtype(object) in kinds) == (limits[1] == 12)
    rows = cohorts.draw(500, seed=1, uniform="multisets").grains
    listed = {tuple(r) for r in cohorts.every().tolist()}
    assert {tuple(r) for r in rows.tolist()} <= listed
