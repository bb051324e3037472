"""The rules of a vote, held against the rule as it is written and against counting by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdm_teach.exercises import bank
from jdm_teach.room.codes import LETTERS, browser_of, form_token, new_browser, new_join_code, read_join_code
from jdm_teach.room.limits import Allowance
from jdm_teach.room.vote import Choice, Refusal, Round, Tally, advice, checked_choice, moved

STATES = ("open", "closed", "discussing", "revealed")
ACTIONS = ("close", "reopen", "discuss", "reveal")


@given(st.integers(1, 400), st.data())
def test_the_advice_is_the_poll_rule(voters, data):
    right = data.draw(st.integers(0, voters))
    share = Fraction(right, voters)
    low, high = (Fraction(1, 3), Fraction(2, 3)) if voters < 10 else (Fraction(35, 100), Fraction(70, 100))
    expected = "open" if share < low else "reveal" if share > high else "discuss"
    assert advice(right, voters).action == expected


@pytest.mark.parametrize(
    ("right", "voters", "action"),
    [(34, 100, "open"), (35, 100, "discuss"), (70, 100, "discuss"), (71, 100, "reveal"), (3, 9, "discuss"), (2, 9, "open"),
     (6, 9, "discuss"), (7, 9, "reveal"), (0, 0, "reopen"), (1, 1, "reveal"), (0, 1, "open")],
)  # fmt: skip
def test_the_advice_at_the_edges(right, voters, action):
    assert advice(right, voters).action == action


def test_a_small_group_is_told_counts_and_no_percentage():
    assert "%" not in advice(4, 9).sentence and "4 of 9 right" in advice(4, 9).sentence
    assert "8 of 20 right (40%)" in advice(8, 20).sentence


@pytest.mark.parametrize(("right", "voters"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(right, voters):
    with pytest.raises(ValueError, match="between none and all"):
        advice(right, voters)


def test_an_answer_once_shown_ends_a_vote():
    for action in ACTIONS:
        with pytest.raises(Refusal, match="have been shown"):
            moved(Round(1, "ST01", 1, "revealed"), action)


def test_the_result_is_hidden_until_somebody_shows_it():
    for state in STATES:
        for action in ACTIONS:
            try:
                after = moved(Round(1, "ST01", 1, state), action)
            except Refusal:
                continue
            assert (after == "revealed") == (action == "reveal")
            assert (state, action) != ("open", "reveal"), "an open vote cannot be revealed"


@pytest.mark.parametrize(
    ("option", "confidence", "kept"),
    [("B", "2", Choice("B", 2)), ("idk", "", Choice("idk", None)), ("idk", "3", Choice("idk", None))],
)
def test_a_choice_is_read(option, confidence, kept):
    assert checked_choice(bank.item("ST01"), option, confidence) == kept


@pytest.mark.parametrize(
    ("option", "confidence", "said"),
    [("", "2", "Nothing is chosen"), ("Z", "2", "no such answer"), ("a", "2", "no such answer"), ("B", "", "how sure"),
     ("B", "4", "1 \\(guessing\\)"), ("B", "0", "1 \\("), ("B", "2.0", "1 \\("), ("B", "２", "1 \\(")],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(option, confidence, said):
    with pytest.raises(Refusal, match=said) as no:
        checked_choice(bank.item("ST01"), option, confidence)
    assert no.value.status == 422


cells = st.dictionaries(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from([1, 2, 3])), st.integers(1, 12), max_size=12
)


@given(cells, st.integers(0, 8))
def test_a_tally_counts_everyone_once_and_hides_small_cells(found, unknown):
    rows = [(option, level, n) for (option, level), n in found.items()]
    tally = Tally.of(bank.item("ST01"), [*rows, ("idk", None, unknown)] if unknown else rows)
    assert tally.voters == sum(found.values()) + unknown == sum(tally.count(key) for key in tally.answers())
    assert tally.right == sum(n for (option, _), n in found.items() if option == "A")
    for option in "ABCD":
        row = {level: n for (one, level), n in found.items() if one == option}
        shown = tally.certainty(option)
        assert (shown is None) == any(n < 5 for n in row.values())
        if shown is not None:
            assert {level: n for level, n in shown.items() if n} == row
    hidden = any(tally.certainty(option) is None for option in "BCD")
    certain = sum(n for (option, level), n in found.items() if option in "BCD" and level == 3)
    assert tally.certain_and_wrong() == (None if hidden else certain)


def test_a_join_code_is_typed_as_people_type():
    code = new_join_code()
    assert read_join_code(f" {code[:2].lower()}-{code[2:]} ") == code
    assert not set("AEIOUY01LSZ") & set(LETTERS)
    for wrong in ("", "KQ73", "KQ73MM", "KQ73O", "ＫＱ７３Ｍ", "K" * 1000):
        assert read_join_code(wrong) == ""


def test_a_browser_code_cannot_be_made_up_or_taken_to_another_room():
    cookie = new_browser("one room")
    code = browser_of("one room", cookie)
    assert len(code) == 16 and cookie.startswith(code)
    assert browser_of("another room", cookie) == ""
    assert browser_of("one room", cookie[:-1] + ("0" if cookie[-1] != "0" else "1")) == ""
    assert browser_of("one room", "é" * 49) == "" == browser_of("one room", "")
    assert form_token("one room", code) != form_token("one room", code[::-1])


def test_an_allowance_refills_with_time_and_forgets_the_oldest():
    now = [0.0]
    allowance = Allowance(2, 0.5, clock=lambda: now[0])
    assert [allowance.take("a") for _ in range(3)] == [True, True, False]
    now[0] = 1.9
    assert not allowance.take("a")
    now[0] = 4.0
    assert allowance.peek("a") and allowance.take("a")
    for name in range(20_100):
        allowance.take(str(name))
    assert len(allowance.left) == 20_000
