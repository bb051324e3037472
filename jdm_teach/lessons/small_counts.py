"""Lesson 04: small counts and two printed ages, described with everything that belongs to them."""

from __future__ import annotations

from ..figures import Sheet
from .consistent_ages import ENSEMBLE
from .consistent_waits import WAIT
from .count_intervals import COUNT, NONE_OR_ALL
from .equal_summaries import three_shapes
from .printed_numbers import CAN_IT_BE, audit_of_the_letter, certain_limits

__all__ = ["EXPLORATIONS", "STILLS"]


def sentence_template() -> Sheet:
    """A sentence for a small count, part by part, filled in with two lines of the fact sheet."""
    import pandas as pd

    from ..evidence import value

    girls, rapid = value("E09"), value("E13")

    def percent(found) -> str:
        return f"{100 * found.number:.0f}%"

    def limits(found) -> str:
        return f"exact 95% interval {100 * found.low:.0f}% to {100 * found.high:.0f}%"

    rows = [
        (
            "1. count and group",
            f"{girls.events} of {girls.n} children",
            f"{rapid.events} of {rapid.n} children",
        ),
        ("2. what was counted", "were girls", "progressed rapidly (not defined in the public text)"),
        ("3. over what time", "not needed", "not in the public text"),
        ("4. percentage", percent(girls), percent(rapid)),
        ("5. interval and method", limits(girls), limits(rapid)),
        ("6. how they were chosen", "not in the public text", "not in the public text"),
        ("source", "E09", "E13"),
    ]
    return Sheet(
        pd.DataFrame(rows, columns=["part of the sentence", "sex", "rapid progression"]),
        caption="A sentence for a small count, in the order in which it is safe to stop reading [XUE23]. Intervals computed here; "
        "n = 9.",
        origin="derived",
    )


EXPLORATIONS = {one.id: one for one in (COUNT, NONE_OR_ALL, CAN_IT_BE, ENSEMBLE, WAIT)}
STILLS = {
    "04-shapes": three_shapes,
    "04-audit": audit_of_the_letter,
    "04-certain": certain_limits,
    "04-template": sentence_template,
}
