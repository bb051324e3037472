"""Question files, run sheets and records with anything in them: read, or refused with a sentence that names the place."""

from __future__ import annotations

import json
import shutil
import tempfile
import tracemalloc
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.exercises import bank, grading
from jdm_teach.exercises.item_file import read_item
from jdm_teach.exercises.record import Record
from jdm_teach.exercises.restore import LARGEST
from jdm_teach.place import data_folder
from jdm_teach.session import handout
from jdm_teach.session.export.xapi import xapi_statements
from jdm_teach.session.runsheet import read_sheet
from tests.hostile_words import (
    RAW,
    SHEET,
    SOURCES,
    bones,
    hostile,
    json_values,
    places,
    said,
    told,
    with_change,
)


@settings(max_examples=250)
@given(st.sampled_from(sorted(RAW)), st.data())
def test_a_question_file_with_anything_anywhere_is_read_or_refused_with_file_and_item(kind, data):
    entry = RAW[kind]
    path = data.draw(st.sampled_from(list(places(entry))))
    try:
        read_item(with_change(entry, path, data.draw(json_values)), "mine.json", SOURCES)
    except ValueError as refusal:
        assert str(refusal).startswith("mine.json")


@settings(max_examples=60)
@given(st.data())
def test_a_run_sheet_with_anything_anywhere_is_read_or_refused_and_prints_without_markup_of_its_own(data):
    sheet = yaml.safe_load(SHEET)
    path = data.draw(st.sampled_from(list(places(sheet))))
    changed = yaml.safe_dump(with_change(sheet, path, data.draw(json_values)), allow_unicode=True)
    try:
        run = read_sheet(changed, "mine.yaml")
    except ValueError as refusal:
        assert str(refusal).startswith("mine.yaml")
        return
    assert {tag for tag, _ in bones(handout.sheet_html(run))} == {
        tag for tag, _ in bones(handout.sheet_html(read_sheet(SHEET)))
    }


NOISE = st.sampled_from(
    ["&", "*a", "&a [*a]", "!!python/object/apply:os.system [x]", "!!binary |", "<<: *a", "- ", "\t", "? ", ": ", "{", "[" * 2000,
     "{a: " * 500, "%YAML 9.9", "---", "...", "\x00", "\ufeff", "\x85", "\ud800", "2026-13-45", "1e999", "9" * 5000, "0x", "~", "'", '"']
)  # fmt: skip


def spoilt(data: st.DataObject, text: str) -> str:
    """A file somebody has typed into, pasted over or cut, at up to three places."""
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 30))
        text = text[:place] + data.draw(NOISE | st.text(max_size=6)) + text[place + cut :]
    return text


@settings(max_examples=40)
@given(st.data())
def test_a_run_sheet_spoilt_as_text_is_read_or_refused_by_name(data):
    try:
        read_sheet(spoilt(data, SHEET), "mine.yaml")
    except ValueError as refusal:
        assert str(refusal).startswith("mine.yaml")


@settings(max_examples=40)
@given(st.data())
def test_a_question_file_spoilt_as_text_is_read_or_refused_by_name(data):
    with tempfile.TemporaryDirectory() as place:
        for kept in ("sources.json", "predictions_00.json"):
            shutil.copy(data_folder() / "questions" / kept, place)
        assert bank.load(Path(place)).items
        file = Path(place) / "predictions_00.json"
        text = spoilt(data, file.read_text(encoding="utf-8"))
        file.write_bytes(text.encode("utf-8", errors="surrogatepass"))
        try:
            bank.load(Path(place))
        except ValueError as refusal:
            assert "predictions_00.json" in str(refusal)


@settings(max_examples=60)
@given(hostile)
def test_a_record_with_any_words_becomes_statements_that_are_whole_json(words):
    record = Record.in_memory()
    record.restore("\n".join(told(words)))
    found = json.loads(xapi_statements(record.events()).content)
    assert len(found) >= 4


@settings(max_examples=30)
@given(st.lists(st.permutations("ABCD").map("".join), min_size=1, max_size=4), st.randoms())
def test_records_restored_in_any_order_and_any_number_of_times_lose_and_double_nothing(answers, random):
    item, exports = bank.item("ST01"), []
    for chosen in answers:
        record = Record.in_memory()
        for response in chosen:
            record.answer(item, response, grading.grade(item, response), confidence=1)
        exports.append(record.export_text())
    random.shuffle(exports)
    whole = Record.in_memory()
    for text in exports + exports[::-1]:
        whole.restore(text)
    assert len(whole.events()) == 4 * len(answers)
    again = Record.in_memory()
    again.restore(whole.export_text())
    assert again.export_text() == whole.export_text()


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"{", b"\xff\xfe", b"name,score\nA,1\n"])
def test_a_broken_file_given_to_a_command_gets_one_sentence(content, tmp_path, capsys):
    file = tmp_path / "given.jsonl"
    file.write_bytes(content)
    for command in (["report", str(file)], ["export", "--to", "xapi", str(file)], ["runsheet", str(file)]):
        assert said(capsys, *command)
    assert said(capsys, "report", str(tmp_path))
    assert said(capsys, "merge", str(tmp_path / "nowhere"))


def test_a_run_sheet_that_unfolds_into_far_more_than_was_written_is_refused_at_once():
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 5))]
    with pytest.raises(ValueError, match=r"mine\.yaml, line \d+.*(repeat|anchor|more than)"):
        read_sheet("\n".join(lines), "mine.yaml")


def test_a_file_far_larger_than_a_record_is_refused_without_being_read(tmp_path, capsys):
    file = tmp_path / "huge.jsonl"
    with file.open("wb") as handle:
        handle.truncate(3 * LARGEST)
    tracemalloc.start()
    sentence = said(capsys, "report", str(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "larger than any record" in sentence
    assert peak < LARGEST
