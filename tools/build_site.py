"""Build the reading edition: the course as pages that need neither Python nor a network.

    python tools/build_site.py                       the whole site, into _site/
    python tools/build_site.py --lessons 00 04       only some lessons
    python tools/build_site.py --lessons 00 --small  without the reference, and with the sources of these lessons only
    python tools/build_site.py --out FOLDER          another place

The lessons run with `JDM_TEACH_EDITION=reading`, so that forms and simulators stand as still HTML with their answers
folded in. Pages are first gathered in `build/site`, then Sphinx turns them into HTML; a warning fails the build, and so does markup that is not valid HTML.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from site_evidence import write_evidence
from site_lessons import STILL, chosen_lessons, write_lessons
from site_markup import verdict
from site_reference import write_reference
from site_sessions import write_sessions

ROOT = Path(__file__).resolve().parent.parent


def gather(staged: Path, starts: Sequence[str], small: bool, jobs: int) -> None:
    """Put every page of the site into one folder: what is written, and what is made from the data."""
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(ROOT / "docs", staged)
    lessons = chosen_lessons(ROOT / "notebooks", starts)
    write_lessons(lessons, staged / "lessons", jobs)
    write_evidence(staged, ROOT / "notebooks", all_sources=not small)
    write_sessions(staged / "guides")
    write_reference(staged / "reference", modules=not small)
    shutil.copy(ROOT / "CONTRIBUTING.md", staged / "guides" / "contributing.txt")
    shutil.copy(ROOT / "data" / "README.md", staged / "evidence" / "data.txt")


def to_html(staged: Path, out: Path, jobs: int) -> int:
    """Turn the gathered pages into HTML; returns Sphinx's exit code, which is not zero after any warning."""
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        command = [
            sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", "-j", str(jobs),
            "-d", place, str(staged), str(out),
        ]  # fmt: skip
        here = os.pathsep.join((str(ROOT), str(ROOT / "tools")))
        # A guide may run a figure while Sphinx reads it.
        still = {**os.environ, **STILL, "JDM_TEACH_RECORD": str(Path(place) / "record.jsonl")}
        done = subprocess.run(command, env={**still, "PYTHONPATH": here}, check=False).returncode
    shutil.rmtree(out / "_sources", ignore_errors=True)
    shutil.rmtree(out.parent / "jupyter_execute", ignore_errors=True)
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the reading edition of the course.")
    parser.add_argument(
        "--lessons", nargs="*", default=(), metavar="NN", help="only these lessons, such as 00 04"
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "_site", help="where the pages go (default: _site)"
    )
    parser.add_argument(
        "--staged", type=Path, default=ROOT / "build" / "site", help="where pages are gathered"
    )
    parser.add_argument(
        "--small", action="store_true", help="no reference, and only the sources of these lessons"
    )
    parser.add_argument("--unchecked", action="store_true", help="do not validate the markup")
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()
    begun = time.perf_counter()
    gather(chosen.staged, chosen.lessons, chosen.small, chosen.jobs)
    done = to_html(chosen.staged, chosen.out, chosen.jobs)
    if done:
        print("The site was not built without fault: see the lines above.")
        return done
    pages = list(chosen.out.rglob("*.html"))
    size = sum(file.stat().st_size for file in chosen.out.rglob("*") if file.is_file()) / 1e6
    print(
        f"{len(pages)} pages, {size:.1f} MB, {time.perf_counter() - begun:.0f} s: {chosen.out / 'index.html'}"
    )
    valid, said = (True, "Markup: not checked, as asked.") if chosen.unchecked else verdict(chosen.out)
    print(said)
    return int(not valid)


if __name__ == "__main__":
    raise SystemExit(main())
