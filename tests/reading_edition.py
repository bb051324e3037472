"""The reading edition as the tests see it: a small site built once, and what can be read from its pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The tests validate the markup themselves.
WHOLE = ("--unchecked",)
SMALL = ("--lessons", "00", "01", "--small", "--jobs", "1", *WHOLE)


def build(factory: pytest.TempPathFactory, *options: str) -> Path:
    """A site built once, also where several workers want it. `JDM_SITE` names a built one to test instead."""
    if os.environ.get("JDM_SITE"):
        return Path(os.environ["JDM_SITE"]).resolve()
    pytest.importorskip(
        "furo", reason="The packages of requirements/site.txt are not installed: run `make site` once."
    )
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"reading{'-'.join(options)}"
    said = folder / "said.txt"
    try:
        folder.mkdir()
    except FileExistsError:
        while not said.exists():
            time.sleep(0.2)
    else:
        command = [sys.executable, str(ROOT / "tools" / "build_site.py"), "--out", str(folder / "site"), "--staged", str(folder / "staged"), *options]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        unfinished = folder / "said.part"
        unfinished.write_text(
            "" if done.returncode == 0 else (done.stdout + done.stderr)[-3000:] or "no word", encoding="utf-8"
        )
        unfinished.rename(said)
    assert not said.read_text(encoding="utf-8"), f"The site was not built: {said.read_text(encoding='utf-8')}"
    return folder / "site"


@dataclass(frozen=True)
class Tag:
    """An opening tag as it stands in a page."""

    name: str
    attributes: dict[str, str]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs}))


class Page:
    """One page of the site."""

    def __init__(self, file: Path, site: Path) -> None:
        self.file = file
        self.name = file.relative_to(site).as_posix()
        self.text = file.read_text(encoding="utf-8")

    @cached_property
    def tags(self) -> list[Tag]:
        reader = Reader()
        reader.feed(self.text)
        return reader.tags

    @cached_property
    def ids(self) -> list[str]:
        return [tag.attributes["id"] for tag in self.tags if "id" in tag.attributes]

    def links(self) -> Iterator[str]:
        yield from (
            tag.attributes["href"] for tag in self.tags if tag.name == "a" and tag.attributes.get("href")
        )

    def loads(self) -> Iterator[str]:
        """Every address from which the page itself takes something."""
        for tag in self.tags:
            if tag.name in {"img", "script", "iframe", "source", "audio", "video", "embed"}:
                yield tag.attributes.get("src", "")
            if tag.name == "link" and tag.attributes.get("rel") not in {"next", "prev", "index", "search"}:
                yield tag.attributes.get("href", "")
        for style in re.findall(r"<style.*?</style>", self.text, re.DOTALL):
            yield from re.findall(r"url\(([^)]+)\)|@import\s+(\S+)", style)


class Site:
    """A built site and its pages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = {
            page.name: page
            for page in (
                Page(file, folder) for file in sorted(folder.rglob("*.html")) if "_static" not in file.parts
            )
        }

    def lessons(self) -> list[Page]:
        return [page for name, page in self.pages.items() if re.match(r"lessons/\d\d_", name)]
