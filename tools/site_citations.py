"""Every id of a fact or a source that a page names leads to the page about it.

A Sphinx extension. Ids come into a page by many ways, as printed values, captions, tables and replies, so they are found in
the finished text of the page and nowhere earlier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from typing import Any

from site_evidence import library

__all__ = ["linked", "setup"]

TAG = re.compile(r"""(<!--.*?-->|</?[A-Za-z](?:[^>"']|"[^"]*"|'[^']*')*>)""", re.DOTALL)
NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
# An id holds a digit; the names of tools, such as CARE, are words of the text.
ID = re.compile(r"(?<![\w./#-])[A-Z][A-Za-z0-9_]*\d[A-Za-z0-9_]*(?![\w-])")
# Where a link cannot stand, or would be in the way.
CLOSED = {"a", "button", "code", "h1", "h2", "h3", "h4", "h5", "h6", "script", "style", "summary", "textarea"}
PAGES = ("lessons/", "guides/", "evidence/")


def setup(app: Any) -> dict[str, bool]:
    app.connect("html-page-context", cite, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def cite(app: Any, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    if not page.startswith(PAGES) or not context.get("body"):
        return
    present = app.env.found_docs

    def address(name: str) -> str:
        target, _, anchor = places().get(name, "").partition("#")
        if target not in present or target == page:
            return ""
        return context["pathto"](target) + (f"#{anchor}" if anchor else "")

    context["body"] = linked(context["body"], address)


@cache
def places() -> Mapping[str, str]:
    """The page, and the place on it, of every fact and every source."""
    found = {name: f"sources/{name}" for name in library().sources}
    for fact_id in library().fact_ids():
        fact = library().fact(fact_id, include_unread=True)
        found[fact_id] = (
            f"evidence/{fact_id}"
            if fact.table == "extract_facts"
            else f"sources/{fact.source.source_id}#{fact_id.lower()}"
        )
    return found


def linked(html: str, address: Callable[[str], str]) -> str:
    """The same text with a link around every id that has an address.

    >>> linked("<p>3 of 9 [E09], not X1</p>", {"E09": "e.html"}.get)
    '<p>3 of 9 [<a class="cited" href="e.html">E09</a>], not X1</p>'
    """

    def link(found: re.Match[str]) -> str:
        target = address(found[0])
        return f'<a class="cited" href="{escape(target)}">{found[0]}</a>' if target else found[0]

    made: list[str] = []
    closed = 0
    for part in TAG.split(html):
        if part.startswith("<") and (tag := NAME.match(part)):
            if tag[1].lower() in CLOSED:
                closed += -1 if part.startswith("</") else 1
            made.append(part)
        else:
            made.append(part if closed or part.startswith("<!--") else ID.sub(link, part))
    return "".join(made)
