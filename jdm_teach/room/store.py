"""Where votes are kept: SQLite in WAL mode by default, PostgreSQL by address.

A vote is a round, a random browser code, an option and how sure; there is no name, no address and no time.
Every method is one transaction and returns after the commit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ForeignKey,
    UniqueConstraint,
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
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from .codes import new_join_code, new_secret
from .vote import Choice, Refusal, Round

__all__ = ["RoomState", "Store", "sqlite_address"]

CLOSED = "This vote is closed; the vote you sent was not counted. An earlier one still is."


class Base(DeclarativeBase):
    """The tables of a room."""


class RoomRow(Base):
    __tablename__ = "rooms"
    code: Mapped[str] = mapped_column(primary_key=True)
    sheet: Mapped[str]
    signing: Mapped[str]
    block: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    round_id: Mapped[int | None]


class DoorRow(Base):
    __tablename__ = "doors"
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)


class RoundRow(Base):
    __tablename__ = "rounds"
    __table_args__ = (UniqueConstraint("room", "item", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"))
    item: Mapped[str]
    number: Mapped[int]
    state: Mapped[str]


class VoteRow(Base):
    __tablename__ = "votes"
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True)
    browser: Mapped[str] = mapped_column(primary_key=True)
    option: Mapped[str]
    confidence: Mapped[int | None]


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
        """Keep a vote, in place of an earlier one of the same browser; returns whether it is its first.

        Raises Refusal when the round is not open (any more).
        """
        with self.engine.begin() as db:
            # The lock makes a vote and the close of its round wait for each other.
            state = db.scalar(
                select(RoundRow.state)
                .where(RoundRow.id == round_id, RoundRow.room == code)
                .with_for_update(read=True)
            )
            if state != "open":
                raise Refusal(CLOSED)
            mine = (VoteRow.round_id == round_id, VoteRow.browser == browser)
            new = db.scalar(select(VoteRow.browser).where(*mine)) is None
            values = {"option": choice.option, "confidence": choice.confidence}
            upsert: Any = (sqlite if self.engine.dialect.name == "sqlite" else postgresql).insert(VoteRow)
            db.execute(
                upsert.values(round_id=round_id, browser=browser, **values).on_conflict_do_update(
                    index_elements=["round_id", "browser"], set_=values
                )
            )
        return new

    def vote(self, round_id: int, browser: str) -> Choice | None:
        """What this browser has voted in a round."""
        mine = select(VoteRow.option, VoteRow.confidence)
        with self.engine.connect() as db:
            row = db.execute(mine.where(VoteRow.round_id == round_id, VoteRow.browser == browser)).first()
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
