"""One command for every figure: `python -m benchmarks [topic ...]` measures ours and a named peer in the same run.

Prints a table for each topic; writes BENCHMARKS.md, with machine and versions, when all are run or with `--write`;
`--draw FILE` draws the ratios.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).parent
REPORT = HERE.parent / "BENCHMARKS.md"
PEERS = (
    "numpy",
    "scipy",
    "firthmodels",
    "pysprite",
    "libroadrunner",
    "copasi-basico",
    "jupyterlab",
    "ipywidgets",
    "anywidget",
    "voila",
)


def number(x: object) -> str:
    return "" if x is None else f"{x:,.3g}" if isinstance(x, (int, float)) else str(x)


def as_markdown(rows: list[dict]) -> str:
    lines = [
        "| job | ours | unit | goal | peer | peer's | times faster | note |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [row["job"], number(row["ours"]), row.get("unit", ""), row.get("goal") or "", row.get("peer") or "",
                 number(row.get("peer_value")), number(row.get("ratio")), row.get("note") or ""]  # fmt: skip
        lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    return "\n".join(lines)


def machine() -> str:
    found = []
    for name in PEERS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} absent")
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}; {', '.join(found)}."


def report(sections: dict[str, str]) -> str:
    head = "# Benchmarks\n\nMade by `make bench`: ours and the peer are measured in the same run; trust the ratios more than the times.\n\n"
    return f"{head}{machine()}\n\n" + "\n".join(sections[topic] for topic in sorted(sections))


def kept_sections() -> dict[str, str]:
    """The sections of the report that is there, by topic."""
    if not REPORT.exists():
        return {}
    parts = REPORT.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def measured(topic: str) -> list[dict]:
    """The rows of a topic; one that fails says so in its row, so that the others are not lost."""
    try:
        return importlib.import_module(f"benchmarks.bench_{topic}").measure()
    except Exception as fault:
        traceback.print_exc()
        return [
            {"job": topic, "ours": None, "note": f"failed: {type(fault).__name__}: {fault}".splitlines()[0]}
        ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    topics = sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))
    parser.add_argument("topics", nargs="*", help=f"from: {', '.join(topics)} (default: all)")
    parser.add_argument("--write", action="store_true", help="renew these sections of BENCHMARKS.md")
    parser.add_argument("--draw", metavar="FILE", help="draw the ratios as a PNG file")
    chosen = parser.parse_args()
    sections = kept_sections()
    found: dict[str, list[dict]] = {}
    for topic in chosen.topics or topics:
        print(f"==> {topic}", flush=True)
        found[topic] = measured(topic)
        sections[topic] = f"## {topic}\n\n{as_markdown(found[topic])}\n"
        print(sections[topic], flush=True)
        if chosen.write or not chosen.topics:
            REPORT.write_text(report(sections), encoding="utf-8")
    if chosen.draw:
        from benchmarks.ratio_chart import ratio_chart

        Path(chosen.draw).write_bytes(ratio_chart(found).png)
    return int(any(row.get("note", "").startswith("failed: ") for rows in found.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
