"""What each lesson shows: its simulators and its still figures, one module per lesson.

A module offers `EXPLORATIONS` (simulators, by id) and `STILLS` (functions that make a `Picture` or a `Sheet`, by id).
An id begins with the number of its lesson, so that only the module that is needed is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..exercises.exploration import Exploration
    from ..exercises.explorer import Explorer

__all__ = ["MODULES", "exploration", "explore", "show", "stills"]

MODULES = {
    "00": "start",
    "01": "preview",
    "02": "clinical_map",
    "03": "sandbox",
    "04": "small_counts",
    "05": "no_effect",
    "06": "missing_patients",
    "07": "nine_risk_factors",
    "08": "appraisal",
    "09": "decision",
}


def _offered(lesson: str, kind: str) -> Mapping[str, Any]:
    if lesson not in MODULES:
        raise ValueError(f"There is no lesson {lesson!r}. Lessons are {', '.join(MODULES)}.")
    return getattr(import_module(f"{__name__}.{MODULES[lesson]}"), kind)


def _find(identity: str, kind: str, noun: str) -> Any:
    offered = _offered(str(identity)[:2], kind)
    if identity in offered:
        return offered[identity]
    near = get_close_matches(str(identity), offered, n=3, cutoff=0.3) or list(offered)
    raise ValueError(f"There is no {noun} {identity!r}. Perhaps: {', '.join(near) or 'none in this lesson'}.")


def exploration(identity: str) -> Exploration:
    """The simulator of this id as data; raises ValueError with near matches when there is none."""
    return _find(identity, "EXPLORATIONS", "simulator")


def explore(identity: str) -> Explorer:
    """A simulator as a form, locked until a prediction is kept.

    >>> explore("00s")
    Explorer 00s: How the interval answers a larger group
    """
    from ..exercises.explorer import Explorer
    from ..exercises.forms import rehearsing

    explorer = Explorer(exploration(identity))
    if rehearsing():
        explorer.rehearse()
    return explorer


def stills(lesson: str) -> Mapping[str, Callable[[], Any]]:
    """The still figures and tables of a lesson, by id."""
    return _offered(lesson, "STILLS")


def show(identity: str) -> Any:
    """A still figure or table of a lesson: a picture or sheet with alternative text, caption and numbers."""
    return _find(identity, "STILLS", "figure")()
