"""Taking a record back: everything that fits is added once, nothing is ever removed, and nothing handed in can hurt."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.exercises import bank, grading
from jdm_teach.exercises.event import BrokenLineError, ForeignLineError, NewerLineError, read_event
from jdm_teach.exercises.record import Record
from jdm_teach.exercises.restore import LARGEST

ITEM = bank.item("ST01")


def clock_at(minute):
    ticks = iter(range(60))
    return lambda: f"2026-11-22T10:{minute:02d}:{next(ticks):02d}.000Z"


def filled(path, responses, minute=0):
    record = Record(path, clock=clock_at(minute))
    for response in responses:
        record.answer(ITEM, response, grading.grade(ITEM, response), confidence=1)
    return record


def test_a_record_restored_elsewhere_is_the_same_record(tmp_path):
    old = filled(tmp_path / "old.jsonl", "BCA")
    new = Record(tmp_path / "new.jsonl")
    report = new.restore(old.export_text())
    assert (report.added, report.already, report.skipped, report.refused) == (3, 0, 0, "")
    assert new.export_text() == old.export_text()
    assert new.code == old.code
    assert Record(new.path).export_text() == old.export_text()


def test_restoring_twice_changes_nothing(tmp_path):
    old = filled(tmp_path / "old.jsonl", "BCA")
    new = filled(tmp_path / "new.jsonl", "D", minute=5)
    new.restore(old.export_text())
    before = new.path.read_bytes()
    report = new.restore(old.export_text())
    assert (report.added, report.already, report.changed) == (0, 3, False)
    assert "Nothing was changed" in report.sentence()
    assert new.path.read_bytes() == before


def test_restoring_ones_own_export_changes_nothing(tmp_path):
    record = filled(tmp_path / "r.jsonl", "BCA")
    before = record.path.read_bytes()
    assert record.restore(record.export_text()).added == 0
    assert record.path.read_bytes() == before


def test_an_older_record_comes_before_what_was_answered_since(tmp_path):
    """A session that died, a new one, then the old file: the first answer is the old one, and so is the code."""
    old = filled(tmp_path / "old.jsonl", "BC", minute=0)
    new = filled(tmp_path / "new.jsonl", "A", minute=30)
    new.restore(old.export_text())
    assert [event.response for event in new.attempts("ST01")] == ["B", "C", "A"]
    assert new.code == old.code
    assert new.latest("ST01").response == "A"
    assert new.export_text() == Record(new.path).export_text()


def test_files_written_on_other_systems_are_read(tmp_path):
    text = filled(tmp_path / "old.jsonl", "BC").export_text()
    for number, other in enumerate(
        (text.replace("\n", "\r\n"), "\ufeff" + text, text.strip(), text.replace("\n", "\n\n"), text.encode())
    ):
        assert Record(tmp_path / f"{number}.jsonl").restore(other).added == 2


def test_damaged_lines_are_skipped_and_counted(tmp_path):
    text = filled(tmp_path / "old.jsonl", "BCA").export_text()
    report = Record(tmp_path / "new.jsonl").restore("garbage\n" + text[:-20])
    assert (report.added, report.skipped) == (2, 2)
    assert "2 lines could not be read" in report.sentence()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("name,score\nA,1\n", "not a record of this course"),
        ('{"items": []}', "not a record of this course"),
        ('{"schema": "questions-1", "items": []}', "not a record of this course"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a record of this course"),
        ("[" * 60_000, "not a record of this course"),
        (None, "not a file that can be read"),
        (b"x" * (LARGEST + 1), "larger than any record"),
        ("\u20ac" * (LARGEST // 2), "larger than any record"),
    ],
    ids=[
        "empty",
        "blank",
        "table",
        "json",
        "questions",
        "picture",
        "nested",
        "none",
        "huge",
        "huge once encoded",
    ],
)
def test_a_foreign_file_is_refused_and_changes_nothing(tmp_path, content, reason):
    record = filled(tmp_path / "r.jsonl", "B")
    before = record.path.read_bytes()
    report = record.restore(content)
    assert reason in report.refused
    assert report.sentence().endswith("Nothing was changed.")
    assert record.path.read_bytes() == before


def test_a_record_from_a_newer_version_is_refused_as_a_whole(tmp_path):
    lines = filled(tmp_path / "old.jsonl", "BC").export_text().splitlines()
    newer = json.dumps(json.loads(lines[1]) | {"schema": 2})
    record = filled(tmp_path / "r.jsonl", "A", minute=9)
    before = record.path.read_bytes()
    report = record.restore("\n".join([lines[0], newer]))
    assert "newer version" in report.sentence()
    assert record.path.read_bytes() == before


def test_an_entry_with_a_known_id_never_replaces_the_one_that_is_here(tmp_path):
    record = filled(tmp_path / "r.jsonl", "B")
    forged = json.dumps(json.loads(record.export_text()) | {"response": "A", "verdict": "right"})
    assert record.restore(forged).added == 0
    assert record.first("ST01").response == "B"


FORGED = {
    "id": ["", "../../etc/passwd", "A" * 32, 5, None, "0" * 31 + "\n"],
    "time": [
        "yesterday",
        "2026-13-41T00:00:00.000Z",
        "2026-02-30T00:00:00.000Z",
        0,
        None,
        "2026-11-22T10:00:00.000Z\n",
    ],
    "code": ["<script>-a-b", "one-two", "amber-otter-river\n", 3, None, "a" * 99],
    "kind": ["<b>", "", 1, None, "answer\n"],
    "item": ["<img src=x onerror=alert(1)>", "../x", 7, [], "", "x" * 99],
    "version": [0, -1, "1", 1.0, True, 10**9],
    "lesson": ["99", "<", 1],
    "attempt": [0, "1", True],
    "confidence": [0, 4, "2", True, 2.0, [1]],
    "verdict": ["<b>right</b>", 1, ["right"], {}],
    "misconception": [1, ["a"], "x" * 301],
    "package": ["<b>", 1, " "],
    "form": ["<b>", 1, ""],
    "response": [[[[[[[[[[1]]]]]]]]], {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}, 10**400],
    "schema": [0, "1", True, None, 1.0, -3],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in FORGED.items() for value in values]
)
def test_a_forged_field_makes_a_line_unreadable(tmp_path, name, value):
    good = json.loads(filled(tmp_path / "r.jsonl", "B").export_text())
    line = json.dumps(good | {name: value})
    if value is None and name not in {"id", "time", "code", "kind", "schema"}:
        pytest.skip("may be left out")
    with pytest.raises((BrokenLineError, ForeignLineError)):
        read_event(line)


def test_fields_of_no_meaning_are_left_out(tmp_path):
    good = json.loads(filled(tmp_path / "r.jsonl", "B").export_text())
    event = read_event(json.dumps(good | {"name": "someone", "__class__": "x", "restored": "<b>"}))
    assert "someone" not in event.line()
    assert event.restored is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=8), v, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "schema",
    "id",
    "time",
    "code",
    "kind",
    "item",
    "version",
    "attempt",
    "confidence",
    "response",
    "verdict",
    "form",
    "restored",
]


def someone(folder):
    return filled(Path(folder) / "r.jsonl", "BC")


@settings(max_examples=120, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=400),
        st.lists(json_values, max_size=4).map(lambda v: "\n".join(map(json.dumps, v))),
    )
)
def test_whatever_is_handed_in_nothing_raises_and_nothing_is_lost(content):
    with tempfile.TemporaryDirectory() as folder:
        record = someone(folder)
        before = record.path.read_bytes()
        report = record.restore(content)
        assert report.sentence()
        assert record.path.read_bytes().startswith(before)
        assert [event.response for event in Record(record.path).attempts("ST01")][:2] == ["B", "C"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FIELDS), json_values, st.integers(0, 400), st.binary(max_size=6))
def test_a_record_with_a_changed_field_and_changed_bytes_is_taken_or_skipped(field, value, place, noise):
    with tempfile.TemporaryDirectory() as folder:
        record = someone(folder)
        first, second = record.export_text().splitlines()
        changed = json.dumps(json.loads(second) | {field: value}).encode()
        content = changed[:place] + noise + changed[place:] + b"\n" + first.encode() + b"\n"
        report = record.restore(content)
        assert report.sentence()
        assert {"B", "C"} <= {str(event.response) for event in record.events()}
        assert record.restore(record.export_text()).added == 0
        assert Record(record.path).export_text() == record.export_text()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | json_values.map(json.dumps))
def test_a_line_is_an_entry_or_one_of_three_refusals(line):
    try:
        event = read_event(line)
    except (BrokenLineError, ForeignLineError, NewerLineError):
        return
    assert read_event(event.line()) == event


def test_a_long_record_is_restored_quickly_and_completely(tmp_path):
    base = json.loads(filled(tmp_path / "old.jsonl", "B").export_text())
    text = "\n".join(json.dumps(base | {"id": f"{number:032x}"}) for number in range(5000))
    record = Record(tmp_path / "new.jsonl")
    assert record.restore(text).added == 5000
    assert len(Record(record.path).events()) == 5000
