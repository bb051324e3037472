"""Build the course as one folder of files that runs in a browser, without a server and without a network.

    python tools/build_lite.py [--output _lite] [--pyodide FOLDER]

FOLDER (or JDM_PYODIDE_DIR) is an unpacked Pyodide distribution with numpy, pandas, scipy and matplotlib: the full edition.
Without it the build takes Python alone from the npm registry: the questions edition, in which simulators say what they need.
Neither edition asks any other machine for anything.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
PINNED = ROOT / "requirements" / "lite_browser.txt"
NPM = "pyodide@314.0.6"
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


def run(*command: str | Path, **options: object) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(
            f"{Path(command[0]).name} {command[1]} did not succeed:\n{done.stdout[-2000:]}{done.stderr[-3000:]}"
        )


def own_wheels(folder: Path) -> None:
    """The wheel of this checkout and the one that starts it in a browser, built afresh."""
    for source in (ROOT, ROOT / "lite"):
        run(sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", folder, source)


def browser_wheels(folder: Path, pinned: Path = PINNED) -> None:
    """The pinned pure wheels for the page's Python; fetched once, every time checked against their hashes."""
    run(
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes",
        "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14",
        "-r", pinned, "-d", folder,
    )  # fmt: skip


def kernel_wheels(folder: Path) -> None:
    extension = Path(sys.prefix, "share/jupyter/labextensions", FRONT_ENDS[-1], "static/pypi")
    for stem in ("ipykernel", "piplite", "pyodide_kernel"):
        shutil.copy(next(extension.glob(f"{stem}-*.whl")), folder)


def core_from_npm() -> Path:
    """Python itself, without any package; fetched once."""
    folder = ROOT / ".cache" / "lite"
    if not (folder / "package").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        run("npm", "pack", "--silent", NPM, cwd=folder)
        shutil.unpack_archive(next(folder.glob("pyodide-*.tgz")), folder, filter="data")
    return folder / "package"


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


def build(output: Path, pyodide: Path | None) -> str:
    """Build the site and say what it is: edition, size, what it carries."""
    stage = ROOT / "build" / "lite"
    for folder in (stage, output):
        shutil.rmtree(folder, ignore_errors=True)
    stage.mkdir(parents=True)
    for settings in (ROOT / "lite").glob("*.json"):
        shutil.copy(settings, stage)
    wheels = stage / "wheels"
    wheels.mkdir()
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
        f"--LiteBuildConfig.federated_extensions={Path(sys.prefix, 'share/jupyter/labextensions', name)}"
        for name in FRONT_ENDS
    ]
    run(
        Path(sys.executable).with_name("jupyter"), "lite", "build", "--lite-dir", stage, "--contents", lessons,
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
    parser.add_argument("--pyodide", type=Path, default=os.environ.get("JDM_PYODIDE_DIR") or None)
    asked = parser.parse_args()
    print(build(asked.output.resolve(), asked.pyodide))


if __name__ == "__main__":
    main()
