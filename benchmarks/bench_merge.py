"""A thousand records of a hundred answers into one picture of the group: seconds and memory."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from jdm_teach.exercises import bank
from jdm_teach.exercises.code_words import WORDS

RECORDS, ANSWERS = 1000, 100
OURS = """
import resource, sys, time
from jdm_teach.session.aggregate import aggregate
begun = time.perf_counter()
made = aggregate(sys.argv[1])
spent = time.perf_counter() - begun
assert made.people == int(sys.argv[2]), made.problems
print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
# What a facilitator with pandas would write: every line into one frame, then a cross-table per question.
PEER = """
import json, resource, sys, time
from pathlib import Path
import pandas as pd
begun = time.perf_counter()
rows = [json.loads(line) for file in sorted(Path(sys.argv[1]).iterdir()) for line in file.open()]
frame = pd.DataFrame(rows).drop_duplicates("id").drop_duplicates(["code", "item"])
for _, part in frame.groupby("item"):
    pd.crosstab(part["response"], part["confidence"])
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def write_records(folder: Path, records: int = RECORDS, answers: int = ANSWERS) -> None:
    """Records of simulated learners, each with its own code; the first questions of the bank, in order."""
    chance = random.Random(20231)
    asked = [item for item in bank.items() if item.kind == "single" and not item.prediction]
    for number in range(records):
        code = "-".join(WORDS[(number // len(WORDS) ** place) % len(WORDS)] for place in range(3))
        lines = []
        for position, item in enumerate(islice((asked * 2), answers)):
            option = chance.choice(item.options)
            lines.append(json.dumps({
                "schema": 1, "id": f"{chance.getrandbits(128):032x}", "code": code, "kind": "answer", "item": item.id,
                "time": f"2026-11-22T{10 + position // 60:02d}:{position % 60:02d}:00.000Z", "version": item.version,
                "lesson": item.lesson, "attempt": 1, "confidence": chance.choice((1, 2, 3)), "response": option.key,
                "verdict": "right" if option.correct else "wrong", "misconception": option.misconception,
                "package": "0.1.0", "form": None,
            }))  # fmt: skip
        (folder / f"jdm_record_{number:04d}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def run(code: str, *arguments: str) -> tuple[float, float]:
    told = subprocess.check_output([sys.executable, "-c", code, *arguments], text=True)
    seconds, megabytes = map(float, told.split())
    return seconds, megabytes


def measure() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as place:
        write_records(Path(place))
        ours, peer = [], []
        for _ in range(3):
            ours.append(run(OURS, place, str(RECORDS)))
            peer.append(run(PEER, place))
    job = f"merge {RECORDS:,} records of {ANSWERS} answers"
    note = (
        "peer: json and pandas, neither checks lines nor hides small cells; import time of pandas not counted"
    )
    rows = []
    for what, unit, goal, place in ((job, "s", 5.0, 0), (f"{job}, peak memory", "MB", 300.0, 1)):
        mine, theirs = (median(one[place] for one in listed) for listed in (ours, peer))
        rows.append({
            "job": what, "ours": mine, "unit": unit, "goal": goal, "peer": "pandas", "peer_value": theirs,
            "ratio": theirs / mine, "note": note,
        })  # fmt: skip
    return rows
