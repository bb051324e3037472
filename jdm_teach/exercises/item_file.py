"""From a question file to items: every rule a question must keep, and a sentence for its author when it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .item import KINDS, ArithmeticCheck, Item
from .item_entry import Entry
from .item_parts import choices, quantity, sorting, writing

__all__ = ["read_item"]

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,23}")
BLOOM = ("remember", "understand", "apply", "analyse", "evaluate", "create")
OBJECTIVE = r"LO([1-9]|1[0-3])"
# Besides the fields of an item, a file may say how the key was settled.
FIELDS = frozenset(Item.__dataclass_fields__) - {"key_expressions"} | {"key_expression", "key_basis"}
PARTS: dict[str, Callable[[Entry], dict[str, Any]]] = {
    "single": choices,
    "many": choices,
    "order": choices,
    "number": quantity,
    "interval": quantity,
    "sort": sorting,
    "text": writing,
}


def read_item(raw: object, file: str, sources: Collection[str]) -> Item:
    """The item that one entry of a question file describes.

    Raises ValueError, naming file, item and field, when the entry breaks a rule of the bank.
    """
    if not isinstance(raw, Mapping):
        raise ValueError(f'{file}: field "items": every item must be an entry in curly brackets.')
    name = raw.get("id")
    read = Entry(raw, file, name if isinstance(name, str) else "?")
    if not isinstance(name, str) or not ID.fullmatch(name):
        raise read.refuse("id", "an id is 2 to 24 letters, digits, - . or _, such as ST48.")
    if unknown := sorted(set(raw) - FIELDS):
        raise read.refuse(
            str(unknown[0]), f"this field is not known; the fields are {', '.join(sorted(FIELDS))}."
        )
    kind = raw.get("kind")
    if kind not in KINDS:
        raise read.refuse("kind", f"{kind!r} is not a kind of question; choose one of {', '.join(KINDS)}.")
    common = _common(read, sources)
    return Item(id=name, kind=kind, **common, **PARTS[kind](read))


def _common(read: Entry, sources: Collection[str]) -> dict[str, Any]:
    version = read.raw.get("version")
    if type(version) is not int or version < 1:
        raise read.refuse(
            "version", "this must be a whole number from 1 up; raise it when the question changes."
        )
    lesson = read.raw.get("lesson")
    if not isinstance(lesson, str) or not re.fullmatch(r"0\d", lesson):
        raise read.refuse("lesson", "this must be a lesson from 00 to 09, in quotes.")
    if read.raw.get("bloom") not in BLOOM:
        raise read.refuse("bloom", f"choose one of {', '.join(BLOOM)}.")
    cited = read.texts("sources", r"[A-Z0-9]+", "source ids such as AB95")
    if missing := [source for source in cited if source not in sources]:
        raise read.refuse("sources", f"{missing[0]} is not in sources.json; add it there or correct the id.")
    minutes = read.number("minutes")
    if minutes is not None and not 0 < minutes <= 30:
        raise read.refuse("minutes", "this must be more than 0 and at most 30.")
    prediction = read.flag("prediction", False)
    check = read.raw.get("arithmetic_check")
    if check is not None and not (isinstance(check, Mapping) and {"expression", "expected"} <= set(check)):
        raise read.refuse("arithmetic_check", "this must hold an expression and the expected value.")
    return {
        "version": version,
        "lesson": lesson,
        "objectives": read.texts("objectives", OBJECTIVE, "objectives from LO1 to LO13"),
        "bloom": read.raw["bloom"],
        "category": read.text("category"),
        "stem": read.text("stem"),
        "wrong_belief": read.text("wrong_belief", empty=prediction),
        "note": read.text("note", empty=True),
        "explanation": read.text("explanation"),
        "sources": cited,
        "evidence": read.texts("evidence", r"[A-Za-z0-9_.:-]{2,60}", "evidence ids such as E09"),
        "minutes": 1.0 if minutes is None else minutes,
        "prediction": prediction,
        "confidence": read.flag("confidence", True),
        "reserve": read.flag("reserve", False),
        "look_at": read.text("look_at", empty=not prediction),
        "arithmetic_check": None
        if check is None
        else ArithmeticCheck(check["expression"], check["expected"]),
    }
