"""The reading edition in a real browser: no barrier, no request away, light and dark, on a phone, on paper, scripts off."""

from __future__ import annotations

import http.server
import threading
from functools import partial
from pathlib import Path

import pytest

from tests.reading_edition import SMALL, WHOLE, Site, build

from .driving import SHOTS, barriers

# One page of every kind.
KINDS = [
    "index", "lessons/index", "lessons/00_start_here", "lessons/01_what_the_preview_says", "evidence/index", "evidence/E09",
    "evidence/data", "sources/index", "sources/XUE23", "guides/facilitator", "guides/session_45", "guides/instructor",
    "guides/author", "glossary", "architecture", "reference/index", "reference/doors", "reference/benchmarks", "genindex", "search",
]  # fmt: skip
# Pages that hold every component between them.
PARTS = ["lessons/00_start_here", "evidence/E09", "guides/session_45", "reference/doors"]
GRAVE = ("(serious)", "(critical)")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args) -> None:
        return


@pytest.fixture(
    scope="module",
    params=[pytest.param(SMALL, id="small"), pytest.param(WHOLE, id="whole", marks=pytest.mark.slow)],
)
def site(request, tmp_path_factory) -> Site:
    return Site(build(tmp_path_factory, *request.param))


@pytest.fixture(scope="module")
def address(site):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site.folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_no_kind_of_page_has_a_barrier(page, address, site, look):
    whole = "reference/stats.html" in site.pages
    kinds = [f"{name}.html" for name in (KINDS if whole or look == "light" else PARTS)]
    if whole:
        kinds += list(site.pages) if look == "light" else [lesson.name for lesson in site.lessons()]
    if look == "phone":
        page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark" if look == "dark" else "light")
    found = []
    for name in dict.fromkeys(kinds):
        page.goto(f"{address}/{name}")
        page.evaluate("document.querySelectorAll('article details').forEach((fold) => { fold.open = true; })")
        found += [f"{name}: {b}" for b in barriers(page, "body") if any(weight in b for weight in GRAVE)]
    assert found == []
    assert page.console_errors == []


def test_a_word_of_a_question_is_found_by_the_search(page, address):
    page.goto(f"{address}/index.html")
    page.get_by_role("textbox", name="Search").fill("guardians")
    page.keyboard.press("Enter")
    hit = page.locator("#search-results a").first
    hit.wait_for()
    hit.click()
    page.get_by_text("guardians").first.wait_for()


def test_the_button_turns_the_page_dark_and_back(page, address):
    page.emulate_media(color_scheme="light")
    page.goto(f"{address}/lessons/00_start_here.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    seen = [page.evaluate(ground)]
    for _ in range(3):
        page.locator("button.theme-toggle:visible").first.click()
        seen.append(page.evaluate(ground))
    assert len(set(seen)) == 2


def test_a_phone_shows_every_kind_of_page_without_sideways_scrolling(page, address):
    page.set_viewport_size({"width": 360, "height": 740})
    for name in KINDS:
        page.goto(f"{address}/{name}.html")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, name
    page.goto(f"{address}/lessons/01_what_the_preview_says.html")
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / "site_phone.png")


def test_paper_carries_the_text_and_the_numbers_but_no_menus(page, address):
    page.goto(f"{address}/lessons/00_start_here.html")
    page.emulate_media(media="print")
    assert not page.locator(".sidebar-drawer").is_visible()
    assert not page.locator(".edition").is_visible()
    assert page.locator(".jdm-figure table").first.is_visible()


def test_paper_leaves_out_the_answers_that_were_not_opened(page, address):
    page.goto(f"{address}/lessons/01_what_the_preview_says.html")
    folds = page.locator(".jdm-still > details")
    folds.nth(1).locator("summary").click()
    page.emulate_media(media="print")
    assert not folds.nth(0).is_visible()
    assert folds.nth(1).locator("p").first.is_visible()


def test_options_carry_the_letters_of_the_answer_cards(page, address):
    page.goto(f"{address}/lessons/01_what_the_preview_says.html")
    marks = page.evaluate(
        "[...document.querySelectorAll('.jdm-still > ul')].map((list) => [list.nextElementSibling.tagName, getComputedStyle(list).listStyleType])"
    )
    assert ["DETAILS", "upper-alpha"] in marks
    # A card to sort is not an option.
    assert {mark for after, mark in marks if after == "P"} == {"disc"}


@pytest.mark.parametrize("way", ["served", "from a folder"])
def test_it_reads_without_scripts_and_without_a_network(browser, site, address, way):
    context = browser.new_context(java_script_enabled=False)
    begin = address if way == "served" else site.folder.as_uri()
    away: list[str] = []
    context.route("**/*", partial(gate, begin, away))
    reader = context.new_page()
    for name in KINDS:
        reader.goto(f"{begin}/{name}.html")
        assert reader.locator("article").inner_text().strip(), name
        # What would do nothing without a script is not shown.
        assert not reader.locator(".sidebar-search-container").is_visible(), name
        assert not reader.locator(".theme-toggle").first.is_visible(), name
    reader.goto(f"{begin}/lessons/01_what_the_preview_says.html")
    fold = reader.locator(".jdm-still details").first
    assert not fold.locator("p").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator("p").first.is_visible()
    assert reader.locator(".jdm-table td").first.is_visible()
    reader.get_by_role("link", name="Next").first.click()
    assert Path(reader.url).name != "01_what_the_preview_says.html"
    context.close()
    assert away == []


def gate(begin: str, away: list[str], route) -> None:
    address = route.request.url
    if address.startswith((begin, "data:")):
        route.continue_()
    else:
        away.append(address)
        route.abort()


def test_the_answers_open_by_keyboard_alone(page, address):
    page.goto(f"{address}/lessons/00_start_here.html")
    fold = page.locator(".jdm-still details").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.evaluate("(fold) => fold.open")
