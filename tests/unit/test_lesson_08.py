"""Lesson 08: tools, totals and certainty, held against the appraisal file and against plain counting."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from itertools import combinations, product

import pytest
from scipy.stats import binomtest

import jdm_teach as jdm
from jdm_teach import evidence
from jdm_teach.exercises import bank, grading
from jdm_teach.exercises.question import ask
from jdm_teach.lessons import appraisal, certainty_domains, equal_totals, exploration, show, tool_items
from jdm_teach.place import data_folder

RAW = json.loads((data_folder() / "evidence/appraisal_items.json").read_text(encoding="utf-8"))
ANSWERED = [item for item in RAW["items"] if item["model_appraisal"]]
ITEMS = [item for item in bank.items() if item.lesson == "08"]


def raw_items(tool):
    return [item for item in ANSWERED if item["instrument"] == tool]


def in_facts(text):
    return set(re.findall(r"\bE\d\d\b", text))


# --- the questions -------------------------------------------------------------------------------------------------


def test_every_exercise_of_the_lesson_exists_with_its_kind():
    wanted = {"08a": "sort", "08ar": "text", "08b": "text", "08c": "sort", "08d": "text"}
    assert {key: bank.item(key).kind for key in wanted} == wanted
    assert {item.id for item in ITEMS} >= {"ST33", "ST34", "ST35", "ST36", "08tp", "08sp", "08gp"}


def test_the_ten_cards_belong_where_the_model_appraisal_puts_them():
    cards = bank.item("08a").cards
    for card, item in zip(cards, raw_items("JBI"), strict=True):
        given = item["model_appraisal"]
        assert card.category == given["answer"]
        assert list(card.evidence) == given["extract_facts"]
        assert card.text.startswith(f"{item['number']}. ")


def test_each_card_names_a_belief_for_every_answer_but_its_own():
    for name in ("08a", "08c"):
        beliefs = [reply.misconception for card in bank.item(name).cards for reply in card.replies]
        cards = bank.item(name).cards
        assert beliefs.count(None) == len(cards)
        assert all(card.reply(card.category).misconception is None for card in cards)


def test_answering_unclear_throughout_is_not_the_key():
    item = bank.item("08a")
    outcome = grading.grade(item, {card.key: "unclear" for card in item.cards})
    assert outcome.verdict == "partly"
    assert outcome.misconception == "one gap empties the whole line"


def test_the_instruments_are_sorted_by_the_kind_the_evidence_gives_them():
    kinds = {tool["id"]: tool["kind"] for tool in evidence.appraisal_tools()}
    piles = {
        "reporting": "reporting",
        "methodological quality": "quality",
        "risk of bias (7 domains)": "comparison",
        "certainty of a body of evidence": "certainty",
    }
    for card in bank.item("08c").cards:
        assert card.category == piles[kinds[card.key]]


def test_the_questions_state_the_counts_of_the_appraisal_file():
    reach = Counter(item["model_appraisal"]["in_extract"] for item in ANSWERED)
    item = bank.item("08tp")
    assert f"answered {len(ANSWERED)} of their questions" in item.stem
    assert item.maximum == len(ANSWERED)
    assert (
        f"Twelve can be answered fully, {reach['partly']} in part and {reach['no']} not at all"
        in item.explanation
    )
    assert reach["yes"] == 12
    noes = [
        i
        for i in ANSWERED
        if i["model_appraisal"]["in_extract"] == "yes" and i["model_appraisal"]["answer"] == "no"
    ]
    assert len(noes) == 3 and "three of the twelve are answered with no" in item.explanation


def test_there_are_as_many_ways_to_the_same_total_as_the_explanation_says():
    ways = sum(1 for _ in combinations(range(10), 7))
    assert f"in {ways} ways" in bank.item("08d").explanation


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_every_line_that_is_cited_exists(item):
    texts = [item.stem, item.explanation, item.model_answer, *(o.feedback for o in item.options)]
    texts += [reply.feedback for card in item.cards for reply in card.replies]
    cited = set().union(*map(in_facts, texts), item.evidence, *(card.evidence for card in item.cards))
    assert cited <= set(evidence.extract_facts())


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_every_question_survives_whatever_is_answered(item):
    ask(item.id)
    for response in grading.rehearsal_responses(item):
        assert grading.grade(item, response).message


# --- the explorations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["08t", "08s", "08g"])
def test_every_view_has_a_sentence_and_its_picture_is_complete(name):
    for settings in list(jdm.explore(name).rehearsal_settings())[::5]:
        view = exploration(name).view(settings)
        assert view.sentence.rstrip()[-1] in ".?"
        if view.picture is not None:
            assert view.picture.alt and view.picture.caption and len(view.picture.table)
            assert view.picture.origin == ("assumed" if name == "08s" else "derived")


@pytest.mark.parametrize("name", ["08t", "08s", "08g"])
def test_bad_settings_are_mended_to_the_first_view(name):
    found = exploration(name)
    bad = {control.name: "nonsense" for control in found.controls}
    assert found.view(bad).sentence == found.view().sentence


def test_the_tools_are_those_of_the_evidence():
    assert set(tool_items.TOOLS) == {tool["id"] for tool in RAW["instruments"]}


def test_the_bars_of_nine_tools_count_what_the_file_holds():
    view = exploration("08t").view()
    for row in view.picture.table.itertuples(index=False):
        reach = Counter(item["model_appraisal"]["in_extract"] for item in raw_items(row.tool))
        assert list(row)[1:4] == [reach["yes"], reach["partly"], reach["no"]]
        assert (
            f"{row.tool} {reach['yes']} fully, {reach['partly']} partly, {reach['no']} not at all"
            in view.picture.alt
        )
    assert view.sentence == "Of 105 questions, the public text answers 12 fully, 42 partly, 51 not at all."


@pytest.mark.parametrize(
    ("tool", "reach"), list(product(["JBI", "CASP", "ROBINS-I", "GRADE"], tool_items.REACH))
)
def test_a_tool_shows_exactly_the_questions_of_the_reach_that_was_chosen(tool, reach):
    wanted = [item for item in raw_items(tool) if item["model_appraisal"]["in_extract"] == reach]
    view = exploration("08t").view({"tool": tool, "reach": tool_items.slug(tool_items.REACH[reach])})
    if not wanted:
        assert view.picture is None and "no question" in view.sentence
        return
    assert list(view.picture.table["asks whether"]) == [item["paraphrase"] for item in wanted]
    assert list(view.picture.table["why"]) == [item["model_appraisal"]["reason"] for item in wanted]
    assert f"{len(wanted)} of {len(raw_items(tool))} questions" in view.picture.alt


def test_no_view_of_a_tool_gives_a_score():
    for tool in tool_items.TOOLS:
        view = exploration("08t").view({"tool": tool})
        assert "Counts, not scores" in view.picture.caption
        assert not re.search(r"\d+\s*(%|points)|score of", view.sentence)


@pytest.mark.parametrize(
    ("typed", "words"), [("12", "You expected 12 of 105"), ("60", "looks fuller"), (3, "more than you")]
)
def test_a_prediction_of_the_twelve_is_set_beside_them(typed, words):
    found = exploration("08t")
    said = found.compare(typed, found.view())
    assert words in said and "12 of them fully" in said


@pytest.mark.parametrize("concerned", range(0, 21))
def test_the_bounds_are_those_of_every_possible_truth(concerned):
    reported = (equal_totals.IMPROVED, equal_totals.REPORTED)
    better = range(concerned + 1)
    included = [(reported[0] + extra) / (reported[1] + concerned) for extra in better]
    # Of those judged without a definition, any number of "improved" and of "not improved" may be the other way.
    swapped = [
        (reported[0] - lost + won) / reported[1]
        for lost in range(min(concerned, reported[0]) + 1)
        for won in range(min(concerned - lost, reported[1] - reported[0]) + 1)
    ]
    for question, truths in (
        ("included", included),
        ("outcome", swapped),
        ("place", [reported[0] / reported[1]]),
    ):
        low, high = equal_totals.bounds(question, concerned)
        assert (low[0] / low[1], high[0] / high[1]) == pytest.approx((min(truths), max(truths)))


def test_each_bound_carries_its_n_and_its_exact_interval():
    view = exploration("08s").view()
    for row in view.picture.table.itertuples(index=False):
        limits = binomtest(int(row.improved), int(row[2])).proportion_ci(method="exact")
        assert (row[4], row[5]) == pytest.approx((100 * limits.low, 100 * limits.high), abs=0.051)
        assert f"{row.improved} of {row[2]} ({row.percent:.0f}%)" in view.picture.alt
    assert "ASSUMED" in view.picture.caption_text()


def test_the_place_of_treatment_never_moves_the_count():
    found = exploration("08s")
    assert len({found.view({"question": "place", "concerned": k}).sentence for k in (0, 7, 20)}) == 1


def test_a_prediction_of_the_lowest_share_is_set_beside_it_whatever_the_setting():
    found = exploration("08s")
    for settings in ({}, {"question": "place", "concerned": 3}):
        said = found.compare("40 %", found.view(settings))
        assert "as low as 40%" in said and "15 of 30, which is 50%" in said


def test_the_board_says_what_the_model_appraisal_says():
    view = exploration("08g").view()
    for row, item in zip(view.picture.table.itertuples(index=False), raw_items("GRADE"), strict=True):
        given = item["model_appraisal"]
        assert (row.model == "lowers certainty") == (given["answer"] == "yes")
        assert row[3].lower() in given["reason"].lower()
        assert row.facts == (", ".join(given["extract_facts"]) or "none")
        assert row[5].endswith("?")
    assert "risk of bias and imprecision" in view.sentence


def test_a_group_that_agrees_is_told_so():
    agreed = {"bias": "lowers", "imprecision": "lowers"}
    assert "every domain in the same place" in exploration("08g").view(agreed).sentence


def test_a_domain_can_only_move_certainty_in_its_own_direction():
    for number, control in enumerate(certainty_domains.CERTAINTY.controls):
        keys = set(dict(control.options))
        assert ("raises" in keys) == (number >= 5) and ("lowers" in keys) == (number < 5)
    assert [c.name for c in certainty_domains.CERTAINTY.controls] == [
        o.key for o in bank.item("08gp").options
    ]


@pytest.mark.parametrize(
    ("ticked", "words"),
    [
        (["bias", "imprecision"], "The same."),
        (["dose"], "You ticked dose and response;"),
        (["bias", "dose", "large"], "3 domains"),
    ],
)
def test_ticks_are_set_beside_the_two_domains_of_the_model(ticked, words):
    found = exploration("08g")
    said = found.compare(ticked, found.view())
    assert words in said and "the model can speak on risk of bias and imprecision" in said


# --- the stills ------------------------------------------------------------------------------------------------------


def test_the_model_sheet_holds_answer_reason_and_lines_of_all_ten():
    sheet = show("08-jbi")
    for row, item in zip(sheet.table.itertuples(index=False), raw_items("JBI"), strict=True):
        given = item["model_appraisal"]
        assert list(row)[1:5] == [
            item["paraphrase"],
            given["answer"],
            given["reason"],
            ", ".join(given["extract_facts"]),
        ]
        assert row[5]
    assert sheet.origin == "derived" and "1 yes, 9 unclear" in sheet.caption


def test_one_line_is_followed_through_every_tool_that_leans_on_it():
    sheet = show("08-one-line")
    leaning = [i for i in ANSWERED if "E10" in i["model_appraisal"]["extract_facts"]]
    assert list(sheet.table["model answer"]) == [i["model_appraisal"]["answer"] for i in leaning]
    assert sheet.table["model answer"].nunique() == 3


def test_the_constructed_series_share_a_total_and_no_gap():
    figure = show("08-two-series")
    a, b = (set(gaps) for gaps in equal_totals.SERIES.values())
    assert not a & b
    assert list((figure.table[["Series A", "Series B"]] == "yes").sum()) == [7, 7]
    assert figure.origin == "assumed" and "7 of 10" in figure.alt


def test_importing_the_lesson_loads_nothing_heavy():
    code = "import sys, jdm_teach.lessons.appraisal; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert not loaded & {"numpy", "scipy", "pandas", "matplotlib"}
    assert set(appraisal.EXPLORATIONS) == {"08t", "08s", "08g"}
