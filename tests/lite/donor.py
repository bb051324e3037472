"""Where a complete browser Python comes from for a test: JDM_PYODIDE_DIR, or in CI a published wheel that carries one.

The wheel is a test donor only: fetched by pip at a pinned version and hash, unpacked into the cache, never committed or published.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DONOR = "open-webui==0.12.4 --hash=sha256:02e9caba96234db3fa17a92e56163b3f7f2b8ca8227fa886b85c178d696483f6"
INSIDE = "open_webui/frontend/pyodide/"
MISSING = (
    "The browser edition is tested WITHOUT calculation and NOT in a browser: set JDM_PYODIDE_DIR to an unpacked Pyodide distribution with numpy, "
    "scipy, pandas and matplotlib, or JDM_PYODIDE_DONOR=1 to fetch the test donor (106 MB)."
)


def complete_pyodide() -> Path | None:
    """The folder of a complete distribution, or None when nobody named one or the donor cannot be fetched."""
    if named := os.environ.get("JDM_PYODIDE_DIR"):
        return Path(named)
    return donated(ROOT / ".cache" / "lite") if os.environ.get("JDM_PYODIDE_DONOR") == "1" else None


def donated(cache: Path) -> Path | None:
    """The donor's Python, fetched once."""
    target = cache / "donor"
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as name:
            folder = Path(name)
            (folder / "donor.txt").write_text(DONOR + "\n")
            command = [
                sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                "--require-hashes", "-r", folder / "donor.txt", "-d", folder,
            ]  # fmt: skip
            try:
                subprocess.run(command, timeout=300, check=True)
            except subprocess.SubprocessError:
                return None
            with zipfile.ZipFile(next(folder.glob("open_webui-*.whl"))) as archive:
                (folder / "pyodide").mkdir()
                for member in archive.namelist():
                    if member.startswith(INSIDE) and not member.endswith("/"):
                        (folder / "pyodide" / Path(member).name).write_bytes(archive.read(member))
            with contextlib.suppress(OSError):  # another test was faster
                (folder / "pyodide").rename(target)
    return target
