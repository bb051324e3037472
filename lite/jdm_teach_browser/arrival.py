"""Packages for calculation arrive while the learner reads the first question.

Python in a browser tab starts with what a question needs. numpy, pandas, matplotlib and scipy (28 MB) are fetched from the
same folder of the same site in the background. Figures wait for them in their place on the page; questions never do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import wraps
from importlib import import_module, invalidate_caches
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

__all__ = ["ABSENT", "LATER", "Arrivals", "not_before_arrival", "run_when_arrived", "when_arrived"]

LATER = ("numpy", "pandas", "matplotlib", "scipy", "seaborn")
# Imported one by one after they have arrived, so that a click never waits for more than one of them.
WARM = (
    "numpy",
    "pandas",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "scipy.special",
    "scipy.stats",
)

WAITING = "This figure appears here by itself as soon as its calculator has arrived. You can go on reading and answering."
RUNNING = "The calculator is still arriving. The result appears here by itself; you can go on reading and answering."
ABSENT = (
    "This copy of the course carries the questions only. Its simulators and figures need the full edition; "
    "please ask the person who gave you this copy."
)
CALM = "This figure could not be drawn. Choose Kernel, then Restart Kernel and Run All Cells; your answers stay where they are."


class Arrivals:
    """Fetches the later packages, and hands them to whoever imports one before it is here."""

    def __init__(self) -> None:
        self.task: asyncio.Future[None] | None = None
        self.handed: set[str] = set()

    def begin(self) -> asyncio.Future[None]:
        """Start fetching in the background, once; needs a running event loop, as a notebook has."""
        if self.task is None:
            self.task = asyncio.ensure_future(self.fetch())
        return self.task

    @property
    def complete(self) -> bool:
        """Whether all that can come has come."""
        return self.task is not None and self.task.done()

    async def fetch(self) -> None:
        from pyodide.ffi import to_js
        from pyodide_js import loadPackage

        here = [name for name in LATER if name in offered()]
        await loadPackage(to_js(here), messageCallback=silent, errorCallback=silent)
        invalidate_caches()
        for name in WARM:
            if name.partition(".")[0] in here:
                import_module(name)
                await asyncio.sleep(0.02)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Called by `import` when nobody else knows a module."""
        packages = offered()
        if name in LATER and name not in packages:
            raise ModuleNotFoundError(ABSENT, name=name)
        # matplotlib may be here already while what it needs is still under way: every package of the site is looked after.
        package = next((each for each, about in packages.items() if name in about["imports"]), None)
        if package is None or package in self.handed:
            return None
        self.handed.add(package)
        from pyodide.ffi import can_run_sync, run_sync

        if can_run_sync() and not self.complete and name in LATER:
            run_sync(self.begin())
        else:
            fetch_now(package)
        invalidate_caches()
        return PathFinder.find_spec(name, path)


def silent(*_: Any) -> None:
    """Progress that no learner needs to see."""


def offered() -> dict[str, Any]:
    """The packages that this site carries, by name."""
    from pyodide_js import lockfile

    return lockfile.packages.to_py()


def with_needs(name: str, packages: dict[str, Any]) -> Iterator[str]:
    """A package after everything it needs."""
    for need in packages[name]["depends"]:
        yield from with_needs(need, packages)
    yield name


def fetch_now(name: str) -> None:
    """Fetch a package and what it needs while the page's Python waits: for a click that comes before the background is done."""
    from js import XMLHttpRequest
    from pyodide_js import loadedPackages, lockfileBaseUrl, unpackArchive

    packages = offered()
    for each in dict.fromkeys(with_needs(name, packages)):
        if hasattr(loadedPackages, each):
            continue
        request = XMLHttpRequest.new()
        request.open("GET", lockfileBaseUrl + packages[each]["file_name"], False)
        request.responseType = "arraybuffer"
        request.send()
        unpackArchive(request.response, "wheel")


class Place:
    """Keeps the place of a figure on the page and draws it there when it can be drawn."""

    def __init__(self, make: Callable[[], Any], arrivals: Arrivals) -> None:
        self.make = make
        self.arrivals = arrivals

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display

        handle = display(HTML(f'<p role="status">{WAITING}</p>'), display_id=True)

        async def fill() -> None:
            try:
                await self.arrivals.begin()
                await asyncio.sleep(0.02)
                handle.update(self.make())
            except ModuleNotFoundError as missing:
                handle.update(HTML(f'<p role="status">{ABSENT if missing.msg == ABSENT else CALM}</p>'))
            except Exception:
                handle.update(HTML(f'<p role="status">{CALM}</p>'))

        self.filling = asyncio.ensure_future(fill())

    def __repr__(self) -> str:
        return WAITING


def when_arrived(arrivals: Arrivals, make: Callable[..., Any]) -> Callable[..., Any]:
    """The same function; before the packages have arrived it returns a place that fills itself."""

    @wraps(make)
    def patient(*args: Any, **kwargs: Any) -> Any:
        if arrivals.complete and set(LATER) <= set(offered()):
            return make(*args, **kwargs)
        return Place(lambda: make(*args, **kwargs), arrivals)

    return patient


def run_when_arrived(arrivals: Arrivals, heard: Callable[[Any, dict[str, Any]], None]) -> Callable[..., None]:
    """A simulator's ear: a run that is asked for early waits its turn, and the page stays free for everything else.

    A message of the page cannot be held up here: half-loaded compiled packages must not be imported meanwhile.
    """

    @wraps(heard)
    def patient(explorer: Any, content: dict[str, Any]) -> None:
        if content.get("type") != "run" or (arrivals.complete and set(LATER) <= set(offered())):
            heard(explorer, content)
            return

        async def run() -> None:
            await arrivals.begin()
            if set(LATER) <= set(offered()):
                explorer._heard(explorer, content, [])
            else:
                explorer.apologise(ABSENT)

        explorer.send({"type": "said", "said": RUNNING})
        explorer.waiting = asyncio.ensure_future(run())

    return patient


def not_before_arrival(arrivals: Arrivals, when_quiet: Callable[..., None]) -> Callable[..., None]:
    """A view may be made ahead only when all has arrived: its imports would meet half-loaded compiled packages."""

    @wraps(when_quiet)
    def patient(*args: Any, **kwargs: Any) -> None:
        if arrivals.complete and set(LATER) <= set(offered()):
            when_quiet(*args, **kwargs)

    return patient
