"""The rules of a vote: which step may follow which, what a count means for the next minutes, what stays unsaid.

Nothing here knows a database or a browser.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..exercises.item import Item
from ..exercises.outcome import CONFIDENCE, DONT_KNOW

__all__ = ["Advice", "Choice", "Refusal", "Round", "Tally", "advice", "checked_choice", "moved"]

SMALL_GROUP = 10
SMALLEST_CELL = 5
LOW, HIGH = 35, 70
MOVES = {
    ("close", "open"): "closed",
    ("reopen", "closed"): "open",
    ("reopen", "discussing"): "open",
    ("discuss", "closed"): "discussing",
    ("reveal", "closed"): "revealed",
    ("reveal", "discussing"): "revealed",
}
INSTEAD = {
    "open": "This vote is still open; close it first.",
    "closed": "This vote is closed already.",
    "discussing": "The room is discussing this question already.",
    "revealed": "The answers to this question have been shown; its votes stay as they are.",
}


class Refusal(ValueError):
    """A plain no: a sentence for the person who asked, and the status of the reply."""

    def __init__(self, sentence: str, status: int = 409) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Round:
    """One vote on one question; number 1 is the first vote, later numbers are votes again.

    The state is open, closed (result hidden), discussing (still hidden) or revealed.
    """

    id: int
    item: str
    number: int
    state: str

    @property
    def title(self) -> str:
        return "First vote" if self.number == 1 else "Vote again"


@dataclass(frozen=True, slots=True)
class Choice:
    """What one browser chose: the key of an option, or not known; and 1 to 3 for how sure, or None."""

    option: str
    confidence: int | None

    @property
    def sentence(self) -> str:
        """The choice in words.

        >>> Choice("B", 2).sentence
        'B, fairly sure'
        """
        if self.option == DONT_KNOW:
            return "I do not know"
        return f"{self.option}, {CONFIDENCE[self.confidence]}" if self.confidence else self.option


def moved(now: Round, action: str) -> str:
    """The state of a round after an action: close, reopen, discuss or reveal. Raises Refusal when it cannot follow.

    >>> moved(Round(1, "ST01", 1, "open"), "close")
    'closed'
    """
    if (action, now.state) not in MOVES:
        raise Refusal(INSTEAD[now.state])
    return MOVES[action, now.state]


def checked_choice(item: Item, option: str, confidence: str) -> Choice:
    """The choice a form sent, checked against the question. Raises Refusal (422) with what is missing."""
    if not option:
        raise Refusal("Nothing is chosen yet. Choose an answer, then send your vote.", 422)
    if option == DONT_KNOW:
        return Choice(DONT_KNOW, None)
    if option not in {one.key for one in item.options}:
        raise Refusal("This question has no such answer.", 422)
    if not confidence:
        raise Refusal("One thing is missing: how sure are you?", 422)
    if confidence not in {str(level) for level in CONFIDENCE}:
        raise Refusal("How sure you are is 1 (guessing), 2 (fairly sure) or 3 (certain).", 422)
    return Choice(option, int(confidence))


@dataclass(frozen=True)
class Tally:
    """The votes of one round, counted by option and how sure.

    Counts per option are always shown. How sure people were is shown for an option only when each level that
    anybody chose has five people or more, so that nobody's certainty can be read off or worked out.
    """

    item: Item
    votes: tuple[tuple[Choice, int], ...] = ()

    @classmethod
    def of(cls, item: Item, counted: Iterable[tuple[str, int | None, int]]) -> Tally:
        """From rows of option, confidence and number."""
        return cls(item, tuple((Choice(option, level), n) for option, level, n in counted))

    @property
    def voters(self) -> int:
        return sum(n for _, n in self.votes)

    @property
    def right(self) -> int:
        return sum(self.count(option.key) for option in self.item.options if option.correct)

    def answers(self) -> list[str]:
        """The options in order, and last "I do not know"."""
        return [*(option.key for option in self.item.options), DONT_KNOW]

    def count(self, option: str, confidence: int | None = None) -> int:
        """How many chose an option, at one level of confidence or at any."""
        return sum(n for c, n in self.votes if c.option == option and confidence in (None, c.confidence))

    def certainty(self, option: str) -> dict[int, int] | None:
        """How sure those were who chose this option, or None where too few stand in a cell to say."""
        levels = {level: self.count(option, level) for level in CONFIDENCE}
        return levels if all(n == 0 or n >= SMALLEST_CELL for n in levels.values()) else None

    def certain_and_wrong(self) -> int | None:
        """How many were certain of a wrong option; None where that would say too much about a few."""
        wrong = [self.certainty(option.key) for option in self.item.options if not option.correct]
        if any(levels is None for levels in wrong):
            return None
        return sum(levels[3] for levels in wrong if levels is not None)


@dataclass(frozen=True, slots=True)
class Advice:
    """What a closed vote suggests: the next action (reopen, open, discuss or reveal) and a sentence why."""

    action: str
    sentence: str


def advice(right: int, voters: int) -> Advice:
    """The rule for the next minutes, from how many of the voters are right.

    Below 35 % right: a hint, then vote again. From 35 to 70 %: talk in pairs, then vote again. Above 70 %: explain
    and move on. With fewer than ten voters counts are used and the band is from one to two thirds.

    Source: peer instruction (Vickrey 2015, doi:10.1187/cbe.14-11-0198).

    >>> advice(8, 20).action, advice(3, 9).action, advice(19, 20).action
    ('discuss', 'discuss', 'reveal')
    """
    if not 0 <= right <= voters:
        raise ValueError("The number who are right lies between none and all of the voters.")
    if voters == 0:
        return Advice("reopen", "Nobody has voted. Open the vote again, or move on.")
    if voters < SMALL_GROUP:
        said = f"{right} of {voters} right."
        low, high = 3 * right < voters, 3 * right > 2 * voters
    else:
        said = f"{right} of {voters} right ({100 * right / voters:.0f}%)."
        low, high = 100 * right < LOW * voters, 100 * right > HIGH * voters
    if low:
        return Advice("open", f"{said} Give a hint, then vote again. Keep the result hidden.")
    if high:
        return Advice("reveal", f"{said} Show the answers, explain in one minute, and move on.")
    return Advice(
        "discuss", f"{said} Discuss in pairs for two minutes, then vote again. Keep the result hidden."
    )
