"""What a row of evidence must look like: the columns that `data/datapackage.json` declares.

The description is the single place where types, required columns and links to sources are written. This module
reads it with the standard library alone and refuses a file that does not fit, naming file, row and column.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

__all__ = ["Cell", "Column", "Row", "TableSchema", "read_rows", "read_schemas"]

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]

WHOLE = re.compile(r"-?[0-9]+")
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
KIND_NAMES = {
    "integer": "a whole number, written in digits",
    "number": "a number, written in digits with a decimal point",
    "boolean": "'yes' or 'no'",
}


@dataclass(frozen=True)
class Column:
    """One declared column: its type, unit and what it may not be."""

    name: str
    type: str
    description: str
    unit: str = ""
    required: bool = False
    unique: bool = False
    enum: tuple[Cell, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""

    def read(self, text: str, missing: frozenset[str]) -> Cell:
        """The cell as a Python value; None where nothing was seen. Raises ValueError with the bare reason."""
        if text in missing:
            if self.required:
                raise ValueError(
                    "is empty, but every row must say this. Fill it in from the source, or leave the row out."
                )
            return None
        value = self._typed(text)
        if self.enum and value not in self.enum:
            allowed = ", ".join(f"'{word}'" for word in self.enum)
            raise ValueError(f"holds '{text}', but only {allowed} are allowed. Correct the cell.")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise ValueError(f"holds '{text}', but the form {self.pattern} was expected. Correct the cell.")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            low, high = self.minimum, self.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                bounds = f"at least {low}" if high is None else f"between {low} and {high}"
                raise ValueError(
                    f"holds {text}, but a value {bounds} was expected. Check it against the source."
                )
        return value

    def _typed(self, text: str) -> Cell:
        if self.type == "integer" and WHOLE.fullmatch(text):
            return int(text)
        if self.type == "number" and DECIMAL.fullmatch(text):
            return int(text) if WHOLE.fullmatch(text) else float(text)
        if self.type == "boolean" and text in ("yes", "no"):
            return text == "yes"
        if self.type == "string":
            return text
        raise ValueError(
            f"holds '{text}', but {KIND_NAMES[self.type]} was expected. Correct the cell, or leave it empty "
            "if the source does not say."
        )


@dataclass(frozen=True)
class TableSchema:
    """One declared table: where it lies, how its rows are named, which column names the source."""

    name: str
    path: str
    title: str
    columns: tuple[Column, ...]
    missing: frozenset[str]
    key: str
    prefix: str = ""
    links: tuple[str, ...] = ()

    @property
    def source_column(self) -> str:
        return self.links[0] if self.links else ""


def _column(field: dict[str, Any]) -> Column:
    rules = field.get("constraints", {})
    return Column(
        name=field["name"],
        type=field["type"],
        description=field.get("description", ""),
        unit=field.get("unit", "") or field.get("unitColumn", ""),
        required=rules.get("required", False),
        unique=rules.get("unique", False),
        enum=tuple(rules.get("enum", ())),
        minimum=rules.get("minimum"),
        maximum=rules.get("maximum"),
        pattern=rules.get("pattern", ""),
    )


def read_schemas(folder: Path) -> Mapping[str, TableSchema]:
    """The evidence tables declared in `folder/datapackage.json`, by name.

    Raises ValueError when the description is missing or is not readable JSON.
    """
    described = folder / "datapackage.json"
    try:
        package = json.loads(described.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as reason:
        raise ValueError(
            f"The description of the data, {described.name}, could not be read ({reason}). "
            "Restore it from the repository."
        ) from None
    tables = {}
    for resource in package["resources"]:
        if not str(resource.get("path", "")).startswith("evidence/") or "schema" not in resource:
            continue
        schema = resource["schema"]
        links = [key["fields"][0] for key in schema.get("foreignKeys", ())]
        tables[resource["name"]] = TableSchema(
            name=resource["name"],
            path=resource["path"],
            title=resource.get("title", resource["name"]),
            columns=tuple(_column(field) for field in schema["fields"]),
            missing=frozenset(schema.get("missingValues", [""])),
            key=schema["primaryKey"][0],
            prefix=resource.get("factPrefix", ""),
            links=tuple(links),
        )
    return MappingProxyType(tables)


def read_rows(schema: TableSchema, folder: Path) -> tuple[Row, ...]:
    """Every row of one table, typed. Raises ValueError naming file, row and column of the first fault."""
    file = folder / schema.path
    shown = f"data/{schema.path}"
    try:
        with file.open(newline="", encoding="utf-8-sig") as handle:
            header, *body = list(csv.reader(handle))
    except (OSError, ValueError) as reason:
        raise ValueError(f"{shown} could not be read ({reason}). Restore it from the repository.") from None
    expected = [column.name for column in schema.columns]
    if header != expected:
        strange = sorted(set(header) ^ set(expected)) or ["their order"]
        raise ValueError(
            f"{shown}, row 1: the columns do not match data/datapackage.json (look at: {', '.join(strange)}). "
            "Describe every column there, in the same order."
        )
    rows: list[Row] = []
    seen: dict[tuple[str, Cell], int] = {}
    for number, cells in enumerate(body, start=2):
        if len(cells) != len(expected):
            raise ValueError(
                f"{shown}, row {number}: {len(cells)} cells were found where {len(expected)} columns are declared. "
                "Look for a missing comma or an unquoted one."
            )
        row: dict[str, Cell] = {}
        for column, text in zip(schema.columns, cells, strict=True):
            try:
                value = column.read(text, schema.missing)
            except ValueError as reason:
                raise ValueError(
                    f"{shown}, row {number} ({cells[0]}), column {column.name} {reason}"
                ) from None
            if column.unique:
                first = seen.setdefault((column.name, value), number)
                if first != number:
                    raise ValueError(
                        f"{shown}, row {number}, column {column.name} repeats '{value}', which row {first} already "
                        "carries. Give the new row an id of its own; ids are never reused."
                    )
            row[column.name] = value
        rows.append(MappingProxyType(row))
    return tuple(rows)
