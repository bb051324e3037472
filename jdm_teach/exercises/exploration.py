"""What a simulator is made of, as data: controls, a prediction, and a pure function from settings to a view."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from ..figures import Picture

__all__ = ["Control", "Exploration", "View", "choice", "slider", "stepper", "toggle"]

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Control:
    """One labelled control: a range with its number field, a choice, a toggle, or a step button."""

    name: str
    label: str
    kind: str
    start: Any
    low: float = 0
    high: float = 1
    step: float = 1
    unit: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def mend(self, value: Any) -> Any:
        """The nearest value this control can take; anything unreadable becomes the start value."""
        if self.kind == "choice":
            return value if value in dict(self.options) else self.start
        if self.kind == "toggle":
            return bool(value)
        try:
            wanted = float(value)
        except (TypeError, ValueError):
            return self.start
        if isnan(wanted):
            return self.start
        number = min(max(wanted, self.low), self.high)
        snapped = self.low + round((number - self.low) / self.step) * self.step
        whole = float(self.step).is_integer() and float(self.low).is_integer()
        return round(snapped) if whole else float(f"{snapped:.12g}")


def slider(
    name: str, label: str, start: float, low: float, high: float, step: float = 1, unit: str = ""
) -> Control:
    """A range paired with a number field."""
    return Control(name, label, "range", start, low, high, step, unit)


def choice(name: str, label: str, options: Mapping[str, str], start: str | None = None) -> Control:
    """A drop-down list; the first entry is chosen at the start unless another is named."""
    return Control(name, label, "choice", start or next(iter(options)), options=tuple(options.items()))


def toggle(name: str, label: str, start: bool = False) -> Control:
    """A box to tick."""
    return Control(name, label, "toggle", start)


def stepper(name: str, label: str, start: int = 0, high: int = 10_000) -> Control:
    """A button that goes one step further each time: the next marker, another world."""
    return Control(name, label, "step", start, start, high)


@dataclass(frozen=True)
class View:
    """What a run shows: one sentence, and a picture with its table, or a table alone.

    `result` is whatever the comparison with the prediction needs; it is not shown.
    """

    sentence: str
    picture: Picture | None = None
    table: pd.DataFrame | None = None
    result: Any = None


@dataclass(frozen=True)
class Exploration:
    """A simulator as data.

    `run` is pure: settings in, `View` out. When it can take longer than half a second it is a generator
    that yields how far it is (0 to 1) and returns the `View`, so that it can show progress and be stopped.
    `prediction` is the id of a bank item (kind number, interval, single, many, order or sort);
    `compare(response, view)` says prediction and result side by side in one sentence.
    """

    id: str
    title: str
    task: str
    run: Callable[[Settings], View | Iterator[float]]
    controls: tuple[Control, ...] = ()
    prediction: str | None = None
    compare: Callable[[Any, View], str] | None = None
    run_label: str = "Run"
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def settings(self, values: Settings | None = None) -> dict[str, Any]:
        """Every control's value, mended to what it can take; missing ones at their start."""
        given = values or {}
        return {c.name: c.mend(given.get(c.name, c.start)) for c in self.controls}

    def view(self, values: Settings | None = None) -> View:
        """Run to the end, without progress."""
        made = self.run(self.settings(values))
        if isinstance(made, View):
            return made
        while True:
            try:
                next(made)
            except StopIteration as finished:
                return finished.value
