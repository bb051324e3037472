import json
from itertools import product
from math import comb, inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jdm_teach.stats import tables

REFERENCE = json.loads((Path(__file__).parents[1] / "reference/two_by_two.json").read_text())["cases"]
CASES = [pytest.param(case, id=str(case["table"])) for case in REFERENCE]
small_table = st.lists(st.integers(0, 12), min_size=4, max_size=4).filter(any).map(lambda v: [v[:2], v[2:]])
tests_of_one_table = [tables.fisher, tables.midp, tables.boschloo, tables.barnard]


def every_table(n1, n2):
    return [[[a, n1 - a], [c, n2 - c]] for a in range(n1 + 1) for c in range(n2 + 1)]


@pytest.mark.parametrize("case", CASES)
def test_conditional_p_values_equal_the_reference(case):
    truth, fisher, midp = case["tight_base_R"], tables.fisher(case["table"]), tables.midp(case["table"])
    ours = [fisher.p, fisher.p_doubled, fisher.p_less, fisher.p_greater, midp.p, midp.p_less, midp.p_greater]
    keys = ["p_minlike", "p_central", "p_less", "p_greater", "p_minlike_mid", "p_less_mid", "p_greater_mid"]
    assert ours == pytest.approx([truth[key] for key in keys], abs=1e-12)
    assert midp.p_doubled == pytest.approx(case["exact2x2_central_midp"]["p"], abs=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_boschloo_and_barnard_equal_the_reference(case):
    boschloo, barnard = tables.boschloo(case["table"]), tables.barnard(case["table"])
    assert boschloo.p_less == pytest.approx(case["Exact_boschloo_less"]["p"], abs=1e-6)
    assert boschloo.p_greater == pytest.approx(case["Exact_boschloo_greater"]["p"], abs=1e-6)
    assert boschloo.p == pytest.approx(case["exact2x2_boschloo_central"]["p"], abs=1e-6)
    assert barnard.p == pytest.approx(case["Exact_zpooled_rows_fixed"]["p"], abs=1e-6)


@pytest.mark.parametrize("n1, n2", [(1, 1), (3, 6), (2, 8), (5, 7), (1, 30)])
def test_fisher_equals_scipy_for_every_table_with_these_group_sizes(n1, n2):
    for side in ("two-sided", "less", "greater"):
        truth = [stats.fisher_exact(t, alternative=side).pvalue for t in every_table(n1, n2)]
        assert tables.p_values(every_table(n1, n2), side=side) == pytest.approx(truth, abs=1e-12)


def chance_of(n1, n2, risk, a, c):
    return comb(n1, a) * comb(n2, c) * risk ** (a + c) * (1 - risk) ** (n1 + n2 - a - c)


@pytest.mark.parametrize("n1, n2", [(3, 6), (4, 4), (2, 7)])
def test_unconditional_tests_equal_brute_force_over_a_dense_grid_of_risks(n1, n2):
    cells = list(product(range(n1 + 1), range(n2 + 1)))
    risks = np.linspace(0, 1, 4001)
    chances = {cell: chance_of(n1, n2, risks, *cell) for cell in cells}

    def z2(a, c):
        s = a + c
        return (a * n2 - c * n1) ** 2 / (s * (n1 + n2 - s)) if 0 < s < n1 + n2 else 0.0

    for a, c in cells:
        table = [[a, n1 - a], [c, n2 - c]]
        region = [cell for cell in cells if z2(*cell) >= z2(a, c) - 1e-9]
        barnard = sum(chances[cell] for cell in region).max()
        assert barnard - 1e-12 <= tables.barnard(table).p <= barnard + 1e-5
        one_sided = []
        for side in ("less", "greater"):
            p = {
                (i, j): stats.fisher_exact([[i, n1 - i], [j, n2 - j]], alternative=side).pvalue
                for i, j in cells
            }
            one_sided.append(sum(chances[cell] for cell in cells if p[cell] <= p[a, c] * (1 + 1e-9)).max())
        assert tables.boschloo(table).p == pytest.approx(min(1, 2 * min(one_sided)), abs=1e-5)


def test_boschloo_equals_scipy_once_rows_are_the_groups():
    for table in ([[3, 1], [0, 5]], [[9, 3], [2, 7]], [[2, 1], [1, 5]], [[7, 13], [15, 6]]):
        for side in ("less", "greater"):
            truth = stats.boschloo_exact(np.transpose(table), alternative=side, n=128).pvalue
            assert getattr(tables.boschloo(table), f"p_{side}") == pytest.approx(truth, abs=1e-5)


def test_barnard_keeps_the_tied_tables_that_scipy_loses():
    assert tables.barnard([[3, 0], [2, 4]]).p == pytest.approx(0.0977, abs=5e-5)


@pytest.mark.parametrize("test", list(tables.TESTS))
def test_looking_up_gives_what_testing_one_table_gives(test):
    alone = dict(zip(tables.TESTS, tests_of_one_table, strict=True))[test]
    for n1, n2 in ((3, 6), (1, 5), (12, 9)):
        truth = [alone(t).p for t in every_table(n1, n2)]
        assert tables.p_values(every_table(n1, n2), test) == pytest.approx(truth, abs=1e-9)


def test_a_stack_of_tables_with_different_group_sizes_keeps_its_shape():
    stack = np.array([[[[3, 0], [0, 6]], [[1, 2], [3, 3]]], [[[5, 1], [2, 8]], [[0, 0], [1, 2]]]])
    p = tables.p_values(stack)
    assert p.shape == (2, 2)
    assert p[1, 0] == tables.fisher(stack[1, 0]).p
    assert p[1, 1] == 1


@settings(deadline=None, max_examples=60)
@given(small_table)
def test_swapping_groups_or_outcomes_only_swaps_sides(table):
    swapped = [table[1], table[0]]
    for test in tests_of_one_table:
        one, two = test(table), test(swapped)
        assert one.p == pytest.approx(two.p, abs=1e-9)
        assert one.p_less == pytest.approx(two.p_greater, abs=1e-9)
        turned = test([row[::-1] for row in table])
        assert one.p == pytest.approx(turned.p, abs=1e-9)
        assert one.p_less == pytest.approx(turned.p_greater, abs=1e-9)


def test_unconditional_tests_hold_their_size_and_boschloo_is_never_weaker_than_fisher():
    boschloo = tables.p_lookup(5, 7, "boschloo", "greater")
    assert (boschloo <= tables.p_lookup(5, 7, "fisher", "greater") + 1e-9).all()
    for test in ("boschloo", "barnard"):
        p = tables.p_lookup(5, 7, test)
        for risk in np.linspace(0.01, 0.99, 99):
            chances = np.outer(stats.binom.pmf(range(6), 5, risk), stats.binom.pmf(range(8), 7, risk))
            assert chances[p <= 0.05].sum() <= 0.05 + 1e-9


@pytest.mark.parametrize("table", [[[0, 4], [0, 5]], [[4, 0], [5, 0]], [[0, 0], [2, 3]], [[1, 0], [0, 0]]])
def test_an_empty_margin_is_answered_without_a_number_that_does_not_exist(table):
    assert [test(table).p for test in tests_of_one_table] == pytest.approx([1, 0.5, 1, 1])
    odds = tables.odds_ratio(table)
    assert np.isnan(odds.estimate)
    assert (odds.interval.low, odds.interval.high) == (0, inf)
    summary = tables.summarise(table)
    assert not summary.separation.finite
    assert "nan" not in str(summary)
    assert len(summary.table()) >= 4


@pytest.mark.parametrize(
    "table, kind",
    [
        ([[2, 1], [1, 5]], "none"),
        ([[3, 0], [1, 5]], "quasi-complete"),
        ([[3, 0], [0, 6]], "complete"),
        ([[0, 3], [6, 0]], "complete"),
        ([[0, 3], [0, 6]], "no contrast in the outcome"),
        ([[3, 0], [6, 0]], "no contrast in the outcome"),
        ([[0, 0], [2, 4]], "one group only"),
    ],
)
def test_separation_is_named_before_any_model(table, kind):
    assert tables.separation(table).kind == kind
    assert tables.separation(table).finite == (kind == "none")


def test_the_smallest_p_nine_children_can_reach_is_known_beforehand():
    smallest = [tables.smallest_p(k, 9 - k, k).p for k in (1, 2, 3, 4)]
    assert smallest == pytest.approx([1 / 9, 1 / 36, 1 / 84, 1 / 126], abs=1e-12)
    assert "Nothing here can reach 0.05" in str(tables.smallest_p(1, 8))
    assert tables.smallest_p(3, 6).p == pytest.approx(tables.p_lookup(3, 6).min())


def test_the_summary_puts_estimate_interval_and_n_together():
    summary = tables.summarise([[3, 0], [1, 5]])
    text = str(summary)
    for part in (
        "3 of 3 (100%, 95% CI 29–100%, exact)",
        "percentage points",
        "quasi-complete separation",
        "infinity",
    ):
        assert part in text
    assert list(summary.table()["measure"])[2:] == ["risk difference", "risk ratio", "odds ratio"]
    assert "<table" in summary._repr_html_()


@pytest.mark.parametrize(
    "call, reason",
    [
        (lambda: tables.fisher([[1, 2, 3], [4, 5, 6]]), "two rows"),
        (lambda: tables.fisher([[1.5, 2], [3, 4]]), "whole numbers"),
        (lambda: tables.fisher([[-1, 2], [3, 4]]), "zero or more"),
        (lambda: tables.fisher([[0, 0], [0, 0]]), "at least one person"),
        (lambda: tables.fisher([["a", 0], [0, 0]]), "no number"),
        (lambda: tables.odds_ratio([[1, 2], [3, 4]], "wald"), "choose exact"),
        (lambda: tables.risk_difference([[1, 2], [3, 4]], "wald"), "choose 'score'"),
        (lambda: tables.p_values([[1, 2], [3, 4]], "chi"), "choose one of"),
        (lambda: tables.p_lookup(3, 6, side="both"), "choose one of"),
        (lambda: tables.barnard([[900, 100], [100, 900]]), "too large"),
        (lambda: tables.smallest_p(3, 6, 10), "impossible"),
        (lambda: tables.fragility_index([[1, 2], [3, 4]], alpha=5), "between 0 and 1"),
        (lambda: tables.e_value(-2), "positive numbers"),
        (lambda: tables.e_value(2, 3, 4), "check their order"),
        (lambda: tables.e_value(2, measure="RD"), "choose RR"),
    ],
)
def test_impossible_input_is_answered_with_a_sentence(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()
