"""Lesson 06: who is missing, each number against a closed formula, plain counting or the evidence rows."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from scipy import integrate, stats

from jdm_teach import evidence, lessons
from jdm_teach.exercises import bank, grading
from jdm_teach.lessons import adult_comparisons, missing_patients, painted_time, risk_table
from jdm_teach.place import data_folder
from tests.lesson_checks import numbers_told, unmarked, view

SIMULATORS = ("06e", "06b", "06c", "06d")
STILLS = {
    "06-lines": "assumed",
    "06-painted": "assumed",
    "06-curve": "assumed",
    "06-comparisons": "derived",
    "06-flags": "published",
}


@pytest.mark.parametrize("identity", SIMULATORS)
def test_a_simulated_picture_says_so_everywhere(identity):
    assert unmarked(view(identity)) == []


def test_the_wait_at_the_start_is_the_gap_between_the_printed_means():
    assert missing_patients.WAIT == evidence.derived("gap_onset_to_start").number
    control = lessons.exploration("06e").settings()
    assert control["wait"] == missing_patients.WAIT
    stem = bank.item("06ep").stem
    assert f"after {missing_patients.WAIT:g} years" in stem and f"{missing_patients.LEAVING} leave" in stem


@pytest.mark.parametrize(("wait", "leaving"), [(0.2, 60), (3.2, 15), (6, 5)])
def test_the_share_who_start_and_their_gap_follow_from_two_clocks(wait, leaving):
    rate = leaving / 100
    same, differs = (view("06e", wait=wait, leaving=leaving, spread=s).result for s in ("same", "differs"))
    assert same["exact"] == pytest.approx(100 * math.exp(-rate * wait), rel=1e-3)
    assert same["gap"] == wait

    def starting(t):
        return math.exp(-t / wait) / wait * math.exp(-rate * t)

    reached = integrate.quad(starting, 0, np.inf)[0]
    mean = integrate.quad(lambda t: t * starting(t), 0, np.inf)[0] / reached
    assert differs["exact"] == pytest.approx(100 * reached, rel=1e-3)
    assert differs["gap"] == pytest.approx(mean, rel=1e-6)
    assert differs["gap"] < wait


def test_the_children_drawn_agree_with_the_exact_share():
    for spread in ("same", "differs"):
        shown = view("06e", spread=spread)
        started, left = shown.picture.table["of 40 drawn"]
        assert started + left == 40
        assert stats.binomtest(int(started), 40, shown.result["exact"] / 100).pvalue > 0.05
        assert f"{started} reach the start" in shown.picture.alt


def months_by_hand():
    """Person-months of the three lines, added month by month from the words of the question."""
    first_dose = {"A": 8, "B": math.inf, "C": 13}
    last = {"A": 24, "B": 6, "C": 24}
    lived = [(who, month) for who in "ABC" for month in range(last[who])]
    treated = sum(month >= first_dose[who] for who, month in lived)
    ever = sum(first_dose[who] < math.inf for who, _ in lived)
    return treated, len(lived) - treated, ever, len(lived) - ever


def test_the_painted_months_are_those_counted_month_by_month():
    sums = painted_time.person_time()
    assert tuple(months for months, _ in sums.values()) == months_by_hand() == (27, 27, 48, 6)
    assert [deaths for _, deaths in sums.values()] == [1, 1, 1, 1]
    table = lessons.show("06-painted").table
    rates = table["deaths per 100 months"]
    assert rates[0] == rates[1]
    assert rates[3] / rates[2] == pytest.approx(8, abs=0.1)  # "eight times" in the lesson


def test_the_cards_are_the_segments_and_their_colours_agree():
    item = bank.item("06a")
    homes = {card.key: card.category == "treated" for card in item.cards}
    assert homes == {s.name: s.treated for s in painted_time.LINES}
    assert grading.grade(item, {card.key: card.category for card in item.cards}).verdict == "right"
    for segment in painted_time.LINES:
        text = next(card.text for card in item.cards if card.key == segment.name)
        assert f"month {segment.ends:g}" in text
    alt = lessons.show("06-lines").alt
    for month in (6, 8, 9, 13, 19, 24):
        assert f"month {month}" in alt


def test_equal_hazards_and_the_naive_table_that_sees_a_difference():
    table = view("06b").picture.table
    hazard, wait, horizon = 0.5, 1.0, 2.0
    # Dead by the horizon and treated before: the wait ends first, then a death within what is left.
    ends = hazard + 1 / wait
    treated = (1 / wait) / ends
    both = integrate.quad(lambda t: math.exp(-ends * t) / wait * -math.expm1(-hazard * (horizon - t)), 0, horizon)[0]  # fmt: skip
    untreated = hazard / ends * -math.expm1(-ends * horizon)
    expected = (100 * both / treated, 100 * untreated / (1 - treated))
    assert table.loc[0, "exact treated"] == pytest.approx(expected[0], abs=0.06)
    assert table.loc[0, "exact untreated"] == pytest.approx(expected[1], abs=0.06)
    assert table.loc[0, ["treated", "untreated"]].to_list() == pytest.approx(list(expected), abs=2)
    assert table.loc[1, "treated"] == pytest.approx(-100 * math.expm1(-hazard * 1.5), abs=2)
    assert table.loc[1, "untreated"] == pytest.approx(table.loc[1, "treated"], abs=2)
    assert table.loc[2, ["treated", "untreated"]].to_list() == pytest.approx([50, 50], abs=2)


def test_the_numbers_told_in_the_prediction_are_those_of_the_first_setting():
    assert "63 of 100 die within 2 years" in bank.item("06bp").stem
    assert round(-100 * math.expm1(-0.5 * 2)) == 63
    assert "95 of 100" in bank.item("06bp").explanation and "47 of 100" in bank.item("06bp").explanation


def test_a_harmful_drug_still_wins_in_the_naive_table():
    table = view("06b", effect="harms").picture.table
    assert table.loc[0, "treated"] < table.loc[0, "untreated"]
    assert table.loc[2, "treated"] > 1.8 * table.loc[2, "untreated"]


def laplace(hazard, frailty):
    """The share without an event: a gamma mixture, integrated."""
    if frailty == 0:
        return math.exp(-hazard)
    return integrate.quad(lambda z: stats.gamma.pdf(z, 1 / frailty, scale=frailty) * math.exp(-z * hazard), 0, 60)[0]  # fmt: skip


@pytest.mark.parametrize("deaths", [5, 15])
@pytest.mark.parametrize(("frailty", "variance"), [("some", 1), ("alike", 0)])
def test_the_entry_rule_keeps_the_share_that_the_mixture_gives(deaths, frailty, variance):
    result = view("06c", deaths=deaths, frailty=frailty, rule=True).result
    rate = deaths / 100
    kept = laplace((rate + 0.05) * 3, variance)
    assert result["started"] == pytest.approx(100 * laplace(rate * 12, variance), abs=0.01)
    assert result["counted"] == pytest.approx(100 * laplace(rate * 12 + 0.05 * 3, variance) / kept, abs=0.01)
    assert result["counted"] > result["started"]


def test_the_curve_of_those_counted_is_flat_for_three_months_and_its_numbers_fall():
    table = view("06c", rule=True).picture.table
    assert table["counted: alive, %"].tolist()[:2] == [100, 100]
    for column in ("all: still followed", "counted: still followed"):
        assert table[column].is_monotonic_decreasing
    # Nobody's follow-up ends early, so that the curve is the plain share of those who started.
    first = table["all: still followed"].iloc[0]
    assert table["all: alive, %"].tolist() == pytest.approx((100 * table["all: still followed"] / first).tolist())  # fmt: skip
    assert "counted: alive, %" not in view("06c").picture.table


def test_the_constructed_curve_is_the_product_worked_by_hand():
    share, at_risk = 100.0, len(risk_table.FOLLOWED)
    by_hand = {}
    for month in sorted({m for m, _ in risk_table.FOLLOWED}):
        deaths = sum(m == month and d for m, d in risk_table.FOLLOWED)
        share *= 1 - deaths / at_risk
        by_hand[month] = (at_risk, round(share, 1))
        at_risk -= sum(m == month for m, _ in risk_table.FOLLOWED)
    table = lessons.show("06-curve").table.set_index("month")
    assert {m: (r["still followed"], r["alive, %"]) for m, r in table.iterrows()} == by_hand
    assert by_hand[11] == (2, 37.5)  # "two people" in the lesson


@pytest.mark.parametrize("progress", [0, 35])
@pytest.mark.parametrize(("effect", "ratio"), [("none", 1), ("helps", 2)])
def test_each_control_group_shows_the_integrated_difference(progress, effect, ratio):
    def mean(start, end, odds=1.0):
        slope = math.log1p(progress / 100)
        return integrate.quad(lambda t: odds * math.exp(slope * t) / (1 + odds * math.exp(slope * t)), start, end)[0] / (end - start)  # fmt: skip

    result = view("06d", progress=progress, effect=effect).result
    assert result["earlier"] == pytest.approx(100 * (mean(0, 3, ratio) - mean(-6, 0)), abs=0.01)
    assert result["same"] == pytest.approx(100 * (mean(0, 3, ratio) - mean(0, 3)), abs=0.01)


def test_more_earlier_children_make_the_wrong_answer_surer():
    column = "test favours the drug, % (exact)"
    few, many = (view("06d", controls=n).picture.table for n in (10, 60))
    assert many.loc[0, column] > few.loc[0, column]
    assert many.loc[1, column] < 3
    assert few.loc[0, "endless study, points"] == many.loc[0, "endless study, points"]


@pytest.mark.parametrize("identity", SIMULATORS)
def test_the_alternative_text_tells_numbers_of_the_table(identity):
    assert numbers_told(view(identity).picture)


def test_bad_settings_are_mended():
    assert lessons.exploration("06b").settings({"rate": 900, "wait": "x", "effect": "cures"}) == {
        "wait": 1,
        "rate": 90,
        "effect": "none",
    }
    assert lessons.exploration("06e").settings({"leaving": 0})["leaving"] == 5
    assert lessons.exploration("06c").settings({"rule": 1})["rule"] is True


@pytest.mark.parametrize("identity", ["06e", "06b", "06c"])
@pytest.mark.parametrize("typed", ["60", "60 of 100", 60])
def test_a_typed_number_is_put_beside_the_result(identity, typed):
    found = lessons.exploration(identity)
    assert found.compare(typed, view(identity)).startswith("You expected 60 of 100")
    other = {"06e": {"leaving": 30}, "06b": {"rate": 20}, "06c": {"deaths": 2}}[identity]
    assert "With the setting below" in found.compare(typed, view(identity, **other))


def test_every_choice_of_a_control_group_is_answered_with_the_result():
    found = lessons.exploration("06d")
    said = {found.compare(option.key, view("06d")) for option in bank.item("06dp").options}
    assert len(said) == 3 and all("+31 points" in s and "and 0 against" in s for s in said)


@pytest.mark.parametrize(("identity", "origin"), STILLS.items())
def test_a_still_says_where_it_comes_from(identity, origin):
    shown = lessons.show(identity)
    assert shown.origin == origin
    assert len(shown.table) > 2


def test_the_published_counts_are_those_of_the_rows():
    alt = lessons.show("06-comparisons").alt
    for report in adult_comparisons.REPORTS:
        fact = evidence.fact(report.fact_id)
        assert fact["lesson_use"] is True
        assert report.fact_id in lessons.show("06-comparisons").caption
        if fact["events"] is not None:
            for n, died in (("n", "events"), ("n_comparator", "events_comparator")):
                assert f"{int(fact[n]) - int(fact[died])} of {fact[n]}" in alt
    assert "89% of 29 against 33% of 15" in alt
    assert "1.02 (0.48 to 2.16)" in alt and "40 of 79, both groups together" in alt


def test_no_interval_is_drawn_where_no_counts_were_seen():
    found = {r.fact_id: adult_comparisons.arms(r) for r in adult_comparisons.REPORTS}
    assert [limits for _, _, limits, _ in found["SRV001"]] == [None, None]
    for name, events, n in (("SRV006", 3, 5), ("SRV007", 16, 26), ("SRV009", 196, 290)):
        low, high = stats.binomtest(events, n).proportion_ci()
        assert found[name][0][2] == pytest.approx((low, high), abs=1e-9)


def test_the_flags_of_the_audit_are_shown():
    notes = " ".join(lessons.show("06-flags").table["keep in mind"])
    for words in ("immortal time", "Fisher's p 0.07", "log-rank p 0.03", "4 of 26 against 17 of 35", "weighted result was not read", "Not a JAK inhibitor"):  # fmt: skip
        assert words in notes
    assert float(stats.fisher_exact([[10, 16], [22, 13]]).pvalue) == pytest.approx(0.07, abs=0.005)


def test_no_death_is_ascribed_to_the_children_of_the_letter():
    written = json.loads((data_folder() / "questions" / "lesson_06.json").read_text(encoding="utf-8"))
    for entry in written["items"]:
        if re.search(r"\bdie", entry["stem"]):
            said = entry["stem"] + entry.get("note", "")
            assert re.search(r"invented|imagine|constructed", said, re.IGNORECASE), entry["id"]
