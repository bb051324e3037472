"""What an export hands over: a file, how many entries it holds, and what could not come along."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ...exercises import bank
from ...exercises.item import Item
from ...exercises.outcome import belief

__all__ = ["Parcel", "clean", "explanation_html", "listed", "option_reply", "paragraph"]


@dataclass(frozen=True)
class Parcel:
    """A file to write: its name and content, the number of entries, and a sentence for all that was left out."""

    name: str
    content: bytes
    entries: int
    notes: tuple[str, ...]


def clean(text: str) -> str:
    """Text without the characters that XML may not hold."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Cn"} else "\ufffd" for c in text
    )


def paragraph(text: str) -> str:
    """Plain text as one HTML paragraph."""
    return f"<p>{escape(clean(text), quote=False)}</p>" if text else ""


def option_reply(misconception: str | None, feedback: str) -> str:
    return paragraph(belief(misconception, feedback))


def explanation_html(item: Item) -> str:
    """The explanation and the sources of an item."""
    sources = [f"{source.text} {source.url}".strip() for source in bank.item_sources(item)]
    told = f"<p>Sources:</p><ul>{''.join(f'<li>{escape(clean(s), quote=False)}</li>' for s in sources)}</ul>"
    return paragraph(item.explanation) + (told if sources else "")


def listed(which: Sequence[Item], among: Sequence[Item]) -> str:
    """The ids of some questions; "all" where none is missing."""
    return "all" if len(which) == len(among) > 1 else ", ".join(item.id for item in which)
