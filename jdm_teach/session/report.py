"""The learner's report: one printable page without JavaScript, and the same as data. No name, nothing sent."""

from __future__ import annotations

import base64
import html
import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from ..exercises.record import Record, current_record
from ..exercises.restore import LARGEST
from .runsheet import LESSONS
from .summary import Answered, Summary, summarise

__all__ = ["Report", "report", "report_of_file"]

NOTICE = (
    "For education only: not medical advice, and not for treating a person. Based on the public preview of one letter. "
    "Simulated data unless a source is named. Not connected with the authors, hospital, journal or drug makers."
)
IN_WORDS = {
    "right": "right", "partly": "partly right", "wrong": "not right", "dont_know": "left open", "noted": "kept",
}  # fmt: skip
STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: #4f5b66; } th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid #6b7780; }
a { color: #00548a; } blockquote { border-left: 4px solid #00548a; margin: .5rem 0; padding: .1rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } h2, tr { break-inside: avoid; } }
"""


class Report:
    """A report that shows itself in a page, and can be saved as HTML and JSON."""

    def __init__(self, summary: Summary, problems: tuple[str, ...] = ()) -> None:
        self.summary = summary
        self.problems = problems

    def page(self) -> str:
        """The whole page: one file, no JavaScript, nothing loaded from elsewhere."""
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>My record of the course</title><style>{STYLE}</style></head><body><main>{self._body()}</main></body></html>\n"
        )

    def json(self) -> str:
        """The same as data."""
        return json.dumps(self.summary.as_dict(), indent=1)

    def save(self, folder: str | Path) -> tuple[Path, Path]:
        """Write `jdm_report.html` and `jdm_report.json` into a folder, replacing an earlier report there."""
        place = Path(folder).expanduser()
        place.mkdir(parents=True, exist_ok=True)
        page, data = place / "jdm_report.html", place / "jdm_report.json"
        page.write_text(self.page(), encoding="utf-8")
        data.write_text(self.json(), encoding="utf-8")
        return page, data

    def _body(self) -> str:
        found = self.summary
        parts = [
            "<h1>My record of the course</h1>",
            f"<p>Code {escape(found.code)}. Version {escape(found.package)}. {len(found.answered)} questions answered.</p>",
            f"<p>{escape(NOTICE)}</p>",
            *(f"<p>{escape(problem)}</p>" for problem in self.problems),
            self._errors(),
            self._calibration(),
            self._answers(),
            self._predictions(),
            self._writings(),
            self._minutes(),
        ]
        if found.unknown_items:
            names = ", ".join(map(escape, found.unknown_items))
            parts.append(
                f"<h2>Not shown</h2><p>This version does not know these questions: {names}. They are kept in the record.</p>"
            )
        return "".join(parts)

    def _errors(self) -> str:
        errors = self.summary.confident_errors
        head = "<h2>Certain, and not right: what to look at first</h2>"
        if not errors:
            return f"{head}<p>Nothing here so far.</p>"
        rows = "".join(
            f"<li>{lesson_link(a.lesson)}: {escape(a.stem)}"
            + (f" The belief behind the answer: “{escape(a.misconception)}”." if a.misconception else "")
            + "</li>"
            for a in errors
        )
        return f"{head}<ul>{rows}</ul>"

    def _calibration(self) -> str:
        rows = [
            (
                level.confidence,
                level.answers,
                level.right,
                f"{100 * level.right / level.answers:.0f}%" if level.answers else "none",
            )
            for level in self.summary.calibration
        ]
        return "<h2>How sure, how often right</h2>" + table(
            "First answers by how sure you were. With few answers these shares move a lot.",
            ("how sure", "answers", "right", "share right"),
            rows,
        )

    def _answers(self) -> str:
        if not self.summary.answered:
            return "<h2>Answers</h2><p>No question has been answered yet.</p>"
        rows = [answer_row(a) for a in self.summary.answered]
        head = ("question", "lesson", "first answer", "how sure", "latest answer", "times")
        return "<h2>Answers</h2>" + table("First and latest answer to each question.", head, rows)

    def _predictions(self) -> str:
        if not self.summary.predictions:
            return ""
        rows = [(p.stem, p.lesson, p.predicted, p.result or "not run yet") for p in self.summary.predictions]
        return "<h2>Predictions and results</h2>" + table(
            "What you expected, and what the run then said.",
            ("question", "lesson", "prediction", "result"),
            rows,
        )

    def _writings(self) -> str:
        parts = [
            f"<h3>{escape(w.stem)}</h3><blockquote>{escape(w.text)}</blockquote><p><strong>One possible answer.</strong> {escape(w.model_answer)}</p>"
            for w in self.summary.writings
        ]
        return "<h2>What you wrote</h2>" + "".join(parts) if parts else ""

    def _minutes(self) -> str:
        if not self.summary.minutes:
            return ""
        rows = [(LESSONS.get(lesson, ("", lesson))[1], minutes) for lesson, minutes in self.summary.minutes]
        return "<h2>Time</h2>" + table(
            "Active minutes, pauses of more than ten minutes left out.", ("lesson", "minutes"), rows
        )

    def _repr_html_(self) -> str:
        files = (
            ("jdm_report.html", "text/html", self.page()),
            ("jdm_report.json", "application/json", self.json()),
        )
        links = " · ".join(
            f'<a download="{name}" href="data:{kind};base64,{base64.b64encode(text.encode()).decode()}">Download {name}</a>'
            for name, kind, text in files
        )
        body = (
            self._body()
            .replace("<h3>", "<h4>")
            .replace("</h3>", "</h4>")
            .replace("<h2>", "<h3>")
            .replace("</h2>", "</h3>")
        )
        body = body.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
        return f'<section class="jdm-report" aria-label="My report"><p>{links}</p>{body}</section>'

    def __repr__(self) -> str:
        return f"Report: {len(self.summary.answered)} questions, {len(self.summary.confident_errors)} certain and not right."


def escape(text: str) -> str:
    """Text for a page: no markup, and none of the characters that no page may hold."""
    fit = (c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Cn"} else "\ufffd" for c in text)
    return html.escape("".join(fit))


def lesson_link(lesson: str) -> str:
    stem, title = LESSONS.get(lesson, ("", f"lesson {lesson}"))
    return f'<a href="{stem}.ipynb">{escape(title)}</a>' if stem else escape(title)


def answer_row(a: Answered) -> tuple[object, ...]:
    def said(text: str, verdict: str) -> str:
        return f"{text} ({IN_WORDS.get(verdict, verdict)})" if verdict else text

    note = " (the question has changed since)" if a.outdated else ""
    return (
        a.stem + note,
        a.lesson,
        said(a.first, a.first_verdict),
        a.first_confidence,
        said(a.latest, a.latest_verdict),
        a.attempts,
    )


def table(caption: str, head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def report(record: Record | None = None) -> Report:
    """The report of the present record, to be shown in a lesson.

    >>> report(Record.in_memory())
    Report: 0 questions, 0 certain and not right.
    """
    kept = record if record is not None else current_record()
    return Report(summarise(kept.events(), kept.code), kept.problems)


def report_of_file(path: str | Path) -> Report:
    """The report of an exported record file. Raises ValueError when there is no such file or nothing in it is ours."""
    file = Path(path).expanduser()
    if not file.is_file():
        raise ValueError(
            f"There is no file {file}. Name the record you downloaded, such as jdm_record_….jsonl."
        )
    if file.stat().st_size > LARGEST:
        raise ValueError(
            f"{file.name} is far larger than any record of this course. Check that it is the right file."
        )
    trial = Record.in_memory()
    found = trial.restore(file.read_bytes())
    if found.refused:
        raise ValueError(f"{file.name}: {found.sentence()}")
    return Report(summarise(trial.events(), trial.code), tuple(found.problems))
