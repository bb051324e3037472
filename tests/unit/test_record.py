"""The record: one line per answer, kept before any reply, never reordered, never overwritten."""

from __future__ import annotations

import json
import multiprocessing
import re
import threading
from pathlib import Path

import pytest

from jdm_teach.exercises import bank, grading
from jdm_teach.exercises.code_words import CODE, WORDS, first_form, new_code
from jdm_teach.exercises.event import SCHEMA, read_event
from jdm_teach.exercises.record import Record, current_record

ITEM = bank.item("ST01")


def answer(record, response="A", item=ITEM, confidence=2, **more):
    return record.answer(item, response, grading.grade(item, response), confidence=confidence, **more)


@pytest.fixture
def record(tmp_path):
    return Record(tmp_path / "mine.jsonl")


def test_an_answer_is_one_line_with_everything_a_report_needs(record):
    answer(record, "B", form="A")
    lines = record.path.read_text().splitlines()
    assert len(lines) == 1
    entry = json.loads(lines[0])
    assert entry["schema"] == SCHEMA
    assert re.fullmatch(r"[0-9a-f]{32}", entry["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry["time"])
    assert CODE.fullmatch(entry["code"])
    kept = {
        key: entry[key]
        for key in ("item", "version", "lesson", "attempt", "confidence", "response", "verdict", "form")
    }
    assert list(kept.values()) == ["ST01", 1, "04", 1, 2, "B", "wrong", "A"]
    assert entry["misconception"] == "precision of arithmetic = precision of knowledge"


def test_nothing_about_the_person_or_the_machine_is_kept(record):
    text = answer(record).line()
    assert not any(word in text for word in (str(Path.home()), str(record.path.parent), "host", "user"))


def test_the_first_answer_stays_the_first_whatever_is_tried_later(record):
    for response in "BCA":
        answer(record, response)
    assert record.first("ST01").response == "B"
    assert record.latest("ST01").response == "A"
    assert [event.attempt for event in record.attempts("ST01")] == [1, 2, 3]
    assert record.first("ST02") is None
    assert record.latest("ST02") is None


def test_the_record_is_found_again_after_a_restart(record):
    answer(record)
    again = Record(record.path)
    assert again.events() == record.events()
    assert again.code == record.code


def test_the_place_can_be_chosen_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("JDM_TEACH_RECORD", str(tmp_path / "deep" / "er" / "r.jsonl"))
    answer(Record())
    assert (tmp_path / "deep/er/r.jsonl").exists()
    assert current_record() is current_record()
    monkeypatch.delenv("JDM_TEACH_RECORD")
    monkeypatch.chdir(tmp_path)
    assert Record().path == tmp_path / "jdm_record.jsonl"


def test_opening_a_record_writes_nothing(record):
    assert (record.events(), record.problems, record.on_disk) == ([], (), True)
    assert CODE.fullmatch(record.code)
    assert not record.path.exists()


def test_a_clock_that_is_set_back_does_not_change_the_order(tmp_path):
    times = iter(["2026-11-22T10:00:00.000Z", "2026-11-22T10:00:05.000Z", "2019-01-01T00:00:00.000Z"])
    record = Record(tmp_path / "r.jsonl", clock=lambda: next(times))
    for response in "BCA":
        answer(record, response)
    assert [event.response for event in Record(record.path).attempts("ST01")] == ["B", "C", "A"]


def test_a_half_written_last_line_is_reported_and_the_next_answer_is_safe(record):
    answer(record, "B")
    whole = record.path.read_bytes()
    answer(record, "C")
    for cut in range(len(whole) + 1, len(record.path.read_bytes()) - 1, 7):
        broken = record.path.with_name(f"cut_{cut}.jsonl")
        broken.write_bytes(record.path.read_bytes()[:cut])
        later = Record(broken)
        assert [event.response for event in later.events()] == ["B"]
        assert "cut off" in later.problems[0]
        answer(later, "A")
        assert [event.response for event in later.events()] == ["B", "A"]
        assert [event.response for event in Record(broken).events()] == ["B", "A"]
        assert broken.read_bytes().startswith(record.path.read_bytes()[:cut])
        assert len(later.problems) == 1


def test_a_last_line_without_its_line_break_is_still_an_answer(record):
    answer(record, "B")
    record.path.write_bytes(record.path.read_bytes().rstrip(b"\n"))
    later = Record(record.path)
    assert (len(later.events()), later.problems) == (1, ())
    answer(later, "A")
    assert (len(Record(record.path).events()), Record(record.path).problems) == (2, ())


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"text"',
        b"\x00" * 50,
        b'{"schema": 1}',
        b"[" * 50_000,
        b"1" * 5000,
        b'{"a":NaN}',
        b"x" * 200_000,
    ],
)
def test_a_damaged_line_is_reported_and_the_rest_is_kept(record, line):
    answer(record, "B")
    with record.path.open("ab") as file:
        file.write(line + b"\n")
    before = record.path.read_bytes()
    answer(record, "A")
    for seen in (record, Record(record.path)):
        assert [event.response for event in seen.events()] == ["B", "A"]
        assert len(seen.problems) == 1
        assert "Line 2 of mine.jsonl" in seen.problems[0]
    assert record.path.read_bytes().startswith(before)


def test_a_line_from_a_newer_version_is_left_alone_and_said(record):
    newer = json.dumps(json.loads(answer(record, "B").line()) | {"schema": 9, "id": "0" * 32})
    with record.path.open("a") as file:
        file.write(newer + "\n")
    assert [event.response for event in record.events()] == ["B"]
    assert "newer version" in record.problems[0]
    assert newer in record.path.read_text()


def test_many_damaged_lines_do_not_flood_the_page(record):
    answer(record)
    with record.path.open("a") as file:
        file.write("broken\n" * 500)
    assert len(record.problems) < 30


def test_a_file_replaced_or_shortened_under_way_is_read_afresh(record):
    answer(record, "B")
    answer(record, "C")
    first = record.path.read_text().splitlines(keepends=True)[0]
    record.path.write_text(first)
    assert [event.response for event in record.events()] == ["B"]
    record.path.unlink()
    assert record.events() == []
    answer(record, "A")
    assert [event.response for event in record.events()] == ["A"]


def test_two_notebooks_see_each_other_at_once(record):
    other = Record(record.path)
    answer(record, "B")
    answer(other, "C")
    answer(record, "A")
    assert [event.response for event in other.events()] == ["B", "C", "A"]
    assert {event.code for event in record.events()} == {record.code}
    assert [event.attempt for event in other.events()] == [1, 2, 3]


def write_many(path, name, count):
    record = Record(path)
    for number in range(count):
        record.append("note", response=f"{name}-{number}-" + "x" * (number % 700))


def test_several_kernels_at_once_lose_nothing(tmp_path):
    path = tmp_path / "shared.jsonl"
    work = multiprocessing.get_context("spawn")
    crowd = [work.Process(target=write_many, args=(path, name, 120)) for name in "abcd"]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
        assert one.exitcode == 0
    record = Record(path)
    assert record.problems == ()
    kept = [event.response.split("-")[:2] for event in record.events()]
    assert len(kept) == 480
    for name in "abcd":
        assert [int(number) for who, number in kept if who == name] == list(range(120))


def test_several_threads_at_once_lose_nothing(record):
    crowd = [threading.Thread(target=write_many, args=(record.path, name, 40)) for name in "abc"]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(Record(record.path).events()) == 120


def test_an_answer_is_on_the_disk_before_the_reply(record, monkeypatch):
    synced = []
    monkeypatch.setattr("jdm_teach.exercises.journal.os.fsync", lambda handle: synced.append(handle))
    answer(record)
    assert synced
    assert record.path.read_text().count("\n") == 1


def test_a_response_that_cannot_be_written_is_refused_with_a_sentence(record):
    for response in (object(), float("nan"), {"a": {1}}):
        with pytest.raises(ValueError, match="response"):
            record.append("note", response=response)
    assert record.events() == []


def test_any_text_a_learner_writes_comes_back_unchanged(record):
    for text in ("ä € 漢字 🙂", "line\nbreak\r\u2028x", '"quoted" \\ </script>', "\ud800", "\x00"):
        record.append("note", response=text)
    assert [event.response for event in Record(record.path).events()][2] == '"quoted" \\ </script>'
    assert len(Record(record.path).events()) == 5
    assert Record(record.path).problems == ()
    assert record.path.read_bytes().isascii()


def test_a_record_in_memory_touches_no_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record = Record.in_memory()
    answer(record, "B")
    assert record.latest("ST01").response == "B"
    assert record.problems == ()
    assert not list(tmp_path.iterdir())


def test_an_entry_reads_back_from_its_line(record):
    event = answer(record, "B")
    assert read_event(event.line()) == event


def test_codes_are_three_plain_words_and_hardly_ever_the_same():
    assert len(set(WORDS)) == len(WORDS) >= 200
    codes = {new_code() for _ in range(500)}
    assert len(codes) >= 498
    assert all(CODE.fullmatch(code) for code in codes)


def test_half_of_the_codes_start_with_form_a():
    share = sum(first_form(new_code()) == "A" for _ in range(4000)) / 4000
    assert 0.45 < share < 0.55
    assert first_form("amber-otter-river") == first_form("amber-otter-river")
