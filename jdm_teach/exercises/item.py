"""What a question is: the data of one item of the bank, as values that cannot change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "KINDS",
    "ArithmeticCheck",
    "Card",
    "Item",
    "Option",
    "Reply",
    "Source",
    "WrongPath",
    "public_view",
]

KINDS = ("single", "many", "number", "interval", "order", "sort", "text")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim can be read: id, citation, and a link where there is one."""

    id: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One option to choose, tick or rank, with the reply to it and the belief it reveals."""

    key: str
    text: str
    feedback: str
    correct: bool = False
    misconception: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a card in one category; the misconception is None where the card belongs."""

    category: str
    feedback: str
    misconception: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card to sort: where it belongs, and a reply for each place it can be put."""

    key: str
    text: str
    category: str
    replies: tuple[Reply, ...]
    evidence: tuple[str, ...] = ()

    def reply(self, category: str) -> Reply:
        """The reply to this card in a category (every category has one)."""
        return next(reply for reply in self.replies if reply.category == category)


@dataclass(frozen=True, slots=True)
class WrongPath:
    """A known wrong calculation: its value(s), recomputed from the sum(s), and the belief behind it."""

    expressions: tuple[str, ...]
    values: tuple[float, ...]
    tolerance: float
    misconception: str
    feedback: str


@dataclass(frozen=True, slots=True)
class ArithmeticCheck:
    """A line of Python whose value the tests recompute and compare."""

    expression: str
    expected: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question with everything needed to show it, grade it and reply to it.

    `key` holds one number (`number`), two (`interval`) or none (a prediction); `order` the keys of the options
    from first to last; a `prediction` is kept and never marked. `reserve` means no lesson uses the item yet.
    """

    id: str
    version: int
    kind: str
    lesson: str
    objectives: tuple[str, ...]
    bloom: str
    category: str
    stem: str
    wrong_belief: str = ""
    note: str = ""
    explanation: str
    sources: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    minutes: float = 1.0
    prediction: bool = False
    confidence: bool = True
    reserve: bool = False
    options: tuple[Option, ...] = ()
    order: tuple[str, ...] = ()
    unit: str = ""
    key: tuple[float, ...] = ()
    key_expressions: tuple[str, ...] = ()
    tolerance: float = 0.0
    minimum: float | None = None
    maximum: float | None = None
    out_of: float | None = None
    wrong_paths: tuple[WrongPath, ...] = ()
    feedback_right: str = ""
    feedback_other: str = ""
    look_at: str = ""
    categories: tuple[tuple[str, str], ...] = ()
    cards: tuple[Card, ...] = ()
    model_answer: str = ""
    rubric: tuple[str, ...] = ()
    arithmetic_check: ArithmeticCheck | None = field(default=None, compare=False)

    @property
    def asks_confidence(self) -> bool:
        """Whether the form asks how sure the learner is: for everything that is marked, unless switched off."""
        return self.confidence and not self.prediction and self.kind != "text"

    def option(self, key: str) -> Option:
        """The option with this key (KeyError when there is none)."""
        return {option.key: option for option in self.options}[key]

    def __repr__(self) -> str:
        return f"Item({self.id!r}, version {self.version}, {self.kind})"


def public_view(item: Item) -> dict[str, Any]:
    """What a browser may know before an answer: the question and its choices, nothing that gives the key away.

    The order of the dict and of the options is that of the bank, so the same item always gives the same view.
    """
    view: dict[str, Any] = {
        "id": item.id,
        "version": item.version,
        "kind": item.kind,
        "lesson": item.lesson,
        "stem": item.stem,
        "prediction": item.prediction,
        "minutes": item.minutes,
    }
    if item.note:
        view["note"] = item.note
    if item.options:
        view["options"] = [{"key": option.key, "text": option.text} for option in item.options]
    if item.kind in {"number", "interval"}:
        view |= {"unit": item.unit, "minimum": item.minimum, "maximum": item.maximum}
    if item.kind == "sort":
        # A card may be left open on its own: twenty cards should not hang on one doubt.
        piles = [*item.categories, ("idk", "I do not know")]
        view["categories"] = [{"key": key, "text": text} for key, text in piles]
        view["cards"] = [{"key": card.key, "text": card.text} for card in item.cards]
    return view
