"""Lesson 07: its tables, hunts and published rows, each against something worked out another way."""

from __future__ import annotations

import json
import re
from itertools import combinations
from math import comb

import numpy as np
import pytest
from scipy import stats

from jdm_teach import evidence, lessons
from jdm_teach.exercises import bank
from jdm_teach.lessons import (
    attainable_p,
    consistent_associations,
    cut_off_hunting,
    exaggeration,
    marker_hunting,
    published_adults,
    separation_by_hand,
    subgroup_verdicts,
    worked_table,
)
from jdm_teach.place import data_folder
from tests.lesson_checks import numbers_told, unmarked, view

SIMULATORS = ("07a", "07b", "07c", "07d", "07e", "07f", "07g", "07h")
SIMULATED = ("07d", "07e", "07h")
STILLS = {
    "07-worked": "derived",
    "07-one-blank": "derived",
    "07-antibody": "published",
    "07-antibody-models": "derived",
    "07-adults": "published",
    "07-rank-power": "simulated",
}


@pytest.mark.parametrize("identity", SIMULATORS)
def test_every_simulator_waits_for_a_prediction_and_answers_it(identity):
    found = lessons.exploration(identity)
    item = bank.item(found.prediction)
    assert item.prediction and item.id == identity + "p"
    response = item.options[0].key if item.options else "5" if item.maximum > 1 else "0.05"
    assert found.compare(response, view(identity)).startswith("You expected")


@pytest.mark.parametrize("identity", SIMULATED)
def test_what_is_simulated_says_so_everywhere(identity):
    assert unmarked(view(identity)) == []


@pytest.mark.parametrize("identity", sorted(set(SIMULATORS) - set(SIMULATED)))
def test_what_is_exact_needs_no_seed(identity):
    assert view(identity).picture.origin in {"assumed", "derived"}
    assert "seed" not in view(identity).picture.caption


@pytest.mark.parametrize("counts", [(2, 1, 1, 5), (3, 0, 1, 5), (6, 2, 3, 9)])
def test_a_table_agrees_with_scipy(counts):
    a, b, c, d = counts
    table = view("07a", a=a, b=b, c=c, d=d).picture.table.set_index("what").iloc[:, 0]
    p = stats.fisher_exact([[a, b], [c, d]]).pvalue
    assert float(table["Fisher, two-sided"].split()[-1]) == pytest.approx(p, rel=0.05)
    odds = stats.contingency.odds_ratio([[a, b], [c, d]])
    interval = odds.confidence_interval(0.95)
    assert table["odds ratio, exact method"].split(" to ")[1].rstrip(")") == (
        "infinity" if np.isinf(interval.high) else worked_table.ratio_text(interval.high)
    )


def test_nobody_at_all_becomes_the_first_table_and_an_empty_group_a_sentence():
    assert view("07a", a=0, b=0, c=0, d=0).result == (2, 1, 1, 5)
    assert "nothing to compare" in view("07a", a=0, b=0).sentence
    assert view("07c", a=0, b=0).picture is None and "nothing to compare" in view("07c", a=0, b=0).sentence


@pytest.mark.parametrize(("fact", "still"), [("TBT001", "07-worked"), ("TBT002", "07-one-blank")])
def test_the_worked_table_is_the_published_one(fact, still):
    row = evidence.fact(fact)
    a, n1, c, n2 = (
        int(row[k]) for k in ("exposed_events", "exposed_total", "unexposed_events", "unexposed_total")
    )
    sheet = lessons.show(still)
    answers = sheet.table.set_index("line").iloc[:, 1]
    assert f"{a} of {n1}" in sheet.caption and f"{c} of {n2}" in sheet.caption
    assert answers["odds ratio by hand"] == f"{a * (n2 - c) / ((n1 - a) * c):.3g}"
    ratio = a / n1 / (c / n2)
    blank = answers["risk ratio"]
    assert blank == "?" if still == "07-one-blank" else blank.startswith(f"{ratio:.2f}")
    if blank == "?":
        assert bank.item("07a1").key == (pytest.approx(ratio),)


@pytest.mark.parametrize(("n", "poor"), [(9, 3), (9, 2), (6, 2), (12, 5)])
def test_the_smallest_p_is_the_best_of_all_fisher_tests(n, poor):
    for k, p in enumerate(attainable_p.smallest_ps("fisher", n, poor), start=1):
        tables = [
            [[x, k - x], [poor - x, n - k - poor + x]] for x in range(max(0, k + poor - n), min(k, poor) + 1)
        ]
        assert p == pytest.approx(min(stats.fisher_exact(t).pvalue for t in tables))
    assert attainable_p.smallest_ps("rank", n, poor)[0] == pytest.approx(2 / comb(n, poor))


def test_the_key_of_the_prediction_on_the_smallest_p_is_one_in_84():
    assert "0.012" in lessons.exploration("07b").compare("0.05", view("07b"))
    assert "1, 2, 7, 8 of 9" in view("07b").sentence


@pytest.mark.parametrize("counts", [(3, 0, 0, 6), (0, 3, 6, 0), (3, 1, 0, 3)])
def test_separation_is_named_first_and_ordinary_regression_runs_away(counts):
    a, b, c, d = counts
    shown = view("07c", a=a, b=b, c=c, d=d)
    fits = separation_by_hand.fits_of(counts)
    assert shown.sentence.startswith("Before any model: ") and "separation" in shown.sentence.split(".")[0]
    steps = np.abs(np.log(fits.steps))
    assert fits.diverged and (np.diff(steps) > 0.9).all() and "never settles" in shown.sentence


@pytest.mark.parametrize("counts", [(2, 1, 1, 5), (3, 0, 0, 6), (2, 0, 0, 3), (3, 1, 0, 3)])
def test_firth_adds_half_a_child_to_each_cell_and_its_ends_are_verified(counts):
    a, b, c, d = (x + 0.5 for x in counts)
    fits = separation_by_hand.fits_of(counts)
    assert fits.penalised == pytest.approx(a * d / (b * c), rel=1e-6)
    assert fits.verified and fits.low < fits.penalised < fits.high


def test_firth_of_the_clean_table_agrees_with_the_reference():
    fits = separation_by_hand.fits_of((3, 0, 0, 6))
    assert (fits.low, fits.high) == (pytest.approx(3.2107, rel=1e-4), pytest.approx(30884, rel=1e-4))


def test_a_table_without_an_empty_cell_settles_at_the_ratio_by_hand():
    fits = separation_by_hand.fits_of((2, 1, 1, 5))
    assert not fits.diverged and fits.steps[-1] == pytest.approx(10)


def test_the_antibody_counts_are_the_published_ones():
    picture = lessons.show("07-antibody")
    assert picture.table["inactive"].tolist() == [2, 3, 0] and picture.table["children"].tolist() == [2, 4, 3]
    for fact in ("TBT009", "TBT011", "JST005"):
        assert fact in picture.caption and evidence.fact(fact)["lesson_use"]
    models = lessons.show("07-antibody-models").table
    assert models["separation"].tolist() == ["quasi-complete", "quasi-complete", "complete"]
    wanted = [stats.fisher_exact(t).pvalue for t in ([[2, 0], [3, 1]], [[3, 1], [0, 3]], [[2, 0], [0, 3]])]
    assert [float(p) for p in models["Fisher p"]] == pytest.approx(wanted, abs=0.005)


def test_the_six_adults_are_the_published_rows_under_both_names():
    people = published_adults.adults()
    rows = evidence.table("adult_patient_level")
    for variable, read in (("ferritin", "ferritin"), ("KL-6", "kl6")):
        printed = rows[rows["variable"] == variable].set_index("case")["baseline"].astype(float)
        assert {one.case: getattr(one, read) for one in people} == printed.to_dict()
    improved = evidence.value("JST023")
    assert sum(not one.died for one in people) == improved.events and len(people) == improved.n


@pytest.mark.parametrize(("marker", "read"), [("ferritin", "ferritin"), ("KL-6", "kl6")])
def test_the_rank_test_of_the_adults_is_a_count_of_fifteen(marker, read):
    people = sorted(published_adults.adults(), key=lambda one: getattr(one, read))
    observed = sum(place for place, one in enumerate(people) if one.died)
    sums = [sum(pair) for pair in combinations(range(6), 2)]
    p = np.mean([abs(s - 5) >= abs(observed - 5) for s in sums])
    assert published_adults.marker_test(marker) == (pytest.approx(p), pytest.approx(2 / 15))


def test_the_picture_of_the_adults_shows_its_flags():
    picture = lessons.show("07-adults")
    assert (
        "inferred" in picture.caption
        and "ng/dL" in picture.caption
        and "inferred" in picture.alt + picture.caption
    )
    assert not {"age", "sex"} & set(picture.table.columns)
    assert published_adults.looks_possible() == (8, 3)  # said so in the prose


def test_the_chance_of_a_hunt_follows_from_84_orders():
    for markers in (1, 15, 20):
        assert marker_hunting.chance_after(markers) == pytest.approx(1 - (80 / 84) ** markers)
    assert marker_hunting.markers_for_half() == 15


def test_the_log_grows_by_one_marker_and_keeps_every_look():
    assert len(view("07d").picture.table) == 1
    assert len(view("07d", next=4).picture.table) == 5
    whole = view("07d", all="all", looks="cut-offs").picture.table
    assert len(whole) == 20 * 9 and whole["look"].tolist() == list(range(1, 181))
    assert len(view("07d", next=500).picture.table) == 20
    assert ((whole["p"].astype(float) <= 0.0505) == (whole["p ≤ 0.05"] == "yes")).all()


def test_the_same_children_are_hunted_with_more_looks():
    ranks = view("07d", all="all").picture.table["p"].tolist()
    more = view("07d", all="all", looks="cut-offs").picture.table
    assert more[more["test"] == "rank"]["p"].tolist() == ranks


def test_the_cut_off_curve_is_fisher_at_each_of_eight_places():
    table = view("07e").picture.table
    for k, above, p in zip(table["called high"], table["poor, above"], table["p"], strict=True):
        a = int(above.split()[0])
        assert float(p) == pytest.approx(
            stats.fisher_exact([[a, k - a], [3 - a, 6 - k + a]]).pvalue, abs=6e-4
        )


def test_the_best_cut_off_is_a_false_alarm_eight_times_as_often():
    hits = {3: 0, None: 0}
    for poor in combinations(range(9), 3):
        ps = {}
        for k in range(1, 9):
            a = sum(place >= 9 - k for place in poor)
            ps[k] = stats.fisher_exact([[a, k - a], [3 - a, 6 - k + a]]).pvalue
        hits[3] += ps[3] <= 0.05
        hits[None] += min(ps.values()) <= 0.05
    for choices, count in hits.items():
        assert cut_off_hunting.false_alarms(choices) == pytest.approx(count / 84)


@pytest.mark.parametrize(("total", "smaller", "percent"), [(9, 3, 90), (9, 4, 80), (36, 12, 75)])
def test_verdicts_are_binomial_sums(total, smaller, percent):
    def reached(n):
        return sum(
            stats.binom.pmf(k, n, percent / 100) for k in range(n + 1) if stats.binomtest(k, n).pvalue <= 0.05
        )

    found = subgroup_verdicts.verdicts_of(total, smaller, percent)
    small, large = reached(smaller), reached(total - smaller)
    assert found.larger_only == pytest.approx(large * (1 - small))
    assert sum(found[:4]) == pytest.approx(1)


def test_three_children_never_reach_and_the_verdicts_disagree_in_half_the_series():
    found = subgroup_verdicts.verdicts_of(9, 3, 90)
    assert found.smaller_only == found.both == 0 and round(100 * found.larger_only) == 53
    assert found.direct < 0.01


def test_the_difference_in_print_is_the_average_over_significant_tables():
    total = weighed = 0.0
    for a in range(4):
        for b in range(7):
            chance = stats.binom.pmf(a, 3, 0.6) * stats.binom.pmf(b, 6, 0.3)
            if stats.fisher_exact([[a, 3 - a], [b, 6 - b]]).pvalue <= 0.05:
                total += chance
                weighed += chance * abs(100 * (a / 3 - b / 6))
    assert exaggeration.printed_difference(3, 6, 60, 30) == pytest.approx(weighed / total)
    assert f"{100 * total:.1f}% of studies" in view("07g").sentence
    assert "no result of this design" in view("07g", n1=1, n2=3).sentence


def test_the_consistent_cohorts_print_like_the_letter_and_are_tested_exactly():
    ages = consistent_associations.drawn_ages("E10")
    assert ages.shape == (10_000, 9)
    assert set(np.floor(10 * ages.mean(1) + 0.5 + 1e-9).astype(int)) == {51}
    mark = [True] * 3 + [False] * 6
    found = consistent_associations.tested("E10", 3, "values")
    one = stats.permutation_test(
        (ages[0][mark], ages[0][[not m for m in mark]]), lambda x, y: x.mean() - y.mean(), n_resamples=np.inf
    ).pvalue
    assert any(one == pytest.approx(level, abs=1e-9) for level in found.levels)
    assert found.tests == 840_000 and 3 < 100 * found.below < 5 and found.shares[-1] == pytest.approx(100)


def test_every_ensemble_p_comes_with_the_sentence():
    wanted = consistent_associations.NO_INFORMATION
    shown = view("07h", summary="E11", poor=2)
    assert wanted in shown.sentence and wanted in shown.picture.caption and wanted in shown.picture.alt
    assert wanted in lessons.exploration("07h").compare("5", shown)
    assert not {"age", "child", "sex"} & set(shown.picture.table.columns)


@pytest.mark.parametrize("identity", SIMULATORS)
def test_the_alternative_text_tells_numbers_of_the_table(identity):
    assert numbers_told(view(identity).picture)


def test_bad_settings_are_mended():
    settings = lessons.exploration("07b").settings({"n": "x", "poor": -4, "test": "magic"})
    assert settings == {"n": 9, "poor": 1, "test": "fisher"}
    assert "2 was used" in view("07b", n=3, poor=9).sentence


@pytest.mark.parametrize(("identity", "origin"), STILLS.items())
def test_a_still_says_where_it_comes_from(identity, origin):
    shown = lessons.show(identity)
    assert shown.origin == origin and len(shown.table) > 2


def test_every_scored_question_of_the_lesson_is_in_its_page():
    source = (data_folder().parent / "notebooks/src/07_risk_factors.py").read_text(encoding="utf8")
    asked = set(re.findall(r'jdm\.ask\("(\w+)"\)', source))
    mine = {item.id for item in bank.items("07") if not item.prediction and not item.reserve}
    assert mine <= asked


def test_the_numbers_in_the_questions_are_those_of_the_simulators():
    raw = json.loads((data_folder() / "questions/lesson_07.json").read_text(encoding="utf8"))["items"]
    told = {item["id"]: item["explanation"] for item in raw}
    assert "9.5%" in told["07ep"] and round(100 * cut_off_hunting.false_alarms(), 1) == 9.5
    assert "53%" in told["07fp"] and "62%" in told["07dp"]
    assert round(100 * marker_hunting.chance_after(20)) == 62
    assert "700" in told["07ap"] and 650 < worked_table.summary_of((2, 1, 1, 5)).odds.interval.high < 750
    assert "83 points" in told["07gp"]
