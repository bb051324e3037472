"""No word of a question, a record or a file name becomes markup in a page of ours."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.exercises import reading
from jdm_teach.exercises.code_words import WORDS
from jdm_teach.exercises.item_file import read_item
from jdm_teach.exercises.record import Record
from jdm_teach.session.aggregate import aggregate
from jdm_teach.session.group_page import group_page
from jdm_teach.session.report import report
from tests.hostile_words import (
    ATTACKS,
    RAW,
    SOURCES,
    bones,
    hostile,
    places,
    told,
)


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
