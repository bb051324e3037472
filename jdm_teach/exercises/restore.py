"""Taking entries back from a file that someone hands in: what fits, what is refused, and why."""

from __future__ import annotations

from dataclasses import dataclass

from .event import Event
from .sheet import Sheet, in_order

__all__ = ["LARGEST", "RestoreReport", "read_upload"]

LARGEST = 20_000_000


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What a restore did: entries added, entries that were here already, lines skipped, and the reason of a refusal."""

    added: int = 0
    already: int = 0
    skipped: int = 0
    refused: str = ""
    problems: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the record holds more than before."""
        return self.added > 0

    def sentence(self) -> str:
        """What happened, in words for the learner."""
        if self.refused:
            return f"{self.refused} Nothing was changed."
        if self.added:
            parts = [f"{self.added} {'entry' if self.added == 1 else 'entries'} restored."]
            if self.already:
                parts.append(f"{self.already} were here already.")
        else:
            parts = ["Everything in this file is in your record already. Nothing was changed."]
        if self.skipped:
            parts.append(
                f"{self.skipped} line{'' if self.skipped == 1 else 's'} could not be read and left out."
            )
        return " ".join(parts)

    def __str__(self) -> str:
        return self.sentence()


def read_upload(content: str | bytes) -> tuple[list[Event], RestoreReport]:
    """The entries in a file someone hands in, and a report; no entries and a reason when the file is refused.

    A file is refused as a whole when it is too large, when it holds anything from a newer version, or when
    nothing in it comes from this course. Single damaged lines are skipped and counted. Never raises for any
    str or bytes.
    """
    if not isinstance(content, (str, bytes)):
        return [], RestoreReport(refused="This is not a file that can be read.")
    if len(content) > LARGEST:
        return [], RestoreReport(refused="This file is larger than any record of this course (20 MB).")
    data = content.encode("utf-8", errors="surrogatepass") if isinstance(content, str) else content
    if len(data) > LARGEST:
        return [], RestoreReport(refused="This file is larger than any record of this course (20 MB).")
    if not data.strip():
        return [], RestoreReport(refused="This file is empty.")
    sheet = Sheet("the file")
    sheet.feed(data + b"\n")
    if sheet.newer:
        return [], RestoreReport(
            refused="This record was written by a newer version of jdm_teach. Update jdm_teach and restore it again."
        )
    if not sheet.events:
        return [], RestoreReport(refused="This file is not a record of this course.")
    return in_order(sheet.events), RestoreReport(
        skipped=sheet.broken + sheet.foreign, problems=tuple(sheet.notes)
    )
