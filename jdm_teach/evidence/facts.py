"""One row of evidence, with everything needed to judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from jdm_teach.evidence.schema import Cell, Row, TableSchema
from jdm_teach.evidence.sources import Source

__all__ = ["Fact", "fact_from"]

STATEMENT_COLUMNS = {"extract_facts": "statement", "jakstat_facts": "fact", "guidance": "summary"}
PROVENANCE = frozenset(
    {"fact_id", "study_id", "source_id", "source", "where", "doi", "doi_or_url", "url", "verified", "license"}
    | {"audit", "audit_note", "lesson_use", "note", "notes"}
)


@dataclass(frozen=True)
class Fact:
    """A row as it was read: `fact["n_ild"]`, its source, its place, and what the second reader said.

    `verified` is how it was read, `audit` the second reader's verdict, `lesson_use` whether a lesson may rest on it.
    """

    fact_id: str
    table: str
    cells: Mapping[str, Cell]
    source: Source
    where: str
    verified: str
    audit: str
    lesson_use: bool

    def __getitem__(self, column: str) -> Cell:
        try:
            return self.cells[column]
        except KeyError:
            raise ValueError(
                f"{self.fact_id} has no column '{column}'. Its table, {self.table}, has: {', '.join(self.cells)}."
            ) from None

    def __hash__(self) -> int:
        return hash(self.fact_id)

    @property
    def statement(self) -> str:
        """The fact in words: its own sentence, or every filled cell with its column name."""
        column = STATEMENT_COLUMNS.get(self.table)
        if column:
            return str(self.cells[column])
        filled = [
            f"{name.replace('_', ' ')} {cell}"
            for name, cell in self.cells.items()
            if cell is not None and name not in PROVENANCE
        ]
        return "; ".join(filled) + "."

    @property
    def tag(self) -> str:
        """Short name and id, as shown beside the fact."""
        return f"[{self.source.short_name}, {self.fact_id}]"

    def __str__(self) -> str:
        return f"{self.statement} {self.tag}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        tag = escape(self.tag)
        linked = f'<a href="{escape(self.source.link)}">{tag}</a>' if self.source.link else tag
        return f"<p>{escape(self.statement)} {linked}</p>"


def fact_from(row: Row, schema: TableSchema, source: Source) -> Fact:
    """The fact a validated row describes."""
    return Fact(
        fact_id=str(row["fact_id"]),
        table=schema.name,
        cells=row,
        source=source,
        where=str(row.get("where") or row.get("doi_or_url") or ""),
        verified=str(row["verified"]),
        audit=str(row["audit"]),
        lesson_use=bool(row["lesson_use"]),
    )
