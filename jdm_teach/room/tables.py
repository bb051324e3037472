"""The tables of a room. A vote is a round, a random browser code, an option and how sure; no name, address or time."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = ["Base", "DoorRow", "RoomRow", "RoundRow", "VoteRow"]


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
