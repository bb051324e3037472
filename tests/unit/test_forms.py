"""Forms A, B and delayed: matched by objective and Bloom level, balanced keys, no question twice, crossed over by code."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest

from jdm_teach.exercises import bank
from jdm_teach.exercises.code_words import first_form, new_code
from jdm_teach.exercises.quiz import form_for
from jdm_teach.place import data_folder

RAW = json.loads((data_folder() / "questions" / "forms.json").read_text(encoding="utf-8"))


def key(name: str) -> str:
    return next(option.key for option in bank.item(name).options if option.correct)


def test_the_forms_hold_twelve_twelve_and_six():
    assert {name: len(form.items) for name, form in bank.forms().items()} == {"A": 12, "B": 12, "delayed": 6}


def test_no_question_occurs_twice():
    every = [item for form in bank.forms().values() for item in form.items]
    assert len(set(every)) == len(every) == 30


def test_each_question_of_a_has_its_partner_in_b_with_the_same_objective_and_level():
    pairs = RAW["pairs"]
    assert {pair["A"] for pair in pairs} == set(bank.form("A").items)
    assert {pair["B"] for pair in pairs} == set(bank.form("B").items)
    for pair in pairs:
        a, b = bank.item(pair["A"]), bank.item(pair["B"])
        assert pair["objective"] in a.objectives and pair["objective"] in b.objectives, pair
        assert a.bloom == b.bloom == pair["bloom"], pair
        assert (key(a.id), key(b.id)) == (pair["key_A"], pair["key_B"]), pair


def test_each_delayed_question_serves_an_objective_of_the_pairs_at_its_level():
    levels = {(pair["objective"], pair["bloom"]) for pair in RAW["pairs"]}
    for row in RAW["delayed_reasoning"]:
        item = bank.item(row["item"])
        assert row["objective"] in item.objectives and item.bloom == row["bloom"]
        assert (row["objective"], row["bloom"]) in levels


@pytest.mark.parametrize("name", ["A", "B", "delayed"])
def test_the_key_stands_equally_often_in_each_place(name):
    form = bank.form(name)
    places = Counter(key(item) for item in form.items)
    assert set(places) == set("ABCD") and max(places.values()) - min(places.values()) <= 1
    assert dict(places) == RAW["forms"][name]["keys"]
    assert dict(Counter(bank.item(item).bloom for item in form.items)) == RAW["forms"][name]["bloom"]


@pytest.mark.parametrize("name", ["A", "B", "delayed"])
def test_neither_the_longest_option_nor_a_repeated_letter_gives_the_key_away(name):
    items = [bank.item(item) for item in bank.form(name).items]
    longest = sum(max(item.options, key=lambda o: len(o.text)).correct for item in items)
    assert longest <= len(items) / 3 + 1
    keys = [key(item.id) for item in items]
    assert not any(a == b == c for (a, b), (_, c) in pairwise(pairwise(keys)))


@pytest.mark.parametrize("name", ["A", "B", "delayed"])
def test_every_choice_has_its_reason_and_every_question_is_a_single_choice_with_confidence(name):
    form = bank.form(name)
    assert [item for item, reason in form.reasons if len(reason) > 30] == list(form.items)
    assert all(bank.item(item).kind == "single" and bank.item(item).asks_confidence for item in form.items)


def test_the_code_decides_which_form_comes_first_and_the_other_one_comes_after():
    codes = [new_code() for _ in range(400)]
    begun = Counter(first_form(code) for code in codes)
    # 400 fair coins: 150 to 250 leaves out about one run in two million.
    assert set(begun) == {"A", "B"} and 150 < begun["A"] < 250
    for code in codes[:50]:
        assert {form_for("before", code), form_for("after", code)} == {"A", "B"}
        assert form_for("before", code) == first_form(code)
        assert form_for("delayed", code) == "delayed"
