"""Numbers computed from evidence, each by a named formula over named inputs.

A formula says in its result what was computed from what, and what it cannot say. Nothing is rounded on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from jdm_teach.evidence.library import Library
from jdm_teach.evidence.quantities import value_of
from jdm_teach.evidence.values import Value

__all__ = ["Formula", "compute", "formulas"]


@dataclass(frozen=True)
class Formula:
    """A named calculation: what it answers, its usual inputs (fact ids), and how it is done."""

    name: str
    answers: str
    inputs: tuple[str, ...]
    compute: Callable[[Library, tuple[str, ...]], Value]


def _values(library: Library, inputs: tuple[str, ...]) -> list[Value]:
    return [value_of(library.fact(fact_id)) for fact_id in inputs]


def _difference(library: Library, inputs: tuple[str, ...]) -> Value:
    first, second = _values(library, inputs)
    if first.unit != second.unit or first.n != second.n:
        raise ValueError(
            f"{inputs[0]} and {inputs[1]} are not the same people in the same unit, so their difference means nothing. "
            "Choose two means of one group."
        )
    # Floating point leaves 8.3 − 5.1 at 3.2000000000000006; one decimal more than printed is all there is.
    return Value.derived(
        round(first.number - second.number, 2),
        f"{inputs[0]} − {inputs[1]}, difference of two printed means",
        (first, second),
        unit=first.unit,
        n=first.n,
        no_interval=f"no interval: the spread of the {first.n} differences is not public",
        source=first.source,
        source_name=first.source_name,
        link=first.link,
    )


def _percent(library: Library, inputs: tuple[str, ...]) -> Value:
    (share,) = _values(library, inputs)
    if share.interval is None or share.n is None:
        raise ValueError(f"{inputs[0]} is not a count among people, so it has no percentage of its own.")
    return Value.derived(
        round(100 * share.number, 1),
        f"100 × {share.events} / {share.n} from {inputs[0]}",
        (share,),
        unit="%",
        n=share.n,
        limits=(round(100 * share.interval[0], 1), round(100 * share.interval[1], 1)),
        interval_method="exact",
        source=share.source,
        source_name=share.source_name,
        link=share.link,
    )


def _complement(library: Library, inputs: tuple[str, ...]) -> Value:
    (share,) = _values(library, inputs)
    if share.events is None or share.n is None:
        raise ValueError(f"{inputs[0]} is not a count among people, so nobody is left over.")
    rest = share.n - share.events
    return Value.derived(
        rest / share.n,
        f"{share.n} − {share.events} from {inputs[0]}",
        (share,),
        kind="proportion",
        events=rest,
        n=share.n,
        source=share.source,
        source_name=share.source_name,
        link=share.link,
    )


def _months(library: Library, inputs: tuple[str, ...]) -> Value:
    fact = library.fact(inputs[0])
    if not (fact.cells.get("start") and fact.cells.get("end")):
        raise ValueError(
            f"{inputs[0]} does not carry a first and a last month. Choose a fact that is a period."
        )
    (y1, m1), (y2, m2) = ([int(part) for part in str(fact[edge]).split("-")] for edge in ("start", "end"))
    months = 12 * (y2 - y1) + m2 - m1
    return Value.derived(
        months,
        f"months from {fact['start']} to {fact['end']} in {inputs[0]}; days not stated, so up to one month more",
        unit="months",
        kind="count",
        label="length of the treatment window",
        source=fact.source.source_id,
        source_name=fact.source.short_name,
        link=fact.source.link,
    )


def formulas() -> dict[str, Formula]:
    """Every formula by name."""
    listed = (
        Formula(
            "gap_onset_to_start",
            "years from onset to the JAK inhibitor, on average",
            ("E11", "E10"),
            _difference,
        ),
        Formula("percent_female", "share of girls, in per cent", ("E09",), _percent),
        Formula("percent_rapid", "share with rapid progression, in per cent", ("E13",), _percent),
        Formula("male", "boys among the children", ("E09",), _complement),
        Formula("not_rapid", "children without rapid progression", ("E13",), _complement),
        Formula("treatment_window_months", "length of the treatment window", ("E07",), _months),
        Formula("difference", "difference of two means of one group", ("E11", "E10"), _difference),
        Formula("percent", "a count among people, in per cent", ("E09",), _percent),
        Formula("complement", "people without the event", ("E09",), _complement),
    )
    return {formula.name: formula for formula in listed}


def compute(library: Library, name: str, *inputs: str) -> Value:
    """A derived value by the name of its formula; `inputs` are fact ids in place of the usual ones."""
    known = formulas()
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"There is no formula '{name}'.{hint} There are: {', '.join(known)}.")
    formula = known[name]
    if inputs and len(inputs) != len(formula.inputs):
        raise ValueError(
            f"The formula '{name}' takes {len(formula.inputs)} fact id(s), such as {formula.inputs[0]}."
        )
    return formula.compute(library, inputs or formula.inputs)
