"""Whether the pages are valid HTML, by the checker of the W3C: the Nu Html Checker, run on this machine.

    python tools/site_markup.py [FOLDER]       default: _site

It is one pinned file, fetched once through npm into `.cache/markup` and held to its hash; it runs with Java 11 or newer
and asks nobody. Without Java or npm nothing is checked, and that is said;
with JDM_REQUIRE_MARKUP set it is a failure.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["ACCEPTED", "checker", "faults", "verdict"]

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".cache" / "markup"
PACKAGE = "vnu-jar@26.9.27"
SHA256 = "5970d3ffca91a627cf0965e5d91bb2e4242307c29292998de0b419d6a901b2b7"
# What Sphinx and its theme write on every page and no template of ours can mend; none of it is an error.
ACCEPTED = {
    "Trailing slash on void elements": "docutils closes <br /> and <link /> as in XHTML",
    "Consider using the “h1” element as a top-level heading only": "the theme puts the page's one h1 into a section",
    "Article lacks heading": "the same section stands between the article and its h1",
}


def checker() -> Path | None:
    """The checker's file, fetched if it is not here; None where Java, npm or the registry is absent."""
    jar = PLACE / f"{PACKAGE.replace('@', '-')}.jar"
    if shutil.which("java") is None:
        return None
    return jar if jar.exists() else fetched(jar)


def fetched(jar: Path) -> Path | None:
    """The pinned file, put in its place whole: several workers may fetch it at once."""
    # The builder of the browser edition, in the environment beside this one, brings npm too.
    npm = shutil.which("npm") or shutil.which("npm", path=f"{sys.prefix}-lite/bin")
    if npm is None:
        return None
    PLACE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PLACE) as place:
        archive = Path(place) / f"{jar.stem}.tgz"
        command = [npm, "pack", "--silent", PACKAGE]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(command, cwd=place, check=False, capture_output=True, timeout=120)
        if not archive.exists():
            return None
        if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
            raise ValueError(f"{PACKAGE} is not the file that was pinned. Nothing of it was run.")
        shutil.unpack_archive(archive, place, filter="data")
        (Path(place) / "package" / "build" / "dist" / "vnu.jar").replace(jar)
    return jar


def faults(folder: Path, jar: Path) -> list[str]:
    """Every error and every warning that is not accepted: page, line, what is wrong, and the place in the text."""
    command = ["java", "-Xmx768m", "-jar", str(jar), "--format", "json", "--skip-non-html", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    try:
        messages = json.loads(done.stderr)["messages"]
    except ValueError:
        raise RuntimeError(f"The checker gave no answer: {done.stderr[-500:]}") from None
    return [
        f"{message.get('url', '').partition(folder.name + '/')[2]}, line {message.get('lastLine', '?')}: "
        f"{message['message']} {' '.join(message.get('extract', '').split())}"
        for message in messages
        if not message["message"].startswith(tuple(ACCEPTED))
    ]


def verdict(folder: Path) -> tuple[bool, str]:
    """Whether nothing speaks against the pages, and a sentence (or the faults) for the person who built them."""
    jar = checker()
    if jar is None:
        promised = bool(os.environ.get("JDM_REQUIRE_MARKUP"))
        return not promised, "Markup: not checked (the checker needs Java, and npm to fetch it once)."
    found = faults(folder, jar)
    if found:
        return False, "\n".join(["Markup: faults found.", *found])
    return True, "Markup: valid by the Nu Html Checker."


if __name__ == "__main__":
    fine, said = verdict(Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT / "_site")
    print(said)
    raise SystemExit(not fine)
