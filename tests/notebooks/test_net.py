"""The net holds: a copy of a notebook with one thing broken makes the run fail.

nbval alone would let the second and the third pass; the guard and the rehearsal of every form are what catches them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from .notebooks import FOLDER, ROOT, cells, is_checked
from .test_hygiene import silent_passes

LESSON = FOLDER / "01_what_the_preview_says.ipynb"


def run_nbval(file) -> subprocess.CompletedProcess:
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-cell-timeout=60",
        "--nbval-sanitize-with", str(ROOT / "tests/notebooks/sanitize.cfg"), str(file),
    ]  # fmt: skip
    environment = {**os.environ, "JDM_TEACH_REHEARSE": "1"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture
def lesson():
    return json.loads(LESSON.read_text(encoding="utf-8"))


def saved(lesson, folder):
    file = folder / LESSON.name
    file.write_text(json.dumps(lesson), encoding="utf-8")
    return file


def checked_cell(lesson):
    return next(cell for cell in lesson["cells"] if is_checked(cell))


def test_an_untouched_copy_passes(lesson, tmp_path):
    done = run_nbval(saved(lesson, tmp_path))
    assert done.returncode == 0, done.stdout[-3000:]


def test_one_altered_number_in_a_stored_output_fails(lesson, tmp_path):
    stored = checked_cell(lesson)["outputs"][0]
    lines = stored["text"] if isinstance(stored["text"], list) else stored["text"].splitlines(keepends=True)
    stored["text"] = [re.sub(r"\d", lambda d: str((int(d[0]) + 1) % 10), lines[0], count=1), *lines[1:]]
    assert run_nbval(saved(lesson, tmp_path)).returncode != 0


def test_a_deleted_output_fails(lesson, tmp_path):
    cell = checked_cell(lesson)
    cell["outputs"] = []
    assert run_nbval(saved(lesson, tmp_path)).returncode != 0


def test_a_cleared_cell_which_nbval_lets_pass_is_caught_by_the_guard(lesson, tmp_path):
    cell = checked_cell(lesson)
    cell["outputs"], cell["execution_count"] = [], None
    assert silent_passes(cells(saved(lesson, tmp_path))) != []


def test_a_form_whose_callback_raises_fails(lesson, tmp_path):
    sabotage = (
        "from jdm_teach.exercises import grading\n"
        "def broken(item, response):\n    raise RuntimeError('broken on purpose')\n"
        "grading.grade = broken"
    )
    first = next(number for number, cell in enumerate(lesson["cells"]) if cell["cell_type"] == "code")
    lesson["cells"][first]["source"] += "\n" + sabotage
    done = run_nbval(saved(lesson, tmp_path))
    assert done.returncode != 0
    assert "broken on purpose" in done.stdout
