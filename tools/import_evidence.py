"""Bring the evidence tables in from a folder of readings.

    python tools/import_evidence.py FOLDER

FOLDER holds the tables as they were read (CSV) and `appraisal_items.json`, `criteria.json`. Every cell is copied
as it stands; blank stays blank. Added here: a stable `fact_id` per row, the second reader's verdict (`audit`),
whether a lesson may rest on the row (`lesson_use`), and a `source_id` where a table named its source in words.
`sources.csv` and `extract_facts.csv` are kept by hand and are read, not written. Nothing at run time needs this.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "evidence"

# table: (prefix of its ids, rows the audit covered; None where the table lay outside it)
TABLES: dict[str, tuple[str, int | None]] = {
    "adult_patient_level": ("APL", 48),
    "antibody_ild_cohorts": ("COH", 74),
    "biomarker_cutoffs": ("BMK", 24),
    "group_summaries": ("GRP", 117),
    "guidance": ("GDN", 20),
    "ifn_genes": ("IFG", None),
    "ifn_scores": ("IFS", None),
    "jaki_patients": ("JPT", 38),
    "jaki_pk": ("PKN", None),
    "jaki_potency": ("POT", None),
    "jaki_safety": ("SAF", 28),
    "jaki_studies": ("JST", 32),
    "jakstat_facts": ("JS", None),
    "risk_factors": ("RSK", 158),
    "survival_facts": ("SRV", 31),
    "two_by_two": ("TBT", 81),
}
# The words in which tables without a study_id name their source; `cited_as` in sources.csv resolves them.
CITED: dict[str, Callable[[dict[str, str]], str]] = {
    "guidance": lambda row: row["body"],
    "ifn_genes": lambda row: row["doi_or_url"].split(" ; ")[0],
    "ifn_scores": lambda row: row["doi_or_url"],
    "jaki_pk": lambda row: row["doi_or_url"],
    "jaki_potency": lambda row: row["doi"] or row["where"],
    "jakstat_facts": lambda row: row["source"],
}
NOT_RE_READ = {
    "WangN2023",
    "EULAR_FRI0459",
    "TorresSanchez2026",
    "Chen2019",
    "Chen2025",
    "Tansley2019_review",
}


def verdict(table: str, number: int, row: dict[str, str]) -> str:
    """What the second reader could say about one row."""
    covered, study = TABLES[table][1], row.get("study_id", "")
    if covered is None:
        return "outside audit"
    if number > covered:
        return "added after audit"
    pocket_guideline = table == "guidance" and row["where"].startswith("Pocket guideline")
    if (
        study in NOT_RE_READ
        or pocket_guideline
        or row.get("body") in ("Japan PM/DM guideline, textbook digest", "PReS")
    ):
        return "not re-read"
    counts_22 = {
        "two_by_two": "RP-ILD" in row.get("factor", ""),
        "survival_facts": "RP-ILD" in row.get("population", ""),
    }
    if study == "Xue2023" or (study == "Fan2022" and counts_22.get(table, False)):
        return "in part"
    return "confirmed"


def import_table(table: str, folder: Path, cited: dict[str, str]) -> None:
    """Copy one table, with its ids and verdicts."""
    with (folder / f"{table}.csv").open(newline="", encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    for number, row in enumerate(rows, 1):
        if table == "jakstat_facts":
            row["fact_id"] = row.pop("id")
        else:
            row["fact_id"] = f"{TABLES[table][0]}{number:03d}"
        if table in CITED:
            row["source_id"] = (
                cited[CITED[table](row)]
                if table != "jaki_pk" or row["doi_or_url"] != "same"
                else rows[number - 2]["source_id"]
            )
        row["audit"] = verdict(table, number, row)
        row["lesson_use"] = "no" if row["audit"] == "not re-read" else "yes"
    front, back = ["fact_id"], ["audit", "lesson_use"]
    middle = [c for c in rows[0] if c not in front + back and c != "source_id"]
    columns = front + (["source_id"] if table in CITED else []) + middle + back
    with (DATA / f"{table}.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(folder: Path) -> None:
    with (DATA / "sources.csv").open(newline="", encoding="utf-8") as handle:
        cited = {
            words: row["source_id"]
            for row in csv.DictReader(handle)
            for words in row["cited_as"].split(" | ")
            if words
        }
    for table in TABLES:
        import_table(table, folder, cited)
    for name in ("appraisal_items.json", "criteria.json"):
        content = json.loads((folder / name).read_text(encoding="utf-8"))
        content.pop("extract_facts", None)  # they live in extract_facts.csv, once
        (DATA / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(TABLES)} tables and 2 documents written to {DATA.relative_to(DATA.parent.parent)}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say which folder holds the tables: python tools/import_evidence.py FOLDER")
    main(Path(sys.argv[1]))
