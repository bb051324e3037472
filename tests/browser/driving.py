"""How a test drives the course: open a lesson, run it, look at it, check it for barriers."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "screenshots"

KERNEL_READY = """async () => {
  const panel = jupyterapp.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
}"""
# The promise of the command must not be returned: waiting for it from outside never ends.
RUN_ALL = "() => { jupyterapp.commands.execute('notebook:run-all-cells'); }"
ALL_RUN = """() => {
  const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')];
  const panel = jupyterapp.shell.currentWidget;
  return panel.content.widgets.filter((c) => c.model.type === 'code' && c.model.sharedModel.getSource().trim())
    .every((c) => c.model.executionCount !== null);
}"""


def open_in_lab(page, course, lesson: str, run: bool = True) -> None:
    page.goto(f"{course.url}/lab/tree/{lesson}.ipynb?token=course&reset")
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
    page.evaluate(KERNEL_READY)
    if run:
        run_all(page)


def run_all(page) -> None:
    page.evaluate(RUN_ALL)
    page.wait_for_function(ALL_RUN, timeout=90_000)


def open_in_app(page, course, lesson: str) -> None:
    page.goto(f"{course.url}/voila/render/{lesson}.ipynb")
    page.wait_for_selector(".jdm-root", timeout=90_000)


def simulators(page, notebook: Path) -> list:
    """The explorers of an opened lesson, once all of them stand in the page."""
    expected = notebook.read_text(encoding="utf-8").count("jdm.explore(")
    panels = page.locator("section.jdm-panel:has(.jdm-stage)")
    page.wait_for_function(
        "(n) => document.querySelectorAll('section.jdm-panel .jdm-stage').length >= n",
        arg=expected,
        timeout=60_000,
    )
    return [panels.nth(number) for number in range(panels.count())]


def barriers(page, where: str = ".jp-OutputArea") -> list[str]:
    """What axe-core finds inside the exercises: rule, weight, and the first element."""
    report = Axe().run(page, context=where).response
    return [f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:160]}" for v in report["violations"]]


def photograph(page, name: str, where: str | None = None) -> Path:
    """A picture of the whole lesson, however long, under screenshots/ (not kept in git)."""
    SHOTS.mkdir(exist_ok=True)
    file = SHOTS / f"{name}.png"
    target = page.locator(where).first if where else page
    if where:
        target.screenshot(path=file)
    else:
        page.screenshot(path=file, full_page=True)
    return file
