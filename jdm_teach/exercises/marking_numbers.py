"""Marking a number or an interval: the key, the known wrong paths, then what does not match any of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .item import Item, WrongPath
from .numerals import Reading, readings
from .outcome import DONT_KNOW, Outcome, belief

__all__ = ["interval", "key_text", "number", "values_text"]

SPLIT = re.compile(r"\s*(?:\bto\b|\band\b|[-–—]|;|\|)\s*", re.IGNORECASE)


def number(item: Item, response: object) -> Outcome:
    """A single number in the item's unit."""
    found = [_in_unit(item, reading) for reading in readings(response, item.unit)]
    candidates = [(value,) for value in found if value is not None]
    if not candidates:
        return Outcome("unreadable", _expected(item, "a number"))
    return _judge(item, candidates)


def interval(item: Item, response: object) -> Outcome:
    """Two numbers; given the wrong way round they are turned, and the reply says so."""
    if isinstance(response, Mapping):
        response = [response.get("low"), response.get("high")]
    if isinstance(response, str):
        response = SPLIT.split(response.strip("[]() "))
    if not isinstance(response, (list, tuple)) or len(response) != 2:
        return Outcome("unreadable", _expected(item, "two numbers, the lower and the upper end"))
    if any(end in (None, "") for end in response if end is None or isinstance(end, str)):
        return Outcome("no_answer", "One end of the interval is still open; type both numbers.")
    if DONT_KNOW in [end for end in response if isinstance(end, str)]:
        return Outcome("unreadable", "Type both numbers, or choose “I do not know” for the whole question.")
    ends = [[v for r in readings(end, item.unit) if (v := _in_unit(item, r)) is not None] for end in response]
    if not all(ends):
        return Outcome("unreadable", _expected(item, "two numbers, the lower and the upper end"))
    pairs = [(low, high) for low in ends[0] for high in ends[1]]
    ordered = [(min(pair), max(pair)) for pair in pairs]
    outcome = _judge(item, ordered)
    if outcome.records and outcome.value is not None and all(low > high for low, high in pairs):
        turned = f"The lower number goes first, so this was read as {values_text(outcome.value, item.unit)}. "
        return Outcome(
            outcome.verdict,
            turned + outcome.message,
            misconception=outcome.misconception,
            value=outcome.value,
        )
    return outcome


def _judge(item: Item, candidates: Sequence[tuple[float, ...]]) -> Outcome:
    """Marks the reading that fits best: the key first, then a known wrong path, then any within range."""
    inside = [values for values in candidates if _within(item, values)]
    if item.prediction:
        if not inside:
            return Outcome("unreadable", _expected(item, "a number"))
        return Outcome("noted", item.look_at, value=_value(inside[0]))
    for values in candidates:
        if _match(values, item.key, item.tolerance):
            return Outcome("right", item.feedback_right, value=_value(values))
    known = [
        (max(abs(v - w) for v, w in zip(values, path.values, strict=True)), index, values, path)
        for values in candidates
        for index, path in enumerate(item.wrong_paths)
        if _match(values, path.values, path.tolerance)
    ]
    if known:
        _, _, values, path = min(known, key=lambda row: row[:2])
        return _on_path(path, values)
    if not inside:
        return Outcome("unreadable", _expected(item, "a number"))
    values = inside[0]
    ends = [abs(v - k) <= item.tolerance + 1e-9 for v, k in zip(values, item.key, strict=True)]
    if len(values) == 2 and any(ends):
        right = "lower" if ends[0] else "upper"
        return Outcome("partly", f"The {right} end agrees. {item.feedback_other}", value=_value(values))
    return Outcome("wrong", item.feedback_other, value=_value(values))


def _on_path(path: WrongPath, values: tuple[float, ...]) -> Outcome:
    return Outcome(
        "wrong",
        belief(path.misconception, path.feedback),
        misconception=path.misconception,
        value=_value(values),
    )


def _match(values: tuple[float, ...], target: tuple[float, ...], tolerance: float) -> bool:
    return all(abs(v - t) <= tolerance + 1e-9 for v, t in zip(values, target, strict=True))


def _in_unit(item: Item, reading: Reading) -> float | None:
    """The reading in the unit asked for: 50 % is 0.5 where a proportion is asked, 1 of 10 is 1 where a count is."""
    if item.out_of is not None:
        if reading.percent:
            return None
        return float(reading) * item.out_of if reading.of == item.out_of else float(reading)
    if reading.percent and not _asks_percent(item):
        return float(reading) / 100
    return float(reading)


def _asks_percent(item: Item) -> bool:
    return bool(re.search(r"per\s?cent|%", item.unit))


def _within(item: Item, values: tuple[float, ...]) -> bool:
    low = float("-inf") if item.minimum is None else item.minimum
    high = float("inf") if item.maximum is None else item.maximum
    return all(low <= value <= high for value in values)


def _value(values: tuple[float, ...]) -> float | tuple[float, ...]:
    return values[0] if len(values) == 1 else values


def _expected(item: Item, what: str) -> str:
    span = ""
    if item.minimum is not None and item.maximum is not None:
        span = f" from {item.minimum:g} to {item.maximum:g}"
    elif item.minimum is not None:
        span = f" of at least {item.minimum:g}"
    return f"Please type {what}{span} ({item.unit}), such as {_example(item)}. Digits, a decimal comma and fractions are fine."


def _example(item: Item) -> str:
    """A number that shows the form of an answer and is the same for every key, so it gives nothing away."""
    if _asks_percent(item):
        return "25 or 2.5"
    if item.maximum is not None and item.maximum <= 1:
        return "0.25 or 1/4"
    return "4" if item.out_of is not None else "4 or 0.25"


def values_text(values: float | tuple[float, ...], unit: str) -> str:
    """One number, or "low to high", with its unit in brackets."""
    ends = values if isinstance(values, tuple) else (values,)
    return f"{' to '.join(f'{end:.3g}' for end in ends)} ({unit})"


def key_text(item: Item) -> str:
    """The key of a number or interval in words; empty for a prediction without one."""
    return values_text(item.key, item.unit) if item.key else ""
