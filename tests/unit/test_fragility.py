import json
from math import sqrt
from pathlib import Path

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


def test_no_effect_needs_no_confounder():
    assert tables.e_value(1.0, 0.8, 1.3).point == 1
    assert tables.e_value(2.0, 0.8, 5.0).limit == 1
    protective = tables.e_value(0.5, 0.3, 0.9)
    assert protective.point == pytest.approx(2 + sqrt(2))
    assert protective.limit == pytest.approx(tables.e_value(1 / 0.9).point)
    assert tables.e_value(1.8, measure="HR", rare=False).risk_ratios[0] < 1.8
    assert "no effect already" in str(tables.e_value(2.0, 0.8, 5.0))
