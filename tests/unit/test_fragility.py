import json
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from jdm_teach.stats import tables

FOLDER = Path(__file__).parents[1] / "reference"
FRAGILITY = json.loads((FOLDER / "fragility.json").read_text())["cases"]
EVALUES = json.loads((FOLDER / "evalue.json").read_text())["cases"]


@pytest.mark.parametrize("case", FRAGILITY)
def test_both_fragility_rules_equal_the_reference(case):
    e0, n0, e1, n1 = (case[key] for key in ("e0", "n0", "e1", "n1"))
    ours, truth = tables.fragility_index([[e0, n0 - e0], [e1, n1 - e1]]), case["fragility"]
    assert ours.p == pytest.approx(truth["p0"], abs=1e-12)
    assert ours.index == truth["FI_modify_both"]
    assert ours.quotient == pytest.approx(truth["FQ"])
    assert (ours.group_1_only, ours.group_2_only) == (
        truth["FI_modify_group0_only"],
        truth["FI_modify_group1_only"],
    )
    assert ours.walsh == case["walsh_2014_FI"]


@pytest.mark.parametrize("case", EVALUES, ids=lambda case: case["type"])
def test_e_values_equal_the_reference(case):
    measure, _, outcome = case["type"].partition("_")
    ours = tables.e_value(case["est"], case["lo"], case["hi"], measure, rare=outcome != "common")
    limit = case["evalue_lower"] if case["evalue_lower"] is not None else case["evalue_upper"]
    assert ours.point == pytest.approx(case["evalue_point"], abs=1e-10)
    assert ours.limit == pytest.approx(limit, abs=1e-10)
    assert ours.risk_ratios == pytest.approx(case["rr_scale"], abs=1e-10)


@pytest.mark.parametrize("n1, n2", [(3, 6), (5, 5), (1, 4)])
def test_fragility_equals_a_search_over_every_other_table(n1, n2):
    p = {
        (a, c): stats.fisher_exact([[a, n1 - a], [c, n2 - c]]).pvalue
        for a in range(n1 + 1)
        for c in range(n2 + 1)
    }
    for (a, c), own in p.items():
        ours = tables.fragility_index([[a, n1 - a], [c, n2 - c]])
        moves = [abs(i - a) + abs(j - c) for (i, j), other in p.items() if (other < 0.05) != (own < 0.05)]
        assert ours.index == min(moves, default=None)
        assert ours.walsh == 0 or own < 0.05


def test_a_p_of_exactly_alpha_is_not_below_it():
    # One event, in the group of one, among twenty: p is 1/20 whatever its last digit says.
    assert not tables.fragility_index([[1, 0], [0, 19]]).significant


def test_the_bounding_factor_gives_the_published_examples():
    # Smoking and lung cancer: both ties at the published E-value explain the whole ratio of 10.73.
    assert tables.bounding_factor(20.94777, 20.94777) == pytest.approx(10.73, abs=1e-5)
    # The printed answer of the EValue package to three biases: two bounding factors and an odds ratio of 1.75.
    found = tables.bounding_factor(2, 1.5) * tables.bounding_factor(1.25, 2.5) * 1.75
    assert found == pytest.approx(2.386364, abs=1e-6)


@pytest.mark.parametrize("case", [case for case in EVALUES if case["type"] == "RR"])
def test_a_confounder_as_strong_as_the_e_value_accounts_for_the_whole_ratio(case):
    strength = case["evalue_point"]
    assert tables.bounding_factor(strength, strength) == pytest.approx(max(case["est"], 1 / case["est"]))


def test_no_binary_confounder_moves_a_ratio_further_and_one_reaches_the_bound():
    shares = np.linspace(0.02, 1, 50)
    exposed, unexposed = np.meshgrid(shares, shares)
    for raised in (1.2, 2.0, 5.0):
        moved = (1 + (raised - 1) * exposed) / (1 + (raised - 1) * unexposed)
        for ours, tie in zip(moved.ravel(), (exposed / unexposed).ravel(), strict=True):
            if tie >= 1:
                assert ours <= tables.bounding_factor(tie, raised) + 1e-12
        everybody = (exposed == 1) & (unexposed == 0.5)
        assert moved[everybody] == pytest.approx(tables.bounding_factor(2, raised))


@pytest.mark.parametrize("strength", [0.5, 0, -1, float("nan"), float("inf")])
def test_a_tie_below_one_or_without_end_is_refused_with_a_sentence(strength):
    for ties in ((strength, 2), (2, strength)):
        with pytest.raises(ValueError, match="1 or more"):
            tables.bounding_factor(*ties)


def test_no_effect_needs_no_confounder():
    assert tables.e_value(1.0, 0.8, 1.3).point == 1
    assert tables.e_value(2.0, 0.8, 5.0).limit == 1
    protective = tables.e_value(0.5, 0.3, 0.9)
    assert protective.point == pytest.approx(2 + sqrt(2))
    assert protective.limit == pytest.approx(tables.e_value(1 / 0.9).point)
    assert tables.e_value(1.8, measure="HR", rare=False).risk_ratios[0] < 1.8
    assert "no effect already" in str(tables.e_value(2.0, 0.8, 5.0))
