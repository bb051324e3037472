"""The facilitator's desk: choose and print a sheet, rehearse it, read the group's records, keep the conclusion."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..exercises import bank
from ..exercises.forms import read_only_edition, rehearsing
from ..exercises.record import Record, current_record
from .aggregate import Aggregate, aggregate
from .group_page import group_body, group_page
from .handout import cards_html, sheet_html
from .report import escape, table
from .runsheet import ROUNDS, RunSheet, sheet, sheet_names

__all__ = ["Console", "Panel", "console"]

RECORDS = "records"
LONGEST = 4000
ROW = {"description_width": "initial"}
# A widget is not a notebook cell: it inherits neither its tables nor its links.
STYLE = (
    "<style>.jdm-desk th, .jdm-desk td, .jdm-desk caption { text-align: left !important; vertical-align: top; padding: .2rem .6rem .2rem 0; }"
    ".jdm-desk { line-height: 1.5; max-width: 62rem; } .jdm-desk a { text-decoration: underline; } .jdm-desk summary { padding: .15rem 0; }"
    ".jdm-desk tr { border-bottom: 1px solid #8a949c; } .jdm-desk table { border-collapse: collapse; }</style>"
)
WIDE: dict[str, Any] = {"width": "100%", "max_width": "46rem"}


class Panel:
    """A part of the desk: controls where a kernel runs, and the same as plain HTML everywhere else."""

    def __init__(self, name: str, still: Callable[[], str], live: Callable[[], Any] | None = None) -> None:
        self.name, self.still, self.live = name, still, live

    def _repr_html_(self) -> str:
        return self.framed(self.still())

    def framed(self, inside: str) -> str:
        return f'<section class="jdm-desk" aria-label="{escape(self.name)}">{STYLE}{inside}</section>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if self.live is not None and not read_only_edition():
            bundle = {**self.live()._repr_mimebundle_(), **bundle}
        return bundle

    def __repr__(self) -> str:
        return self.name


class Console(Panel):
    """The group's records as tables and charts, read from a folder; with the other parts of the desk as methods."""

    def __init__(self, folder: str | Path = RECORDS, record: Record | None = None) -> None:
        super().__init__("What the group answered", self.body, self.controls)
        self.folder = str(folder)
        self.record = record
        self.found: Aggregate | None = None
        self.trouble = ""
        self.read()

    def read(self, folder: str | Path | None = None) -> None:
        """Reads the folder (again). What is wrong with it becomes a sentence, not an error."""
        if folder is not None:
            self.folder = str(folder).strip() or RECORDS
        self.found, self.trouble = None, ""
        try:
            self.found = aggregate(self.folder)
        except (ValueError, OSError) as error:
            self.trouble = str(error)

    def body(self) -> str:
        """The numbers, with headings from the third level so that they fit into a lesson."""
        if self.found is None:
            return f'<p role="status">{escape(self.trouble)}</p>'
        page = download("jdm_group.html", group_page(self.found, self.kept()), "text/html")
        inside = group_body(self.found)
        for level in (3, 2):
            inside = inside.replace(f"<h{level}>", f"<h{level + 1}>").replace(
                f"</h{level}>", f"</h{level + 1}>"
            )
        return f'<p role="status">Read from the folder {escape(self.folder)}. {page}</p>{inside}'

    def kept(self) -> str:
        """The conclusion kept last, or nothing."""
        events = [e for e in (self.record or current_record()).events() if e.kind == "conclusion"]
        return str(events[-1].response)[:LONGEST] if events else ""

    def controls(self) -> Any:
        import ipywidgets as widgets

        place = widgets.Text(self.folder, description="Folder with the records", style=ROW, layout=WIDE)
        button = widgets.Button(description="Read the records", button_style="primary")
        shown = widgets.HTML(self.framed(self.body()))

        def again(_: Any) -> None:
            self.read(place.value)
            shown.value = self.framed(self.body())

        button.on_click(again)
        if rehearsing():
            again(button)
        return widgets.VBox([place, button, shown])

    def sheets(self) -> Panel:
        """Choose one of the sheets of the course; it appears with its files to print and its questions to rehearse."""
        names = {f"{name} minutes": name for name in sheet_names()}

        panel = Panel("Run sheets", lambda: sheet_body(sheet("60")))

        def live() -> Any:
            import ipywidgets as widgets

            chosen = widgets.Dropdown(
                options=list(names.items()), value="60", description="Run sheet", style=ROW
            )
            shown = widgets.HTML(panel.framed(sheet_body(sheet("60"))))

            def change(event: Any) -> None:
                shown.value = panel.framed(sheet_body(sheet(event["new"])))

            chosen.observe(change, names="value")
            if rehearsing():
                for name in names.values():
                    change({"new": name})
            return widgets.VBox([chosen, shown])

        panel.live = live
        return panel

    def conclusion(self) -> Panel:
        """A field for what the group concludes; it is kept in the record on this machine."""

        def live() -> Any:
            import ipywidgets as widgets

            text = widgets.Textarea(self.kept(), description="Our conclusion", rows=4, style=ROW, layout=WIDE)
            button = widgets.Button(description="Keep it", button_style="primary")
            said = widgets.HTML('<p role="status"></p>')

            def keep(_: Any) -> None:
                said.value = f'<p role="status">{escape(self.keep(text.value))}</p>'

            button.on_click(keep)
            return widgets.VBox([text, button, said])

        kept = self.kept()
        still = (
            f"<blockquote>{escape(kept)}</blockquote>"
            if kept
            else "<p>Run this page to write and keep it.</p>"
        )
        return Panel("Our conclusion", lambda: still, live)

    def keep(self, text: str) -> str:
        """Keeps a conclusion and says so."""
        words = text.strip()
        if not words:
            return "Write a sentence first."
        if len(words) > LONGEST:
            return f"Please shorten your text to {LONGEST} characters; nothing of it is lost."
        record = self.record or current_record()
        record.append("conclusion", response=words)
        where = "in your record" if record.on_disk else "until this page closes; download your record"
        return f"Kept {where}. It goes into the page of the group when you read the records again."

    def __repr__(self) -> str:
        if self.found is None:
            return "The group's records: none read yet"
        people = "fewer than five" if self.found.people is None else self.found.people
        return f"The group's records: {self.found.files} files, {people} people, {len(self.found.items)} questions"


def download(name: str, text: str, kind: str) -> str:
    data = base64.b64encode(text.encode()).decode("ascii")
    return f'<a download="{name}" href="data:{kind};base64,{data}">Download {name}</a>'


def sheet_body(run: RunSheet) -> str:
    """A sheet as blocks, files to print, and its questions to rehearse."""
    links = [
        download(f"runsheet_{run.id}.html", sheet_html(run), "text/html"),
        download("answer_cards.html", cards_html(), "text/html"),
    ]
    rows = [
        (f"{b.start:02d}–{b.end:02d}", b.what, b.who, ", ".join(f"{v.item} ({ROUNDS[v.round]})" for v in b.votes) or b.product)
        for b in run.blocks
    ]  # fmt: skip
    blocks = table(
        f"{run.minutes} minutes: {run.question}", ("minutes", "what happens", "who", "vote or product"), rows
    )
    return (
        f"<p>To print: {' · '.join(links)} (open the file and use the browser's print command).</p>{blocks}"
        f"<h3>Rehearse the votes</h3>{rehearsal(run)}"
    )


def rehearsal(run: RunSheet) -> str:
    """Every question of a sheet with its answer, the replies and the prompt, folded away."""
    parts = []
    for name, prompt in {vote.item: vote.discuss for _, vote in run.votes()}.items():
        item = bank.item(name)
        options = "".join(
            f"<li>{escape(o.key)}. {escape(o.text)}{' <strong>(right)</strong>' if o.correct else ''}<br>{escape(o.feedback)}</li>"
            for o in item.options
        )
        parts.append(
            f"<details><summary>{escape(name)}. {escape(item.stem)}</summary><ul>{options}</ul>"
            f"<p>To discuss: {escape(prompt)}</p></details>"
        )
    return "".join(parts)


def console(folder: str | Path = RECORDS) -> Console:
    """The facilitator's desk, with the records of a folder (by default `records` beside the lesson).

    Shown in a lesson it offers a field for another folder and a button to read again. A folder that is missing or
    empty is answered with a sentence.

    >>> console("nowhere")
    The group's records: none read yet
    """
    return Console(folder)
