"""Numbers with a unit, a range and an origin; and the checks every dose and level must pass."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jdm_teach.place import data_folder

__all__ = ["Constant", "choose", "number", "numbers", "table_rows"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Constant:
    """One number and everything that must travel with it.

    `origin` is one of published, derived, simulated, assumed. `low` and `high` are the range a slider may
    use (nan where no range was seen); `fact_ids` name the evidence rows it rests on.
    """

    name: str
    value: float
    unit: str
    origin: str
    low: float = nan
    high: float = nan
    formula: str = ""
    source: str = ""
    where: str = ""
    verified: str = ""
    fact_ids: str = ""
    note: str = ""

    @classmethod
    def from_row(cls, name: str, row: dict[str, str]) -> Constant:
        """Read a row of a shipped table; columns the table does not have stay empty."""
        texts = ("formula", "source", "where", "verified", "fact_ids", "note")
        return cls(
            name=name,
            value=float(row["value"]),
            unit=row["unit"],
            origin=row["origin"],
            low=float(row.get("low") or nan),
            high=float(row.get("high") or nan),
            **{text: row.get(text) or "" for text in texts},
        )

    def chosen(self, value: float) -> Constant:
        """The same quantity with a value somebody chose: its origin becomes `assumed`, its source goes."""
        if value == self.value:
            return self
        note = f"chosen by hand in place of {self.value:g}"
        if self.origin == "assumed" and self.note:
            note = f"{note}; {self.note}"
        return Constant(self.name, value, self.unit, "assumed", self.low, self.high, note=note)

    @property
    def in_range(self) -> bool:
        """False when the value lies outside the range given with it."""
        return not (self.value < self.low or self.value > self.high)

    def text(self) -> str:
        """The number with its unit and origin, as in '30 nM free (assumed, range 10–300)'."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        spread = f", range {self.low:g}–{self.high:g}" if isfinite(self.low) and isfinite(self.high) else ""
        return f"{self.value:g}{unit} ({self.origin}{spread})"


def table_rows(name: str) -> list[dict[str, str]]:
    """The rows of `data/pathway/<name>.csv` as text, in file order."""
    with open(data_folder() / "pathway" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def choose(name: str, options: Iterable[str], what: str) -> str:
    """`name` as the course spells it, or a sentence that names the nearest match.

    >>> choose("Tofacitinib", ["tofacitinib", "ruxolitinib"], "drug")
    'tofacitinib'
    """
    known = list(options)
    spelled = {option.lower(): option for option in known}
    wanted = str(name).strip().lower()
    if wanted in spelled:
        return spelled[wanted]
    near = get_close_matches(wanted, spelled, n=1, cutoff=0.5)
    hint = f"Did you mean “{spelled[near[0]]}”? " if near else ""
    raise ValueError(f"There is no {what} called “{name}” here. {hint}Choose one of: {', '.join(known)}.")


def number(value: Any, what: str, unit: str = "", *, least: float = 0.0, above: bool = False) -> float:
    """One finite number not below `least` (or above it, when `above`), or a sentence saying what is wrong.

    >>> number(5, "The dose", "mg")
    5.0
    """
    try:
        x = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be one number{_in(unit)}; got {value!r}.") from None
    if not isfinite(x):
        raise ValueError(f"{what} must be a finite number{_in(unit)}; got {value!r}.")
    if x < least or (above and x == least):
        rule = f"above {least:g}" if above else f"{least:g} or more"
        raise ValueError(f"{what} must be {rule}{_in(unit)}; got {x:g}. Please enter another value.")
    return x


def numbers(values: Any, what: str, unit: str = "", *, least: float = 0.0, most: float = np.inf) -> Array:
    """An array of finite numbers between `least` and `most`, or a sentence saying what is wrong."""
    try:
        x = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be numbers{_in(unit)}; something else was given.") from None
    if x.size and not np.isfinite(x).all():
        raise ValueError(f"{what} must be finite numbers{_in(unit)}; one of them is missing or infinite.")
    if x.size and (x.min() < least or x.max() > most):
        limit = f"{least:g} or more" if most == np.inf else f"between {least:g} and {most:g}"
        raise ValueError(f"{what} must be {limit}{_in(unit)}; got {x.min():g} to {x.max():g}.")
    return x


def _in(unit: str) -> str:
    return f" in {unit}" if unit else ""
