"""Appraisal tools in our own paraphrase, with what the public extract lets each item answer; criteria as data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

__all__ = ["answer_counts", "items_of", "read_document"]


def read_document(folder: Path, name: str) -> Mapping[str, Any]:
    """One JSON document of the evidence folder. Raises ValueError when it cannot be read."""
    try:
        return json.loads((folder / "evidence" / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as reason:
        raise ValueError(f"data/evidence/{name}.json could not be read ({reason}). Restore it.") from None


def items_of(folder: Path, instrument: str | None = None) -> list[dict[str, Any]]:
    """The items of one tool, or of all, in their order."""
    document = read_document(folder, "appraisal_items")
    if instrument is None:
        return list(document["items"])
    known = [tool["id"] for tool in document["instruments"]]
    if instrument not in known:
        near = get_close_matches(instrument.upper(), known, n=1, cutoff=0.4)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"There is no appraisal tool '{instrument}'.{hint} There are: {', '.join(known)}.")
    return [item for item in document["items"] if item["instrument"] == instrument]


def answer_counts(folder: Path, instrument: str) -> dict[str, int]:
    """How often the model appraisal answers yes, no, unclear, … No total score is meant.

    An item whose official wording was not read has no model answer and counts as "not filled".
    """
    appraisals = [item["model_appraisal"] for item in items_of(folder, instrument)]
    return dict(Counter(given["answer"] if given else "not filled" for given in appraisals))
