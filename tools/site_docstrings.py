"""Docstrings as Sphinx reads them: this project writes them as plain text, with code between single backticks.

A Sphinx extension. Lists of `name: meaning` and the numpydoc section Parameters become bulleted lists, indented blocks
become literal ones, and signs that would mean something to reStructuredText are what they look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["as_rst", "setup"]

ENTRY = re.compile(r"([A-Za-z_]\w*(?:, [A-Za-z_]\w*)*) ?: (.*)")
CODE = re.compile(r"(`[^`]+`)")
SIGNS = re.compile(r"(\\|\||\*(?!\w[^*]*\w\*)(?<!\w\*)|(?<=\w)_(?!\w))")


def setup(app: Any) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", rewrite)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def rewrite(_app: Any, _what: str, _name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
    lines[:] = as_rst(lines)


def as_rst(lines: list[str]) -> list[str]:
    """The same text for Sphinx.

    >>> as_rst(["Counts.", "", "n: how many", "    people. seed: of the draw", "k: |x|"])
    ['Counts.', '', '* **n**: how many people. seed: of the draw', '* **k**: \\\\|x\\\\|', '']
    """
    made: list[str] = []
    for block in blocks(lines):
        made += [*block_rst(block), ""]
    return made


def blocks(lines: list[str]) -> Iterator[list[str]]:
    held: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            held.append(line.rstrip())
        elif held:
            yield held
            held = []


def block_rst(block: list[str]) -> list[str]:
    first = block[0]
    if first.startswith((">>>", "* ", "- ", ".. ")):
        return [escaped(line) for line in block] if first[0] in "*-" and first[1] == " " else block
    if all(line.startswith("    ") for line in block):
        return [".. code-block:: text", "", *block]
    if len(block) > 1 and set(block[1].strip()) == {"-"}:
        return [f"**{first}**", "", *fields(block[2:])]
    listed = sum(ENTRY.match(line) is not None for line in block)
    hanging = any(line.startswith("  ") for line in block)
    if ENTRY.match(first) and (listed > 1 or hanging):
        return fields(block)
    return [escaped(line.strip()) for line in block]


def fields(block: list[str]) -> list[str]:
    """Lines that open with a name begin an entry; the others continue it."""
    made: list[str] = []
    for line in block:
        entry = ENTRY.match(line)
        if entry:
            made.append(f"* **{entry[1]}**: {escaped(entry[2])}")
        elif made:
            made[-1] += " " + escaped(line.strip())
        else:
            made.append(escaped(line.strip()))
    return made


def escaped(text: str) -> str:
    """Text with its signs meant as they look, and code between backticks as code."""
    listed = text[:2] if text.startswith(("* ", "- ")) else ""
    parts = CODE.split(text.removeprefix(listed))
    made = ""
    for part in parts:
        if CODE.fullmatch(part):
            made += f"`{part}`"
        else:
            # Code must be set off from a letter that follows it, as in "`Value`s".
            glue = "\\ " if made.endswith("`") and part[:1].isalnum() else ""
            made += glue + SIGNS.sub(r"\\\1", part)
    return listed + made
