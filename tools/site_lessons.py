"""The lessons as pages to read: citations lead to the pages of this site, and every lesson can be taken along."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from site_markdown import columns, plain, toctree

from jdm_teach import evidence

__all__ = ["STILL", "chosen_lessons", "for_reading", "run_for_reading", "write_lessons"]

LINK = re.compile(r"\[([^\[\]]+)\]\((\d\d_\w+)\.ipynb\)")
CITED = re.compile(r"\[([^\[\]]*?\b([A-Z]{1,4}\d{2,4}))\]\(https?://[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
MINUTES = re.compile(r"\babout (\d+) minutes", re.IGNORECASE)
PROMISE = re.compile(r"\*\*You leave with:\*\* (.+?)(?:\n\n|\Z)", re.DOTALL)
STILL = {"JDM_TEACH_EDITION": "reading"}
# Which form comes first depends on a learner's random code; a page that is the same for everybody begins with A.
FORMS = {'jdm.quiz("before")': 'jdm.quiz("A")', 'jdm.quiz("after")': 'jdm.quiz("B")'}
NOTE = """```{{admonition}} Reading edition
:class: tip edition

Nothing runs here. Decide on your answer first, then open **Answer and replies**. Simulators stand at their first settings.
To run this lesson, take it along: {{download}}`the lesson as a notebook <files/{name}>`.
```"""


def chosen_lessons(folder: Path, starts: Sequence[str] = ()) -> list[Path]:
    """The notebooks of the lessons: all, or those whose number is named and the first, to which the guides point."""
    lessons = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    return [lesson for lesson in lessons if not starts or lesson.name[:2] in {"00", *starts}]


def write_lessons(lessons: Sequence[Path], folder: Path, jobs: int = 1) -> None:
    """One page per lesson, run as it will be read; the notebooks to download; and the list of them."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    present = {lesson.stem for lesson in lessons}

    def make(lesson: Path) -> None:
        made = for_reading(nbformat.read(lesson, as_version=4), lesson.name, present)
        run_for_reading(made)
        nbformat.write(made, folder / lesson.name)
        shutil.copy(lesson, folder / "files")

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(make, lessons))
    (folder / "index.md").write_text(lesson_list(lessons), encoding="utf-8")


def lesson_list(lessons: Sequence[Path]) -> str:
    """The page that lists the lessons: how long each takes, and what a reader leaves with."""
    rows = []
    for lesson in lessons:
        first = nbformat.read(lesson, as_version=4).cells[0].source
        minutes, promise = MINUTES.search(first), PROMISE.search(first)
        title = f"[{plain(first.splitlines()[0].removeprefix('# '))}]({lesson.name})"
        told = plain(promise[1].rstrip(".")) if promise else "the way every other page works"
        rows.append((lesson.name[:2], title, minutes[1] if minutes else "", told[:1].upper() + told[1:]))
    return (
        "# The lessons\n\nEach is a page of its own; read them in order, or begin where a question of yours is. The minutes "
        "include the questions.\n\n"
        + columns(("No.", "Lesson", "Minutes", "You leave with"), rows)
        + "\n\n"
        + toctree([lesson.stem for lesson in lessons])
    )


def for_reading(notebook: NotebookNode, name: str, present: set[str]) -> NotebookNode:
    """The notebook as Sphinx reads it: no stored output, inner links, a note below the title."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = CITED.sub(
                inner_citation, LINK.sub(lambda link: lesson_link(link, present), cell.source)
            )
        else:
            cell.outputs, cell.execution_count = [], None
            for asked, shown in FORMS.items():
                cell.source = cell.source.replace(asked, shown)
    title, rest = notebook.cells[0].source.split("\n", 1)
    notebook.cells[0].source = f"{title}\n\n{NOTE.format(name=name)}\n{rest}"
    return notebook


def run_for_reading(notebook: NotebookNode) -> None:
    """Run every cell as the reading edition; no record of this machine is read or written, no widget is kept."""
    with tempfile.TemporaryDirectory() as place:
        environment = {
            **os.environ,
            **STILL,
            "JDM_TEACH_RECORD": str(Path(place) / "record.jsonl"),
        }
        environment.pop("JDM_TEACH_REHEARSE", None)
        client = NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            store_widget_state=False,
            resources={"metadata": {"path": place}},
        )
        # What a cell says goes into the page; what the kernel says about itself helps nobody.
        client.execute(env=environment, stderr=subprocess.DEVNULL)
    notebook.metadata.pop("widgets", None)


def lesson_link(link: re.Match[str], present: set[str]) -> str:
    """A link to another lesson, or its plain title where this site does not have it."""
    text, stem = link.groups()
    return f"[{text}]({stem}.ipynb)" if stem in present else text


def inner_citation(link: re.Match[str]) -> str:
    """A citation that leads to this site's page about the fact; the page leads on to the source itself."""
    text, fact_id = link.groups()
    try:
        fact = evidence.fact(fact_id)
    except ValueError:
        return link.group(0)
    if fact.table == "extract_facts":
        return f"[{text}](../evidence/{fact_id}.md)"
    return f"[{text}](../sources/{fact.source.source_id}.md#{fact_id.lower()})"
