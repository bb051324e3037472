"""A record as xAPI 1.0.3 statements: shaped as the specification says, the code and no name, whatever the record holds."""

from __future__ import annotations

import json
from uuid import UUID

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdm_teach.cli import main
from jdm_teach.exercises import bank, grading
from jdm_teach.exercises.record import Record
from jdm_teach.session.export import export_record
from jdm_teach.session.export.xapi import xapi_statements

# The parts of the specification these statements use (xAPI 1.0.3, part two, sections 2.4.1 to 2.4.8 and 4).
LANGUAGE = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Z]{2})?$"},
    "additionalProperties": {"type": "string"},
}
IRI = {"type": "string", "pattern": "^https?://[^\\s]+$"}
EXTENSIONS = {"type": "object", "propertyNames": IRI}
COMPONENTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id"],
        "additionalProperties": False,
        "properties": {"id": {"type": "string", "pattern": "^\\S+$"}, "description": LANGUAGE},
    },
}
ACTIVITY = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "objectType": {"const": "Activity"},
        "id": IRI,
        "definition": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "name": LANGUAGE,
                "description": LANGUAGE,
                "type": IRI,
                "interactionType": {
                    "enum": [
                        "true-false",
                        "choice",
                        "fill-in",
                        "long-fill-in",
                        "matching",
                        "performance",
                        "sequencing",
                        "likert",
                        "numeric",
                        "other",
                    ]
                },
                "correctResponsesPattern": {"type": "array", "items": {"type": "string"}},
                "choices": COMPONENTS,
                "source": COMPONENTS,
                "target": COMPONENTS,
            },
        },
    },
}
STATEMENT = {"type": "object", "additionalProperties": False, "required": ["id", "actor", "verb", "object", "timestamp", "version"], "properties": {
    "id": {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"},
    "actor": {"type": "object", "additionalProperties": False, "required": ["account"], "properties": {"objectType": {"const": "Agent"},
        "account": {"type": "object", "additionalProperties": False, "required": ["homePage", "name"], "properties": {"homePage": IRI, "name": {"pattern": "^[a-z]+-[a-z]+-[a-z]+$"}}}}},
    "verb": {"type": "object", "required": ["id"], "properties": {"id": IRI, "display": LANGUAGE}, "additionalProperties": False},
    "object": ACTIVITY,
    "result": {"type": "object", "additionalProperties": False, "properties": {"success": {"type": "boolean"}, "completion": {"type": "boolean"}, "response": {"type": "string"}, "extensions": EXTENSIONS}},
    "context": {"type": "object", "additionalProperties": False, "properties": {"platform": {"type": "string"}, "language": {"type": "string"}, "extensions": EXTENSIONS,
        "contextActivities": {"type": "object", "properties": {"parent": {"type": "array", "items": ACTIVITY}}}}},
    "timestamp": {"type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$"},
    "version": {"const": "1.0.3"}}}  # fmt: skip
CHECK = jsonschema.Draft202012Validator(STATEMENT)


def answered(*answers: tuple[str, object, int | None]) -> Record:
    record = Record.in_memory()
    for name, response, confidence in answers:
        item = bank.item(name)
        record.answer(item, response, grading.grade(item, response), confidence=confidence)
    return record


def statements(record: Record) -> list[dict]:
    return json.loads(xapi_statements(record.events()).content)


@pytest.fixture(scope="module")
def everything() -> Record:
    """One answer of each sort to every question of the course."""
    record = Record.in_memory()
    for item in bank.items():
        for response in grading.rehearsal_responses(item)[6:9]:
            outcome = grading.grade(item, response)
            if outcome.records:
                record.answer(item, response, outcome, confidence=2 if item.asks_confidence else None)
    return record


def test_every_statement_keeps_to_the_specification(everything):
    made = statements(everything)
    assert len(made) == len(everything.events()) > 200
    for statement in made:
        CHECK.validate(statement)
    assert len({UUID(s["id"]) for s in made}) == len(made)


def test_another_library_reads_every_statement(everything):
    tincan = pytest.importorskip("tincan", reason="pip install tincan to read the statements with it")
    for statement in statements(everything):
        read = tincan.Statement.from_json(json.dumps(statement))
        assert read.actor.account.name == everything.code
        assert read.object.id == statement["object"]["id"]


def test_an_answer_says_what_was_chosen_how_surely_and_whether_it_was_right():
    (made,) = statements(answered(("ST01", "A", 3)))
    assert made["result"]["response"] == "A" and made["result"]["success"] is True
    assert made["result"]["extensions"]["https://jdm-teach.example/xapi/confidence"] == 3
    assert made["object"]["definition"]["correctResponsesPattern"] == ["A"]
    assert {c["id"] for c in made["object"]["definition"]["choices"]} == set("ABCD")


def test_a_prediction_is_neither_a_success_nor_a_failure():
    (made,) = statements(answered(("04bp", "20", None)))
    assert "success" not in made["result"] and "correctResponsesPattern" not in made["object"]["definition"]


def test_a_number_pattern_holds_the_key_and_its_tolerance():
    (made,) = statements(answered(("ST39", "0.5", 2)))
    low, high = made["object"]["definition"]["correctResponsesPattern"][0].split("[:]")
    assert (float(low), float(high)) == pytest.approx((0.49, 0.51))


def test_exporting_twice_gives_the_same_statements():
    record = answered(("ST01", "A", 3))
    assert xapi_statements(record.events()).content == xapi_statements(record.events()).content


def test_what_is_no_answer_is_counted_and_named():
    record = answered(("ST01", "A", 3))
    record.append("result", item="ST01", response="…")
    record.append("answer", item="XX99", response="?", verdict="wrong")
    made = xapi_statements(record.events())
    assert made.entries == 2
    assert any("“result”" in note for note in made.notes) and any("XX99" in note for note in made.notes)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN, st.sampled_from(["ST01", "01a", "03a", "01b", "ST39", "01c", "04ap", "XX99"]))
def test_whatever_a_record_holds_becomes_a_statement(response, item):
    record = Record.in_memory()
    record.append("answer", item=item, version=1, response=response, verdict="wrong")
    for statement in statements(record):
        CHECK.validate(statement)


def test_a_record_file_is_exported_and_a_foreign_one_refused(tmp_path, capsys):
    file = tmp_path / "mine.jsonl"
    file.write_text(answered(("ST01", "A", 3)).export_text())
    assert main(["export", "--to", "xapi", str(file), "--folder", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "jdm_xapi.json").read_text())[0]["version"] == "1.0.3"
    file.write_text('{"photo": 1}\n')
    assert main(["export", "--to", "xapi", str(file), "--folder", str(tmp_path), "--force"]) == 2
    assert "not a record" in capsys.readouterr().err
    with pytest.raises(ValueError, match="no such file"):
        export_record(tmp_path / "absent.jsonl")
