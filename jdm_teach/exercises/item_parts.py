"""The part of a question that depends on its kind: options, a number, cards, or a text with its rubric."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from .arithmetic import evaluate
from .item import Card, Option, Reply, WrongPath
from .item_entry import KEY, Entry

__all__ = ["choices", "quantity", "sorting", "writing"]

MOST_CHOICES = {"single": 5, "many": 10, "order": 10}


def choices(read: Entry) -> dict[str, Any]:
    """The options of a single, many or order question, and the right order where there is one."""
    kind, prediction = read.raw["kind"], read.raw.get("prediction", False)
    options = tuple(_option(read, row, i) for i, row in enumerate(read.rows("options")))
    most = MOST_CHOICES[kind]
    if not 2 <= len(options) <= most:
        raise read.refuse("options", f"{len(options)} options; a question of this kind has 2 to {most}.")
    if len({option.key for option in options}) < len(options):
        raise read.refuse("options", "two options share a key; give each its own.")
    right = [option for option in options if option.correct]
    if kind == "order":
        order = read.texts("order", KEY.pattern, "option keys from first to last")
        keys = tuple(option.key for option in options)
        if right or sorted(order) != sorted(keys):
            raise read.refuse(
                "order", "list each option key once, from first to last, and mark no option correct."
            )
        if order == keys:
            raise read.refuse(
                "options", "the options are shown in the right order already; store them mixed."
            )
        return {"options": options, "order": order}
    if prediction:
        if right:
            raise read.refuse("options", "a prediction is not marked, so no option may be correct.")
    elif kind == "single" and len(right) != 1:
        raise read.refuse("options", f"{len(right)} options are marked correct; exactly one must be.")
    elif kind == "single" and right[0].misconception:
        raise read.refuse(
            f"options[{right[0].key}].misconception",
            "the right option reveals no misconception; leave this out.",
        )
    elif kind == "many" and not 0 < len(right) < len(options):
        raise read.refuse("options", "at least one option must be correct and at least one wrong.")
    return {"options": options}


def _option(read: Entry, row: Mapping[str, Any], number: int) -> Option:
    key = row.get("key")
    at = f"options[{key if isinstance(key, str) else number}]."
    if not isinstance(key, str) or not KEY.fullmatch(key) or key == "idk":
        raise read.refuse(at + "key", "a key is a short word such as A; idk is taken by 'I do not know'.")
    correct = row.get("correct", False)
    if not isinstance(correct, bool):
        raise read.refuse(at + "correct", "this must be true or false.")
    named = row.get("misconception")
    if named is not None or not (correct or read.raw.get("prediction")):
        named = read.text("misconception", row, at=at)
    return Option(key, read.text("text", row, at=at), read.text("feedback", row, at=at), correct, named)


def quantity(read: Entry) -> dict[str, Any]:
    """The key, tolerance, range and wrong paths of a number or interval."""
    count = 2 if read.raw["kind"] == "interval" else 1
    prediction = read.raw.get("prediction", False)
    expressions = _expressions(read, read.raw.get("key_expression"), count, "key_expression")
    printed = read.raw.get("key")
    stated = tuple(printed if isinstance(printed, list) else [] if printed is None else [printed])
    if any(isinstance(v, bool) or not isinstance(v, (int, float)) or not math.isfinite(v) for v in stated):
        raise read.refuse("key", "this must be a number, or a list of two for an interval.")
    values = _values(read, expressions, "key_expression") or tuple(map(float, stated))
    tolerance = read.number("tolerance") or 0.0
    if tolerance < 0:
        raise read.refuse("tolerance", "this cannot be negative.")
    if not prediction and len(values) != count:
        raise read.refuse("key", f"give {count} number(s), or key_expression with the sum.")
    if len(values) == 2 and values[0] > values[1]:
        raise read.refuse("key", "the lower end comes first.")
    if stated and any(abs(v - s) > tolerance + 1e-9 for v, s in zip(values, stated, strict=True)):
        raise read.refuse("key", f"the sum gives {values}, which is not the stated key {stated}.")
    low, high = read.number("minimum"), read.number("maximum")
    if low is not None and high is not None and low >= high:
        raise read.refuse("minimum", "this must be below the maximum.")
    if any((low is not None and v < low) or (high is not None and v > high) for v in values):
        raise read.refuse("key", "the key lies outside minimum and maximum.")
    paths = tuple(_wrong_path(read, row, i, count) for i, row in enumerate(read.rows("wrong_paths")))
    for number, path in enumerate(paths):
        apart = [abs(a - b) for a, b in zip(path.values, values, strict=False)]
        if values and all(gap <= tolerance + 1e-12 for gap in apart):
            raise read.refuse(f"wrong_paths[{number}].value", "this equals the key within its tolerance.")
    return {
        "unit": read.text("unit"),
        "key": values,
        "key_expressions": expressions,
        "tolerance": tolerance,
        "minimum": low,
        "maximum": high,
        "out_of": read.number("out_of"),
        "wrong_paths": paths,
        "feedback_right": read.text("feedback_right", empty=prediction),
        "feedback_other": read.text("feedback_other", empty=prediction),
    }


def _wrong_path(read: Entry, row: Mapping[str, Any], number: int, count: int) -> WrongPath:
    at = f"wrong_paths[{number}]."
    expressions = _expressions(read, row.get("expression"), count, at + "expression")
    values = _values(read, expressions, at + "expression")
    if len(values) != count:
        raise read.refuse(at + "expression", f"give {count} sum(s) that the wrong path works out.")
    tolerance = read.number("tolerance", row, at=at) or 0.0
    stated = read.number("value", row, at=at)
    if stated is not None and abs(values[0] - stated) > tolerance + 1e-4:
        raise read.refuse(at + "value", f"the sum gives {values[0]:g}, which is not the stated {stated:g}.")
    texts = [read.text(field, row, at=at) for field in ("misconception", "feedback")]
    return WrongPath(expressions, values, tolerance, *texts)


def _expressions(read: Entry, value: object, count: int, field: str) -> tuple[str, ...]:
    if value is None:
        return ()
    listed = value if isinstance(value, list) else [value]
    if len(listed) != count or not all(isinstance(v, str) for v in listed):
        raise read.refuse(field, f"give {count} sum(s) as text.")
    return tuple(listed)


def _values(read: Entry, expressions: tuple[str, ...], field: str) -> tuple[float, ...]:
    try:
        return tuple(evaluate(expression) for expression in expressions)
    except ValueError as error:
        raise read.refuse(field, str(error)) from error


def sorting(read: Entry) -> dict[str, Any]:
    """The categories and cards of a card sort."""
    piles = tuple((read.text("key", row), read.text("text", row)) for row in read.rows("categories"))
    keys = [key for key, _ in piles]
    if (
        not 2 <= len(set(keys)) == len(keys) <= 6
        or not all(KEY.fullmatch(key) for key in keys)
        or "idk" in keys
    ):
        raise read.refuse("categories", "give 2 to 6 categories, each with its own short key (not idk).")
    cards = tuple(_card(read, row, i, keys) for i, row in enumerate(read.rows("cards")))
    if not 2 <= len(cards) <= 40 or len({card.key for card in cards}) < len(cards):
        raise read.refuse("cards", "give 2 to 40 cards, each with its own key.")
    return {"categories": piles, "cards": cards, "feedback_right": read.text("feedback_right", empty=True)}


def _card(read: Entry, row: Mapping[str, Any], number: int, piles: list[str]) -> Card:
    key = row.get("key")
    at = f"cards[{key if isinstance(key, str) else number}]."
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise read.refuse(at + "key", "a key is a short word such as c01.")
    home = row.get("category")
    if home not in piles:
        raise read.refuse(at + "category", f"choose one of {', '.join(piles)}.")
    given = row.get("replies")
    if not isinstance(given, Mapping) or set(given) != set(piles):
        raise read.refuse(at + "replies", f"give one reply for each of {', '.join(piles)}.")
    replies = []
    for pile in piles:
        place = f"{at}replies[{pile}]."
        if not isinstance(given[pile], Mapping):
            raise read.refuse(place, "a reply holds feedback and, where the card is wrong, a misconception.")
        named = None if pile == home else read.text("misconception", given[pile], at=place)
        replies.append(Reply(pile, read.text("feedback", given[pile], at=place), named))
    evidence = row.get("evidence", [])
    if not isinstance(evidence, list) or not all(
        isinstance(e, str) and re.fullmatch(r"E\d\d", e) for e in evidence
    ):
        raise read.refuse(at + "evidence", "list the extract facts behind the card, such as E09.")
    return Card(key, read.text("text", row, at=at), home, tuple(replies), tuple(evidence))


def writing(read: Entry) -> dict[str, Any]:
    """The model answer and the rubric of a free text."""
    rubric = read.raw.get("rubric")
    if (
        not isinstance(rubric, list)
        or len(rubric) != 4
        or not all(isinstance(r, str) and r.strip() for r in rubric)
    ):
        raise read.refuse("rubric", "give four sentences, for 0, 1, 2 and 3 points.")
    return {"model_answer": read.text("model_answer"), "rubric": tuple(rubric)}
