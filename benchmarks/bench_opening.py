"""How soon a lesson's first question can be used, beside a notebook that holds one bare ipywidgets RadioButtons.

Both are opened cold in JupyterLab in the same run, alternating: page asked for, kernel started, all cells run, first radio
button in the page.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
ROUNDS = 5


def bare_notebook(folder: Path) -> str:
    cells = ["import ipywidgets", "ipywidgets.RadioButtons(options=['a', 'b', 'c'], description='Choose')"]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    )
    nbformat.write(notebook, folder / "bare.ipynb")
    return "bare"


def seconds_to_first_radio(browser, course, lesson: str) -> float:
    from tests.browser.driving import KERNEL_READY, RUN_ALL

    course.shut_sessions()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(f"{course.url}/lab/tree/{lesson}.ipynb?token=course&reset")
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
    page.evaluate(KERNEL_READY)
    page.evaluate(RUN_ALL)
    page.wait_for_selector(".jp-OutputArea input[type=radio]", timeout=60_000)
    taken = time.perf_counter() - begun
    context.close()
    return taken


def measure() -> list[dict]:
    import tempfile

    from playwright.sync_api import sync_playwright

    from tests.browser import conftest as setting

    program = next(filter(None, map(setting.shutil.which, setting.BROWSERS)), None)
    if program is None:
        return [{"job": "cold open to first question", "ours": None, "note": "no Chromium on this machine"}]
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        folder = Path(place)
        course = stack.enter_context(setting.lab_course(folder))
        bare = bare_notebook(course.notebooks)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=program, args=setting.FLAGS)
        seconds_to_first_radio(browser, course, bare)
        times: dict[str, list[float]] = {"00_start_here": [], bare: []}
        for _ in range(ROUNDS):
            for lesson, taken in times.items():
                taken.append(seconds_to_first_radio(browser, course, lesson))
        browser.close()
    ours, peer = (statistics.median(taken) for taken in times.values())
    note = f"ours is {ours / peer:.2f} times the peer's; median of {ROUNDS}, alternating, kernel shut between"
    return [
        {"job": "cold open of lesson 00 to first question", "ours": ours, "unit": "s", "goal": "≤ 1.3 × peer",
         "peer": "one bare ipywidgets RadioButtons", "peer_value": peer, "ratio": peer / ours, "note": note}
    ]  # fmt: skip
