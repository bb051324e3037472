"""The plan is covered: every exercise, objective, question and source, each checked against data and not against a list of ours."""

from __future__ import annotations

import re
import statistics
from functools import cache

import pytest

from jdm_teach import evidence, lessons
from jdm_teach.exercises import bank

from .notebooks import BUILT, SOURCES, cells, text

# The exercises of the plan, lesson by lesson.
PLAN = {
    "00": "abc",
    "01": "abcd",
    "02": "abcd",
    "03": "abcde",
    "04": "abcd",
    "05": "abcd",
    "06": "abcd",
    "07": "abcdef",
    "08": "abcd",
    "09": "abcde",
}
# Two exercises are not questions: saving and restoring (the record panel), and the quiz of form A or B.
PANELS = {"00c": "jdm.record()", "09e": "jdm.quiz("}
OBJECTIVES = {f"LO{number}" for number in range(1, 14)}
KINDS_OF_FACT = "(?:E|COH|TBT|SRV|RSK|JST|JPT|APL|BMK|SAF|GRP|GDN|PKN|POT|IFS|IFG|JS)"
LESSONS = [file for file in SOURCES if file.stem[:2].isdigit()]
LATER = [file for file in LESSONS if file.stem[:2] >= "02"]


@cache
def code(stem: str) -> str:
    return "\n".join(text(cell) for file in BUILT if file.stem == stem for cell in cells(file, "code"))


def used(verb: str) -> list[str]:
    return [name for file in LESSONS for name in re.findall(rf'jdm\.{verb}\(\s*"([^"]+)"', code(file.stem))]


def practised() -> set[str]:
    """Every item a learner meets in a lesson: asked, or predicted before a simulator."""
    predicted = {lessons.exploration(name).prediction for name in used("explore")}
    quizzed = {item for form in bank.forms().values() for item in form.items}
    return {*used("ask"), *filter(None, predicted), *quizzed}


@pytest.mark.parametrize(
    "exercise", [lesson + letter for lesson, letters in PLAN.items() for letter in letters]
)
def test_every_exercise_of_the_plan_is_in_its_lesson(exercise):
    source = next(file for file in LESSONS if file.stem.startswith(exercise[:2]))
    if exercise in PANELS:
        assert PANELS[exercise] in code(source.stem)
    else:
        assert re.search(rf'jdm\.(ask|explore)\(\s*"{exercise}', code(source.stem))


def test_every_objective_has_an_exercise_and_a_scored_item_or_a_rubric():
    met = [bank.item(name) for name in practised()]
    for objective in OBJECTIVES:
        serving = [item for item in met if objective in item.objectives]
        assert serving, f"nothing practises {objective}"
        assert any(item.kind == "text" or not item.prediction for item in serving), (
            f"nothing scores {objective}"
        )


def test_every_question_is_met_somewhere_or_kept_in_reserve():
    met = practised()
    for item in bank.items():
        assert item.id in met or item.reserve, f"{item.id} is used nowhere and not marked as reserve"


def test_a_question_marked_as_reserve_is_not_in_a_lesson():
    assert [name for name in used("ask") if bank.item(name).reserve] == []


def test_everything_a_lesson_calls_for_exists():
    for name in used("ask"):
        bank.item(name)
    for name in used("explore"):
        lessons.exploration(name)
    for name in used("show"):
        assert name in lessons.stills(name[:2])


@pytest.mark.parametrize("file", LESSONS, ids=lambda file: file.stem)
def test_every_fact_cited_exists_and_may_be_rested_on(file):
    prose = "\n".join(map(text, cells(BUILT_BY[file.stem], "markdown")))
    cited = set(re.findall(rf", ({KINDS_OF_FACT}\d+)\]", prose))
    for name in cited:
        evidence.fact(name)


@pytest.mark.parametrize("file", LATER, ids=lambda file: file.stem)
def test_a_lesson_opens_with_two_recalled_questions_and_ends_with_its_sources_and_the_record(file):
    asked = re.findall(r'jdm\.ask\(\s*"([^"]+)"', code(file.stem))
    assert all(bank.item(name).lesson < file.stem[:2] for name in asked[:2]), asked[:2]
    prose = [text(cell) for cell in cells(BUILT_BY[file.stem], "markdown")]
    assert "minutes" in prose[0] and "Needs" in prose[0]
    assert any(re.search(r"^## Sources", part, re.MULTILINE) for part in prose[-2:])
    assert text(cells(BUILT_BY[file.stem])[-1]).strip() == "jdm.record()"


@pytest.mark.parametrize("file", LESSONS, ids=lambda file: file.stem)
def test_every_link_is_well_formed(file):
    for cell in cells(BUILT_BY[file.stem], "markdown"):
        for words, link in re.findall(r"\[([^\]]+)\]\(([^)\s]*)\)", text(cell)):
            assert words.strip()
            assert re.fullmatch(r"https?://[\w.-]+(/\S*)?|[\w.-]+\.ipynb(#\S*)?|#\S+", link), link


@pytest.mark.parametrize("file", LESSONS, ids=lambda file: file.stem)
def test_sentences_stay_short(file, record_property):
    prose = " ".join(
        re.sub(r"^\s*([#|>-]|\d+\.).*$", "", text(cell), flags=re.MULTILINE)
        for cell in cells(BUILT_BY[file.stem], "markdown")
    )
    prose = re.sub(r"\[([^\]]*)\]\([^)]*\)|`[^`]*`|\[[^\]]*\]", r"\1", prose)
    lengths = [
        len(sentence.split()) for sentence in re.split(r"(?<=[.?:;])\s+", prose) if len(sentence.split()) > 1
    ]
    record_property("mean sentence length", statistics.mean(lengths))
    print(f"{file.stem}: mean sentence {statistics.mean(lengths):.1f} words, longest {max(lengths)}")
    assert statistics.mean(lengths) <= 18


BUILT_BY = {file.stem: file for file in BUILT}
