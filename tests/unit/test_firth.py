"""Firth's regression against R, against another library, and against the definition itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from jdm_teach.stats.firth import firth_logistic
from jdm_teach.stats.likelihood import maximum_likelihood, separation_kind

VECTORS = json.loads((Path(__file__).parents[1] / "reference" / "firth.json").read_text())["cases"]
CUT = 3.841458820694124


def penalised(beta, X, y):
    """The definition, written without any of the package's devices."""
    eta = X @ beta
    w = 1 / (2 + 2 * np.cosh(np.clip(eta, -300, 300)))
    return (y * eta - np.logaddexp(0, eta)).sum() + 0.5 * np.linalg.slogdet((X * w[:, None]).T @ X)[1]


def highest(X, y, which, value, rng, starts=40):
    """The largest penalised likelihood with one coefficient held, by a general optimiser from many places."""
    rest = [j for j in range(X.shape[1]) if j != which]
    scale = X[:, rest].std(axis=0) + (X[:, rest].std(axis=0) == 0)

    def loss(free):
        beta = np.empty(X.shape[1])
        beta[which], beta[rest] = value, free / scale
        return -penalised(beta, X, y)

    best = -np.inf
    for _ in range(starts):
        found = minimize(loss, rng.normal(size=len(rest)) * rng.choice([1, 4, 12]), method="BFGS")
        best = max(best, -found.fun)
    return best


@pytest.mark.parametrize("case", VECTORS, ids=lambda c: c["name"])
def test_coefficients_tests_and_limits_equal_the_base_r_solution(case):
    fit = firth_logistic(case["y"], case["X"], names=case["columns"][1:])
    truth = case["base_R_crosscheck"]
    np.testing.assert_allclose(fit.coef, truth["coef"], atol=1e-7)
    np.testing.assert_allclose(fit.intervals[:, 0], truth["profile_lower"], atol=1e-5)
    np.testing.assert_allclose(fit.intervals[:, 1], truth["profile_upper"], atol=1e-5)
    np.testing.assert_allclose(fit.p, truth["p_plr"], atol=1e-7)
    np.testing.assert_allclose(fit.loglik, truth["pll"], atol=1e-7)


@pytest.mark.parametrize("case", VECTORS, ids=lambda c: c["name"])
def test_coefficients_standard_errors_and_null_equal_the_r_packages(case):
    fit = firth_logistic(case["y"], case["X"])
    np.testing.assert_allclose(fit.coef, case["brglm2"]["coef_AS_mean"], atol=1e-7)
    np.testing.assert_allclose(fit.se, case["brglm2"]["se_AS_mean"], atol=1e-6)
    np.testing.assert_allclose(fit.null_loglik, case["logistf"]["loglik_null"], atol=1e-7)


def awkward_sets():
    """Small designs with ties, separation, badly scaled and nearly collinear columns."""
    rng = np.random.default_rng(3)
    sets = []
    for n, k in [(6, 1), (7, 2), (9, 2), (12, 3), (16, 2), (25, 2), (40, 3)]:
        X = np.column_stack([rng.integers(0, 2 + 3 * j, n) * 10.0 ** (2 - 2 * j) for j in range(1, k + 1)])
        X[0] += 1
        if k > 1:
            X[:, 1] = X[:, 0] / 100 + 0.05 * rng.integers(-2, 3, n)
        y = (X[:, 0] + X[:, 0].std() * rng.normal(size=n) * rng.choice([0, 1]) > np.median(X[:, 0])).astype(
            float
        )
        y[0], y[-1] = 1 - y[-1], y[-1]
        sets.append((X, y))
    return sets


@pytest.mark.parametrize("number", range(7))
def test_every_end_lies_on_the_cut_off_of_the_global_profile(number):
    X, y = awkward_sets()[number]
    fit = firth_logistic(y, X)
    design = np.column_stack([np.ones(len(y)), X])
    assert penalised(fit.coef, design, y) == pytest.approx(fit.loglik, abs=1e-7)
    rng = np.random.default_rng(number)
    for j, term in enumerate(fit.terms):
        assert term.estimate in term.interval
        for end in (term.interval.low, term.interval.high):
            deviance = 2 * (fit.loglik - highest(design, y, j, end, rng, starts=12))
            assert deviance == pytest.approx(CUT, abs=2e-4)


def test_swapping_the_outcomes_turns_every_sign():
    y, X = np.array(VECTORS[2]["y"]), np.array(VECTORS[2]["X"])
    one, other = firth_logistic(y, X), firth_logistic(1 - y, X)
    np.testing.assert_allclose(one.coef, -other.coef, atol=1e-9)
    np.testing.assert_allclose(one.intervals, -other.intervals[:, ::-1], atol=1e-8)


def test_changing_the_unit_of_a_covariate_changes_only_its_unit():
    y, X = np.array(VECTORS[1]["y"]), np.array(VECTORS[1]["X"])
    years, months = firth_logistic(y, X), firth_logistic(y, 12.0 * X + 1000)
    np.testing.assert_allclose(years.intervals[1], 12 * months.intervals[1], rtol=1e-7)
    assert years.p[1] == pytest.approx(months.p[1], abs=1e-9)


def test_weights_count_children():
    y, x, counts = [1, 0, 1, 0], [[1.0], [1.0], [0.0], [0.0]], [4, 1, 2, 6]
    grouped = firth_logistic(y, x, weights=counts)
    spread = firth_logistic(np.repeat(y, counts), np.repeat(x, counts, axis=0))
    np.testing.assert_allclose(grouped.coef, spread.coef, atol=1e-9)
    np.testing.assert_allclose(grouped.intervals, spread.intervals, atol=1e-7)
    assert grouped.n == spread.n == 13
    assert grouped.loglik == pytest.approx(spread.loglik)


def test_a_two_by_two_table_gets_half_a_child_in_every_cell():
    fit = firth_logistic([1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0])
    assert fit.coef[1] == pytest.approx(np.log(3.5 * 4.5 / (0.5 * 0.5)), abs=1e-9)


@pytest.mark.parametrize(
    ("y", "X", "words"),
    [
        ([1, 0, 1], [2, 2, 2], "same value of x1"),
        ([1, 1, 1], [1, 2, 3], "same outcome"),
        ([1, 0, 1, 0], [[1, 2], [2, 4], [3, 6], [4, 8]], "fixed by the columns before it"),
        ([1, 0, 1, 0], [1, 2, float("nan"), 4], "missing"),
        ([1, 2, 1, 0], [1, 2, 3, 4], "0 .it did not."),
        ([1, 0, 1], [1, 2], "one row of covariates"),
        ([1, 0], [[1, 2], [2, 1]], "cannot be told apart"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_reason(y, X, words):
    with pytest.raises(ValueError, match=words):
        firth_logistic(y, X)


def test_the_sentence_gives_estimate_interval_n_and_separation():
    text = str(firth_logistic([1, 1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0], names=["rapid onset"]))
    for part in ("n = 7", "2 events", "rapid onset", "55.00", "95% CI 1.70", "complete separation"):
        assert part in text
    assert list(firth_logistic([1, 0, 1, 0], [1, 2, 3, 4]).table()["term"]) == ["(Intercept)", "x1"]


@pytest.mark.parametrize(
    ("x", "y", "kind"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], "complete"),
        ([1, 2, 2, 3], [0, 0, 1, 1], "quasi-complete"),
        ([1, 2, 3, 4], [0, 1, 0, 1], "none"),
        ([4, 3, 2, 1], [0, 0, 1, 1], "complete"),
        ([1001.0, 1002, 1003, 1004], [0, 0, 1, 1], "complete"),
    ],
)
def test_separation_is_named_by_kind(x, y, kind):
    assert separation_kind(np.array(y, float), np.column_stack([np.ones(4), x])) == kind


def test_two_covariates_can_separate_together():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 2))
    y = (X.sum(axis=1) > 0).astype(float)
    assert maximum_likelihood(y, X).separation == "complete"
    assert maximum_likelihood(y, X[:, :1]).separation == "none"


def test_ordinary_likelihood_runs_away_under_separation_and_says_so():
    path = maximum_likelihood([1, 1, 0, 0, 0], [9, 8, 3, 2, 1], names=["age"])
    assert path.diverged
    assert (np.diff(path.coef[:, 1]) > 0).all()
    assert path.se[-1, 1] > 1000 * path.se[0, 1]
    assert "separated" in str(path)
    assert len(path.table()) == len(path.coef)


def test_ordinary_likelihood_without_separation_equals_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    y, X = np.array(VECTORS[2]["y"]), np.array(VECTORS[2]["X"])
    path, other = maximum_likelihood(y, X), sm.Logit(y, sm.add_constant(X)).fit(disp=0, tol=1e-12)
    assert not path.diverged
    np.testing.assert_allclose(path.coef[-1], other.params, atol=1e-8)
    np.testing.assert_allclose(path.se[-1], other.bse, atol=1e-7)


@pytest.mark.slow
def test_ends_stay_global_for_many_random_designs():
    rng = np.random.default_rng(20)
    for _ in range(40):
        n, k = int(rng.integers(6, 26)), int(rng.integers(1, 4))
        X = np.round(rng.gamma(2, 2.5, size=(n, k)), 1)
        push = (X - X.mean(axis=0)) @ rng.normal(size=k) * rng.choice([0, 1, 10])
        y = (rng.random(n) < 1 / (1 + np.exp(-np.clip(push, -50, 50)))).astype(float)
        if y.min() == y.max():
            continue
        fit = firth_logistic(y, X)
        design = np.column_stack([np.ones(n), X])
        for j, limits in enumerate(fit.intervals):
            for end in limits:
                top = highest(design, y, j, end, rng, starts=15)
                assert 2 * (fit.loglik - top) > CUT - 1e-4
