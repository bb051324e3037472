"""Puts a browser Python together and runs the course's unit tests in it, under node."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import build_lite  # noqa: E402

from .selection import LONG  # noqa: E402


def put_together(folder: Path, own: Path, pyodide: Path | None) -> list[str]:
    """Python, the course's own wheels and the test tools in one folder; returns the packages for calculation it has."""
    wheels = folder.with_name("wheels")
    shutil.copytree(own, wheels)
    build_lite.browser_wheels(wheels)
    build_lite.browser_wheels(wheels, HERE / "node.txt")
    return build_lite.python_folder(pyodide or build_lite.core_from_npm(), wheels, folder)


def run_tests(folder: Path, names: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run test files by their topic."""
    files = [f"/course/tests/unit/test_{name}.py" for name in names]
    left_out = [f"--deselect=tests/unit/{name}" for name in LONG]
    return subprocess.run(
        [build_lite.program("node") or "node", "--experimental-wasm-jspi", HERE / "run.mjs", folder, ROOT,
         "-q", "--tb=short", "-p", "tests.lite.without_processes", *left_out, *files],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
