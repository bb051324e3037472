"""A fresh build of every lesson equals the committed notebook, byte for byte."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from .notebooks import ROOT, SOURCES

# Binder gives 2 GB for a server and every open lesson.
MOST_MEGABYTES = 600


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.stem)
def test_a_fresh_build_equals_the_committed_notebook(source):
    command = [sys.executable, "tools/build_notebooks.py", "--check", source.stem]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for megabytes in re.findall(r"peak (\d+) MB", done.stdout):
        assert int(megabytes) < MOST_MEGABYTES


@pytest.mark.parametrize(
    ("prose", "typed"),
    [
        ("Of the children, 4 improved.", ["4"]),
        ("About 33% were girls.", ["33%"]),
        ("Three of the nine children progressed.", ["Three of the nine children"]),
        ("{{ E09 }} are girls.", []),
        ("anti-MDA5, JAK1 and IFIT1 in lesson NB04 [E09]", []),
        ("{{ say 10 }} minutes; see [lesson](01_x.ipynb) and `n=9`.", []),
    ],
)
def test_a_number_about_patients_typed_into_prose_is_found(prose, typed):
    sys.path.insert(0, str(ROOT / "tools"))
    from lesson_prose import bare_numbers

    assert bare_numbers(prose) == typed
