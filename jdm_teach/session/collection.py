"""A folder of exported records, read into answers by person; what cannot be used is named and skipped."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ..exercises import bank
from ..exercises.event import Event
from ..exercises.restore import LARGEST, read_upload
from .room_votes import RoomVote, read_room, written_by_a_room

__all__ = ["Answer", "Collection", "collect", "plain_name"]

KEPT = frozenset({"answer", "prediction"})
MARKED = frozenset({"right", "partly", "wrong", "dont_know"})
MOST_CODES = 3
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Answer(NamedTuple):
    """What is counted of one answer; free text and anything unexpected stays behind in the file."""

    time: str
    item: str
    choice: str | None
    confidence: int | None
    verdict: str
    misconception: str | None
    form: str | None


class Asked(NamedTuple):
    """What reading an answer needs of its question: version 0 when unknown, and a verdict for each option."""

    version: int
    marked: bool
    verdicts: dict[str, str]


@dataclass
class Collection:
    """Answers by person, in the order in which they were given, and sentences on what was left out."""

    people: list[list[Answer]] = field(default_factory=list)
    files: int = 0
    problems: list[str] = field(default_factory=list)
    unknown_items: set[str] = field(default_factory=set)
    outdated: int = 0


def plain_name(name: str) -> str:
    """A file name that cannot act in a terminal or a page: no control or direction signs, not endlessly long.

    >>> plain_name("a\\x1b[31m.jsonl")
    'a�[31m.jsonl'
    """
    fit = "".join("\ufffd" if unicodedata.category(sign) in HIDDEN else sign for sign in name)
    return fit if len(fit) <= 80 else fit[:77] + "…"


def collect(folder: str | Path) -> Collection:
    """Reads every file of a folder, one at a time.

    People are told apart by their codes. A file with up to three codes is one person who restored an earlier
    record; a file with more holds several people's records, each code a person. The votes that a room wrote are read too, each browser a person. Raises ValueError when there is no
    such folder or no file in it.
    """
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise ValueError(
            f"There is no folder {plain_name(str(folder))}. Make one, put the learners' records (jdm_record_….jsonl) into it, and name it here."
        )
    files = sorted(path for path in place.iterdir() if not path.name.startswith(".") and not path.is_dir())
    if not files:
        raise ValueError(f"The folder {plain_name(place.name)} is empty. Put the learners' records into it.")
    reader = Reader()
    for path in files:
        reader.take(path)
    return reader.finish()


class Reader:
    """Takes in one file after the other and remembers which entries, codes and people it has met."""

    def __init__(self) -> None:
        self.made = Collection()
        self.met: set[bytes] = set()
        self.group: dict[str, str] = {}
        self.batches: dict[str, list[list[Answer]]] = {}
        self.items: dict[str, Asked] = {}

    def take(self, path: Path) -> None:
        name = plain_name(path.name)
        content = self.content(path, name)
        if content is None:
            return
        if written_by_a_room(content):
            self.take_room(content, name)
            return
        events, report = read_upload(content)
        if report.refused:
            self.made.problems.append(f"{name} is left out: {decapitalised(report.refused)}")
            return
        fresh = [event for event in events if bytes.fromhex(event.id) not in self.met]
        if not fresh:
            self.made.problems.append(
                f"{name} is left out: it holds nothing that another file does not hold."
            )
            return
        if len(fresh) < len(events):
            both = len(events) - len(fresh)
            self.made.problems.append(f"{name}: {both} entries were in another file too and count once.")
        if report.skipped:
            lines = "line" if report.skipped == 1 else "lines"
            self.made.problems.append(f"{name}: {report.skipped} damaged {lines} left out; the rest is used.")
        self.met.update(bytes.fromhex(event.id) for event in fresh)
        self.made.files += 1
        self.sort_in(events, fresh, name)

    def take_room(self, content: bytes, name: str) -> None:
        """Count the votes of a closed room, each browser as a person."""
        print_of_file = sha256(content).digest()
        try:
            found = read_room(content)
            if print_of_file in self.met:
                raise ValueError("It holds nothing that another file does not hold.")
        except ValueError as error:
            self.made.problems.append(f"{name} is left out: {decapitalised(str(error))}")
            return
        self.met.add(print_of_file)
        self.made.files += 1
        for browser, votes in found.browsers.items():
            batch = [answer for vote in votes if (answer := self.vote_answer(vote)) is not None]
            self.batches[f"room {print_of_file.hex()} {browser}"] = [batch]
        if found.damaged:
            self.made.problems.append(f"{name}: {found.damaged} damaged entries left out; the rest is used.")
        self.made.problems.append(
            f"{name} holds the votes of a room, from {len(found.browsers)} browsers. Each is counted as a person of its own: "
            "whoever also handed in a record is counted twice."
        )

    def vote_answer(self, vote: RoomVote) -> Answer | None:
        asked = self.asked(vote.item)
        verdict = asked.verdicts.get(vote.option)
        if not asked.marked or verdict is None:
            return None
        if vote.version != asked.version:
            self.made.outdated += 1
            return None
        form = "first" if vote.round == 1 else "revote"
        return Answer("", vote.item, vote.option, vote.confidence, verdict, None, form)

    def content(self, path: Path, name: str) -> bytes | None:
        """The bytes of an ordinary file that is not too large; None, with a sentence, for any other."""
        try:
            if not path.is_file():
                raise OSError(0, "this is not an ordinary file")
            if path.stat().st_size > LARGEST:
                self.made.problems.append(
                    f"{name} is left out: it is larger than any record of this course (20 MB)."
                )
                return None
            return path.read_bytes()
        except OSError as error:
            self.made.problems.append(
                f"{name} is left out: it cannot be read ({error.strerror or 'unknown reason'})."
            )
            return None

    def sort_in(self, events: list[Event], fresh: list[Event], name: str) -> None:
        codes = list(dict.fromkeys(event.code for event in events))
        if len(codes) > MOST_CODES:
            self.made.problems.append(
                f"{name} holds {len(codes)} codes; each is counted as a person of its own."
            )
        else:
            for code in codes[1:]:
                self.group[self.root(code)] = self.root(codes[0])
        batches: dict[str, list[Answer]] = {}
        for event in fresh:
            answer = self.answer(event)
            batch = batches.setdefault(event.code, [])
            if answer is not None:
                batch.append(answer)
        for code, batch in batches.items():
            self.batches.setdefault(code, []).append(batch)

    def root(self, code: str) -> str:
        while self.group.get(code, code) != code:
            code = self.group[code]
        return code

    def answer(self, event: Event) -> Answer | None:
        """What is counted of an entry; None for anything but a marked answer to a question in its present version."""
        if event.kind not in KEPT or event.item is None:
            return None
        asked = self.asked(event.item)
        if not asked.marked:
            return None
        if event.version != asked.version:
            self.made.outdated += 1
            return None
        chosen, verdict = None, event.verdict or ""
        if asked.verdicts:
            chosen = chosen_key(event.response)
            # Recomputed, so that no file can say what it likes about its own answers.
            verdict = asked.verdicts.get(chosen, "")
        if verdict not in MARKED:
            return None
        return Answer(
            event.time, event.item, chosen, event.confidence, verdict, event.misconception, event.form
        )

    def asked(self, item: str) -> Asked:
        """What is known of a question; one that is unknown is remembered by name."""
        if item not in self.items:
            self.items[item] = known_item(item)
        if not self.items[item].version:
            self.made.unknown_items.add(item)
        return self.items[item]

    def finish(self) -> Collection:
        people: dict[str, list[list[Answer]]] = {}
        for code, batches in self.batches.items():
            people.setdefault(self.root(code), []).extend(batches)
        for batches in people.values():
            answers = [answer for batch in batches for answer in batch]
            if len(batches) > 1:
                answers.sort(key=lambda answer: answer.time)
            if answers:
                self.made.people.append(answers)
        return self.made


def known_item(name: str) -> Asked:
    try:
        item = bank.item(name)
    except ValueError:
        return Asked(0, False, {})
    marked = not item.prediction and item.kind != "text"
    verdicts = {}
    if item.kind == "single":
        verdicts = {option.key: "right" if option.correct else "wrong" for option in item.options}
        verdicts["idk"] = "dont_know"
    return Asked(item.version, marked, verdicts)


def chosen_key(response: Any) -> str:
    """The option that was chosen, as text; empty for anything of another shape."""
    if isinstance(response, list) and len(response) == 1:
        response = response[0]
    return response if isinstance(response, str) else ""


def decapitalised(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
