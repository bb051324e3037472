"""The course's own questions: complete, sourced, numerically right, and not guessable from their form."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from jdm_teach.exercises import bank, grading
from jdm_teach.place import data_folder

ROOT = Path(__file__).resolve().parents[2]
ITEMS = bank.items()
SINGLES = [item for item in ITEMS if item.kind == "single" and not item.prediction]


def bank_arithmetic():
    spec = importlib.util.spec_from_file_location(
        "bank_arithmetic", ROOT / "tests/reference/bank_arithmetic.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_id(item):
    return item.id


def test_all_reviewed_items_are_in_the_bank():
    kinds = Counter(item.kind for item in ITEMS if re.match(r"(ST|CL|IM)\d\d$", item.id))
    assert kinds == {"single": 76, "number": 4}


def test_the_exercises_of_the_first_two_lessons_exist():
    kinds = {key: bank.item(key).kind for key in ("00a", "00b", "01a", "01b", "01c", "01d")}
    assert list(kinds.values()) == ["single", "many", "sort", "many", "text", "number"]
    assert len(bank.item("01a").cards) == 20
    assert Counter(card.category for card in bank.item("01a").cards) == {
        "stated": 7,
        "implied": 6,
        "absent": 7,
    }


def test_every_single_choice_has_four_options():
    assert {len(item.options) for item in SINGLES} == {4}


@pytest.mark.parametrize("item", ITEMS, ids=by_id)
def test_every_reply_is_a_full_sentence_of_its_own(item):
    replies = [option.feedback for option in item.options]
    replies += [path.feedback for path in item.wrong_paths]
    replies += [reply.feedback for card in item.cards for reply in card.replies]
    assert all(len(reply.split()) >= 5 and reply.rstrip()[-1] in ".?!" for reply in replies)
    assert len(set(replies)) == len(replies)


@pytest.mark.parametrize("item", [item for item in ITEMS if item.arithmetic_check], ids=by_id)
def test_the_arithmetic_behind_an_item_is_right(item):
    check = item.arithmetic_check
    value = bank_arithmetic().recompute(check.expression)
    # Both sides are rounded by the check itself, so they must be equal and not only close.
    assert json.loads(json.dumps(value, default=lambda number: number.item())) == check.expected


@pytest.mark.parametrize("item", [item for item in ITEMS if item.key], ids=by_id)
def test_no_wrong_path_can_be_taken_for_the_key_or_for_another(item):
    for path in item.wrong_paths:
        assert grading.grade(item, path.values[0]).misconception == path.misconception


def share_right(picks):
    """Expected share of right answers when one of the picked options is chosen at random, over all items."""
    return sum(sum(o.correct for o in picked) / len(picked) for picked in picks) / len(picks)


@pytest.mark.parametrize("rank", [max, min], ids=["longest", "shortest"])
def test_the_length_of_an_option_does_not_give_the_key_away(rank):
    picks = []
    for item in SINGLES:
        length = rank(len(option.text) for option in item.options)
        picks.append([option for option in item.options if len(option.text) == length])
    assert 0.15 <= share_right(picks) <= 0.35


@pytest.mark.parametrize("place", range(4))
def test_the_place_of_an_option_does_not_give_the_key_away(place):
    assert 0.15 <= share_right([[item.options[place]] for item in SINGLES]) <= 0.35


def test_the_browser_sees_nothing_that_gives_an_answer_away():
    for item in ITEMS:
        view = bank.public_view(item)
        shown = json.dumps(view, ensure_ascii=False)
        words = set(re.findall(r'"(\w+)":', shown))
        assert not words & {
            "correct",
            "feedback",
            "misconception",
            "explanation",
            "category",
            "order",
            "replies",
        }
        assert not {"wrong_belief", "key_expression", "wrong_paths", "model_answer", "rubric"} & words
        secrets = [item.explanation, item.model_answer, *(o.feedback for o in item.options)]
        secrets += [reply.feedback for card in item.cards for reply in card.replies]
        assert not any(text and json.dumps(text, ensure_ascii=False)[1:-1] in shown for text in secrets)
        assert view == bank.public_view(item)
        assert [entry["key"] for entry in view.get("options", [])] == [o.key for o in item.options]


def test_every_source_has_a_well_formed_link_or_none():
    for source in bank.load(data_folder() / "questions").sources.values():
        assert source.text
        assert source.url == "" or re.match(r"https?://[^\s]+$", source.url)


def test_every_item_names_an_objective_of_the_course():
    assert [item.id for item in ITEMS if not item.objectives and item.category != "tour"] == []


def test_cards_rest_on_facts_of_the_public_extract():
    for card in bank.item("01a").cards:
        assert card.evidence
        assert all(1 <= int(fact[1:]) <= 21 for fact in card.evidence)
        assert ("E21" in card.evidence) or card.category != "absent"


def test_the_forms_are_parallel_and_share_no_item():
    raw = json.loads((data_folder() / "questions/forms.json").read_text(encoding="utf-8"))
    a, b, delayed = (bank.form(name) for name in ("A", "B", "delayed"))
    assert (len(a.items), len(b.items), len(delayed.items)) == (12, 12, 6)
    assert len({*a.items, *b.items, *delayed.items}) == 30
    for pair in raw["pairs"]:
        for name in ("A", "B"):
            item = bank.item(pair[name])
            assert pair["objective"] in item.objectives
            assert item.bloom == pair["bloom"]
            assert item.option(pair[f"key_{name}"]).correct
    for form in (a, b):
        keys = Counter(o.key for key in form.items for o in bank.item(key).options if o.correct)
        assert set(keys.values()) == {3}
    assert all(reason for form in (a, b, delayed) for _, reason in form.reasons)


def test_a_near_miss_gets_a_suggestion():
    for typed in ("st01", "ST1", "ST-01", "S T01"):
        with pytest.raises(ValueError, match="ST01"):
            bank.item(typed)
    with pytest.raises(ValueError, match="There is no question"):
        bank.item(None)


def test_a_question_does_not_wait_for_heavy_imports():
    code = (
        "import sys; from jdm_teach.exercises import bank, grading, record; bank.items();"
        "print(sorted({'numpy','scipy','pandas','matplotlib','IPython','ipywidgets'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
