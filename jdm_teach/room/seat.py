"""A lesson's seat in a voting room: joined only by typing what is on the wall, left at any time.

While a learner sits in a room, each answer to a question with options is also sent there as a vote: the question, the
option and how sure, nothing else. Whatever the room says, the answer is kept in the record first.
"""

from __future__ import annotations

from typing import Any

import traitlets

from ..exercises.forms import CSS, Form, module_source
from ..exercises.record import Record, current_record
from .ballot import Ballot

__all__ = ["Seat", "join_room"]

JOINED = "You sit in the room. From now on your answers on this page are also sent there as votes, without your name."
LEFT = "You left the room. Nothing is sent any more."


class Seat(Form):
    """The panel that joins and leaves a room for the record of this page."""

    _esm = module_source("seat.js")
    _css = CSS
    said = traitlets.Unicode().tag(sync=True)

    def __init__(self, record: Record | None = None) -> None:
        self.record = record if record is not None else current_record()
        super().__init__(said=JOINED if self.record.ballot else "")

    def heard(self, content: dict[str, Any]) -> None:
        if content.get("type") == "join":
            self.said = self.join(str(content.get("address", "")), str(content.get("code", "")))
        elif content.get("type") == "leave":
            self.record.ballot = None
            self.said = LEFT

    def join(self, address: str, code: str) -> str:
        """Take a seat; returns a sentence in any case, and leaves an earlier seat alone when it fails."""
        try:
            ballot = Ballot(address, code)
        except ValueError as refused:
            return str(refused)
        self.record.ballot = ballot.send
        return JOINED

    def apologise(self) -> None:
        self.said = "That did not work, and nothing was sent. Check the address and the code on the wall."

    def still_html(self) -> str:
        return ""

    def __repr__(self) -> str:
        return "A seat in a voting room"


def join_room() -> Seat:
    """The panel with which a learner joins a voting room; nothing is sent before."""
    return Seat()
