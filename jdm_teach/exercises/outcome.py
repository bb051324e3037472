"""What comes back for an answer: a verdict, the reply to this very response, and what the record keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["CONFIDENCE", "DONT_KNOW", "VERDICTS", "Outcome", "belief", "marks"]

DONT_KNOW = "idk"
VERDICTS = ("right", "partly", "wrong", "dont_know", "unreadable", "no_answer", "noted")
CONFIDENCE = {1: "guessing", 2: "fairly sure", 3: "certain"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of grading one response.

    `message` is the reply; `details` hold (label, text) for each card or option; `value` is the response as it
    was understood (a number, a pair, keys); `answer_text` is the key in words, for when the learner may see it.
    An outcome with `records` False (nothing chosen, or not readable) is no answer and is not kept.
    """

    verdict: str
    message: str
    details: tuple[tuple[str, str], ...] = ()
    misconception: str | None = None
    explanation: str = ""
    answer_text: str = ""
    value: Any = None

    @property
    def records(self) -> bool:
        """Whether this was an answer that belongs in the record."""
        return self.verdict not in {"unreadable", "no_answer"}


def belief(named: str | None, reply: str) -> str:
    """A reply that names the belief first and then says why it does not hold here."""
    return f"The belief behind this: “{named}”. {reply}" if named else reply


def marks(verdict: str, confidence: int | None) -> int:
    """Confidence-based marks: 1, 2, 3 when right; 0, -2, -6 when wrong; 0 for anything else.

    Answering truthfully pays best: "fairly sure" from 67 % and "certain" from 80 % chance of being right
    (Gardner-Medwin, https://tmedwin.net/~ucgbarg/tea/bristol_05.htm). For the learner's own eyes, never a rank.

    >>> marks("right", 3), marks("wrong", 3), marks("dont_know", None)
    (3, -6, 0)
    """
    if confidence is not None and confidence not in CONFIDENCE:
        raise ValueError("Confidence is 1 (guessing), 2 (fairly sure) or 3 (certain).")
    if confidence is None:
        return 0
    return {"right": (1, 2, 3), "wrong": (0, -2, -6)}.get(verdict, (0, 0, 0))[confidence - 1]
