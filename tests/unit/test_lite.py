"""The browser edition, tier 0 to 2: it builds, our wheel can live there, and the core passes its tests in that Python."""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.lite.donor import MISSING, complete_pyodide
from tests.lite.node import put_together, run_tests
from tests.lite.selection import CALCULATION, PURE

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "lite"))

import build_lite  # noqa: E402
from jdm_teach_browser import arrival  # noqa: E402


def missing(message: str, *, promised: bool) -> None:
    """Skip so that nobody overlooks it; fail instead where CI promised to have it."""
    if promised:
        pytest.fail(message)
    warnings.warn(message, stacklevel=2)
    pytest.skip(message)


def needed(there: bool, what: str) -> None:
    if not there:
        missing(
            f"The browser edition is NOT tested here: {what}. `make lite-test` installs it.",
            promised=bool(os.environ.get("JDM_REQUIRE_LITE")),
        )


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    build_lite.own_wheels(folder)
    return folder


def about(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode()), archive.namelist()


def pinned() -> set[str]:
    text = (ROOT / "requirements" / "lite_browser.txt").read_text()
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.M))


@pytest.mark.parametrize("name", ["jdm_teach-", "jdm_teach_browser-"])
def test_our_wheel_is_pure_python(wheels, name):
    wheel = next(wheels.glob(f"{name}*.whl"))
    assert wheel.name.endswith("-py3-none-any.whl")
    _, files = about(wheel)
    assert not [file for file in files if file.endswith((".so", ".pyd", ".dylib", ".c", ".pyx"))]


def test_our_wheel_depends_only_on_what_the_browser_build_has(wheels):
    text, _ = about(next(wheels.glob("jdm_teach-*.whl")))
    wanted = [Requirement(line) for line in text.get_all("Requires-Dist")]
    always = {each.name for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})}
    assert always <= pinned() | set(arrival.LATER)


def test_the_wheel_carries_what_a_page_reads(wheels):
    _, files = about(next(wheels.glob("jdm_teach-*.whl")))
    inside = set(files)
    assert {"jdm_teach/data/datapackage.json", "jdm_teach/exercises/static/question.js"} <= inside
    for file in (ROOT / "data" / "questions").glob("*.json"):
        assert f"jdm_teach/data/questions/{file.name}" in inside


def test_the_builder_and_the_page_agree_on_what_comes_later():
    assert build_lite.LATER == arrival.LATER


def test_the_pinned_wheels_are_pure_and_carry_hashes():
    text = (ROOT / "requirements" / "lite_browser.txt").read_text()
    assert text.count("--hash=sha256:") >= text.count("==")
    assert "http" not in re.sub(r"^\S+==", "", text, flags=re.M)
    assert not pinned() & {"numpy", "pandas", "scipy", "matplotlib", "pyyaml", "jinja2", "jupyterlab"}


def test_the_settings_ask_nobody_else_for_packages():
    settings = json.loads((ROOT / "lite" / "jupyter-lite.json").read_text())["jupyter-config-data"]
    kernel = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["disablePyPIFallback"] is True
    assert not set(kernel["loadPyodideOptions"]["packages"]) & set(arrival.LATER), "a question would wait"
    for file in (ROOT / "lite").glob("*.json"):
        assert "://" not in file.read_text()


def test_the_questions_edition_builds(wheels, tmp_path):
    needed((build_lite.builder() / "bin" / "jupyter-lite").is_file(), "jupyterlite is absent")
    needed(build_lite.program("npm") is not None, "npm is absent")
    said = build_lite.build(tmp_path / "site", None, wheels)
    assert said.startswith("JupyterLite edition: questions only. Size: ")
    site = tmp_path / "site"
    for lesson in (ROOT / "notebooks").glob("*.ipynb"):
        assert (site / "files" / lesson.name).read_bytes() == lesson.read_bytes()
    lock = json.loads((site / "static" / "pyodide" / "pyodide-lock.json").read_text())
    for package in lock["packages"].values():
        assert (site / "static" / "pyodide" / package["file_name"]).is_file()
        assert set(package["depends"]) <= set(lock["packages"])
    start = json.loads((site / "jupyter-lite.json").read_text())["jupyter-config-data"]["litePluginSettings"]
    kernel = start["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["pyodideUrl"] == "./static/pyodide/pyodide.mjs"
    assert (
        f"/python{lock['info']['python'].rpartition('.')[0]}/"
        in kernel["loadPyodideOptions"]["env"]["PYTHONSTARTUP"]
    )
    assert set(kernel["loadPyodideOptions"]["packages"]) <= set(lock["packages"])


def passes_in_the_browsers_python(
    folder: Path, wheels: Path, pyodide: Path | None, names: tuple[str, ...]
) -> set[str]:
    """Run test files there and say how it went; returns which packages for calculation took part."""
    later = put_together(folder, wheels, pyodide)
    done = run_tests(folder, names)
    print(done.stdout[-3000:])
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return set(later) - {"seaborn"}


def test_the_core_passes_its_unit_tests_in_the_browsers_python(wheels, tmp_path):
    needed(build_lite.program("node") is not None and build_lite.program("npm") is not None, "node is absent")
    assert not passes_in_the_browsers_python(tmp_path / "python", wheels, None, PURE)


def test_calculation_passes_its_unit_tests_in_the_browsers_python(wheels, tmp_path):
    needed(build_lite.program("node") is not None, "node is absent")
    pyodide = complete_pyodide()
    if pyodide is None:
        missing(MISSING, promised=os.environ.get("JDM_REQUIRE_LITE") == "browser")
    took_part = passes_in_the_browsers_python(tmp_path / "python", wheels, pyodide, CALCULATION)
    assert took_part == {"numpy", "pandas", "scipy", "matplotlib"}
