"""What a stranger installs: built twice alike, installed without the repository, used once from end to end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
# Each on the Python that runs the tests; on the others where they are at hand, with the slow tests.
PYTHONS = [
    version if version == OWN else pytest.param(version, marks=pytest.mark.slow)
    for version in ("3.11", "3.12", "3.13", "3.14")
]
EPOCH = "1700000000"
# Left behind by people and tools; none of it may travel.
LITTER = ("notebooks/jdm_record.jsonl", "notebooks/.ipynb_checkpoints/00_start_here-checkpoint.ipynb", "data/.ipynb_checkpoints/x.csv",
          "jdm_teach/__pycache__/cli.cpython-311.pyc", "jdm_room_8060.sqlite3",
          "notebooks/jdm_room_KQ73M.json", "notebooks/jdm_report.html")  # fmt: skip
SMOKE = """
import json, sys
import jdm_teach as jdm

assert "site-packages" in jdm.__file__, jdm.__file__
form = jdm.ask("ST01")
assert not {"pandas", "scipy", "matplotlib", "seaborn"} & set(sys.modules), "a question waits for heavy imports"
assert form.submit("A", "2").verdict == "right" and form.reply["headline"] == "Yes, that is it."
assert "SYNTHETIC" not in repr(form) and "<section" in form.still_html()
simulator = jdm.explore("04a")
assert simulator._esm and simulator._css
view = simulator.exploration.view({"x": 4})
assert view.sentence.startswith("4 of 9") and view.picture.data_url().startswith("data:image/png")
assert str(jdm.value("E09")).startswith("3 of 9")
assert len(jdm.table("two_by_two")) > 5
assert jdm.report().page().startswith("<!DOCTYPE html>")
from jdm_teach.session.runsheet import sheet_names
assert sheet_names() == ["45", "60", "90"]
print(json.dumps({"ok": True}))
"""


def uv(*command: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("uv")
    if not program.exists():
        pytest.skip("No uv beside this Python (see `make`), so nothing can be built or installed apart.")
    settings = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | more
    return subprocess.run(
        [str(program), *map(str, command)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=settings,
    )


def source_tree(folder: Path) -> Path:
    """The repository as it is committed, or as it was unpacked, in another place."""
    folder.mkdir(parents=True)
    if (ROOT / ".git").exists():
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "x", "-C", folder], input=archive, check=True)
    else:
        shutil.copytree(
            ROOT, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".venv", "dist", ".*_cache")
        )
    return folder


def build(tree: Path, out: Path) -> tuple[Path, Path]:
    for kind in ("--sdist", "--wheel"):
        done = uv("build", "--quiet", kind, "--out-dir", out, tree, SOURCE_DATE_EPOCH=EPOCH)
        if done.returncode and "hatchling" in done.stderr:
            pytest.skip(f"The build tool could not be had: {done.stderr.strip()[-300:]}")
        assert done.returncode == 0, done.stderr[-2000:]
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    return source_tree(tmp_path_factory.mktemp("release") / "tree")


@pytest.fixture(scope="module")
def built(tree) -> tuple[Path, Path]:
    return build(tree, tree.parent / "out")


def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_two_builds_give_the_same_bytes(tree, built, tmp_path):
    other = tmp_path / "a much longer and different path" / "tree"
    shutil.copytree(tree, other)
    for file in other.rglob("*"):
        os.utime(file, (1_600_000_000, 1_600_000_000))
        if file.is_file():
            file.chmod(file.stat().st_mode & 0o700)
    for first, second in zip(built, build(other, tmp_path / "out"), strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_the_wheel_carries_data_lessons_browser_parts_and_the_app_page(tree, built):
    found = names(built[0])
    for folder, inside in (("data", "jdm_teach/data"), ("jdm_teach", "jdm_teach")):
        for file in (tree / folder).rglob("*"):
            if file.is_file():
                assert f"{inside}/{file.relative_to(tree / folder).as_posix()}" in found
    assert {f"jdm_teach/notebooks/{file.name}" for file in (tree / "notebooks").glob("*.ipynb")} <= found
    assert any(name.endswith("share/jupyter/voila/templates/jdm/index.html.j2") for name in found)
    assert any(name.endswith("licenses/LICENSE") for name in found)


def test_the_wheel_is_pure_python_for_any_machine(built):
    assert built[0].name.endswith("-py3-none-any.whl")


def test_the_sdist_builds_the_same_wheel(built, tmp_path):
    with tarfile.open(built[1]) as packed:
        packed.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    assert (unpacked / "notebooks" / "src").is_dir()
    wheel, _ = build(unpacked, tmp_path / "out")
    assert wheel.read_bytes() == built[0].read_bytes()


def test_nothing_that_people_or_tools_leave_behind_is_shipped(tree, built, tmp_path):
    littered = tmp_path / "tree"
    shutil.copytree(tree, littered)
    for name in LITTER:
        (littered / name).parent.mkdir(parents=True, exist_ok=True)
        (littered / name).write_text("private")
    wheel, sdist = build(littered, tmp_path / "out")
    assert names(wheel) == names(built[0])
    with tarfile.open(sdist) as packed, tarfile.open(built[1]) as clean:
        assert packed.getnames() == clean.getnames()


def interpreter(version: str) -> str | None:
    """A Python of this version on this machine: by name, or where pyenv keeps its own."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [
        shutil.which(f"python{version}"),
        *sorted(home.glob(f"{version}.*/bin/python"), reverse=True),
    ]
    for candidate in [one for one in candidates if one]:
        done = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.stdout.strip() == version:
            return str(candidate)
    return None


@pytest.fixture(scope="module", params=PYTHONS)
def installed(request, built, tmp_path_factory) -> Path:
    """The folder of programs of an environment that holds the wheel and what it needs, and nothing of the repository."""
    python = interpreter(request.param)
    if python is None:
        pytest.skip(f"No Python {request.param} on this machine.")
    place = tmp_path_factory.mktemp(f"py{request.param.replace('.', '')}")
    made = uv("venv", "--quiet", "--python", python, place / "env")
    assert made.returncode == 0, made.stderr
    programs = place / "env" / ("Scripts" if os.name == "nt" else "bin")
    done = uv("pip", "install", "--quiet", "--python", programs / "python", built[0])
    if done.returncode:
        reason = done.stderr.strip()[-600:]
        if request.param == "3.14":
            pytest.skip(f"What the course needs cannot be installed on 3.14 yet: {reason}")
        pytest.fail(reason)
    return programs


def run(programs: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(folder),
        "JDM_TEACH_RECORD": str(folder / "jdm_record.jsonl"),
        "MPLCONFIGDIR": str(folder / "mpl"),
    }
    return subprocess.run(
        [str(programs / command[0]), *command[1:]],
        cwd=folder, env=settings, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_an_installed_course_works_without_the_repository(installed, tmp_path):
    checked = run(installed, tmp_path, "jdm-teach", "check")
    assert checked.returncode == 0, checked.stderr
    assert "21 extract facts" in checked.stdout
    assert str(ROOT) not in checked.stdout

    lessons = tmp_path / "my lessons"
    lessons.mkdir()
    (lessons / "04_nine_children.ipynb").write_text("my own notes")
    first = run(installed, tmp_path, "jdm-teach", "open", "my lessons", "--copy-only")
    assert first.returncode == 0, first.stderr
    assert "1 that were there already are unchanged" in first.stdout
    assert (lessons / "04_nine_children.ipynb").read_text() == "my own notes"
    before = {file.name: file.read_bytes() for file in lessons.iterdir()}
    again = run(installed, tmp_path, "jdm-teach", "open", "my lessons", "--copy-only")
    assert again.stdout.startswith("0 lessons copied")
    assert {file.name: file.read_bytes() for file in lessons.iterdir()} == before
    assert len(before) >= 10

    used = run(installed, tmp_path, "python", "-I", "-c", SMOKE)
    # -I keeps the environment's settings out, so the record lies in the working folder.
    assert used.returncode == 0, used.stderr[-3000:]
    assert list(tmp_path.glob("jdm_record*.jsonl"))

    reported = run(installed, tmp_path, "jdm-teach", "report", "jdm_record.jsonl", "--folder", "out")
    assert reported.returncode == 0, reported.stderr
    assert "1 questions answered" in (tmp_path / "out" / "jdm_report.html").read_text(encoding="utf-8")


def test_a_command_that_needs_more_says_what_to_install(installed, tmp_path):
    asked = run(installed, tmp_path, "jdm-teach", "app", "--no-browser")
    assert asked.returncode == 2
    assert "pip install voila" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_the_voila_template_lands_where_voila_looks(installed):
    template = installed.parent / "share" / "jupyter" / "voila" / "templates" / "jdm"
    assert {file.name for file in template.iterdir()} >= {"conf.json", "index.html.j2"}


def test_an_upgrade_keeps_the_record_readable(installed, tmp_path):
    """A record of every earlier schema, as the version of its time wrote it, is read whole by the installed wheel."""
    for old in sorted((ROOT / "tests" / "reference").glob("record_schema*.jsonl")):
        shutil.copy(old, tmp_path / "jdm_record.jsonl")
        code = (
            "from jdm_teach.exercises.record import Record; r = Record('jdm_record.jsonl');"
            "print(len(r.events()), r.problems, r.code)"
        )
        read = run(installed, tmp_path, "python", "-c", code)
        lines = len(old.read_text(encoding="utf-8").splitlines())
        assert read.stdout.startswith(f"{lines} () "), read.stdout + read.stderr


def test_the_release_workflow_tries_before_it_publishes():
    import yaml

    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))[
        "jobs"
    ]
    assert set(jobs["publish"]["needs"]) == {"build", "try"}
    assert all(job["timeout-minutes"] <= 30 for job in jobs.values())
    writers = [name for name, job in jobs.items() if "write" in str(job.get("permissions"))]
    assert writers == ["publish"]
