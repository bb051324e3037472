"""How the cells of a row become a value: a share of people, an effect, a mean, a median, a printed number.

A blank cell gives no value. What the readers worked out from percentages is `derived`, and says from what.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jdm_teach.evidence.facts import Fact
from jdm_teach.evidence.values import UNSTATED, Value
from jdm_teach.evidence.wording import UNITS_BEFORE

__all__ = [
    "Measure",
    "effect",
    "event_count",
    "extract_number",
    "mean_value",
    "median_value",
    "plain",
    "potency",
    "share",
]

Measure = Callable[[Fact], Value | None]


def _origin(fact: Fact) -> dict[str, Any]:
    """Source and place; `derived` where the readers worked the counts out from printed percentages."""
    said: dict[str, Any] = {
        "source": fact.source.source_id,
        "source_name": fact.source.short_name,
        "where": fact.where,
        "link": fact.source.link,
        "fact_id": fact.fact_id,
    }
    basis = str(fact.cells.get("count_basis") or "")
    if "derived" in basis:
        said |= {"origin": "derived", "formula": basis.removeprefix("derived: ").removeprefix("derived ")}
    if fact.verified == "computed":
        said |= {"origin": "derived", "formula": fact.where or "computed from rows of the same table"}
    return said


def _number(cell: object) -> float | None:
    """A cell as a number; None for a blank, a range or a bound that was printed as text."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, (int, float)):
        return cell
    try:
        return int(str(cell)) if str(cell).isdigit() else float(str(cell))
    except ValueError:
        return None


def _text(fact: Fact, column: str) -> str:
    return str(fact.cells.get(column) or "")


def share(events: str, *totals: str, label: str = "", only_unit: str = "") -> Measure:
    """Events among people: the first total that is filled is the denominator."""

    def make(fact: Fact) -> Value | None:
        x = _number(fact.cells[events])
        n = next((k for k in (_number(fact.cells[total]) for total in totals) if k is not None), None)
        whole_cohort = totals == ("n_cohort",) and x == n
        wrong_unit = only_unit and _text(fact, "unit") not in (only_unit, "")
        if x is None or not n or x > n or whole_cohort or wrong_unit:
            return None
        return Value(
            x / n, kind="proportion", label=label or events, events=int(x), n=int(n), **_origin(fact)
        )

    return make


def effect(estimate: str, low: str, high: str, name: str = "effect_measure") -> Measure:
    """A ratio or other effect with its printed limits."""

    def make(fact: Fact) -> Value | None:
        number, ends = _number(fact.cells[estimate]), [_number(fact.cells[low]), _number(fact.cells[high])]
        if number is None:
            return None
        given = None if None in ends else (ends[0] or 0.0, ends[1] or 0.0)
        label = name if name not in fact.cells else _text(fact, name) or "estimate (measure not named)"
        ratio = label.rpartition(" ")[2] in UNITS_BEFORE
        people = [_whole(fact.cells[column]) for column in ("n", "n_comparator") if column in fact.cells]
        n = None if None in people else sum(k for k in people if k is not None)
        return Value(
            number,
            kind="effect" if ratio else "number",
            unit="" if ratio else label,
            label=label,
            n=n,
            limits=given,
            interval_method="as published" if given else "",
            **_origin(fact),
        )

    return make


def plain(column: str, unit: str = "", unit_column: str = "", n: str = "n", label: str = "") -> Measure:
    """A printed number, in a fixed unit or in the unit another column of the row names."""

    def make(fact: Fact) -> Value | None:
        number = _number(fact.cells[column])
        if number is None:
            return None
        return Value(
            number,
            unit=_text(fact, unit_column) if unit_column else unit,
            label=label or column,
            n=_whole(fact.cells.get(n)),
            **_origin(fact),
        )

    return make


def _whole(cell: object) -> int | None:
    number = _number(cell)
    return None if number is None else int(number)


def event_count(fact: Fact) -> Value | None:
    events = _whole(fact.cells["events"])
    if events is None:
        return None
    return Value(events, unit="events", kind="count", n=_whole(fact.cells["n"]), **_origin(fact))


def potency(fact: Fact) -> Value | None:
    """A concentration, unless the measure says it is something else."""
    words = _text(fact, "measure")
    if "not nM" in words:
        unit = "fold" if "fold" in words else "%" if "percent" in words else "h" if "(h," in words else ""
        return plain("value_nM", unit, n="", label=words)(fact) if unit else None
    return plain("value_nM", "nmol/L", n="", label=words)(fact)


def mean_value(fact: Fact) -> Value | None:
    note = _text(fact, "note")
    if fact.source.study == "Xue2023":
        meaning = UNSTATED
    elif "standard error" in note:
        meaning = "printed as an SD, but a standard error by its size; no interval computed"
    else:
        meaning = "SD"
    return _spread_value(fact, "mean", "sd", "variable", meaning)


def _spread_value(fact: Fact, number: str, spread: str, label: str, spread_name: str) -> Value | None:
    mean = _number(fact.cells[number])
    if mean is None:
        return None
    return Value(
        mean,
        unit=_text(fact, "unit"),
        kind="mean",
        label=_text(fact, label),
        n=_whole(fact.cells["n"]),
        spread=_number(fact.cells[spread]),
        spread_name=spread_name,
        **_origin(fact),
    )


def median_value(fact: Fact) -> Value | None:
    median, q1, q3 = (_number(fact.cells[column]) for column in ("median", "q1", "q3"))
    n = _whole(fact.cells["n"])
    if median is None:
        return None
    one_person: dict[str, Any] = (
        {"kind": "number", "no_interval": "one person"} if n == 1 else {"kind": "median"}
    )
    printed_as_range = "median (range)" in _text(fact, "note")
    return Value(
        median,
        unit=_text(fact, "unit"),
        label=_text(fact, "variable"),
        n=n,
        limits=None if q1 is None or q3 is None else (q1, q3),
        level=None,
        interval_method="" if q1 is None else "spread printed as range," if printed_as_range else "quartiles",
        **one_person,
        **_origin(fact),
    )


def extract_number(fact: Fact) -> Value | None:
    if fact["kind"] == "proportion":
        return share("events", "n", label=_text(fact, "quantity"))(fact)
    if fact["kind"] == "mean":
        return _spread_value(fact, "number", "spread", "quantity", UNSTATED)
    if fact["kind"] == "count":
        return Value(
            _number(fact["number"]) or 0,
            unit=_text(fact, "unit"),
            kind="count",
            label=_text(fact, "quantity"),
            n=_whole(fact["n"]),
            **_origin(fact),
        )
    return None
