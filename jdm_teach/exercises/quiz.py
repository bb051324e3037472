"""A quiz of twelve before or after the course: the replies wait until every question is answered.

A quiz is a list of question forms and one panel. The panel says how many were right and how sure the learner was,
and opens the replies. With twelve answers it says little about a person, and it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ..figures import COLOURS, Picture, picture
from . import bank
from .code_words import first_form
from .exploration import Exploration, Settings, View
from .explorer import Explorer
from .forms import read_only_edition, rehearsing
from .outcome import CONFIDENCE
from .question import Question
from .record import Record, current_record

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from .event import Event
    from .item import Item

__all__ = ["Quiz", "form_for", "quiz"]

NAMES = ("before", "after", "A", "B", "delayed")
GOOD = {2: 0.67, 3: 0.80}  # from here on this level pays best (see outcome.marks)


class OwnAnswers(Picture):
    """A figure of the learner's own answers: none of the four origins of data, so its caption names none."""

    def caption_text(self) -> str:
        return self.caption


class QuizQuestion(Question):
    """A question of a form: it recalls only what was answered within this form, and keeps its reply back."""

    def __init__(self, item: Item, record: Record, form: str) -> None:
        super().__init__(item, record, feedback=False, form=form)
        # The same item may stand on the page as a lesson's question: controls and drafts need names of their own.
        self.view = {**self.view, "id": f"{item.id}-{form}"}

    def earlier(self) -> dict[str, Any]:
        events = within_form(self.record, self.item.id, self.form)
        if not events or events[-1].version != self.item.version:
            return {}
        return self.reply_to(events[-1].response, events[-1].confidence, recorded=True)

    def open_reply(self) -> None:
        """From now on the reply is shown."""
        self.feedback = True
        self.reply = self.earlier()


class Quiz:
    """The questions of one form and the panel that ends it. Shown one under the other."""

    def __init__(self, form: str, record: Record | None = None, *, replies: bool = True) -> None:
        self.form = bank.form(form)
        self.record = record if record is not None else current_record()
        self.questions = [QuizQuestion(bank.item(key), self.record, form) for key in self.form.items]
        self.results = Explorer(results(self, replies=replies), self.record)

    def unanswered(self) -> list[int]:
        """The numbers of the questions that have no answer within this form yet."""
        return [
            number
            for number, question in enumerate(self.questions, start=1)
            if not within_form(self.record, question.item.id, self.form.name)
        ]

    def first_answers(self) -> list[Event]:
        """The first answer to each question within this form; it is the one that counts."""
        found = (within_form(self.record, key, self.form.name) for key in self.form.items)
        return [events[0] for events in found if events]

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display

        for number, question in enumerate(self.questions, start=1):
            display(HTML(f"<p><strong>Question {number} of {len(self.questions)}</strong></p>"))
            display(question)
        if not read_only_edition():
            display(self.results)

    def __repr__(self) -> str:
        return f"Quiz, form {self.form.name}: {len(self.questions)} questions"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"


def within_form(record: Record, item: str, form: str) -> list[Event]:
    """The answers to an item that were given within this form, and not in a lesson."""
    return [event for event in record.attempts(item) if event.form == form]


def form_for(name: str, code: str) -> str:
    """The form behind a name: "before" is the first form of this code, "after" the other one.

    >>> sorted({form_for("before", "amber-otter-river"), form_for("after", "amber-otter-river")})
    ['A', 'B']
    """
    if name not in NAMES:
        raise ValueError(f"There is no quiz {name!r}. Choose one of {', '.join(NAMES)}.")
    first = first_form(code)
    return {"before": first, "after": "AB".replace(first, "")}.get(name, name)


def results(quiz: Quiz, *, replies: bool) -> Exploration:
    """The panel at the end: it waits until all questions are answered, then counts and opens the replies."""

    def run(_: Settings) -> View:
        missing = quiz.unanswered()
        if missing:
            listed = ", ".join(map(str, missing))
            return View(
                f"Not yet: {len(missing)} of {len(quiz.questions)} are open ({listed}). “I do not know” counts as an answer."
            )
        if not replies:
            return View(
                "All answers are kept. The replies come after the second quiz, at the end of the course."
            )
        for question in quiz.questions:
            question.open_reply()
        return summary(quiz.first_answers(), quiz.record, quiz.form.name)

    return Exploration(
        id=f"09e-{quiz.form.name}",
        title="Your results",
        task="When you have answered every question, press the button. The replies then appear under the questions. Nobody else sees this.",
        run=run,
        run_label="Show my results",
    )


def calibration(events: Sequence[Event]) -> list[tuple[str, int, int, float | None, float | None]]:
    """For each level of confidence: its word, right, answered, and the exact limits of the share right."""
    from ..evidence.limits import exact_limits

    rows: list[tuple[str, int, int, float | None, float | None]] = []
    for level, word in CONFIDENCE.items():
        verdicts = [e.verdict for e in events if e.confidence == level and e.verdict in {"right", "wrong"}]
        right = verdicts.count("right")
        low, high = exact_limits(right, len(verdicts)) if verdicts else (None, None)
        rows.append((word, right, len(verdicts), low, high))
    return rows


def summary(events: Sequence[Event], record: Record, form: str) -> View:
    """How many were right, at which confidence, in one sentence, one figure and one table."""
    rows = calibration(events)
    right = sum(event.verdict == "right" for event in events)
    unknown = sum(event.verdict == "dont_know" for event in events)
    sure_wrong = [e.item for e in events if e.verdict == "wrong" and e.confidence == 3]

    def draw(ax: Axes) -> None:
        for place, (_, hits, n, low, high) in enumerate(rows):
            if low is not None and high is not None:
                ax.plot([100 * low, 100 * high], [place, place], color=COLOURS["blue"], linewidth=3)
                ax.plot(100 * hits / n, place, "o", color=COLOURS["ink"], markersize=8)
            ax.text(103, place, f"{hits} of {n}" if n else "none", va="center")
            if place + 1 in GOOD:
                ax.plot(
                    100 * GOOD[place + 1],
                    place,
                    "|",
                    color=COLOURS["quiet"],
                    markersize=26,
                    markeredgewidth=2,
                )
        ax.set(xlim=(0, 116), ylim=(-0.6, 2.6), yticks=range(3), yticklabels=[row[0] for row in rows], xlabel="per cent right (dot), exact 95% interval (bar), goal (upright line)")  # fmt: skip
        ax.set_xticks([0, 25, 50, 75, 100])

    told = "; ".join(f"{word} {hits} of {n} right" for word, hits, n, *_ in rows)
    shown = picture(
        draw,
        alt=f"Right answers by confidence: {told}.",
        caption=f"Your own first answers, n = {len(events)}. The upright line is the share from which this confidence pays.",
        origin="derived",
        table=answer_table(events),
        size=(7.2, 2.3),
    )
    parts = [
        f"{right} of {len(events)} right at the first answer, {unknown} left open.",
        earlier_words(record, form),
    ]
    if sure_wrong:
        parts.append(f"Certain and wrong: {len(sure_wrong)}; begin with these when you read the replies.")
    parts.append(
        f"{len(events)} answers are few: each bar is wide, and chance alone moves a count by two or three."
    )
    own = OwnAnswers(shown.png, shown.alt, shown.caption, shown.table, shown.origin, shown.width)
    return View(" ".join(filter(None, parts)), own, result=right)


def earlier_words(record: Record, form: str) -> str:
    """The other form beside this one, where it was answered; the two hold different questions."""
    other = {"A": "B", "B": "A"}.get(form, "")
    found = [within_form(record, key, other) for key in bank.form(other).items] if other else []
    first = [events[0] for events in found if events]
    if not first:
        return ""
    right = sum(event.verdict == "right" for event in first)
    return f"In the quiz before the course it was {right} of {len(first)}, with other questions."


def answer_table(events: Sequence[Event]) -> pd.DataFrame:
    """One row per question: what was chosen, how surely, and whether it was right."""
    import pandas as pd

    words = {"right": "right", "wrong": "not right", "dont_know": "left open"}
    rows = [
        (number, bank.item(str(e.item)).stem, words.get(str(e.verdict), str(e.verdict)), CONFIDENCE.get(e.confidence or 0, "not said"))
        for number, e in enumerate(events, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["number", "question", "first answer", "how sure"])


def quiz(name: str = "after") -> Quiz:
    """A quiz of twelve questions (six for "delayed"), shown one under the other, with the replies at the end.

    `name` is "before" or "after" the course (the learner's random code decides which form comes first), or a form
    by name: "A", "B", "delayed". Replies to "before" stay closed until the second quiz. Raises ValueError for any other name.

    >>> quiz("delayed")
    Quiz, form delayed: 6 questions
    """
    made = Quiz(form_for(name, current_record().code), replies=name != "before")
    if rehearsing():
        for question in made.questions:
            question.rehearse()
        made.results.rehearse()
    return made
