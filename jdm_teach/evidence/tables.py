"""Evidence tables as pandas DataFrames with declared dtypes. Pandas is loaded here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jdm_teach.evidence.library import Library

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DTYPES", "frame_of"]

DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean", "string": "string"}


def frame_of(library: Library, name: str, include_unread: bool = False) -> pd.DataFrame:
    """A table with nullable columns: a cell that was not seen is `<NA>`, never 0 and never an empty text.

    Rows on which no lesson may rest are left out unless `include_unread` is true. `frame.attrs` names the table
    and how many rows were left out.
    """
    import pandas as pd

    schema = library.schema(name)
    rows = library.rows(name)
    shown = [row for row in rows if include_unread or row.get("lesson_use", True)]
    frame = pd.DataFrame(
        {
            column.name: pd.array([row[column.name] for row in shown], dtype=DTYPES[column.type])  # type: ignore[call-overload]
            for column in schema.columns
        }
    )
    frame.attrs = {"table": name, "title": schema.title, "rows_left_out": len(rows) - len(shown)}
    return frame
