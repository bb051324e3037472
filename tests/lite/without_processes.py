"""A pytest plugin for the browser's Python: what needs a process, a thread or a named peer is skipped and says so."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import NoReturn

import pytest
from hypothesis import settings

# Independent libraries that the tests compare with (never a dependency of the course), and second processes.
PEERS = {"statsmodels", "firthmodels"}
ABSENT = PEERS | {"_multiprocessing"}
NOT_HERE = ("emscripten does not support processes", "can't start new thread")
# Properties are searched in full by the ordinary tests; here a few examples show that this Python agrees.
EXAMPLES = 10


class Peers:
    """Lets a test file name a peer; the test that calls it is skipped, the others of the file run."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in PEERS else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        def absent(*_: object, **__: object) -> NoReturn:
            raise ModuleNotFoundError(f"No module named {module.__name__!r}", name=module.__name__)

        def attribute(name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(name)
            return absent

        module.__getattr__ = attribute  # type: ignore[method-assign]


def pytest_configure() -> None:
    sys.meta_path.append(Peers())  # type: ignore[arg-type]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        test = getattr(item, "function", None)
        if (asked := getattr(test, "_hypothesis_internal_use_settings", None)) is not None:
            fewer = settings(asked, max_examples=min(EXAMPLES, asked.max_examples))
            test._hypothesis_internal_use_settings = fewer  # type: ignore[union-attr]


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
