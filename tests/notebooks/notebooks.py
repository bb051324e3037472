"""Where the notebooks are, and how to read one without a kernel."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
BUILT = sorted(FOLDER.glob("*.ipynb"))
SOURCES = sorted((FOLDER / "src").glob("*.py"))
CHECKED = "nbval-check-output"


def cells(file: Path, kind: str | None = None) -> list[dict]:
    listed = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in listed if kind in (None, cell["cell_type"])]


def text(cell: dict) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def is_checked(cell: dict) -> bool:
    return CHECKED in cell["metadata"].get("tags", [])
