"""Telling open pages that something changed: server-sent events from one signal, one message for all listeners."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Scope, Send

from .limits import MOST_LISTENERS, MOST_TABS
from .vote import Refusal

__all__ = ["Channel", "EventStream", "message"]

PATIENCE = 15.0
FAREWELL = '<h2 tabindex="-1">The room is closed</h2><p>Thank you for voting. You can close this page.</p>'


class Channel:
    """A signal that many wait for. Nothing is queued: who wakes up reads the present state."""

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self._next = asyncio.Event()
        self._on_change = on_change
        self.over = False
        self.listeners: Counter[str] = Counter()

    def tell(self) -> None:
        """Wake everybody who listens."""
        self._next.set()
        self._next = asyncio.Event()

    def end(self) -> None:
        """Let everybody go."""
        self.over = True
        self.tell()

    @property
    def signal(self) -> asyncio.Event:
        """What to wait for; take it before reading the state, so that no change is missed."""
        return self._next

    def enter(self, who: str) -> None:
        """Count a listener in. Raises Refusal when there are too many."""
        if self.listeners[who] >= MOST_TABS or self.listeners.total() >= MOST_LISTENERS:
            raise Refusal("Too many pages are open on this room. Close one and load this page again.", 429)
        self.listeners[who] += 1
        self._on_change()

    def leave(self, who: str) -> None:
        """Count a listener out."""
        self.listeners[who] -= 1
        if self.listeners[who] <= 0:
            del self.listeners[who]
        self._on_change()


def message(state: dict[str, Any]) -> bytes:
    """One event as bytes; made once for all listeners."""
    return f"retry: 2000\nevent: state\ndata: {json.dumps(state)}\n\n".encode()


class EventStream:
    """The reply that stays open: sends the present state now and after every change, until one side leaves."""

    def __init__(self, channel: Channel, who: str, present: Callable[[], bytes]) -> None:
        channel.enter(who)
        self.channel, self.who, self.present = channel, who, present

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
        gone = asyncio.ensure_future(left(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            sent = b""
            while not self.channel.over and not gone.done():
                signal, state = self.channel.signal, self.present()
                body = state if state is not sent else b""
                sent = state
                if body:
                    await send({"type": "http.response.body", "body": body, "more_body": True})
                woken = asyncio.ensure_future(signal.wait())
                await asyncio.wait({woken, gone}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
                if not woken.done() and not gone.done():
                    # A phone that went away without a word is found out by writing to it.
                    await send({"type": "http.response.body", "body": b": still here\n\n", "more_body": True})
                woken.cancel()
            farewell = b"" if gone.done() else message({"key": "over", "html": FAREWELL})
            await send({"type": "http.response.body", "body": farewell, "more_body": False})
        finally:
            gone.cancel()
            self.channel.leave(self.who)


async def left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
