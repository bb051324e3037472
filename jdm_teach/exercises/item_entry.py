"""One raw entry of a question file, read field by field; every refusal names file, item and field."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["KEY", "Entry"]

KEY = re.compile(r"[A-Za-z0-9_-]{1,20}")


@dataclass(frozen=True)
class Entry:
    """One raw item with its place, so that every refusal names file, item and field."""

    raw: Mapping[str, Any]
    file: str
    name: str

    def refuse(self, field: str, what: str) -> ValueError:
        return ValueError(f'{self.file}: item "{self.name}", field "{field}": {what}')

    def text(
        self, field: str, raw: Mapping[str, Any] | None = None, *, empty: bool = False, at: str = ""
    ) -> str:
        value = (self.raw if raw is None else raw).get(field, "" if empty else None)
        if not isinstance(value, str) or not (empty or value.strip()):
            raise self.refuse(at + field, "this text is missing or empty; write at least one full sentence.")
        return value

    def flag(self, field: str, default: bool) -> bool:
        value = self.raw.get(field, default)
        if not isinstance(value, bool):
            raise self.refuse(field, "this must be true or false.")
        return value

    def number(self, field: str, raw: Mapping[str, Any] | None = None, *, at: str = "") -> float | None:
        value = (self.raw if raw is None else raw).get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise self.refuse(at + field, f"{value!r} is not a number; give a plain number such as 0.05.")
        return float(value)

    def texts(self, field: str, pattern: str, expected: str) -> tuple[str, ...]:
        values = self.raw.get(field, [])
        if not isinstance(values, list) or not all(
            isinstance(v, str) and re.fullmatch(pattern, v) for v in values
        ):
            raise self.refuse(field, f"this must be a list of {expected}.")
        return tuple(values)

    def rows(self, field: str) -> list[Mapping[str, Any]]:
        values = self.raw.get(field, [])
        if not isinstance(values, list) or not all(isinstance(v, Mapping) for v in values):
            raise self.refuse(field, "this must be a list of entries in curly brackets.")
        return values
