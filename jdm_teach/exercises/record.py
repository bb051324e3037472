"""The learner's record: every answer on a line of its own, on this machine only, never overwritten."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from .. import __version__
from .code_words import new_code
from .event import Event, now
from .item import Item
from .journal import append_lines, read_from
from .outcome import Outcome
from .restore import RestoreReport, read_upload
from .sheet import Sheet, in_order

__all__ = ["Event", "Record", "RestoreReport", "current_record"]

PLACE = "JDM_TEACH_RECORD"
NAME = "jdm_record.jsonl"
ANSWERS = frozenset({"answer", "prediction"})
TAIL = 64
UNSAVED = (
    "Your answers are kept in memory for now, because {name} could not be written ({why}). "
    "Nothing is lost as long as this page stays open: download your record before you close it."
)


class Record:
    """The record in one file, shared by every notebook in the folder.

    Parameters
    ----------
    path : the file; by default the one named in the environment variable JDM_TEACH_RECORD, else
        `jdm_record.jsonl` in the working folder.
    clock : gives the time of an entry as text; for tests.

    Nothing here raises for the state of the disk. When the file cannot be written, entries stay in memory,
    `on_disk` turns False, `problems` says so, and the next entry tries again for all of them.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, clock: Callable[[], str] = now) -> None:
        self.path: Path | None = Path(path or os.environ.get(PLACE) or NAME).expanduser().absolute()
        self.clock = clock
        # Set while the learner sits in a room: sends a vote (item, option, confidence) and returns the room's sentence.
        self.ballot: Callable[[str, str, int | None], str] | None = None
        self._own_code = new_code()
        self._waiting: list[Event] = []
        self._trouble = ""
        self._forget()

    @classmethod
    def in_memory(cls) -> Record:
        """A record without a file, for a rehearsal."""
        record = cls(NAME)
        record.path = None
        return record

    @property
    def on_disk(self) -> bool:
        """Whether every entry is in the file."""
        return self.path is not None and not self._waiting

    @property
    def code(self) -> str:
        """The random three-word code: that of the first entry, or a fresh one before there is any."""
        events = self.events()
        return events[0].code if events else self._own_code

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences on what could not be read or written; empty when all is well."""
        self._refresh()
        unsaved = UNSAVED.format(name=self._name, why=self._trouble) if self._waiting and self.path else ""
        found = (self._unreadable, *self._sheet.notes, self._sheet.last()[1], unsaved)
        return tuple(sentence for sentence in found if sentence)

    def events(self) -> list[Event]:
        """All entries in the order in which they happened."""
        self._refresh()
        last, _ = self._sheet.last()
        events = [*self._sheet.events, *([last] if last and last.id not in self._sheet.known else [])]
        known = {event.id for event in events}
        return in_order([*events, *(event for event in self._waiting if event.id not in known)])

    def attempts(self, item: str) -> list[Event]:
        """Every answer or prediction for an item, first to last."""
        return [event for event in self.events() if event.item == item and event.kind in ANSWERS]

    def first(self, item: str) -> Event | None:
        """The first answer to an item; it is the one that counts, and no retry replaces it."""
        return next(iter(self.attempts(item)), None)

    def latest(self, item: str) -> Event | None:
        """The latest answer to an item."""
        return next(reversed(self.attempts(item)), None)

    def answer(
        self, item: Item, response: Any, outcome: Outcome, *, confidence: int | None = None, form: str = ""
    ) -> Event:
        """Keeps a graded answer. Flushed to the disk before this returns."""
        return self.append(
            "prediction" if item.prediction else "answer",
            item=item.id,
            version=item.version,
            lesson=item.lesson,
            confidence=confidence,
            response=response,
            verdict=outcome.verdict,
            misconception=outcome.misconception,
            form=form or None,
        )

    def append(self, kind: str, *, item: str | None = None, response: Any = None, **fields: Any) -> Event:
        """Keeps one entry and returns it.

        `fields` may be version, lesson, confidence, verdict, misconception and form; id, time, code, attempt and
        package version are filled in. Raises ValueError when the response cannot be written as JSON.
        """
        try:
            kept = json.loads(json.dumps(response, allow_nan=False))
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError("A response must be text, a number, or a plain list or dict of them.") from error
        event = Event(
            id=os.urandom(16).hex(),
            time=self.clock(),
            code=self.code,
            kind=kind,
            item=item,
            attempt=len(self.attempts(item)) + 1 if item and kind in ANSWERS else None,
            response=kept,
            package=__version__,
            **fields,
        )
        self._keep([event])
        return event

    def export_text(self) -> str:
        """The whole record as text, entries in memory included, ready to be saved or restored elsewhere."""
        return "".join(event.line() + "\n" for event in self.events())

    def restore(self, content: str | bytes) -> RestoreReport:
        """Adds the entries of an exported record that are not here yet; never changes or removes any.

        Restoring twice changes nothing. A file that is foreign, too large or from a newer version is refused as
        a whole. The report says in a sentence what happened. Never raises for any str or bytes.
        """
        found, report = read_upload(content)
        if report.refused:
            return report
        known = {event.id for event in self.events()}
        batch = os.urandom(16).hex()
        fresh = [replace(event, restored=batch) for event in found if event.id not in known]
        if fresh:
            self._keep(fresh)
        return replace(report, added=len(fresh), already=len(found) - len(fresh))

    @property
    def _name(self) -> str:
        return self.path.name if self.path else "the record"

    def _keep(self, events: list[Event]) -> None:
        self._waiting.extend(events)
        if self.path is None:
            return
        text = "".join(event.line(keep_origin=True) + "\n" for event in self._waiting)
        try:
            append_lines(self.path, text)
        except OSError as error:
            self._trouble = error.strerror or "the disk refused it"
        else:
            self._waiting.clear()

    def _forget(self) -> None:
        self._sheet = Sheet(self._name)
        self._read = 0
        self._tail = b""
        self._stamp: tuple[int, int] | None = None
        self._unreadable = ""

    def _refresh(self) -> None:
        """Reads what was added since the last look; starts over when the file is another one or was rewritten."""
        if self.path is None:
            return
        start = self._read - len(self._tail)
        try:
            data, state = read_from(self.path, start)
        except OSError as error:
            self._unreadable = (
                f"{self._name} could not be read ({error.strerror}); the file itself is left as it is."
            )
            return
        self._unreadable = ""
        stamp = (state.st_ino, state.st_mtime_ns) if state else None
        grown = len(data) > len(self._tail)
        same = stamp == self._stamp or (grown and stamp is not None and stamp[0] == (self._stamp or stamp)[0])
        if self._read and not (same and data.startswith(self._tail)):
            self._forget()
            if state is None:
                return
            return self._refresh()
        self._stamp = stamp
        fresh = data[len(self._tail) :]
        if fresh:
            self._sheet.feed(fresh)
            self._read += len(fresh)
            self._tail = (self._tail + fresh)[-TAIL:]


def current_record() -> Record:
    """The record of this working folder; the same object as long as the place stays the same."""
    return _record_at(str(Path(os.environ.get(PLACE) or NAME).expanduser().absolute()))


@cache
def _record_at(path: str) -> Record:
    return Record(path)
