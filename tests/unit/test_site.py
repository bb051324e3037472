"""The reading edition: whole, linked, valid, and without a request to another machine."""

from __future__ import annotations

import os
import re
import sys
import warnings
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import html5lib
import pytest

from jdm_teach import evidence
from tests.reading_edition import ROOT, SMALL, WHOLE, Site, build

sys.path.insert(0, str(ROOT / "tools"))
import site_markup

# Quotation marks and dots as a typesetter sets them.
TYPESET = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "–": "-", "—": "-"})
AWAY = re.compile(r"^(?:[a-z]+:)?//", re.IGNORECASE)


@pytest.fixture(
    scope="module",
    params=[pytest.param(SMALL, id="small"), pytest.param(WHOLE, id="whole", marks=pytest.mark.slow)],
)
def site(request, tmp_path_factory) -> Site:
    return Site(build(tmp_path_factory, *request.param))


def test_every_page_parses_without_an_error(site):
    faults = []
    for page in site.pages.values():
        parser = html5lib.HTMLParser()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parser.parse(page.text)
        faults += [f"{page.name}, {place}: {code} {detail}" for place, code, detail in parser.errors]
    assert faults == []


@pytest.fixture(scope="module")
def checker() -> Path:
    jar = site_markup.checker()
    if jar is None:
        message = (
            "The markup is NOT validated here: the Nu Html Checker needs Java, and npm to fetch it once."
        )
        if os.environ.get("JDM_REQUIRE_MARKUP"):
            pytest.fail(message)
        pytest.skip(message)
    return jar


def test_every_page_is_valid_by_the_checker_of_the_w3c(site, checker):
    assert site_markup.faults(site.folder, checker) == []


def test_the_checker_names_page_line_and_fault(tmp_path, checker):
    page = "<!DOCTYPE html>\n<html lang='en'><head><title>T</title></head>\n<body><figure>{}</figure></body></html>"
    (tmp_path / "whole.html").write_text(page.format("<img src='a.png' alt='A'>"), encoding="utf-8")
    (tmp_path / "faulty.html").write_text(page.format("<p><img src='a.png'><div>x</p>"), encoding="utf-8")
    found = site_markup.faults(tmp_path, checker)
    assert found and all(fault.startswith("faulty.html, line 3: ") for fault in found)
    assert any("alt" in fault for fault in found)


def test_every_inner_link_and_anchor_leads_somewhere(site):
    broken = []
    for page in site.pages.values():
        for link in page.links():
            if AWAY.match(link) or link.startswith("mailto:"):
                continue
            path, anchor = urldefrag(link)
            target = (page.file.parent / unquote(path)).resolve() if path else page.file
            name = target.relative_to(site.folder.resolve()).as_posix() if target.exists() else ""
            if not name or (anchor and name in site.pages and unquote(anchor) not in site.pages[name].ids):
                broken.append(f"{page.name}: {link}")
    assert broken == []


def test_every_outer_link_is_well_formed(site):
    addresses = {link for page in site.pages.values() for link in page.links() if AWAY.match(link)}
    odd = [
        a for a in addresses if not re.fullmatch(r"https?://[\w.-]+\.[a-z]{2,}(?::\d+)?(?:/[^\s<>\"]*)?", a)
    ]
    assert odd == []
    assert all(urlsplit(address).hostname not in {"localhost", "127.0.0.1"} for address in addresses)


def test_nothing_is_loaded_from_another_machine(site):
    asked = [
        (page.name, address)
        for page in site.pages.values()
        for address in page.loads()
        if AWAY.match(str(address))
    ]
    asked += [
        (file.name, address)
        for file in site.folder.rglob("*.css")
        for address in re.findall(
            r"(?:url\(|@import\s)[\"']?((?:https?:)?//[^)\"'\s]+)", file.read_text(encoding="utf-8")
        )
    ]
    assert asked == []


def test_no_page_brings_widgets_formulas_or_fonts(site):
    for page in site.pages.values():
        assert not re.search(
            r"require\.js|mathjax|html-manager|jupyter\.widget|fonts\.g", page.text, re.IGNORECASE
        ), page.name


def test_every_id_stands_once_on_its_page(site):
    doubled = [(p.name, i) for p in site.pages.values() for i in set(p.ids) if p.ids.count(i) > 1]
    assert doubled == []


def test_headings_begin_with_one_title_and_never_skip(site):
    for page in site.pages.values():
        if page.name == "search.html":
            continue  # its title comes with its results
        article = page.text.partition("<article")[2].partition("</article>")[0]
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", article)]
        assert levels[:1] == [1] and levels.count(1) == 1, page.name
        assert all(after <= before + 1 for before, after in pairwise(levels)), (
            page.name,
            levels,
        )


def test_every_picture_has_words_and_a_table(site):
    for page in site.lessons():
        for figure in page.text.split('class="jdm-figure"')[1:]:
            assert len(re.search(r'alt="([^"]*)"', figure)[1]) > 15, page.name
            assert "<figcaption" in figure and "<table" in figure, page.name
        assert all(tag.attributes.get("alt") for tag in page.tags if tag.name == "img"), page.name


def test_every_question_of_a_lesson_stands_with_its_answer_folded(site):
    for page in site.lessons():
        source = (ROOT / "notebooks" / Path(page.name).with_suffix(".ipynb").name).read_text(encoding="utf-8")
        asked = set(re.findall(r'jdm\.ask\(\\"(\w+)\\"', source))
        for item in asked:
            form = re.search(
                rf'<section class="jdm-still" aria-label="Question {item}">.*?</section>',
                page.text,
                re.DOTALL,
            )
            assert form and "<details>" in form[0] and "Answer and replies" in form[0], (page.name, item)
        for number in set(re.findall(r'jdm\.explore\(\\"(\w+)\\"', source)):
            assert f'aria-label="Simulator {number}"' in page.text, (page.name, number)
        assert "Traceback" not in page.text and "Run this page to" not in page.text, page.name


def test_lessons_lead_on_by_previous_and_next(site):
    pages = [site.pages[page.name] for page in site.lessons()]
    for before, after in pairwise(pages):
        relations = {
            t.attributes.get("rel"): t.attributes.get("href") for t in before.tags if t.name == "link"
        }
        assert relations["next"] == Path(after.name).name


def test_every_fact_of_the_preview_has_a_page_with_its_number(site):
    for fact_id, statement in evidence.extract_facts().items():
        text = plain(site.pages[f"evidence/{fact_id}.html"].text)
        assert plain(statement) in text, fact_id
        if evidence.measures(fact_id):
            assert plain(evidence.value(fact_id).says) in text, fact_id


def test_every_source_page_shows_what_was_read_and_where_it_is(site):
    pages = [name for name in site.pages if re.match(r"sources/(?!index)", name)]
    assert pages
    for name in pages:
        source = evidence.source(Path(name).stem)
        text = site.pages[name].text
        assert plain(source.short_name) in plain(text), name
        assert not source.link or source.link.split("?")[0].split("(")[0].split("<")[0] in text, name


def test_the_whole_site_has_a_page_for_every_source_lesson_and_door(site, request):
    if "small" in request.node.callspec.id:
        pytest.skip("only the whole site has them all")
    ids = set(evidence.table("sources")["source_id"])
    assert ids == {Path(name).stem for name in site.pages if re.match(r"sources/(?!index)", name)}
    assert {page.file.stem for page in site.lessons()} == {
        f.stem for f in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")
    }
    assert "reference/jdm_teach.stats.firth.html" in site.pages
    assert "reference/jdm_teach.room.service.html" in site.pages
    assert "reference/jdm_teach.lessons.start.html" in site.pages
    assert "jdm-teach runsheet" in plain(site.pages["reference/commands.html"].text)


def test_the_benchmarks_are_a_page_or_a_word_on_how_to_make_them(site):
    page = site.pages["reference/benchmarks.html"].text
    if not (ROOT / "BENCHMARKS.md").exists():
        assert "make bench" in plain(page)
        return
    lines = (ROOT / "BENCHMARKS.md").read_text(encoding="utf-8").splitlines()
    assert all(line.strip("# ") in plain(page) for line in lines if line.startswith("#"))
    assert page.count("<tr") == sum(line.startswith("|") and not line.startswith("|--") for line in lines)


def test_every_fact_that_a_lesson_names_is_a_link_to_its_page(site):
    for page in site.lessons():
        article = page.text.partition("<article")[2].partition("</article>")[0]
        closed = r"<(a|code|h[1-6]|summary|script)\b.*?</\1>"
        bare = re.sub(r"<[^>]+>", " ", re.sub(closed, "", article, flags=re.DOTALL))
        assert not re.findall(r"(?<![\w-])E(?:0[1-9]|1\d|2[01])(?![\w-])", bare), page.name


def test_a_value_that_a_lesson_prints_leads_to_its_fact(site):
    text = site.pages["lessons/01_what_the_preview_says.html"].text
    assert '[Xue 2023, <a class="cited" href="../evidence/E09.html">E09</a>]' in text


def test_no_two_sources_stand_in_the_list_under_one_name(site):
    names = re.findall(
        r'<a class="reference internal" href="\w+\.html"[^>]*>(?:<span[^>]*>)?([^<]+)',
        site.pages["sources/index.html"].text.partition("<table")[2],
    )
    assert names and len(names) == len(set(names))


def test_the_search_knows_words_of_questions_facts_and_guides(site):
    index = (site.folder / "searchindex.js").read_text(encoding="utf-8")
    for stem in ("facilit", "guardian", "soup", "tofacitinib"):
        assert stem in index.lower(), stem


def test_nothing_of_the_machine_that_built_it_is_in_the_site(site):
    for file in (*site.folder.rglob("*.html"), *site.folder.rglob("*.js"), *site.folder.rglob("*.ipynb")):
        text = file.read_text(encoding="utf-8")
        assert str(ROOT) not in text and not re.search(r"(?<![\w.-])/(?:root|home|tmp|work)/\w", text), (
            file.name
        )


def plain(html: str) -> str:
    """The words of a page, without tags and with single spaces."""
    from html import unescape

    words = unescape(re.sub(r"<[^>]+>", "", html))
    return re.sub(r"\s+", " ", words.translate(TYPESET)).strip()
