"""Whatever a browser sends to a form, a simulator or the record: words come back, and nothing is lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach import lessons
from jdm_teach.exercises.explorer import Explorer
from jdm_teach.exercises.question import RecordPanel
from jdm_teach.exercises.record import Record
from jdm_teach.room.seat import Seat
from tests.hostile_words import FORMS, json_values

SIMULATOR = Explorer(lessons.exploration("00s"), Record.in_memory())
PANEL = RecordPanel(Record.in_memory())
SEAT = Seat(Record.in_memory())
ADDRESSES = [
    "file:///etc/passwd", "javascript:alert(1)", "ftp://x/", "http://", "http://[", "//x", "http://a b", "http://x\r\nHost: y",
    "http://user:word@x/", "\x00", "http://" + "x" * 5000, "data:text/html,x",
]  # fmt: skip
kinds = st.sampled_from(["submit", "predict", "run", "stop", "refresh", "restore", "export", "", None, "<b>"])
messages = st.fixed_dictionaries(
    {"type": kinds},
    optional={
        "response": json_values,
        "confidence": json_values,
        "request": json_values,
        "text": json_values,
        "values": json_values,
    },
)


@settings(max_examples=200)
@given(st.sampled_from(sorted(FORMS)), messages)
def test_a_form_answers_whatever_a_browser_sends_with_words(kind, message):
    form = FORMS[kind]
    form.reply = {}
    before = len(form.record.events())
    form._heard(form, message, [])
    if message["type"] == "submit":
        assert form.reply["headline"]
        json.dumps(form.reply)
    assert len(form.record.events()) - before == bool(
        form.reply.get("recorded") and message["type"] == "submit"
    )


@settings(max_examples=100)
@given(messages)
def test_a_simulator_answers_whatever_a_browser_sends_and_stays_locked_before_a_prediction(message):
    before = SIMULATOR.prediction
    SIMULATOR._heard(SIMULATOR, message, [])
    if before is None and SIMULATOR.prediction is None:
        assert "image" not in SIMULATOR.shown


@settings(max_examples=100)
@given(messages)
def test_the_record_panel_answers_whatever_a_browser_sends(message):
    PANEL._heard(PANEL, message, [])
    assert PANEL.summary["lines"]


@settings(max_examples=60)
@given(json_values)
def test_what_is_no_message_at_all_is_borne(sent):
    for panel in (FORMS["single"], SIMULATOR, PANEL, SEAT):
        panel._heard(panel, sent, [])


@settings(max_examples=60)
@given(json_values | st.sampled_from(ADDRESSES), json_values)
def test_no_address_that_is_not_a_rooms_gives_a_seat(address, code):
    SEAT._heard(SEAT, {"type": "join", "address": address, "code": code}, [])
    assert SEAT.said
    assert SEAT.record.ballot is None


def test_a_text_of_any_length_is_kept_whole_or_sent_back_with_a_sentence():
    form = FORMS["text"]
    for length in (3_999, 4_000, 4_001, 100_000, 3_000_000):
        before = len(form.record.events())
        outcome = form.submit("ä" * length, "1")
        if outcome.records:
            kept = form.record.latest(form.item.id)
            assert kept is not None and kept.response == "ä" * length
        else:
            assert "shorten" in form.reply["message"]
            assert len(form.record.events()) == before
    again = Record.in_memory()
    assert again.restore(form.record.export_text()).skipped == 0


@pytest.mark.parametrize(
    "typed",
    ["9" * 1_000_000, "1e" + "9" * 50, "(" * 10_000, "٩" * 10_000, "1/" * 50_000, "0." + "3" * 100_000],
)
def test_a_number_of_any_length_gets_a_reply(typed):
    for kind in ("number", "interval"):
        form = FORMS[kind]
        form._heard(form, {"type": "submit", "response": [typed, typed] if kind == "interval" else typed}, [])
        assert form.reply["headline"]
        assert len(json.dumps(form.reply["response"])) < 2_100_000
