"""The report says what the record holds, in valid HTML that carries nothing a learner typed as markup."""

from __future__ import annotations

import json

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdm_teach.exercises import bank, grading
from jdm_teach.exercises.record import Record
from jdm_teach.session.report import report, report_of_file

ITEM = bank.item("ST01")
RIGHT = next(option.key for option in ITEM.options if option.correct)
WRONG = next(option.key for option in ITEM.options if not option.correct)


def answered(*answers: tuple[str, object, int | None]) -> Record:
    record = Record.in_memory()
    for name, response, confidence in answers:
        item = bank.item(name)
        record.answer(item, response, grading.grade(item, response), confidence=confidence)
    return record


def page(record: Record):
    text = report(record).page()
    parser = html5lib.HTMLParser(
        strict=True, tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False
    )
    return text, parser.parse(text)


def test_an_empty_record_gives_a_whole_page():
    text, tree = page(Record.in_memory())
    assert tree.find("body/main/h1").text == "My record of the course"
    assert "<script" not in text and "http" not in text.replace("https://ard", "")


def test_first_and_latest_answers_stand_side_by_side():
    found = report(answered(("ST01", WRONG, 3), ("ST01", RIGHT, 1))).summary.answered[0]
    assert (found.first_verdict, found.latest_verdict, found.attempts) == ("wrong", "right", 2)


def test_being_certain_and_not_right_heads_the_study_list_with_a_link_to_the_lesson():
    made = report(answered(("ST01", WRONG, 3)))
    assert [a.item for a in made.summary.confident_errors] == ["ST01"]
    assert 'href="04_nine_children.ipynb"' in made.page()


@pytest.mark.parametrize("confidence", [1, 2, None])
def test_an_error_that_was_not_certain_is_not_on_the_study_list(confidence):
    assert report(answered(("ST01", WRONG, confidence))).summary.confident_errors == ()


def test_calibration_counts_first_answers_only():
    record = answered(("ST01", WRONG, 3), ("ST01", RIGHT, 3), ("ST02", "idk", None))
    levels = {level.confidence: (level.answers, level.right) for level in report(record).summary.calibration}
    assert levels == {"guessing": (0, 0), "fairly sure": (0, 0), "certain": (1, 0)}


def test_a_prediction_stands_beside_the_result_of_its_run():
    from jdm_teach import lessons
    from jdm_teach.exercises.explorer import Explorer

    explorer = Explorer(lessons.exploration("00s"), Record.in_memory())
    explorer.predict("wider")
    explorer.run()
    (made,) = report(explorer.record).summary.predictions
    assert made.predicted == "It becomes wider." and "bars below" in made.result


@given(st.text(max_size=300))
def test_nothing_a_learner_writes_becomes_markup(words):
    text, tree = page(answered(("01c", f"<script>x</script> {words}", None)))
    assert "<script" not in text
    assert tree.findall(".//script") == []


def test_the_data_say_the_same_as_the_page():
    made = report(answered(("ST01", WRONG, 3)))
    data = json.loads(made.json())
    assert data["schema"] == 1
    assert [a["item"] for a in data["confident_errors"]] == ["ST01"]


def test_a_downloaded_record_gives_the_same_report(tmp_path):
    record = answered(("ST01", WRONG, 3))
    file = tmp_path / "mine.jsonl"
    file.write_text(record.export_text(), encoding="utf-8")
    assert report_of_file(file).summary == report(record).summary


def test_a_foreign_file_is_refused_with_a_sentence(tmp_path):
    file = tmp_path / "photo.jsonl"
    file.write_text('{"photo": 1}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"photo\.jsonl"):
        report_of_file(file)


def test_a_response_of_an_unexpected_shape_is_shown_as_it_stands():
    record = Record.in_memory()
    record.append("answer", item="ST01", version=1, lesson="04", response={"odd": [1, 2]}, verdict="wrong")
    assert "odd" in report(record).page()
