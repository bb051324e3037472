"""Looking things up: by id, with a hint on a miss, and never on a row that no lesson may rest on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from jdm_teach import evidence
from jdm_teach.place import data_folder


def test_the_letter_speaks_in_twenty_one_facts_and_no_more():
    facts = evidence.extract_facts()
    assert list(facts) == [f"E{number:02d}" for number in range(1, 22)]


@pytest.mark.parametrize(
    ("fact_id", "shown"),
    [
        ("E05", "9 children [Xue 2023, E05]"),
        ("E09", "3 of 9 (33%, 95% CI 7–70%, exact) [Xue 2023, E09]"),
        ("E13", "3 of 9 (33%, 95% CI 7–70%, exact) [Xue 2023, E13]"),
        ("E14", "9 of 9 (100%, 95% CI 66–100%, exact) [Xue 2023, E14]"),
    ],
)
def test_the_numbers_of_the_letter_print_as_a_clinician_reads_them(fact_id, shown):
    assert str(evidence.value(fact_id)) == shown


@pytest.mark.parametrize(("fact_id", "mean", "sd"), [("E10", 5.1, 3.6), ("E11", 8.3, 3.5)])
def test_the_ages_keep_the_undefined_plus_minus(fact_id, mean, sd):
    value = evidence.value(fact_id)
    assert (value.number, value.spread, value.n, value.unit) == (mean, sd, 9, "years")
    assert "meaning of ± not stated" in str(value)


def test_every_row_of_the_letter_in_any_table_keeps_the_undefined_plus_minus():
    table = evidence.table("group_summaries")
    for fact_id in table.loc[table.study_id == "Xue2023", "fact_id"]:
        assert "not stated" in str(evidence.value(fact_id))


def test_the_treatment_window_is_a_pair_of_months():
    fact = evidence.fact("E07")
    assert (fact["start"], fact["end"]) == ("2017-07", "2022-11")
    assert evidence.derived("treatment_window_months").number == 64


def test_a_statement_is_not_a_number_and_says_where_to_look():
    with pytest.raises(ValueError, match=r"fact\('E06'\)"):
        evidence.value("E06")
    assert evidence.said("E06").endswith("[Xue 2023, E06]")


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [("COH01", "COH001"), ("e9", "E09"), ("E9", "E09"), ("TBT0012", "TBT012"), ("js3", "JS03")],
)
def test_a_near_miss_names_the_id_that_was_meant(wrong, hint):
    with pytest.raises(ValueError, match=f"Did you mean.*{hint}"):
        evidence.value(wrong)


def test_a_far_miss_says_where_ids_are_found():
    with pytest.raises(ValueError, match="data/evidence"):
        evidence.fact("zzzzzzzz")


def test_a_near_miss_on_a_source_a_table_a_formula_or_a_tool_names_the_right_one():
    lookups: list[tuple[Callable[[str], object], str, str]] = [
        (evidence.source, "XUE24", "XUE23"),
        (evidence.table, "two_by_twos", "two_by_two"),
        (evidence.derived, "gap", "gap_onset_to_start"),
        (evidence.appraisal_items, "jbi", "JBI"),
    ]
    for call, wrong, right in lookups:
        with pytest.raises(ValueError, match=right):
            call(wrong)


def test_an_unknown_measure_lists_the_ones_the_row_has():
    with pytest.raises(ValueError, match="ild, rp_ild, share_of_cohort"):
        evidence.value("COH001", "fvc")


def test_ten_rows_are_kept_out_of_lessons_and_can_be_looked_at():
    left_out = {name: evidence.table(name).attrs["rows_left_out"] for name in evidence.table_names()}
    assert sum(left_out.values()) == 10
    assert {name: count for name, count in left_out.items() if count} == {
        "antibody_ild_cohorts": 1,
        "guidance": 3,
        "jaki_patients": 1,
        "jaki_studies": 5,
    }
    assert len(evidence.table("jaki_studies", include_unread=True)) == len(evidence.table("jaki_studies")) + 5


def test_a_row_no_lesson_may_rest_on_is_refused_by_id_too():
    with pytest.raises(ValueError, match="No lesson may rest on JST012"):
        evidence.value("JST012")
    assert evidence.fact("JST012", include_unread=True).audit == "not re-read"


def test_the_audit_counts_are_those_of_the_second_reader():
    audited = [
        "antibody_ild_cohorts", "two_by_two", "survival_facts", "risk_factors", "jaki_studies", "jaki_patients",
        "adult_patient_level", "biomarker_cutoffs", "jaki_safety", "group_summaries", "guidance",
    ]  # fmt: skip
    counts: Counter[str] = Counter()
    for name in audited:
        counts.update(evidence.table(name, include_unread=True).audit)
    assert (counts["confirmed"], counts["in part"], counts["not re-read"]) == (632, 9, 10)


def test_tables_have_nullable_dtypes_and_blank_stays_blank():
    table = evidence.table("antibody_ild_cohorts")
    assert str(table.n_ild.dtype) == "Int64"
    assert str(table.use_for_prevalence.dtype) == "boolean"
    assert table.n_ild.isna().any()
    assert table.use_for_prevalence.sum() == 8
    assert str(evidence.table("two_by_two").fisher_p_recomputed.dtype) == "Float64"


def test_the_recomputed_fisher_p_values_are_right():
    from scipy.stats import fisher_exact

    columns = [
        "exposed_events",
        "exposed_total",
        "unexposed_events",
        "unexposed_total",
        "fisher_p_recomputed",
    ]
    table = evidence.table("two_by_two")[columns].dropna()
    assert len(table) == 87
    for a, exposed, c, unexposed, p in table.to_numpy(dtype=float):
        assert fisher_exact([[a, exposed - a], [c, unexposed - c]]).pvalue == pytest.approx(
            p, rel=0.01, abs=6e-5
        )


def test_every_number_of_every_row_can_be_printed_with_its_source():
    shelf = evidence.Library(evidence._shelf(None).folder)
    printed = 0
    for name, schema in shelf.schemas.items():
        for fact_id, fact in shelf.facts(name).items() if schema.prefix else ():
            assert fact.tag in str(fact)
            for measure in evidence.measures(fact_id, include_unread=True):
                shown = str(evidence.value(fact_id, measure, include_unread=True))
                assert fact_id in shown and fact.source.short_name in shown, shown
                printed += 1
    assert printed > 500


def test_counts_worked_out_from_percentages_say_so():
    value = evidence.value("TBT005")
    assert value.origin == "derived"
    assert "[derived: 53 Ro52+" in str(value)


def test_the_gap_has_no_interval_because_no_one_knows_the_differences():
    value = evidence.derived("gap_onset_to_start")
    assert value.number == 3.2
    assert value.interval is None
    assert "no interval" in str(value) and "n = 9" in str(value) and "E11 − E10" in str(value)


def test_formulas_take_other_rows():
    assert evidence.derived("percent", "COH001").number == pytest.approx(100 * 4 / 21, abs=0.05)
    assert evidence.derived("complement", "E14").events == 0
    with pytest.raises(ValueError, match="not a count among people"):
        evidence.derived("percent", "E10")
    with pytest.raises(ValueError, match="takes 2"):
        evidence.derived("difference", "E10")


def test_every_formula_computes():
    for name in evidence.formula_names():
        assert "[derived:" in str(evidence.derived(name))


def test_citations_are_links_and_each_study_is_listed_once():
    assert evidence.citation("E09") == "[Xue 2023, E09](https://ard.bmj.com/content/82/11/1499)"
    assert evidence.citation("TANS14") == "[Tansley 2014](https://doi.org/10.1186/ar4600)"
    lines = evidence.sources_used(["E09", "COH040", "XUE23", "COH001", "TANS14"])
    assert len(lines) == 2
    assert all("](https://" in line for line in lines)


def test_the_same_children_are_not_counted_twice():
    table = evidence.table("antibody_ild_cohorts")
    mda5 = table[(table.antibody_group == "anti-MDA5") & table.study_id.isin(
        ["Hou2019", "Hou2022", "CCCH2023_case_control", "BCH2022_MDA5", "Xue2023", "Tansley2014"]
    )]  # fmt: skip
    kept = evidence.one_per_overlap_group(mda5.fact_id)
    assert [evidence.fact(i).source.source_id for i in kept] == [
        "Tansley2014",
        "BCH2022_MDA5",
        "CCCH2023_case_control",
    ]


def test_one_study_under_two_names_is_one_study():
    for other, study in [("TOF_escalation_2023", "Ida2023"), ("CIP_3cases", "Hou2019"), ("XUE23", "Xue2023")]:
        assert evidence.source(other).study == study


def test_names_of_one_study_lead_to_its_main_id_in_one_step():
    for source_id in evidence.table("sources").source_id:
        study = evidence.source(source_id).study
        assert evidence.source(study).same_study_as == ""
        assert evidence.source(study).overlap_group == evidence.source(source_id).overlap_group or not (
            evidence.source(source_id).overlap_group
        )


def test_rows_and_sources_agree_on_which_cohorts_overlap():
    table = evidence.table("antibody_ild_cohorts", include_unread=True)
    for row in table.dropna(subset=["overlap_group"]).itertuples():
        assert evidence.source(str(row.study_id)).overlap_group == row.overlap_group


def test_the_hospitals_the_second_reader_named_are_grouped():
    groups = {
        "China_CIP": "Hou2019 Hou2022 CCCH2023_case_control CTscore_KL6_2023 Ding2021 Hou2021",
        "China_BCH": "BCH2022_MDA5 Xue2023 Zhang2023",
        "China_CJFH": "Chen2023_CJFH Zuo2022 Li2023_JCR",
    }
    for group, studies in groups.items():
        assert {evidence.source(study).overlap_group for study in studies.split()} == {group}


def test_the_jbi_preview_answers_one_item():
    assert evidence.appraisal_counts("JBI") == {"unclear": 9, "yes": 1}
    assert len(evidence.appraisal_items("JBI")) == 10
    for item in evidence.appraisal_items():
        given = item["model_appraisal"] or {"extract_facts": []}
        assert set(given["extract_facts"]) <= set(evidence.extract_facts()), item["id"]
    assert evidence.criteria()["bohan_peter_1975"]["dermatomyositis"]["requires"] == "rash"
    assert len(evidence.appraisal_tools()) == 9


def test_every_tool_counts_its_answers_as_the_appraisers_did():
    document = json.loads((data_folder() / "evidence" / "appraisal_items.json").read_text(encoding="utf-8"))
    for tool in evidence.appraisal_tools():
        assert evidence.appraisal_counts(tool["id"]) == document["answer_counts"][tool["id"]]


def test_showing_a_value_loads_neither_pandas_nor_scipy_nor_numpy():
    code = (
        "import sys; from jdm_teach import evidence; v = evidence.value('E09'); str(v); evidence.value('E10').html;"
        "assert (v.events, v.n) == (3, 9);"
        "print([m for m in ('numpy', 'scipy', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
