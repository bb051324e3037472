"""What people hand in when it is broken or meant badly: words, values, records, and a look at a page's bones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import html5lib
from hypothesis import strategies as st

from jdm_teach import cli
from jdm_teach.exercises import bank
from jdm_teach.exercises.event import read_event
from jdm_teach.exercises.item_file import read_item
from jdm_teach.exercises.question import Question
from jdm_teach.exercises.record import Record
from jdm_teach.place import data_folder

SOURCES = bank.load(data_folder() / "questions").sources
SHEET = (data_folder() / "sessions" / "45.yaml").read_text(encoding="utf-8")
ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</details></section></main><iframe src=//x></iframe>",
    "<style>*{display:none}</style>",
    "<!-- ",
    "]]><svg/onload=alert(1)>",
    "<base href=//x>",
    "&#60;script&#62;",
    "javascript:alert(1)",
    "{{7*7}}${7*7}",
    "\u202egnp.exe",
    "a\x00b\x1b[31m",
]
hostile = st.builds("{}{}{}".format, st.text(max_size=12), st.sampled_from(ATTACKS), st.text(max_size=12))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | hostile
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def bones(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page and the names of their attributes, in order: what words in it must not change."""
    tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    return [(str(part.tag), tuple(sorted(part.attrib))) for part in tree.iter()]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside nested lists and dicts."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*path, key))


def with_change(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    changed = json.loads(json.dumps(value))
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new
    return changed


def raw_items() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((data_folder() / "questions").glob("*.json")):
        for entry in json.loads(file.read_text(encoding="utf-8")).get("items", []):
            found.setdefault(entry["kind"], entry)
    return found


RAW = raw_items()

FORMS = {kind: Question(read_item(entry, "bank", SOURCES), Record.in_memory()) for kind, entry in RAW.items()}


def told(words: str, code: str = "amber-otter-river") -> list[str]:
    """A record with these words wherever a record may hold words."""
    lines = []
    for number, (kind, item, response) in enumerate(
        [("answer", "ST01", words), ("answer", "01c", words), ("answer", "01a", {"c01": words}), ("prediction", "00p", [words]),
         ("result", "00p", words), ("note", None, words), ("answer", "ZZ99", words)]
    ):  # fmt: skip
        entry = {
            "schema": 1, "id": f"{number:032x}", "time": f"2026-11-22T10:00:{number:02d}.000Z", "code": code, "kind": kind,
            "item": item, "version": 1, "lesson": "04", "attempt": 1, "confidence": 3, "response": response,
            "verdict": "wrong", "misconception": words[:300], "package": "0.1.0",
        }  # fmt: skip
        lines.append(json.dumps({key: value for key, value in entry.items() if value is not None}))
        read_event(lines[-1])
    return lines


def said(capsys, *arguments: str) -> str:
    """What the command says about a mistake: exit code 2 and words, never a traceback."""
    assert cli.main(list(arguments)) == 2
    sentence = capsys.readouterr().err
    assert sentence.startswith("jdm-teach: ")
    assert "Traceback" not in sentence
    return sentence
