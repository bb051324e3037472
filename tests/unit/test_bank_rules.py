"""What an author is told when a question file breaks a rule."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.exercises import bank
from jdm_teach.exercises.arithmetic import evaluate
from jdm_teach.exercises.item_file import read_item
from jdm_teach.place import data_folder

REMOVED = object()
SOURCES = bank.load(data_folder() / "questions").sources


def raw(item_id):
    for file in sorted((data_folder() / "questions").glob("*.json")):
        for entry in json.loads(file.read_text(encoding="utf-8")).get("items", []):
            if entry["id"] == item_id:
                return entry
    raise AssertionError(item_id)


def changed(item_id, path, value):
    """An item of the bank with one field replaced or removed."""
    entry = raw(item_id)
    place = entry
    for step in path[:-1]:
        place = place[step]
    if value is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return entry


BROKEN = [
    ("ST01", ["options", 1, "feedback"], REMOVED, r"options\[B\].feedback"),
    ("ST01", ["options", 1, "feedback"], "  ", r"options\[B\].feedback"),
    ("ST01", ["options", 2, "misconception"], REMOVED, r"options\[C\].misconception"),
    ("ST01", ["options", 1, "correct"], True, '"options": 2 options are marked correct'),
    ("ST01", ["options", 0, "correct"], REMOVED, r"options\[A\].misconception"),
    ("ST01", ["options", 0, "misconception"], "none", r"options\[A\].misconception"),
    ("ST01", ["options", 3, "key"], "A", "share a key"),
    ("ST01", ["options"], [], "0 options"),
    (
        "ST01",
        ["options"],
        [{"key": k, "text": "t", "feedback": "f", "misconception": "m"} for k in "ABCDEF"],
        "6 opt",
    ),
    ("ST01", ["version"], REMOVED, '"version"'),
    ("ST01", ["version"], 0, '"version"'),
    ("ST01", ["version"], True, '"version"'),
    ("ST01", ["id"], "a b", '"id"'),
    ("ST01", ["kind"], "essay", '"kind"'),
    ("ST01", ["kind"], ["single"], '"kind"'),
    ("ST01", ["sources"], ["NOPE"], "NOPE is not in sources.json"),
    ("ST01", ["lesson"], "10", '"lesson"'),
    ("ST01", ["objectives"], ["LO14"], '"objectives"'),
    ("ST01", ["bloom"], "guess", '"bloom"'),
    ("ST01", ["explanation"], "", '"explanation"'),
    ("ST01", ["stem"], 5, '"stem"'),
    ("ST01", ["minutes"], -1, '"minutes"'),
    ("ST01", ["hint"], "x", '"hint"'),
    ("ST37", ["wrong_paths", 0, "expression"], "3.02", r"wrong_paths\[0\].value"),
    ("ST37", ["wrong_paths", 0, "value"], 8.0, r"wrong_paths\[0\].value"),
    ("ST37", ["wrong_paths", 0, "misconception"], REMOVED, r"wrong_paths\[0\].misconception"),
    ("ST37", ["key"], 4.0, "not the stated key"),
    ("ST37", ["key_expression"], "__import__('os')", "key_expression"),
    ("ST37", ["feedback_other"], REMOVED, "feedback_other"),
    ("ST37", ["tolerance"], "wide", "tolerance"),
    ("ST37", ["unit"], REMOVED, "unit"),
    ("01a", ["cards", 0, "replies", "absent"], REMOVED, r"cards\[c01\].replies"),
    ("01a", ["cards", 0, "replies", "absent", "feedback"], "", r"cards\[c01\].replies\[absent\].feedback"),
    ("01a", ["cards", 0, "replies", "absent", "misconception"], REMOVED, "misconception"),
    ("01a", ["cards", 0, "category"], "maybe", r"cards\[c01\].category"),
    ("01a", ["categories"], [{"key": "idk", "text": "?"}, {"key": "b", "text": "b"}], "categories"),
    ("01b", ["options", 0, "misconception"], REMOVED, "misconception"),
    ("01c", ["rubric"], ["one"], "rubric"),
    ("01c", ["model_answer"], "", "model_answer"),
]


@pytest.mark.parametrize(("item_id", "path", "value", "words"), BROKEN)
def test_a_broken_rule_is_answered_with_file_item_and_field(item_id, path, value, words):
    entry = changed(item_id, path, value)
    with pytest.raises(ValueError, match=words) as refusal:
        read_item(entry, "mine.json", SOURCES)
    said = str(refusal.value)
    assert said.startswith("mine.json: item ")
    assert "field" in said
    assert said.endswith((".", "sum(s) as text."))


def folder_with(tmp_path, *files):
    (tmp_path / "sources.json").write_text('{"sources": {"ARITH": {"cite": "worked out here"}}}')
    for number, text in enumerate(files):
        (tmp_path / f"questions_{number}.json").write_text(text, encoding="utf-8")
    return tmp_path


def own(item_id="own1", **fields):
    return {**raw("00a"), "id": item_id, "sources": ["ARITH"], **fields}


def test_an_author_can_add_a_file_of_questions(tmp_path):
    found = bank.load(folder_with(tmp_path, json.dumps({"items": [own()]}), '{"no": "questions"}'))
    assert list(found.items) == ["own1"]


def test_an_id_used_twice_is_refused_with_both_files(tmp_path):
    text = json.dumps({"items": [own()]})
    with pytest.raises(ValueError, match=r'questions_1.json: item "own1", field "id".*questions_0.json'):
        bank.load(folder_with(tmp_path, text, text))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"items": {}}', '{"items": [3]}', "[" * 100000])
def test_a_file_that_is_no_question_file_is_named(tmp_path, text):
    with pytest.raises(ValueError, match=r"questions_0\.json"):
        bank.load(folder_with(tmp_path, text))


def test_an_order_question_may_not_be_stored_in_its_answer(tmp_path):
    options = [{"key": k, "text": k, "feedback": "Because of this.", "misconception": "that"} for k in "abc"]
    entry = own(kind="order", options=options, order=["a", "b", "c"])
    with pytest.raises(ValueError, match="in the right order already"):
        read_item(entry, "mine.json", {"ARITH"})
    assert read_item({**entry, "order": ["b", "a", "c"]}, "mine.json", {"ARITH"}).order == ("b", "a", "c")


leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = st.recursive(
    leaf, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=6), v, max_size=3)
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["ST01", "ST37", "01a", "01b", "01c", "01d", "00b"]), st.data())
def test_whatever_stands_in_a_field_an_item_is_read_or_refused_with_a_sentence(item_id, data):
    entry = raw(item_id)
    entry[data.draw(st.sampled_from(sorted(entry)))] = data.draw(values)
    try:
        read_item(entry, "mine.json", SOURCES)
    except ValueError as refusal:
        assert str(refusal).startswith("mine.json")


@pytest.mark.parametrize(
    "text",
    [
        "1/0",
        "9**9**9**9",
        "(-8)**0.5",
        "x",
        "f(1)",
        "1;2",
        "",
        "(" * 500,
        "'a'*9",
        "[1]",
        "True",
        "1e999",
        "__import__('os')",
    ],
)
def test_a_sum_that_is_not_plain_arithmetic_is_refused(text):
    with pytest.raises(ValueError, match="sum"):
        evaluate(text)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_sum_gives_what_python_gives(a, b):
    assert evaluate(f"({a})+({b})*2-3") == a + b * 2 - 3
