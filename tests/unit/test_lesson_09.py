"""Lesson 09: the map of reports, the unmeasured reason, the study builder and the stills, held against the evidence."""

from __future__ import annotations

import re

import pytest
from scipy.stats import beta, fisher_exact

from jdm_teach import evidence
from jdm_teach.exercises import bank
from jdm_teach.lessons import show, stills
from jdm_teach.lessons.decision import EXPLORATIONS, GUIDANCE, SAFETY, WEIGHTING, crude_ratio
from jdm_teach.lessons.published_reports import OUTCOME, distinct_people, kept, pooling_verdict, reports
from jdm_teach.lessons.report_map import ratios
from jdm_teach.lessons.study_sketch import STANDING, threats
from jdm_teach.stats.evalue import e_value

START = {"who": "both", "compared": "any", "drug": "any", "show": "map"}


def test_every_study_stands_in_the_map_once_and_only_where_a_lesson_may_use_it():
    assert len({r.study for r in reports()}) == len(reports())
    assert all(evidence.fact(r.fact_id).lesson_use for r in reports())
    assert "Zhang2023_digest" not in {evidence.fact(r.fact_id).source.source_id for r in reports()}


def test_no_report_on_children_has_a_comparison_group():
    assert kept("children", "yes") == ()
    designs = [str(evidence.fact(r.fact_id)["design"]) for r in kept("children")]
    assert len(designs) == 15
    assert not [design for design in designs if " vs " in design or "control" in design]


def test_the_adult_comparisons_are_those_whose_rows_name_another_group():
    assert {r.fact_id for r in kept("adults", "yes")} == {
        "JST020",
        "JST022",
        "JST025",
        "JST027",
        "JST029",
        "JST030",
    }


def test_what_was_counted_is_told_exactly_where_the_row_tells_it():
    for r in reports():
        told = evidence.fact(r.fact_id)["outcome_definition"] is not None
        assert told == (r.fact_id in OUTCOME), r.fact_id
        assert "60%" not in r.outcome


def test_two_reports_of_one_hospital_count_once_in_the_smallest_number_of_people():
    found = [r for r in reports() if r.study in {"Xue2023", "Zhang2023"}]
    assert distinct_people(found) == (88, 97)


def test_nothing_is_pooled_without_a_comparison_and_the_pooled_ratio_is_the_published_one():
    for who in ("both", "children", "adults"):
        for compared in ("any", "no"):
            assert not pooling_verdict(kept(who, compared))[0]
    assert not pooling_verdict(kept("children", "yes"))[0]
    honest, said = pooling_verdict(kept("adults", "yes"))
    assert honest
    assert "0.61 (0.41 to 0.91)" in said
    assert "0.61 (0.41-0.91)" in str(evidence.fact("SRV011")["adjusted"])


@pytest.mark.parametrize("who", ["both", "children", "adults"])
@pytest.mark.parametrize("shown", ["map", "results"])
def test_the_picture_and_its_table_hold_the_same_reports(who, shown):
    view = EXPLORATIONS["09m"].view({**START, "who": who, "show": shown})
    assert view.picture.origin == "published"
    for name in view.picture.table["report"]:
        assert any(r.name == name and who in {"both", r.who} for r in reports())
    if shown == "map":
        assert f"Map of {len(view.picture.table)} reports" in view.picture.alt


def test_the_prediction_is_put_beside_the_count_in_the_table():
    exploration = EXPLORATIONS["09m"]
    said = exploration.compare("4", exploration.view())
    assert "4 reports" in said
    assert "holds 0 among 15" in said


def test_crude_ratios_follow_from_the_printed_counts():
    by_name = {name: row for name, *row in ratios()}
    assert by_name["Wu 2025"][1] == pytest.approx((94 / 290) / (105 / 225))
    assert by_name["Fan 2022"][1] == pytest.approx((10 / 26) / (22 / 35))
    assert by_name["Kurasawa 2018"][1] == pytest.approx(2 / 5)
    assert crude_ratio()[0] == pytest.approx((94 / 290) / (105 / 225))


def test_a_reason_as_strong_as_the_e_value_moves_the_ratio_to_one():
    strength = e_value(crude_ratio()[0]).point
    assert WEIGHTING.run({"treatment": strength, "outcome": strength}).result == pytest.approx(1)
    assert WEIGHTING.run({"treatment": 1, "outcome": 5}).result == pytest.approx(crude_ratio()[0])


def test_the_unmeasured_reason_moves_both_limits_alike():
    view = EXPLORATIONS["09w"].view({"treatment": 3, "outcome": 2})
    table = view.picture.table.set_index("estimate")
    first, second = (table.loc[row] for row in table.index)
    for column in table.columns:
        assert second[column] == pytest.approx(first[column] * 3 * 2 / 4, abs=0.02)
    assert view.picture.origin == "assumed"


def standing(**chosen):
    start = {"design": "trial", "control": "random", "entry": "eligible", "outcome": "blind", "people": 100}
    return {t.name: t.standing for t in threats({**start, **chosen})}


def test_a_randomised_trial_with_a_fixed_start_leaves_only_questions_of_number():
    left = {name for name, how in standing().items() if how != "handled"}
    assert left == {"What else was given", "Rare harms", "Can it be done"}


def test_a_small_series_leaves_every_rival_explanation():
    series = standing(design="records", control="none", entry="treated", outcome="impression", people=9)
    assert [name for name, how in series.items() if how != "remains"] == ["Can it be done"]


def test_asking_for_months_of_treatment_never_removes_a_threat():
    months, eligible = standing(entry="months"), standing()
    assert all(STANDING.index(months[name]) >= STANDING.index(eligible[name]) for name in eligible)


def test_chance_is_judged_by_the_exact_test():
    from itertools import product
    from math import comb

    n = 10
    power = sum(
        comb(n, a) * 0.7**a * 0.3 ** (n - a) * comb(n, b) * 0.4**b * 0.6 ** (n - b)
        for a, b in product(range(n + 1), repeat=2)
        if fisher_exact([[a, n - a], [b, n - b]])[1] <= 0.05
    )
    found = {
        t.name: t.why
        for t in threats(
            {"design": "trial", "control": "random", "entry": "eligible", "outcome": "blind", "people": 20}
        )
    }
    assert f"found {100 * power:.0f} times in 100" in found["Chance"]
    assert f"none in 10 still allows {100 * beta.ppf(0.975, 1, 10):.1f}%" in found["Rare harms"]


def test_a_lottery_without_a_trial_is_mended_with_a_sentence():
    view = EXPLORATIONS["09d"].view({"design": "records", "control": "random"})
    assert view.sentence.startswith("Chance can only allocate in a planned trial")
    assert view.picture.origin == "assumed"


def test_the_picture_of_threats_says_what_the_table_says():
    view = EXPLORATIONS["09d"].view()
    for row in view.picture.table.itertuples():
        part = re.search(rf"{row.standing}: ([^;]*)", view.picture.alt, re.IGNORECASE)
        assert row.threat.lower() in part.group(1)


@pytest.mark.parametrize("name", sorted(stills("09")))
def test_every_still_has_a_caption_an_origin_and_rows(name):
    made = show(name)
    assert made.caption
    assert made.origin in {"published", "derived"}
    assert len(made.table) >= 3


def test_the_letter_shares_its_group_with_the_larger_paper():
    table = show("09-overlap").table
    row = table[table["hospital"] == "Beijing Children's Hospital"].iloc[0, 1]
    assert "Xue 2023: 9 people" in row
    assert "Zhang 2023: 88 people" in row


def test_no_still_gives_a_dose_and_every_row_may_be_used():
    assert all(evidence.fact(key).lesson_use for key in (*SAFETY, *GUIDANCE))
    for name in ("09-harms", "09-guidance"):
        assert not re.search(r"\bmg\b|mg/kg|twice daily", show(name).table.to_string())


def test_every_fact_that_an_item_of_the_lesson_cites_exists():
    for item in bank.items():
        if item.id.startswith("09"):
            for fact_id in (*item.evidence, *(e for card in item.cards for e in card.evidence)):
                assert evidence.fact(fact_id)


def test_every_report_on_one_or_two_children_tells_of_improvement_as_card_five_says():
    small = [r for r in kept("children") if r.people <= 2]
    assert len(small) == 7
    values = [evidence.value(r.fact_id, "improved") for r in small]
    assert all(value.events == value.n for value in values)
