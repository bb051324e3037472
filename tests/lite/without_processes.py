"""A pytest plugin for the browser's Python: what needs a process, a thread or a named peer is skipped and says so."""

from __future__ import annotations

import pytest

# Independent libraries that the tests compare with (never a dependency of the course), and second processes.
ABSENT = {"statsmodels", "firthmodels", "_multiprocessing"}
NOT_HERE = ("emscripten does not support processes", "can't start new thread")


def reason(error: BaseException) -> str:
    """Why a test cannot run in a browser, or an empty text when it failed."""
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] in ABSENT:
        return f"needs {error.name}"
    return next((text for text in NOT_HERE if text in str(error)), "")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    result = yield
    report = result.get_result()
    if report.failed and call.excinfo is not None and (why := reason(call.excinfo.value)):
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, f"Skipped: not in a browser: {why}")
