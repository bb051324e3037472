"""Survival methods against R vectors, another library and complete enumeration."""

import json
from itertools import combinations
from math import inf, isnan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.stats.logrank_exact import logrank_scores
from jdm_teach.stats.survival import (
    exact_logrank,
    kaplan_meier,
    logrank,
    proportional_hazards,
    restricted_mean,
)

VECTORS = json.loads((Path(__file__).parents[1] / "reference" / "survival.json").read_text())["cases"]
every_case = pytest.mark.parametrize("case", VECTORS, ids=lambda c: c["name"])


def numbers(values):
    special = {None: np.nan, "Inf": inf, "-Inf": -inf}
    return np.array(
        [
            v if isinstance(v, int | float) else special[v]
            for v in (values if isinstance(values, list) else [values])
        ],
        float,
    )


def data(case):
    return case["time"], case["event"], case["group"]


@st.composite
def follow_up(draw, largest=9):
    n = draw(st.integers(3, largest))
    time = draw(st.lists(st.integers(1, 8), min_size=n, max_size=n))
    event = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    group = draw(st.permutations([0, 1, *draw(st.lists(st.integers(0, 1), min_size=n - 2, max_size=n - 2))]))
    return np.array(time), np.array(event), np.array(group)


@every_case
@pytest.mark.parametrize(
    ("key", "kind"), [("km_plain", "plain"), ("km_log", "log"), ("km_loglog", "log-log")]
)
def test_the_curve_equals_survfit(case, key, kind):
    ours, theirs = kaplan_meier(case["time"], case["event"], kind), case[key]
    names = {
        "time": "time",
        "n_risk": "n_risk",
        "n_event": "n_event",
        "survival": "surv",
        "se": "se_greenwood_surv",
        "low": "lower",
        "high": "upper",
        "median": "median",
        "median_low": "median_lower",
        "median_high": "median_upper",
    }
    for mine, other in names.items():
        np.testing.assert_allclose(
            np.atleast_1d(getattr(ours, mine)), numbers(theirs[other]), atol=1e-9, rtol=0, err_msg=mine
        )


@every_case
@pytest.mark.parametrize(("key", "weights"), [("logrank", "logrank"), ("peto_peto", "peto-peto")])
def test_the_logrank_test_equals_survdiff(case, key, weights):
    ours, theirs = logrank(*data(case), weights=weights), case[key]
    found = [ours.chisq, ours.p, *ours.observed, *ours.expected, ours.variance]
    wanted = [theirs["chisq"], theirs["p"], *theirs["observed"], *theirs["expected"], theirs["var11"]]
    np.testing.assert_allclose(found, wanted, atol=1e-9, rtol=0)


@every_case
@pytest.mark.parametrize(
    ("key", "weights"), [("logrank_exact_permutation_coin", "logrank"), ("gehan_exact_coin", "gehan")]
)
def test_the_exact_test_equals_coin(case, key, weights):
    ours = exact_logrank(*data(case), weights=weights)
    np.testing.assert_allclose([ours.p, ours.z], [case[key]["p"], case[key]["z"]], atol=1e-9, rtol=0)


@every_case
@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_the_hazard_ratio_equals_coxph_where_one_exists(case, ties):
    ours, theirs = proportional_hazards(*data(case), ties=ties), case[f"cox_{ties}"]
    if abs(theirs["coef"]) > 10:
        assert ours.monotone
        return
    found = [ours.coef, ours.se, *ours.loglik, ours.p_lrt, ours.p_score]
    wanted = [theirs["coef"], theirs["se"], *theirs["loglik"], theirs["p_lrt"], theirs["p_score"]]
    np.testing.assert_allclose(found, wanted, atol=1e-6, rtol=0)


@every_case
def test_the_restricted_mean_equals_survfit(case):
    time, event, group = map(np.array, data(case))
    wanted = case["rmst_by_group"]
    for side, mean, se in zip((0, 1), wanted["rmean"], wanted["se"], strict=True):
        ours = restricted_mean(time[group == side], event[group == side], wanted["tau"])
        np.testing.assert_allclose([ours.estimate, ours.se], [mean, se], atol=1e-9, rtol=0)


@given(follow_up())
@settings(max_examples=60, deadline=None)
def test_the_exact_test_equals_the_listing_of_all_allocations(sample):
    time, event, group = sample
    scores, scale = logrank_scores(time, event)
    size = int(np.sum(group == 0))
    sums = np.array([scores[list(c)].sum() / scale for c in combinations(range(time.size), size)])
    center = size * scores.mean() / scale
    seen = abs(scores[group == 0].sum() / scale - center)
    ours = exact_logrank(time, event, group)
    assert ours.p == pytest.approx(np.mean(np.abs(sums - center) >= seen - 1e-9), abs=1e-12)
    assert ours.smallest_p <= ours.p


@given(follow_up())
@settings(max_examples=60, deadline=None)
def test_swapping_the_groups_changes_no_p_value(sample):
    time, event, group = sample
    assert exact_logrank(time, event, group).p == exact_logrank(time, event, 1 - group).p
    assert logrank(time, event, group).p == pytest.approx(logrank(time, event, 1 - group).p, abs=1e-12)
    here, there = (proportional_hazards(time, event, g) for g in (group, 1 - group))
    assert here.p_lrt == pytest.approx(there.p_lrt, abs=1e-6)
    assert (isnan(here.coef) and isnan(there.coef)) or here.coef == pytest.approx(-there.coef, abs=1e-8)


@given(follow_up(), st.sampled_from(["plain", "log", "log-log"]))
@settings(max_examples=60, deadline=None)
def test_the_limits_enclose_a_falling_curve(sample, kind):
    curve = kaplan_meier(sample[0], sample[1], kind)
    assert np.all(np.diff(curve.survival) <= 1e-15)
    defined = ~np.isnan(curve.low)
    assert np.all(curve.low[defined] <= curve.survival[defined] + 1e-12)
    assert np.all(curve.high[defined] >= curve.survival[defined] - 1e-12)
    assert curve.n_event.sum() + curve.n_censored.sum() == curve.n == curve.at_risk(0)


@given(follow_up())
@settings(max_examples=40, deadline=None)
def test_the_profile_limits_are_where_the_likelihood_has_fallen_by_1_92(sample):
    time, event, group = sample
    fit = proportional_hazards(time, event, group, ties="exact")
    assert fit.interval.low <= fit.interval.high
    if not isnan(fit.coef):
        assert fit.hazard_ratio in fit.interval
        assert isnan(fit.se) == fit.monotone


def test_the_curve_equals_statsmodels_on_larger_data():
    duration = pytest.importorskip("statsmodels.duration.survfunc")
    rng = np.random.default_rng(3)
    time, event = rng.integers(1, 30, 60).astype(float), rng.integers(0, 2, 60)
    other = duration.SurvfuncRight(time, event)
    np.testing.assert_allclose(kaplan_meier(time, event).at(other.surv_times), other.surv_prob, atol=1e-12)
    group = rng.integers(0, 2, 60)
    chisq, p = duration.survdiff(time, event, group)
    ours = logrank(time, event, group)
    np.testing.assert_allclose([ours.chisq, ours.p], [chisq, p], atol=1e-9)


def test_without_events_nothing_is_claimed():
    time, event, group = [3, 4, 5, 6], [0, 0, 0, 0], [0, 0, 1, 1]
    curve = kaplan_meier(time, event)
    assert np.all(curve.survival == 1) and isnan(curve.median)
    assert "not reached" in str(curve)
    assert logrank(time, event, group).p == exact_logrank(time, event, group).p == 1
    assert "nothing to compare" in str(logrank(time, event, group))
    assert "no information" in str(proportional_hazards(time, event, group))


def test_a_group_without_events_is_named_monotone_and_keeps_one_finite_limit():
    time, event, group = [1, 2, 3, 4, 5, 6, 7], [1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0]
    fit = proportional_hazards(time, event, group)
    assert fit.monotone and fit.coef == inf and fit.interval.high == inf
    assert 1 < fit.interval.low < inf
    assert "monotone" in str(fit)


def test_everyone_at_once_is_said_to_be_alike():
    alike = exact_logrank([2, 2, 2], [1, 1, 1], [0, 1, 1])
    assert alike.p == 1 and "fared alike" in str(alike)
    assert "limits not defined" in str(kaplan_meier([2, 2, 2], [1, 1, 1]))


def test_an_interval_without_width_is_not_called_certain():
    assert "not certainty" in str(kaplan_meier([4, 5], [0, 0], "plain"))
    assert "not certainty" in str(restricted_mean([4, 5], [0, 0], 3))


def test_times_that_differ_only_by_rounding_are_tied():
    assert kaplan_meier([0.1 + 0.2, 0.3, 1.0], [1, 1, 0]).n_event.tolist() == [2, 0]


def test_carrying_the_curve_past_its_end_is_said():
    assert "beyond the last observed time" in str(restricted_mean([1, 2], [1, 0], 5))
    assert not restricted_mean([1, 2], [1, 1], 5).extended


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: kaplan_meier([], []), "Nobody was followed"),
        (lambda: kaplan_meier([1, -2], [1, 0]), "at least 0"),
        (lambda: kaplan_meier([1, 2], [1]), "one event per person"),
        (lambda: kaplan_meier([1, 2], [1, 2]), "1 \\(it happened\\) or 0"),
        (lambda: kaplan_meier([1, 2], [1, 0], "wald"), "'log-log'"),
        (lambda: kaplan_meier([1, 2], [1, 0], level=95), "between 0 and 1"),
        (lambda: logrank([1, 2], [1, 0], [1, 1]), "Exactly two groups"),
        (lambda: logrank([1, 2], [1, 0], [1]), "one group label"),
        (lambda: logrank([1, 2], [1, 0], [0, 1], "tarone"), "peto-peto"),
        (lambda: exact_logrank([1, 2], [1, 0], [0, 1], "tarone"), "gehan"),
        (lambda: exact_logrank(range(1, 81), [1] * 80, [0, 1] * 40), "use `logrank`"),
        (lambda: proportional_hazards([1, 2], [1, 0], [0, 1], "none"), "breslow"),
        (lambda: restricted_mean([1, 2], [1, 0], 0), "positive number"),
    ],
)
def test_bad_input_gets_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_every_result_has_a_sentence_and_a_table():
    time, event, group = data(VECTORS[0])
    for found in (
        kaplan_meier(time, event),
        logrank(time, event, group),
        exact_logrank(time, event, group),
        proportional_hazards(time, event, group),
        restricted_mean(time, event, 10),
    ):
        assert str(found).endswith(".") and len(found.table()) >= 1 and "<table" in found._repr_html_()
