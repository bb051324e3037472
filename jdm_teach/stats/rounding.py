"""What a printed number allows: rounding rules as exact intervals.

"5.1" does not mean 5.1. It means every value that the author's rounding rule turns into 5.1. Here such an
interval is held as two fractions and two answers to "does the end itself belong?", so that nothing is ever
decided by a floating-point accident.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil, floor

__all__ = [
    "GRAIN_NAMES",
    "ROUNDING_RULES",
    "Printed",
    "Span",
    "as_fraction",
    "as_grain",
    "grain_text",
    "printed",
]

ROUNDING_RULES = {
    "half_up": "halves go up",
    "half_down": "halves go down",
    "half_even": "halves go to the even digit",
    "closed": "halves may have gone either way",
    "truncate": "extra digits are cut off (towards zero)",
    "floor": "always down",
    "ceiling": "always up",
}
_ALIASES = {
    "up": "half_up",
    "down": "half_down",
    "even": "half_even",
    "up_or_down": "closed",
    "trunc": "truncate",
    "truncation": "truncate",
    "always_up": "ceiling",
    "always_down": "floor",
}
GRAIN_NAMES = {
    "year": Fraction(1),
    "half year": Fraction(1, 2),
    "quarter year": Fraction(1, 4),
    "month": Fraction(1, 12),
    "tenth": Fraction(1, 10),
}


def rounding_rule(name: str) -> str:
    """The rule's one name, whatever common synonym was given.

    >>> rounding_rule("up"), rounding_rule("trunc")
    ('half_up', 'truncate')
    """
    key = str(name).strip().lower().replace("-", "_").replace(" ", "_")
    key = _ALIASES.get(key, key)
    if key not in ROUNDING_RULES:
        raise ValueError(
            f"'{name}' is not a rounding rule known here. Choose one of: {', '.join(ROUNDING_RULES)}."
        )
    return key


def as_fraction(x: object, what: str = "number") -> Fraction:
    """A number as written, without a detour through binary: '5.1' is 51/10.

    Takes text ("5.1", "1/12"), int, Fraction, Decimal, or a float (read as Python prints it).

    >>> as_fraction("5.1"), as_fraction(0.1), as_fraction("1/12")
    (Fraction(51, 10), Fraction(1, 10), Fraction(1, 12))
    """
    try:
        if isinstance(x, Fraction):
            return x
        if isinstance(x, str):
            return Fraction(x.strip().replace("−", "-"))
        if isinstance(x, Decimal):
            return Fraction(x)
        return Fraction(str(x))
    except (ValueError, ZeroDivisionError, TypeError, OverflowError):
        raise ValueError(
            f"The {what} {x!r} could not be read. Write it as printed, for instance '5.1'."
        ) from None


def as_grain(grain: object) -> Fraction:
    """The step between two recordable values: 'year', 'half year', 'month', '1/2', 0.1 …

    >>> as_grain("month"), as_grain("0.5")
    (Fraction(1, 12), Fraction(1, 2))
    """
    if isinstance(grain, str) and grain.strip().lower() in GRAIN_NAMES:
        return GRAIN_NAMES[grain.strip().lower()]
    step = as_fraction(grain, "grain")
    if step <= 0:
        raise ValueError(
            f"The grain must be above zero, not {grain}. Use for instance '1', '1/2', '1/12' or '0.1'."
        )
    return step


def grain_text(grain: Fraction) -> str:
    """The grain as a reader writes it: a short decimal where one exists, a fraction elsewhere.

    >>> grain_text(Fraction(1, 2)), grain_text(Fraction(1, 12))
    ('0.5', '1/12')
    """
    decimal = f"{float(grain):.4g}"
    return decimal if Fraction(decimal) == grain else f"{grain.numerator}/{grain.denominator}"


@dataclass(frozen=True)
class Span:
    """All numbers between two ends; each end belongs or does not."""

    low: Fraction
    high: Fraction
    low_in: bool = True
    high_in: bool = True

    def __contains__(self, x: Fraction | int) -> bool:
        return (x > self.low or (self.low_in and x == self.low)) and (
            x < self.high or (self.high_in and x == self.high)
        )

    def integers(self, scale: Fraction | int = 1) -> range:
        """Every whole number k with k / scale inside."""
        low, high = self.low * scale, self.high * scale
        first = ceil(low) if self.low_in or low.denominator != 1 else int(low) + 1
        last = floor(high) if self.high_in or high.denominator != 1 else int(high) - 1
        return range(first, last + 1)

    def squared(self) -> Span | None:
        """The squares of its non-negative members (None when there are none)."""
        if self.high < 0 or (self.high == 0 and not self.high_in):
            return None
        if self.low < 0:
            return Span(Fraction(0), self.high**2, True, self.high_in)
        return Span(self.low**2, self.high**2, self.low_in, self.high_in)

    def times(self, factor: Fraction | int) -> Span:
        """Both ends multiplied by a positive factor."""
        return Span(self.low * factor, self.high * factor, self.low_in, self.high_in)


@dataclass(frozen=True)
class Printed:
    """A number as printed: its value and the size of one step in its last digit."""

    text: str
    value: Fraction
    unit: Fraction

    def span(self, rule: str = "half_up") -> Span:
        """Every exact value that this rule would print so."""
        rule = rounding_rule(rule)
        x, u = self.value, self.unit
        half = u / 2
        if rule == "half_up":
            return Span(x - half, x + half, True, False)
        if rule == "half_down":
            return Span(x - half, x + half, False, True)
        if rule == "closed":
            return Span(x - half, x + half)
        if rule == "half_even":
            even = (x / u) % 2 == 0
            return Span(x - half, x + half, even, even)
        if rule == "ceiling":
            return Span(x - u, x, False, True)
        if rule == "floor" or x > 0:
            return Span(x, x + u, True, False)
        return Span(x - u, x, False, True) if x < 0 else Span(-u, u, False, False)

    def moved(self, steps: int) -> Printed:
        """The printable number that many last-digit steps away."""
        value = self.value + steps * self.unit
        places = 0
        while self.unit * 10**places < 1:
            places += 1
        return Printed(f"{float(value):.{places}f}", value, self.unit)


def printed(number: object, what: str = "number") -> Printed:
    """Read a number exactly as it stands on the page; trailing zeros count.

    Give text: "7.50" promises two decimals, 7.5 only one. A float is read as Python prints it, so 7.50 the
    float has lost its last zero.

    Raises ValueError when the text is not a plain decimal number.

    >>> printed("7.50").unit, printed("5.1").span("half_up")
    (Fraction(1, 100), Span(low=Fraction(101, 20), high=Fraction(103, 20), low_in=True, high_in=False))
    """
    if isinstance(number, Printed):
        return number
    text = str(number).strip().replace("−", "-")
    try:
        decimal = Decimal(text)
        exponent = decimal.as_tuple().exponent
        if not isinstance(exponent, int):
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(
            f"The {what} {number!r} is not a plain decimal number. Write it as printed, for instance '5.1'."
        ) from None
    return Printed(text, Fraction(decimal), Fraction(10) ** min(exponent, 0))
