"""Every lesson, in JupyterLab and as the app page: one prediction and one question per form, by keyboard, without barriers."""

from __future__ import annotations

import pytest

from .conftest import ROOT
from .driving import barriers, open_in_app, open_in_lab, photograph, simulators
from .test_opening_lessons import record_lines

LESSONS = sorted(file.stem for file in (ROOT / "notebooks").glob("0[2-9]*.ipynb"))


def answer_first_question(page) -> str:
    """Choose the first option of the first question, by keyboard; returns the reply."""
    form = page.locator("form.jdm-form", has=page.locator("input[type=radio]")).first
    form.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    form.locator(".jdm-headline").wait_for()
    return form.get_by_role("status").text_content()


def predict_and_run(page, panel) -> None:
    """Leave the prediction open ("I do not know" counts), run, then move the first control; all by keyboard."""
    guess = panel.locator("form")
    if guess.count():
        unsure = guess.get_by_role("radio", name="I do not know")
        if unsure.count():
            unsure.focus()
            page.keyboard.press("Space")
            guess.get_by_role("button", name="Keep my prediction").focus()
        else:
            guess.get_by_role("button", name="I do not know").focus()
        page.keyboard.press("Enter")
        # Not the status line: it says "Keeping your prediction" before the kernel has replied.
        panel.locator("p.jdm-kept", has_text="Your prediction").wait_for()
    panel.locator("button.jdm-primary").last.focus()
    page.keyboard.press("Enter")
    # The panel of a quiz shows nothing until every question is answered, and says so.
    page.wait_for_function(
        "(panel) => panel.querySelector('.jdm-stage > *') || /Not yet/.test(panel.querySelector('[role=status]').textContent)",
        arg=panel.element_handle(),
        timeout=60_000,
    )
    slider = panel.locator("fieldset input[type=range]")
    before = panel.locator(".jdm-stage").inner_html()
    if slider.count():
        slider.first.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "([before, panel]) => panel.querySelector('.jdm-stage').innerHTML !== before",
            arg=[before, panel.element_handle()],
        )


def visit(page, course, lesson, opener, door, scope) -> None:
    opener(page, course, lesson)
    page.locator("form.jdm-form").first.wait_for()
    assert answer_first_question(page)
    panels = simulators(page, course.notebooks / f"{lesson}.ipynb")
    assert panels
    for panel in panels:
        predict_and_run(page, panel)
    assert barriers(page, scope) == []
    assert page.console_errors == []
    photograph(page, f"{door}_{lesson}")
    assert len(record_lines(course)) >= 2


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_works_by_keyboard_in_lab(page, lab, lesson):
    lab.shut_sessions()
    lab.record.unlink(missing_ok=True)
    visit(page, lab, lesson, open_in_lab, "lab", ".jp-OutputArea")


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_works_by_keyboard_as_an_app_page(page, app, lesson):
    app.record.unlink(missing_ok=True)
    visit(page, app, lesson, open_in_app, "app", ".jdm-root")
