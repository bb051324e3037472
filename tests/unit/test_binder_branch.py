"""The branch Binder builds, and the links that start it: an edited lesson must not build an image."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "https://github.com/OWNER/jdm_teach"


def module(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


TOOL, LINKS = module("tools/binder_branch.py"), module("deploy/links.py")


@pytest.fixture
def repository(tmp_path) -> Path:
    """A small course with a lesson, a package and what makes the image."""
    place = tmp_path / "jdm_teach"
    for name in (
        "binder/requirements.txt",
        "binder/postBuild",
        "app/voila/x.j2",
        "notebooks/04.ipynb",
        "jdm_teach/x.py",
        "LICENSE",
    ):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("first\n")
    (place / "binder" / "postBuild").chmod(0o755)
    git(place, "init", "--quiet", "--initial-branch=main")
    for name in ("user.name", "user.email"):
        git(place, "config", name, "tester@example.org")
    commit(place)
    return place


def git(place: Path, *command: str) -> str:
    return subprocess.run(
        ["git", *command], cwd=place, capture_output=True, text=True, check=True
    ).stdout.strip()


def commit(place: Path) -> None:
    git(place, "add", ".")
    git(place, "commit", "--quiet", "-m", "x")


def test_the_branch_holds_what_decides_the_image_and_nothing_else(repository):
    assert TOOL.renew(repository)
    names = git(repository, "ls-tree", "-r", "--name-only", "environment").splitlines()
    assert names == ["LICENSE", "app/voila/x.j2", "binder/postBuild", "binder/requirements.txt"]
    assert git(repository, "ls-tree", "environment", "binder/postBuild").startswith("100755")


def test_an_edited_lesson_or_package_builds_no_image(repository):
    TOOL.renew(repository)
    before = git(repository, "rev-parse", "environment")
    (repository / "notebooks" / "04.ipynb").write_text("second\n")
    (repository / "jdm_teach" / "x.py").write_text("second\n")
    commit(repository)
    assert not TOOL.renew(repository)
    assert git(repository, "rev-parse", "environment") == before


def test_a_changed_requirement_adds_one_commit_that_can_be_pushed(repository):
    TOOL.renew(repository)
    before = git(repository, "rev-parse", "environment")
    (repository / "binder" / "requirements.txt").write_text("second\n")
    commit(repository)
    assert TOOL.renew(repository)
    assert git(repository, "rev-parse", "environment^") == before
    assert git(repository, "show", "environment:binder/requirements.txt") == "second"


def test_neither_the_checkout_nor_what_was_staged_is_touched(repository):
    (repository / "notebooks" / "04.ipynb").write_text("staged\n")
    git(repository, "add", ".")
    (repository / "binder" / "postBuild").write_text("not staged\n")
    before = git(repository, "status", "--porcelain"), git(repository, "branch", "--show-current")
    assert TOOL.renew(repository)
    assert (git(repository, "status", "--porcelain"), git(repository, "branch", "--show-current")) == before
    assert git(repository, "show", "environment:binder/postBuild") == "first"


def test_where_there_is_no_repository_one_sentence_says_so(tmp_path):
    with pytest.raises(ValueError, match="git ls-tree refused"):
        TOOL.renew(tmp_path)


@pytest.mark.parametrize(("app", "opened"), [(False, "doc/tree"), (True, "voila/render")])
def test_a_link_names_image_content_and_one_lesson(app, opened):
    link = urlsplit(
        LINKS.binder_link("https://mybinder.org/", REPOSITORY + ".git", "04_nine_children", app=app)
    )
    assert link.path == "/v2/gh/OWNER/jdm_teach/environment"
    pull = urlsplit(parse_qs(link.query, strict_parsing=True)["urlpath"][0])
    assert pull.path == "git-pull"
    assert parse_qs(pull.query, strict_parsing=True) == {
        "repo": [REPOSITORY + ".git"], "branch": ["main"], "urlpath": [f"{opened}/jdm_teach/notebooks/04_nine_children.ipynb"],
    }  # fmt: skip


def test_the_badges_of_the_readme_are_these_links():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    badges = re.findall(r"badge_logo\.svg\)\]\((\S+)\)", readme)
    assert badges == [
        LINKS.binder_link("https://mybinder.org", REPOSITORY, "00_start_here", app=app)
        for app in (False, True)
    ]
    assert (ROOT / "notebooks" / "00_start_here.ipynb").exists()


def test_the_workflow_renews_the_branch_only_when_what_it_carries_changed():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "binder.yml").read_text(encoding="utf-8"))
    # YAML reads the word `on` as true.
    assert {path.split("/")[0] for path in workflow[True]["push"]["paths"]} == set(TOOL.CARRIED)
    (job,) = workflow["jobs"].values()
    assert any("tools/binder_branch.py" in step.get("run", "") for step in job["steps"])
