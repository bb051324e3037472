"""Memory of every lesson against Binder's 2 GB: the server and the kernel, each lesson run from top to bottom.

Beside them, before and after in the same run, a kernel that has imported pandas and seaborn and done nothing else. Lessons
answer their own questions and move their own simulators on the way, as in the notebook tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
LIMIT, KERNEL_LIMIT = 2000, 600
BARE = ["import pandas", "import seaborn"]
TOKEN = "memory"


def megabytes(process: int) -> float:
    """Proportional memory of one process; its resident memory where the system does not tell shares apart."""
    import psutil

    used = psutil.Process(process).memory_full_info()
    return getattr(used, "pss", used.rss) / 1e6


def peak_megabytes(process: int) -> float:
    """The most resident memory the process has ever had, which a figure drawn and closed has left behind."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return megabytes(process)


@contextlib.contextmanager
def server(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The server of a Binder session, without a browser, as far as opening one lesson loads it."""
    from tests.browser.conftest import free_port, jupyter_environment

    port = free_port()
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={NOTEBOOKS}",
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **jupyter_environment(folder)},
    )
    try:
        for _ in range(240):
            with contextlib.suppress(OSError):
                asked(port, "api")
                break
            time.sleep(0.25)
        yield process, port
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def asked(port: int, path: str) -> bytes:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{path}", headers={"Authorization": f"token {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def server_memory(process: subprocess.Popen[bytes], port: int, lesson: str | None) -> float:
    """The server after it has handed out the lab page and the lesson."""
    for path in ("lab", f"api/contents/{lesson}.ipynb" if lesson else "api/contents"):
        asked(port, path)
    return megabytes(process.pid)


def kernel_memory(cells: list[str], folder: Path) -> tuple[float, float]:
    """Proportional memory at the end and the peak, in MB, of a kernel that ran these cells."""
    from jupyter_client.manager import start_new_kernel

    environment = {**os.environ, "JDM_TEACH_REHEARSE": "1", "JDM_TEACH_RECORD": str(folder / "record.jsonl")}
    printed: list[dict] = []
    manager, client = start_new_kernel(
        kernel_name="python3", cwd=str(NOTEBOOKS), env=environment, stderr=subprocess.DEVNULL
    )
    try:
        for cell in cells:
            reply = client.execute_interactive(cell, timeout=120, output_hook=lambda _: None)
            if reply["content"]["status"] != "ok":
                raise ValueError(
                    f"a cell did not run: {cell.splitlines()[0]!r}: {reply['content'].get('evalue')}"
                )
        client.execute_interactive("import os; print(os.getpid())", output_hook=printed.append)
        process = int("".join(one["content"]["text"] for one in printed if one["msg_type"] == "stream"))
        return megabytes(process), peak_megabytes(process)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def lessons() -> dict[str, list[str]]:
    """The code cells of every lesson."""
    found = {}
    for file in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = json.loads(file.read_text(encoding="utf-8"))
        found[file.stem] = [
            "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"
        ]
    return found


def measure() -> list[dict]:
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with server(folder) as (process, port):
            bare = [kernel_memory(BARE, folder)[0]]
            used = {}
            for lesson, cells in lessons().items():
                kernel, peak = kernel_memory(cells, folder)
                used[lesson] = server_memory(process, port, lesson), kernel, peak
            bare.append(kernel_memory(BARE, folder)[0])
    for lesson, (lab, kernel, peak) in used.items():
        ours, peer = lab + kernel, lab + sum(bare) / len(bare)
        fits = "fits" if peak < KERNEL_LIMIT and lab + peak < LIMIT else "DOES NOT FIT"
        note = f"server {lab:.0f} + kernel {kernel:.0f}, at its peak {peak:.0f}: {fits}"
        rows.append(
            {"job": f"memory of {lesson}", "ours": ours, "unit": "MB", "goal": f"< {LIMIT}, kernel < {KERNEL_LIMIT}",
             "peer": "the server and a kernel with pandas and seaborn", "peer_value": peer, "ratio": peer / ours, "note": note}
        )  # fmt: skip
    return rows
