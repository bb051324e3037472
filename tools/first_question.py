"""How long a learner waits for the first question of the browser edition, measured in a Chromium without a network."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
import time
from pathlib import Path
from typing import Any

LESSON = "04_nine_children"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
PATIENCE = 240_000


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """Plain files and nothing else, as any web space or `python -m http.server` gives them."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def open_lesson(page: Any, site: str, lesson: str) -> float:
    """Open a lesson as one clean document and run it from the menu; returns when that began."""
    began = time.monotonic()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{site}/notebooks/index.html?path={lesson}.ipynb")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return began


def first_question(page: Any, site: str, lesson: str = LESSON) -> float:
    """Seconds from the address to a question that can be answered."""
    began = open_lesson(page, site, lesson)
    page.locator("form.jdm-form button:enabled").first.wait_for()
    return time.monotonic() - began


def sentence(folder: Path) -> str:
    """The time to the first question of this site on this machine, or why it is not known."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        program = None
    if program is None:
        return "Time to the first question: not measured (no Chromium, or no playwright to drive it)."
    server = serve(folder)
    site = f"http://127.0.0.1:{server.server_port}"
    try:
        with (
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=program, args=FLAGS) as browser,
        ):
            page = browser.new_page()
            page.route(
                "**/*",
                lambda route: route.continue_() if route.request.url.startswith(site) else route.abort(),
            )
            cold, warm = first_question(page, site), first_question(page, site)
    finally:
        server.shutdown()
    return f"Time to the first question: {cold:.1f} s, on a second visit {warm:.1f} s (lesson 04, Chromium on this machine)."
