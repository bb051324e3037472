"""How pages of the site are written: inner links, plain signs, docstrings as Sphinx reads them. No build."""

from __future__ import annotations

import doctest
import re
import sys

import nbformat
import pytest

from tests.reading_edition import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import site_docstrings
import site_lessons
import site_markdown


@pytest.mark.parametrize("module", [site_docstrings, site_markdown])
def test_the_examples_in_the_docstrings_run(module):
    assert doctest.testmod(module).failed == 0


def reading(text: str, present: set[str] = frozenset()) -> str:
    cell = nbformat.v4.new_markdown_cell("# Title\n\n" + text)
    made = site_lessons.for_reading(nbformat.v4.new_notebook(cells=[cell]), "04_x.ipynb", present)
    return made.cells[0].source


def test_a_citation_of_the_letter_leads_to_the_page_of_the_fact():
    assert "[Xue 2023, E09](../evidence/E09.md)" in reading(
        "[Xue 2023, E09](https://ard.bmj.com/content/82/11/1499)"
    )


def test_a_citation_of_another_fact_leads_to_its_row_on_the_page_of_its_source():
    made = reading("[Tansley 2014, COH001](https://doi.org/10.1186/ar4600)")
    assert re.search(r"\[Tansley 2014, COH001\]\(\.\./sources/\w+\.md#coh001\)", made)


def test_a_link_that_only_looks_like_a_citation_stays_as_it_is():
    assert "[the series, ABC99](https://example.org/a)" in reading(
        "[the series, ABC99](https://example.org/a)"
    )


def test_a_link_to_a_lesson_that_is_not_here_becomes_its_title():
    text = "See [Appraise it](08_appraise_it.ipynb)."
    assert "See Appraise it." in reading(text)
    assert "[Appraise it](08_appraise_it.ipynb)" in reading(text, {"08_appraise_it"})


def test_a_quiz_shows_the_same_form_to_every_reader():
    cells = [
        nbformat.v4.new_markdown_cell("# T\n\nx"),
        *(nbformat.v4.new_code_cell(f'jdm.quiz("{w}")') for w in ("before", "after")),
    ]
    made = site_lessons.for_reading(nbformat.v4.new_notebook(cells=cells), "00_x.ipynb", set())
    assert [cell.source for cell in made.cells[1:]] == ['jdm.quiz("A")', 'jdm.quiz("B")']


@pytest.mark.parametrize(
    "said", ["a_b", "1 < 2", "*x*", "[E09]", "a | b", "$5", "{x}", "`code`", "https://x.org"]
)
def test_signs_in_data_are_shown_as_they_are(said):
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").render(site_markdown.plain(said))
    assert html.replace("&lt;", "<").replace("&gt;", ">") == f"<p>{said}</p>\n"


def test_every_acronym_that_a_lesson_opens_is_in_the_glossary():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    missing = set()
    for source in sorted((ROOT / "notebooks" / "src").glob("*.py")):
        opened = re.findall(
            r"\*\*[^*]+ \(([A-Z][A-Za-z0-9-]*[A-Z0-9])\)\*\*", source.read_text(encoding="utf-8")
        )
        missing |= {
            (source.name, word) for word in opened if not re.search(rf"\b{re.escape(word)}\b", glossary)
        }
    assert missing == set()


def test_no_term_of_the_glossary_stands_there_twice():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = [
        t
        for block in re.findall(r"```\{glossary\}\n(.*?)```", glossary, re.DOTALL)
        for t in re.findall(r"^(\S.*)$", block, re.M)
    ]
    assert len(terms) == len(set(terms)) > 50
