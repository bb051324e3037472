"""How pages of the site are written: inner links, plain signs, docstrings as Sphinx reads them. No build."""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path

import nbformat
import pytest

from tests.reading_edition import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import site_citations
import site_docstrings
import site_lessons
import site_markdown
import site_markup
import site_reference


@pytest.mark.parametrize("module", [site_citations, site_docstrings, site_markdown, site_reference])
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
    "html",
    [
        '<a href="x">Xue 2023, E09</a>',
        "<h2>What E09 says</h2>",
        "<p><code>{{ cite E09 }}</code></p>",
        '<img alt="3 of 9 [E09], p > 0.05, E09">',
        "<!-- E09 -->",
        "<p>E090, E09-b, XE09, /E09</p>",
        "<summary>E09</summary>",
    ],
)
def test_an_id_is_no_link_where_a_link_cannot_stand_or_another_word_is_meant(html):
    assert site_citations.linked(html, {"E09": "e"}.get) == html


def test_an_id_is_a_link_in_text_tables_and_printed_values():
    html = "<p>a [E09]</p><td>E09</td><pre><span></span>3 of 9 [Xue 2023, E09]\n</pre><a>x</a><p>(E09)</p>"
    assert site_citations.linked(html, {"E09": "e"}.get).count('<a class="cited" href="e">E09</a>') == 4


def test_every_source_and_fact_has_a_place_on_the_site():
    places = site_citations.places()
    assert places["E09"] == "evidence/E09"
    assert places["XUE23"] == "sources/XUE23"
    assert places["COH001"].endswith("#coh001")


def test_without_java_the_build_says_that_nothing_was_checked(monkeypatch, tmp_path):
    monkeypatch.setattr(site_markup.shutil, "which", lambda _name: None)
    monkeypatch.delenv("JDM_REQUIRE_MARKUP", raising=False)
    fine, said = site_markup.verdict(tmp_path)
    assert fine and "not checked" in said and "Java" in said
    monkeypatch.setenv("JDM_REQUIRE_MARKUP", "1")
    assert not site_markup.verdict(tmp_path)[0]


def test_a_checker_that_is_not_the_pinned_one_is_never_run(monkeypatch, tmp_path):
    monkeypatch.setattr(site_markup, "PLACE", tmp_path)
    monkeypatch.setattr(site_markup.shutil, "which", lambda name: f"/bin/{name}")

    def pack(_command, **options):
        (Path(options["cwd"]) / f"{site_markup.PACKAGE.replace('@', '-')}.tgz").write_bytes(b"something else")

    monkeypatch.setattr(site_markup.subprocess, "run", pack)
    with pytest.raises(ValueError, match="not the file that was pinned"):
        site_markup.checker()
    assert not list(tmp_path.iterdir())


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
