"""Batched Firth: one cohort at a time against the single fit and R; ten thousand against a dense grid."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from jdm_teach.stats.firth import firth_logistic
from jdm_teach.stats.firth_batch import ENSEMBLE_NOTE, firth_batch
from jdm_teach.stats.firth_profile import penalised_loglik, slopes_and_curvature

VECTORS = json.loads((Path(__file__).parents[1] / "reference" / "firth.json").read_text())["cases"]
DROP = 3.841458820694124 / 2


def cohorts(m, grain, rng, n=9, mean=5.1, sd=3.6):
    """Ages from 0 to under 18 on a grid whose mean and SD come near the printed ones."""
    kept = []
    while sum(map(len, kept)) < m:
        x = rng.gamma(rng.uniform(1.2, 4, size=(4 * m, 1)), 1, size=(4 * m, n))
        x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, ddof=1, keepdims=True) * sd + mean
        x = np.round(x / grain) * grain
        near = (np.abs(x.mean(axis=1) - mean) < 0.4) & (np.abs(x.std(axis=1, ddof=1) - sd) < 0.4)
        kept.append(x[(x >= 0).all(axis=1) & (x < 18).all(axis=1) & near])
    return np.concatenate(kept)[:m]


def labels(x, rng, noise):
    """Three of nine: by chance (noise = inf), the oldest or youngest (0), or nearly so."""
    key = rng.normal(size=x.shape) if noise == np.inf else x * rng.choice([-1, 1], size=(len(x), 1))
    if 0 < noise < np.inf:
        key = key + noise * rng.normal(size=x.shape)
    y = np.zeros_like(x)
    np.put_along_axis(y, np.argsort(key, axis=1)[:, :3], 1, axis=1)
    return y


@pytest.mark.parametrize("case", VECTORS[:3], ids=lambda c: c["name"])
def test_one_cohort_equals_the_base_r_solution(case):
    fit, truth = firth_batch(np.ravel(case["X"]), case["y"]), case["base_R_crosscheck"]
    assert fit.intercept[0] == pytest.approx(truth["coef"][0], abs=1e-7)
    assert fit.slope[0] == pytest.approx(truth["coef"][1], abs=1e-7)
    assert fit.low[0] == pytest.approx(truth["profile_lower"][1], abs=1e-5)
    assert fit.high[0] == pytest.approx(truth["profile_upper"][1], abs=1e-5)
    assert fit.p[0] == pytest.approx(truth["p_plr"][1], abs=1e-7)
    assert fit.slope_se[0] == pytest.approx(case["brglm2"]["se_AS_mean"][1], abs=1e-6)


@pytest.mark.parametrize("noise", [0, 1, np.inf])
def test_the_batch_equals_single_fits(noise):
    rng = np.random.default_rng(4)
    x = np.concatenate([cohorts(8, 0.1, rng), cohorts(8, 1, rng)])
    y = labels(x, rng, noise)
    fit = firth_batch(x, y)
    for i in range(len(x)):
        term = firth_logistic(y[i], x[i]).terms[1]
        assert fit.slope[i] == pytest.approx(term.estimate, rel=1e-7)
        assert fit.p[i] == pytest.approx(term.p, abs=1e-8)
        assert fit.low[i] == pytest.approx(term.interval.low, rel=1e-6)
        assert fit.high[i] == pytest.approx(term.interval.high, rel=1e-6)


def test_other_sizes_and_shared_rows_work():
    rng = np.random.default_rng(5)
    for n in (3, 5, 30, 600):
        x = rng.normal(size=(3, n)) * 100 + 1000
        y = np.tile((np.arange(n) % 3 == 0).astype(float), (3, 1))
        both, shared = firth_batch(x, y), firth_batch(x, y[0])
        np.testing.assert_array_equal(both.low, shared.low)
        assert both.verified.all()
        assert ((both.low < both.slope) & (both.slope < both.high)).all()


def test_the_test_and_the_interval_agree():
    rng = np.random.default_rng(6)
    x = cohorts(400, 0.1, rng)
    fit = firth_batch(x, labels(x, rng, 2))
    outside = (fit.low > 0) | (fit.high < 0)
    whole = ~fit.split
    np.testing.assert_array_equal(outside[whole], fit.p[whole] < 0.05)


def test_derivatives_agree_with_differences():
    rng = np.random.default_rng(7)
    x, signed = rng.normal(size=(9, 50)), np.sign(rng.normal(size=(9, 50)))
    a, b, h = rng.normal(size=50), 2 * rng.normal(size=50), 1e-5
    here = slopes_and_curvature(a, b, x, signed)
    np.testing.assert_allclose(here.value, penalised_loglik(a, b, x, signed), atol=1e-12)
    up, down = slopes_and_curvature(a + h, b, x, signed), slopes_and_curvature(a - h, b, x, signed)
    np.testing.assert_allclose(here.ga, (up.value - down.value) / (2 * h), atol=1e-7)
    np.testing.assert_allclose(here.haa, (up.ga - down.ga) / (2 * h), atol=1e-7)
    up, down = slopes_and_curvature(a, b + h, x, signed), slopes_and_curvature(a, b - h, x, signed)
    np.testing.assert_allclose(here.gb, (up.value - down.value) / (2 * h), atol=1e-7)
    np.testing.assert_allclose(here.hab, (up.ga - down.ga) / (2 * h), atol=1e-7)
    np.testing.assert_allclose(here.hbb, (up.gb - down.gb) / (2 * h), atol=1e-6)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([[1, 2, 3], [4, 4, 4]], [0, 1, 1], "In cohort 1 .*same covariate value"),
        ([1, 2, 3], [[0, 1, 1], [1, 1, 1]], "In cohort 1 .*same outcome"),
        ([1, 2, float("inf")], [0, 1, 1], "missing or infinite"),
        ([1, 2, 3], [0, 1, 2], "outcome is 1"),
        ([1, 2, 3], [0, 1], "one column per child"),
        ([1, 2], [0, 1], "three children"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_reason(x, y, words):
    with pytest.raises(ValueError, match=words):
        firth_batch(x, y)


def test_every_ensemble_is_printed_with_what_it_cannot_say():
    fit = firth_batch([1, 2, 3, 4], [[0, 1, 0, 1], [0, 0, 1, 1]])
    assert ENSEMBLE_NOTE in str(fit)
    assert ENSEMBLE_NOTE in str(firth_batch([1, 2, 3, 4], [0, 1, 0, 1], interval=False))
    assert list(fit.table()["verified"]) == [True, True]


def test_slopes_agree_with_firthmodels_where_it_converges():
    peer = pytest.importorskip("firthmodels")
    rng = np.random.default_rng(8)
    x = cohorts(20, 0.1, rng)
    y = labels(x, rng, np.inf)
    fit = firth_batch(x, y)
    for i in range(len(x)):
        other = peer.FirthLogisticRegression(gtol=1e-10, xtol=1e-10, max_iter=200).fit(x[i][:, None], y[i])
        assert fit.slope[i] == pytest.approx(other.coef_[0], abs=1e-6)


def on_grid(a, b, x, y):
    """The definition at intercepts `a` (m, k) and slopes `b` (m,), by its own formula."""
    eta = a[..., None] + (b[:, None] * x)[:, None]
    e = np.exp(-np.abs(eta))
    w = e / (1 + e) ** 2
    loglik = (y[:, None] * eta - np.maximum(eta, 0) - np.log1p(e)).sum(axis=-1)
    s0 = w.sum(axis=-1)
    centre = (w * x[:, None]).sum(axis=-1) / s0
    return loglik + 0.5 * np.log(s0 * (w * (x[:, None] - centre[..., None]) ** 2).sum(axis=-1))


def dense_profile(b, x, y, step=0.2, refine=True):
    """The profile by an even grid over every intercept, each of the three best hills then refined by grids."""
    out, across = np.empty(b.size), np.abs(b) * np.ptp(x, axis=1) + 10
    order, i = np.argsort(across), 0
    while i < b.size:
        block = order[i : i + max(1, int(2e4 / (across[order[i]] / step * x.shape[1])))]
        i += block.size
        count = int(across[block].max() / step) + 2
        ends = np.stack([-b[block] * x[block].min(axis=1), -b[block] * x[block].max(axis=1)])
        width = across[block] / (count - 1)
        a = ends.min(axis=0)[:, None] - 5 + width[:, None] * np.arange(count)
        seen = on_grid(a, b[block], x[block], y[block])
        best = seen.max(axis=1)
        row = np.arange(block.size)
        wall = np.pad(seen, ((0, 0), (1, 1)), constant_values=-np.inf)
        hills = np.where((seen >= wall[:, :-2]) & (seen >= wall[:, 2:]), seen, -np.inf)
        for _ in range(3 if refine else 0):
            top = hills.argmax(axis=1)
            middle, half = a[row, top], width
            for _ in range(3):
                near = middle[:, None] + half[:, None] * np.linspace(-1, 1, 13)
                value = on_grid(near, b[block], x[block], y[block])
                middle, half = near[row, value.argmax(axis=1)], half / 6
                best = np.maximum(best, value.max(axis=1))
            hills[row, top] = -np.inf
        out[block] = best
    return out


@pytest.mark.slow
def test_no_end_of_ten_thousand_is_wrong_by_the_dense_grid():
    rng = np.random.default_rng(20_261_122)
    parts = [
        (3000, 0.1, np.inf),
        (2500, 1, np.inf),
        (1500, 0.1, 1),
        (1000, 1, 1),
        (1000, 0.1, 0),
        (1000, 1, 0),
    ]
    ages = [cohorts(m, grain, rng) for m, grain, _ in parts]
    y = np.concatenate([labels(x, rng, noise) for x, (_, _, noise) in zip(ages, parts, strict=True)])
    x = np.concatenate(ages)
    fit = firth_batch(x, y)
    assert fit.verified.all()
    top = on_grid(fit.intercept[:, None], fit.slope, x, y)[:, 0]
    wrong = np.zeros(len(x), bool)
    for side, end in ((-1, fit.low), (1, fit.high)):
        away = end - fit.slope
        assert (side * away > 0).all()
        wrong |= np.abs(dense_profile(end, x, y) - (top - DROP)) > 2e-5
        # Nothing beyond an end may be accepted, and nothing anywhere may be higher than the estimate.
        for stretch in (0.08, 0.3, 0.7, 1.02, 1.15, 1.5, 2.2, 3.5, 6, 12):
            b = fit.slope + stretch * away
            k = np.nonzero(np.abs(b) * np.ptp(x, axis=1) < 300)[0]
            seen = dense_profile(b[k], x[k], y[k], 0.4, refine=False)
            wrong[k] |= seen > np.where(stretch > 1, top[k] - DROP + 1e-4, top[k] + 1e-7)
            if 1 > stretch:
                wrong[k] |= (seen < top[k] - DROP - 0.02) & ~fit.split[k]
    assert wrong.sum() == 0
