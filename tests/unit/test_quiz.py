"""The quiz before and after the course: which form, when the replies open, and what is counted."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from jdm_teach.exercises import bank
from jdm_teach.exercises.code_words import first_form, new_code
from jdm_teach.exercises.quiz import Quiz, calibration, form_for, quiz
from jdm_teach.exercises.record import Record


def right(item):
    return next(option.key for option in item.options if option.correct)


def wrong(item):
    return next(option.key for option in item.options if not option.correct)


def answered(made, hits):
    for number, question in enumerate(made.questions):
        good = number < hits
        question.submit((right if good else wrong)(question.item), 3 if good else 1)


def test_the_second_form_is_always_the_other_one():
    for _ in range(30):
        code = new_code()
        assert form_for("before", code) == first_form(code)
        assert {form_for("before", code), form_for("after", code)} == {"A", "B"}


def test_an_unknown_name_is_answered_with_the_names_there_are():
    with pytest.raises(ValueError, match="before, after, A, B, delayed"):
        form_for("C", "amber-otter-river")


def test_no_reply_is_shown_until_every_question_is_answered():
    made = Quiz("A", Record.in_memory())
    question = made.questions[0]
    question.submit(wrong(question.item), 3)
    assert question.reply["headline"] == "Your answer is kept."
    assert question.item.explanation not in str(question.reply)
    made.results.run()
    assert made.results.shown["sentence"].startswith("Not yet: 11 of 12 are open")
    assert question.item.explanation not in str(question.reply)


def test_the_results_count_first_answers_and_open_the_replies():
    made = Quiz("A", Record.in_memory())
    answered(made, hits=5)
    made.questions[11].submit(right(made.questions[11].item), 3)
    made.results.run()
    assert made.results.shown["sentence"].startswith("5 of 12 right at the first answer, 0 left open.")
    assert made.results.shown["caption"].startswith("Your own first answers, n = 12.")
    assert "certain 5 of 5 right" in made.results.shown["alt"]
    assert "guessing 0 of 7 right" in made.results.shown["alt"]
    assert all(q.item.explanation == q.reply["explanation"] for q in made.questions)


def test_i_do_not_know_counts_as_an_answer_and_not_as_wrong():
    made = Quiz("delayed", Record.in_memory())
    for question in made.questions:
        question.submit("idk")
    made.results.run()
    assert made.results.shown["sentence"].startswith("0 of 6 right at the first answer, 6 left open.")
    assert [n for _, _, n, *_ in calibration(made.first_answers())] == [0, 0, 0]


def test_an_answer_from_a_lesson_is_not_an_answer_of_the_quiz():
    from jdm_teach.exercises.question import Question

    record = Record.in_memory()
    item = bank.item(bank.form("B").items[0])
    Question(item, record).submit(right(item), 3)
    made = Quiz("B", record)
    assert made.questions[0].reply == {}
    assert made.unanswered() == list(range(1, 13))


def test_a_question_of_the_quiz_does_not_share_its_name_on_the_page_with_the_lesson():
    made = Quiz("A", Record.in_memory())
    assert all(q.view["id"] == f"{q.item.id}-A" for q in made.questions)


def test_the_quiz_before_the_course_keeps_its_replies_until_the_second():
    record = Record.in_memory()
    before = Quiz("B", record, replies=False)
    answered(before, hits=3)
    before.results.run()
    assert "after the second quiz" in before.results.shown["sentence"]
    assert before.questions[0].item.explanation not in str(before.questions[0].reply)
    after = Quiz("A", record)
    answered(after, hits=9)
    after.results.run()
    assert "it was 3 of 12, with other questions" in after.results.shown["sentence"]


def test_a_quiz_opened_again_recalls_its_own_answers():
    record = Record.in_memory()
    answered(Quiz("A", record), hits=12)
    again = Quiz("A", record)
    assert again.unanswered() == []
    assert {q.reply["headline"] for q in again.questions} == {"Your answer is kept."}


def test_the_interval_of_each_confidence_level_is_exact():
    made = Quiz("A", Record.in_memory())
    answered(made, hits=4)
    rows = {word: rest for word, *rest in calibration(made.first_answers())}
    expected = binomtest(4, 4).proportion_ci(method="exact")
    assert rows["certain"] == pytest.approx([4, 4, expected.low, expected.high])
    assert rows["fairly sure"] == [0, 0, None, None]


def test_a_quiz_says_what_it_is_and_every_form_can_be_opened(tmp_path, monkeypatch):
    monkeypatch.setenv("JDM_TEACH_RECORD", str(tmp_path / "record.jsonl"))
    monkeypatch.setenv("JDM_TEACH_REHEARSE", "1")
    for name in ("before", "after", "delayed"):
        assert repr(quiz(name)).startswith("Quiz, form ")
