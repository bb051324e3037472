"""The question bank: every item of the course, checked when it is first used.

Questions live in `data/questions/*.json` and nowhere else. A file that breaks a rule is refused with a sentence
that names file, item and field, so that a learner never meets half a question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..place import data_folder
from .item import Item, Source, public_view
from .item_file import read_item

__all__ = ["Bank", "Form", "form", "forms", "item", "item_sources", "items", "load", "public_view", "source"]


@dataclass(frozen=True, slots=True)
class Form:
    """A fixed set of items for before, after or weeks later, with the reason for each choice."""

    name: str
    items: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bank:
    """All items, sources and forms of one folder of question files."""

    items: Mapping[str, Item]
    sources: Mapping[str, Source]
    forms: Mapping[str, Form]

    def item(self, item_id: str) -> Item:
        """The item with this id; a near miss is answered with a suggestion (ValueError)."""
        return _find(self.items, item_id, "question")

    def form(self, name: str) -> Form:
        """The form with this name: A, B or delayed."""
        return _find(self.forms, name, "form")

    def source(self, source_id: str) -> Source:
        """The source with this id."""
        return _find(self.sources, source_id, "source")


def load(folder: Path) -> Bank:
    """Reads and checks every question file of a folder. Raises ValueError naming file, item and field."""
    listed = _read(folder / "sources.json").get("sources", {})
    if not isinstance(listed, dict) or not all(
        isinstance(entry, dict) and isinstance(entry.get("cite"), str) for entry in listed.values()
    ):
        raise ValueError('sources.json: field "sources": each source is an id with cite, doi and url.')
    sources = {key: Source(key, entry["cite"], entry.get("url") or "") for key, entry in listed.items()}
    found: dict[str, Item] = {}
    where: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        raw = _read(file)
        if "items" not in raw:
            continue
        if not isinstance(raw["items"], list):
            raise ValueError(f'{file.name}: field "items": this must be a list of questions.')
        for entry in raw["items"]:
            one = read_item(entry, file.name, sources)
            if one.id in found:
                raise ValueError(
                    f'{file.name}: item "{one.id}", field "id": this id is already used in {where[one.id]}; '
                    "give the question its own id."
                )
            found[one.id], where[one.id] = one, file.name
    forms = _forms(_read(folder / "forms.json"), found) if (folder / "forms.json").exists() else {}
    return Bank(MappingProxyType(found), MappingProxyType(sources), MappingProxyType(forms))


def items(lesson: str | None = None) -> tuple[Item, ...]:
    """All items of the course, or those of one lesson ("00" to "09"), in the order of the files."""
    return tuple(one for one in _course().items.values() if lesson in (None, one.lesson))


def item(item_id: str) -> Item:
    """The item with this id; a near miss is answered with a suggestion (ValueError).

    >>> item("ST01").kind
    'single'
    """
    return _course().item(item_id)


def item_sources(one: Item) -> tuple[Source, ...]:
    """The sources an item rests on, in its own order."""
    return tuple(_course().source(key) for key in one.sources if key in _course().sources)


def source(source_id: str) -> Source:
    """The source with this id."""
    return _course().source(source_id)


def forms() -> Mapping[str, Form]:
    """The forms A, B and delayed."""
    return _course().forms


def form(name: str) -> Form:
    """The form with this name: A, B or delayed."""
    return _course().form(name)


@cache
def _course() -> Bank:
    return load(data_folder() / "questions")


def _read(file: Path) -> dict[str, Any]:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{file.name}: the file cannot be read ({error.strerror or error}).") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{file.name}: this is not valid JSON ({error}); correct the file and try again."
        ) from error
    if not isinstance(raw, dict):
        raise ValueError(f"{file.name}: the file must hold one entry in curly brackets.")
    return raw


def _forms(raw: Mapping[str, Any], found: Mapping[str, Item]) -> dict[str, Form]:
    reasons: dict[str, dict[str, str]] = {}
    for pair in raw.get("pairs", []):
        for name in ("A", "B"):
            reasons.setdefault(name, {})[pair[name]] = pair["reasoning"]
    for row in raw.get("delayed_reasoning", []):
        reasons.setdefault("delayed", {})[row["item"]] = row["reasoning"]
    forms: dict[str, Form] = {}
    taken: dict[str, str] = {}
    for name, entry in raw["forms"].items():
        for key in entry["items"]:
            place = f'forms.json: form "{name}", item "{key}": '
            if key not in found:
                raise ValueError(place + "no question has this id.")
            if key in taken:
                raise ValueError(
                    place + f'the item is already in form "{taken[key]}"; a form never repeats an item.'
                )
            if key not in reasons.get(name, {}):
                raise ValueError(place + "the reason for choosing this item is missing.")
            taken[key] = name
        forms[name] = Form(name, tuple(entry["items"]), tuple((k, reasons[name][k]) for k in entry["items"]))
    return forms


def _find(entries: Mapping[str, Any], name: object, what: str) -> Any:
    if isinstance(name, str):
        if name in entries:
            return entries[name]
        from difflib import get_close_matches

        folded = {_folded(key): key for key in entries}
        near = [_folded(name)] if _folded(name) in folded else get_close_matches(_folded(name), folded, n=3)
        if near:
            hint = " or ".join(folded[key] for key in near)
            raise ValueError(f'There is no {what} "{name[:40]}". Did you mean {hint}?')
    raise ValueError(f'There is no {what} "{str(name)[:40]}". See data/questions for the ids in use.')


def _folded(name: str) -> str:
    """An id without what people mistype: case, spaces, dashes and leading zeros."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"\W", "", name).lower())
