"""A count that may take a second or two, watched: it says how far it is and stops when nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import Event, Thread
from typing import Any, TypeVar

__all__ = ["Watcher", "watched"]

Answer = TypeVar("Answer")
PAUSE = 0.05  # seconds between two looks; short enough for a Stop button


class Watcher:
    """The progress callback of a count: keeps the share done, and answers False once nobody is watching.

    All watchers are equal, so that a cached count is found again whoever asks for it.
    """

    def __init__(self) -> None:
        self.done = 0.0
        self.gone = Event()
        self.span = (0.0, 1.0)

    def part(self, start: float, end: float) -> Watcher:
        """From now on, the shares told are of this part of the whole."""
        self.span = (start, end)
        return self

    def __call__(self, share: float) -> bool:
        start, end = self.span
        self.done = max(self.done, start + share * (end - start))
        return not self.gone.is_set()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Watcher)

    def __hash__(self) -> int:
        return 0


def watched(job: Callable[[Watcher], Answer]) -> Generator[float, None, Answer]:
    """Run a job beside the caller, yielding how far it is; closing the generator stops the job.

    `job` is given a `Watcher` to pass on as `progress`. A quick job yields nothing. Where there are no threads
    (Python inside a browser) the job runs to its end at once. An error of the job is raised here.
    """
    watcher = Watcher()
    outcome: dict[str, Any] = {}

    def work() -> None:
        try:
            outcome["answer"] = job(watcher)
        except Exception as error:
            outcome["error"] = error

    thread = Thread(target=work, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        yield 0.0
        work()
    else:
        try:
            thread.join(PAUSE)
            while thread.is_alive():
                yield min(watcher.done, 1.0)
                thread.join(PAUSE)
        finally:
            watcher.gone.set()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["answer"]
