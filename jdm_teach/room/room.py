"""One open room: the run sheet, where the group is in it, and the votes, for everything that serves pages.

The database is asked from one thread of its own, so that votes and steps come one after the other and the event
loop never waits for a disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from ..exercises import bank
from ..exercises.item import Item
from ..session.runsheet import Block, RunSheet, Vote
from .channel import Channel
from .codes import digest, same
from .limits import MOST_VOTERS
from .store import Ballot, RoomState, Store
from .vote import Choice, Refusal, Round, Tally, moved

__all__ = ["Room", "Scene"]

T = TypeVar("T")
BREATH = 0.25
UNKEPT = "Your vote could not be kept just now. It was not counted; please send it again."
MOVED_ON = "Another tab has moved on meanwhile. This page now shows where the room is; nothing was changed."


@dataclass(frozen=True)
class Scene:
    """What any page of the room needs to know to draw itself."""

    sheet: RunSheet
    state: RoomState
    address: str
    received: int = 0
    tallies: tuple[tuple[Round, Tally], ...] = ()
    for_phones: bool = True

    @property
    def key(self) -> str:
        """Changes when what phones and wall show changes, and only then."""
        now = self.state.round
        return f"{now.id}:{now.state}" if now else "none"

    @property
    def block(self) -> Block:
        return self.sheet.blocks[min(self.state.block, len(self.sheet.blocks) - 1)]

    @property
    def item(self) -> Item | None:
        return bank.item(self.state.round.item) if self.state.round else None

    @property
    def vote(self) -> Vote | None:
        """The vote of the sheet that the round on now belongs to: in this block if it is there, else anywhere."""
        if self.state.round is None:
            return None
        everywhere = [*self.block.votes, *(vote for _, vote in self.sheet.votes())]
        return next((vote for vote in everywhere if vote.item == self.state.round.item), None)


class Room:
    """A room that is open. Make it inside a running event loop."""

    def __init__(self, store: Store, code: str, sheet: RunSheet, address: str, for_phones: bool) -> None:
        self.store, self.code, self.sheet, self.address, self.for_phones = (
            store,
            code,
            sheet,
            address,
            for_phones,
        )
        self.clerk = ThreadPoolExecutor(1, thread_name_prefix="room")
        self._counted: asyncio.TimerHandle | None = None
        self._waiting: list[tuple[Ballot, asyncio.Future[None]]] = []
        self._keeper: asyncio.Task[None] | None = None
        self.pages, self.desk = Channel(self._tell_desk), Channel()
        self.doors: list[str] = store.doors(code)
        self.scene = self._look()
        self.closing = asyncio.Event()

    @property
    def signing(self) -> str:
        return self.scene.state.signing

    def leads(self, secret: str) -> bool:
        """Whether this is a facilitator's secret."""
        found = digest(secret)
        return any([same(found, door) for door in self.doors])

    async def cast(self, round_id: int, browser: str, choice: Choice) -> None:
        """Keep a vote; returns when it is on the disk. Raises Refusal when it was not kept."""
        now = self.scene.state.round
        if now is not None and now.id == round_id and self.scene.received >= MOST_VOTERS:
            raise Refusal("This room is full.", 429)
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(((round_id, browser, choice), kept))
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())
        await kept

    async def _keep(self) -> None:
        """Write what waits, in one commit; votes that arrive meanwhile go into the next.

        So the disk, which is the slowest part, is asked no more often than it can answer.
        """
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                ballots = [ballot for ballot, _ in batch]
                outcomes: Sequence[bool | Refusal]
                try:
                    outcomes = await self._ask(partial(self.store.cast_all, self.code, ballots))
                except Refusal as no:
                    outcomes = [no] * len(batch)
                except RuntimeError:  # the room closed in this very moment
                    outcomes = [Refusal(UNKEPT, 503)] * len(batch)
                self._count([ballot[0] for ballot, new in zip(ballots, outcomes, strict=True) if new is True])
                for (_, kept), outcome in zip(batch, outcomes, strict=True):
                    if kept.done():
                        continue
                    if isinstance(outcome, Refusal):
                        kept.set_exception(outcome)
                    else:
                        kept.set_result(None)
        finally:
            self._keeper = None

    async def vote(self, browser: str) -> Choice | None:
        """What a browser has voted in the round on now."""
        now = self.scene.state.round
        return None if now is None else await self._ask(lambda: self.store.vote(now.id, browser))

    async def turn(self, seen: int, steps: int) -> None:
        """Go on or back in the run sheet."""
        block = min(max(self.scene.state.block + steps, 0), len(self.sheet.blocks) - 1)
        await self._step(seen, lambda: self.store.step(self.code, seen, block=block))

    async def begin(self, seen: int, item: str) -> None:
        """Open a vote on a question of the sheet; the first, or again."""
        self._fresh(seen)
        if item not in {vote.item for _, vote in self.sheet.votes()}:
            raise Refusal("This question is not on the run sheet.", 422)
        now = self.scene.state.round
        if now is not None and now.state == "open":
            raise Refusal(f"The vote on {now.item} is still open; close it first.")
        if any(one.item == item and one.state == "revealed" for one in self.scene.state.rounds):
            raise Refusal(f"The answers to {item} have been shown; a further vote would only repeat them.")
        await self._step(seen, lambda: self.store.step(self.code, seen, begin=item))

    async def move(self, seen: int, action: str) -> None:
        """Close, reopen, discuss or reveal the vote on now."""
        self._fresh(seen)
        now = self.scene.state.round
        if now is None:
            raise Refusal("There is no vote on now.")
        state = moved(now, action)
        await self._step(seen, lambda: self.store.step(self.code, seen, becomes=state))

    def end(self) -> None:
        """Let all pages go; from now on the room is closing."""
        self.closing.set()
        self.pages.end()
        self.desk.end()

    def shut(self) -> None:
        """Wait for what is being written, then leave the database."""
        self.clerk.shutdown(wait=True)
        self.store.shut()

    def _fresh(self, seen: int) -> None:
        if seen != self.scene.state.version:
            raise Refusal(MOVED_ON)

    async def _step(self, seen: int, step: Callable[[], bool]) -> None:
        done = await self._ask(step)
        self.scene = await self._ask(self._look)
        self.pages.tell()
        self.desk.tell()
        if not done:
            raise Refusal(MOVED_ON)

    async def _ask(self, question: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self.clerk, question)
        except SQLAlchemyError as error:
            raise Refusal(UNKEPT, 503) from error

    def _look(self) -> Scene:
        state = self.store.state(self.code)
        tallies = []
        if state.round is not None:
            item = bank.item(state.round.item)
            same_item = [one for one in state.rounds if one.item == item.id and one.id <= state.round.id]
            tallies = [(one, Tally.of(item, self.store.counted(one.id))) for one in same_item]
        received = tallies[-1][1].voters if tallies else 0
        return Scene(self.sheet, state, self.address, received, tuple(tallies), self.for_phones)

    def _count(self, rounds: list[int]) -> None:
        now = self.scene.state.round
        if now is not None and (new := rounds.count(now.id)):
            self.scene = replace(self.scene, received=self.scene.received + new)
            self._tell_desk()

    def _tell_desk(self) -> None:
        """Tell the facilitator's pages and the wall, a few times a second at most."""
        if self._counted is None:
            self._counted = asyncio.get_running_loop().call_later(BREATH, self._told)

    def _told(self) -> None:
        self._counted = None
        self.desk.tell()
