"""YAML whose mistakes know their line: what a facilitator wrote, read with a sentence for everything that is off."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from typing import Any

__all__ = ["Part", "read_located"]

LONGEST_TEXT = 2000
MOST_ENTRIES = 5000


class Part:
    """One mapping of the file, with the line each of its entries stands on."""

    def __init__(self, entries: dict[str, Any], lines: dict[str, int], line: int, name: str) -> None:
        self.entries, self.lines, self.line, self.name = entries, lines, line, name

    def refuse(self, key: str, why: str) -> ValueError:
        """The error for one entry, with file and line."""
        return ValueError(f'{self.name}, line {self.lines.get(key, self.line)}, "{key}": {why}')

    def value(self, key: str) -> Any:
        if key not in self.entries:
            raise self.refuse(key, "this entry is missing here.")
        return self.entries[key]

    def text(self, key: str, *, optional: bool = False) -> str:
        if optional and key not in self.entries:
            return ""
        found = self.value(key)
        if not isinstance(found, str) or not found.strip() or len(found) > LONGEST_TEXT:
            raise self.refuse(key, "this must be a short text; put numbers such as 00 in quotes.")
        return found

    def whole(self, key: str, low: int, high: int) -> int:
        found = self.value(key)
        if type(found) is not int or not low <= found <= high:
            raise self.refuse(key, f"this must be a whole number from {low} to {high}.")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.value(key)
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            raise self.refuse(key, "this must be a list of texts, each on its own line after a dash.")
        return tuple(found)

    def parts(self, key: str, *, optional: bool = False) -> tuple[Part, ...]:
        if optional and key not in self.entries:
            return ()
        found = self.value(key)
        if not isinstance(found, list) or not found or not all(isinstance(part, Part) for part in found):
            raise self.refuse(key, "this must be a list of entries, each beginning with a dash.")
        return tuple(found)


def read_located(text: str, name: str) -> Part:
    """The mapping that a YAML text holds. Raises ValueError with the line for anything that is not one."""
    if find_spec("yaml") is None:
        raise ValueError("Run sheets are written in YAML, which needs PyYAML: `pip install pyyaml`.")
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{name}, line {line}: this is not valid YAML ({error.problem}).") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"{name} is not valid YAML ({error}).") from error
    try:
        read = None if node is None else _read(node, name, yaml, count(), depth=0)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name}: {error}") if name not in str(error) else error from None
    if not isinstance(read, Part):
        raise ValueError(f"{name}, line 1: a run sheet begins with entries such as `minutes: 60`.")
    return read


def _read(node: Any, name: str, yaml: Any, seen: Iterator[int], depth: int) -> Any:
    line = node.start_mark.line + 1
    # Repeated anchors can unfold into far more than was written.
    if next(seen) > MOST_ENTRIES:
        raise ValueError(
            f"{name}, line {line}: entries that repeat each other unfold into more than any run sheet."
        )
    if depth > 8:
        raise ValueError(f"{name}, line {line}: this is nested more deeply than any run sheet.")
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ValueError(f"{name}, line {line}: an entry must begin with a plain word and a colon.")
            if key.value in entries:
                raise ValueError(
                    f'{name}, line {key.start_mark.line + 1}, "{key.value}": this entry stands twice.'
                )
            entries[key.value] = _read(value, name, yaml, seen, depth + 1)
            lines[key.value] = key.start_mark.line + 1
        return Part(entries, lines, line, name)
    if isinstance(node, yaml.SequenceNode):
        if len(node.value) > 200:
            raise ValueError(f"{name}, line {line}: this list is longer than any run sheet needs.")
        return [_read(part, name, yaml, seen, depth + 1) for part in node.value]
    return yaml.SafeLoader("").construct_object(node)
