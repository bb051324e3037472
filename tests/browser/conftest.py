"""A real Chromium in front of a real JupyterLab and a real Voilà, with the network cut off except for this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "course"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker("browser")


@pytest.fixture(scope="session")
def browser():
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        message = "No Chromium on this machine: install Debian's `chromium` (or Google Chrome) to run the browser tests."
        if os.environ.get("JDM_REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(command: list[str], url: str, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Run a server until the block ends; fails with its log when it does not answer within a minute."""
    log = (folder / "server.log").open("w+")
    process = subprocess.Popen(
        command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **environment}
    )
    try:
        for _ in range(240):
            if process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                urllib.request.urlopen(url, timeout=2).close()
                break
            time.sleep(0.25)
        else:
            pytest.fail(f"The server did not answer: {(folder / 'server.log').read_text()[-2000:]}")
        if process.poll() is not None:
            pytest.fail(f"The server stopped: {(folder / 'server.log').read_text()[-2000:]}")
        yield url
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        log.close()


def jupyter_environment(folder: Path) -> dict[str, str]:
    """Settings of the course, and nothing of the person who runs the tests."""
    places = {
        name: str(folder / name.lower())
        for name in (
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTER_CONFIG_DIR",
            "JUPYTERLAB_SETTINGS_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
        )
    }
    return {
        **places,
        "JUPYTER_CONFIG_PATH": str(ROOT / "app" / "jupyter"),
        "JDM_TEACH_RECORD": str(folder / "record.jsonl"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


@dataclass
class Course:
    """A served copy of the course: where it is, and where its record lies."""

    url: str
    folder: Path
    notebooks: Path
    record: Path = field(init=False)

    def __post_init__(self) -> None:
        self.record = self.folder / "record.jsonl"

    def api(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(
            f"{self.url}/{path}", method=method, headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def shut_sessions(self) -> None:
        import json

        for session in json.loads(self.api("api/sessions")):
            self.api(f"api/sessions/{session['id']}", "DELETE")


def copy_of_the_course(folder: Path) -> Path:
    notebooks = folder / "notebooks"
    notebooks.mkdir(parents=True)
    for file in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(file, notebooks)
    return notebooks


@contextlib.contextmanager
def lab_course(folder: Path) -> Iterator[Course]:
    """JupyterLab over a copy of the course in this folder."""
    notebooks = copy_of_the_course(folder)
    port = free_port()
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={notebooks}",
        "--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with serving(command, f"{url}/api", folder, jupyter_environment(folder)):
        yield Course(url, folder, notebooks)


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[Course]:
    with lab_course(tmp_path_factory.mktemp("lab")) as course:
        yield course


@pytest.fixture(scope="session")
def app(tmp_path_factory) -> Iterator[Course]:
    folder = tmp_path_factory.mktemp("app")
    notebooks = copy_of_the_course(folder)
    port = free_port()
    command = [
        sys.executable, "-m", "voila", "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1", "--show_tracebacks=False",
        str(notebooks),
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with serving(command, f"{url}/voila/static/voila.js", folder, jupyter_environment(folder)):
        yield Course(url, folder, notebooks)


@pytest.fixture
def page(browser, request) -> Iterator:
    """A page that reaches this machine only; the test fails when anything asked for another."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(60_000)
    away: list[str] = []

    def gate(route):
        address = route.request.url
        if address.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            route.continue_()
        else:
            away.append(address)
            route.abort()

    context.route("**/*", gate)
    opened = context.new_page()
    opened.console_errors = []
    opened.on("pageerror", lambda error: opened.console_errors.append(str(error)))
    yield opened
    context.close()
    assert not away, f"The page asked for addresses outside this machine: {away[:5]}"
