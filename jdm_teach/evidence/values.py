"""A number that cannot leave its company: estimate, interval, n and source are printed together.

A `Value` has one of four origins. `published` carries its source and id; `derived` its formula; `simulated` its
seed and assumptions; `assumed` the reason. None of them can be printed without it: `str`, `repr`, `format`,
f-strings and HTML all give the whole sentence, and a number format such as `{value:.1f}` is refused. The bare
`value.number` is for arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape

from jdm_teach.evidence.limits import exact_limits
from jdm_teach.evidence.wording import UNSTATED, estimate_text

__all__ = ["ORIGINS", "UNSTATED", "Value"]

ORIGINS = ("published", "derived", "simulated", "assumed")
KINDS = ("number", "count", "proportion", "mean", "median", "effect")
PLAIN = str.maketrans({"–": "-", "−": "-", "±": "+/-", "’": "'", "α": "alpha", "≥": ">=", "≤": "<="})


@dataclass(frozen=True)
class Value:
    """One number with its unit, people, interval, origin, source and place.

    `number` is the estimate in `unit` (for a proportion: the share, 0 to 1). `events` of `n` people make a
    proportion, whose exact interval is computed when first asked for. `limits` are the two ends of an interval,
    `level` its confidence level (None for a spread such as an interquartile range), `interval_method` says whose
    interval it is ("exact", "as published", "t", …); `no_interval` says why there is none. `spread` is a
    standard deviation when `spread_name` is "SD", of unknown meaning when it is `UNSTATED`.

    Raises ValueError when a value lacks what its origin requires.

    >>> v = Value(3 / 9, kind="proportion", events=3, n=9, source="XUE23", source_name="Xue 2023", fact_id="E09")
    >>> f"{v}"
    '3 of 9 (33%, 95% CI 7–70%, exact) [Xue 2023, E09]'
    """

    number: float
    unit: str = ""
    kind: str = "number"
    label: str = ""
    n: int | None = None
    events: int | None = None
    spread: float | None = None
    spread_name: str = "SD"
    limits: tuple[float, float] | None = None
    level: float | None = 0.95
    interval_method: str = ""
    no_interval: str = ""
    origin: str = "published"
    source: str = ""
    source_name: str = ""
    where: str = ""
    link: str = ""
    fact_id: str = ""
    formula: str = ""
    seed: int | None = None
    assumptions: str = ""

    def __post_init__(self) -> None:
        if self.origin not in ORIGINS:
            raise ValueError(
                f"A value is {', '.join(ORIGINS[:-1])} or {ORIGINS[-1]}; '{self.origin}' is none of these."
            )
        if self.kind not in KINDS:
            raise ValueError(
                f"A value is a {', '.join(KINDS[:-1])} or {KINDS[-1]}; '{self.kind}' is none of these."
            )
        missing = {
            "published": not (self.source and self.fact_id) and "its source and fact id",
            "derived": not self.formula and "its formula",
            "simulated": (self.seed is None or not self.assumptions) and "its seed and assumptions",
            "assumed": not self.assumptions and "the reason it was chosen (assumptions)",
        }[self.origin]
        if missing:
            raise ValueError(f"A {self.origin} value must say {missing}. Give it when making the value.")
        counted = self.events is not None and self.n and 0 <= self.events <= self.n
        if self.kind == "proportion" and not counted:
            raise ValueError(
                f"A proportion needs 0 to n events among n people, not {self.events} of {self.n}."
            )
        if self.limits is not None and not self.limits[0] <= self.limits[1]:
            raise ValueError(
                f"An interval runs from low to high; {self.limits[0]} is above {self.limits[1]}."
            )

    @classmethod
    def simulated(cls, number: float, seed: int, assumptions: str, **rest: object) -> Value:
        """A number a simulation gave. It says so wherever it is printed.

        >>> print(Value.simulated(0.8, seed=7, assumptions="no drug effect, reliability 0.5"))
        0.8 (simulated, seed 7: no drug effect, reliability 0.5; no interval given; n not given)
        """
        return cls(number, origin="simulated", seed=seed, assumptions=assumptions, **rest)  # type: ignore[arg-type]

    @classmethod
    def assumed(cls, number: float, because: str, **rest: object) -> Value:
        """A knob someone chose. It says so wherever it is printed.

        >>> print(Value.assumed(0.6, because="fraction unbound in plasma, chosen for teaching"))
        0.6 (assumed: fraction unbound in plasma, chosen for teaching)
        """
        return cls(number, origin="assumed", assumptions=because, **rest)  # type: ignore[arg-type]

    @classmethod
    def derived(cls, number: float, formula: str, inputs: Sequence[Value] = (), **rest: object) -> Value:
        """A number computed from others. One simulated or assumed input makes the result simulated or assumed."""
        for origin in ("simulated", "assumed"):
            for value in inputs:
                if value.origin == origin:
                    said = f"{formula}, from a value that is {origin} ({value.assumptions})"
                    kept = {"seed": value.seed, "assumptions": said, "formula": formula}
                    return cls(number, origin=origin, **{**kept, **rest})  # type: ignore[arg-type]
        return cls(number, origin="derived", formula=formula, **rest)  # type: ignore[arg-type]

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """The two limits, in the unit of `number`; None where there is no interval."""
        if self.limits is None and self.kind == "proportion" and not self.no_interval:
            return exact_limits(int(self.events or 0), int(self.n or 0), self.level or 0.95)
        return self.limits

    @property
    def low(self) -> float | None:
        """The lower limit, or None."""
        return self.interval[0] if self.interval else None

    @property
    def high(self) -> float | None:
        """The upper limit, or None."""
        return self.interval[1] if self.interval else None

    @property
    def says(self) -> str:
        """Estimate, interval and n, with the origin of anything that was not read. No source."""
        return estimate_text(self)

    @property
    def tag(self) -> str:
        """Where it comes from, in brackets: `[Xue 2023, E09]` or `[derived: E11 − E10]`; empty where `says` tells."""
        if self.origin in ("simulated", "assumed"):
            return ""
        read = ", ".join(part for part in (self.source_name or self.source, self.fact_id) if part)
        if self.origin == "derived":
            return f"[derived: {self.formula}; {read}]" if read else f"[derived: {self.formula}]"
        return f"[{read}]"

    @property
    def plain(self) -> str:
        """The whole sentence without typographic signs, for a file or a terminal that cannot show them."""
        return str(self).translate(PLAIN)

    @property
    def html(self) -> str:
        """The whole sentence as inline HTML, with the source linked and the origin in `data-origin`."""
        tag = escape(self.tag)
        if tag and self.link:
            tag = f'<a href="{escape(self.link)}">{tag}</a>'
        inner = " ".join(part for part in (escape(self.says), tag) if part)
        return f'<span class="jdm-value" data-origin="{self.origin}">{inner}</span>'

    def with_label(self, label: str) -> Value:
        """The same value under another name."""
        return replace(self, label=label)

    def __str__(self) -> str:
        return " ".join(part for part in (self.says, self.tag) if part)

    def __repr__(self) -> str:
        return f"<Value, {self.origin}: {self}>"

    def __format__(self, spec: str) -> str:
        if spec in ("", "text"):
            return str(self)
        if spec == "plain":
            return self.plain
        if spec == "html":
            return self.html
        raise ValueError(
            f"A value is printed whole, so the format '{spec}' is refused. Use '', 'plain' or 'html'; "
            "for arithmetic take value.number."
        )

    def _repr_html_(self) -> str:
        return self.html
