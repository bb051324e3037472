"""Reading the lines of a record: whole entries in their order, and a sentence for every line that is not one."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from .event import BrokenLineError, Event, ForeignLineError, NewerLineError, read_event

__all__ = ["Sheet", "in_order"]

MOST_PROBLEMS = 20


@dataclass
class Sheet:
    """Entries read so far, line by line. Fed with bytes as they arrive; a line without its end waits for it."""

    name: str
    events: list[Event] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    lines: int = 0
    broken: int = 0
    newer: int = 0
    foreign: int = 0
    notes: list[str] = field(default_factory=list)
    rest: bytes = b""

    def feed(self, data: bytes) -> None:
        """Takes in more of the file."""
        *whole, self.rest = (self.rest + data).split(b"\n")
        for line in whole:
            self.lines += 1
            self._take(line)

    def last(self) -> tuple[Event | None, str]:
        """What stands after the last line break: an entry, or a sentence on why it is none (or neither)."""
        if not self.rest.strip():
            return None, ""
        try:
            return read_event(_text(self.rest)), ""
        except ValueError:
            return None, (
                f"The last line of {self.name} was cut off while it was being written, as happens when a page "
                "closes at that moment. It is skipped; everything before it is fine."
            )

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            event = read_event(_text(line))
        except NewerLineError:
            self.newer += 1
            self._note("was written by a newer version of jdm_teach; update jdm_teach to see it")
        except ForeignLineError:
            self.foreign += 1
            self._note("is not an entry of this course")
        except BrokenLineError as error:
            self.broken += 1
            self._note(f"could not be read ({error})")
        else:
            if event.id not in self.known:
                self.known.add(event.id)
                self.events.append(event)

    def _note(self, what: str) -> None:
        if len(self.notes) < MOST_PROBLEMS:
            self.notes.append(f"Line {self.lines} of {self.name} {what}. It is left as it is and skipped.")
        elif len(self.notes) == MOST_PROBLEMS:
            self.notes.append(f"Further lines of {self.name} could not be read either; they are skipped too.")


def in_order(events: Iterable[Event]) -> list[Event]:
    """Entries in the order in which they happened.

    Entries written here keep the order of the file, whatever the clock said: it may have been set back. Entries
    brought in by a restore keep their own order too, and are placed among the others by their time.
    """
    runs: dict[str | None, list[Event]] = {}
    for event in events:
        runs.setdefault(event.restored, []).append(event)
    if len(runs) == 1:
        return next(iter(runs.values()))
    return list(heapq.merge(*runs.values(), key=lambda event: event.time))


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenLineError("not text") from error
