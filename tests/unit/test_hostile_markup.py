"""No word of a question, a record or a file name becomes markup in a page of ours."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.exercises import bank, reading
from jdm_teach.exercises.code_words import WORDS
from jdm_teach.exercises.item_file import read_item
from jdm_teach.exercises.record import Record
from jdm_teach.place import data_folder
from jdm_teach.room.store import sqlite_address
from jdm_teach.session import console, handout
from jdm_teach.session.aggregate import aggregate
from jdm_teach.session.group_page import group_page
from jdm_teach.session.report import report
from jdm_teach.session.runsheet import RunSheet, read_sheet
from tests.hostile_words import (
    ATTACKS,
    RAW,
    SHEET,
    SOURCES,
    bones,
    hostile,
    places,
    told,
    with_change,
)
from tests.room_server import served_room

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from site_markdown import columns, plain

ST01 = next(
    entry
    for entry in json.loads((data_folder() / "questions" / "bank.json").read_text(encoding="utf-8"))["items"]
    if entry["id"] == "ST01"
)
TEXTS = (
    "title",
    "question",
    "what",
    "who",
    "product",
    "fallback",
    "discuss",
    "name",
    "does",
    "avoids",
    "ask",
    "answer",
)
TOGETHER = " ".join(attack for attack in ATTACKS if "\x00" not in attack)


def planted(raw: dict[str, Any], words: str) -> dict[str, Any]:
    """The item with these words in every text that a learner reads."""
    keys = {"stem", "note", "explanation", "text", "feedback", "feedback_right", "feedback_other", "misconception", "unit",
            "model_answer", "wrong_belief"}  # fmt: skip
    changed = json.loads(json.dumps(raw))
    for *way, last in list(places(changed)):
        place = changed
        for step in way:
            place = place[step]
        if last in keys and isinstance(place[last], str) and place[last].strip():
            place[last] = words
    return changed


@pytest.mark.parametrize("kind", sorted(RAW))
@pytest.mark.parametrize("words", ATTACKS)
def test_no_word_of_a_question_becomes_markup_in_a_still_form(kind, words):
    pages = []
    for text in ("plain", words):
        try:
            item = read_item(planted(RAW[kind], text), "mine.json", SOURCES)
        except ValueError:
            pytest.skip("refused as an item already")
        pages.append(bones(reading.still_question(item, with_answer=True)))
    assert pages[0] == pages[1]


@settings(max_examples=60)
@given(hostile)
def test_no_word_of_a_record_becomes_markup_in_a_report(words):
    pages = []
    for text in ("plain", words):
        record = Record.in_memory()
        assert record.restore("\n".join(told(text))).added == 7
        made = report(record)
        pages.append((bones(made.page()), bones(made._repr_html_())))
        json.loads(made.json())
    assert pages[0] == pages[1]


def test_half_a_character_as_a_browser_may_cut_it_stops_no_report():
    record = Record.in_memory()
    assert record.restore("\n".join(told("cut \ud83d"))).added == 7
    made = report(record)
    assert made._repr_html_() and made.page().encode() and made.json().encode()


@settings(max_examples=20)
@given(
    hostile, st.sampled_from(["<img src=x>.jsonl", "-rf.jsonl", "a\nb.jsonl", "\u202elnosj.jsonl", "x.html"])
)
def test_no_word_of_any_record_or_file_name_becomes_markup_on_the_page_of_a_group(words, name):
    pages = []
    for text, file in (("plain", "plain.jsonl"), (words, name)):
        with tempfile.TemporaryDirectory() as folder:
            for number in range(6):
                code = f"amber-otter-{WORDS[number]}"
                lines = "\n".join(told(text, code)).replace('"id": "', f'"id": "{number + 1:x}', 1)
                (Path(folder) / f"{number}{file}").write_text(lines, encoding="utf-8")
            (Path(folder) / f"broken{file}").write_text("{", encoding="utf-8")
            found = aggregate(folder)
        pages.append(bones(group_page(found, conclusion=text)))
        json.dumps(found.as_dict())
    assert pages[0] == pages[1]


def planted_sheet(words: str) -> RunSheet:
    """A run sheet with these words in every text that may hold any."""
    raw = yaml.safe_load(SHEET)
    read = read_sheet(SHEET)
    for path in [way for way in places(raw) if way[-1] in TEXTS or isinstance(way[-1], int)]:
        changed = with_change(raw, path, words)
        with contextlib.suppress(ValueError):
            read, raw = read_sheet(yaml.safe_dump(changed, allow_unicode=True)), changed
    return read


def test_no_word_of_a_run_sheet_becomes_markup_on_paper_or_at_the_desk():
    sheets = [planted_sheet(words) for words in ("plain", TOGETHER)]
    assert sheets[1].title == sheets[1].debrief[0].answer == sheets[1].roles[0].does == TOGETHER
    for page in (handout.sheet_html, console.sheet_body):
        assert bones(page(sheets[0])) == bones(page(sheets[1]))


def room_pages(
    folder: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> list[list[tuple[str, tuple[str, ...]]]]:
    """The bones of phone, wall and desk at every step of a vote on a question made of these words."""
    item = read_item(planted(json.loads(json.dumps(ST01)), words), "mine.json", SOURCES)
    monkeypatch.setattr(bank, "item", lambda _: item)
    pages = []
    with served_room(sqlite_address(folder / f"{len(words)}.sqlite3")) as served:
        lead, phone = served.lead().unlock(), served.phone()
        for action in ("open", "close", "discuss", "open", "close", "reveal"):
            answer = lead.act(action, **({"item": "ST01"} if action == "open" else {}))
            assert answer.status_code == 200, answer.text
            pages += [answer.text, phone.look(), phone.web.get(f"/wall/{served.code}").text]
            if action == "open":
                pages.append(phone.vote("A").text)
    assert all(html.count(escape(words)) for html in pages[-2:])
    return [bones(html) for html in pages]


def test_no_word_of_a_question_becomes_markup_in_the_room(tmp_path, monkeypatch):
    assert room_pages(tmp_path, "plain", monkeypatch) == room_pages(tmp_path, TOGETHER, monkeypatch)


@settings(max_examples=80)
@given(hostile)
def test_no_word_of_the_evidence_becomes_markup_on_the_site(words):
    markdown = pytest.importorskip("markdown_it").MarkdownIt("commonmark", {"html": True}).enable("table")
    pages = [markdown.render(columns(["what"], [[plain(text)]])) for text in ("plain", words)]
    assert bones(pages[0]) == bones(pages[1])
