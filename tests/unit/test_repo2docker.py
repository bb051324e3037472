"""What Binder would do with this repository, in its own words: repo2docker asked without building.

The golden text is made from its answer by this file; after a change of `binder/` that is meant, write it anew:
    python -m tests.unit.test_repo2docker
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "reference" / "repo2docker_dockerfile.txt"
CARRIED = ("binder", "app", "LICENSE")
TOOL = "jupyter-repo2docker==2026.4.0"
INSTRUCTION = re.compile(r"[A-Z]+ ")


def repository(folder: Path, *parts: str) -> None:
    """What is committed, or those parts of it, in the folder `course`."""
    place = folder / "course"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD", *parts], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "x", "-C", place], input=archive.stdout, check=True)


def program(folder: Path) -> Path:
    """repo2docker in an environment of its own. Skips when it cannot be had."""
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists() or not (ROOT / ".git").exists():
        pytest.skip("This needs uv beside this Python (see `make`) and a git checkout.")
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, folder / "env"],
        [uv, "pip", "install", "--quiet", "--python", folder / "env" / "bin" / "python", TOOL],
    ):
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode:
            pytest.skip(f"{TOOL} could not be installed here: {done.stderr.strip()[-300:]}")
    return folder / "env" / "bin" / "jupyter-repo2docker"


def description(program: Path, folder: Path, *parts: str) -> tuple[str, str]:
    """The Dockerfile that repo2docker would build for the repository or those parts of it, and what it said."""
    asked = [
        program,
        "--no-build",
        "--debug",
        "--user-id",
        "1000",
        "--user-name",
        "jovyan",
        "--image-name",
        "course",
    ]
    repository(folder, *parts)
    done = subprocess.run(
        [*map(str, asked), "course"], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout, done.stderr


def plain(name: str) -> str:
    """A file of the tool's own, under the name it has there."""
    return "(repo2docker) " + re.sub(r"-([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), name)


def essence(dockerfile: str) -> str:
    """One line for each instruction: comments, the tool's own scripts and everything that names a machine left out."""
    joined = re.sub(r"\\\n\s*", "\\\\ ", re.sub(r"(?m)^\s*#.*\n", "", dockerfile))
    lines = []
    for instruction in filter(INSTRUCTION.match, joined.splitlines()):
        line = re.sub(
            r"build_script_files/\S*-2f(\S+)-[0-9a-f]{6}", lambda found: plain(found[1]), instruction
        )
        line = re.sub(r"(LABEL repo2docker\.\w+)=.*", r"\1=…", line)
        line = re.sub(r"linux-(64|aarch64)", "linux-…", line)
        first, more, _ = line.partition("\\ ")
        lines.append(first.strip() + (" …" if more else ""))
    return f"# {TOOL}, --no-build; written by tests/unit/test_repo2docker.py\n" + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("repo2docker")


@pytest.fixture(scope="module")
def tool(folder) -> Path:
    return program(folder)


@pytest.fixture(scope="module")
def told(tool, folder) -> tuple[str, str]:
    return description(tool, folder)


def test_binder_would_build_what_the_golden_text_says(told):
    assert essence(told[0]) == GOLDEN.read_text(encoding="utf-8")


def test_the_branch_that_badges_start_builds_the_same_image(tool, folder):
    """`tools/binder_branch.py` carries these and no more, so that a changed lesson builds nothing."""
    assert essence(description(tool, folder, *CARRIED)[0]) == GOLDEN.read_text(encoding="utf-8")


def test_the_python_of_the_image_is_the_one_of_the_runtime_file(told):
    wanted = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert f"python={wanted}" in told[1] + told[0]


def test_packages_are_installed_in_a_layer_that_a_changed_lesson_leaves_alone(told):
    lines = essence(told[0]).splitlines()
    packages = next(
        i for i, line in enumerate(lines) if "pip install" in line and "binder/requirements.txt" in line
    )
    content = next(
        i for i, line in enumerate(lines) if re.fullmatch(r"COPY (--\S+ )?src/ \$\{REPO_DIR\}/", line)
    )
    built = next(i for i, line in enumerate(lines) if line == "RUN ./binder/postBuild")
    assert packages < content < built
    before = [line for line in lines[:content] if line.startswith("COPY") and " src/" in line]
    assert all(" src/binder/" in line for line in before)


def test_nothing_outside_the_binder_folder_decides_what_is_installed(told):
    assert "pyproject.toml" not in told[0]
    assert "requirements/" not in told[0]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        GOLDEN.write_text(essence(description(program(Path(place)), Path(place))[0]), encoding="utf-8")
