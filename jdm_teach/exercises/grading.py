"""From an item and a response to an outcome. Pure: no file, no clock, no browser; nothing a learner sends raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import marking_choices as choices
from . import marking_numbers as numbers
from .item import Item
from .outcome import CONFIDENCE, DONT_KNOW, VERDICTS, Outcome, belief, marks

__all__ = [
    "CONFIDENCE",
    "DONT_KNOW",
    "VERDICTS",
    "Outcome",
    "all_replies",
    "answer_text",
    "grade",
    "marks",
    "rehearsal_responses",
]

LONGEST_TEXT = 4000
NOTHING = {
    "single": "Choose one option; “I do not know” is an answer too.",
    "many": "Tick at least one box; “I do not know” is an answer too.",
    "number": "Type a number; a rough one is fine, and “I do not know” is an answer too.",
    "interval": "Type a lower and an upper number; “I do not know” is an answer too.",
    "order": "Give every line a place; “I do not know” is an answer too.",
    "sort": "Give the cards a place; “I do not know” is an answer too.",
    "text": "Write a sentence or two; a first try is welcome.",
}


def grade(item: Item, response: object) -> Outcome:
    """The outcome of one response to one item.

    `response` is an option key (`single`), keys (`many`), a number or what was typed (`number`), two of them
    (`interval`), keys from first to last or places by key (`order`), categories by card (`sort`), a text
    (`text`), or `DONT_KNOW`. What cannot be understood gives the verdict "unreadable" with a sentence that says
    what was expected; it is never an exception.

    >>> from jdm_teach.exercises import bank
    >>> grade(bank.item("ST39"), "5/7").misconception
    'survivors-only denominator'
    """
    if isinstance(response, str):
        response = response.strip()
    if response is None or (isinstance(response, (str, list, tuple, dict)) and not response):
        return Outcome("no_answer", NOTHING[item.kind])
    if (isinstance(response, str) and response.lower() == DONT_KNOW) or (
        isinstance(response, list) and response == [DONT_KNOW]
    ):
        outcome = _dont_know(item)
    else:
        outcome = MARKERS[item.kind](item, response)
    if not outcome.records:
        return outcome
    return replace(outcome, explanation=item.explanation, answer_text=answer_text(item))


def _dont_know(item: Item) -> Outcome:
    if item.prediction:
        return Outcome("dont_know", f"That is fine too. {item.look_at}")
    common = f"Many people start from this belief: “{item.wrong_belief}” " if item.wrong_belief else ""
    return Outcome("dont_know", f"{common}Read the explanation, then try the question again if you like.")


def _written(item: Item, response: object) -> Outcome:
    if not isinstance(response, str):
        return Outcome("unreadable", "Please write your answer as text.")
    if len(response) > LONGEST_TEXT:
        return Outcome(
            "unreadable", f"Please shorten your text to {LONGEST_TEXT} characters; nothing of it is lost."
        )
    points = tuple((f"{score} of 3", text) for score, text in enumerate(item.rubric))
    message = "Compare your text with the model answer and give it 0 to 3 points yourself; other wordings are as good."
    return Outcome("noted", message, (("Model answer", item.model_answer), *points), value=response)


MARKERS: dict[str, Callable[[Item, object], Outcome]] = {
    "single": choices.single,
    "many": choices.many,
    "order": choices.ranked,
    "sort": choices.sorted_cards,
    "number": numbers.number,
    "interval": numbers.interval,
    "text": _written,
}


def answer_text(item: Item) -> str:
    """The key in words; empty for a prediction, which has none."""
    if item.kind == "text":
        return item.model_answer
    if item.kind in {"single", "many"}:
        return " · ".join(option.text for option in item.options if option.correct)
    if item.kind == "order":
        return "; then ".join(item.option(key).text.rstrip(".") for key in item.order)
    if item.kind == "sort":
        piles = ((text, [c.text for c in item.cards if c.category == key]) for key, text in item.categories)
        return " ".join(f"{text}: {' · '.join(cards)}" for text, cards in piles if cards)
    return numbers.key_text(item)


def all_replies(item: Item) -> list[tuple[str, str]]:
    """Every reply the item can give, as (label, text), for the edition that is read without Python."""
    if item.kind == "sort":
        homes = dict(item.categories)
        return [(f"{c.text} ({homes[c.category]})", c.reply(c.category).feedback) for c in item.cards]
    if item.options:
        return [(option.text, belief(option.misconception, option.feedback)) for option in item.options]
    if item.kind == "text":
        return [(f"{score} of 3", text) for score, text in enumerate(item.rubric)]
    right = [(answer_text(item), item.feedback_right)] if item.key and item.feedback_right else []
    wrong = [
        (numbers.values_text(p.values, item.unit), belief(p.misconception, p.feedback))
        for p in item.wrong_paths
    ]
    return [*right, *wrong]


def rehearsal_responses(item: Item) -> list[Any]:
    """One response of every sort an item can meet: its key, each wrong option or path, nonsense, nothing, not known."""
    responses: list[Any] = [DONT_KNOW, None, "", object(), {"?": []}, "\x00"]
    if item.kind == "single":
        responses += [option.key for option in item.options]
    elif item.kind == "many":
        responses += [[option.key] for option in item.options]
        responses += [
            [o.key for o in item.options if o.correct] or [item.options[0].key],
            [o.key for o in item.options],
        ]
    elif item.kind == "order":
        responses += [list(item.order), list(reversed(item.order))]
    elif item.kind == "sort":
        responses += [{card.key: pile for card in item.cards} for pile, _ in item.categories]
        responses += [
            {card.key: card.category for card in item.cards},
            {item.cards[0].key: item.cards[0].category},
        ]
    elif item.kind == "number":
        responses += [*(item.key or (_plausible(item),)), *(path.values[0] for path in item.wrong_paths)]
        responses += [1e9, "12 or so"]
    elif item.kind == "interval":
        responses += [
            list(item.key) or [_plausible(item), _plausible(item) + 1],
            *(list(path.values) for path in item.wrong_paths),
            [2, 1],
            ["a", "b"],
        ]
    else:
        responses += ["A first try.", "x" * (LONGEST_TEXT + 1)]
    return responses


def _plausible(item: Item) -> float:
    """A number in the middle of what a prediction may be."""
    low = 0.0 if item.minimum is None else item.minimum
    high = low + 10 if item.maximum is None else item.maximum
    return round((low + high) / 2)
