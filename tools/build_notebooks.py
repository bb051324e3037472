"""Build notebooks/*.ipynb from the lesson sources in notebooks/src.

    python tools/build_notebooks.py           build all
    python tools/build_notebooks.py --check   fail where a fresh build differs from the committed file
    python tools/build_notebooks.py 04        build the lessons whose name starts so

A fresh build equals the committed file byte for byte: cell ids follow from lesson and position, output is stored
only in cells tagged `nbval-check-output`, and nothing of this machine or hour enters the file.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).parent))
from lesson_prose import bare_numbers, fill

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "notebooks" / "src"
PEAK_MEMORY = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
CHECKED = "nbval-check-output"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
    "voila": {"template": "jdm"},
}


def build(source: Path) -> str:
    """The notebook of one lesson source as text; raises ValueError where the prose holds a bare number."""
    notebook = jupytext.read(source, fmt="py:percent")
    made = nbformat.v4.new_notebook(metadata=METADATA, nbformat_minor=5)
    cited: list[str] = []
    for position, cell in enumerate(notebook.cells):
        made.cells.append(built_cell(cell, f"{source.stem[:2]}-{position:03d}", source, cited))
    if any(is_checked(cell) for cell in made.cells):
        keep_checked_outputs(made)
    return nbformat.writes(made) + "\n"


def built_cell(cell: NotebookNode, identity: str, source: Path, cited: list[str]) -> NotebookNode:
    if cell.cell_type == "markdown":
        typed = bare_numbers(cell.source)
        if typed:
            raise ValueError(
                f"{source.name}, {cell.source.splitlines()[0]!r}: typed into the prose: {', '.join(typed)}. "
                "Take it from an evidence id, or mark it with {{ say … }} when it is not about patients."
            )
        return nbformat.v4.new_markdown_cell(fill(cell.source, cited), id=identity)
    made = nbformat.v4.new_code_cell(cell.source, id=identity)
    # Closed by default: the page reads as a page, and the code is one click away.
    made.metadata = {"jupyter": {"source_hidden": True}}
    if cell.metadata.get("tags"):
        made.metadata["tags"] = cell.metadata["tags"]
    return made


def is_checked(cell: NotebookNode) -> bool:
    return CHECKED in cell.metadata.get("tags", [])


def keep_checked_outputs(notebook: NotebookNode) -> None:
    """Run the lesson, store the output of the checked cells, forget that of all others; say what the run cost."""
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK_MEMORY, id="peak-memory"))
    begun = time.perf_counter()
    # Only the kernel below sees this. Forms answer themselves in the nbval run, so they need not do so here.
    environment = {
        **os.environ,
        "JDM_TEACH_RECORD": os.devnull,
        "PYTHONWARNINGS": "error::UserWarning:jdm_teach",
    }
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(ROOT / "notebooks")}}
    )
    client.execute(env=environment)
    peak = notebook.cells.pop().outputs[0].text.strip()
    print(f"{notebook.cells[0].id[:2]}: {time.perf_counter() - begun:.1f} s, peak {peak} MB")
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        if not is_checked(cell):
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = METADATA


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the notebooks from their sources.")
    parser.add_argument("lessons", nargs="*", help="only lessons whose file name starts so, such as 04")
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed files instead of writing"
    )
    chosen = parser.parse_args()
    stale = []
    for source in sorted(SOURCES.glob("*.py")):
        if chosen.lessons and not source.name.startswith(tuple(chosen.lessons)):
            continue
        target = ROOT / "notebooks" / f"{source.stem}.ipynb"
        text = build(source)
        if chosen.check:
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                stale.append(target.name)
        else:
            target.write_text(text, encoding="utf-8")
            print(f"built {target.relative_to(ROOT)}")
    if stale:
        print(
            f"These notebooks differ from a fresh build: {', '.join(stale)}. Run `make build` and commit the result."
        )
    return bool(stale)


if __name__ == "__main__":
    raise SystemExit(main())
