"""Run sheets add up, and a mistake in one is named with its line."""

from __future__ import annotations

import re

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdm_teach.place import data_folder
from jdm_teach.session.handout import cards_html, sheet_html, sheet_pdf
from jdm_teach.session.runsheet import read_sheet, sheet, sheet_names


def text_of(name: str) -> str:
    return (data_folder() / "sessions" / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "minutes"), [("45", 45), ("60", 60), ("90", 90)])
def test_the_minutes_of_a_sheet_add_up(name, minutes):
    run = sheet(name)
    assert run.minutes == minutes == sum(block.minutes for block in run.blocks)
    assert run.blocks[0].start == 0 and run.blocks[-1].end == minutes


@pytest.mark.parametrize("name", ["45", "60", "90"])
def test_every_revote_comes_after_a_first_vote_and_every_vote_has_a_prompt(name):
    seen = set()
    for _, vote in sheet(name).votes():
        assert vote.discuss.endswith(("?", "."))
        if vote.round == "revote":
            assert vote.item in seen
        seen.add(vote.item)


def test_the_course_has_three_sheets():
    assert sheet_names() == ["45", "60", "90"]


def test_the_block_of_a_minute_is_found():
    run = sheet("60")
    assert run.block_at(0) is run.blocks[0]
    assert run.block_at(3) is run.blocks[1]
    assert run.block_at(75) is run.blocks[-1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    to: 8\n", "    to: 9\n", "the one before ends at 9"),
        ("minutes: 60", "minutes: 61", "add up to 60 minutes"),
        ("item: ST01", "item: ST1", "ST01"),
        ("round: first", "round: second", "first or revote"),
        ('lesson: "00"', 'lesson: "12"', "there is no lesson"),
        ('lesson: "00"', "lesson: 00", "in quotes"),
        ("from: 0", "from: zero", "whole number"),
        ("minutes: 60", "minutes: 60\nminutes: 60", "stands twice"),
        ("blocks:", "blocks: [", "not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(old, new, said):
    with pytest.raises(ValueError, match=r"mine\.yaml, line \d+") as raised:
        read_sheet(text_of("60").replace(old, new, 1), "mine.yaml")
    assert said in str(raised.value)


def test_the_line_named_is_the_line_of_the_mistake():
    lines = text_of("60").splitlines()
    wrong = next(number for number, line in enumerate(lines) if "item: ST01" in line)
    lines[wrong] = lines[wrong].replace("ST01", "XX99")
    with pytest.raises(ValueError, match=rf"line {wrong + 1}\b"):
        read_sheet("\n".join(lines), "mine.yaml")


@given(
    st.one_of(
        st.text(max_size=200),
        st.recursive(st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)).map(str),
    )
)
def test_whatever_is_handed_in_gets_a_sentence_and_no_traceback(text):
    with pytest.raises(ValueError):
        read_sheet(text, "mine.yaml")


def test_an_unknown_sheet_says_which_there_are():
    with pytest.raises(ValueError, match="45, 60, 90"):
        sheet("75")


@pytest.mark.parametrize("name", ["45", "60", "90"])
def test_a_sheet_prints_as_valid_html_with_every_block_and_question(name):
    run = sheet(name)
    html = sheet_html(run)
    html5lib.HTMLParser(strict=True).parse(html)
    assert all(f"{block.start:02d}–{block.end:02d}" in html for block in run.blocks)
    assert all(vote.item in html for _, vote in run.votes())
    assert "<script" not in html


def test_the_answer_cards_are_a_to_d():
    html = cards_html()
    html5lib.HTMLParser(strict=True).parse(html)
    assert [letter for letter in "ABCD" if f"<p>{letter}</p>" in html] == list("ABCD")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["45", "60", "90"])
def test_a_sheet_fits_on_two_pages(name, tmp_path):
    target = tmp_path / "sheet.pdf"
    try:
        sheet_pdf(sheet_html(sheet(name)), target)
    except ValueError as missing:
        pytest.skip(str(missing))
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", target.read_bytes())) == 2
