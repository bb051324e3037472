"""Lesson 05: its worlds, its timeline and its published figure, each against something worked out another way."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import integrate, stats

from jdm_teach import evidence, lessons
from jdm_teach.exercises import bank
from jdm_teach.lessons import rivals
from tests.lesson_checks import numbers_told, unmarked, view

SIMULATORS = ("05a", "05b", "05d")
STILLS = {
    "05-thresholds": "assumed",
    "05-before-after": "assumed",
    "05-timeline": "derived",
    "05-rivals": "derived",
    "05-titres": "published",
}


def share_lower(reliability, entry, fall=0.0):
    """The share whose second score is lower, by integrating over the first score."""
    spread = np.sqrt(1 - reliability**2)

    def lower(first):
        return stats.norm.pdf(first) * stats.norm.cdf(((1 - reliability) * first - fall) / spread)

    return integrate.quad(lower, entry, 12)[0] / stats.norm.sf(entry)


@pytest.mark.parametrize("identity", SIMULATORS)
def test_a_simulated_picture_says_so_everywhere(identity):
    assert unmarked(view(identity)) == []


@pytest.mark.parametrize("reliability", [0.0, 0.5, 0.9])
def test_the_exact_bars_are_binomial_with_the_integrated_share(reliability):
    table = view("05a", reliability=reliability).picture.table
    law = stats.binom.pmf(np.arange(10), 9, share_lower(reliability, 1.0))
    assert np.allclose(table["exact, %"], 100 * law, atol=0.06)
    assert np.allclose(table["SIMULATED, % of series"], 100 * law, atol=3)


def test_seven_of_nine_is_no_surprise_without_any_effect():
    shown = view("05a", least=7)
    assert f"exact {100 * stats.binom.sf(6, 9, share_lower(0.5, 1)):.1f}%" in shown.sentence
    assert "7.2 of 9" in shown.sentence


def test_a_score_without_noise_improves_nobody():
    shown = view("05a", reliability=1)
    assert shown.picture.table["exact, %"].tolist() == [100, *[0] * 9]
    assert "0.0 of 9" in shown.sentence


def test_drawing_other_series_changes_the_seed_and_not_the_exact_value():
    first, other = view("05a"), view("05a", again=3)
    assert "seed 10" in other.picture.caption
    assert (first.picture.table["exact, %"] == other.picture.table["exact, %"]).all()
    assert (first.picture.table.iloc[:, 1] != other.picture.table.iloc[:, 1]).any()


@pytest.mark.parametrize(("entry", "fall"), [(-3, 0), (0, 0.5), (1, 0), (2, 1)])
def test_the_share_above_a_threshold_is_the_integrated_one(entry, fall):
    shown = view("05b", entry=entry, fall=fall)
    started, improved, not_improved, waiting = shown.picture.table["number"]
    assert shown.result == pytest.approx(share_lower(0.5, entry, fall), abs=1e-6)
    assert (started, started + waiting) == (improved + not_improved, 800)
    assert stats.binomtest(int(improved), int(started), shown.result).pvalue > 0.01
    assert abs(started / 800 - stats.norm.sf(entry)) < 0.04


def test_a_larger_fall_is_rarer_and_a_stricter_rule_makes_it_commoner():
    assert view("05b", fall=1).result < view("05b").result < view("05b", entry=2).result


@pytest.mark.parametrize("rule", ["sickest", "coin", "mildest"])
@pytest.mark.parametrize("effect", ["helps", "none", "harms"])
def test_the_plain_comparison_is_the_integrated_one(rule, effect):
    steep = {"sickest": 1.5, "coin": 0, "mildest": -1.5}[rule]
    effect_on_odds = np.log({"helps": 0.5, "none": 1, "harms": 2}[effect])
    base = np.log(0.3 / 0.7)

    def mean(f):
        return integrate.quad(lambda z: stats.norm.pdf(z) * f(z), -9, 9)[0]

    def chance(z):
        return 1 / (1 + np.exp(-steep * z))

    def poor(z, given):
        return 1 / (1 + np.exp(-base - 1.5 * z - given))

    treated = mean(lambda z: chance(z) * poor(z, effect_on_odds)) / mean(chance)
    untreated = mean(lambda z: (1 - chance(z)) * poor(z, 0)) / mean(lambda z: 1 - chance(z))
    truth = mean(lambda z: poor(z, effect_on_odds) - poor(z, 0))
    found = view("05d", rule=rule, effect=effect).result
    assert found["crude"] == pytest.approx(100 * (treated - untreated), abs=0.01)
    assert found["truth"] == pytest.approx(100 * truth, abs=0.01)


def test_severity_turns_a_helpful_drug_into_a_harmful_look_and_a_coin_does_not():
    assert view("05d").result["truth"] < -10 and view("05d").result["crude"] > 10
    assert "looks harmful" in view("05d").sentence
    coin = view("05d", rule="coin").result
    assert coin["crude"] == pytest.approx(coin["truth"], abs=0.01)
    assert "looks helpful" in view("05d", rule="mildest", effect="none").sentence


@pytest.mark.parametrize("identity", SIMULATORS)
def test_the_alternative_text_tells_numbers_of_the_table(identity):
    assert numbers_told(view(identity).picture)


def test_bad_settings_are_mended():
    assert lessons.exploration("05a").settings({"reliability": 7, "least": "x", "again": -3}) == {
        "reliability": 1,
        "least": 7,
        "again": 0,
    }
    assert lessons.exploration("05d").settings({"rule": "all"})["rule"] == "sickest"


@pytest.mark.parametrize("typed", ["5", "5 of 9", "5,0", 5])
def test_a_typed_number_of_nine_is_put_beside_the_average(typed):
    found = lessons.exploration("05a")
    assert found.compare(typed, found.view()).startswith("You expected 5 of 9; ")
    assert "At reliability 0.9" in found.compare(typed, found.view({"reliability": 0.9}))


@pytest.mark.parametrize("identity", ["05b", "05d"])
def test_every_expectation_is_answered_with_the_result(identity):
    found = lessons.exploration(identity)
    said = {found.compare(o.key, found.view()) for o in bank.item(found.prediction).options}
    assert len(said) == 3 and all(s.startswith("You expected ") for s in said)


@pytest.mark.parametrize(("identity", "origin"), STILLS.items())
def test_a_still_says_where_it_comes_from(identity, origin):
    shown = lessons.show(identity)
    assert shown.origin == origin
    assert len(shown.table) > 2


def test_the_curves_are_exact_and_all_rise():
    table = lessons.show("05-thresholds").table.set_index("start above (SD)")
    for column in table:
        reliability = float(re.findall(r"\d\.\d", column)[0])
        assert table[column].is_monotonic_increasing
        assert table.loc[1, column] == pytest.approx(100 * share_lower(reliability, 1), abs=0.06)


def test_before_and_after_agrees_with_the_binomial_and_the_prose():
    table = lessons.show("05-before-after").table
    share = share_lower(0.5, 1)
    for k, (_, p, reached) in zip(range(9, 4, -1), table.itertuples(index=False), strict=True):
        assert float(p.removeprefix("p = ")) == pytest.approx(stats.binomtest(k, 9).pvalue, rel=0.03)
        assert reached == f"{100 * stats.binom.sf(k - 1, 9, share):.0f}%"
    assert round(1 / share**9) == 7  # "one series of seven" in the lesson


def test_the_timeline_stands_on_the_printed_means():
    shown = lessons.show("05-timeline")
    for fact in ("E10", "E11"):
        assert f"{evidence.value(fact).number:g} years" in shown.alt and fact in shown.caption
    assert "drawn, not known" in shown.caption


def test_the_rivals_are_the_right_options_of_the_question():
    right = {o.key for o in bank.item("05c").options if o.correct}
    assert right == {s.letter for s in rivals.STATEMENTS if s.check}
    assert [o.key for o in bank.item("05c").options] == [s.letter for s in rivals.STATEMENTS]
    assert len(lessons.show("05-rivals").table) == len(right) == 7


def test_every_cited_fact_exists_and_is_one_of_the_extract():
    for statement in rivals.STATEMENTS:
        assert all(evidence.fact(fact).source.source_id == "XUE23" for fact in statement.facts.split(", "))


def test_the_titres_are_the_published_counts():
    shown = lessons.show("05-titres")
    assert "4 of 26" in shown.alt and "17 of 35" in shown.alt
    counts = shown.table["share"].str.extract(r"^(\d+) of (\d+)").astype(int)
    for group, total in (("tofacitinib", 26), ("tacrolimus", 35)):
        arm = counts[shown.table["group"] == group]
        assert arm[0].sum() == total and set(arm[1]) == {total}


def test_no_improvement_is_ascribed_to_the_nine():
    for item in bank.items("05"):
        if re.search(r"\b[789] of (the )?9|nine", item.stem) and "improve" in item.stem:
            assert re.search(r"invented|suppose|hypothetical|what does", item.stem, re.IGNORECASE), item.id
