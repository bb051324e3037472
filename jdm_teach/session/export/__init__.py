"""The question bank for other systems, and a record as statements; each says what its format cannot carry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...exercises import bank
from ...exercises.item import Item
from ...exercises.restore import LARGEST, read_upload
from .parcel import Parcel

__all__ = ["Parcel", "export_bank", "export_record"]


def export_bank(to: str, items: Sequence[Item] | None = None) -> Parcel:
    """The questions of the course (or those given) as Moodle XML (`moodle`) or a QTI 3 package (`qti`).

    Raises ValueError for any other format.

    >>> export_bank("moodle", [bank.item("ST01")]).entries
    1
    """
    chosen = bank.items() if items is None else tuple(items)
    if to == "moodle":
        from .moodle import moodle_xml

        return moodle_xml(chosen)
    if to == "qti":
        from .qti import qti_package

        return qti_package(chosen)
    raise ValueError(f"There is no export to {to!r}. Choose moodle, qti or xapi.")


def export_record(path: str | Path) -> Parcel:
    """A downloaded record as xAPI statements. Raises ValueError when there is no such file or nothing in it is ours."""
    from .xapi import xapi_statements

    file = Path(path).expanduser()
    if not file.is_file():
        raise ValueError("There is no such file. Name the record you downloaded, such as jdm_record_….jsonl.")
    if file.stat().st_size > LARGEST:
        raise ValueError("This file is larger than any record of this course (20 MB).")
    if file.stat().st_size > LARGEST:
        raise ValueError(
            f"{file.name} is far larger than any record of this course. Check that it is the right file."
        )
    events, report = read_upload(file.read_bytes())
    if report.refused:
        raise ValueError(report.refused)
    made = xapi_statements(events)
    return Parcel(made.name, made.content, made.entries, (*report.problems, *made.notes))
