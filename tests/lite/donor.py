"""Where a complete browser Python comes from for a test: JDM_PYODIDE_DIR, or in CI a published wheel that carries one.

The wheel is a test donor only: fetched by pip at a pinned version and hash, unpacked into the cache, never committed or published.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DONOR = "open-webui==0.12.4 --hash=sha256:02e9caba96234db3fa17a92e56163b3f7f2b8ca8227fa886b85c178d696483f6"
INSIDE = "open_webui/frontend/pyodide/"
MISSING = (
    "The browser edition is NOT tested in a browser: set JDM_PYODIDE_DIR to an unpacked Pyodide distribution with numpy, "
    "scipy, pandas and matplotlib, or JDM_PYODIDE_DONOR=1 to fetch the test donor."
)


def complete_pyodide() -> Path | None:
    """The folder of a complete distribution, or None when nobody named one."""
    if named := os.environ.get("JDM_PYODIDE_DIR"):
        return Path(named)
    return donated(ROOT / ".cache" / "lite" / "donor") if os.environ.get("JDM_PYODIDE_DONOR") == "1" else None


def donated(folder: Path) -> Path:
    """The donor's Python, fetched once."""
    target = folder / "pyodide"
    if (target / "pyodide-lock.json").is_file():
        return target
    target.mkdir(parents=True, exist_ok=True)
    wish = folder / "donor.txt"
    wish.write_text(DONOR + "\n")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "-r",
            wish,
            "-d",
            folder,
        ],
        check=True,
    )
    wheel = next(folder.glob("open_webui-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        # The list of packages comes last: it says that the folder is complete.
        names = [n for n in archive.namelist() if n.startswith(INSIDE) and not n.endswith("/")]
        for name in sorted(names, key=lambda n: n.endswith("pyodide-lock.json")):
            (target / Path(name).name).write_bytes(archive.read(name))
    wheel.unlink()
    return target
