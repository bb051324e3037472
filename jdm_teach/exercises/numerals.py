"""Numbers as people type them: 0,33 and 33 % and 3/9 and 3 of 9 and 1 234.5 and ½."""

from __future__ import annotations

import math
import re
import unicodedata
from numbers import Real

__all__ = ["Reading", "readings"]

LONGEST = 60
VULGAR = re.compile(r"(\d?)([¼-¾⅐-⅞])")
LEAD = re.compile(r"^(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|[~≈=≃])\s*", re.IGNORECASE)
PERCENT = re.compile(r"\s*(?:%|per\s?cent|percent)\.?$", re.IGNORECASE)
PART = re.compile(r"^(.+?)\s*(?:/|⁄|÷|\bout of\b|\bof\b|\bin\b)\s*(.+)$", re.IGNORECASE)
MIXED = re.compile(r"^(\d+)\s+(\d+\s*[/⁄]\s*\d+)$")
POWER = re.compile(r"\s*[x×*·]\s*10\s*\^?\s*([+-]?\d{1,3})$", re.IGNORECASE)
PLAIN = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SPACED = re.compile(r"^[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?$")


class Reading(float):
    """One way to read a typed number; `of` is the lower part of a fraction, `percent` whether % was typed."""

    of: float | None
    percent: bool

    def __new__(cls, value: float, of: float | None = None, percent: bool = False) -> Reading:
        reading = super().__new__(cls, value)
        reading.of = of
        reading.percent = percent
        return reading


def readings(text: object, unit: str = "") -> tuple[Reading, ...]:
    """Every sensible way to read what was typed; empty when it is not a number.

    One comma before three digits is the only thing read in two ways ("1,234" is 1234 or 1.234). A percent sign
    is noted and not yet divided out, because only the question knows whether it asks in per cent.

    >>> [float(r) for r in readings("0,33")], [float(r) for r in readings("1,234")], readings("many")
    ([0.33], [1234.0, 1.234], ())
    """
    if isinstance(text, bool):
        return ()
    if isinstance(text, Real):
        try:
            return _finite([Reading(float(text))])
        except OverflowError:
            return ()
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        return ()
    line = _tidy(text)
    percent = bool(PERCENT.search(line))
    line = PERCENT.sub("", line) if percent else _without_unit(line, unit)
    mixed = MIXED.match(line)
    whole = float(mixed.group(1)) if mixed else 0.0
    part = PART.match(mixed.group(2) if mixed else line)
    if part:
        found = []
        for over in _decimals(part.group(1)):
            for under in _decimals(part.group(2)):
                if under != 0:
                    found.append(Reading(whole + over / under, None if mixed else under, percent))
        return _finite(found)
    return _finite([Reading(value, None, percent) for value in _decimals(line)])


def _tidy(text: str) -> str:
    text = VULGAR.sub(lambda m: f"{m[1]} {unicodedata.normalize('NFKC', m[2])}", text)
    # NFKC would turn a superscript into an ordinary digit (3² into 32): such text is left unreadable instead.
    text = "".join(
        c if c in "²³¹" or ("⁰" <= c <= "₉" and c != "⁄") else unicodedata.normalize("NFKC", c) for c in text
    )
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    text = re.sub(r"[−‒–—﹣]", "-", text.replace("'", " ").replace("’", " "))
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(?<=\d)\.$", "", LEAD.sub("", text))


def _without_unit(line: str, unit: str) -> str:
    """Drops the unit when the person wrote it after the number ("3 years")."""
    word = re.search(r"(?<=[\d.])\s*([^\W\d_]{2,})\.?$", line)
    names = set(re.findall(r"[^\W\d_]{2,}", unit.lower()))
    if word and {word.group(1).lower(), word.group(1).lower() + "s"} & names:
        return line[: word.start()]
    return line


def _decimals(text: str) -> list[float]:
    text = text.strip()
    power = POWER.search(text)
    if power:
        scale = float(f"1e{power.group(1)}")
        return [value * scale for value in _decimals(text[: power.start()])]
    if SPACED.match(text):
        text = text.replace(" ", "")
    if text.lower() in WORDS:
        return [float(WORDS.index(text.lower()))]
    if " " in text:
        return []
    return [float(form) for form in _forms(text) if PLAIN.match(form)]


def _forms(text: str) -> list[str]:
    """The text with a decimal point, in each way its commas and points can be meant."""
    commas, points = text.count(","), text.count(".")
    if commas and points:
        last, other = (",", ".") if text.rfind(",") > text.rfind(".") else (".", ",")
        whole, _, rest = text.rpartition(last)
        return [f"{_grouped(whole, other)}.{rest}"] if last not in whole else []
    if points > 1:
        return [_grouped(text, ".")]
    if commas > 1:
        return [_grouped(text, ",")]
    if commas == 1:
        decimal = text.replace(",", ".")
        if re.match(r"^[+-]?[1-9]\d{0,2},\d{3}$", text):
            return [text.replace(",", ""), decimal]
        return [decimal]
    return [text]


def _grouped(text: str, mark: str) -> str:
    """Removes thousands marks, or gives text that no number pattern accepts when the groups are not of three."""
    return text.replace(mark, "") if re.match(rf"^[+-]?\d{{1,3}}(?:\{mark}\d{{3}})+$", text) else "?"


def _finite(found: list[Reading]) -> tuple[Reading, ...]:
    return tuple(reading for reading in found if math.isfinite(reading))
