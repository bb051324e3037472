"""Imports point one way, and importing the package stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "jdm_teach"

# Which rooms of the package each room may import from.
DOORS = {
    "stats": set(),
    "biology": {"place"},
    "place": set(),
    "figures": set(),
    "evidence": {"stats", "place"},
    "exercises": {"evidence", "figures", "place"},
    "lessons": {"stats", "biology", "evidence", "figures", "exercises", "place"},
    "session": {"exercises", "evidence", "figures", "place", "stats"},
    "room": {"exercises", "session", "place"},
    "cli": {"evidence", "exercises", "session", "room", "place"},
}
BROWSER = {"ipywidgets", "anywidget", "traitlets"}
MAY_KNOW_A_BROWSER = {
    "exercises/forms.py",
    "exercises/question.py",
    "exercises/explorer.py",
    "session/console.py",
    "room/seat.py",
}
DRAWING = {"matplotlib", "seaborn"}


def imports(file: Path) -> list[tuple[str, bool]]:
    """Every module a file imports at run time, in full, and whether at the top level (and so at import time)."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    inside = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
    }
    here = ["jdm_teach", *file.relative_to(PACKAGE).with_suffix("").parts]
    found = []
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) not in inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = here[: -node.level] if node.level else []
            if node.module:
                found.append((".".join([*base, node.module]), id(node) not in inside))
            else:
                found += [(".".join([*base, alias.name]), id(node) not in inside) for alias in node.names]
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_imports_point_one_way(file):
    room = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room == "__init__":
        pytest.skip("the front door names all rooms")
    for name, _ in imports(file):
        parts = name.split(".")
        if parts[0] != "jdm_teach" or len(parts) < 2 or parts[1] in {room, "__version__"}:
            continue
        assert parts[1] in DOORS[room], f"{room} may not import {name}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_only_the_forms_know_a_browser_and_only_figures_draw(file):
    place = file.relative_to(PACKAGE).as_posix()
    tops = {name.split(".")[0] for name, _ in imports(file)}
    if place not in MAY_KNOW_A_BROWSER:
        assert not tops & BROWSER
    if place != "figures.py" and not place.startswith("lessons/"):
        assert not tops & DRAWING


@pytest.mark.parametrize("room", ["stats", "biology"])
def test_the_sciences_need_only_numpy_and_scipy_until_a_table_is_asked_for(room):
    for file in (PACKAGE / room).rglob("*.py"):
        at_import = {name.split(".")[0] for name, top in imports(file) if top}
        outside = at_import - set(sys.stdlib_module_names) - {"jdm_teach", "numpy", "scipy"}
        assert not outside, f"{file.name} imports {outside} at import time"


def test_nothing_imports_the_command_line():
    for file in FILES:
        assert not [name for name, _ in imports(file) if name.startswith("jdm_teach.cli")]


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", code], text=True).split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_after("import jdm_teach") & {
        "numpy",
        "scipy",
        "pandas",
        "matplotlib",
        "ipywidgets",
        "anywidget",
    }


def test_a_question_appears_without_pandas_scipy_or_matplotlib():
    assert not loaded_after("import jdm_teach; jdm_teach.ask('ST01')") & {
        "numpy",
        "scipy",
        "pandas",
        "matplotlib",
    }


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_modules_stay_small(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300
