"""The shelf of evidence: tables opened when first asked for, checked once, never changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from jdm_teach.evidence.facts import Fact, fact_from
from jdm_teach.evidence.schema import Row, TableSchema, read_rows, read_schemas
from jdm_teach.evidence.sources import Source, source_from

__all__ = ["Library"]


def _unpadded(name: str) -> str:
    """`coh001` and `coh1` are the same id to a person."""
    return re.sub(r"(?<=[a-z])0+(?=\d)", "", name)


class Library:
    """The evidence of one data folder. A table is read and checked when first needed; one table costs milliseconds.

    Raises ValueError, naming file, row and column, on a bad type, an unknown source, a missing provenance field or a
    repeated id.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._rows: dict[str, tuple[Row, ...]] = {}
        self._facts: dict[str, Mapping[str, Fact]] = {}

    @cached_property
    def schemas(self) -> Mapping[str, TableSchema]:
        return read_schemas(self.folder)

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        sources = {
            str(row["source_id"]): source_from(row) for row in read_rows(self.schemas["sources"], self.folder)
        }
        for number, source in enumerate(sources.values(), start=2):
            for column in ("same_study_as", "read_in"):
                other = getattr(source, column)
                if other and other not in sources:
                    raise ValueError(self._unknown_source("sources", number, column, other, sources))
        return sources

    def _unknown_source(self, table: str, number: int, column: str, name: str, known: Iterable[str]) -> str:
        near = get_close_matches(name, list(known), n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        return (
            f"data/{self.schemas[table].path}, row {number}, column {column} names the source '{name}', which "
            f"data/evidence/sources.csv does not know.{hint} Add the source there, or correct the cell."
        )

    def schema(self, table: str) -> TableSchema:
        if table not in self.schemas:
            near = get_close_matches(table, list(self.schemas), n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ValueError(
                f"There is no evidence table '{table}'.{hint} There are: {', '.join(self.schemas)}."
            )
        return self.schemas[table]

    def rows(self, table: str) -> tuple[Row, ...]:
        """Every row of a table, whether or not a lesson may rest on it."""
        schema = self.schema(table)
        if table not in self._rows:
            rows = read_rows(schema, self.folder)
            if table != "sources" and schema.source_column:
                for number, row in enumerate(rows, start=2):
                    name = str(row[schema.source_column])
                    if name not in self.sources:
                        raise ValueError(
                            self._unknown_source(table, number, schema.source_column, name, self.sources)
                        )
            self._rows[table] = rows
        return self._rows[table]

    def facts(self, table: str) -> Mapping[str, Fact]:
        """The facts of a table by id."""
        if table not in self._facts:
            schema = self.schema(table)
            if not schema.prefix:
                raise ValueError(
                    f"The table '{table}' lists sources, not facts. Use source(…) for one of them."
                )
            made = (
                fact_from(r, schema, self.sources[str(r[schema.source_column])]) for r in self.rows(table)
            )
            self._facts[table] = {fact.fact_id: fact for fact in made}
        return self._facts[table]

    def fact(self, fact_id: str, include_unread: bool = False) -> Fact:
        """One fact. Raises ValueError, with the nearest id, when there is none, or when no lesson may rest on it."""
        fact = self._find(fact_id)
        if not fact.lesson_use and not include_unread:
            raise ValueError(
                f"No lesson may rest on {fact_id} ({fact.source.short_name}): the second reader could not read it "
                "again. Choose another row, or pass include_unread=True to look at it."
            )
        return fact

    def _find(self, fact_id: str) -> Fact:
        letters = re.match(r"[A-Za-z]*", fact_id)
        prefix = letters.group().upper() if letters else ""
        for name, schema in self.schemas.items():
            if schema.prefix == prefix and fact_id in self.facts(name):
                return self.facts(name)[fact_id]
        raise ValueError(f"There is no fact '{fact_id}'.{self._hint(fact_id, self.fact_ids())}")

    def fact_ids(self) -> list[str]:
        """Every fact id of every table. Opens all tables."""
        return [
            fact_id for name, schema in self.schemas.items() if schema.prefix for fact_id in self.facts(name)
        ]

    def source(self, source_id: str) -> Source:
        """One source. Raises ValueError, with the nearest id, when there is none."""
        if source_id not in self.sources:
            raise ValueError(f"There is no source '{source_id}'.{self._hint(source_id, self.sources)}")
        return self.sources[source_id]

    @staticmethod
    def _hint(wanted: str, known: Iterable[str]) -> str:
        folded = {name.casefold(): name for name in known}
        same_number = [name for key, name in folded.items() if _unpadded(key) == _unpadded(wanted.casefold())]
        near = same_number or [
            folded[name] for name in get_close_matches(wanted.casefold(), folded, n=3, cutoff=0.6)
        ]
        if near:
            return f" Did you mean {' or '.join(near)}?"
        return " Look it up in data/evidence, where every row carries its id."

    def check(self) -> int:
        """Open and check every table; the number of facts. Raises ValueError at the first fault."""
        seen: dict[str, str] = {}
        for name, schema in self.schemas.items():
            self.rows(name)
            for fact_id in self.facts(name) if schema.prefix else ():
                if fact_id in seen:
                    raise ValueError(
                        f"The id '{fact_id}' is carried by a row of {seen[fact_id]} and by one of {name}. "
                        "Give one of them another id; ids are unique across all tables."
                    )
                seen[fact_id] = name
        return len(seen)
