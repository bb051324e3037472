"""A lesson votes in a room only after its learner joined it, and the record comes first."""

from __future__ import annotations

import pytest

from jdm_teach.exercises import bank
from jdm_teach.exercises.question import Question
from jdm_teach.exercises.record import Record
from jdm_teach.room.seat import JOINED, LEFT, Seat

ITEM = bank.item("ST01")


def test_nothing_is_sent_before_joining():
    record = Record.in_memory()
    question = Question(ITEM, record)
    question.submit("A", 2)
    assert question.reply["room"] == ""


def test_a_vote_is_sent_after_the_answer_is_kept():
    record = Record.in_memory()
    seen = []

    def ballot(item, option, confidence):
        seen.append((item, option, confidence, len(record.events())))
        return "Your vote is kept."

    record.ballot = ballot
    question = Question(ITEM, record)
    question.submit("B", "3")
    assert seen == [("ST01", "B", 3, 1)]
    assert question.reply["room"] == "Your vote is kept."


def test_a_room_that_refuses_leaves_the_answer_and_its_reply_alone():
    record = Record.in_memory()

    def ballot(*_):
        raise ValueError("Your vote was not sent: no vote is open in the room now.")

    record.ballot = ballot
    question = Question(ITEM, record)
    question.submit("A", 1)
    assert question.reply["headline"] and "no vote is open" in question.reply["room"]
    assert record.latest("ST01").response == "A"


def test_only_questions_with_options_are_voted_on():
    record = Record.in_memory()
    record.ballot = pytest.fail
    Question(bank.item("01c"), record).submit("A sentence of mine.")


def test_joining_and_leaving_are_said_in_a_sentence():
    seat = Seat(Record.in_memory())
    seat.heard({"type": "join", "address": "127.0.0.1:1", "code": "!"})
    assert "code" in seat.said and seat.record.ballot is None
    seat.heard({"type": "join", "address": "example.org", "code": "ABCDE"})
    assert "not sent" in seat.said and seat.record.ballot is None
    seat.record.ballot = print
    assert Seat(seat.record).said == JOINED
    seat.heard({"type": "leave"})
    assert (seat.said, seat.record.ballot) == (LEFT, None)
