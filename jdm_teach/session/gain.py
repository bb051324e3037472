"""Before and after: the two forms and the delayed one, over people who answered every question of a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..exercises import bank
from .collection import Answer
from .measures import Difference, normalised_gain, paired_difference
from .suppression import FEWEST, parts_safe

__all__ = ["FormGain", "form_gain"]


@dataclass(frozen=True)
class FormGain:
    """Class means as shares right, before and after, of the same people; None means hidden or not defined.

    `first_a` and `first_b` are the class means of those who began with form A or B: compare them before any gain is
    interpreted, because a difference means that one form is harder.
    """

    n: int
    before: float
    after: float
    gain: float | None
    difference: Difference | None
    first_a: tuple[int, float] | None
    first_b: tuple[int, float] | None
    delayed: tuple[int, float, float] | None


def form_gain(people: Sequence[Sequence[Answer]]) -> FormGain | None:
    """The gain between the two forms; whichever was begun first is "before". None with fewer than five people in both."""
    scored = [scores for answers in people if (scores := form_scores(answers))]
    pairs = [(a, b, rest) for a, b, rest in map(ordered, scored) if b is not None]
    n = len(pairs)
    if n < FEWEST:
        return None
    before, after = [a[1] for a, _, _ in pairs], [b[1] for _, b, _ in pairs if b is not None]
    means = sum(before) / n, sum(after) / n
    firsts = {name: [a[1] for a, _, _ in pairs if a[0] == name] for name in ("A", "B")}
    safe = parts_safe([len(scores) for scores in firsts.values()])
    a, b = ((len(v), sum(v) / len(v)) if safe and v else None for v in firsts.values())
    late = [(b[1], rest) for _, b, rest in pairs if b is not None and rest is not None]
    delayed = None
    if len(late) >= FEWEST and parts_safe([n - len(late)]):
        delayed = (len(late), sum(x for x, _ in late) / len(late), sum(y for _, y in late) / len(late))
    return FormGain(n, *means, normalised_gain(*means), paired_difference(before, after), a, b, delayed)


def form_scores(answers: Sequence[Answer]) -> dict[str, float]:
    """The share right of every form that was answered in full, in the order in which the forms were begun."""
    first: dict[str, dict[str, bool]] = {}
    for answer in answers:
        if answer.form in {"A", "B", "delayed"}:
            first.setdefault(answer.form, {}).setdefault(answer.item, answer.verdict == "right")
    found = {}
    for name, verdicts in first.items():
        asked = bank.form(name).items
        if all(item in verdicts for item in asked):
            found[name] = sum(verdicts[item] for item in asked) / len(asked)
    return found


def ordered(
    scores: dict[str, float],
) -> tuple[tuple[str, float], tuple[str, float] | None, float | None]:
    """The form before, the form after (None without one), and the share right of the delayed form."""
    forms = [(name, value) for name, value in scores.items() if name != "delayed"]
    before = forms[0] if forms else ("", 0.0)
    return before, forms[1] if len(forms) > 1 else None, scores.get("delayed")
