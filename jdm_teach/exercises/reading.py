"""What a form says in words: replies, still forms for readers without Python, the record in a sentence."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from . import bank, grading

if TYPE_CHECKING:
    from .exploration import Exploration, View
    from .item import Item
    from .record import Record

__all__ = [
    "kept_sentence",
    "prediction_sentence",
    "record_summary",
    "reply_parts",
    "still_exploration",
    "still_question",
    "still_record",
]

HEADLINES = {
    "right": "Yes, that is it.",
    "partly": "Part of this is right.",
    "wrong": "Not this one.",
    "dont_know": "Good to know what you do not know yet.",
    "unreadable": "I could not read that.",
    "no_answer": "Not quite ready yet.",
    "noted": "Kept.",
}


def reply_parts(item: Item, outcome: grading.Outcome) -> dict[str, Any]:
    """The reply to a response as plain text parts: headline, message, details, what next, explanation, sources."""
    parts: dict[str, Any] = {
        "verdict": outcome.verdict,
        "headline": HEADLINES[outcome.verdict],
        "message": outcome.message,
        "details": [[label, text] for label, text in outcome.details],
    }
    if outcome.verdict in {"wrong", "partly"}:
        parts["next"] = "You can change your answer and submit again. Your first answer stays in the record."
    if outcome.records and outcome.explanation and outcome.explanation != outcome.message:
        parts["explanation"] = outcome.explanation
        parts["open"] = outcome.verdict in {"right", "noted"}
        parts["sources"] = [{"text": source.text, "url": source.url} for source in bank.item_sources(item)]
    return parts


def kept_sentence(record: Record, item: Item) -> str:
    """What the record keeps of this item, as one sentence."""
    attempts = record.attempts(item.id)
    if not attempts:
        return ""
    where = "saved in your record" if record.on_disk else "kept until this page closes: download your record"
    if len(attempts) == 1:
        return f"Answer {where}."
    return f"Answer {len(attempts)} {where}; the first one is kept too."


def record_summary(record: Record) -> dict[str, Any]:
    """What the record panel shows: the code, how much is kept and where, and anything that could not be read."""
    events = record.events()
    items = {event.item for event in events if event.item}
    lines = [
        f"Your code: {record.code}. It is random and carries no name; write it down if you want to find your file again.",
        f"{len(events)} entries for {len(items)} exercises are kept. Nothing is sent anywhere.",
        *record.problems,
    ]
    return {"lines": lines, "ids": [event.id for event in events], "code": record.code}


def _entries(item: Item) -> list[str]:
    if item.kind == "sort":
        return [card.text for card in item.cards]
    return [option.text for option in item.options]


def still_question(item: Item, *, with_answer: bool = False) -> str:
    """The question as HTML without controls; with the answer and every reply in a `<details>` when asked for."""
    parts = [f'<section class="jdm-still" aria-label="Question {escape(item.id)}">']
    parts.append(f"<p><strong>{escape(item.stem)}</strong></p>")
    entries = _entries(item)
    if entries:
        parts.append("<ul>" + "".join(f"<li>{escape(text)}</li>" for text in entries) + "</ul>")
    if item.kind == "sort":
        piles = ", ".join(escape(text) for _, text in item.categories)
        parts.append(f"<p>Sort each card: {piles}.</p>")
    if item.unit:
        parts.append(f"<p>Answer in: {escape(item.unit)}</p>")
    if with_answer:
        parts.append(answer_details(item))
    else:
        parts.append("<p><em>Run this page to answer.</em></p>")
    return "".join([*parts, "</section>"])


def answer_details(item: Item) -> str:
    """The answer, the reply to every option and the explanation, folded away without JavaScript."""
    answer = grading.answer_text(item)
    rows = [f"<p>{escape(answer)}</p>"] if answer else []
    replies = grading.all_replies(item)
    if replies:
        rows.append(
            "<ul>"
            + "".join(f"<li><strong>{escape(label)}</strong> {escape(text)}</li>" for label, text in replies)
            + "</ul>"
        )
    if item.explanation:
        rows.append(f"<p>{escape(item.explanation)}</p>")
    return "<details><summary>Answer and replies</summary>" + "".join(rows) + "</details>"


def still_record() -> str:
    """What stands in a saved or static page where the record panel would be."""
    return (
        '<section class="jdm-still" aria-label="My record"><p>When the page runs, your record can be downloaded, '
        "restored and printed here.</p></section>"
    )


def prediction_sentence(item: Item, response: Any) -> str:
    """The learner's own prediction, in words."""
    if response == grading.DONT_KNOW:
        return "Your prediction: I do not know."
    return f"Your prediction: {response_text(item, response)}"


def response_text(item: Item, response: Any) -> str:
    """What a learner chose or wrote, in words and as a sentence."""
    labels = {option.key: option.text for option in item.options}
    if item.kind == "single":
        said = labels.get(response) or str(response)
    elif item.kind == "many":
        said = "; ".join(labels.get(key, str(key)).rstrip(".") for key in response)
    elif item.kind == "interval":
        said = f"{response[0]} to {response[1]} {item.unit}"
    elif item.kind in {"order", "sort"} and isinstance(response, dict):
        names = labels or {card.key: card.text for card in item.cards}
        piles = dict(item.categories)
        said = "; ".join(
            f"{str(names.get(key, key)).rstrip('.')}: {piles.get(place, place)}"
            for key, place in response.items()
        )
    else:
        said = f"{response} {item.unit}" if item.unit else str(response)
    return said.strip().rstrip(".") + "."


def still_exploration(exploration: Exploration, item: Item | None, view: View | None) -> str:
    """The simulator as HTML without controls; with the picture of its first settings when a view is given."""
    parts = [f'<section class="jdm-still" aria-label="Simulator {escape(exploration.id)}">']
    parts.append(f"<p><strong>{escape(exploration.title)}</strong></p><p>{escape(exploration.task)}</p>")
    if item is not None:
        parts.append(f"<p>Predict first: {escape(item.stem)}</p>")
    if view is None:
        parts.append("<p><em>Run this page to try it.</em></p>")
    else:
        settings = "; ".join(f"{c.label}: {shown_value(c)}" for c in exploration.controls if c.kind != "step")
        if settings:
            parts.append(f"<p>Shown for: {escape(settings)}.</p>")
        if view.picture is not None:
            parts.append(view.picture.to_html())
        if view.table is not None:
            from ..figures import table_html

            parts.append(table_html(view.table, caption="The numbers of this run"))
        parts.append(f"<p>{escape(view.sentence)}</p>")
    return "".join([*parts, "</section>"])


def shown_value(control: Any) -> str:
    """A control's first setting as a reader sees it."""
    if control.kind == "choice":
        return dict(control.options)[control.start]
    if control.kind == "toggle":
        return "yes" if control.start else "no"
    return f"{control.start:g} {control.unit}".strip()
