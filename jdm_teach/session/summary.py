"""What a record says about its owner's learning, as data: first and latest answers, calibration, confident errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from .. import __version__
from ..exercises import bank, reading
from ..exercises.event import Event
from ..exercises.item import Item
from ..exercises.outcome import CONFIDENCE, DONT_KNOW

__all__ = ["Answered", "Calibration", "Prediction", "Summary", "Writing", "summarise"]

LONGEST_PAUSE_S = 600
MARKED = frozenset({"right", "partly", "wrong", "dont_know"})


@dataclass(frozen=True)
class Answered:
    """One question: its first answer, its latest, and whether the question has changed since."""

    item: str
    lesson: str
    stem: str
    first: str
    first_verdict: str
    first_confidence: str
    latest: str
    latest_verdict: str
    attempts: int
    misconception: str
    outdated: bool


@dataclass(frozen=True)
class Calibration:
    """How often first answers were right at one level of confidence."""

    confidence: str
    answers: int
    right: int


@dataclass(frozen=True)
class Prediction:
    """What was predicted before a simulator ran, and what the run then said."""

    item: str
    lesson: str
    stem: str
    predicted: str
    result: str


@dataclass(frozen=True)
class Writing:
    """A free text of the learner, with the model answer."""

    item: str
    lesson: str
    stem: str
    text: str
    model_answer: str


@dataclass(frozen=True)
class Summary:
    """Everything the report shows."""

    code: str
    package: str
    answered: tuple[Answered, ...]
    calibration: tuple[Calibration, ...]
    confident_errors: tuple[Answered, ...]
    predictions: tuple[Prediction, ...]
    writings: tuple[Writing, ...]
    minutes: tuple[tuple[str, int], ...]
    unknown_items: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The summary as plain data, with a schema number of its own."""
        return {"schema": 1, **asdict(self)}


def summarise(events: Sequence[Event], code: str) -> Summary:
    """The summary of a record. Entries of questions that this version does not know are listed, not dropped.

    Raises nothing for any entries that a record can hold.
    """
    known: dict[str, Item] = {}
    unknown: list[str] = []
    for name in dict.fromkeys(event.item for event in events if event.item):
        try:
            known[name] = bank.item(name)
        except ValueError:
            unknown.append(name)
    answered, predictions, writings = [], [], []
    for name, item in known.items():
        tries = [event for event in events if event.item == name and event.kind in {"answer", "prediction"}]
        if not tries:
            continue
        if item.prediction:
            predictions.append(_prediction(item, tries, events))
        elif item.kind == "text":
            writings.append(Writing(name, item.lesson, item.stem, str(tries[-1].response), item.model_answer))
        else:
            answered.append(_answered(item, tries))
    return Summary(
        code=code,
        package=__version__,
        answered=tuple(answered),
        calibration=_calibration(answered),
        confident_errors=tuple(
            a for a in answered if a.first_confidence == CONFIDENCE[3] and a.first_verdict == "wrong"
        ),
        predictions=tuple(predictions),
        writings=tuple(writings),
        minutes=_minutes(events),
        unknown_items=tuple(unknown),
    )


def _answered(item: Item, tries: Sequence[Event]) -> Answered:
    first, latest = tries[0], tries[-1]
    return Answered(
        item=item.id,
        lesson=item.lesson,
        stem=item.stem,
        first=_words(item, first.response),
        first_verdict=first.verdict or "",
        first_confidence=CONFIDENCE.get(first.confidence or 0, ""),
        latest=_words(item, latest.response),
        latest_verdict=latest.verdict or "",
        attempts=len(tries),
        misconception=first.misconception or "",
        outdated=any(event.version != item.version for event in tries),
    )


def _prediction(item: Item, tries: Sequence[Event], events: Sequence[Event]) -> Prediction:
    results = [str(event.response) for event in events if event.item == item.id and event.kind == "result"]
    return Prediction(
        item.id, item.lesson, item.stem, _words(item, tries[-1].response), results[-1] if results else ""
    )


def _words(item: Item, response: Any) -> str:
    if response == DONT_KNOW:
        return "I do not know."
    try:
        return reading.response_text(item, response)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        # A restored file may hold a response of another shape; it is shown as it stands.
        return str(response)[:500]


def _calibration(answered: Sequence[Answered]) -> tuple[Calibration, ...]:
    levels = []
    for word in CONFIDENCE.values():
        given = [a for a in answered if a.first_confidence == word and a.first_verdict in MARKED]
        levels.append(Calibration(word, len(given), sum(a.first_verdict == "right" for a in given)))
    return tuple(levels)


def _minutes(events: Sequence[Event]) -> tuple[tuple[str, int], ...]:
    """Active minutes per lesson: the time between entries, without pauses of more than ten minutes."""
    seconds: dict[str, float] = {}
    before: datetime | None = None
    for event in events:
        now = datetime.fromisoformat(event.time)
        if event.lesson:
            gap = (now - before).total_seconds() if before else 0.0
            seconds[event.lesson] = seconds.get(event.lesson, 0.0) + (
                gap if 0 < gap <= LONGEST_PAUSE_S else 0.0
            )
        before = now
    return tuple((lesson, round(total / 60)) for lesson, total in sorted(seconds.items()))
