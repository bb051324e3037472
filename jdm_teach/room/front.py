"""The room's address for people when it stands behind a proxy: what is written on the wall, and what the proxy hides.

A proxy may lead to the room below a folder of its own (`https://hub.example.org/services/room`); then links, cookies
and redirections of the room are moved there, whether or not the proxy takes the folder off before it asks.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Front", "public_address"]

LONGEST = 200
HOST = re.compile(r"[0-9a-z]([0-9a-z.-]*[0-9a-z])?")
FOLDER = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
LINK = re.compile(rb'((?:href|src|action|data-events)=\\?["\'])/(?!/)')
COOKIE_PATH = re.compile(rb"(?i)(;\s*path=)/")
MOVED = ("text/html", "text/event-stream")


def public_address(typed: str) -> str:
    """An address that people can type, without anything after it. Raises ValueError for what is none.

    >>> public_address("https://Hub.example.org/services/room/")
    'https://hub.example.org/services/room'
    """
    wrong = (
        f"--address {typed[:60]!r} is not an address people could type. Write it whole, such as "
        "https://votes.example.org or https://hub.example.org/services/room."
    )
    try:
        parts = urlsplit(typed.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise ValueError(wrong) from error
    folder = parts.path.rstrip("/")
    fits = (
        len(typed) <= LONGEST
        and parts.scheme in {"http", "https"}
        and HOST.fullmatch(host)
        and FOLDER.fullmatch(folder)
        and not (parts.username or parts.password or parts.query or parts.fragment)
    )
    if not fits:
        raise ValueError(wrong)
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "") + folder


class Front:
    """Stands before the room's gate and makes what a proxy passes on look as if it had been asked for directly."""

    def __init__(self, app: ASGIApp, address: str) -> None:
        self.app = app
        self.folder = urlsplit(address).path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "client": self.asker(scope), **self.inner_path(scope)}
        head: Message = {}
        begun = False

        async def moved(message: Message) -> None:
            # The head waits for the first of the body, whose length the moved links change.
            nonlocal head, begun
            if message["type"] == "http.response.start":
                head = {**message, "headers": [self.moved_header(*header) for header in message["headers"]]}
                return
            kind = Headers(raw=head["headers"]).get("content-type", "")
            if kind.startswith(MOVED):
                message = {**message, "body": self.moved_links(message.get("body", b""))}
            if not begun:
                if "content-length" in Headers(raw=head["headers"]):
                    MutableHeaders(scope=head)["content-length"] = str(len(message.get("body", b"")))
                await send(head)
                begun = True
            await send(message)

        await self.app(scope, receive, moved if self.folder else send)

    def inner_path(self, scope: Scope) -> dict[str, object]:
        """The path as the room knows it: without the folder, if the proxy left it on."""
        path: str = scope["path"]
        if not self.folder or not (path == self.folder or path.startswith(f"{self.folder}/")):
            return {}
        inner = path[len(self.folder) :] or "/"
        return {"path": inner, "raw_path": inner.encode()}

    def asker(self, scope: Scope) -> tuple[str, int] | None:
        """Who asks. A proxy on this machine names its visitor last; anybody else's word is not taken."""
        client = scope.get("client")
        named = Headers(scope=scope).get("x-forwarded-for", "").rpartition(",")[2].strip()
        try:
            if client and ipaddress.ip_address(client[0]).is_loopback and ipaddress.ip_address(named):
                return named, client[1]
        except ValueError:
            pass
        return client

    def moved_links(self, body: bytes) -> bytes:
        folder = self.folder.encode()
        return LINK.sub(lambda found: found[1] + folder + b"/", body)

    def moved_header(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name.lower() == b"location" and value.startswith(b"/"):
            return name, self.folder.encode() + value
        if name.lower() == b"set-cookie":
            return name, COOKIE_PATH.sub(rb"\1" + self.folder.encode() + b"/", value)
        return name, value
