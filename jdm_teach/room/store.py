"""Where votes are kept: SQLite in WAL mode by default, PostgreSQL by address.

Every method is one transaction and returns after the commit.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import (
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from .codes import new_join_code, new_secret
from .tables import Base, DoorRow, RoomRow, RoundRow, VoteRow
from .vote import Choice, Refusal, Round

__all__ = ["Ballot", "RoomState", "Store", "sqlite_address"]

CLOSED = "This vote is closed; the vote you sent was not counted. An earlier one still is."


# Made once: building a statement costs more than running it.
ROUND_STATE = (
    select(RoundRow.state)
    .where(RoundRow.id == bindparam("round"), RoundRow.room == bindparam("room"))
    .with_for_update(read=True)
)
OWN_VOTE = select(VoteRow.option, VoteRow.confidence).where(
    VoteRow.round_id == bindparam("round"), VoteRow.browser == bindparam("browser")
)
Ballot = tuple[int, str, Choice]


def upsert(dialect: str) -> Any:
    """The statement that keeps a vote in place of an earlier one."""
    made: Any = (sqlite if dialect == "sqlite" else postgresql).insert(VoteRow)
    return made.on_conflict_do_update(
        index_elements=["round_id", "browser"],
        set_={"option": made.excluded.option, "confidence": made.excluded.confidence},
    )


@dataclass(frozen=True, slots=True)
class RoomState:
    """Where a room stands: block of the sheet, the round on now, and all rounds so far in order.

    The version grows with every step of the facilitator; two tabs that disagree are told apart by it.
    """

    code: str
    sheet: str
    signing: str
    block: int
    version: int
    round: Round | None
    rounds: tuple[Round, ...]


class Store:
    """The tables behind one address. Not for use from two threads at once."""

    def __init__(self, address: str) -> None:
        self.url = usable_address(address)
        if self.url.get_backend_name() == "sqlite":
            # Made here so that nobody else on this machine may read it; SQLite gives its other files the same rights.
            os.close(os.open(str(self.url.database), os.O_RDWR | os.O_CREAT, 0o600))
        self.engine = create_engine(self.url, pool_size=1, max_overflow=1, pool_pre_ping=True)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", careful)
            event.listen(self.engine, "begin", take_turns)
        Base.metadata.create_all(self.engine)
        self._upsert = upsert(self.engine.dialect.name)

    def open_room(self, sheet: str) -> str:
        """A new room for a run sheet; returns its join code."""
        with self.engine.begin() as db:
            taken = set(db.scalars(select(RoomRow.code)))
            code = next(code for code in iter(new_join_code, "") if code not in taken)
            db.execute(
                insert(RoomRow).values(code=code, sheet=sheet, signing=new_secret(), block=0, version=1)
            )
        return code

    def rooms(self) -> list[tuple[str, str]]:
        """Join code and sheet of every room that was not closed."""
        with self.engine.connect() as db:
            return [(row.code, row.sheet) for row in db.execute(select(RoomRow.code, RoomRow.sheet))]

    def add_door(self, code: str, digest: str) -> None:
        """Let the owner of the secret with this digest lead the room."""
        with self.engine.begin() as db:
            db.execute(insert(DoorRow).values(room=code, digest=digest))

    def doors(self, code: str) -> list[str]:
        """The digests of all secrets that lead this room."""
        with self.engine.connect() as db:
            return list(db.scalars(select(DoorRow.digest).where(DoorRow.room == code)))

    def state(self, code: str) -> RoomState:
        """Where the room stands. Raises Refusal when there is no room with this code."""
        rows = RoundRow.__table__
        with self.engine.connect() as db:
            room = db.execute(select(RoomRow.__table__).where(RoomRow.code == code)).first()
            found = db.execute(
                select(rows.c.id, rows.c.item, rows.c.number, rows.c.state)
                .where(rows.c.room == code)
                .order_by(rows.c.id)
            )
            rounds = tuple(Round(*row) for row in found)
        if room is None:
            raise Refusal("There is no room with this code.", 404)
        now = next((one for one in rounds if one.id == room.round_id), None)
        return RoomState(code, room.sheet, room.signing, room.block, room.version, now, rounds)

    def step(
        self, code: str, seen: int, *, block: int | None = None, begin: str = "", becomes: str = ""
    ) -> bool:
        """One step of the facilitator: another block, a new round on an item, or a new state of the round on now.

        Returns False, and changes nothing, when the room has moved on since the version that was seen.
        """
        with self.engine.begin() as db:
            claim = update(RoomRow).where(RoomRow.code == code, RoomRow.version == seen)
            if db.execute(claim.values(version=seen + 1)).rowcount != 1:
                return False
            if block is not None:
                db.execute(update(RoomRow).where(RoomRow.code == code).values(block=block))
            if begin:
                past = select(func.coalesce(func.max(RoundRow.number), 0))
                number = (
                    db.execute(past.where(RoundRow.room == code, RoundRow.item == begin)).scalar_one() + 1
                )
                new = insert(RoundRow).values(room=code, item=begin, number=number, state="open")
                round_id = db.execute(new.returning(RoundRow.id)).scalar_one()
                db.execute(update(RoomRow).where(RoomRow.code == code).values(round_id=round_id))
            if becomes:
                now = select(RoomRow.round_id).where(RoomRow.code == code).scalar_subquery()
                db.execute(update(RoundRow).where(RoundRow.id == now).values(state=becomes))
        return True

    def cast(self, code: str, round_id: int, browser: str, choice: Choice) -> bool:
        """Keep one vote; returns whether it is the browser's first in this round. Raises Refusal as `cast_all` tells."""
        (outcome,) = self.cast_all(code, [(round_id, browser, choice)])
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    def cast_all(self, code: str, ballots: Sequence[Ballot]) -> list[bool | Refusal]:
        """Keep votes in one commit, each in place of an earlier one of the same browser.

        Returns for each, in order, whether it is the browser's first, or a Refusal when its round is not open.
        """
        outcomes: list[bool | Refusal] = []
        with self.engine.begin() as db:
            states: dict[int, str | None] = {}
            for round_id, browser, choice in ballots:
                if round_id not in states:
                    # The lock makes a vote and the close of its round wait for each other.
                    states[round_id] = db.scalar(ROUND_STATE, {"round": round_id, "room": code})
                if states[round_id] != "open":
                    outcomes.append(Refusal(CLOSED))
                    continue
                found = {"round": round_id, "browser": browser}
                outcomes.append(db.execute(OWN_VOTE, found).first() is None)
                values = {"option": choice.option, "confidence": choice.confidence}
                db.execute(self._upsert, {"round_id": round_id, "browser": browser, **values})
        return outcomes

    def vote(self, round_id: int, browser: str) -> Choice | None:
        """What this browser has voted in a round."""
        with self.engine.connect() as db:
            row = db.execute(OWN_VOTE, {"round": round_id, "browser": browser}).first()
        return None if row is None else Choice(row.option, row.confidence)

    def counted(self, round_id: int) -> list[tuple[str, int | None, int]]:
        """Rows of option, confidence and number of votes of a round."""
        columns = (VoteRow.option, VoteRow.confidence)
        query = select(*columns, func.count()).where(VoteRow.round_id == round_id).group_by(*columns)
        with self.engine.connect() as db:
            return [(option, level, n) for option, level, n in db.execute(query)]

    def votes(self, round_id: int) -> list[tuple[str, Choice]]:
        """Every vote of a round with its browser code, in no order of time."""
        query = select(VoteRow.browser, VoteRow.option, VoteRow.confidence).where(
            VoteRow.round_id == round_id
        )
        with self.engine.connect() as db:
            return [(browser, Choice(o, c)) for browser, o, c in db.execute(query.order_by(VoteRow.browser))]

    def purge(self, code: str) -> None:
        """Remove a room and all its votes for good."""
        with self.engine.begin() as db:
            db.execute(delete(RoomRow).where(RoomRow.code == code))
        if self.engine.dialect.name == "sqlite":
            raw = self.engine.raw_connection()
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.close()

    def shut(self) -> None:
        self.engine.dispose()


def careful(connection: Any, _record: Any) -> None:
    """An acknowledged vote survives a crash of program and machine; what is deleted is overwritten."""
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=5000",
    ):
        connection.execute(f"PRAGMA {setting}")
    # Python's driver would begin a transaction at the first write only, too late for what was read before it.
    connection.isolation_level = None


def take_turns(connection: Connection) -> None:
    """A vote reads that its round is open and then writes; nobody may close the round between the two."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def usable_address(address: str) -> URL:
    """The address of a database that can keep a room. Raises ValueError with what to write instead."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise ValueError(
            "This is not the address of a database. Write sqlite:///file.sqlite3 or postgresql://user@host/name."
        ) from error
    name = url.drivername.split("+")[0]
    if name in {"postgres", "postgresql"}:
        if find_spec("psycopg") is None:
            raise ValueError('PostgreSQL needs one more package: `pip install "psycopg[binary]"`.')
        return url.set(drivername="postgresql+psycopg")
    if name != "sqlite":
        raise ValueError(f"A room is kept in SQLite or PostgreSQL; {name[:40]} is neither.")
    if not url.database or url.database == ":memory:":
        raise ValueError(
            "A room needs a file, or a confirmed vote could be lost. Write sqlite:///file.sqlite3."
        )
    if not Path(url.database).absolute().parent.is_dir():
        raise ValueError(f"The folder for the database file {url.database} does not exist.")
    return url


def sqlite_address(file: Path) -> str:
    """The address of a SQLite file.

    >>> sqlite_address(Path("room.sqlite3"))
    'sqlite:///room.sqlite3'
    """
    return URL.create("sqlite", database=str(file)).render_as_string()
