"""Views that are ready before they are asked for: those seen already, and the one a learner will most likely want next.

An exploration is pure, so a view seen once may be shown again, and a slider that has just moved one step will most
likely move one more. Drawing takes most of the time between a control and its picture; this spends it beforehand.
"""

from __future__ import annotations

import asyncio
import gc
from collections import OrderedDict
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from .exploration import Control, Exploration, View

__all__ = ["Foresight", "next_settings"]

KEPT = 24
PAUSE_S = 0.01
# A view that takes longer would keep the kernel from the next request for a time a hand can feel.
LONGEST_S = 0.2
# On a crowded machine a view waits for its turn as well. Up to so many times its own time, being early still helps: the
# same work is done while the learner looks, and not while the learner waits.
CROWD = 4


def next_settings(
    exploration: Exploration, before: dict[str, Any], now: dict[str, Any]
) -> dict[str, Any] | None:
    """The settings that follow when the one control that moved by a step moves by the same step again, or None."""
    moved = [c for c in exploration.controls if before.get(c.name) != now[c.name]]
    if len(moved) != 1:
        return None
    control = moved[0]
    following = one_more(control, before.get(control.name), now[control.name])
    return None if following in (None, now[control.name]) else {**now, control.name: following}


def one_more(control: Control, before: Any, now: Any) -> Any:
    """One more step of a control in the direction in which it has just moved by one, or None."""
    if control.kind == "toggle" or before is None:
        return None
    if control.kind == "choice":
        keys = [key for key, _ in control.options]
        step = keys.index(now) - keys.index(before)
        return keys[(keys.index(now) + step) % len(keys)] if abs(step) == 1 else None
    steps = (now - before) / control.step
    return control.mend(now + now - before) if abs(abs(steps) - 1) < 1e-6 else None


def settle_memory() -> None:
    """Take what the libraries have loaded out of the garbage collector's rounds.

    After the first view everything is imported and stays. Walking it takes the collector a tenth of a second,
    once in some twenty drawn figures, in the middle of a moving slider.
    """
    gc.collect()
    gc.freeze()


class Foresight:
    """The views of one exploration, by their settings: the last `KEPT` of them, and one made ahead while nothing is asked.

    `made(settings)` gives a kept view, or whatever `Exploration.run` gives. `keep(settings, view)` keeps one.
    `expect_start()` says that the view at the start will be wanted next.
    `look_ahead(settings)` says which settings are shown now; in the next quiet moment of the running event loop the
    likely next view is made. Without a loop, or where views are slow, nothing is made ahead.
    """

    def __init__(self, exploration: Exploration) -> None:
        self.exploration = exploration
        self.views: OrderedDict[str, View] = OrderedDict()
        self.shown: dict[str, Any] = {}
        self.longest = 0.0
        self.waiting: asyncio.TimerHandle | None = None

    def made(self, settings: dict[str, Any]) -> Any:
        self.rest()
        key = repr(settings)
        if key in self.views:
            self.views.move_to_end(key)
            return self.views[key]
        begun, spent = perf_counter(), process_time()
        made = self.exploration.run(settings)
        if isinstance(made, View):
            self.longest = max(process_time() - spent, (perf_counter() - begun) / CROWD)
            self.keep(settings, made)
        else:
            self.longest = LONGEST_S
        return made

    def keep(self, settings: dict[str, Any], view: View) -> None:
        self.views[repr(settings)] = view
        while len(self.views) > KEPT:
            self.views.popitem(last=False)

    def expect_start(self) -> None:
        """A prediction was kept, so the run at the start settings comes next: make it while the learner reads.

        The first view also loads what it draws with, which takes longer than any later one.
        """
        start = self.exploration.settings()
        if repr(start) not in self.views:
            self.rest()
            self.when_quiet(lambda: self.prepare(start))

    def look_ahead(self, settings: dict[str, Any]) -> None:
        before, self.shown = self.shown, settings
        if not before:
            self.when_quiet(settle_memory)
            return
        following = next_settings(self.exploration, before, settings)
        if following is None or self.longest >= LONGEST_S or repr(following) in self.views:
            return
        self.when_quiet(lambda: self.prepare(following))

    def when_quiet(self, act: Callable[[], None]) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self.waiting = loop.call_later(PAUSE_S, act)

    def prepare(self, settings: dict[str, Any]) -> None:
        """Make a view ahead. A setting that cannot be calculated is met, and said, when a learner asks for it."""
        try:
            made = self.exploration.run(settings)
        except Exception:
            return
        if isinstance(made, View):
            self.keep(settings, made)

    def rest(self) -> None:
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None
