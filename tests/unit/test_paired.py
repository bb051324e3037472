import json
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jdm_teach.stats import ranks

PAIRED = json.loads((Path(__file__).parents[1] / "reference/paired.json").read_text())["cases"]


def midranks(values):
    return [Fraction(2 * sum(v < w for v in values) + sum(v == w for v in values) + 1, 2) for w in values]


def three(result):
    return [result.p, result.p_less, result.p_greater]


@pytest.mark.parametrize("case", PAIRED, ids=lambda case: str(case["differences"]))
def test_paired_tests_equal_the_reference(case):
    d = case["differences"]
    assert ranks.signed_rank(d).p == pytest.approx(case["coin_wilcoxsign_pratt"], abs=1e-12)
    assert ranks.signed_rank(d, zeros="wilcoxon").p == pytest.approx(
        case["coin_wilcoxsign_wilcoxon"], abs=1e-12
    )
    assert ranks.sign_test(d).p == pytest.approx(case["coin_sign_test"], abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-4, 4).map(lambda v: v / 10), min_size=1, max_size=8))
def test_paired_tests_equal_listing_every_sign(d):
    tenths = [round(10 * v) for v in d]
    for zeros, kept in (("pratt", tenths), ("wilcoxon", [v for v in tenths if v])):
        sizes = midranks([abs(v) for v in kept])
        moved = [(v, r) for v, r in zip(kept, sizes, strict=True) if v]
        own = sum((r for v, r in moved if v > 0), Fraction(0))
        mean = sum((r for _, r in moved), Fraction(0)) / 2
        sums = [
            sum((r for (_, r), s in zip(moved, signs, strict=True) if s), Fraction(0))
            for signs in product((0, 1), repeat=len(moved))
        ]
        truth = [
            sum(abs(s - mean) >= abs(own - mean) for s in sums) / len(sums),
            sum(s <= own for s in sums) / len(sums),
            sum(s >= own for s in sums) / len(sums),
        ]
        assert three(ranks.signed_rank(d, zeros)) == pytest.approx(truth, abs=1e-12)
    up, down = sum(v > 0 for v in tenths), sum(v < 0 for v in tenths)
    truth = stats.binomtest(up, up + down).pvalue if up + down else 1
    assert ranks.sign_test(d).p == pytest.approx(truth, abs=1e-12)


def test_ties_among_changes_survive_subtraction():
    before, after = np.array([0.1, 0.5, 1.0]), np.array([0.3, 0.7, 0.8])
    assert ranks.signed_rank(after - before).p == ranks.signed_rank([0.2, 0.2, -0.2]).p


def test_paired_shift_equals_the_inverted_signed_rank_test():
    d = np.random.default_rng(5).normal(0.5, size=9)
    shift = ranks.signed_rank(d).shift
    averages = np.sort([(d[i] + d[j]) / 2 for i in range(9) for j in range(i, 9)])
    assert shift.estimate == pytest.approx(np.median(averages))
    for trial in (averages[1:] + averages[:-1]) / 2:
        rejected = min(three(ranks.signed_rank(d - trial))[1:]) <= 0.025
        assert rejected == (trial not in shift.interval)
