"""What can be told of a notebook without running it; nbval passes all of this in silence."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from .notebooks import BUILT, CHECKED, SOURCES, cells, is_checked, text

ALLOWED_TAGS = {CHECKED}
MOST_LINES = 15

every_notebook = pytest.mark.parametrize("file", BUILT, ids=lambda file: file.stem)


def silent_passes(listed: list[dict]) -> list[str]:
    """Cells that nbval would run without comparing anything, although they are marked for comparison."""
    found = []
    for number, cell in enumerate(cell for cell in listed if cell["cell_type"] == "code"):
        if is_checked(cell) and (not cell["outputs"] or cell["execution_count"] is None):
            found.append(f"code cell {number}: marked for comparison, but nothing is stored to compare with")
        if not is_checked(cell) and (cell["outputs"] or cell["execution_count"] is not None):
            found.append(f"code cell {number}: output is stored, but the cell is not marked for comparison")
    return found


def test_every_source_has_its_notebook_and_every_notebook_its_source():
    assert [file.stem for file in BUILT] == [file.stem for file in SOURCES]


@every_notebook
def test_no_cell_passes_in_silence(file):
    assert silent_passes(cells(file)) == []


@every_notebook
def test_something_is_compared(file):
    if file.stem.startswith(("00", "facilitator")):
        pytest.skip("nothing but forms on this page")
    assert any(map(is_checked, cells(file)))


@every_notebook
def test_tags_are_known(file):
    assert {tag for cell in cells(file) for tag in cell["metadata"].get("tags", [])} <= ALLOWED_TAGS


@every_notebook
def test_code_cells_are_short_and_folded_away(file):
    for cell in cells(file, "code"):
        assert cell["metadata"]["jupyter"]["source_hidden"]
        assert len(text(cell).splitlines()) <= MOST_LINES


@every_notebook
def test_cells_import_nothing_deeper_than_the_package(file):
    for cell in cells(file, "code"):
        assert not re.search(r"(from|import)\s+(?!jdm_teach as jdm)", text(cell)), text(cell)
        assert not re.search(r"\.(csv|json|html)\b|ipywidgets|anywidget", text(cell)), text(cell)


@every_notebook
def test_stored_text_holds_no_address_and_no_picture(file):
    for cell in cells(file, "code"):
        for output in cell["outputs"]:
            assert output["output_type"] in {"stream", "execute_result", "display_data"}
            data = output.get("data", {})
            assert set(data) <= {"text/plain", "text/html"}
            assert not re.search(r"0x[0-9a-f]{6,}", "".join(output.get("text", [])) + str(data))


@every_notebook
def test_headings_begin_with_one_title_and_skip_no_level(file):
    levels = []
    for cell in cells(file, "markdown"):
        prose = re.sub(r"```.*?```", "", text(cell), flags=re.DOTALL)
        levels += [len(mark) for mark in re.findall(r"^(#+) ", prose, flags=re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@every_notebook
def test_links_to_other_lessons_lead_somewhere(file):
    names = {built.name for built in BUILT}
    for cell in cells(file, "markdown"):
        for link in re.findall(r"\]\(([^)#]+\.ipynb)", text(cell)):
            assert link in names, link


@every_notebook
def test_no_widget_state_is_saved(file):
    assert "application/vnd.jupyter.widget-state" not in file.read_text(encoding="utf-8")
