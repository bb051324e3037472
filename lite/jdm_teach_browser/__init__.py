"""Starts jdm_teach in a browser tab: questions at once, calculation as soon as it has arrived, figures by themselves."""

from __future__ import annotations

import sys

from .arrival import ABSENT, LATER, Arrivals, not_before_arrival, run_when_arrived, when_arrived

__all__ = ["ABSENT", "LATER", "Arrivals", "begin", "not_before_arrival", "run_when_arrived", "when_arrived"]


def begin() -> None:
    """Run once when the notebook's Python starts; `startup.py` does."""
    from IPython import get_ipython

    # The browser kernel puts an empty fcntl in place. The record must see that there are no file locks here.
    if not hasattr(sys.modules.get("fcntl"), "flock"):
        sys.modules["fcntl"] = None  # type: ignore[assignment]
    import jdm_teach
    from jdm_teach import lessons
    from jdm_teach.exercises.explorer import Explorer
    from jdm_teach.exercises.foresight import Foresight

    arrivals = Arrivals()
    sys.meta_path.append(arrivals)  # type: ignore[arg-type]
    jdm_teach.show = when_arrived(arrivals, lessons.show)  # type: ignore[attr-defined]
    Explorer.heard = run_when_arrived(arrivals, Explorer.heard)  # type: ignore[method-assign]

    Foresight.when_quiet = not_before_arrival(arrivals, Foresight.when_quiet)  # type: ignore[method-assign]

    # The first cell has run: from now on the network and the disk are free for what comes later.
    def first_cell_done(*_: object) -> None:
        get_ipython().events.unregister("post_run_cell", first_cell_done)
        arrivals.begin()

    get_ipython().events.register("post_run_cell", first_cell_done)
