"""A folder of records becomes numbers about a group: right ones, from the files that can be used, and about nobody alone."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jdm_teach.cli import main
from jdm_teach.exercises import bank, grading
from jdm_teach.exercises.code_words import WORDS
from jdm_teach.exercises.record import Record
from jdm_teach.session import measures
from jdm_teach.session.aggregate import Table, aggregate, aggregate_answers
from jdm_teach.session.collection import Answer, collect
from jdm_teach.session.suppression import FEWEST, protect, uniquely_fixed

ITEM = bank.item("ST01")
RIGHT = next(option.key for option in ITEM.options if option.correct)
WRONG = next(option.key for option in ITEM.options if not option.correct)
SINGLES = [item.id for item in bank.items() if item.kind == "single" and not item.prediction]


def answered(*answers: tuple[str, object, int | None], form: str = "") -> Record:
    record = Record.in_memory()
    for name, response, confidence in answers:
        item = bank.item(name)
        record.answer(item, response, grading.grade(item, response), confidence=confidence, form=form)
    return record


def folder_of(place, *records: Record):
    for number, record in enumerate(records):
        (place / f"jdm_record_{number:02d}.jsonl").write_text(record.export_text(), encoding="utf-8")
    return place


def group(place, right: int, wrong: int, confidence: int = 3):
    return folder_of(
        place,
        *(answered(("ST01", RIGHT, confidence)) for _ in range(right)),
        *(answered(("ST01", WRONG, confidence)) for _ in range(wrong)),
    )


def person(**chosen: tuple[str, int | None]) -> list[Answer]:
    """Answers by item: (option, confidence)."""
    made = []
    for name, (key, confidence) in chosen.items():
        outcome = grading.grade(bank.item(name), key)
        made.append(
            Answer(
                "2026-11-22T10:00:00.000Z",
                name,
                key,
                confidence,
                outcome.verdict,
                outcome.misconception,
                None,
            )
        )
    return made


def test_a_group_is_counted_by_option_and_confidence(tmp_path):
    made = aggregate(group(tmp_path, right=6, wrong=7))
    (item,) = made.items
    counts = {option.label: option.count for option in item.options}
    assert (made.people, item.n, counts[RIGHT], counts[WRONG]) == (13, 13, 6, 7)
    assert (item.difficulty.events, item.confident_errors.events) == (6, 7)
    assert item.provisional


def test_the_same_record_twice_counts_once_and_is_named(tmp_path):
    group(tmp_path, right=6, wrong=7)
    (tmp_path / "copy.jsonl").write_bytes((tmp_path / "jdm_record_00.jsonl").read_bytes())
    made = aggregate(tmp_path)
    assert (made.people, made.items[0].n) == (13, 13)
    assert any("jdm_record_00.jsonl is left out" in problem for problem in made.problems)


def test_a_later_download_of_the_same_record_adds_only_what_is_new(tmp_path):
    folder_of(tmp_path, *(answered(("ST01", RIGHT, 2)) for _ in range(6)))
    record = answered(("ST01", WRONG, 2))
    (tmp_path / "a.jsonl").write_text(record.export_text())
    item = bank.item("ST02")
    record.answer(item, "A", grading.grade(item, "A"), confidence=1)
    (tmp_path / "b.jsonl").write_text(record.export_text())
    found = collect(tmp_path)
    assert sorted(len(answers) for answers in found.people) == [1] * 6 + [2]


def test_a_record_restored_into_another_one_is_one_person(tmp_path):
    folder_of(tmp_path, *(answered(("ST01", RIGHT, 2)) for _ in range(6)))
    old, new = answered(("ST01", WRONG, 2)), answered(("ST02", "A", 2))
    new.restore(old.export_text())
    assert len({event.code for event in new.events()}) == 2
    (tmp_path / "mine.jsonl").write_text(new.export_text())
    assert len(collect(tmp_path).people) == 7


def test_many_codes_in_one_file_are_many_people(tmp_path):
    text = "".join(answered(("ST01", RIGHT, 2)).export_text() for _ in range(8))
    (tmp_path / "all.jsonl").write_text(text)
    found = collect(tmp_path)
    assert len(found.people) == 8 and "8 codes" in found.problems[0]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.jsonl", b"", "empty"),
        ("photo.jpg", b"\xff\xd8\xff\xe0 not a record", "not a record of this course"),
        ("other.jsonl", b'{"photo": 1}\n', "not a record of this course"),
        ("bomb.jsonl", b"[" * 50_000, "not a record of this course"),
        ("big.jsonl", b" " * 20_000_001, "20 MB"),
        ("future.jsonl", b'{"schema":9,"id":"x","time":"y"}\n', "newer version"),
    ],
)
def test_what_cannot_be_used_is_named_and_the_rest_is_used(tmp_path, name, content, said):
    group(tmp_path, right=6, wrong=7)
    (tmp_path / name).write_bytes(content)
    made = aggregate(tmp_path)
    assert made.people == 13
    assert any(name in problem and said in problem for problem in made.problems)


def test_a_record_that_was_cut_off_gives_what_is_whole(tmp_path):
    group(tmp_path, right=6, wrong=6)
    text = answered(("ST01", RIGHT, 3), ("ST02", "A", 3)).export_text()
    (tmp_path / "cut.jsonl").write_text(text[:-40])
    made = aggregate(tmp_path)
    assert made.people == 13 and next(i for i in made.items if i.item == "ST01").n == 13
    assert any("cut.jsonl: 1 damaged line" in problem for problem in made.problems)


def test_names_with_control_signs_are_said_without_them(tmp_path):
    group(tmp_path, right=6, wrong=7)
    (tmp_path / "a\x1b[31m\u202e<b>.txt").write_text("nothing of ours")
    said = " ".join(aggregate(tmp_path).problems)
    assert "\x1b" not in said and "\u202e" not in said and "<b>" in said


@pytest.mark.parametrize("make", [lambda place: place / "absent", lambda place: place])
def test_no_folder_or_nothing_in_it_gets_a_sentence(tmp_path, make):
    with pytest.raises(ValueError, match=r"records"):
        aggregate(make(tmp_path))


def test_a_record_cannot_say_that_its_wrong_answer_was_right(tmp_path):
    group(tmp_path, right=6, wrong=6)
    line = json.loads(answered(("ST01", WRONG, 3)).export_text())
    (tmp_path / "zz.jsonl").write_text(json.dumps({**line, "verdict": "right"}) + "\n")
    assert aggregate(tmp_path).items[0].difficulty.events == 6


def test_an_earlier_wording_and_an_unknown_question_are_left_out_and_said(tmp_path):
    group(tmp_path, right=6, wrong=7)
    line = json.loads(answered(("ST01", WRONG, 3)).export_text())
    old = {**line, "version": ITEM.version + 1}
    strange = {**line, "id": "0" * 32, "item": "XX99"}
    (tmp_path / "zz.jsonl").write_text(json.dumps(old) + "\n" + json.dumps(strange) + "\n")
    made = aggregate(tmp_path)
    assert made.items[0].n == 13 and made.unknown_items == ("XX99",)
    assert any("earlier wording" in problem for problem in made.problems)


def test_confident_errors_come_first():
    names = SINGLES[:3]
    wrong = {n: next(o.key for o in bank.item(n).options if not o.correct) for n in names}
    sure = dict(zip(names, (5, 11, 8), strict=True))
    people = [person(**{n: (wrong[n], 3 if number < sure[n] else 1) for n in names}) for number in range(17)]
    assert [item.item for item in aggregate_answers(people).items] == [names[1], names[2], names[0]]


def test_a_first_vote_stands_beside_the_second_one(tmp_path):
    changed = [answered(("ST01", WRONG, 2), ("ST01", RIGHT, 2)) for _ in range(8)]
    stayed = [answered(("ST01", RIGHT, 2), ("ST01", RIGHT, 3)) for _ in range(6)]
    slipped = [answered(("ST01", RIGHT, 2), ("ST01", WRONG, 3)) for _ in range(5)]
    again = aggregate(folder_of(tmp_path, *changed, *stayed, *slipped)).items[0].revote
    assert (again.n, again.first.events, again.second.events) == (19, 11, 14)
    assert (again.to_right, again.to_wrong) == (8, 5)


def test_a_revote_does_not_tell_about_the_two_who_did_not_vote_again(tmp_path):
    twice = [answered(("ST01", WRONG, 2), ("ST01", RIGHT, 2)) for _ in range(8)]
    twice += [answered(("ST01", RIGHT, 2), ("ST01", RIGHT, 2)) for _ in range(8)]
    once = [answered(("ST01", WRONG, 2)) for _ in range(2)]
    item = aggregate(folder_of(tmp_path, *twice, *once)).items[0]
    assert item.difficulty.events == 8
    assert item.revote.first is None and item.revote.to_right is None


# What the numbers are, against formulas and libraries that are not ours.


def test_discrimination_is_the_correlation_with_the_rest_score():
    chance = random.Random(5)
    names = SINGLES[:6]
    key = {n: next(o.key for o in bank.item(n).options if o.correct) for n in names}
    other = {n: next(o.key for o in bank.item(n).options if not o.correct) for n in names}
    hits = np.array([[chance.random() < skill for _ in names] for skill in np.linspace(0.1, 0.9, 60)])
    people = [
        person(**{n: (key[n] if hit else other[n], 2) for n, hit in zip(names, row, strict=True)})
        for row in hits
    ]
    made = {item.item: item for item in aggregate_answers(people).items}
    for column, name in enumerate(names):
        rest = np.delete(hits, column, axis=1).sum(axis=1)
        expected = stats.pearsonr(hits[:, column], rest).statistic
        found = made[name].discrimination
        assert found.value == pytest.approx(expected)
        assert found.error == pytest.approx(np.sqrt((1 - expected**2) / 58))
        assert made[name].difficulty.value == pytest.approx(hits[:, column].mean())
        assert not made[name].provisional


def test_the_standard_errors_of_the_teaching_note_come_out():
    assert measures.share(6, 12).error == pytest.approx(0.14, abs=0.005)
    assert measures.share(15, 30).error == pytest.approx(0.09, abs=0.005)


def test_the_paired_difference_agrees_with_scipy():
    before, after = [0.2, 0.5, 0.4, 0.9, 0.3, 0.6], [0.4, 0.5, 0.7, 0.8, 0.6, 0.9]
    made = measures.paired_difference(before, after)
    expected = stats.ttest_rel(after, before)
    low, high = expected.confidence_interval(0.95)
    assert (made.mean, made.low, made.high) == pytest.approx((np.mean(after) - np.mean(before), low, high))
    assert made.standardised == pytest.approx(expected.statistic / np.sqrt(6))


@given(st.floats(0, 1), st.floats(0, 1))
def test_gain_is_zero_without_change_and_one_when_everything_is_gained(before, after):
    gain = measures.normalised_gain(before, after)
    if before == 1:
        assert gain is None
    else:
        assert gain <= 1 + 1e-9
        assert measures.normalised_gain(before, before) == 0
        assert measures.normalised_gain(before, 1.0) == pytest.approx(1)


def test_the_gain_of_the_two_forms_is_on_class_means_of_the_same_people():
    def form(name, hits, clock):
        made = []
        for place, key in enumerate(bank.form(name).items):
            verdict = "right" if place < hits else "wrong"
            made.append(Answer(f"2026-11-22T{clock}:00:00.000Z", key, None, 2, verdict, None, name))
        return made

    people = [form("A", 4, 10) + form("B", 8, 12) for _ in range(6)]
    people += [form("B", 5, 10) + form("A", 9, 12) for _ in range(6)]
    people += [form("A", 12, 10) for _ in range(5)]
    gain = aggregate_answers([[replace_choice(a) for a in p] for p in people]).gain
    before, after = (4 + 5) / 24, (8 + 9) / 24
    assert gain.n == 12
    assert (gain.before, gain.after) == pytest.approx((before, after))
    assert gain.gain == pytest.approx((after - before) / (1 - before))
    assert gain.difference.mean == pytest.approx(after - before)
    assert gain.first_a == pytest.approx((6, 4 / 12)) and gain.first_b == pytest.approx((6, 5 / 12))


def replace_choice(answer: Answer) -> Answer:
    """The option that earns the verdict this answer carries."""
    options = bank.item(answer.item).options
    return answer._replace(choice=next(o.key for o in options if o.correct is (answer.verdict == "right")))


# Nobody is given away.


def test_fewer_than_five_people_are_no_group(tmp_path):
    made = aggregate(group(tmp_path, right=2, wrong=2))
    assert made.people is None and made.items == () and made.gain is None


@given(st.lists(st.integers(0, 12), min_size=2, max_size=6))
def test_what_is_hidden_on_a_line_is_never_alone_and_never_few(counts):
    shown = protect(counts)
    hidden = [count for count, told in zip(counts, shown, strict=True) if not told]
    assert not any(0 < count < FEWEST for count, told in zip(counts, shown, strict=True) if told)
    if sum(counts) >= FEWEST and hidden:
        assert len(hidden) >= 2 and sum(hidden) >= FEWEST


@pytest.mark.parametrize("most", [9, pytest.param(13, marks=pytest.mark.slow)])
def test_no_small_number_can_be_worked_out_even_by_someone_who_knows_the_rule(most):
    """Every table of two levels of confidence and three options: tables that print alike differ in what is hidden."""
    item = replace(ITEM, options=ITEM.options[:3])
    printed = defaultdict(list)
    for people in range(FEWEST, most + 1):
        for cells in product(range(people + 1), repeat=5):
            if sum(cells) > people:
                continue
            full = (*cells, people - sum(cells))
            table = Table(item, [])
            table.cells = [[*full[0:2], 0, 0], [*full[2:4], 0, 0], [*full[4:6], 0, 0], [0] * 4]
            printed[publication(refreshed(table))].append(full)
    for tables in printed.values():
        first = tables[0]
        for cell in range(6):
            if all(table[cell] == first[cell] for table in tables):
                assert not 0 < first[cell] < FEWEST, (tables, cell)
        for line in ((0, 1), (2, 3), (4, 5), (0,), (2, 4), (3, 5)):
            sums = {sum(table[cell] for cell in line) for table in tables}
            assert len(sums) > 1 or not 0 < min(sums) < FEWEST, (tables, line)


def refreshed(table: Table) -> Table:
    """The table with its printable numbers worked out anew for the cells it holds."""
    answers = []
    for (label, _, right, _), row in zip(table.rows, table.cells, strict=True):
        for confidence, count in zip((3, 2, 1, None), row, strict=True):
            verdict = "right" if right else "wrong"
            answers += [Answer("", table.item.id, label, confidence, verdict, None, None)] * count
    return Table(table.item, answers)


def publication(table: Table) -> str:
    counted = table.counted(None, None)
    return repr(
        (counted.n, counted.options, counted.difficulty, counted.confident_errors, counted.right_unsure)
    )


def test_the_calibration_of_one_question_does_not_give_its_small_numbers_away(tmp_path):
    right = [answered(("ST01", RIGHT, 3)) for _ in range(6)] + [
        answered(("ST01", RIGHT, 2)) for _ in range(2)
    ]
    wrong = [answered(("ST01", WRONG, 1)) for _ in range(7)]
    made = aggregate(folder_of(tmp_path, *right, *wrong))
    assert made.calibration == () and "give away" in made.calibration_note


@given(st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=5))
def test_a_number_counts_as_given_away_exactly_when_the_sums_fix_it(sums):
    matrix = np.array([[float(place in line) for place in range(6)] for line in sums])
    rank = np.linalg.matrix_rank(matrix)
    fixed = {p for p in range(6) if np.linalg.matrix_rank(np.vstack([matrix, np.eye(6)[p]])) == rank}
    assert uniquely_fixed(sums, 6) == fixed


@settings(max_examples=30)
@given(st.data())
def test_nothing_that_is_printed_is_small(data):
    names = SINGLES[:4]
    people = []
    for _ in range(data.draw(st.integers(5, 30))):
        chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
        people.append(person(**{n: (data.draw(st.sampled_from("ABCD")), data.draw(st.sampled_from([1, 2, 3, None]))) for n in chosen}))  # fmt: skip
    for item in aggregate_answers(people).items:
        numbers = [
            item.n,
            *(o.count for o in item.options),
            *(c for o in item.options for c in o.by_confidence),
        ]
        for told in (item.difficulty, item.confident_errors, item.right_unsure):
            numbers += [told.events, told.n - told.events] if told and told is not item.right_unsure else []
        assert not any(number is not None and 0 < number < FEWEST for number in numbers)


# The command.


def test_merge_writes_a_page_and_data_and_says_what_to_discuss(tmp_path, capsys):
    records, out = tmp_path / "records", tmp_path / "out"
    records.mkdir()
    group(records, right=6, wrong=7)
    assert main(["merge", str(records), "--to", str(out)]) == 0
    said = capsys.readouterr().out
    assert "ST01" in said and "7 of 13" in said
    assert json.loads((out / "jdm_group.json").read_text())["people"] == 13
    assert main(["merge", str(records), "--to", str(out)]) == 2
    assert main(["merge", str(records), "--to", str(out), "--force"]) == 0


def test_codes_and_texts_of_learners_are_in_nothing_that_is_written(tmp_path):
    records, out = tmp_path / "records", tmp_path / "out"
    records.mkdir()
    made = [answered(("ST01", WRONG, 3), ("01c", "my own words", None)) for _ in range(7)]
    folder_of(records, *made)
    main(["merge", str(records), "--to", str(out)])
    written = "".join(path.read_text() for path in out.iterdir())
    assert "my own words" not in written
    assert not any(record.code in written for record in made)
    assert len(WORDS) > 100
