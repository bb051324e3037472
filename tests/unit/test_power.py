"""Power against R's Exact package, complete enumeration and published numbers."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from jdm_teach.stats.worlds import rank_power, table_power
from jdm_teach.stats.worlds.power import rank_sum_p
from jdm_teach.stats.worlds.table_grid import boschloo_grid, fisher_grid

REFERENCE = Path(__file__).parents[1] / "reference"
CASES = json.loads((REFERENCE / "power.json").read_text())["cases"]
TABLES = json.loads((REFERENCE / "two_by_two.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['n1']}v{c['n2']}")
@pytest.mark.parametrize("test", ["fisher", "boschloo"])
def test_power_equals_r(case, test):
    ours = table_power(case["n1"], case["n2"], case["p1"], case["p2"], test=test)
    assert ours.power == pytest.approx(case[f"power_{test}_two_sided"], abs=1e-7)


@pytest.mark.parametrize("case", TABLES, ids=lambda c: str(c["table"]))
def test_the_grids_equal_r(case):
    (a, b), (c, d) = case["table"]
    assert fisher_grid(a + b, c + d)[a, c] == pytest.approx(case["fisher_test"]["p_two_sided"], abs=1e-10)
    wanted = case["Exact_boschloo_rows_fixed"]["p"]
    assert boschloo_grid(a + b, c + d)[a, c] == pytest.approx(wanted, abs=1e-6)


def test_power_at_three_against_six_is_what_the_course_quotes():
    assert round(table_power(3, 6, 0.8, 0.2).power, 3) == 0.336
    assert round(100 * table_power(3, 6, 0.2, 0.2).power, 1) == 0.6
    assert round(100 * table_power(3, 6, 0.5, 0.5).power, 1) == 2.7


def test_power_and_both_errors_equal_a_listing_of_every_outcome():
    n1, n2, p1, p2 = 4, 5, 0.7, 0.3
    power = size = wrong = 0.0
    for outcome in product((0, 1), repeat=n1 + n2):
        a, c = sum(outcome[:n1]), sum(outcome[n1:])
        chance = p1**a * (1 - p1) ** (n1 - a) * p2**c * (1 - p2) ** (n2 - c)
        if stats.fisher_exact([[a, n1 - a], [c, n2 - c]])[1] <= 0.2:
            power += chance
            size += chance * abs(a / n1 - c / n2)
            wrong += chance * (a / n1 < c / n2)
    ours = table_power(n1, n2, p1, p2, alpha=0.2)
    wanted = [power, size / power / 0.4, wrong / power]
    np.testing.assert_allclose([ours.power, ours.type_m, ours.type_s], wanted, atol=1e-10)


def test_nothing_significant_means_no_error_to_speak_of():
    ours = table_power(1, 8, 0.9, 0.1)
    assert ours.power == 0 and np.isnan(ours.type_m) and ours.smallest_p == pytest.approx(1 / 9)
    assert "smallest p" in str(ours)


@pytest.mark.parametrize("sizes", [(1, 8), (3, 6), (4, 5), (2, 2)])
def test_rank_sum_p_equals_scipy_without_ties(sizes):
    n1, n2 = sizes
    for u, p in enumerate(rank_sum_p(n1, n2)):
        # Any ranks with this U will do: raise the top members of group one step by step.
        ranks, left = np.arange(n1), u
        for i in range(n1)[::-1]:
            step = min(left, n2)
            ranks[i] += step
            left -= step
        rest = np.setdiff1d(np.arange(n1 + n2), ranks)
        assert p == pytest.approx(stats.mannwhitneyu(ranks, rest, method="exact").pvalue, abs=1e-12)


@pytest.mark.parametrize(("shift", "percent"), [(0.5, 9), (1, 21), (1.5, 41), (2, 63), (3, 93)])
def test_rank_power_at_three_against_six_is_what_the_course_quotes(shift, percent):
    assert abs(100 * rank_power(shift=shift, worlds=100_000).power - percent) < 0.8


def test_rank_power_equals_the_integral_over_order_statistics():
    # U of 0 or 1 against the shift: at most one of the eighteen pairs stands the other way.
    d = 1.0
    x = np.linspace(-8, 10, 1201)

    def u_at_least_17(shift):
        density, above = stats.norm.pdf(x - shift), stats.norm.sf(x - shift)
        none = np.trapezoid(3 * density * above**2 * stats.norm.cdf(x) ** 6, x)
        # One control lies between the smallest case (rows) and the second smallest (columns).
        between = np.clip(stats.norm.cdf(x) - stats.norm.cdf(x)[:, None], 0, None)
        second = np.trapezoid(2 * density * above * between, x, axis=1)
        return none + np.trapezoid(3 * density * 6 * stats.norm.cdf(x) ** 5 * second, x)

    exact = u_at_least_17(d) + u_at_least_17(-d)
    ours = rank_power(shift=d, worlds=200_000)
    assert ours.power == pytest.approx(exact, abs=4.5 * np.sqrt(exact * (1 - exact) / 200_000))


def test_a_significant_finding_exaggerates():
    half, quarter, one = (rank_power(shift=s, worlds=200_000) for s in (0.5, 0.25, 1.0))
    assert half.type_m == pytest.approx(3.2, abs=0.15)
    assert one.type_m == pytest.approx(1.8, abs=0.05)
    assert half.type_s == pytest.approx(0.055, abs=0.006)
    assert quarter.type_s == pytest.approx(0.19, abs=0.015)
    assert half.power in half.interval


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: table_power(0, 5, 0.5, 0.5), "first group"),
        (lambda: table_power(3, 6, 1.5, 0.5), "first risk"),
        (lambda: table_power(3, 6, 0.5, 0.5, alpha=1), "alpha"),
        (lambda: table_power(3, 6, 0.5, 0.5, test="chi2"), "'boschloo'"),
        (lambda: table_power(300, 300, 0.5, 0.5), "more tables"),
        (lambda: rank_power(worlds=0), "number of worlds"),
    ],
)
def test_impossible_settings_get_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
