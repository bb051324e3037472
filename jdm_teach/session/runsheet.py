"""The sheet a session is run by: blocks with minutes, votes with a prompt to discuss, and answers for the debrief.

A sheet is a YAML file. A facilitator may write one; what does not add up is refused with a sentence that names the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..exercises import bank
from ..place import data_folder

if TYPE_CHECKING:
    from .located import Part

__all__ = ["Block", "DebriefQuestion", "Role", "RunSheet", "Vote", "read_sheet", "sheet", "sheet_names"]

LESSONS = {
    "00": ("00_start_here", "Start here: two clicks and a question"),
    "01": ("01_what_the_preview_says", "What the letter's preview really says"),
    "02": ("02_clinical_map", "A lung disease behind a rash"),
    "03": ("03_interferon_to_gene", "From interferon to gene: a JAK-STAT sandbox"),
    "04": ("04_nine_children", "Nine children, honestly described"),
    "05": ("05_did_the_drug_do_it", "They improved. Did the drug do it?"),
    "06": ("06_missing_patients", "The patients who are not in the series"),
    "07": ("07_risk_factors", "Risk factors with nine patients"),
    "08": ("08_appraise_it", "Appraise it"),
    "09": ("09_decision", "From nine patients to a decision and a better study"),
}
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
ROUNDS = {"first": "first vote", "revote": "vote again"}
LONGEST_FILE = 200_000


@dataclass(frozen=True)
class Vote:
    """A question to vote on: the bank's item, which round, and what to discuss around it."""

    item: str
    round: str
    discuss: str


@dataclass(frozen=True)
class Block:
    """One stretch of the session, in minutes from its start."""

    start: int
    end: int
    what: str
    who: str
    lesson: str
    fallback: str
    votes: tuple[Vote, ...] = ()
    product: str = ""

    @property
    def minutes(self) -> int:
        return self.end - self.start

    @property
    def lesson_title(self) -> str:
        return LESSONS[self.lesson][1]


@dataclass(frozen=True)
class Role:
    """Somebody's part in the session, with what it does not include."""

    name: str
    does: str
    avoids: str


@dataclass(frozen=True)
class DebriefQuestion:
    """A question for the end, with a model answer for the facilitator."""

    id: str
    ask: str
    answer: str


@dataclass(frozen=True)
class RunSheet:
    """A whole session."""

    id: str
    title: str
    question: str
    minutes: int
    prereading: tuple[str, ...]
    roles: tuple[Role, ...]
    blocks: tuple[Block, ...]
    debrief: tuple[DebriefQuestion, ...]

    def votes(self) -> tuple[tuple[Block, Vote], ...]:
        """Every vote of the session in order, with its block."""
        return tuple((block, vote) for block in self.blocks for vote in block.votes)

    def block_at(self, minute: float) -> Block:
        """The block that is on at this minute; the last one once the time is over."""
        return next((block for block in self.blocks if minute < block.end), self.blocks[-1])


def sheet_names() -> list[str]:
    """The sheets that come with the course, shortest first.

    >>> sheet_names()
    ['45', '60', '90']
    """
    return sorted(file.stem for file in (data_folder() / "sessions").glob("*.yaml"))


def sheet(name: str | Path) -> RunSheet:
    """A sheet of the course by name, or a facilitator's own by file.

    Raises ValueError, naming the line, when the sheet does not add up.

    >>> sheet("60").minutes
    60
    """
    if str(name) in sheet_names():
        file = data_folder() / "sessions" / f"{name}.yaml"
    else:
        file = Path(name).expanduser()
        if not file.is_file():
            raise ValueError(
                f"There is no run sheet {str(name)!r}. The course has {', '.join(sheet_names())}; or name a file of yours."
            )
    if file.stat().st_size > LONGEST_FILE:
        raise ValueError(f"{file.name} is far larger than a run sheet. Check that it is the right file.")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file.name} could not be read as text ({error}).") from error
    return read_sheet(text, file.name)


def read_sheet(text: str, name: str = "the run sheet") -> RunSheet:
    """The sheet written in this YAML text. Raises ValueError with the line of the mistake."""
    from .located import read_located

    return _sheet(read_located(text, name))


def _sheet(raw: Part) -> RunSheet:
    minutes = raw.whole("minutes", 5, 600)
    blocks = tuple(_block(part) for part in raw.parts("blocks"))
    clock = 0
    for part, block in zip(raw.parts("blocks"), blocks, strict=True):
        if block.start != clock:
            raise part.refuse(
                "from",
                f"this block starts at {block.start}, but the one before ends at {clock}; the minutes must add up.",
            )
        if block.end <= block.start:
            raise part.refuse(
                "to", f"this block ends at {block.end}, which is not after its start at {block.start}."
            )
        clock = block.end
    if clock != minutes:
        raise raw.refuse("minutes", f"the blocks add up to {clock} minutes, but the sheet says {minutes}.")
    name = raw.text("id")
    if not FILE_NAME.fullmatch(name):
        raise raw.refuse("id", "this becomes part of a file name: use letters, digits, - and _ only.")
    return RunSheet(
        id=name,
        title=raw.text("title"),
        question=raw.text("question"),
        minutes=minutes,
        prereading=raw.texts("prereading"),
        roles=tuple(
            Role(part.text("role"), part.text("does"), part.text("not")) for part in raw.parts("roles")
        ),
        blocks=blocks,
        debrief=tuple(
            DebriefQuestion(part.text("id"), part.text("ask"), part.text("answer"))
            for part in raw.parts("debrief")
        ),
    )


def _block(part: Part) -> Block:
    lesson = part.text("lesson")
    if lesson not in LESSONS:
        raise part.refuse("lesson", f"there is no lesson {lesson!r}; lessons run from 00 to 09, in quotes.")
    return Block(
        start=part.whole("from", 0, 600),
        end=part.whole("to", 0, 600),
        what=part.text("what"),
        who=part.text("who"),
        lesson=lesson,
        fallback=part.text("fallback"),
        votes=tuple(_vote(vote) for vote in part.parts("votes", optional=True)),
        product=part.text("product", optional=True),
    )


def _vote(part: Part) -> Vote:
    name = part.text("item")
    try:
        item = bank.item(name)
    except ValueError as error:
        raise part.refuse("item", str(error)) from error
    if item.kind != "single":
        raise part.refuse("item", f"{name} is not a question with options, so a room cannot vote on it.")
    turn = part.text("round")
    if turn not in ROUNDS:
        raise part.refuse("round", f"this is {turn!r}; write first or revote.")
    return Vote(name, turn, part.text("discuss"))
