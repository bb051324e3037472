"""Consistency checks against R's vectors, complete enumeration, and the letter's own numbers."""

import json
from fractions import Fraction
from itertools import combinations_with_replacement
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.stats.audit import debit, grim, grim_percent, grimmer
from jdm_teach.stats.existence import summary_exists
from jdm_teach.stats.passing_share import passing_share
from jdm_teach.stats.plausibility import audit_summary, largest_sd, se_or_sd
from jdm_teach.stats.rounding import ROUNDING_RULES, as_grain, printed, rounding_rule
from jdm_teach.stats.sample_search import find_sample, largest_square_sum, listed_sample, smallest_square_sum

VECTORS = json.loads((Path(__file__).parents[1] / "reference" / "grim_grimmer.json").read_text())
RULES = ("up_or_down", "up", "down", "even", "ceiling", "floor", "trunc")
LETTER = [("5.1", "3.6"), ("8.3", "3.5")]
GRAINS = (1, "1/2", "month", "0.1")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("case", VECTORS["grim"], ids=lambda c: f"{c['x']}-{c['n']}")
def test_grim_agrees_with_r_under_every_rounding_rule(case, rule):
    assert bool(grim(case["x"], case["n"], items=case["items"], rounding=rule)) == case["scrutiny"][rule]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("case", VECTORS["grim_percent"], ids=lambda c: f"{c['percent']}-{c['n']}")
def test_the_percentage_check_agrees_with_r_under_every_rounding_rule(case, rule):
    assert bool(grim_percent(case["percent"], case["n"], rounding=rule)) == case["scrutiny"][rule]


@pytest.mark.parametrize("case", VECTORS["grimmer"], ids=lambda c: f"{c['mean']}-{c['sd']}-{c['n']}")
def test_grimmer_agrees_with_complete_search_in_r(case):
    def checked(rule):
        return bool(grimmer(case["mean"], case["sd"], case["n"], items=case["items"], rounding=rule))

    assert checked("half_up") == case["enumeration_truth_half_up"]
    assert checked("closed") == case["enumeration_truth_closed"]


@pytest.mark.parametrize("case", VECTORS["debit"], ids=lambda c: f"{c['mean']}-{c['sd']}")
def test_debit_agrees_with_r(case):
    assert bool(debit(case["mean"], case["sd"], case["n"])) == case["scrutiny_debit"]


def _as_printed(x: Fraction, unit: Fraction, rule: str) -> Fraction:
    steps, rest = divmod(x, unit)
    if rule in ("truncate", "floor") or rest == 0:
        up = False
    elif rule == "ceiling":
        up = True
    elif rest * 2 == unit:
        up = {"half_up": True, "half_down": False, "half_even": steps % 2 == 1}[rule]
    else:
        up = rest * 2 > unit
    return (steps + up) * unit


@given(
    x=st.fractions(min_value=0, max_value=20, max_denominator=400),
    rule=st.sampled_from(sorted(ROUNDING_RULES)),
)
def test_a_span_holds_exactly_the_numbers_that_round_to_it(x, rule):
    unit = Fraction(1, 10)
    number = printed("0.0").moved(round(x * 10))
    for k in (-1, 0, 1):
        trial = number.moved(k)
        if trial.value < 0 or (rule == "truncate" and trial.value == 0):
            continue
        if rule == "closed":
            expected = abs(x - trial.value) <= unit / 2
        else:
            expected = _as_printed(x, unit, rule) == trial.value
        assert (x in trial.span(rule)) == expected


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("rule", ["half_up", "half_even", "truncate"])
def test_grimmer_has_no_false_pass_and_no_false_alarm_on_small_samples(n, rule):
    samples = [(sum(x), sum(v * v for v in x)) for x in combinations_with_replacement(range(6), n)]
    for ddof in (0, 1):
        seen = set()
        for S, Q in samples:
            variance = Fraction(n * Q - S * S, n * (n - ddof))
            mean = next(m for m in _tenths(51) if Fraction(S, n) in m.span(rule))
            sd = next(s for s in _tenths(51) if variance in s.span(rule).squared())
            seen.add((mean.text, sd.text))
        for mean in _tenths(51):
            for sd in _tenths(36):
                got = summary_exists(n, mean, sd.span(rule).squared(), Fraction(1), rule, ddof, 0, 5)
                assert got == ((mean.text, sd.text) in seen), (mean.text, sd.text, ddof)


def _tenths(count):
    return [printed("0.0").moved(k) for k in range(count)]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_both_searches_find_a_sample_exactly_when_one_exists(data):
    n = data.draw(st.integers(5, 7))
    high = data.draw(st.integers(1, 4))
    s = data.draw(st.integers(0, n * high))
    reach = {sum(v * v for v in x) for x in combinations_with_replacement(range(high + 1), n) if sum(x) == s}
    least, most = smallest_square_sum(n, s), largest_square_sum(n, s, 0, high)
    assert (least, most) == (min(reach), max(reach))
    for q in range(least, most + 1):
        found = find_sample(n, s, q, 0, high)
        assert (found is not None) == (q in reach)
        if found:
            assert sum(found) == s and sum(v * v for v in found) == q and len(found) == n
        if (q - s) % 2 == 0:
            assert (listed_sample(n, s, q, q, 0, high) is not None) == (q in reach)


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize(("mean", "sd"), LETTER)
def test_the_letters_means_and_sds_are_consistent_at_every_grain(mean, sd, grain):
    assert grim(mean, 9, grain=grain)
    assert grimmer(mean, sd, 9, grain=grain, low=0, high=18)


def test_three_of_nine_is_33_percent_by_rounding_and_by_truncation_but_not_always_up():
    assert [bool(grim_percent("33", 9, rounding=r)) for r in ("half_up", "truncate", "ceiling")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(("mean", "spread", "largest"), [("5.1", "3.6", 8.60), ("8.3", "3.5", 9.52)])
def test_the_letters_plus_minus_cannot_be_a_standard_error(mean, spread, largest):
    reading = se_or_sd(mean, spread, 9, low=0, high=18)
    assert (reading.as_sd, reading.as_se) == (True, False)
    assert largest_sd(mean, 9, 0, 18) == pytest.approx(largest, abs=0.005)
    assert "cannot be a standard error" in str(reading)


def test_a_small_spread_may_be_either_and_a_huge_one_neither():
    either, neither = (se_or_sd("5.0", s, 9, low=0, high=18) for s in ("1.0", "12.0"))
    assert either.as_sd and either.as_se
    assert not neither.as_sd and not neither.as_se


@pytest.mark.parametrize(("grain", "high", "share"), [(1, 17, 0.72), ("1/2", "17.5", 0.91)])
def test_most_random_pairs_pass_as_well(grain, high, share):
    result = passing_share(9, ("1.0", "16.9"), ("0.1", "6.0"), grain=grain, low=0, high=high)
    assert (result.tested, result.pairs) == (9600, 9600)
    assert result.share == pytest.approx(share, abs=0.01)
    assert "weak evidence" in str(result)


def test_the_listed_share_equals_testing_every_pair_alone():
    share = passing_share(6, ("2.0", "4.0"), ("0.1", "3.0"), low=0, high=7)
    by_hand = sum(
        summary_exists(
            6, printed("2.0").moved(i), printed("0.1").moved(j).span().squared(), Fraction(1), low=0, high=7
        )
        for i in range(21)
        for j in range(30)
    )
    assert share.passed == by_hand


def test_the_report_says_how_little_a_pass_means():
    report = audit_summary("5.1", "3.6", 9, low=0, high=18, percent="33", grains=(1, "1/2"))
    assert report.consistent
    assert "weak evidence" in str(report) and len(report.table()) == 5


def test_a_failed_check_names_what_could_have_been_printed():
    assert grim("5.5", 9).nearest == ("5.4", "5.6")
    assert "already the mean is impossible" in str(grimmer("5.5", "2.0", 9))
    assert "Nearest that can occur: SD" in str(grimmer("5.1", "9.6", 9, low=0, high=17))


def test_the_published_debit_formula_and_existence_are_told_apart():
    check = debit("0.44", "0.54", 7)
    assert not check and "no whole number of ones" in str(check)


def test_trailing_zeros_count():
    assert printed("7.50").unit == Fraction(1, 100) and printed("7.5").unit == Fraction(1, 10)
    assert as_grain("half year") == Fraction(1, 2) and rounding_rule("Up or down") == "closed"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: grim("about five", 9), "not a plain decimal number"),
        (lambda: grim("5.1", 0), "at least 1"),
        (lambda: grim("5.1", 9, grain=0), "above zero"),
        (lambda: grim("5.1", 9, rounding="nearest"), "not a rounding rule"),
        (lambda: grimmer("5.1", "3.6", 1), "at least two"),
        (lambda: debit("43", "0.5", 7), "Divide a percentage by 100"),
        (lambda: largest_sd("19", 9, 0, 18), "outside the bounds"),
        (lambda: passing_share(9, ("5.0", "4.0"), ("1.0", "2.0")), "backwards"),
    ],
)
def test_bad_input_gets_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
