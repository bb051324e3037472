"""What a facilitator reads in two minutes: what to discuss, what to explain, what to skip, what to ask again."""

from __future__ import annotations

from dataclasses import dataclass

from .aggregate import Aggregate, ItemCount

__all__ = ["Overview", "advice", "overview", "small_group_sentence", "title"]

DISCUSS_FROM, DISCUSS_TO = 0.35, 0.70
MANY_CERTAIN = 0.20
MOST_LISTED = 5


@dataclass(frozen=True)
class Overview:
    """Four short lists of questions, each in the order in which to take them."""

    discuss: tuple[ItemCount, ...]
    explain: tuple[ItemCount, ...]
    skip: tuple[ItemCount, ...]
    again: tuple[ItemCount, ...]

    def parts(self) -> list[tuple[str, list[str]]]:
        """What to do, and with which questions, in plain words."""
        discuss = [f"{title(i)}: {certain_words(i)}{belief_words(i)}" for i in self.discuss]
        explain = [
            f"{title(i)}: {i.right_unsure.text()} right, but not certain"
            for i in self.explain
            if i.right_unsure
        ]
        return [
            ("Discuss first", discuss or ["No question stands out."]),
            ("Explain in a minute", explain or ["No question was right but unsure in a way that can be shown."]),
            ("Skip", names(self.skip) or ["Nothing yet."]),
            ("Ask again at the next meeting", names(self.again) or ["The questions of today."]),
        ]  # fmt: skip


def title(item: ItemCount, longest: int = 70) -> str:
    """The id and the beginning of a question, cut between words."""
    stem = item.stem if len(item.stem) <= longest else item.stem[:longest].rsplit(" ", 1)[0] + " …"
    return f"{item.item}. {stem}"


def overview(found: Aggregate) -> Overview:
    """Sorts a group's questions by what to do with them; only printed numbers are used."""
    told = [item for item in found.items if item.difficulty]
    discuss = [item for item in told if needs_talk(item)]
    rest = [item for item in told if item not in discuss]
    unsure = [
        i for i in rest if i.right_unsure and i.difficulty and 2 * i.right_unsure.events > i.difficulty.events
    ]
    skip = [item for item in rest if item not in unsure]
    return Overview(
        tuple(discuss[:MOST_LISTED]), tuple(unsure[:MOST_LISTED]), tuple(skip), tuple(discuss[:MOST_LISTED])
    )


def needs_talk(item: ItemCount) -> bool:
    certain = item.confident_errors is not None and item.confident_errors.value >= MANY_CERTAIN
    return certain or (item.difficulty is not None and item.difficulty.value <= DISCUSS_TO)


def advice(item: ItemCount) -> str:
    """The voting rule applied to one question; with fewer than ten people between a third and two thirds right."""
    if item.difficulty is None:
        return "numbers too small to show"
    low, high = (1 / 3, 2 / 3) if item.difficulty.n < 10 else (DISCUSS_FROM, DISCUSS_TO)
    if item.difficulty.value < low:
        return "give the hint, vote again"
    return "discuss in pairs, vote again" if item.difficulty.value <= high else "explain in one minute"


def small_group_sentence(n: int) -> str:
    """What so few people can tell; it stands above every chart.

    >>> small_group_sentence(12)
    'With 12 people the standard error of a share of one half is 0.14: this describes this group today, not the question.'
    """
    error = 0.5 / n**0.5
    return f"With {n} people the standard error of a share of one half is {error:.2f}: this describes this group today, not the question."


def certain_words(item: ItemCount) -> str:
    if item.confident_errors is not None:
        return f"certain and not right: {item.confident_errors.text()}"
    return f"right: {item.difficulty.text()}" if item.difficulty else "numbers too small to show"


def belief_words(item: ItemCount) -> str:
    """The belief behind the wrong answer chosen most often, where its number is printed."""
    wrong = [option for option in item.options if option.belief and option.count]
    if not wrong:
        return ""
    most = max(wrong, key=lambda option: option.count or 0)
    return f"; most common belief: “{most.belief}”"


def names(items: tuple[ItemCount, ...]) -> list[str]:
    return [", ".join(item.item for item in items) + "."] if items else []
