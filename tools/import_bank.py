"""Import the reviewed question bank and its forms into data/questions, in the layout the course reads.

    python tools/import_bank.py FOLDER_WITH_MISCONCEPTIONS_AND_FORMS

Ids and wordings are kept; every item starts as version 1. Run once; from then on data/questions is edited by hand.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "data" / "questions"
LETTER = "https://ard.bmj.com/content/82/11/1499"
# Objectives of the exercise an item checks; lessons name the items, so this is where an item gets its objective.
OBJECTIVES = {
    "LO1": "CL08 CL09 CL10 CL13 CL14",
    "LO2": "CL01 CL02 CL03 CL04 CL05 CL06 CL07",
    "LO3": "IM01 IM02 IM03 IM04 IM05 IM06 IM07 IM08 IM09 IM12 IM13 IM14 IM15 IM16",
    "LO4": "IM10 IM11",
    "LO5": "ST01 ST16 ST17 ST18 ST19 ST22 ST23 ST29 ST40 ST46 ST47",
    "LO6": "ST07 ST08 ST09 ST10 ST28 ST38 CL11",
    "LO7": "ST11 ST12 ST13 ST14 ST39 CL17",
    "LO8": "ST02 ST03 ST04 ST05 ST06 ST24 ST25 ST37 ST44 ST45",
    "LO9": "ST15 ST20 ST26 ST27",
    "LO10": "ST33 ST34 ST35 ST36",
    "LO11": "CL04 CL05 CL12 ST21 ST30 ST31 ST32 ST41 ST42 ST43",
    "LO12": "CL15 CL16",
}
# Written after the exercises were planned and in no form: free for any lesson.
RESERVE = ["ST37", "ST38", "ST39", "ST40", "ST42", "ST44", "ST46", "ST47", "IM14", "IM15", "IM16"]
RANGES = {"ST37": (0, None), "ST38": (0, 1), "ST39": (0, 1), "ST40": (0, 100)}


def imported(raw: dict[str, Any]) -> dict[str, Any]:
    """One item in the layout of the course."""
    question = raw["question"]
    item = {
        "id": raw["id"],
        "version": 1,
        "kind": question["type"],
        "lesson": raw["notebook"].removeprefix("NB"),
        "objectives": [key for key, listed in OBJECTIVES.items() if raw["id"] in listed.split()],
        "bloom": raw["bloom"],
        "category": raw["category"],
        "stem": question["stem"],
        "wrong_belief": raw["wrong_belief"],
    }
    if question["type"] == "single":
        item["options"] = [
            {
                "key": option["key"],
                "text": option["text"],
                **(
                    {"correct": True}
                    if option["correct"]
                    else {"misconception": option["misconception_revealed"]}
                ),
                "feedback": option["feedback"],
            }
            for option in question["options"]
        ]
    else:
        low, high = RANGES[raw["id"]]
        item |= {
            **{name: question[name] for name in ("unit", "key", "key_expression", "tolerance")},
            **({"minimum": low} if low is not None else {}),
            **({"maximum": high} if high is not None else {}),
            "feedback_right": question["feedback_correct"],
            "wrong_paths": [
                {("misconception" if k == "misconception_revealed" else k): v for k, v in path.items()}
                for path in question["wrong_paths"]
            ],
            "feedback_other": question["feedback_other"],
        }
    item |= {"explanation": raw["explanation"], "sources": raw["sources"], "key_basis": raw["key_basis"]}
    if raw["arithmetic_check"]:
        item["arithmetic_check"] = {k: raw["arithmetic_check"][k] for k in ("expression", "expected")}
    if raw["id"] in RESERVE:
        item["reserve"] = True
    return item


def save(name: str, content: dict[str, Any]) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    bank = json.loads((folder / "misconceptions.json").read_text(encoding="utf-8"))
    forms = json.loads((folder / "forms.json").read_text(encoding="utf-8"))
    sources = {key: dict(entry) for key, entry in bank["sources"].items()}
    for entry in sources.values():
        if not str(entry["url"]).startswith("http"):
            entry["url"] = None
    sources["XUE23"]["url"] = LETTER
    save("sources.json", {"schema": "sources-1", "sources": sources})
    kept = {key: bank[key] for key in ("title", "scope_note", "marking")}
    review = {key: bank["items"][0][key] for key in ("author", "review_status")}
    save(
        "bank.json",
        {"schema": "questions-1", **kept, **review, "items": [imported(raw) for raw in bank["items"]]},
    )
    save("forms.json", {**forms, "schema": "forms-1", "bank": "bank.json"})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
