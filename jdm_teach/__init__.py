"""An executable journal club on nine children.

The handful of names a notebook may use. Everything heavy (pandas, scipy, matplotlib) loads when it is first
used, so that a question is on the screen before a figure is needed.

    import jdm_teach as jdm
    jdm.value("E09")        a published number with its count, interval and source
    jdm.table("two_by_two") an evidence table
    jdm.ask("ST01")         a question
    jdm.explore("04a")      a simulator, locked until a prediction is given
    jdm.show("…")           a still figure of a lesson, with alternative text and table
    jdm.record()            download, restore and print the learner's record
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_DOORS = {
    "ask": ("jdm_teach.exercises.question", "ask"),
    "record": ("jdm_teach.exercises.question", "record_panel"),
    "quiz": ("jdm_teach.exercises.quiz", "quiz"),
    "explore": ("jdm_teach.lessons", "explore"),
    "show": ("jdm_teach.lessons", "show"),
    "value": ("jdm_teach.evidence", "value"),
    "table": ("jdm_teach.evidence", "table"),
    "source": ("jdm_teach.evidence", "source"),
    "derived": ("jdm_teach.evidence", "derived"),
    "report": ("jdm_teach.session.report", "report"),
    "join_room": ("jdm_teach.room.seat", "join_room"),
    "console": ("jdm_teach.session.console", "console"),
}

__all__ = list(_DOORS)


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"jdm_teach has no {name!r}. It offers: {', '.join(_DOORS)}.")
    module, attribute = _DOORS[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
