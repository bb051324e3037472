"""From a control that moves to the new figure painted, for every explorer, beside `ipywidgets.interact` with `plt.show()`.

Both run in the same JupyterLab and Chromium, alternating in one session. Ours is timed in the page from the input event to the first frame
after the new picture has loaded; the peer from the input event to the first frame after its new picture has loaded.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MOVES = 21

PEER = [
    "%matplotlib inline\nimport ipywidgets, matplotlib.pyplot as plt\nfrom scipy.stats import binomtest",
    """def show(thirds):
    fig, ax = plt.subplots(figsize=(7.2, 2.2), dpi=110)
    for place, n in enumerate((9, 3 * thirds)):
        ci = binomtest(n // 3, n).proportion_ci()
        ax.plot([100 * ci.low, 100 * ci.high], [place, place], linewidth=4)
        ax.plot(100 / 3, place, 'o')
    ax.set(xlim=(0, 100), xlabel='percent')
    plt.show()
ipywidgets.interact(show, thirds=ipywidgets.IntSlider(3, 1, 100, continuous_update=True));""",
]

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
  return times.slice(1).filter((t) => t > 0);
}""".replace("MOVES", str(MOVES))

PEER_JS = """async (slider) => {
  const area = slider.closest('.jp-OutputArea-output');
  const times = [];
  for (let move = 0; move < MOVES; move += 1) {
    times.push(await new Promise((done) => {
      const before = area.querySelector('img')?.src;
      const begun = performance.now();
      const look = async () => {
        const image = area.querySelector('img');
        if (!image || image.src === before) { requestAnimationFrame(look); return; }
        await image.decode().catch(() => {});
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
      };
      slider.focus();
      window.pressRight().then(look);
    }));
    await new Promise((rest) => setTimeout(rest, 60));
  }
  return times.slice(1);
}""".replace("MOVES", str(MOVES))


def quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def peer_times(page, course) -> list[float]:
    from tests.browser.driving import open_in_lab

    open_in_lab(page, course, "peer")
    handle = page.locator(".noUi-handle").first
    handle.wait_for()
    page.locator(".jp-OutputArea img").first.wait_for()
    page.expose_function("pressRight", lambda: page.keyboard.press("ArrowRight"))
    return page.evaluate(f"(handle) => ({PEER_JS})(handle)", handle.element_handle())


def measure() -> list[dict]:
    from playwright.sync_api import sync_playwright

    from tests.browser import conftest as setting
    from tests.browser.driving import open_in_lab, simulators
    from tests.browser.test_every_lesson import predict_and_run

    program = next(filter(None, map(setting.shutil.which, setting.BROWSERS)), None)
    if program is None:
        return [{"job": "explorers", "ours": None, "note": "no Chromium on this machine"}]
    rows = []
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        course = stack.enter_context(setting.lab_course(Path(place)))
        cells = [nbformat.v4.new_code_cell(cell) for cell in PEER]
        kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata=kernel), course.notebooks / "peer.ipynb"
        )
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=program, args=setting.FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        peer = peer_times(page, course)
        course.shut_sessions()
        page.close()
        for file in sorted(course.notebooks.glob("0*.ipynb")):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            open_in_lab(page, course, file.stem)
            for panel in simulators(page, file):
                panel.scroll_into_view_if_needed()
                predict_and_run(page, panel)
                page.wait_for_timeout(300)
                times = page.evaluate(OURS_JS, panel.element_handle())
                if times:
                    rows.append(
                        row(file.stem, panel.locator(".jdm-headline").first.inner_text(), times, peer)
                    )
            course.shut_sessions()
            page.close()
        browser.close()
    return rows


def row(lesson: str, title: str, times: list[float], peer: list[float]) -> dict:
    ours, theirs = statistics.median(times), statistics.median(peer)
    note = f"p95 {quantile(times, 0.95):.0f} ms; peer p95 {quantile(peer, 0.95):.0f} ms; {len(times)} moves"
    return {"job": f"{lesson[:2]} {title}", "ours": ours, "unit": "ms", "goal": "median ≤ 150, p95 ≤ 300, ≥ 2×",
            "peer": "interact + plt.show()", "peer_value": theirs, "ratio": theirs / ours, "note": note}  # fmt: skip
