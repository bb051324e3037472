"""Build the course as one folder of files that runs in a browser, without a server and without a network.

    python tools/build_lite.py [--output _lite] [--pyodide FOLDER]

FOLDER (or JDM_PYODIDE_DIR) is an unpacked Pyodide distribution with numpy, pandas, scipy and matplotlib: the full edition.
Without it the build takes Python alone from the npm registry: the questions edition, in which simulators say what they need.
Neither edition asks any other machine for anything. Where there is a Chromium, the time to the first question is measured.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).parent))
from first_question import sentence

ROOT = Path(__file__).resolve().parents[1]
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
PINNED = ROOT / "requirements" / "lite_browser.txt"
NPM = "pyodide@314.0.6"
NPM_SHA512 = "BKDTJyIqFxC4BExLqeRS3f5xvXZIjOt8C3zGLN/Cc7tFxSwvKVhVkchQQ2AGLOtR4YrVOIFxbV8poyDOOmWwxQ=="
NO_NPM = "Python for the browser comes through npm, and there is none here. Install Node, or name a Pyodide folder in JDM_PYODIDE_DIR."
CACHE = ROOT / ".cache" / "lite"
LATER = ("numpy", "pandas", "matplotlib", "scipy", "seaborn")
FRONT_ENDS = ("@jupyter-widgets/jupyterlab-manager", "anywidget", "@jupyterlite/pyodide-kernel-extension")
MARKERS = {
    "sys_platform": "emscripten",
    "platform_system": "Emscripten",
    "python_version": "3.14",
    "python_full_version": "3.14.0",
    "extra": "",
}


def plain_name(name: str) -> str:
    return str(canonicalize_name(name))


def builder() -> Path:
    """The environment that carries JupyterLite: the one `make` puts beside this one, else this one."""
    beside = Path(f"{sys.prefix}-lite")
    return beside if beside.is_dir() else Path(sys.prefix)


def program(name: str) -> str | None:
    """Node and npm: those that `make` put beside JupyterLite, else those of this machine."""
    return shutil.which(name, path=str(builder() / "bin")) or shutil.which(name)


def done(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(builder() / "bin"), os.environ.get("PATH", "")])
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": paths}, **options,
    )  # type: ignore[call-overload]  # fmt: skip


def run(*command: str | Path, **options: object) -> None:
    ended = done(*command, **options)
    if ended.returncode:
        sys.exit(
            f"{Path(command[0]).name} {command[1]} did not succeed:\n{ended.stdout[-2000:]}{ended.stderr[-3000:]}"
        )


def own_wheels(folder: Path) -> None:
    """The wheel of this checkout and the one that starts it in a browser, built afresh."""
    for source in (ROOT, ROOT / "lite"):
        run(sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", folder, source)


def browser_wheels(folder: Path, pinned: Path = PINNED) -> None:
    """The pinned pure wheels for the page's Python; fetched once, every time checked against their hashes."""
    kept = CACHE / "wheels"
    kept.mkdir(parents=True, exist_ok=True)
    fetch: list[str | Path] = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes",
        "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14",
        "-r", pinned, "-d", folder,
    ]  # fmt: skip
    if done(*fetch, "--no-index", "--find-links", kept).returncode:
        run(*fetch)
        for wheel in folder.glob("*.whl"):
            with tempfile.NamedTemporaryFile(dir=kept, delete=False) as copy:
                copy.write(wheel.read_bytes())
            os.replace(copy.name, kept / wheel.name)


def kernel_wheels(folder: Path) -> None:
    extension = Path(builder(), "share/jupyter/labextensions", FRONT_ENDS[-1], "static/pypi")
    for stem in ("ipykernel", "piplite", "pyodide_kernel"):
        shutil.copy(next(extension.glob(f"{stem}-*.whl")), folder)


def core_from_npm() -> Path:
    """Python itself, without any package; fetched once, at a pinned version and checksum."""
    target = CACHE / NPM
    if not target.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            run(program("npm") or sys.exit(NO_NPM), "pack", "--silent", NPM, cwd=folder)
            packed = next(Path(folder).glob("pyodide-*.tgz"))
            if base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode() != NPM_SHA512:
                sys.exit(f"{NPM} from the npm registry is not the file that was pinned; nothing was built.")
            shutil.unpack_archive(packed, folder, filter="data")
            with contextlib.suppress(OSError):  # another build was faster
                Path(folder, "package").rename(target)
    return target


def entry(wheel: Path) -> dict[str, object]:
    """What Pyodide's list of packages must know of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = Parser().parsestr(
            archive.read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode()
        )
    wanted = [Requirement(text) for text in about.get_all("Requires-Dist", [])]
    needs = [plain_name(r.name) for r in wanted if r.marker is None or r.marker.evaluate(dict(MARKERS))]
    tops = {
        re.sub(r"\.py$", "", name.split("/")[0])
        for name in names
        if name.endswith(".py") and ".dist-info/" not in name
    }
    return {
        "name": plain_name(about["Name"]),
        "version": about["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(tops),
        "depends": sorted(set(needs) - set(LATER))
        if plain_name(about["Name"]) == "jdm-teach"
        else sorted(set(needs)),
        "unvendored_tests": False,
    }


def with_needs(packages: dict[str, dict], wanted: set[str]) -> set[str]:
    """The wanted packages and all that they need, as far as they are there."""
    found: set[str] = set()
    while wanted:
        found |= wanted
        wanted = {plain_name(n) for name in wanted for n in packages[name]["depends"]} & set(packages) - found
    return found


def python_folder(source: Path, wheels: Path, target: Path) -> list[str]:
    """Put Python, its packages and ours into one folder with one honest list; returns which later packages are there."""
    target.mkdir(parents=True)
    lock = json.loads((source / "pyodide-lock.json").read_text())
    offered = {
        plain_name(name): dict(each)
        for name, each in lock["packages"].items()
        if (source / each["file_name"]).is_file()
    }
    ours = [entry(wheel) for wheel in sorted(wheels.glob("*.whl"))]
    offered |= {str(each["name"]): each for each in ours}
    keep = with_needs(offered, {str(each["name"]) for each in ours} | set(LATER) & set(offered))
    for name in keep:
        offered[name]["depends"] = [n for n in map(plain_name, offered[name]["depends"]) if n in keep]
        file = offered[name]["file_name"]
        shutil.copy(wheels / file if (wheels / file).is_file() else source / file, target)
    for name in CORE:
        shutil.copy(source / name, target)
    lock["packages"] = {name: offered[name] for name in sorted(keep)}
    (target / "pyodide-lock.json").write_text(json.dumps(lock, indent=1))
    return [name for name in LATER if name in keep]


def build(output: Path, pyodide: Path | None, own: Path | None = None) -> str:
    """Build the site, from own wheels that exist already if named, and say what it is: edition, size, what it carries."""
    stage = ROOT / "build" / "lite"
    for folder in (stage, output):
        shutil.rmtree(folder, ignore_errors=True)
    stage.mkdir(parents=True)
    for settings in (ROOT / "lite").glob("*.json"):
        shutil.copy(settings, stage)
    wheels = stage / "wheels"
    if own:
        shutil.copytree(own, wheels)
    else:
        own_wheels(wheels)
    browser_wheels(wheels)
    kernel_wheels(wheels)
    later = python_folder(pyodide or core_from_npm(), wheels, stage / "static" / "pyodide")
    shutil.rmtree(wheels)
    lessons = stage / "lessons"
    lessons.mkdir()
    for lesson in sorted((ROOT / "notebooks").glob("*.ipynb")):
        shutil.copy(lesson, lessons)
    front_ends = [
        f"--LiteBuildConfig.federated_extensions={Path(builder(), 'share/jupyter/labextensions', name)}"
        for name in FRONT_ENDS
    ]
    run(
        builder() / "bin" / "jupyter", "lite", "build", "--lite-dir", stage, "--contents", lessons,
        "--output-dir", output, *front_ends, cwd=stage,
    )  # fmt: skip
    shutil.copy(ROOT / "lite" / "index.html", output)
    shutil.rmtree(stage)
    size = sum(file.stat().st_size for file in output.rglob("*") if file.is_file()) / 1e6
    edition = "full" if set(LATER) <= set(later) else "questions only"
    missing = (
        ""
        if edition == "full"
        else f" Not in it: {', '.join(n for n in LATER if n not in later)} (name a Pyodide folder in JDM_PYODIDE_DIR)."
    )
    return f"JupyterLite edition: {edition}. Size: {size:.0f} MB in {output.name}/.{missing}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "_lite")
    named = os.environ.get("JDM_PYODIDE_DIR")
    parser.add_argument("--pyodide", type=Path, default=Path(named) if named else None)
    asked = parser.parse_args()
    print(build(asked.output.resolve(), asked.pyodide), flush=True)
    print(sentence(asked.output.resolve()))


if __name__ == "__main__":
    main()
