"""A page per extract fact and per source, made from the evidence tables."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from textwrap import shorten

import nbformat
from site_markdown import columns, external, plain, toctree

from jdm_teach import evidence
from jdm_teach.evidence import Fact, Library, Source
from jdm_teach.place import data_folder

__all__ = ["write_evidence"]

READ = {
    "yes": "the source itself",
    "excerpt": "an excerpt of it",
    "secondary": "another publication about it",
    "mixed": "partly itself, partly another publication",
    "computed": "computed for this course",
    "not reached": "not reached",
}
SECOND_READER = {
    "confirmed": "found the same",
    "in part": "found the same in part",
    "not re-read": "could not read it again",
    "added after audit": "has not read it yet; it came later",
    "outside audit": "has not read it",
}


@cache
def library() -> Library:
    return Library(data_folder())


def write_evidence(staged: Path, notebooks: Path, *, all_sources: bool = True) -> None:
    """`evidence/E01.md` to `E21.md`, `sources/*.md`, and the two lists; or only the sources that the lessons name."""
    used = lessons_by_fact(notebooks, sorted(page.stem for page in (staged / "lessons").glob("*.ipynb")))
    (staged / "evidence").mkdir(exist_ok=True)
    (staged / "sources").mkdir(exist_ok=True)
    facts = library().facts("extract_facts")
    for fact_id, fact in facts.items():
        (staged / "evidence" / f"{fact_id}.md").write_text(fact_page(fact, used[fact_id]), encoding="utf-8")
    held = facts_by_source()
    placed = {
        name: source
        for name, source in library().sources.items()
        if all_sources or name == "XUE23" or any(fact.fact_id in used for fact in held[name])
    }
    by_name = sorted(placed.values(), key=lambda source: source.short_name.casefold())
    for before, source, after in zip([None, *by_name], by_name, [*by_name[1:], None], strict=False):
        text = source_page(source, held[source.source_id], used, placed) + neighbours(before, after)
        (staged / "sources" / f"{source.source_id}.md").write_text(text, encoding="utf-8")
    write_lists(staged, facts, by_name, held)


def neighbours(before: Source | None, after: Source | None) -> str:
    """Links to the pages beside this one: hundreds of sources would drown the side bar, so Sphinx does not place them."""
    links = ["[All sources](index.md)"]
    if before:
        links.insert(0, f"Before: [{plain(known_as(before))}]({before.source_id}.md)")
    if after:
        links.append(f"Next: [{plain(known_as(after))}]({after.source_id}.md)")
    return "\n" + " · ".join(links) + "\n"


def write_lists(
    staged: Path, facts: Mapping[str, Fact], by_name: list[Source], held: Mapping[str, list[Fact]]
) -> None:
    rows = ((f"[{fact_id}]({fact_id}.md)", plain(fact.statement)) for fact_id, fact in facts.items())
    (staged / "evidence" / "index.md").write_text(
        "# What the letter's preview says\n\nAll that the public text supports, in our own words. Nothing else in this course is said "
        "about the nine children.\n\n" + columns(("Fact", "Statement"), rows) + "\n\n" + toctree(facts),
        encoding="utf-8",
    )
    listed = (
        (
            f"[{plain(known_as(s))}]({s.source_id}.md)",
            READ.get(s.read_level, plain(s.read_level)),
            str(len(held[s.source_id])),
        )
        for s in by_name
    )
    (staged / "sources" / "index.md").write_text(
        f"# Sources\n\n{len(by_name)} sources, each with what was read in it and how far. A blank was not seen.\n\n"
        + columns(("Source", "Read", "Rows"), listed) + "\n",
        encoding="utf-8",
    )  # fmt: skip


def facts_by_source() -> Mapping[str, list[Fact]]:
    held: dict[str, list[Fact]] = defaultdict(list)
    for fact_id in library().fact_ids():
        fact = library().fact(fact_id, include_unread=True)
        held[fact.source.source_id].append(fact)
    return held


def lessons_by_fact(notebooks: Path, present: Iterable[str]) -> Mapping[str, list[tuple[str, str]]]:
    """For every id, the lessons of this site whose text or cells name it: (file name, title)."""
    used: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for stem in sorted(present):
        cells = nbformat.read(notebooks / f"{stem}.ipynb", as_version=4).cells
        title = cells[0].source.splitlines()[0].removeprefix("# ")
        for fact_id in sorted(
            set(re.findall(r"\b[A-Z]{1,4}\d{2,4}\b", "\n".join(cell.source for cell in cells)))
        ):
            used[fact_id].append((stem, title))
    return used


def fact_title(fact: Fact) -> str:
    head = fact.statement.split(":")[0]
    quantity = str(fact.cells.get("quantity") or "")
    named = (
        head
        if ":" in fact.statement and len(head) < 40
        else (quantity[:1].upper() + quantity[1:]) or fact.statement
    )
    return shorten(named.rstrip("."), 48, placeholder=" …")


def fact_page(fact: Fact, lessons: list[tuple[str, str]]) -> str:
    parts = [f"# {fact.fact_id}: {plain(fact_title(fact))}", f"> {plain(fact.statement)}"]
    if evidence.measures(fact.fact_id):
        said = plain(str(evidence.value(fact.fact_id)))
        parts.append(f"As this course writes it, with its interval, its n and its source: **{said}**")
    parts.append(provenance(fact))
    worked = [f"- {plain(answers)}: {plain(value)}" for answers, value in derived_from(fact.fact_id)]
    if worked:
        parts += [
            "## What follows from it",
            "Derived by this course from the statement above.",
            "\n".join(worked),
        ]
    parts += ["## Where the course uses it", lesson_list(lessons)]
    return "\n\n".join(parts) + "\n"


def derived_from(fact_id: str) -> Iterator[tuple[str, str]]:
    """The values of the named formulas that rest on this fact, each once."""
    seen = set()
    for name, answers in evidence.formula_names().items():
        said = str(evidence.derived(name))
        if re.search(rf"\b{fact_id}\b", said) and said not in seen:
            seen.add(said)
            yield answers, said


def provenance(fact: Fact) -> str:
    source = fact.source
    note = str(fact.cells.get("audit_note") or "")
    verdict = ": ".join(filter(None, [SECOND_READER.get(fact.audit, fact.audit), note]))
    rows = [
        ("Origin", "published"),
        (
            "Source",
            f"[{plain(known_as(source))}](../sources/{source.source_id}.md) ({external('open it', source.link)})",
        ),
        ("Place", plain(fact.where)),
        ("Read in", READ.get(fact.verified, plain(fact.verified))),
        ("A second reader", plain(verdict)),
    ]
    return columns(("About", "What is known about it"), rows)


def lesson_list(lessons: list[tuple[str, str]]) -> str:
    if not lessons:
        return "Shown in the fact sheet of the lesson on the letter's preview."
    return "\n".join(f"- [{plain(title)}](../lessons/{stem}.ipynb)" for stem, title in lessons)


def source_page(
    source: Source, facts: list[Fact], used: Mapping[str, list[tuple[str, str]]], placed: Mapping[str, Source]
) -> str:
    parts = [
        "---\norphan: true\n---",
        f"# {plain(known_as(source))}",
        external(source.citation or source.short_name, source.link) + ".",
    ]
    about = [
        ("Id in this course", plain(source.source_id)),
        ("Read", READ.get(source.read_level, plain(source.read_level)) or "not stated"),
        ("Read through", other(source.read_in, placed)),
        ("Same study as", other(source.same_study_as, placed)),
        ("May share patients with", sharing(source, placed)),
        ("Licence", plain(source.licence)),
        ("Read with care", plain(source.read_with_care)),
    ]
    parts.append(columns(("About", "This source"), [row for row in about if row[1]]))
    if facts:
        parts.append("## What was read in it")
        parts.extend(entry(fact, used[fact.fact_id]) for fact in facts)
    else:
        parts.append("No row of the evidence tables rests on it alone; it is named as background.")
    return "\n\n".join(parts) + "\n"


def entry(fact: Fact, lessons: list[tuple[str, str]]) -> str:
    """One row of a table: in words, as values, and where it is used."""
    lines = [f"({fact.fact_id.lower()})=", f"### {fact.fact_id}", "", plain(fact.statement), ""]
    if fact.table != "extract_facts":
        for measure in evidence.measures(fact.fact_id, include_unread=True):
            value = evidence.value(fact.fact_id, measure, include_unread=True)
            lines.append(f"- {plain(measure.replace('_', ' '))}: {plain(value.says)}")
    else:
        lines.append(f"- [The page about {fact.fact_id}](../evidence/{fact.fact_id}.md)")
    lines.append(f"- Place: {plain(fact.where) or 'not noted'}")
    lines.append(f"- A second reader {SECOND_READER.get(fact.audit, plain(fact.audit))}")
    if not fact.lesson_use:
        lines.append("- No lesson rests on this row: it could not be read a second time.")
    if lessons:
        listed = ", ".join(f"[{plain(title)}](../lessons/{stem}.ipynb)" for stem, title in lessons)
        lines.append(f"- Used in {listed}")
    return "\n".join(lines)


def known_as(source: Source) -> str:
    """Its short name, and its id as well where another source has the same one."""
    return (
        f"{source.short_name} ({source.source_id})"
        if source.short_name in shared_names()
        else source.short_name
    )


@cache
def shared_names() -> set[str]:
    names = Counter(source.short_name for source in library().sources.values())
    return {name for name, held in names.items() if held > 1}


def other(source_id: str, placed: Mapping[str, Source]) -> str:
    """The name of another source, as a link where this site has its page."""
    if not source_id:
        return ""
    name = plain(known_as(library().source(source_id)))
    return f"[{name}]({source_id}.md)" if source_id in placed else name


def sharing(source: Source, placed: Mapping[str, Source]) -> str:
    if not source.overlap_group:
        return ""
    others = (s.source_id for s in library().sources.values() if s.overlap_group == source.overlap_group)
    return ", ".join(other(name, placed) for name in others if name != source.source_id)
