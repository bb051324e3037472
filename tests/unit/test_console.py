"""The facilitator's desk shows a group and nobody in it, in valid HTML, and answers a bad folder with a sentence."""

from __future__ import annotations

from itertools import pairwise

import html5lib
import pytest

import jdm_teach as jdm
from jdm_teach.exercises import bank, grading
from jdm_teach.exercises.record import Record
from jdm_teach.session.aggregate import aggregate
from jdm_teach.session.console import Console
from jdm_teach.session.group_page import group_page
from jdm_teach.session.overview import advice, overview

SINGLES = ("ST01", "CL09", "ST09", "ST22")


def parsed(page: str):
    parser = html5lib.HTMLParser(
        strict=True, tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False
    )
    return parser.parse(page)


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """Twenty-four people: ST01 certain and wrong in most, CL09 right and certain, ST09 right but unsure, ST22 half."""
    folder = tmp_path_factory.mktemp("records")
    for number in range(24):
        record = Record.in_memory()
        for name, right, confidence in (
            ("ST01", number < 8, 3),
            ("CL09", number < 24, 3),
            ("ST09", number < 18, 1 if number < 18 else 2),
            ("ST22", number % 2, 2),
        ):
            item = bank.item(name)
            key = next(option.key for option in item.options if option.correct is bool(right))
            record.answer(item, key, grading.grade(item, key), confidence=confidence)
        (folder / f"jdm_record_{number:02d}.jsonl").write_text(record.export_text())
    (folder / "a <b>photo.jpg").write_bytes(b"\xff\xd8")
    return folder


def test_the_page_of_a_group_is_valid_html_without_scripts_or_addresses(records):
    page = group_page(aggregate(records))
    tree = parsed(page)
    assert tree.find("body/main/h1").text == "What the group answered"
    assert "<script" not in page and "<b>photo" not in page and "&lt;b&gt;photo" in page
    assert all(image.get("alt") for image in tree.iter("img"))
    assert all(image.get("src").startswith("data:") for image in tree.iter("img"))


def test_the_small_group_sentence_stands_before_every_chart(records):
    page = group_page(aggregate(records))
    charts = page.split("<figure")
    assert len(charts) == 3
    assert all(
        "With 24 people the standard error of a share of one half is 0.10" in part for part in charts[:-1]
    )


def test_headings_do_not_skip_a_level(records):
    tree = parsed(group_page(aggregate(records)))
    levels = [int(e.tag[1]) for e in tree.iter() if e.tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1 and all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_every_table_names_its_columns_and_itself(records):
    tree = parsed(group_page(aggregate(records)))
    for table in tree.iter("table"):
        assert table.find("caption") is not None
        assert all(head.get("scope") == "col" for head in table.iter("th"))


def test_the_two_minutes_sort_questions_by_what_to_do(records):
    seen = overview(aggregate(records))
    assert [item.item for item in seen.discuss] == ["ST01", "ST22"]
    assert [item.item for item in seen.explain] == ["ST09"]
    assert [item.item for item in seen.skip] == ["CL09"]
    assert seen.again == seen.discuss


def test_the_voting_rule_is_applied_to_what_may_be_shown(records):
    rules = {item.item: advice(item) for item in aggregate(records).items}
    assert rules == {
        "ST01": "give the hint, vote again",
        "ST22": "discuss in pairs, vote again",
        "ST09": "explain in one minute",
        "CL09": "explain in one minute",
    }


def test_the_desk_shows_the_group_and_can_be_read_again(records, tmp_path):
    desk = jdm.console(records)
    assert repr(desk) == "The group's records: 24 files, 24 people, 4 questions"
    assert "Discuss first" in desk._repr_html_() and "24 files used" in desk._repr_html_()
    desk.read(tmp_path)
    assert "is empty" in desk._repr_html_()


def test_a_missing_folder_is_a_sentence_and_not_an_error():
    desk = jdm.console("no <b>such</b> folder")
    shown = desk._repr_html_()
    assert "There is no folder" in shown and "<b>such" not in shown


def test_a_sheet_is_shown_with_its_files_and_every_vote_to_rehearse():
    shown = Console("nowhere").sheets()._repr_html_()
    parsed(f"<!DOCTYPE html><html lang='en'><head><title>x</title></head><body>{shown}</body></html>")
    assert 'download="runsheet_60.html"' in shown and 'download="answer_cards.html"' in shown
    assert all(f"<summary>{name}. " in shown for name in ("ST01", "ST07", "ST22"))


def test_a_conclusion_is_kept_and_goes_into_the_page_of_the_group(records):
    record = Record.in_memory()
    desk = Console(records, record)
    assert desk.keep("  ") == "Write a sentence first."
    assert "shorten" in desk.keep("x" * 5000)
    assert desk.keep("We agree on <little>.").startswith("Kept")
    assert "&lt;little&gt;" in desk.conclusion()._repr_html_()
    assert "We agree on &lt;little&gt;." in group_page(aggregate(records), desk.kept())


def test_the_controls_read_a_folder_change_the_sheet_and_keep_the_conclusion(records):
    record = Record.in_memory()
    desk = Console("nowhere", record)
    place, button, shown = desk.controls().children
    place.value = str(records)
    button.click()
    assert "24 files used" in shown.value
    chosen, sheet = desk.sheets().live().children
    chosen.value = "45"
    assert "runsheet_45.html" in sheet.value
    text, keep, said = desk.conclusion().live().children
    text.value = "Little is known."
    keep.click()
    assert desk.kept() == "Little is known." and "Kept" in said.value


def test_the_desk_carries_its_text_beside_its_controls():
    bundle = Console("nowhere")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "The group's records: none read yet"
    assert "There is no folder" in bundle["text/html"]


def test_the_reading_edition_needs_no_controls(monkeypatch):
    monkeypatch.setenv("JDM_TEACH_EDITION", "reading")
    assert set(Console("nowhere")._repr_mimebundle_()) == {"text/plain", "text/html"}
