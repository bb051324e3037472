"""Lessons 00 and 01 as a newcomer meets them, in JupyterLab and as the app page, by keyboard alone."""

from __future__ import annotations

import json

import pytest

from .driving import barriers, open_in_app, open_in_lab, photograph, run_all

START = "00_start_here"
PREVIEW = "01_what_the_preview_says"


def question(page, start: str):
    """The form whose question begins with these words."""
    return page.locator("form.jdm-form", has=page.locator("legend", has_text=start))


def answer_by_keyboard(page, form, downs: int) -> None:
    """Tab into the options, move with the arrow keys, say how sure, submit with Enter; no mouse."""
    form.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    for _ in range(downs):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def record_lines(course) -> list[dict]:
    text = course.record.read_text(encoding="utf-8") if course.record.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def fresh_lab(lab):
    lab.shut_sessions()
    lab.record.unlink(missing_ok=True)
    return lab


@pytest.fixture
def fresh_app(app):
    app.record.unlink(missing_ok=True)
    return app


@pytest.mark.parametrize("lesson", [START, PREVIEW])
def test_a_lesson_opens_in_lab_without_barriers(page, fresh_lab, lesson):
    open_in_lab(page, fresh_lab, lesson)
    page.locator(".jdm-form").first.wait_for()
    assert barriers(page) == []
    photograph(page, f"lab_{lesson}")
    assert page.console_errors == []


@pytest.mark.parametrize("lesson", [START, PREVIEW])
def test_a_lesson_opens_as_an_app_page_without_code_or_barriers(page, fresh_app, lesson):
    open_in_app(page, fresh_app, lesson)
    page.locator(".jdm-form").first.wait_for()
    assert page.locator("text=import jdm_teach").count() == 0
    assert barriers(page, ".jdm-root") == []
    photograph(page, f"app_{lesson}")
    assert page.console_errors == []


def test_a_question_is_answered_by_keyboard_and_survives_a_new_kernel(page, fresh_lab):
    open_in_lab(page, fresh_lab, START)
    form = question(page, "A new café opens")
    form.wait_for()
    assert form.locator("input:checked").count() == 0
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    answer_by_keyboard(page, form, downs=2)
    status = form.get_by_role("status")
    status.locator(".jdm-headline").wait_for()
    first = status.text_content()
    assert "saved in your record" in first
    # Letters are commands in a notebook (b adds a cell); inside a form they are not.
    page.keyboard.type("bbxa")
    page.keyboard.press("ArrowDown")
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    lines = [line for line in record_lines(fresh_lab) if line["item"] == "00a"]
    assert len(lines) == 1 and lines[0]["confidence"] in (1, 2, 3)

    fresh_lab.shut_sessions()
    open_in_lab(page, fresh_lab, START, run=False)
    run_all(page)
    again = question(page, "A new café opens").get_by_role("status")
    again.locator(".jdm-headline").wait_for()
    assert again.text_content() == first


def test_the_key_is_nowhere_in_the_page_before_an_answer(page, fresh_lab):
    from jdm_teach.exercises import bank

    open_in_lab(page, fresh_lab, PREVIEW)
    question(page, "Three of nine children").wait_for()
    html = page.content()
    state = page.evaluate(
        """async () => {
          const panel = jupyterapp.shell.currentWidget;
          const models = panel.content.widgets.flatMap((c) => c.model.outputs ? JSON.stringify(c.model.outputs.toJSON()) : []);
          return models.join('');
        }"""
    )
    for name in ("CL08", "CL09", "CL10"):
        item = bank.item(name)
        for secret in (item.explanation, *(option.feedback for option in item.options)):
            assert secret[:60] not in html
            assert secret[:60] not in state


def test_an_unsure_answer_is_asked_for_and_nothing_is_lost(page, fresh_lab):
    open_in_lab(page, fresh_lab, START)
    form = question(page, "A new café opens")
    form.get_by_role("button", name="Submit answer").click()
    assert "Nothing is chosen yet" in form.get_by_role("status").inner_text()
    form.locator("input[type=radio]").first.check()
    form.get_by_role("button", name="Submit answer").click()
    assert "how sure are you" in form.get_by_role("status").inner_text()
    page.reload()
    open_in_lab(page, fresh_lab, START)
    form = question(page, "A new café opens")
    form.get_by_text("This is what you had chosen before").wait_for()
    assert form.locator("input[type=radio]").first.is_checked()


def test_the_record_is_downloaded_and_comes_back_in_a_new_place(page, fresh_lab, tmp_path):
    open_in_lab(page, fresh_lab, START)
    form = question(page, "A new café opens")
    form.wait_for()
    answer_by_keyboard(page, form, downs=1)
    form.locator(".jdm-headline").wait_for()
    panel = page.get_by_role("region", name="My record")
    with page.expect_download() as download:
        panel.get_by_role("button", name="Download my record").click()
    file = tmp_path / "mine.jsonl"
    download.value.save_as(file)
    before = record_lines(fresh_lab)
    assert [json.loads(line)["item"] for line in file.read_text().splitlines()] == [
        line["item"] for line in before
    ]

    fresh_lab.shut_sessions()
    fresh_lab.record.unlink()
    open_in_lab(page, fresh_lab, START)
    panel = page.get_by_role("region", name="My record")
    panel.get_by_role("button", name="Restore what this browser kept").wait_for()
    panel.get_by_label("Restore from a file").set_input_files(file)
    question(page, "A new café opens").locator(".jdm-headline").wait_for()
    assert len(record_lines(fresh_lab)) == len(before)
    panel.get_by_label("Restore from a file").set_input_files(file)
    page.wait_for_timeout(500)
    assert len(record_lines(fresh_lab)) == len(before)
    foreign = tmp_path / "holiday.jsonl"
    foreign.write_text('{"photo": 1}\n')
    panel.get_by_label("Restore from a file").set_input_files(foreign)
    panel.get_by_role("status").get_by_text("othing was changed").wait_for()
    assert len(record_lines(fresh_lab)) == len(before)


def test_the_simulator_waits_for_a_prediction_then_answers_the_keyboard(page, fresh_lab):
    open_in_lab(page, fresh_lab, START)
    panel = page.locator("section.jdm-panel", has_text="How the interval answers")
    panel.wait_for()
    run = panel.get_by_role("button", name="Run")
    run.focus()
    page.keyboard.press("Enter")
    assert "First your prediction" in panel.get_by_role("status").inner_text()
    panel.locator("form input[type=radio]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    panel.get_by_text("Your prediction: It becomes wider.").wait_for()
    run.focus()
    page.keyboard.press("Enter")
    image = panel.locator("img")
    image.wait_for()
    assert "3 of 9" in image.get_attribute("alt")
    number = panel.locator("input[type=number]")
    number.fill("400")
    number.press("Tab")
    panel.get_by_text("above what this picture can show").wait_for()
    assert number.input_value() == "100"
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jdm-stage img')].some((i) => i.alt.includes('100 of 300'))"
    )
    panel.get_by_role("button", name="Reset").click()
    page.wait_for_function(
        "() => ![...document.querySelectorAll('.jdm-stage img')].some((i) => i.alt.includes('100 of 300'))"
    )
    assert barriers(page, ".jdm-stage") == []


def test_a_run_asked_for_while_the_prediction_is_being_kept_follows_it(page, fresh_lab):
    open_in_lab(page, fresh_lab, START)
    panel = page.locator("section.jdm-panel", has_text="How the interval answers")
    panel.locator("form input[type=radio]").first.check()
    panel.evaluate(
        "(panel) => { panel.querySelector('form button.jdm-primary').click(); [...panel.querySelectorAll('button')].find((b) => b.textContent === 'Run').click(); }"
    )
    panel.locator("img").wait_for()
    assert panel.get_by_text("Your prediction: It becomes wider.").count() == 1


def test_a_question_works_in_the_app_page_and_at_phone_width(page, fresh_app):
    page.set_viewport_size({"width": 400, "height": 800})
    open_in_app(page, fresh_app, START)
    form = question(page, "A new café opens")
    form.wait_for()
    answer_by_keyboard(page, form, downs=3)
    form.get_by_role("status").locator(".jdm-headline").wait_for()
    wide = page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('.jdm-root')].map((e) => e.scrollWidth - e.clientWidth))"
    )
    assert wide <= 1
    photograph(page, "phone_00_start_here")
    assert [line["item"] for line in record_lines(fresh_app)] == ["00a"]


def test_the_dark_theme_has_no_barriers_either(page, fresh_lab):
    open_in_lab(page, fresh_lab, START)
    question(page, "A new café opens").wait_for()
    page.evaluate(
        "() => { jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' }); }"
    )
    page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    assert barriers(page) == []
    photograph(page, "dark_00_start_here")
    page.evaluate(
        "() => { jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' }); }"
    )
    page.wait_for_selector("body[data-jp-theme-light='true']", state="attached")


def test_the_app_page_is_ready_to_typeset_without_asking_a_formula_server(page, fresh_app):
    open_in_app(page, fresh_app, START)
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "() => window.MathJax !== undefined || document.querySelectorAll('script[src*=mathjax]').length === 0"
    )
    assert page.console_errors == []
