"""The reference: one page per module that offers names, made from its docstrings."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

from site_markdown import columns, plain, toctree

import jdm_teach

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "stats": "What nine patients can and cannot tell",
    "biology": "How the pathway answers interferon and a drug",
    "evidence": "Published facts as values",
    "exercises": "Question, answer, reply, record",
    "session": "The journal club around it",
}

__all__ = ["write_reference"]


def write_reference(folder: Path, *, modules: bool = True) -> None:
    """The list of packages, one page for each, and one for each module below it."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = ["doors", *(PACKAGES if modules else ()), "../architecture"]
    if (ROOT / "BENCHMARKS.md").exists():
        shutil.copy(ROOT / "BENCHMARKS.md", folder / "benchmarks.md")
        pages.append("benchmarks")
    write(
        folder / "index.md",
        "# Reference\n\nWhat the package offers, from the text beside the code.\n",
        toctree(pages, hidden=False),
    )
    entries = "\n".join(
        f".. autofunction:: {module}.{name}\n   :no-index:"
        for module, name in jdm_teach._DOORS.values()
        if there(module)
    )
    write(folder / "doors.md", "# What a notebook may use\n", rst(f".. automodule:: jdm_teach\n\n{entries}"))
    for package, about in PACKAGES.items() if modules else ():
        write_package(folder, package, about)


def write_package(folder: Path, package: str, about: str) -> None:
    """The page of a package lists its modules; their own pages stay out of the side bar, which would grow by hundreds."""
    found = modules_of(package)
    listed = columns(
        ("Module", "What it answers"),
        (
            (f"[`{name.removeprefix(f'jdm_teach.{package}.')}`](<{name}.md>)", plain(first))
            for name, first in found.items()
        ),
    )
    write(folder / f"{package}.md", f"# `jdm_teach.{package}`\n\n{about}.\n\n{listed}\n")
    for name in found:
        place = ROOT.joinpath(*name.split("."))
        # A package repeats names of its modules; they are indexed where they are defined.
        option = "   :no-index:\n" if place.is_dir() else ""
        write(
            folder / f"{name}.md",
            f"---\norphan: true\n---\n\n# `{name}`\n",
            rst(f".. automodule:: {name}\n   :members:\n{option}"),
            f"\n[All of `jdm_teach.{package}`]({package}.md)\n",
        )


def modules_of(package: str) -> dict[str, str]:
    """The modules of a package that say in `__all__` what they offer, and the first line about each."""
    found = {}
    for file in sorted((ROOT / "jdm_teach" / package).rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if any(isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "__all__" for n in tree.body):
            parts = file.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = (ast.get_docstring(tree) or "").split("\n\n")[0]
    return found


def rst(text: str) -> str:
    return f"\n```{{eval-rst}}\n{text}\n```\n"


def write(file: Path, *parts: str) -> None:
    file.write_text("".join(parts), encoding="utf-8")


def there(module: str) -> bool:
    place = ROOT.joinpath(*module.split("."))
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()
