"""What Binder would build, rehearsed: a clean environment from `binder/` alone, opened in a browser under a user's address."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, Course, free_port, jupyter_environment, serving
from .driving import open_in_lab

BASE = ROOT / "tests" / "reference" / "binder_base.txt"
LESSON = "00_start_here"


def run(*command: str | Path, **options) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=900, check=False, **options
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def installer() -> list[str]:
    """uv where the course's own environment has it (as `make` installs it), else pip."""
    uv = Path(sys.executable).with_name("uv")
    return [str(uv), "pip"] if uv.exists() else [sys.executable, "-m", "pip"]


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """The repository and an environment, made the way repo2docker makes them: base, requirements, postBuild."""
    place = tmp_path_factory.mktemp("binder")
    run("git", "clone", "--quiet", ROOT, place / "home")
    environment = place / "env"
    run(sys.executable, "-m", "venv", environment)
    variables = {
        **os.environ,
        "VIRTUAL_ENV": str(environment),
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
    }
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    for requirements in (BASE, place / "home" / "binder" / "requirements.txt"):
        run(*installer(), "install", "-r", requirements, env=variables)
    run("bash", "binder/postBuild", cwd=place / "home", env=variables)
    run(environment / "bin" / "python", "-m", "pip", "check", env=variables)
    return place


def test_binder_reads_one_line_per_package_and_nothing_local():
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert line.startswith("#") or "==" in line, f"repo2docker caches only plain pins, not {line!r}"
    assert (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip() == "python-3.11"


def test_lab_and_the_app_page_open_lesson_00_from_the_image(page, image, tmp_path):
    environment = image / "env" / "bin"
    port = free_port()
    command = [
        str(environment / "jupyter"), "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=course", "--ServerApp.base_url=/user/x/",
        f"--ServerApp.root_dir={image / 'home' / 'notebooks'}", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    settings = jupyter_environment(tmp_path)
    settings.pop("JUPYTER_CONFIG_PATH")
    settings |= {"BINDER_REPO_URL": "https://example.org/x", "PATH": f"{environment}:{os.environ['PATH']}"}
    address = f"http://127.0.0.1:{port}/user/x"
    with serving(command, f"{address}/api", tmp_path, settings):
        course = Course(address, tmp_path, image / "home" / "notebooks")
        open_in_lab(page, course, LESSON)
        form = page.locator("form.jdm-form").first
        form.wait_for(state="attached")
        form.scroll_into_view_if_needed()
        form.locator("input[type=radio]").first.check()
        page.goto(f"{address}/voila/render/{LESSON}.ipynb?token=course")
        page.locator("form.jdm-form").first.wait_for(timeout=90_000)
    shutil.rmtree(image, ignore_errors=True)
