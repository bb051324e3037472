"""Small pieces of Markdown that the generated pages of the site share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["columns", "external", "plain", "toctree"]

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~^!:@])")


def plain(text: object) -> str:
    """Text as it is, whatever signs it holds.

    >>> plain("a_b [1]")
    'a\\\\_b \\\\[1\\\\]'
    """
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def external(text: object, address: str) -> str:
    """A link to elsewhere, or the plain text where no address was seen."""
    return f"[{plain(text)}](<{address}>)" if address else plain(text)


def columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def toctree(pages: Iterable[str], *, hidden: bool = True, caption: str = "") -> str:
    """The pages below this one, in order."""
    options = [":hidden:"] if hidden else [":maxdepth: 1"]
    if caption:
        options.append(f":caption: {caption}")
    return "\n".join(["```{toctree}", *options, "", *pages, "```", ""])
