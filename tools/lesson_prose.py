"""Facts in a lesson's prose: filled in from evidence ids when the notebooks are built, and never typed.

{{ E09 }}            the whole value: 3 of 9 (33%, 95% CI 7–70%, exact) [Xue 2023, E09]
{{ E09.events }}     one part of it
{{ cite E09 }}       its citation as a link
{{ derived gap }}    a derived value by the name of its formula
{{ say 10 minutes }} a number that is not about patients
{{ notices }}        the standing notices
{{ sources }}        every source this lesson cites, with links
"""

from __future__ import annotations

import re

from jdm_teach import evidence

MARK = re.compile(r"\{\{\s*(.+?)\s*\}\}")
FACT = re.compile(r"[A-Z]{1,4}\d{2,4}")

NOTICES = """**Please read once.** For education only: not medical advice, and not for treating a person. Data are simulated
unless a source is named. The course rests on the public preview of one letter; the full letter may answer what is
marked absent here. It is not connected with the authors, the hospital, the journal or any drug maker. For decisions
about a child, and in an emergency, speak to the treating team."""

# A numeral is about patients until it is marked otherwise: names of molecules, genes, lessons and items carry their
# digits inside a word, and code, links and marks are not prose.
NOT_PROSE = re.compile(r"`[^`]*`|\]\([^)]*\)|https?://\S+|\{\{.*?\}\}", re.DOTALL)
WORD_WITH_DIGITS = re.compile(r"\b(?=[\w-]*[A-Za-z])[\w-]*\d[\w-]*\b")
NUMERAL = re.compile(r"\d[\d.,]*\s*%?")
COUNT_WORDS = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|ten|eleven|twelve|half|most|all)\s+(?:of\s+the\s+|in\s+)?"
    r"(?:\w+\s+)?(?:children|girls|boys|patients|nine)\b",
    re.IGNORECASE,
)


def bare_numbers(markdown: str) -> list[str]:
    """Every number about patients that is typed into the prose instead of coming from an evidence id."""
    prose = WORD_WITH_DIGITS.sub(" ", NOT_PROSE.sub(" ", markdown))
    prose = re.sub(r"^\s*\d+\.\s", " ", prose, flags=re.MULTILINE)
    typed = [hit.group(0).strip() for hit in NUMERAL.finditer(prose)]
    return typed + [hit.group(0) for hit in COUNT_WORDS.finditer(prose)]


def fill(markdown: str, cited: list[str]) -> str:
    """The prose with every mark replaced; the ids used are added to `cited` in order."""
    return MARK.sub(lambda mark: replacement(mark.group(1), cited), markdown)


def replacement(mark: str, cited: list[str]) -> str:
    verb, _, rest = mark.partition(" ")
    if mark == "notices":
        return NOTICES
    if mark == "sources":
        return source_list(cited)
    if verb == "say":
        return rest
    if verb == "cite":
        note(rest, cited)
        return evidence.citation(rest)
    if verb == "derived":
        return str(evidence.derived(rest))
    name, _, part = mark.partition(".")
    if not FACT.fullmatch(name):
        raise ValueError(
            f"The mark {{{{ {mark} }}}} is not understood. See the top of tools/lesson_prose.py."
        )
    note(name, cited)
    return str(getattr(evidence.value(name), part)) if part else evidence.said(name)


def note(fact_id: str, cited: list[str]) -> None:
    if fact_id not in cited:
        cited.append(fact_id)


def source_list(cited: list[str]) -> str:
    """The sources of the facts cited so far as a Markdown list, each once, with its link."""
    return "\n".join(f"- {line}" for line in evidence.sources_used(cited))
