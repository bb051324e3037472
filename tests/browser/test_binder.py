"""What Binder would build, rehearsed: the image's branch in a clean environment, opened by the README's links under a user's
address, with the lessons pulled as a session pulls them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import nbformat
import pytest

from .conftest import ROOT, free_port, jupyter_environment, serving
from .driving import ALL_RUN, KERNEL_READY, RUN_ALL

BASE = ROOT / "tests" / "reference" / "binder_base.txt"
LESSON = "00_start_here"
NOTEBOOK = Path("jdm_teach") / "notebooks" / f"{LESSON}.ipynb"
# The versions of Binder's base image, those this repository has locked, and whatever is newest today.
VERSIONS = ("base", "locked", pytest.param("newest", marks=pytest.mark.slow))

AUTHOR = {
    f"GIT_{who}_{what}": "author@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


def run(*command: str | Path, **options) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=600, check=False, **options
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


# uv where the course's own environment has it (as `make` installs it), else pip.
UV = Path(sys.executable).with_name("uv")
INSTALLER = [str(UV), "pip"] if UV.exists() else [sys.executable, "-m", "pip"]


def make_environment(folder: Path) -> None:
    """An environment with pip in it, as postBuild needs it."""
    if UV.exists():
        run(UV, "venv", "--quiet", "--seed", "--python", sys.executable, folder)
    else:
        run(sys.executable, "-m", "venv", folder)


def server_packages(versions: str) -> list[str]:
    """JupyterLab and its company at the versions asked for."""
    pins = dict(line.split("==") for line in BASE.read_text(encoding="utf-8").split())
    if versions == "newest":
        return list(pins)
    if versions == "locked":
        locked = (ROOT / "requirements" / "lab.txt").read_text(encoding="utf-8")
        pins |= {name: pin for name, pin in re.findall(r"(?m)^([\w-]+)==(\S+)", locked) if name in pins}
    return [f"{name}=={pin}" for name, pin in pins.items()]


@dataclass(frozen=True)
class Image:
    """What a session finds: the course's repository somewhere else, a home, an environment of programs."""

    content: Path
    home: Path
    programs: Path
    settings: dict[str, str]

    @property
    def lessons(self) -> Path:
        return self.home / "jdm_teach"

    def pull(self) -> None:
        run(self.programs / "gitpuller", self.content, "main", "jdm_teach", cwd=self.home, env=self.settings)


def commit(content: Path) -> None:
    run("git", "commit", "--quiet", "--all", "-m", "A change", cwd=content, env={**os.environ, **AUTHOR})


@pytest.fixture(scope="module", params=VERSIONS)
def image(request, tmp_path_factory) -> Iterator[Image]:
    """The image's branch and an environment, made the way repo2docker makes them: base, requirements, postBuild."""
    if not (ROOT / ".git").exists():
        pytest.skip("Binder builds a git repository, and this folder is none.")
    place = tmp_path_factory.mktemp(f"binder_{request.param}")
    content, home, environment = place / "course" / "jdm_teach", place / "home", place / "env"
    run("git", "clone", "--quiet", ROOT, content)
    run("git", "checkout", "--quiet", "-B", "main", cwd=content)
    run(sys.executable, content / "tools" / "binder_branch.py", cwd=content, env={**os.environ, **AUTHOR})
    run("git", "clone", "--quiet", "--branch", "environment", content, home)
    make_environment(environment)
    settings = {
        **os.environ,
        "VIRTUAL_ENV": str(environment),
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
    }
    settings.pop("PYTHONDONTWRITEBYTECODE", None)
    run(*INSTALLER, "install", *server_packages(request.param), env=settings)
    run(*INSTALLER, "install", "-r", home / "binder" / "requirements.txt", env=settings)
    run("bash", "binder/postBuild", cwd=home, env=settings)
    run(environment / "bin" / "python", "-m", "pip", "check", env=settings)
    yield Image(content, home, environment / "bin", settings)
    shutil.rmtree(place, ignore_errors=True)


def badges() -> list[str]:
    """What Binder opens for each badge of the README once the image runs: the part after the user's address."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"badge_logo\.svg\)\]\((\S+)\)", readme)
    return [parse_qs(urlsplit(link).query)["urlpath"][0] for link in links]


def pulled_from(content: Path, badge: str) -> str:
    """The same link with the course's repository where this rehearsal keeps it."""
    pull = urlsplit(badge)
    query = dict(parse_qsl(pull.query)) | {"repo": str(content), "token": "course"}
    return f"{pull.path}?{urlencode(query, quote_via=quote)}"


def test_binder_reads_one_line_per_package_and_nothing_local():
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert line.startswith("#") or "==" in line, f"repo2docker caches only plain pins, not {line!r}"
    assert any(line.startswith("nbgitpuller==") for line in lines)
    assert (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip() == "python-3.11"


def test_both_badges_open_lesson_00_with_the_pulled_content(page, image, tmp_path, monkeypatch):
    # The record lies where a session finds it: beside the lessons.
    monkeypatch.delenv("JDM_TEACH_RECORD", raising=False)
    port = free_port()
    command = [
        str(image.programs / "jupyter"), "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=course", "--ServerApp.base_url=/user/x/",
        f"--ServerApp.root_dir={image.home}", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    settings = jupyter_environment(tmp_path)
    for own in ("JUPYTER_CONFIG_PATH", "JDM_TEACH_RECORD"):
        settings.pop(own)
    settings |= {"BINDER_REPO_URL": "https://example.org/x", "PATH": image.settings["PATH"]}
    address = f"http://127.0.0.1:{port}/user/x"
    document, app = (pulled_from(image.content, badge) for badge in badges())
    with serving(command, f"{address}/api", image.home, settings):
        page.goto(f"{address}/{document}")
        page.wait_for_url(f"{address}/doc/tree/{NOTEBOOK.as_posix()}*")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        page.evaluate(KERNEL_READY)
        page.evaluate(RUN_ALL)
        page.wait_for_function(ALL_RUN, timeout=90_000)
        form = page.locator("form.jdm-form").first
        form.scroll_into_view_if_needed()
        for choice in form.locator("fieldset").all():
            choice.locator("input[type=radio]").first.check()
        form.get_by_role("button", name="Submit answer").click()
        form.get_by_role("status").filter(has_text="saved in your record").wait_for()
        record = image.lessons / "notebooks" / "jdm_record.jsonl"
        (answer,) = map(json.loads, record.read_text(encoding="utf-8").splitlines())
        assert answer["item"] == "00a"
        page.goto(f"{address}/{app}")
        page.wait_for_url(f"{address}/voila/render/{NOTEBOOK.as_posix()}*")
        page.locator("form.jdm-form").first.wait_for(timeout=90_000)
        assert record.read_text(encoding="utf-8").count("\n") == 1


def test_a_pull_keeps_what_a_student_wrote_and_brings_what_is_new(image):
    image.pull()
    written = image.home / NOTEBOOK
    mine = nbformat.read(written, 4)
    for cell in mine.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = 7, [nbformat.v4.new_output("stream", text="mine\n")]
    mine.cells[0].source += "\n\nMy own words."
    mine.metadata["language_info"] = {"name": "python", "version": "3.11.9", "file_extension": ".py"}
    nbformat.write(mine, written)
    record = written.with_name("jdm_record.jsonl")
    record.write_text("an answer\n", encoding="utf-8")
    own = written.with_name("my notes.ipynb")
    own.write_text("{}", encoding="utf-8")

    for lesson in (LESSON, "04_nine_children"):
        theirs = nbformat.read(image.content / "notebooks" / f"{lesson}.ipynb", 4)
        theirs.cells[0].source = "# A new beginning\n\nOther words."
        theirs.cells.insert(2, nbformat.v4.new_markdown_cell("A new paragraph.", id="new"))
        nbformat.write(theirs, image.content / "notebooks" / f"{lesson}.ipynb")
    (image.content / "data" / "README.md").write_text("new data\n", encoding="utf-8")
    commit(image.content)
    image.pull()

    kept = nbformat.read(written, 4)
    nbformat.validate(kept)
    assert kept == mine
    assert (record.read_text(), own.read_text()) == ("an answer\n", "{}")
    untouched = (image.lessons / "notebooks" / "04_nine_children.ipynb").read_text(encoding="utf-8")
    assert "A new beginning" in untouched
    assert (image.lessons / "data" / "README.md").read_text() == "new data\n"

    written.rename(written.with_name("mine.ipynb"))
    image.pull()
    assert "A new beginning" in written.read_text(encoding="utf-8")
    assert nbformat.read(written.with_name("mine.ipynb"), 4) == mine


def test_the_image_of_the_whole_repository_carries_the_package_itself(image):
    """What the class on a hub is built from: the same postBuild with the package beside it."""
    run("bash", "binder/postBuild", cwd=image.content, env=image.settings)
    script = "import jdm_teach, sys; print(jdm_teach.__file__); jdm_teach.value('E09')"
    assert "site-packages" in run(
        image.programs / "python", "-I", "-c", script, cwd=image.home, env=image.settings
    )
    assert "21 extract facts" in run(
        image.programs / "jdm-teach", "check", cwd=image.home, env=image.settings
    )
