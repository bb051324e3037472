"""Records outlive versions: what an earlier one wrote is read whole, line by line, by this one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jdm_teach.exercises.event import SCHEMA, read_event
from jdm_teach.exercises.record import Record
from jdm_teach.session.report import report

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
SAMPLES = sorted(REFERENCE.glob("record_schema*.jsonl"))


def test_every_schema_there_ever_was_has_a_sample():
    """Whoever raises SCHEMA adds a sample of the new one and keeps the old ones as they are."""
    assert [file.name for file in SAMPLES] == [
        f"record_schema{number}.jsonl" for number in range(1, SCHEMA + 1)
    ]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: file.stem)
def test_a_record_of_any_version_is_read_whole_and_goes_on(sample, tmp_path):
    file = tmp_path / "jdm_record.jsonl"
    file.write_bytes(sample.read_bytes())
    record = Record(file)
    lines = [json.loads(line) for line in sample.read_text(encoding="utf-8").splitlines()]
    assert record.problems == ()
    assert sorted(event.id for event in record.events()) == sorted(line["id"] for line in lines)
    first = next(line for line in lines if not line.get("restored"))
    answer = record.first("ST01")
    assert answer is not None and answer.response == first["response"]
    record.append("note", response="written by this version")
    assert file.read_bytes().startswith(sample.read_bytes())
    assert len(Record(file).events()) == len(lines) + 1
    assert len(report(record).summary.answered) >= 5


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: file.stem)
def test_a_record_of_any_version_is_restored_whole(sample, tmp_path):
    record = Record(tmp_path / "jdm_record.jsonl")
    found = record.restore(sample.read_bytes())
    assert (found.added, found.skipped, found.refused) == (len(sample.read_text().splitlines()), 0, "")


def test_the_first_schema_is_frozen():
    """Every field of the sample means today what it meant when it was written."""
    for line in SAMPLES[0].read_text(encoding="utf-8").splitlines():
        raw, event = json.loads(line), read_event(line)
        for name, value in raw.items():
            assert getattr(event, name) == value, name
