"""A faulty data file is refused in one sentence that names file, row and column."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from jdm_teach import evidence
from jdm_teach.place import data_folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    source = data_folder()
    shutil.copy(source / "datapackage.json", tmp_path)
    shutil.copytree(source / "evidence", tmp_path / "evidence")
    return tmp_path


def change(folder: Path, table: str, row: int, column: str, cell: str) -> None:
    """Put `cell` into one cell; `row` counts as a spreadsheet does, the header being row 1."""
    file = folder / "evidence" / f"{table}.csv"
    with file.open(newline="", encoding="utf-8") as handle:
        lines = list(csv.reader(handle))
    lines[row - 1][lines[0].index(column)] = cell
    with file.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle, lineterminator="\n").writerows(lines)


def refusal(folder: Path) -> str:
    with pytest.raises(ValueError) as caught:
        evidence.check_evidence(folder)
    return str(caught.value)


def test_an_untouched_copy_is_accepted(copy):
    assert evidence.check_evidence(copy) == evidence.check_evidence()


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "reason"),
    [
        ("two_by_two", 14, "exposed_total", "nine", "whole number"),
        ("two_by_two", 14, "exposed_total", "9.5", "whole number"),
        ("two_by_two", 14, "exposed_total", "1_000", "whole number"),
        ("risk_factors", 3, "estimate", "1,19", "decimal point"),
        ("risk_factors", 3, "estimate", "nan", "decimal point"),
        ("jaki_studies", 5, "lesson_use", "maybe", "'yes' or 'no'"),
        ("jaki_studies", 5, "n_died", "-1", "at least 0"),
        ("biomarker_cutoffs", 2, "auc", "1.4", "between 0 and 1"),
        ("extract_facts", 10, "audit", "probably", "allowed"),
    ],
)
def test_a_bad_type_is_refused_with_file_row_and_column(copy, table, row, column, cell, reason):
    change(copy, table, row, column, cell)
    said = refusal(copy)
    for part in (f"data/evidence/{table}.csv", f"row {row} ", f"column {column} ", cell, reason):
        assert part in said


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("extract_facts", "source_id"),
        ("antibody_ild_cohorts", "study_id"),
        ("guidance", "source_id"),
        ("sources", "same_study_as"),
        ("sources", "read_in"),
    ],
)
def test_an_unknown_source_is_refused_with_file_row_and_column(copy, table, column):
    change(copy, table, 4, column, "Tansley2041")
    said = refusal(copy)
    for part in (f"data/evidence/{table}.csv", "row 4,", f"column {column} ", "Tansley2041", "Tansley2014"):
        assert part in said


@pytest.mark.parametrize("column", ["study_id", "where", "verified", "audit", "lesson_use", "fact_id"])
def test_a_missing_provenance_field_is_refused_with_file_row_and_column(copy, column):
    change(copy, "survival_facts", 7, column, "")
    said = refusal(copy)
    for part in ("data/evidence/survival_facts.csv", "row 7 ", f"column {column} ", "empty"):
        assert part in said


def test_a_repeated_id_is_refused_with_file_row_and_column(copy):
    change(copy, "two_by_two", 9, "fact_id", "TBT001")
    said = refusal(copy)
    for part in ("data/evidence/two_by_two.csv", "row 9,", "column fact_id", "TBT001", "row 2"):
        assert part in said


def test_a_repeated_source_id_is_refused(copy):
    change(copy, "sources", 9, "source_id", "XUE23")
    assert "column source_id repeats 'XUE23'" in refusal(copy)


def test_an_id_of_another_table_is_refused(copy):
    change(copy, "two_by_two", 9, "fact_id", "COH001")
    said = refusal(copy)
    assert "row 9 " in said and "column fact_id" in said


def test_a_fault_is_met_by_the_one_who_asks_for_the_row_not_by_others(copy):
    change(copy, "two_by_two", 14, "exposed_total", "nine")
    assert evidence.value("E09", folder=copy).events == 3
    with pytest.raises(ValueError, match="row 14 "):
        evidence.value("TBT001", folder=copy)
    with pytest.raises(ValueError, match="row 14 "):
        evidence.table("two_by_two", folder=copy)


def test_an_undescribed_column_is_refused(copy):
    file = copy / "evidence" / "guidance.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("strength", "force", 1), encoding="utf-8")
    assert "force" in refusal(copy)


def test_a_ragged_row_is_refused(copy):
    file = copy / "evidence" / "jaki_pk.csv"
    file.write_text(file.read_text(encoding="utf-8") + "PKN999,POPPK21\n", encoding="utf-8")
    assert "2 cells were found" in refusal(copy)


def test_a_missing_file_or_description_is_one_sentence_and_not_a_traceback(copy):
    (copy / "evidence" / "guidance.csv").unlink()
    assert "data/evidence/guidance.csv could not be read" in refusal(copy)
    (copy / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"datapackage\.json"):
        evidence.Library(copy).check()


def test_a_spreadsheet_may_leave_its_byte_order_mark(copy):
    file = copy / "evidence" / "sources.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert evidence.check_evidence(copy)


def test_an_empty_file_is_one_sentence_too(copy):
    (copy / "evidence" / "sources.csv").write_text("", encoding="utf-8")
    assert "data/evidence/sources.csv" in refusal(copy)
