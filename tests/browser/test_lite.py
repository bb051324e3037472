"""The browser edition, tier 3: no server, no network, a learner who answers, moves a control, reloads, and finds it all."""

from __future__ import annotations

import os
import re
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lite.donor import MISSING, complete_pyodide

from .driving import barriers, photograph

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import build_lite  # noqa: E402
from first_question import open_lesson, serve  # noqa: E402

NO_BUILDER = (
    "The browser edition is NOT tested in a browser: jupyterlite is absent (`make lite-test` installs it)."
)
START, NINE = "00_start_here", "04_nine_children"

HEAVY_HERE = "import sys; print('heavy:', *[n for n in ('numpy', 'pandas', 'matplotlib', 'scipy') if n in sys.modules])"
# Asked of the kernel without adding a cell; returns what was printed.
ASK = """async (code) => {
  const session = jupyterapp.shell.currentWidget.sessionContext.session;
  const said = [];
  const future = session.kernel.requestExecute({ code, store_history: false });
  future.onIOPub = (m) => { if (m.header.msg_type === 'stream') said.push(m.content.text); };
  await future.done;
  return said.join('');
}"""


@pytest.fixture(scope="module")
def site(browser, tmp_path_factory) -> Iterator[str]:
    """The full edition, served as plain files."""
    pyodide = complete_pyodide()
    if pyodide is None or not (build_lite.builder() / "bin" / "jupyter-lite").is_file():
        message = MISSING if pyodide is None else NO_BUILDER
        if os.environ.get("JDM_REQUIRE_LITE") == "browser":
            pytest.fail(message)
        warnings.warn(message, stacklevel=2)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("lite") / "site"
    print("\n" + build_lite.build(folder, pyodide))
    server = serve(folder)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def answer_first_question(page) -> str:
    form = page.locator("form.jdm-form").first
    form.wait_for()
    form.locator("input[type=radio]").first.check()
    form.locator(".jdm-confidence input").first.check()
    form.get_by_role("button", name="Submit answer").click()
    form.locator(".jdm-headline").wait_for()
    return form.get_by_role("status").inner_text()


def simulate(page, title: str):
    """Predict whatever comes first, run, and wait for the picture."""
    panel = page.locator("section.jdm-panel:has(.jdm-stage)", has_text=title).first
    panel.wait_for()
    form = panel.locator("form")
    for kind in ("radio", "text"):
        if form.locator(f"input[type={kind}]").count():
            break
    if kind == "radio":
        form.locator("input[type=radio]").first.check()
    else:
        for number, field in enumerate(form.locator("input[type=text]").all()):
            field.fill(str(20 + 40 * number))
    form.locator("button[type=submit]").click()
    panel.get_by_text(re.compile("Your prediction:")).wait_for()
    panel.get_by_role("button", name=re.compile("^(Run|Show|Draw|Compute|Compare)")).first.click()
    # Whatever the run says, picture or apology, is said by now; an apology is a failure with its own words.
    shown = panel.locator(".jdm-stage img, .jdm-status:has-text('could not')").first
    shown.wait_for()
    assert panel.locator("img").count(), panel.inner_text()
    return panel


def test_the_first_question_is_answered_before_calculation_has_arrived(page, site):
    began = open_lesson(page, site, NINE)
    page.locator("form.jdm-form").first.wait_for()
    first = time.monotonic() - began
    reply = answer_first_question(page)
    print(f"\nTime to the first question: {first:.1f} s; answered after {time.monotonic() - began:.1f} s.")
    assert "Answer saved in your record" in reply
    waiting = page.get_by_text("This figure appears here by itself")
    assert waiting.count(), "all figures stood there already: the question had to wait for them"
    photograph(page, "lite_question_first")
    page.wait_for_function(
        "() => ![...document.querySelectorAll('.jp-OutputArea')].some((a) => a.textContent.includes('appears here by itself'))"
    )
    print(f"All figures after {time.monotonic() - began:.1f} s.")
    assert page.locator("figure img[alt]").count()
    assert page.get_by_text("could not be drawn").count() == 0
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    simulate(page, "")
    photograph(page, "lite_04")
    assert barriers(page) == []
    assert page.console_errors == []


def test_an_answer_and_a_run_are_found_again_after_a_reload(page, site):
    open_lesson(page, site, START)
    before = answer_first_question(page)
    panel = simulate(page, "How the interval answers")
    number = panel.locator("input[type=number]")
    number.fill("60")
    number.press("Tab")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jdm-stage img')].some((i) => i.alt.includes('60 of 180'))"
    )
    assert "record" in page.evaluate(ASK, "import os; print(*os.listdir('.'))")
    mirrored = page.evaluate("() => localStorage.getItem('jdm_teach.record')")
    assert mirrored.count('"item":"00a"') + mirrored.count('"item": "00a"') == 1
    page.reload()
    open_lesson(page, site, START)
    form = page.locator("form.jdm-form").first
    form.locator(".jdm-headline").wait_for()
    assert form.get_by_role("status").inner_text() == before
    page.get_by_text("Your prediction:").first.wait_for()
    photograph(page, "lite_00_after_reload")
    assert page.console_errors == []


def test_a_learner_who_is_faster_than_the_calculator_still_gets_the_picture(page, site):
    open_lesson(page, site, START)
    panel = page.locator("section.jdm-panel:has(.jdm-stage)").first
    panel.wait_for()
    heavy = page.evaluate(ASK, HEAVY_HERE)
    simulate(page, "How the interval answers")
    assert "scipy" not in heavy, "the calculator was here before the learner could predict"
    assert page.console_errors == []
