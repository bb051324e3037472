"""One command for every figure: `python -m benchmarks [topic ...]` measures ours and a named peer in the same run.

Writes BENCHMARKS.md with machine and versions when all topics are run; prints one table in any case.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).parent
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    topics = sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))
    parser.add_argument("topics", nargs="*", help=f"from: {', '.join(topics)} (default: all)")
    chosen = parser.parse_args().topics or topics
    parts = []
    for topic in chosen:
        print(f"==> {topic}", flush=True)
        rows = importlib.import_module(f"benchmarks.bench_{topic}").measure()
        parts.append(f"## {topic}\n\n{as_markdown(rows)}\n")
        print(parts[-1], flush=True)
    if set(chosen) == set(topics):
        head = "# Benchmarks\n\nMade by `make bench`: ours and the peer are measured in the same run; trust the ratios more than the times.\n\n"
        (HERE.parent / "BENCHMARKS.md").write_text(
            f"{head}{machine()}\n\n" + "\n".join(parts), encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
