"""One question as a QTI 3.0 assessment item: declarations, body, response processing, a reply for every answer."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, fromstring

from ...exercises.item import Item
from .parcel import clean, explanation_html, option_reply, paragraph
from .qti_processing import Replies, process

__all__ = ["XSI", "assessment_item", "identifier"]

ITEM = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
ITEM_SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TYPES = {
    "single": ("single", "identifier"),
    "many": ("multiple", "identifier"),
    "order": ("ordered", "identifier"),
    "sort": ("multiple", "directedPair"),
    "number": ("single", "float"),
    "text": ("single", "string"),
}


def identifier(key: str) -> str:
    """A key as an identifier of QTI, which begins with a letter."""
    return key if key[:1].isalpha() else f"i{key}"


def assessment_item(item: Item) -> Element:
    """The item as `qti-assessment-item`. A prediction has no key and no score; a text is scored by a person."""
    root = Element("qti-assessment-item", {
        "xmlns": ITEM, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{ITEM} {ITEM_SCHEMA}",
        "identifier": identifier(item.id), "title": clean(item.stem)[:120], "adaptive": "false", "time-dependent": "false",
        "xml:lang": "en", "tool-name": "jdm_teach", "tool-version": str(item.version),
    })  # fmt: skip
    declare_responses(root, item)
    replies = item_replies(item)
    declare_outcomes(root, item, replies)
    body(SubElement(root, "qti-item-body"), item)
    process(root, item, replies, identifier)
    for name, (outcome, html) in replies.items():
        feedback = SubElement(
            root,
            "qti-modal-feedback",
            {"outcome-identifier": outcome, "identifier": name, "show-hide": "show"},
        )
        fill(SubElement(feedback, "qti-content-body"), html)
    return root


def declare_responses(root: Element, item: Item) -> None:
    if item.kind == "interval":
        for place, name in enumerate(("LOW", "HIGH")):
            declared = SubElement(
                root,
                "qti-response-declaration",
                {"identifier": name, "cardinality": "single", "base-type": "float"},
            )
            correct(declared, [f"{item.key[place]:.10g}"] if item.key and not item.prediction else [])
        return
    cardinality, base = TYPES[item.kind]
    declared = SubElement(
        root,
        "qti-response-declaration",
        {"identifier": "RESPONSE", "cardinality": cardinality, "base-type": base},
    )
    correct(declared, [] if item.prediction else key_values(item))
    if item.kind in {"many", "sort"} and not item.prediction:
        mapping = SubElement(
            declared, "qti-mapping", {"lower-bound": "0", "upper-bound": "1", "default-value": "0"}
        )
        for key, points in points_of(item).items():
            SubElement(mapping, "qti-map-entry", {"map-key": key, "mapped-value": f"{points:.6g}"})


def key_values(item: Item) -> list[str]:
    if item.kind in {"single", "many"}:
        return [identifier(option.key) for option in item.options if option.correct]
    if item.kind == "order":
        return [identifier(key) for key in item.order]
    if item.kind == "sort":
        return [f"{identifier(card.key)} {pile(card.category)}" for card in item.cards]
    return [f"{item.key[0]:.10g}"] if item.kind == "number" else []


def pile(key: str) -> str:
    """A category's identifier; cards and categories share one space of names."""
    return f"pile-{key}"


def points_of(item: Item) -> dict[str, float]:
    """Each right part earns its share; in a list of boxes each wrong tick costs, so that ticking all earns nothing."""
    if item.kind == "sort":
        return {key: 1 / len(item.cards) for key in key_values(item)}
    right = sum(option.correct for option in item.options)
    wrong = len(item.options) - right
    return {identifier(o.key): 1 / right if o.correct else -1 / wrong for o in item.options}


def correct(declared: Element, values: list[str]) -> None:
    if values:
        holder = SubElement(declared, "qti-correct-response")
        for value in values:
            SubElement(holder, "qti-value").text = value


def declare_outcomes(root: Element, item: Item, replies: Replies) -> None:
    if not item.prediction:
        how = {"external-scored": "human"} if item.kind == "text" else {}
        highest = "3" if item.kind == "text" else "1"
        score = SubElement(
            root,
            "qti-outcome-declaration",
            {
                "identifier": "SCORE",
                "cardinality": "single",
                "base-type": "float",
                "normal-minimum": "0",
                "normal-maximum": highest,
                **how,
            },
        )
        SubElement(SubElement(score, "qti-default-value"), "qti-value").text = "0"
    for outcome in dict.fromkeys(outcome for outcome, _ in replies.values()):
        cardinality = "multiple" if outcome == "FEEDBACK" and item.kind == "many" else "single"
        SubElement(
            root,
            "qti-outcome-declaration",
            {"identifier": outcome, "cardinality": cardinality, "base-type": "identifier"},
        )


def fill(parent: Element, html: str) -> None:
    """Puts HTML that this module made itself into an element."""
    for part in fromstring(f"<div>{html}</div>"):
        parent.append(part)


def body(parent: Element, item: Item) -> None:
    if item.kind == "text":
        rubric = SubElement(parent, "qti-rubric-block", {"use": "scoring", "view": "scorer"})
        rows = "".join(paragraph(f"{score} of 3: {text}") for score, text in enumerate(item.rubric))
        fill(
            SubElement(rubric, "qti-content-body"), f"<p>Model answer</p>{paragraph(item.model_answer)}{rows}"
        )
    if item.kind in {"number", "interval"}:
        numbers(parent, item)
        return
    if item.note:
        SubElement(parent, "p").text = clean(item.note)
    if item.kind == "text":
        made = SubElement(
            parent,
            "qti-extended-text-interaction",
            {"response-identifier": "RESPONSE", "expected-lines": "8"},
        )
        SubElement(made, "qti-prompt").text = clean(item.stem)
    elif item.kind == "sort":
        made = SubElement(
            parent,
            "qti-match-interaction",
            {
                "response-identifier": "RESPONSE",
                "shuffle": "false",
                "max-associations": str(len(item.cards)),
                "min-associations": "0",
            },
        )
        SubElement(made, "qti-prompt").text = clean(item.stem)
        cards, piles = (SubElement(made, "qti-simple-match-set") for _ in range(2))
        for card in item.cards:
            associable(cards, identifier(card.key), card.text, "1")
        for key, text in item.categories:
            associable(piles, pile(key), text, "0")
    else:
        name = "qti-order-interaction" if item.kind == "order" else "qti-choice-interaction"
        most = {} if item.kind == "order" else {"max-choices": "1" if item.kind == "single" else "0"}
        made = SubElement(parent, name, {"response-identifier": "RESPONSE", "shuffle": "false", **most})
        SubElement(made, "qti-prompt").text = clean(item.stem)
        for option in item.options:
            SubElement(made, "qti-simple-choice", {"identifier": identifier(option.key)}).text = clean(
                option.text
            )


def associable(parent: Element, name: str, text: str, most: str) -> None:
    SubElement(parent, "qti-simple-associable-choice", {"identifier": name, "match-max": most}).text = clean(
        text
    )


def numbers(parent: Element, item: Item) -> None:
    for text in filter(None, (item.stem, item.note)):
        SubElement(parent, "p").text = clean(text)
    for label, name in (
        (("From", "LOW"), ("to", "HIGH")) if item.kind == "interval" else (("Answer:", "RESPONSE"),)
    ):
        line = SubElement(parent, "p")
        line.text = f"{label} "
        entry = SubElement(
            line, "qti-text-entry-interaction", {"response-identifier": name, "expected-length": "10"}
        )
        entry.tail = f" {clean(item.unit)}" if item.unit else ""


def item_replies(item: Item) -> Replies:
    """Every reply of an item by the identifier that shows it."""
    made: dict[str, str] = {}
    cards: Replies = {}
    if item.kind in {"single", "many"}:
        made = {
            identifier(o.key): option_reply(None if o.correct else o.misconception, o.feedback)
            for o in item.options
        }
    elif item.kind == "order":
        rows = [item.option(key) for key in item.order or [o.key for o in item.options]]
        made = {
            "told": "".join(
                paragraph(f"{place}. {o.text} {o.feedback}") for place, o in enumerate(rows, start=1)
            )
        }
    elif item.kind == "sort":
        for card in item.cards:
            name = identifier(card.key)
            for reply in card.replies:
                html = option_reply(reply.misconception, f"{card.text}: {reply.feedback}")
                cards[f"{name}-{reply.category}"] = (f"REPLY-{name}", html)
    elif item.kind in {"number", "interval"} and not item.prediction:
        made = {"right": paragraph(item.feedback_right), "other": paragraph(item.feedback_other)}
        made |= {
            f"path{n}": option_reply(p.misconception, p.feedback)
            for n, p in enumerate(item.wrong_paths, start=1)
        }
    elif item.kind == "text":
        made = {"told": paragraph(item.model_answer)}
    found: Replies = {name: ("FEEDBACK", html) for name, html in made.items()}
    found |= cards
    found["explanation"] = ("EXPLANATION", paragraph(item.look_at) + explanation_html(item))
    return {name: (outcome, html) for name, (outcome, html) in found.items() if html}
