"""What a group's records say, as numbers: per question, by confidence, before and after. Nothing per person.

Only first answers count, except where a first vote is put beside a second one. Numbers of fewer than five people are
hidden, with whatever would give them away (see `suppression`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..exercises import bank
from ..exercises.item import Item
from .calibration import Level, levels
from .collection import Answer, collect
from .gain import FormGain, form_gain
from .measures import ENOUGH, Correlation, Share, item_rest, share
from .suppression import FEWEST, parts_safe, protect, rows_safe

__all__ = ["Aggregate", "ItemCount", "OptionCount", "Revote", "aggregate", "aggregate_answers"]

SURENESS = (3, 2, 1, None)
FORMS = frozenset({"A", "B", "delayed"})
NEEDED_ELSEWHERE = 3  # other questions a person must have answered to count for discrimination


@dataclass(frozen=True)
class OptionCount:
    """One answer to a question: how many chose it, and how sure they were (certain, fairly sure, guessing, not said)."""

    label: str
    text: str
    right: bool
    belief: str
    count: int | None
    by_confidence: tuple[int | None, ...]


@dataclass(frozen=True)
class Revote:
    """A first vote beside the latest one, of the same people; moves run from first to second."""

    n: int
    first: Share | None
    second: Share | None
    to_right: int | None
    to_wrong: int | None


@dataclass(frozen=True)
class ItemCount:
    """One question: counts by option and confidence, and what follows from them. None means hidden."""

    item: str
    lesson: str
    stem: str
    n: int | None
    options: tuple[OptionCount, ...]
    difficulty: Share | None
    confident_errors: Share | None
    right_unsure: Share | None
    discrimination: Correlation | None
    provisional: bool
    revote: Revote | None


@dataclass(frozen=True)
class Aggregate:
    """Everything the console shows. `people` is None under five."""

    people: int | None
    files: int
    items: tuple[ItemCount, ...]
    calibration: tuple[Level, ...]
    calibration_note: str
    gain: FormGain | None
    problems: tuple[str, ...]
    unknown_items: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, with a schema number of its own."""
        return {"schema": 1, **asdict(self)}


def aggregate(folder: str | Path) -> Aggregate:
    """The numbers of a folder of exported records.

    Files that are damaged, foreign, doubled, too large or from a newer version are named in `problems` and left out.
    Raises ValueError when there is no such folder or nothing in it. 1,000 records of 100 answers take a few seconds.
    """
    found = collect(folder)
    problems = list(found.problems)
    if found.outdated:
        problems.append(
            f"{found.outdated} answers were given to an earlier wording of a question and are not counted."
        )
    return aggregate_answers(found.people, found.files, tuple(problems), tuple(sorted(found.unknown_items)))


def aggregate_answers(
    people: Sequence[Sequence[Answer]],
    files: int = 0,
    problems: tuple[str, ...] = (),
    unknown_items: tuple[str, ...] = (),
) -> Aggregate:
    """The numbers of answers that are sorted by person already, each person's in the order of time."""
    if len(people) < FEWEST:
        return Aggregate(None, files, (), (), "", None, problems, unknown_items)
    firsts: dict[str, list[tuple[int, Answer]]] = {}
    votes: dict[str, list[list[Answer]]] = {}
    scores: list[tuple[int, int]] = []
    for number, answers in enumerate(people):
        tries: dict[str, list[Answer]] = {}
        for answer in answers:
            tries.setdefault(answer.item, []).append(answer)
        for item, given in tries.items():
            firsts.setdefault(item, []).append((number, given[0]))
            outside = [answer for answer in given if answer.form not in FORMS]
            if len(outside) > 1:
                votes.setdefault(item, []).append(outside)
        right = sum(given[0].verdict == "right" for given in tries.values())
        scores.append((right, len(tries)))
    items, tables = [], []
    for name, first in firsts.items():
        table = Table(bank.item(name), [answer for _, answer in first])
        tables.append(table)
        items.append(table.counted(discrimination(first, scores), revote(table, votes.get(name, []))))
    calibration, note = levels(tables, firsts)
    return Aggregate(
        people=len(people),
        files=files,
        items=tuple(sorted(items, key=discussion_order)),
        calibration=calibration,
        calibration_note=note,
        gain=form_gain(people),
        problems=problems,
        unknown_items=unknown_items,
    )


def discussion_order(counted: ItemCount) -> tuple[Any, ...]:
    """Confident errors first, then hard questions; sorted by printed numbers only, so that the order tells no more."""
    sure = counted.confident_errors.value if counted.confident_errors else -1.0
    hard = counted.difficulty.value if counted.difficulty else 2.0
    return (counted.n is None, -sure, hard, counted.item)


class Table:
    """The first answers to one question, counted by option and confidence, and which of the counts may be printed."""

    def __init__(self, item: Item, answers: Sequence[Answer]) -> None:
        self.item = item
        self.rows = answer_rows(item)
        self.beliefs = {belief: label for label, _, _, belief in self.rows if belief}
        place = {label: number for number, (label, *_) in enumerate(self.rows)}
        self.cells = [[0] * len(SURENESS) for _ in self.rows]
        column = {sure: number for number, sure in enumerate(SURENESS)}
        for answer in answers:
            self.cells[place[self.row_of(answer)]][column[answer.confidence]] += 1
        self.n = len(answers)
        self.is_right = [right for _, _, right, _ in self.rows]
        self.totals = [sum(row) for row in self.cells]
        self.shown = protect(self.totals)
        self.right = sum(total for total, right in zip(self.totals, self.is_right, strict=True) if right)
        # What was right may be told when its row is, and then everything not right is its complement.
        told = self.n >= FEWEST and all(
            s for s, right in zip(self.shown, self.is_right, strict=True) if right
        )
        self.told = told and parts_safe([self.right, self.n - self.right])
        self.sides = [self.side(right=True), self.side(right=False)]
        self.sides_shown = [
            protect(side) if self.told and any(side) else (self.told,) * len(SURENESS) for side in self.sides
        ]

    def row_of(self, answer: Answer) -> str:
        if answer.choice is not None:
            return answer.choice
        if answer.verdict in {"right", "dont_know"}:
            return "right" if answer.verdict == "right" else "idk"
        return self.beliefs.get(answer.misconception or "", "other")

    def side(self, *, right: bool) -> list[int]:
        rows = [row for row, is_right in zip(self.cells, self.is_right, strict=True) if is_right is right]
        return [sum(row[column] for row in rows) for column in range(len(SURENESS))]

    def interior(self) -> dict[int, tuple[int | None, ...]]:
        """The split by confidence of every row for which it may be printed."""
        if not self.told:
            return {}
        wrong = [row for row, right in enumerate(self.is_right) if not right]
        printed = rows_safe([self.cells[row] for row in wrong], [self.shown[row] for row in wrong])
        found: dict[int, tuple[int | None, ...]] = {
            wrong[row]: tuple(self.cells[wrong[row]]) for row in printed
        }
        right = [row for row, is_right in enumerate(self.is_right) if is_right]
        found[right[0]] = masked(self.sides[0], self.sides_shown[0])
        return found

    def counted(self, goes_with: Correlation | None, again: Revote | None) -> ItemCount:
        hidden, nobody = (None,) * len(SURENESS), (0,) * len(SURENESS)
        inside = self.interior()
        options = tuple(
            OptionCount(label, text, right, belief, self.totals[row] if self.shown[row] else None, inside.get(row, nobody if self.shown[row] and not self.totals[row] else hidden))
            for row, (label, text, right, belief) in enumerate(self.rows)
        )  # fmt: skip
        right_sides, wrong_sides = (
            masked(side, shown) for side, shown in zip(self.sides, self.sides_shown, strict=True)
        )
        certain_wrong, certain_right = wrong_sides[0], right_sides[0]
        unsure = None if certain_right is None else self.right - certain_right
        return ItemCount(
            item=self.item.id,
            lesson=self.item.lesson,
            stem=self.item.stem,
            n=self.n if self.n >= FEWEST else None,
            options=options if self.n >= FEWEST else (),
            difficulty=share(self.right, self.n) if self.told else None,
            confident_errors=None if certain_wrong is None else share(certain_wrong, self.n),
            right_unsure=None if unsure is None else share(unsure, self.n),
            discrimination=goes_with if self.told and 0 < self.right < self.n else None,
            provisional=self.n < ENOUGH,
            revote=again,
        )


def masked(counts: Sequence[int], shown: Sequence[bool]) -> tuple[int | None, ...]:
    return tuple(count if told else None for count, told in zip(counts, shown, strict=True))


def answer_rows(item: Item) -> list[tuple[str, str, bool, str]]:
    """The answers a question can get, as (label, text, right, belief); the right one first for all but options."""
    unknown = ("idk", "I do not know", False, "")
    if item.kind == "single":
        return [*((o.key, o.text, o.correct, o.misconception or "") for o in item.options), unknown]
    named = dict.fromkeys([path.misconception for path in item.wrong_paths]
        + [option.misconception for option in item.options if option.misconception]
        + [reply.misconception for card in item.cards for reply in card.replies if reply.misconception])  # fmt: skip
    rows = [("right", "right", True, "")]
    rows += [
        (f"m{number}", "a known wrong way", False, belief) for number, belief in enumerate(named, start=1)
    ]
    return [*rows, ("other", "another answer", False, ""), unknown]


def discrimination(
    given: Sequence[tuple[int, Answer]], scores: Sequence[tuple[int, int]]
) -> Correlation | None:
    """How the item goes with the share right of the other questions, over those who answered enough others."""
    right, rest = [], []
    for person, answer in given:
        hits, n = scores[person]
        hit = int(answer.verdict == "right")
        if n - 1 >= NEEDED_ELSEWHERE:
            right.append(hit)
            rest.append((hits - hit) / (n - 1))
    return item_rest(right, rest) if len(right) >= FEWEST else None


def revote(table: Table, votes: Sequence[Sequence[Answer]]) -> Revote | None:
    """First and latest vote of those who voted twice; hidden where it would tell about those who did not."""
    pairs = [(first_vote(tries).verdict == "right", last_vote(tries).verdict == "right") for tries in votes]
    n = len(pairs)
    if n < FEWEST:
        return None
    before, after = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    others = [table.right - before, (table.n - n) - (table.right - before)]
    told = table.told and min(others) >= 0 and parts_safe([*others, before, n - before])
    second = share(after, n) if parts_safe([after, n - after]) else None
    moves = [
        sum(pair == move for pair in pairs)
        for move in ((False, True), (True, False), (True, True), (False, False))
    ]
    open_ = told and second is not None and parts_safe(moves)
    return Revote(n, share(before, n) if told else None, second, *(moves[:2] if open_ else (None, None)))


def first_vote(tries: Sequence[Answer]) -> Answer:
    return next((answer for answer in tries if answer.form == "first"), tries[0])


def last_vote(tries: Sequence[Answer]) -> Answer:
    return next((answer for answer in reversed(tries) if answer.form == "revote"), tries[-1])
