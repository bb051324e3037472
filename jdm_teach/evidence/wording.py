"""How a value is put into words: the estimate, its interval and its n in one breath.

Percentages are rounded to the nearest whole per cent; where a limit would round to 0% or 100% without being it,
one decimal is shown. Published numbers keep the digits that were printed; computed limits get the digits of the
estimate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jdm_teach.evidence.limits import t_multiplier

if TYPE_CHECKING:
    from jdm_teach.evidence.values import Value

__all__ = ["UNITS_BEFORE", "UNSTATED", "estimate_text", "number_words"]

# The ± of a source that never says whether it is a standard deviation.
UNSTATED = "meaning of ± not stated in the source"

UNITS_BEFORE = frozenset({"OR", "HR", "RR", "SMR", "SMD", "AUC"})


def number_words(x: float, digits: int | None = None) -> str:
    """A number as printed, or with a fixed number of decimals; a true minus sign.

    >>> number_words(5.0), number_words(-2.66), number_words(7.8667, 1), number_words(9)
    ('5.0', '−2.66', '7.9', '9')
    """
    text = f"{x:.{digits}f}" if digits is not None else f"{x:.15g}" if abs(x) >= 1e15 else repr(x)
    return text.replace("-", "−")


def _digits(x: float) -> int:
    text = repr(x)
    return len(text.split(".")[1]) if "." in text and "e" not in text else 0


def _with_unit(number: str, unit: str, label: str) -> str:
    if label.rpartition(" ")[2] in UNITS_BEFORE:
        return f"{label} {number}"
    joined = f"{number}%" if unit == "%" else f"{number} {unit}".strip()
    return joined


def _level(value: Value) -> str:
    return f"{100 * (value.level or 0.95):g}% CI"


def _origin_words(value: Value) -> str:
    if value.origin == "simulated":
        return f"simulated, seed {value.seed}: {value.assumptions}"
    if value.origin == "assumed":
        return f"assumed: {value.assumptions}"
    return ""


def _n_words(value: Value) -> str:
    if value.n is not None:
        return f"n = {value.n}"
    return "n not given" if value.origin in ("simulated", "derived") else "n not seen"


def _percent(share: float, decimals: int) -> str:
    text = f"{100 * share:.{decimals}f}"
    if share > 0 and float(text) == 0:
        return "<0.1"
    return ">99.9" if share < 1 and float(text) == 100 else text


def _proportion(value: Value) -> str:
    share = int(value.events or 0) / int(value.n or 1)
    head = f"{value.events} of {value.n}"
    if value.no_interval:
        return f"{head} ({'; '.join([f'{100 * share:.0f}%', value.no_interval, *filter(None, [_origin_words(value)])])})"
    low, high = value.interval or (0.0, 1.0)
    decimals = 1 if 0 < low < 0.01 or 0.99 < high < 1 else 0
    parts = [
        f"{_percent(share, 1 if 0 < share < 0.005 or 0.995 <= share < 1 else 0)}%",
        f"{_level(value)} {_percent(low, decimals)}–{_percent(high, decimals)}%",
        value.interval_method or "exact",
    ]
    return f"{head} ({', '.join(parts)}{'; ' + _origin_words(value) if _origin_words(value) else ''})"


def _mean(value: Value) -> str:
    """Mean ± spread. The interval of the mean is computed as for a normal sample, which holds if ± is an SD."""
    head = f"{number_words(value.number)} ± {number_words(value.spread or 0.0)} {value.unit}".strip()
    parts = [f"n = {value.n}" if value.n is not None else "n not seen"]
    clear = value.spread_name == "SD"
    parts.append("± is an SD as read" if clear else value.spread_name)
    if value.n and value.n > 1 and value.spread is not None and value.spread_name in ("SD", UNSTATED):
        level = value.level or 0.95
        half = t_multiplier(value.n - 1, level) * value.spread / value.n**0.5
        d = _digits(value.number)
        ends = f"{number_words(value.number - half, d)} to {number_words(value.number + half, d)}"
        parts.append(f"{_level(value)} of the mean {ends}, t" + ("" if clear else ", if ± is an SD"))
    parts.extend(filter(None, [_origin_words(value)]))
    return f"{head} ({'; '.join(parts)})"


def _median(value: Value) -> str:
    head = f"median {_with_unit(number_words(value.number), value.unit, '')}"
    parts = []
    if value.limits:
        parts.append(
            f"{value.interval_method} {number_words(value.limits[0])}–{number_words(value.limits[1])}"
        )
    parts += [_n_words(value), "no CI published", *filter(None, [_origin_words(value)])]
    return f"{head} ({'; '.join(parts)})"


def _other(value: Value) -> str:
    computed = value.origin in ("derived", "simulated")
    shown = number_words(value.number) if not computed else f"{value.number:.4g}".replace("-", "−")
    head = _with_unit(shown, value.unit, value.label if value.kind == "effect" else "")
    parts = list(filter(None, [_origin_words(value)]))
    if value.limits:
        low, high = (number_words(x) for x in value.limits)
        name = _level(value) if value.level else "range"
        parts.append(f"{name} {low} to {high}, {value.interval_method or 'as published'}")
    elif value.kind != "count" and value.origin != "assumed":
        none = "no interval published" if value.origin == "published" else "no interval given"
        parts.append(value.no_interval or none)
    if value.kind != "count" and value.origin != "assumed":
        parts.append(_n_words(value))
    return f"{head} ({'; '.join(parts)})" if parts else head


def estimate_text(value: Value) -> str:
    """The estimate with its interval and n."""
    if value.kind == "proportion":
        return _proportion(value)
    if value.kind == "mean" and value.spread is not None:
        return _mean(value)
    if value.kind == "median":
        return _median(value)
    return _other(value)
