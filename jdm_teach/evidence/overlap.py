"""Counting people once: one study under two names, and hospitals whose reports may share patients."""

from __future__ import annotations

from collections.abc import Iterable

from jdm_teach.evidence.facts import Fact
from jdm_teach.evidence.library import Library

__all__ = ["citation_text", "group_of", "one_fact_per_group", "source_lines"]


def group_of(fact: Fact) -> str:
    """Facts of one group may describe the same people; a study without known overlap is its own group."""
    return fact.source.overlap_group or fact.source.study


def _people(fact: Fact) -> int:
    counts = [fact.cells.get(column) for column in ("n", "n_total", "exposed_total")]
    return max((int(count) for count in counts if isinstance(count, int)), default=0)


def one_fact_per_group(library: Library, fact_ids: Iterable[str]) -> list[str]:
    """The ids that may stand side by side: of each group the largest, in the order given."""
    facts = [library.fact(fact_id) for fact_id in fact_ids]
    largest: dict[str, Fact] = {}
    for fact in facts:
        held = largest.get(group_of(fact))
        if held is None or _people(fact) > _people(held):
            largest[group_of(fact)] = fact
    return [fact.fact_id for fact in facts if largest[group_of(fact)].fact_id == fact.fact_id]


def citation_text(library: Library, any_id: str) -> str:
    """A Markdown link for a fact or a source: `[Xue 2023, E09](https://…)`; plain text where no address was seen."""
    if any_id in library.sources:
        source, said = library.source(any_id), library.source(any_id).short_name
    else:
        fact = library.fact(any_id)
        source, said = fact.source, fact.tag[1:-1]
    return f"[{said}]({source.link})" if source.link else f"[{said}]"


def source_lines(library: Library, ids: Iterable[str]) -> list[str]:
    """The sources behind facts (or source ids), each study once, as lines of Markdown in the order of first use."""
    lines: dict[str, str] = {}
    for any_id in ids:
        source = library.sources.get(any_id) or library.fact(any_id).source
        if source.study in lines:
            continue
        name = source.citation or source.short_name
        shown = f"[{name}]({source.link})" if source.link else name
        via = f" Read in: {library.source(source.read_in).short_name}." if source.read_in else ""
        care = f" {source.read_with_care}" if source.read_with_care else ""
        lines[source.study] = f"{shown}.{via}{care}"
    return list(lines.values())
