"""The votes of a closed room (`jdm-teach room --keep`), read so that they can be counted beside records."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

__all__ = ["RoomVote", "RoomVotes", "read_room", "written_by_a_room"]

KIND = "jdm_teach room"
SCHEMA = 1
MOST_BROWSERS = 5000
SURENESS = (1, 2, 3, None)


@dataclass(frozen=True)
class RoomVote:
    """One vote: round 1 is the first vote on a question, any later round a second one."""

    item: str
    version: int
    round: int
    option: str
    confidence: int | None


@dataclass
class RoomVotes:
    """Votes by browser, in the order of the rounds, and how many entries could not be used."""

    browsers: dict[int, list[RoomVote]] = field(default_factory=dict)
    damaged: int = 0


def written_by_a_room(content: bytes) -> bool:
    """Whether a file is one that a room wrote, by its first lines.

    >>> written_by_a_room(b'{"schema": 1, "kind": "jdm_teach room", "rounds": []}')
    True
    """
    return content[:200].lstrip().startswith(b"{") and f'"{KIND}"'.encode() in content[:200]


def read_room(content: bytes) -> RoomVotes:
    """The votes in a room's file. Raises ValueError, with a sentence, when the file as a whole cannot be used.

    Entries that no room would write are counted in `damaged` and left out; so is a browser's second vote in one round.
    """
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError("It looks like the votes of a room but is damaged.") from error
    if not isinstance(found, dict) or found.get("kind") != KIND or not isinstance(found.get("rounds"), list):
        raise ValueError("It looks like the votes of a room but is damaged.")
    if found.get("schema") != SCHEMA:
        raise ValueError("It comes from a newer version of this course. Update jdm-teach and try again.")
    made = RoomVotes()
    for one in found["rounds"]:
        take_round(made, one)
    if len(made.browsers) > MOST_BROWSERS:
        raise ValueError(f"It holds more than {MOST_BROWSERS} browsers, which no room lets in.")
    return made


def take_round(made: RoomVotes, one: Any) -> None:
    votes = one.get("votes") if isinstance(one, dict) else None
    if (
        not isinstance(votes, list)
        or not isinstance(one.get("item"), str)
        or not all(whole(one.get(name)) for name in ("item_version", "round"))
    ):
        made.damaged += 1
        return
    seen: set[int] = set()
    for vote in votes:
        if (
            not isinstance(vote, dict)
            or not whole(vote.get("browser"))
            or vote["browser"] in seen
            or not isinstance(vote.get("option"), str)
            or not is_sureness(vote.get("confidence"))
        ):
            made.damaged += 1
            continue
        seen.add(vote["browser"])
        kept = RoomVote(one["item"], one["item_version"], one["round"], vote["option"], vote["confidence"])
        made.browsers.setdefault(vote["browser"], []).append(kept)


def whole(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number < 1_000_000


def is_sureness(level: Any) -> bool:
    return level is None or (whole(level) and level in SURENESS)
