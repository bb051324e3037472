"""From a control that moves to the new figure painted, for every explorer, beside `ipywidgets.interact` with `plt.show()`.

Both run in the same JupyterLab and Chromium, alternating in one session. Ours is timed in the page from the input event to the first frame
after the new picture has loaded; the peer from the input event to the first frame after its new picture has loaded.
Ours keeps the views it has shown and makes the likely next one in quiet moments, as it does for a learner; the moves
go one step at a time with 60 ms between, faster than a hand.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MOVES = 21
FEWEST = 5

# The same plots drawn by the same functions, but through pyplot into the output area, as a notebook without this package would.
PEER = """%matplotlib inline
import sys
import ipywidgets, matplotlib, matplotlib.pyplot as plt
from jdm_teach import figures, lessons

def shown(draw, *, alt="", caption="", origin="derived", table=None, size=(7.2, 3.6), panels=1, dpi=110):
    with matplotlib.rc_context(figures.STYLE):
        figure, axes = plt.subplots(1, panels, squeeze=False, figsize=size, dpi=dpi)
        draw(*axes[0])
        plt.show()
    return figures.Picture(b"", alt, caption, table, origin)

def plain(identity):
    exploration = lessons.exploration(identity)
    for name, module in list(sys.modules.items()):
        if name.startswith("jdm_teach.lessons") and hasattr(module, "picture"):
            module.picture = shown
    control = next(c for c in exploration.controls if c.kind != "step")
    if control.kind == "range":
        widget = ipywidgets.FloatSlider(value=control.start, min=control.low, max=control.high, step=control.step)
    elif control.kind == "choice":
        widget = ipywidgets.Dropdown(options=[(text, key) for key, text in control.options], value=control.start)
    else:
        widget = ipywidgets.Checkbox(value=control.start)
    ipywidgets.interact(lambda value: exploration.view({control.name: value}) and None, value=widget)"""

# Waits until a new image has been decoded and a frame with it has been drawn.
OURS_JS = """async (panel) => {
  const changed = (act) => new Promise((done) => {
    const stage = panel.querySelector('.jdm-stage');
    const begun = performance.now();
    const seen = new MutationObserver(async () => {
      seen.disconnect();
      const image = stage.querySelector('img');
      if (image) await image.decode().catch(() => {});
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
    });
    seen.observe(stage, { subtree: true, attributes: true, childList: true, characterData: true });
    act();
    setTimeout(() => done(-1), 8000);
  });
  const control = [...panel.querySelectorAll('fieldset input[type=range], fieldset select, fieldset input[type=checkbox], fieldset button')]
    .find((c) => !c.closest('form'));
  if (!control) return [];
  const times = [];
  for (let move = 0; move < MOVES; move += 1) {
    times.push(await changed(() => {
      if (control.type === 'range') {
        if (Number(control.value) + Number(control.step) > Number(control.max)) control.value = control.min;
        else control.stepUp();
        control.dispatchEvent(new Event('input', { bubbles: true }));
      } else if (control.tagName === 'SELECT') {
        control.selectedIndex = (control.selectedIndex + 1) % control.options.length;
        control.dispatchEvent(new Event('change', { bubbles: true }));
      } else control.click();
    }));
    await new Promise((rest) => setTimeout(rest, 60));
  }
  return times.filter((t) => t > 0);
}""".replace("MOVES", str(MOVES))

PEER_JS = """async (area) => {
  const control = area.querySelector('.noUi-handle, select, input[type=checkbox]');
  const times = [];
  let key = 'ArrowRight';
  for (let move = 0; move < MOVES; move += 1) {
    times.push(await new Promise((done) => {
      const before = area.querySelector('img')?.src;
      const begun = performance.now();
      const look = async () => {
        const image = area.querySelector('img');
        if (performance.now() - begun > 3000) { done(-1); return; }
        if (!image || image.src === before) { requestAnimationFrame(look); return; }
        await image.decode().catch(() => {});
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
      };
      if (control.tagName === 'SELECT') {
        control.selectedIndex = (control.selectedIndex + 1) % control.options.length;
        control.dispatchEvent(new Event('change', { bubbles: true }));
      } else if (control.type === 'checkbox') control.click();
      else control.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      look();
    }));
    if (times.length > 3 && times.every((t) => t < 0)) break;
    if (times.at(-1) < 0) key = key === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';  // the end of the slider
    await new Promise((rest) => setTimeout(rest, 60));
  }
  return times.slice(1).filter((t) => t > 0);
}""".replace("MOVES", str(MOVES))


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def peer_notebook(lesson: Path, folder: Path) -> list[str]:
    """A notebook with the lesson's simulators as plain `interact`; returns their ids in order."""
    import re

    names = re.findall(r'jdm\.explore\(\\"([^\\]+)', lesson.read_text(encoding="utf-8"))
    cells = [
        nbformat.v4.new_code_cell(PEER),
        *(nbformat.v4.new_code_cell(f"plain({name!r})") for name in names),
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / f"peer_{lesson.name}")
    return names


def peer_times(page, course, lesson: Path) -> list[list[float]]:
    """Every simulator of a lesson as plain `interact`, moved as ours is."""
    from tests.browser.driving import open_in_lab

    names = peer_notebook(lesson, course.notebooks)
    open_in_lab(page, course, f"peer_{lesson.stem}")
    areas = page.locator(".jp-OutputArea-output:has(.widget-interact)")
    page.wait_for_function(
        "(n) => document.querySelectorAll('.widget-interact').length >= n", arg=len(names), timeout=90_000
    )
    page.wait_for_timeout(1500)
    return [page.evaluate(PEER_JS, areas.nth(number).element_handle()) for number in range(len(names))]


def our_times(page, course, lesson: Path) -> list[tuple[str, list[float]]]:
    from tests.browser.driving import open_in_lab, simulators
    from tests.browser.test_every_lesson import predict_and_run

    open_in_lab(page, course, lesson.stem)
    measured = []
    for panel in simulators(page, lesson):
        if not panel.locator("fieldset:has(legend:text('Settings'))").count():
            continue
        panel.scroll_into_view_if_needed()
        predict_and_run(page, panel)
        page.wait_for_timeout(300)
        title = panel.locator(".jdm-headline").first.inner_text()
        measured.append((title, page.evaluate(OURS_JS, panel.element_handle())))
    return measured


def measure() -> list[dict]:
    from playwright.sync_api import sync_playwright

    from tests.browser import conftest as setting

    program = next(filter(None, map(setting.shutil.which, setting.BROWSERS)), None)
    if program is None:
        return [{"job": "explorers", "ours": None, "note": "no Chromium on this machine"}]
    rows = []
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        course = stack.enter_context(setting.lab_course(Path(place)))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=program, args=setting.FLAGS)
        for lesson in sorted(course.notebooks.glob(os.environ.get("LESSONS", "0*.ipynb"))):
            found = []
            for timed in (peer_times, our_times):
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                found.append(timed(page, course, lesson))
                course.shut_sessions()
                page.close()
            peers, ours = found
            done = [
                row(lesson.stem, title, mine, peer)
                for (title, mine), peer in zip(ours, peers, strict=False)
                if len(mine) > FEWEST
            ]
            rows += done
            print(
                *(f"{one['job']}: {one['ours']:.0f} ms; {one['note']}" for one in done), sep="\n", flush=True
            )
        browser.close()
    return rows


def row(lesson: str, title: str, times: list[float], peer: list[float]) -> dict:
    first, *times = times
    peer = peer if len(peer) >= FEWEST else []
    ours = statistics.median(times)
    theirs = statistics.median(peer) if peer else None
    note = f"p95 {p95(times):.0f} ms; {len(times)} moves; the first move, which nothing could foresee, {first:.0f} ms"
    note += f"; peer p95 {p95(peer):.0f} ms" if peer else "; the peer showed too few new pictures to be timed"
    return {"job": f"{lesson[:2]} {title}", "ours": ours, "unit": "ms", "goal": "median ≤ 150, p95 ≤ 300, ≥ 2×",
            "peer": "same plot, interact + plt.show()", "peer_value": theirs, "ratio": theirs / ours if theirs else None, "note": note}  # fmt: skip
