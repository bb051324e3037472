"""The question form: an item of the bank as native, labelled controls, and its replies.

The browser part (`static/question.js`) holds no key and marks nothing. It sends a response here; here it is
graded by a pure function, appended to the record, flushed, and only then answered.
"""

from __future__ import annotations

from typing import Any

import traitlets

from . import bank, grading, reading
from .forms import CSS, Form, module_source, read_only_edition, rehearsing, sendable
from .item import Item
from .record import Record, current_record

__all__ = ["Question", "RecordPanel", "ask", "record_panel"]

CALM = (
    "Something went wrong while this answer was being checked. What you chose is kept in this browser. "
    "Run the page again and press the button once more; if it happens twice, please tell the course team."
)


class Question(Form):
    """One item as a form. Its traits hold the question and, once answered, the reply; never the key."""

    _esm = module_source("question.js")
    _css = CSS
    view = traitlets.Dict().tag(sync=True)
    reply = traitlets.Dict().tag(sync=True)

    def __init__(
        self, item: Item, record: Record | None = None, *, feedback: bool = True, form: str = ""
    ) -> None:
        self.item = item
        self.record = record if record is not None else current_record()
        self.feedback = feedback
        self.form = form
        super().__init__(view=form_view(item), reply=self.earlier())

    def earlier(self) -> dict[str, Any]:
        """The reply to the latest answer in the record, or an empty dict before the first."""
        event = self.record.latest(self.item.id)
        if event is None or event.version != self.item.version:
            return {}
        return self.reply_to(event.response, event.confidence, recorded=True)

    def reply_to(
        self, response: Any, confidence: int | None, *, recorded: bool, line: str = ""
    ) -> dict[str, Any]:
        """What the form shows after a response: verdict in words, the reply for this very answer, what is kept."""
        outcome = grading.grade(self.item, response)
        reply: dict[str, Any] = {
            "item": self.item.id,
            "response": response,
            "confidence": confidence,
            "recorded": recorded,
            "line": line,
        }
        if outcome.records and not self.feedback:
            return {
                **reply,
                "headline": "Your answer is kept.",
                "message": "The replies come at the end of the quiz.",
            }
        reply |= reading.reply_parts(self.item, outcome)
        if recorded:
            reply["kept"] = reading.kept_sentence(self.record, self.item)
        return reply

    def heard(self, content: dict[str, Any]) -> None:
        if content.get("type") == "refresh":
            self.reply = self.earlier()
        elif content.get("type") == "submit":
            self.submit(content.get("response"), content.get("confidence"), request=content.get("request"))

    def submit(self, response: Any, confidence: Any = None, request: Any = None) -> grading.Outcome:
        """Grade a response, append it to the record, then show the reply. Returns the outcome."""
        outcome = grading.grade(self.item, response)
        level = int(confidence) if str(confidence) in {"1", "2", "3"} else None
        line = ""
        if outcome.records:
            line = self.record.answer(self.item, response, outcome, confidence=level, form=self.form).line()
        reply = self.reply_to(response, level, recorded=outcome.records, line=line)
        if outcome.records:
            reply["room"] = self.vote(response, level)
        self.reply = {**reply, "request": request}
        return outcome

    def vote(self, response: Any, confidence: int | None) -> str:
        """Send the answer to the room the learner joined, if any; returns what the room said, or why it was not sent."""
        if self.record.ballot is None or self.item.kind != "single":
            return ""
        try:
            return self.record.ballot(self.item.id, str(response), confidence)
        except ValueError as refused:
            return str(refused)

    def apologise(self) -> None:
        self.reply = {"item": self.item.id, "headline": CALM, "recorded": False}

    def rehearse(self) -> None:
        """Answer every way this item can be answered, against a record in memory; raises where a learner would be let down."""
        trial = Question(self.item, Record.in_memory(), feedback=self.feedback)
        for number, response in enumerate(sendable(grading.rehearsal_responses(self.item))):
            trial.reply = {}
            trial._heard(
                trial, {"type": "submit", "response": response, "confidence": "2", "request": number}, []
            )
            if not trial.reply.get("headline"):
                raise RuntimeError(f"Question {self.item.id} gave no reply to {response!r}.")

    def still_html(self) -> str:
        return reading.still_question(self.item, with_answer=read_only_edition())

    def __repr__(self) -> str:
        return f"Question {self.item.id}: {self.item.stem}"


class RecordPanel(Form):
    """Download, restore, print: the record leaves the browser without an account and comes back."""

    _esm = module_source("record.js")
    _css = CSS
    summary = traitlets.Dict().tag(sync=True)

    def __init__(self, record: Record | None = None) -> None:
        self.record = record if record is not None else current_record()
        super().__init__(summary=reading.record_summary(self.record))

    def heard(self, content: dict[str, Any]) -> None:
        if content.get("type") == "refresh":
            self.summary = reading.record_summary(self.record)
        elif content.get("type") == "export":
            name = f"jdm_record_{self.record.code}.jsonl"
            said = f"Saved as {name} in your downloads folder."
            self.send({"type": "export", "text": self.record.export_text(), "name": name, "said": said})
        elif content.get("type") == "restore":
            report = self.record.restore(str(content.get("text", "")))
            self.summary = reading.record_summary(self.record)
            self.send({"type": "restored", "said": report.sentence()})

    def apologise(self) -> None:
        self.send(
            {
                "type": "said",
                "said": "That did not work, and nothing was changed. Run the page again and retry.",
            }
        )

    def still_html(self) -> str:
        return reading.still_record()

    def __repr__(self) -> str:
        return "My record: download, restore, print"


def form_view(item: Item) -> dict[str, Any]:
    """What the browser may know of an item before it is answered: no key, no reply, no misconception."""
    view = bank.public_view(item)
    view["dont_know"] = grading.DONT_KNOW
    if item.asks_confidence:
        view["confidence"] = [[level, word] for level, word in grading.CONFIDENCE.items()]
    view["submit"] = (
        "Keep my text"
        if item.kind == "text"
        else "Keep what I ticked"
        if item.category == "tour"
        else "Keep my prediction"
        if item.prediction
        else "Submit answer"
    )
    return view


def ask(item_id: str, *, feedback: bool = True, form: str = "") -> Question:
    """The form for one item of the bank.

    Parameters
    ----------
    item_id : the item's id, such as `"ST01"` or `"01a"`; a near miss is answered with a suggestion.
    feedback : show the reply at once (lessons) or keep it for the end (quizzes).
    form : the name of the quiz form the answer belongs to ("A", "B", "delayed"), written into the record.

    >>> ask("ST01")
    Question ST01: Three of the nine children in the series were girls. Which way of reporting this number is the most honest?
    """
    question = Question(bank.item(item_id), feedback=feedback, form=form)
    if rehearsing():
        question.rehearse()
    return question


def record_panel() -> RecordPanel:
    """The panel that downloads, restores and prints the learner's record."""
    return RecordPanel()
