"""The question bank as Moodle XML (https://docs.moodle.org/en/Moodle_XML_format), one category a lesson."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ...exercises.item import Item
from ..runsheet import LESSONS
from .parcel import Parcel, clean, explanation_html, listed, option_reply, paragraph

__all__ = ["moodle_xml"]

SINGLE = "multichoice"
KINDS = {"single": SINGLE, "many": SINGLE, "number": "numerical", "order": "matching", "sort": "matching", "text": "essay"}  # fmt: skip


def moodle_xml(items: Sequence[Item]) -> Parcel:
    """The items as one file for Moodle's question bank, with notes on what Moodle XML cannot carry."""
    root = Element("quiz")
    carried = [item for item in items if not item.prediction and item.kind in KINDS]
    lesson = None
    for item in sorted(carried, key=lambda item: item.lesson):
        if item.lesson != lesson:
            lesson = item.lesson
            title = LESSONS.get(lesson, ("", lesson))[1].replace("/", "//")
            holder = SubElement(SubElement(root, "question", type="category"), "category")
            SubElement(holder, "text").text = f"$course$/top/jdm_teach/{lesson} {clean(title)}"
        root.append(question(item))
    indent(root, " ")
    content = b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"
    return Parcel("jdm_moodle.xml", content, len(carried), notes(items, carried))


def notes(items: Sequence[Item], carried: Sequence[Item]) -> tuple[str, ...]:
    predictions = [item for item in items if item.prediction]
    intervals = [item for item in items if item.kind == "interval" and not item.prediction]
    of = {kind: [item for item in carried if item.kind == kind] for kind in KINDS}
    told = [
        (predictions, "predictions have no right answer, and Moodle asks for one: left out"),
        (intervals, "an interval is two numbers that belong together, which no question type of Moodle holds: left out"),
        (carried, "how sure a learner is: choose the behaviour “Deferred feedback with CBM” for the quiz instead"),
        (carried, "“I do not know” as an answer of its own"),
        (of["many"], "the reply to a box left open, and the verdict “partly”: ticked boxes are scored in fractions"),
        (of["number"], "typed fractions, per cents and “1 of 10”: Moodle reads plain numbers"),
        (of["order"] + of["sort"], "a reply of its own for each card and place: all replies stand in the general feedback"),
        (of["text"], "marking one's own text with the rubric: it stands in the information for graders"),
    ]  # fmt: skip
    return tuple(f"{what} ({listed(which, items)})." for which, what in told if which)


def question(item: Item) -> Element:
    made = Element("question", type=KINDS[item.kind])
    name = SubElement(made, "name")
    SubElement(name, "text").text = clean(f"{item.id}: {item.stem}")[:200]
    html(made, "questiontext", paragraph(item.stem) + paragraph(item.note))
    html(made, "generalfeedback", explanation_html(item) + replies(item))
    for tag, value in (("defaultgrade", "1"), ("penalty", "0"), ("hidden", "0"), ("idnumber", item.id)):
        SubElement(made, tag).text = value
    PARTS[item.kind](made, item)
    tags = SubElement(made, "tags")
    for word in (*item.objectives, item.bloom, item.category):
        SubElement(SubElement(tags, "tag"), "text").text = clean(word)
    return made


def html(parent: Element, tag: str, text: str) -> Element:
    made = SubElement(parent, tag, format="html")
    SubElement(made, "text").text = text
    return made


def answer(parent: Element, text: str, fraction: float, reply: str, form: str = "html") -> Element:
    # Moodle knows fractions by five decimals, such as 33.33333.
    made = SubElement(parent, "answer", fraction=f"{fraction:.5f}".rstrip("0").rstrip("."), format=form)
    SubElement(made, "text").text = text
    html(made, "feedback", reply)
    return made


def choices(made: Element, item: Item) -> None:
    right = sum(option.correct for option in item.options)
    wrong = len(item.options) - right
    SubElement(made, "single").text = "true" if item.kind == "single" else "false"
    SubElement(made, "shuffleanswers").text = "false"
    SubElement(made, "answernumbering").text = "ABCD"
    SubElement(made, "showstandardinstruction").text = "0"
    combined(made)
    for option in item.options:
        lost = 0 if item.kind == "single" else -100 / wrong
        reply = option_reply(None if option.correct else option.misconception, option.feedback)
        answer(made, paragraph(option.text), 100 / right if option.correct else lost, reply)


def combined(made: Element) -> None:
    for tag in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        html(made, tag, "")


def numbers(made: Element, item: Item) -> None:
    known = [(item.key[0], item.tolerance, 100.0, paragraph(item.feedback_right))]
    known += [
        (path.values[0], path.tolerance, 0.0, option_reply(path.misconception, path.feedback))
        for path in item.wrong_paths
    ]
    for value, tolerance, fraction, reply in known:
        holder = answer(made, f"{value:.10g}", fraction, reply, "moodle_auto_format")
        SubElement(holder, "tolerance").text = f"{tolerance:.10g}"
    holder = answer(made, "*", 0, paragraph(item.feedback_other), "moodle_auto_format")
    SubElement(holder, "tolerance").text = "0"
    text = made.find("questiontext/text")
    if text is not None and item.unit:
        text.text = f"{text.text}{paragraph(f'Answer in: {item.unit}')}"
    for tag, told in (("unitgradingtype", "0"), ("unitpenalty", "0"), ("showunits", "3"), ("unitsleft", "0")):
        SubElement(made, tag).text = told


def matching(made: Element, item: Item) -> None:
    SubElement(made, "shuffleanswers").text = "true"
    combined(made)
    if item.kind == "order":
        pairs = [(option.text, str(item.order.index(option.key) + 1)) for option in item.options]
    else:
        homes = dict(item.categories)
        pairs = [(card.text, homes[card.category]) for card in item.cards]
    for text, home in pairs:
        sub = SubElement(made, "subquestion", format="html")
        SubElement(sub, "text").text = paragraph(text)
        SubElement(SubElement(sub, "answer"), "text").text = clean(home)
    if item.kind == "sort":
        used = {card.category for card in item.cards}
        for key, text in item.categories:
            if key not in used:
                # A category without a card is a distractor: an answer without a question.
                sub = SubElement(made, "subquestion", format="html")
                SubElement(sub, "text").text = ""
                SubElement(SubElement(sub, "answer"), "text").text = clean(text)


def essay(made: Element, item: Item) -> None:
    for tag, value in (("responseformat", "plain"), ("responserequired", "1"), ("responsefieldlines", "8"), ("attachments", "0"), ("attachmentsrequired", "0")):  # fmt: skip
        SubElement(made, tag).text = value
    rows = "".join(
        f"<li>{score} of 3: {escape(clean(text), quote=False)}</li>" for score, text in enumerate(item.rubric)
    )
    html(made, "graderinfo", f"<p>Model answer</p>{paragraph(item.model_answer)}<ul>{rows}</ul>")
    html(made, "responsetemplate", "")


def replies(item: Item) -> str:
    """The replies that a matching question cannot attach to its parts."""
    if item.kind == "order":
        rows = [(f"{item.order.index(o.key) + 1}. {o.text}", o.feedback) for o in item.options]
    elif item.kind == "sort":
        homes = dict(item.categories)
        rows = [
            (f"{card.text} in “{homes[reply.category]}”", reply.feedback)
            for card in item.cards
            for reply in card.replies
        ]
    else:
        return ""
    inside = "".join(
        f"<li>{escape(clean(a), quote=False)}: {escape(clean(b), quote=False)}</li>" for a, b in rows
    )
    return f"<ul>{inside}</ul>"


PARTS = {
    "single": choices,
    "many": choices,
    "number": numbers,
    "order": matching,
    "sort": matching,
    "text": essay,
}
