"""Pooling against R, against statsmodels, and against what the definitions demand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom, norm, t

from jdm_teach.stats.effects import inverse_double_arcsine, keep_independent, log_risk_ratios, logits
from jdm_teach.stats.heterogeneity import TAU2, cochran_q
from jdm_teach.stats.mixed_logit import fit_mixed_logit
from jdm_teach.stats.pooling import leave_one_out, pool_proportions, pool_risk_ratios

VECTORS = json.loads((Path(__file__).parents[1] / "reference" / "meta_proportions.json").read_text())["cases"]
MEASURES = {"PLO": "logit", "PFT": "double arcsine"}
ANSWERS = [(c, key) for c in VECTORS for key in c if key.startswith(("PLO_", "PFT_"))]


@pytest.mark.parametrize(("case", "key"), ANSWERS, ids=lambda v: v if isinstance(v, str) else v["name"])
def test_every_pooled_number_equals_metafor(case, key):
    measure, method, *test = key.split("_")
    fit = pool_proportions(
        case["x"], case["n"], measure=MEASURES[measure], method=method, test=test[0] if test else "z"
    )
    truth = case[key]
    found = [fit.estimate, fit.se, fit.p, fit.tau2, 100 * fit.i2, fit.h2, fit.q, fit.q_p]
    names = ["est", "se", "p", "tau2", "I2", "H2", "Q", "Qp"]
    np.testing.assert_allclose(found, [truth[name] for name in names], atol=1e-6, rtol=1e-6)
    np.testing.assert_allclose([fit.interval.low, fit.interval.high], truth["ci"], atol=1e-6)
    assert fit.natural(fit.estimate) == pytest.approx(truth["prop"], abs=1e-6)
    np.testing.assert_allclose(fit.natural_interval(fit.interval), truth["prop_ci"], atol=1e-6)
    if truth["pi"]:
        np.testing.assert_allclose([fit.prediction.low, fit.prediction.high], truth["pi"], atol=1e-6)
        np.testing.assert_allclose(fit.tau2_interval, truth["tau2_ci_QProfile"], atol=1e-6)
    else:
        assert fit.prediction is None


@pytest.mark.parametrize("case", VECTORS, ids=lambda c: c["name"])
def test_effects_equal_escalc(case):
    names = [str(i) for i in range(len(case["x"]))]
    studies = logits(names, case["x"], case["n"])
    np.testing.assert_allclose([s.effect for s in studies], case["escalc_PLO"]["yi"], atol=1e-12)
    np.testing.assert_allclose([s.variance for s in studies], case["escalc_PLO"]["vi"], atol=1e-12)


@pytest.mark.parametrize("case", VECTORS, ids=lambda c: c["name"])
def test_the_binomial_normal_model_equals_lme4(case):
    fit, truth = pool_proportions(case["x"], case["n"], method="GLMM", test="z"), case["GLMM_ML_nAGQ25"]
    np.testing.assert_allclose(
        [fit.estimate, fit.se, fit.tau2], [truth[v] for v in ("est", "se", "tau2")], atol=1e-4
    )
    assert fit.q == pytest.approx(case["GLMM_ML_nAGQ7"]["LRT_Q"], abs=1e-6)
    by_t = pool_proportions(case["x"], case["n"], method="GLMM")
    np.testing.assert_allclose([by_t.interval.low, by_t.interval.high], case["GLMM_ML_t_ci"]["ci"], atol=1e-4)
    assert by_t.corrected == ()


@pytest.mark.parametrize(
    "rows", [([3, 9, 2, 8, 1], [8, 13, 9, 10, 20]), ([0, 5, 5], [6, 5, 14]), ([1, 9], [10, 10])]
)
def test_the_binomial_normal_fit_is_the_top_of_the_integrated_likelihood(rows):
    x, n = np.array(rows, float)
    fit = fit_mixed_logit(x, n)

    def loglik(b, tau):
        total = 0.0
        for e, m in zip(x, n, strict=True):

            def part(u, e=e, m=m):
                return binom.pmf(e, m, 1 / (1 + np.exp(-b - tau * u))) * norm.pdf(u)

            total += np.log(quad(part, -9, 9, epsabs=1e-14, epsrel=1e-12, limit=300)[0])
        return total

    top = loglik(fit.estimate, fit.tau)
    for db in (-0.02, 0, 0.02):
        for dt in (-0.02, 0, 0.02):
            assert loglik(fit.estimate + db, abs(fit.tau + dt)) <= top + 1e-9


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=8).filter(
        lambda rows: all(a + b > 0 for a, b in rows)
    )
)
def test_each_tau2_is_what_its_definition_says(rows):
    x, n = np.array([a for a, _ in rows]), np.array([a + b for a, b in rows])
    studies = logits([str(i) for i in range(len(x))], x, n)
    y, v = np.array([s.effect for s in studies]), np.array([s.variance for s in studies])
    pm, reml = TAU2["PM"](y, v), TAU2["REML"](y, v)
    q = cochran_q(y, v, pm)
    assert q == pytest.approx(len(y) - 1, abs=1e-8) or (pm == 0 and q <= len(y) - 1)

    def restricted(tau2):
        w = 1 / (v + tau2)
        return np.log(w).sum() - np.log(w.sum()) - cochran_q(y, v, tau2)

    grid = np.concatenate([[0], np.geomspace(1e-6, 1e3, 400)])
    assert restricted(reml) >= max(map(restricted, grid)) - 1e-9
    assert min(pm, reml, TAU2["DL"](y, v)) >= 0


@pytest.mark.parametrize("method", ["PM", "REML", "DL", "EE"])
@pytest.mark.parametrize("test", ["z", "hk", "hk-floor"])
@pytest.mark.parametrize(
    ("x", "n"), [([1, 5], [6, 8]), ([5, 8, 3], [5, 8, 3]), ([0, 0], [4, 7]), ([2, 4, 6], [4, 8, 12])]
)
def test_two_studies_all_successes_and_no_variation_have_finite_answers(method, test, x, n):
    fit = pool_proportions(x, n, method=method, test=test)
    assert fit.estimate in fit.interval
    assert np.isfinite([fit.estimate, fit.se, fit.tau2, fit.q, fit.i2]).all()
    assert (
        0 <= fit.natural(fit.interval.low) <= fit.natural(fit.estimate) <= fit.natural(fit.interval.high) <= 1
    )
    assert str(fit)
    assert len(fit.table()) == len(x) + 1 + (method != "EE")


def test_hartung_knapp_can_be_narrower_than_z_and_the_floor_prevents_it():
    z, plain, floor = (pool_proportions([2, 4, 6], [4, 8, 13], test=test) for test in ("z", "hk", "hk-floor"))
    assert plain.se < z.se == pytest.approx(floor.se)
    assert floor.interval.high - floor.interval.low > z.interval.high - z.interval.low


def test_paule_mandel_with_hartung_knapp_equals_statsmodels():
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    studies = logits(list("abcd"), [3, 6, 2, 8], [8, 13, 9, 10])
    y, v = np.array([s.effect for s in studies]), np.array([s.variance for s in studies])
    other = meta.combine_effects(y, v, method_re="iterated", use_t=True)
    fit = pool_proportions([3, 6, 2, 8], [8, 13, 9, 10], method="PM", test="hk")
    assert fit.tau2 == pytest.approx(other.tau2, abs=2e-5)
    assert fit.estimate == pytest.approx(other.mean_effect_re, abs=1e-6)
    assert fit.se == pytest.approx(other.sd_eff_w_re_hksj, abs=1e-5)
    assert fit.interval.low == pytest.approx(fit.estimate - t.ppf(0.975, 3) * fit.se)


def test_risk_ratios_equal_statsmodels_also_with_an_empty_cell():
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    a, n1, c, n0 = np.array([[9, 0, 7], [20, 15, 9], [4, 2, 5], [21, 14, 11]])
    studies, silent = log_risk_ratios(list("abc"), a, n1, c, n0)
    for i, study in enumerate(studies):
        # One study at a time: statsmodels adds one half to every study as soon as one has an empty cell.
        row = a[i : i + 1], n1[i : i + 1], c[i : i + 1], n0[i : i + 1]
        y, v = meta.effectsize_2proportions(
            *row, statistic="risk-ratio", zero_correction=0.5 if i == 1 else None
        )
        assert study.effect == pytest.approx(y[0])
        assert study.variance == pytest.approx(v[0])
    assert [s.corrected for s in studies] == [False, True, False]
    assert silent == []
    fit = pool_risk_ratios(a, n1, c, n0, method="DL", test="z")
    y, v = np.array([(s.effect, s.variance) for s in studies]).T
    other = meta.combine_effects(y, v, method_re="dl")
    assert fit.q == pytest.approx(other.q)
    assert fit.natural(fit.estimate) == pytest.approx(
        np.exp(other.mean_effect_re if fit.tau2 else other.mean_effect_fe)
    )


def test_swapping_the_arms_inverts_the_risk_ratio():
    one = pool_risk_ratios([9, 0, 7], [20, 15, 9], [4, 2, 5], [21, 14, 11])
    other = pool_risk_ratios([4, 2, 5], [21, 14, 11], [9, 0, 7], [20, 15, 9])
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.tau2 == pytest.approx(other.tau2)


def test_a_study_without_any_event_is_left_out_and_said():
    fit = pool_risk_ratios([9, 0, 7, 3], [20, 15, 9, 3], [4, 0, 5, 4], [21, 14, 11, 4], names=list("ABCD"))
    assert fit.k == 2
    assert dict(fit.left_out) == {"B": "no one had the event", "D": "everyone had the event"}
    assert "Left out: B" in str(fit)


def test_studies_that_share_patients_are_refused_by_name_until_one_is_chosen():
    rows = {"names": ["Hou2022", "Ding2021", "Tansley2014"], "overlap": ["China_CIP", "China_CIP", ""]}
    with pytest.raises(ValueError, match=r"Hou2022, Ding2021 \(group China_CIP\).*choose exactly one"):
        pool_proportions([3, 6, 4], [8, 13, 21], **rows)
    with pytest.raises(ValueError, match="Hou2022, Ding2021"):
        pool_proportions([3, 6, 4], [8, 13, 21], **rows, chosen=["Hou2022", "Ding2021"])
    fit = pool_proportions([3, 6, 4], [8, 13, 21], **rows, chosen=["Ding2021"])
    assert [s.name for s in fit.studies] == ["Ding2021", "Tansley2014"]
    assert "Hou2022 (may share patients with Ding2021 (China_CIP))" in str(fit)
    with pytest.raises(ValueError, match="no study has that name"):
        pool_proportions([3, 6, 4], [8, 13, 21], **rows, chosen=["Nobody2020"])
    with pytest.raises(ValueError, match="listed twice"):
        keep_independent(["A", "A"], None)


def test_a_missing_group_of_a_data_frame_means_no_overlap():
    kept, out = keep_independent(["A", "B"], [float("nan"), None])
    assert (kept, out) == ([0, 1], [])


def test_leaving_one_out_equals_pooling_the_rest():
    x, n = [3, 6, 2, 8], [8, 13, 9, 10]
    whole = pool_proportions(x, n, names=list("abcd"), method="REML")
    result = leave_one_out(whole)
    for i, part in enumerate(result.without):
        direct = pool_proportions(np.delete(x, i), np.delete(n, i), method="REML")
        assert part.estimate == pytest.approx(direct.estimate)
        assert part.interval.high == pytest.approx(direct.interval.high)
    assert "d matters most" in str(result)
    assert list(result.table()["without"]) == list("abcd")
    with pytest.raises(ValueError, match="at least three"):
        leave_one_out(pool_proportions([1, 2], [4, 5]))


@pytest.mark.parametrize(("x", "n"), [(0, 6), (1, 6), (3, 6), (5, 6), (6, 6), (11, 40)])
def test_the_double_arcsine_comes_back_to_the_proportion(x, n):
    studies = pool_proportions([x, x], [n, n], measure="double arcsine", method="EE", test="z")
    assert inverse_double_arcsine(studies.estimate, n) == pytest.approx(x / n, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pool_proportions([3], [8]), "at least two usable studies; there is 1"),
        (lambda: pool_proportions([9, 2], [8, 5]), "0 ≤ events ≤ total; got 9 of 8"),
        (lambda: pool_proportions([float("nan"), 2], [8, 5]), "missing, not zero"),
        (lambda: pool_proportions([0, 0], [8, 5], method="GLMM"), "No one in any study"),
        (lambda: pool_proportions([8, 5], [8, 5], method="GLMM"), "Everyone in any study"),
        (lambda: pool_proportions([3, 2], [8, 5], method="ML"), "must be one of"),
        (lambda: pool_proportions([3, 2], [8, 5], test="t"), "must be one of z, hk, hk-floor"),
        (lambda: pool_proportions([3, 2], [8, 5], measure="risk"), "not as 'risk'"),
        (lambda: pool_proportions([3, 2], [8, 5, 9]), "one of each per study"),
        (lambda: pool_proportions([3, 2], [8, 5], level=95), "between 0 and 1"),
    ],
)
def test_what_cannot_be_pooled_is_refused_with_a_reason(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_sentence_gives_estimate_interval_n_and_the_correction():
    text = str(pool_proportions([0, 2, 5], [6, 9, 14], names=["A", "B", "C"]))
    for part in (
        "3 studies with 29 patients",
        "28%",
        "95% CI 6% to 72%",
        "Paule–Mandel",
        "each cell of A only",
    ):
        assert part in text
