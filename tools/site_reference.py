"""The reference: one page per module that offers names, made from its docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from site_markdown import columns, plain, toctree

import jdm_teach
from jdm_teach import cli

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "stats": "What nine patients can and cannot tell",
    "biology": "How the pathway answers interferon and a drug",
    "evidence": "Published facts as values",
    "exercises": "Question, answer, reply, record",
    "session": "The journal club around it",
    "lessons": "What each lesson shows: its figures and its simulators",
    "room": "The live vote of a group",
}
# Modules beside the packages.
ALONE = {
    "figures": "A picture, an alternative text and a table",
    "place": "Where data and lessons are",
}
NO_BENCHMARKS = """# Benchmarks

No measurement lies beside this build. In a checkout of the course, `make bench` measures the course beside named
peers in the same run and writes `BENCHMARKS.md`; `make site` then puts it on this page.
"""

__all__ = ["write_reference"]


def write_reference(folder: Path, *, modules: bool = True) -> None:
    """The list of packages, one page for each, and one for each module below it."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {**PACKAGES, **ALONE} if modules else {}
    pages = {
        "doors": ("What a notebook may use", "The handful of names that the lessons call"),
        "commands": ("The command line", "`jdm-teach` and what it does"),
        **{name: (f"`jdm_teach.{name}`", about) for name, about in parts.items()},
        "../architecture": ("The map", "How the parts stand to one another"),
        "benchmarks": ("Benchmarks", "How fast it is, beside named peers"),
    }
    listed = columns(
        ("Page", "About"), ((f"[{text}](<{page}.md>)", about) for page, (text, about) in pages.items())
    )
    write(
        folder / "index.md",
        f"# Reference\n\nWhat the package offers, from the text beside the code.\n\n{listed}\n\n",
        toctree(pages),
    )
    report = ROOT / "BENCHMARKS.md"
    measured = report.read_text(encoding="utf-8") if report.exists() else NO_BENCHMARKS
    write(folder / "benchmarks.md", as_measured(measured))
    entries = "\n".join(
        f".. autofunction:: {module}.{name}\n   :no-index:"
        for module, name in jdm_teach._DOORS.values()
        if there(module)
    )
    write(folder / "doors.md", "# What a notebook may use\n", rst(f".. automodule:: jdm_teach\n\n{entries}"))
    write(folder / "commands.md", "# The command line\n\n", *commands())
    for package, about in PACKAGES.items() if modules else ():
        write_package(folder, package, about)
    for name in ALONE if modules else ():
        write(folder / f"{name}.md", f"# `jdm_teach.{name}`\n", members(f"jdm_teach.{name}"))


def commands() -> Iterator[str]:
    """What `--help` says, command by command."""
    top = cli.parser()
    yield f"```text\n{top.format_help().strip()}\n```\n"
    choices = next(action.choices for action in top._actions if action.choices)
    for name, command in choices.items():
        yield f"\n## `jdm-teach {name}`\n\n```text\n{command.format_help().strip()}\n```\n"


def as_measured(report: str) -> str:
    """The report of the benchmarks, with every cell of its tables as it stands, whatever signs it holds.

    >>> print(as_measured("# B\\n\\n| job | ours |\\n|---|---|\\n| a_b | <1 |"))
    # B
    <BLANKLINE>
    | job | ours |
    |---|---|
    | a\\_b | \\<1 |
    """
    return "\n".join(
        "| " + " | ".join(plain(cell) for cell in line.strip().strip("|").split("|")) + " |"
        if line.startswith("|") and set(line) - set("|-: ")
        else line
        for line in report.splitlines()
    )


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
            members(name, option),
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


def members(module: str, option: str = "") -> str:
    return rst(f".. automodule:: {module}\n   :members:\n{option}")


def rst(text: str) -> str:
    return f"\n```{{eval-rst}}\n{text}\n```\n"


def write(file: Path, *parts: str) -> None:
    file.write_text("".join(parts), encoding="utf-8")


def there(module: str) -> bool:
    place = ROOT.joinpath(*module.split("."))
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()
