"""Lesson 03: what its simulators and figures show, held against numbers that do not come from them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import jdm_teach as jdm
from jdm_teach import evidence, lessons
from jdm_teach.biology.pathway import Knobs, constant, run
from jdm_teach.exercises import bank
from jdm_teach.lessons import drug_and_feedback, kinase_block, second_dose
from jdm_teach.lessons.dosing_day import daily_hours_above

ROOT = Path(__file__).resolve().parents[2]
PROSE = (ROOT / "notebooks/src/03_interferon_to_gene.py").read_text(encoding="utf-8")
EXPLORED = ("03b", "03s", "03f", "03c")
ORIGINS = {
    "03-path": "published",
    "03-constants": "derived",
    "03-scores": "derived",
    "03-genes": "derived",
    "03-control": "assumed",
}
# Facts credited to a list without a primary source; no lesson quotes them.
UNSOURCED = {f"POT{number:03d}" for number in range(12, 17)}


def view(identity, **settings):
    return lessons.exploration(identity).view(settings)


def compared(identity, response, shown):
    compare = lessons.exploration(identity).compare
    assert compare is not None
    return compare(response, shown)


@pytest.mark.slow  # every run of the notebooks rehearses each form
@pytest.mark.parametrize("identity", EXPLORED)
def test_every_simulator_rehearses(identity):
    jdm.explore(identity).rehearse()
    item = bank.item(str(lessons.exploration(identity).prediction))
    assert item.prediction
    assert item.lesson == "03"


@pytest.mark.parametrize("identity", EXPLORED)
def test_bad_settings_are_mended(identity):
    exploration = lessons.exploration(identity)
    nonsense = dict.fromkeys((control.name for control in exploration.controls), "nonsense")
    # A box is a box: any text in it means ticked, which is also where it starts.
    assert exploration.view(nonsense).sentence == exploration.view().sentence


def test_the_pairs_are_those_of_the_abstract():
    assert kinase_block.kinase_pairs() == {
        "IFN-alpha": ("JAK1", "TYK2"),
        "IL-10": ("JAK1", "TYK2"),
        "IFN-gamma": ("JAK1", "JAK2"),
        "IL-6": ("JAK1", "JAK2"),
        "IL-2": ("JAK1", "JAK3"),
        "IL-4": ("JAK1", "JAK3"),
        "IL-15": ("JAK1", "JAK3"),
        "IL-21": ("JAK1", "JAK3"),
        "IL-3": ("JAK2", "JAK2"),
        "GM-CSF": ("JAK2", "JAK2"),
        "G-CSF": ("JAK2", "TYK2"),
    }


@pytest.mark.parametrize(
    ("kinase", "rows", "among"),
    [("JAK1", 8, "IL-2"), ("JAK2", 5, "G-CSF"), ("JAK3", 4, "IL-21"), ("TYK2", 3, "IL-10")],
)
def test_a_signal_falls_when_either_of_its_kinases_is_blocked(kinase, rows, among):
    assert len(kinase_block.falling(kinase)) == rows
    assert among in kinase_block.falling(kinase)
    shown = view("03b", kinase=kinase)
    assert (shown.picture.table[f"without {kinase}"] == "falls").sum() == rows
    assert f"{rows} of 11" in shown.sentence


def test_the_boxes_ticked_are_compared_with_those_that_fall():
    said = compared("03b", ["A", "D"], view("03b"))
    assert "1 of the 4" in said
    assert "interferon gamma, interleukin 2, interleukin 6" in said
    assert "GM-CSF" in said
    assert "now blocks TYK2" in compared("03b", ["A"], view("03b", kinase="TYK2"))


@pytest.mark.parametrize(("level", "fold"), [(28, 3.2), (84, 5.9), (840, 16.2)])
def test_the_unchanged_cell_stands_where_another_engine_put_it(level, fold):
    # IRF9 mRNA after 28 days of constant interferon, computed from the published model with libroadrunner.
    assert drug_and_feedback.cell_course(level, 0.0, 1.0, 1.0).last_day[2] == pytest.approx(fold, rel=0.02)


def test_the_sandbox_says_what_the_pathway_says():
    def mean(share):
        response = run(constant(0.2, hours=72, settled_h=672), share, Knobs(2.0, 1.5), readouts=("ISGF3n",))
        return response.area("ISGF3n", 48, 72) / 24

    expected = 100 * (1 - mean(0.3) / mean(0.0))
    shown = view("03s", inhibited=30, interferon=200, usp18=2, socs1=1.5).picture.table
    assert shown.set_index(shown.columns[0])["fall with the drug, %"]["nuclear ISGF3"] == pytest.approx(
        expected, abs=0.05
    )


def test_half_the_kinase_is_not_half_of_anything_further_down():
    signal, isgf3, gene, score = drug_and_feedback.falls(84, 0.5, 1.0, 1.0)
    assert 50 > signal > gene > score > 0
    assert isgf3 == pytest.approx(signal, abs=1)


def test_no_drug_changes_nothing():
    assert drug_and_feedback.falls(84, 0.0, 1.0, 1.0) == (0, 0, 0, 0)


def test_no_corner_of_the_sliders_lets_the_cell_run_away():
    for level in (4, 1000):
        for usp18 in (0.0, 3.0):
            for socs1 in (0.5, 3.0):
                course = drug_and_feedback.cell_course(level, 0.0, usp18, socs1)
                assert np.isfinite(course.curves).all()
                # The resting cell holds about half a million molecules of STAT1.
                assert course.curves[0].max() < 500_000


@pytest.mark.parametrize(("first", "height"), [(0, 2885), (2.8, 6517), (28, 4570), (1400, 900)])
def test_the_second_answer_is_as_high_as_another_engine_found(first, height):
    assert second_dose.second_answer(float(first), False)[1].max() == pytest.approx(height, rel=0.01)


def test_a_small_first_dose_readies_a_large_one_deafens_and_the_cut_undoes_it():
    assert second_dose.ratio(2.8, False) > 1 > second_dose.ratio(1400.0, False)
    assert second_dose.ratio(1400.0, True) > 1
    assert "3.2 times" in compared("03f", "A", view("03f", first="0", cut=False))


def free_drug(times, dose, interval):
    """Many doses added up with the textbook one-compartment formula and the published constants."""
    clearance, volume, ka, lag = (evidence.value(f"PKN00{number}").number for number in (1, 2, 3, 4))
    ke = clearance / volume
    since = times[:, None] - lag + interval * np.arange(0, 40)
    one = ka / (volume * (ka - ke)) * (np.exp(-ke * since) - np.exp(-ka * since))
    return dose * np.where(since > 0, one, 0).sum(axis=1) / 312.37 * 1e6 * 0.60


@pytest.mark.parametrize(("dose", "interval", "half"), [(5, 12, 30), (10, 24, 50), (2.5, 8, 15)])
def test_the_hours_above_a_level_are_those_of_the_textbook_formula(dose, interval, half):
    times = np.arange(0, interval, 0.002)
    by_hand = 0.002 * (free_drug(times, dose, interval) > half).sum() * 24 / interval
    assert daily_hours_above(dose, interval, half) == pytest.approx(by_hand, abs=0.02)


def test_doubling_the_dose_adds_about_one_half_life_per_tablet():
    half_life = evidence.value("PKN005").number
    gained = (daily_hours_above(10, 12, 30) - daily_hours_above(5, 12, 30)) / 2
    assert gained == pytest.approx(half_life, abs=0.2)


def test_the_assumption_stands_on_the_picture_of_the_drug():
    shown = view("03c", half=75).picture
    assert shown.origin == "assumed"
    assert "75 nM free drug is ASSUMED" in shown.caption
    assert "no dose for anybody" in shown.caption


def test_a_typed_number_of_hours_is_compared_in_its_unit():
    assert compared("03c", "12,5", view("03c")).startswith("You expected 12.5 of 24 hours.")
    assert "fall by 50%" in compared("03s", "50 %", view("03s"))


@pytest.mark.parametrize("identity", ORIGINS)
def test_every_still_says_where_its_numbers_come_from(identity):
    still = jdm.show(identity)
    assert still.origin == ORIGINS[identity]
    assert len(still.table) >= 3


def test_the_scores_are_those_of_the_evidence_table():
    published = evidence.table("ifn_scores").set_index("fact_id")["value"]
    found = jdm.show("03-scores").table
    for tissue, added, fact_id in (
        ("airway", "interferon alpha", "IFS025"),
        ("airway", "interferon gamma", "IFS027"),
        ("blood", "interferon beta", "IFS034"),
    ):
        row = found[(found.tissue == tissue) & (found.added == added)].iloc[0]
        listed = [float(number) for number in re.findall(r"[\d.]+", published[fact_id])]
        assert [row.score, row.lowest, row.highest] == pytest.approx(listed, abs=0.01)


def test_the_missing_gene_is_shown_as_missing():
    shown = jdm.show("03-genes")
    table = shown.table.set_index(["tissue", "gene"])
    assert not table.detected["airway", "SIGLEC1"]
    assert table.detected.sum() == 11
    assert "SIGLEC1 not detected" in shown.alt


def test_a_quieter_control_raises_the_score_of_the_same_blood():
    table = jdm.show("03-control").table
    assert table.score.is_monotonic_increasing
    assert table.score.iloc[0] == pytest.approx(2.99, abs=0.01)
    assert table.score.iloc[1] == pytest.approx(2 * 2.99, rel=0.05)


def test_interferon_gamma_pushes_a_blood_gene_below_its_control_as_the_prose_says():
    from jdm_teach.biology.signature import gene_fold_changes

    assert gene_fold_changes("blood", "gamma").fold_change.min() < 0.5


def pictures():
    yield from (view(identity).picture for identity in EXPLORED)
    yield from (jdm.show(identity) for identity in ORIGINS)


def test_the_alternative_text_holds_the_main_numbers_of_the_table():
    for identity, column in (("03-scores", "score"), ("03-genes", "fold_change"), ("03-control", "score")):
        shown = jdm.show(identity)
        detected = shown.table[shown.table.detected] if "detected" in shown.table else shown.table
        said = [float(number) for number in re.findall(r" (\d+\.?\d*)", shown.alt)]
        for value in detected[column]:
            assert min(abs(number - value) / value for number in said) < 0.04, value


def test_every_fact_named_in_a_caption_or_the_prose_exists_and_may_be_used():
    texts = [PROSE, *(f"{p.caption} {p.table.to_string()}" for p in pictures())]
    texts += [lessons.exploration(identity).task for identity in EXPLORED]
    named = set(re.findall(r"\b(?:E\d\d|JS\d\d|(?:PKN|POT|IFS)\d{3})\b", " ".join(texts)))
    assert len(named) > 15
    for fact_id in named:
        assert evidence.fact(fact_id)
    assert not named & UNSOURCED


def test_every_question_of_the_lesson_is_asked_once():
    asked = re.findall(r'jdm\.(?:ask|explore)\("(.+?)"\)', PROSE)
    predictions = {lessons.exploration(identity).prediction for identity in EXPLORED}
    expected = {item.id for item in bank.items("03")} - predictions
    assert expected <= set(asked)
    assert len(asked) == len(set(asked))
    assert set(re.findall(r'jdm\.show\("(.+?)"\)', PROSE)) == set(ORIGINS)


def test_the_steps_of_the_path_run_from_messenger_to_brake():
    item = bank.item("03a")
    steps = [item.option(key).text for key in item.order]
    said = (
        "Interferon alpha",
        "JAK1 and TYK2",
        "STAT1 and STAT2",
        "joins IRF9",
        "ISRE",
        "Messenger RNA",
        "USP18",
    )
    assert all(words in step for words, step in zip(said, steps, strict=True))


def test_importing_the_lesson_is_light():
    code = (
        "import sys, jdm_teach.lessons.sandbox;"
        "print(sorted({'numpy', 'scipy', 'pandas', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
