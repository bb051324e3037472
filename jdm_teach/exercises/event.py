"""One line of the record: what was answered, when, how surely. No name, nothing about the machine."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from .code_words import CODE
from .outcome import VERDICTS

__all__ = ["SCHEMA", "BrokenLineError", "Event", "ForeignLineError", "NewerLineError", "now", "read_event"]

SCHEMA = 1
LONGEST_LINE = 100_000
MOST_BRACKETS = 1_000
DEEPEST = 6
IDENTITY = re.compile(r"[0-9a-f]{32}")
TIME = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")
KIND = re.compile(r"[a-z_]{1,24}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,39}")
LESSON = re.compile(r"0[0-9]")


class BrokenLineError(ValueError):
    """A line that is not a whole entry of the record."""


class ForeignLineError(ValueError):
    """A line that is whole but was not written by this course."""


class NewerLineError(ValueError):
    """A line written by a newer version of this course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the record.

    `restored` names the restore that brought the entry into this file (None when it was written here); it is
    kept in the file and left out of an export.
    """

    id: str
    time: str
    code: str
    kind: str
    item: str | None = None
    version: int | None = None
    lesson: str | None = None
    attempt: int | None = None
    confidence: int | None = None
    response: Any = None
    verdict: str | None = None
    misconception: str | None = None
    package: str = ""
    form: str | None = None
    restored: str | None = None
    schema: int = SCHEMA

    def line(self, *, keep_origin: bool = False) -> str:
        """The entry as one line of JSON without a line break, in a fixed order of fields.

        Plain ASCII, so that no later reader can trip over an encoding.
        """
        entry = {"schema": self.schema, **{name: getattr(self, name) for name in FIELDS}}
        if keep_origin and self.restored:
            entry["restored"] = self.restored
        return json.dumps(entry, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


FIELDS = tuple(name for name in Event.__dataclass_fields__ if name not in {"schema", "restored"})


def now() -> str:
    """The present moment in UTC, to the millisecond, in the one form the record uses."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def read_event(line: str) -> Event:
    """The entry on one line.

    Raises BrokenLineError (not whole), ForeignLineError (not ours) or NewerLineError (from a newer version); nothing else,
    whatever the line holds.
    """
    if len(line) > LONGEST_LINE:
        raise BrokenLineError("longer than any entry of this course")
    # Python in a browser does not survive very deep nesting, whatever is caught around it.
    if line.count("[") + line.count("{") > MOST_BRACKETS:
        raise BrokenLineError("nested more deeply than any entry of this course")
    try:
        raw = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BrokenLineError("cut off or damaged") from error
    if not isinstance(raw, Mapping) or "schema" not in raw:
        raise ForeignLineError("not an entry of this course")
    schema = raw["schema"]
    if type(schema) is not int or schema < 1 or "id" not in raw or "time" not in raw:
        raise ForeignLineError("not an entry of this course")
    if schema > SCHEMA:
        raise NewerLineError("written by a newer version of this course")
    for name, fits in REQUIRED.items():
        if not fits(raw.get(name)):
            raise BrokenLineError(f"unexpected content in “{name}”")
    for name, fits in OPTIONAL.items():
        if (value := raw.get(name)) is not None and not fits(value):
            raise BrokenLineError(f"unexpected content in “{name}”")
    origin = raw.get("restored")
    fields = {name: raw[name] for name in FIELDS if raw.get(name) is not None}
    return Event(**fields, restored=origin if _matches(IDENTITY)(origin) else None)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _moment(value: object) -> bool:
    if not isinstance(value, str) or not TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _count(value: object) -> bool:
    return type(value) is int and 1 <= value <= 1_000_000


def _plain(value: object) -> bool:
    """Whether a response is small, flat and finite, so that it can be written again and shown."""
    if value is None or type(value) is str:
        return True
    level: list[object] = [value]
    for _ in range(DEEPEST):
        below: list[object] = []
        for part in level:
            if isinstance(part, float) and not math.isfinite(part):
                return False
            if isinstance(part, int) and abs(part) > 10**300:
                return False
            if isinstance(part, Mapping):
                below.extend(part.values())
            elif isinstance(part, list):
                below.extend(part)
        if not below:
            return True
        level = below
    return False


REQUIRED: dict[str, Callable[[object], bool]] = {
    "id": _matches(IDENTITY),
    "time": _moment,
    "code": _matches(CODE),
    "kind": _matches(KIND),
}
OPTIONAL: dict[str, Callable[[object], bool]] = {
    "item": _matches(NAME),
    "version": _count,
    "lesson": _matches(LESSON),
    "attempt": _count,
    "confidence": lambda value: type(value) is int and value in (1, 2, 3),
    "response": _plain,
    "verdict": lambda value: isinstance(value, str) and value in VERDICTS,
    "misconception": lambda value: isinstance(value, str) and len(value) <= 300,
    "package": lambda value: value == "" or _matches(NAME)(value),
    "form": _matches(NAME),
}
