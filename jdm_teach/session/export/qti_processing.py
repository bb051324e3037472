"""How a QTI item turns a response into a score and a reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element, SubElement

from ...exercises.item import Item

__all__ = ["Replies", "process"]

# The HTML of a reply and the outcome variable that shows it, by the reply's own identifier.
Replies = dict[str, tuple[str, str]]


def process(root: Element, item: Item, replies: Replies, identifier: Callable[[str], str]) -> None:
    """Adds response processing: the score where there is a key, then the reply to this answer, then the explanation."""
    made = SubElement(root, "qti-response-processing")
    marked = not item.prediction
    if marked and item.kind in {"many", "sort"}:
        score = set_value(made, "SCORE")
        SubElement(score, "qti-map-response", identifier="RESPONSE")
    elif marked and item.kind in {"single", "order"}:
        condition = SubElement(SubElement(made, "qti-response-condition"), "qti-response-if")
        match = SubElement(condition, "qti-match")
        SubElement(match, "qti-variable", identifier="RESPONSE")
        SubElement(match, "qti-correct", identifier="RESPONSE")
        base(set_value(condition, "SCORE"), "float", "1")
    elif marked and item.kind in {"number", "interval"}:
        paths(made, item)
    if item.kind in {"single", "many"}:
        SubElement(set_value(made, "FEEDBACK"), "qti-variable", identifier="RESPONSE")
    elif item.kind == "sort":
        for card in item.cards:
            for reply in card.replies:
                condition = SubElement(SubElement(made, "qti-response-condition"), "qti-response-if")
                member = SubElement(condition, "qti-member")
                base(member, "directedPair", f"{identifier(card.key)} pile-{reply.category}")
                SubElement(member, "qti-variable", identifier="RESPONSE")
                name = identifier(card.key)
                reply_with(condition, f"REPLY-{name}", f"{name}-{reply.category}")
    for outcome, name in (("FEEDBACK", "told"), ("EXPLANATION", "explanation")):
        if name in replies:
            reply_with(made, outcome, name)


def paths(made: Element, item: Item) -> None:
    """The key, then every known wrong way, then anything else; the first that fits is the reply."""
    condition = SubElement(made, "qti-response-condition")
    branch = SubElement(condition, "qti-response-if")
    equal(branch, item.key, item.tolerance)
    base(set_value(branch, "SCORE"), "float", "1")
    reply_with(branch, "FEEDBACK", "right")
    for number, path in enumerate(item.wrong_paths, start=1):
        branch = SubElement(condition, "qti-response-else-if")
        equal(branch, path.values, path.tolerance)
        reply_with(branch, "FEEDBACK", f"path{number}")
    reply_with(SubElement(condition, "qti-response-else"), "FEEDBACK", "other")


def equal(parent: Element, values: Sequence[float], tolerance: float) -> None:
    names = ("LOW", "HIGH") if len(values) == 2 else ("RESPONSE",)
    holder = SubElement(parent, "qti-and") if len(values) == 2 else parent
    how = {"tolerance-mode": "exact"}
    if tolerance:
        how = {"tolerance-mode": "absolute", "tolerance": f"{tolerance:.10g} {tolerance:.10g}"}
    for name, value in zip(names, values, strict=True):
        test = SubElement(holder, "qti-equal", how)
        SubElement(test, "qti-variable", identifier=name)
        base(test, "float", f"{value:.10g}")


def set_value(parent: Element, name: str) -> Element:
    return SubElement(parent, "qti-set-outcome-value", identifier=name)


def base(parent: Element, kind: str, value: str) -> None:
    SubElement(parent, "qti-base-value", {"base-type": kind}).text = value


def reply_with(parent: Element, outcome: str, name: str) -> None:
    """Shows one reply. Each outcome holds a single one: players differ in how they add to a list that is empty."""
    base(set_value(parent, outcome), "identifier", name)
