"""How long the validation of all notebooks takes with two workers, beside the same run with one after the other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NBVAL = (
    "-m", "pytest", "-q", "--nbval", "--nbval-cell-timeout=60", "--nbval-sanitize-with", "tests/notebooks/sanitize.cfg",
    "-p", "tests.notebooks.nbval_patience",
)  # fmt: skip


def validated(*options: str) -> tuple[float, str]:
    """Seconds of a whole run, and pytest's closing line."""
    notebooks = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "notebooks").glob("*.ipynb"))
    begun = time.perf_counter()
    run = subprocess.run(
        [sys.executable, *NBVAL, *options, *notebooks],
        cwd=ROOT,
        env={**os.environ, "JDM_TEACH_REHEARSE": "1"},
        capture_output=True,
        check=False,
        text=True,
    )
    return time.perf_counter() - begun, re.sub(
        r"\s+in .*", "", run.stdout.strip().splitlines()[-1].strip("= ")
    )


def measure() -> list[dict]:
    together, closing = validated("-n", "2", "--dist", "loadscope")
    serial, serial_closing = validated()
    return [
        {"job": "nbval over all notebooks, every form answering itself", "ours": together, "unit": "s",
         "goal": "≤ 90 s and 1.6× serial", "peer": "the same, serial", "peer_value": serial, "ratio": serial / together,
         "note": f"{closing}; serial: {serial_closing}"}
    ]  # fmt: skip
