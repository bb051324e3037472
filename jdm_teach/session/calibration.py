"""How sure a group was and how often it was right, over all questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..exercises.outcome import CONFIDENCE
from .measures import Share, share
from .suppression import FEWEST, parts_safe, uniquely_fixed

if TYPE_CHECKING:
    from .aggregate import Table
    from .collection import Answer

__all__ = ["EXPECTED", "Level", "levels"]

EXPECTED = {1: None, 2: 0.67, 3: 0.80}
FEW_PEOPLE = "At some level of confidence fewer than five people answered, so that level is hidden."
GIVES_AWAY = (
    "The calibration is hidden: with so few questions it would give away numbers that are hidden elsewhere. "
    "It appears when more questions have been answered."
)


@dataclass(frozen=True)
class Level:
    """First answers at one level of confidence: how many of them were right, and from where this level pays."""

    confidence: str
    answers: Share | None
    people: int | None
    expected: float | None


def levels(
    tables: Sequence[Table], firsts: Mapping[str, Sequence[tuple[int, Answer]]]
) -> tuple[tuple[Level, ...], str]:
    """The share right at each level of confidence, most certain first, and a sentence where something is hidden."""
    people: dict[int, set[int]] = {level: set() for level in CONFIDENCE}
    for given in firsts.values():
        for person, answer in given:
            if answer.confidence in people:
                people[answer.confidence].add(person)
    order = sorted(CONFIDENCE, reverse=True)
    if gives_away(tables, len(order)):
        return (), GIVES_AWAY
    found, note = [], ""
    for column, level in enumerate(order):
        right, wrong = (sum(table.sides[side][column] for table in tables) for side in (0, 1))
        told = right + wrong == 0 or (len(people[level]) >= FEWEST and parts_safe([right, wrong]))
        note = note if told else FEW_PEOPLE
        counted = share(right, right + wrong) if told and right + wrong else None
        found.append(Level(CONFIDENCE[level], counted, len(people[level]) if told else None, EXPECTED[level]))
    return tuple(found), note


def gives_away(tables: Sequence[Table], columns: int) -> bool:
    """Whether the printed sums over all questions would fix a number that is hidden in one of them."""
    unknown: dict[tuple[int, int, int], int] = {}
    size: list[int] = []
    sums: list[set[int]] = []
    for number, table in enumerate(tables):
        lines: list[set[int]] = [set(), set()]
        for side in (0, 1):
            for column, (count, told) in enumerate(
                zip(table.sides[side], table.sides_shown[side], strict=True)
            ):
                if not told:
                    unknown[number, side, column] = len(size)
                    lines[side].add(len(size))
                    size.append(count)
        # Without its number right, a question prints only how many answered it, both sides together.
        sums += lines if table.told else [lines[0] | lines[1]] if table.n >= FEWEST else []
    for side in (0, 1):
        for column in range(columns):
            sums.append({place for (_, s, c), place in unknown.items() if (s, c) == (side, column)})
    for line in sums[-2 * columns :]:
        left = [size[place] for place in line]
        if left and (len(left) < 2 or not parts_safe([sum(left)])):
            return True
    return any(0 < size[place] < FEWEST for place in uniquely_fixed(sums, len(size)))
