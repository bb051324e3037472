"""Lesson 02: what its pictures and forms say equals what the evidence and the formulas say."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest

import jdm_teach as jdm
from jdm_teach.evidence import criteria, fact, measures, one_per_overlap_group, value
from jdm_teach.exercises import bank
from jdm_teach.lessons import stills
from jdm_teach.lessons.classification import FIRST_CHILD, classify
from jdm_teach.lessons.clinical_map import EXPLORATIONS
from jdm_teach.lessons.cohort_cards import CARDS
from jdm_teach.lessons.cohort_forest import ILD_REPORTS, forest
from jdm_teach.lessons.cutoffs import cutoff_table
from jdm_teach.lessons.markers import predictive_values

ROOT = Path(__file__).resolve().parents[2]
IDS = sorted(EXPLORATIONS)
LINKS = re.compile(r"\b(?:E\d{2}|COH\d{3}|TBT\d{3}|BMK\d{3}|GRP\d{3})\b")


@pytest.mark.slow  # every run of the notebooks rehearses each form
@pytest.mark.parametrize("identity", IDS)
def test_a_simulator_rehearses_and_waits_for_a_prediction(identity):
    jdm.explore(identity).rehearse()
    assert bank.item(EXPLORATIONS[identity].prediction).prediction


@pytest.mark.parametrize("identity", IDS)
def test_bad_settings_are_mended(identity):
    broken = {c.name: "nonsense" for c in EXPLORATIONS[identity].controls if c.kind != "toggle"}
    assert EXPLORATIONS[identity].settings(broken) == EXPLORATIONS[identity].settings()
    assert EXPLORATIONS[identity].view(broken).sentence


@pytest.mark.parametrize("identity", sorted(stills("02")))
def test_a_still_says_its_origin_and_cites_facts_a_lesson_may_use(identity):
    shown = jdm.show(identity)
    assert shown.origin == {
        "02-children": "assumed",
        "02-definitions": "published",
        "02-cutoffs": "published",
    }.get(identity, "derived")
    said = f"{shown.caption} {shown.table.to_string()}"
    assert all(fact(fact_id).lesson_use for fact_id in LINKS.findall(said))


def test_the_questions_of_the_plan_exist_and_cite_facts_a_lesson_may_use():
    items = {i: bank.item(i) for i in ("02ap", "02b", "02cp", "02d", "02ep", "02fp")}
    assert [items[i].kind for i in items] == ["number", "sort", "number", "many", "interval", "single"]
    for item in items.values():
        assert all(fact(fact_id).lesson_use for fact_id in item.evidence)


def test_every_bank_question_of_the_lesson_is_asked():
    text = (ROOT / "notebooks/src/02_clinical_map.py").read_text(encoding="utf-8")
    asked = set(re.findall(r'jdm\.ask\("(\w+)"\)', text))
    mine = {
        item.id for item in bank.items() if item.lesson == "02" and not item.prediction and not item.reserve
    }
    assert mine <= asked
    assert {bank.item(key).lesson for key in asked - mine} == {"01"} and len(asked - mine) == 2


@pytest.mark.parametrize("one", CARDS, ids=lambda card: card.fact_id)
def test_a_card_says_the_counts_of_its_row(one):
    view = EXPLORATIONS["02a"].view({"cohort": one.fact_id})
    row = fact(one.fact_id)
    for measure, column in (("ild", "n_ild"), ("rp_ild", "n_rp_ild"), ("died", "n_died")):
        if measure in measures(one.fact_id):
            assert f"{row[column]} of {value(one.fact_id, measure).n}" in view.picture.alt
    assert view.picture.alt.count("not seen") == 4 - len(measures(one.fact_id))


def test_a_share_is_never_computed_from_a_chosen_comparison():
    assert "with anti-MDA5: not seen" in EXPLORATIONS["02a"].view({"cohort": "COH043"}).picture.alt
    for letter in ("COH040", "COH028"):
        assert "by choice" in EXPLORATIONS["02a"].view({"cohort": letter}).picture.alt


def test_the_forest_is_the_prevalence_set_and_agrees_with_another_library():
    from statsmodels.stats.meta_analysis import combine_effects

    drawn = forest("antibody")
    assert {row[0] for row in drawn.reports} == {
        "COH001", "COH003", "COH012", "COH018", "COH024", "COH031", "COH032", "COH039"
    }  # fmt: skip
    import numpy as np

    x, n = np.array([[r[2], r[3]] for r in drawn.reports], float).T
    logit, variance = np.log(x / (n - x)), 1 / x + 1 / (n - x)
    other = combine_effects(logit, variance, method_re="iterated", atol=1e-12)
    assert drawn.pooled.estimate == pytest.approx(other.mean_effect_re, abs=1e-5)
    assert drawn.pooled.tau2 == pytest.approx(other.tau2, abs=1e-4)


def test_children_who_may_be_counted_twice_stand_once_unless_asked_for():
    kept = [row[0] for row in forest("hospital").reports]
    assert sorted(kept) == sorted(one_per_overlap_group(ILD_REPORTS))
    assert set(forest("hospital").left_out) == set(ILD_REPORTS) - set(kept)
    assert len(forest("twice").reports) == len(ILD_REPORTS)
    said = EXPLORATIONS["02e"].view({"question": "twice"}).sentence
    assert "not honest" in said
    assert not {"COH040", "COH042", "COH028"} & set(ILD_REPORTS)


def test_a_prediction_interval_is_wider_than_the_interval_of_the_average():
    for question in ("antibody", "ild", "hospital", "twice"):
        pooled = forest(question).pooled
        assert pooled.prediction.low < pooled.interval.low < pooled.interval.high < pooled.prediction.high


def test_the_alternative_text_holds_every_line_of_the_forest():
    view = EXPLORATIONS["02e"].view()
    for count in view.picture.table["count"][:-1]:
        assert count in view.picture.alt
    assert EXPLORATIONS["02e"].compare(["30", "5"], view).startswith("You expected 5 to 30%")


def independent_score(findings, biopsied):
    column = 1 if biopsied else 0
    weights = {
        "heliotrope": (3.1, 3.2), "gottron_papules": (2.1, 2.7), "gottron_sign": (3.3, 3.7), "enzymes": (1.3, 1.4),
        "dysphagia": (0.7, 0.6), "jo1": (3.9, 3.8),
    }  # fmt: skip
    weak = {"none": (0, 0), "limbs": (1.5, 1.2), "neck": (3.4, 2.8), "legs": (4.3, 4.0)}
    biopsy = {"none": 0, "normal": 0, "perimysial": 1.2, "both": 3.1}
    score = sum(pair[column] for key, pair in weights.items() if findings[key])
    return score + weak[findings["weakness"]][column] + biopsy[findings["biopsy"]]


def test_the_score_is_the_sum_of_the_published_points_for_every_combination():
    toggles = ("heliotrope", "gottron_papules", "gottron_sign", "enzymes", "dysphagia", "jo1")
    for ticks in itertools.product((False, True), repeat=6):
        for weakness, biopsy in itertools.product(
            ("none", "limbs", "neck", "legs"), ("none", "normal", "perimysial", "both")
        ):
            findings = {
                **FIRST_CHILD,
                **dict(zip(toggles, ticks, strict=True)),
                "weakness": weakness,
                "biopsy": biopsy,
            }
            seen = classify(findings)
            assert seen.score == pytest.approx(independent_score(findings, biopsy != "none"), abs=1e-9)
            needed = (6.7, 8.7) if biopsy != "none" else (5.5, 7.5)
            assert seen.met[1] == (seen.score >= needed[0]) and (seen.eular_acr == "definite") == (
                seen.score >= needed[1]
            )


def test_the_antibody_and_the_lung_change_neither_definition():
    for ticks in itertools.product((False, True), repeat=3):
        with_it = {**FIRST_CHILD, **dict(zip(("heliotrope", "enzymes", "emg"), ticks, strict=True))}
        assert classify(with_it) == classify({**with_it, "mda5": False, "ild": False})
    assert criteria()["eular_acr_2017_iim"]["anti_mda5_scored"] is False


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "not classified"),
        ({"enzymes": True}, "possible dermatomyositis"),
        ({"enzymes": True, "emg": True}, "probable dermatomyositis"),
        ({"enzymes": True, "emg": True, "weakness": "limbs"}, "definite dermatomyositis"),
        ({"biopsy": "normal"}, "not classified"),
        (
            {"heliotrope": False, "gottron_papules": False, "enzymes": True, "emg": True},
            "possible polymyositis",
        ),
    ],
)
def test_bohan_and_peter_counts_items_besides_the_rash(changes, expected):
    assert classify({**FIRST_CHILD, **changes}).bohan_peter == expected


def test_the_first_child_meets_neither_and_says_so():
    view = EXPLORATIONS["02f"].view()
    assert view.result.met == (False, False)
    assert "it meets neither" in EXPLORATIONS["02f"].compare("both", view)
    assert view.picture.origin == "assumed"


def test_predictive_values_equal_counting_ten_thousand_children():
    ill, well = 1905, 8095
    true, false = 0.739 * ill, 0.125 * well
    positive, negative = predictive_values(0.739, 0.875, 0.1905)
    assert positive == pytest.approx(true / (true + false))
    assert negative == pytest.approx(0.875 * well / (0.875 * well + 0.261 * ill))


def test_in_its_own_study_the_marker_gives_the_counts_of_that_study():
    table = EXPLORATIONS["02c"].view().picture.table
    own = table[table.group.str.contains("made the cut-off")].iloc[0]
    assert own["positive right (%)"] == pytest.approx(100 * 34 / 36, abs=0.06)
    assert own["negative right (%)"] == pytest.approx(100 * 14 / 26, abs=0.06)
    said = EXPLORATIONS["02c"].compare("90%", EXPLORATIONS["02c"].view())
    assert said == "You expected 90%. In the UK group it would be 58%, although the test is the same."


def test_every_kl6_and_ferritin_cutoff_that_may_be_used_is_in_the_table():
    rows = jdm.table("biomarker_cutoffs")
    wanted = rows[rows.marker.isin(["KL-6", "ferritin"]) & rows.cutoff.notna()]
    shown = cutoff_table()
    assert sorted(shown.fact) == sorted(wanted.fact_id)
    own = shown[shown.fact == "BMK001"].iloc[0]
    assert own.sensitivity.startswith("34 of 46") and own.specificity.startswith("14 of 16")


def test_both_counts_of_the_same_people_carry_their_intervals():
    from scipy.stats import binomtest

    (entry,) = (e for e in criteria()["ild_definitions"] if "contrast" in e)
    found = jdm.show("02-definitions").table.iloc[0]["what was found"]
    for x, n in ((41, 57), (3, 57)):
        assert str(x) in entry["where"] + entry["contrast"] and str(n) in entry["where"]
        limits = binomtest(x, n).proportion_ci(method="exact")
        assert f"{x} of {n} ({x / n:.0%}, 95% CI {limits.low:.0%}"[:-1] in found
        assert f"{limits.high:.0%}, exact)" in found


def test_no_mark_is_left_unfilled_in_the_notebook():
    cells = json.loads((ROOT / "notebooks/02_clinical_map.ipynb").read_text(encoding="utf-8"))["cells"]
    prose = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert "{{" not in prose
