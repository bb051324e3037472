"""A door for the journal club's room in a hub: lets in whoever is logged in, and gives the room its address there.

Started by JupyterHub as the service `room` (see one_machine/jdm_room.py) or in a pod of its own (kubernetes/room.yaml).
It starts `jdm-teach room` on this machine only and passes requests on. The room is told nothing about who asks: no name
leaves this file. When the room is closed the door ends too, and the hub opens a fresh one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LINK = re.compile(r'((?:href|src|action|data-events)=\\?["\'])/(?!/)')
COOKIE_PATH = re.compile(r"(?i)(;\s*path=)/")
# What a room's page needs; the hub's own cookies and tokens stay outside.
PASSED_IN = ("Accept", "Content-Type", "Last-Event-ID", "Sec-Fetch-Site")
PASSED_OUT = (
    "Content-Type", "Cache-Control", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options",
    "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Resource-Policy", "Retry-After",
)  # fmt: skip
LARGEST_FORM = 4096


def at_home(text: str, prefix: str, room: str, public: str) -> str:
    """A line of the room's page with its links moved below the hub's address.

    >>> at_home('<a href="/lead">', "/services/room", "http://127.0.0.1:8060", "https://hub.org/services/room")
    '<a href="/services/room/lead">'
    """
    return LINK.sub(rf"\1{prefix}/", text).replace(room, public)


def cookie_at_home(cookie: str, prefix: str, *, secure: bool) -> str:
    """A cookie of the room, sent back to the room only.

    >>> cookie_at_home("jdm_voter_A=1; Path=/v/A; HttpOnly", "/services/room", secure=True)
    'jdm_voter_A=1; Path=/services/room/v/A; HttpOnly; Secure'
    """
    moved = COOKIE_PATH.sub(rf"\1{prefix}/", cookie)
    return moved + ("; Secure" if secure and "secure" not in moved.lower() else "")


def room_cookies(cookies: Mapping[str, Any]) -> str:
    """Those cookies that are the room's own, as one header."""
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items() if name.startswith("jdm_"))


def handlers(prefix: str, room: str) -> list[tuple[str, type]]:
    """The pages of the door: the hub's way back after a login, and everything else passed on."""
    from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
    from tornado import httpclient, web

    class Door(HubOAuthenticated, web.RequestHandler):
        def check_xsrf_cookie(self) -> None:
            """The room's forms carry a token of their own."""

        @property
        def public(self) -> str:
            return f"{self.request.protocol}://{self.request.host}{prefix}"

        @web.authenticated
        async def get(self, path: str) -> None:
            if path.startswith("qr/") and path.endswith(".svg"):
                from jdm_teach.room.qr import qr_svg

                self.set_header("Content-Type", "image/svg+xml")
                self.finish(qr_svg(f"{self.public}/v/{path[3:-4]}"))
                return
            await self.pass_on(path)

        @web.authenticated
        async def post(self, path: str) -> None:
            origin = self.request.headers.get("Origin", "null")
            if origin != "null" and urlsplit(origin).netloc != self.request.host:
                raise web.HTTPError(403)
            await self.pass_on(path)

        async def pass_on(self, path: str) -> None:
            query = f"?{self.request.query}" if self.request.query else ""
            headers = {name: self.request.headers[name] for name in PASSED_IN if name in self.request.headers}
            headers |= {"Host": urlsplit(room).netloc, "Cookie": room_cookies(self.request.cookies)}
            rest = b""

            def line_by_line(chunk: bytes) -> None:
                # A link is never cut in two: whole lines only.
                nonlocal rest
                whole, cut, rest = (rest + chunk).rpartition(b"\n")
                if cut:
                    self.write(at_home((whole + cut).decode(), prefix, room, self.public))
                    self.flush()

            begun = False

            def head(line: str) -> None:
                nonlocal begun
                if line.startswith("HTTP/"):
                    self.set_status(int(line.split()[1]))
                elif not line.strip():
                    begun = True
                elif not begun:
                    self.take(*line.strip().split(":", 1))

            try:
                await httpclient.AsyncHTTPClient().fetch(
                    f"{room}/{path}{query}", raise_error=False, method=self.request.method, headers=headers,
                    body=self.request.body if self.request.method == "POST" else None, follow_redirects=False,
                    request_timeout=0 if path.endswith("/events") else 30, header_callback=head,
                    streaming_callback=line_by_line, decompress_response=False,
                )  # fmt: skip
            except OSError as error:
                raise web.HTTPError(503, "The room is being opened. Load the page again.") from error
            self.finish(at_home(rest.decode(), prefix, room, self.public))

        def take(self, name: str, value: str) -> None:
            """Keep one header of the room's reply, moved to the hub's address where it names one."""
            name, value = name.title(), value.strip()
            if name == "Location":
                self.set_header(name, prefix + value if value.startswith("/") else value)
            elif name == "Set-Cookie":
                secure = self.request.protocol == "https"
                self.add_header(name, cookie_at_home(value, prefix, secure=secure))
            elif name in {one.title() for one in PASSED_OUT}:
                self.set_header(name, value)

        def write_error(self, status_code: int, **_: Any) -> None:
            said = "The room is not open at the moment. Load the page again in a minute."
            self.finish(
                f"<!DOCTYPE html><html lang='en'><title>The room</title><main><h1>Not done</h1><p>{said}</p></main>"
            )

    return [
        (rf"{re.escape(prefix)}/oauth_callback", HubOAuthCallbackHandler),
        (rf"{re.escape(prefix)}/(.*)", Door),
    ]


async def follow(room: asyncio.subprocess.Process, address: str, public: str) -> None:
    """Put what the room announces into the log, and the facilitator's link into a private file.

    Both with the address that people type, instead of the one that only this door knows.
    """
    assert room.stdout is not None
    async for line in room.stdout:
        said = line.decode(errors="replace").rstrip().replace(address, public)
        if "--lan" in said:
            said = "Whoever is logged in to the hub can reach the room."
        if "/lead#" in said:
            file = Path("jdm_lead_link.txt")
            file.unlink(missing_ok=True)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
                kept.write(f"{said.strip()}\n")
            said = f"  Facilitator: the link is in {file.absolute()}"
        print(said, flush=True)


async def serve(options: argparse.Namespace) -> int:
    from tornado import httpserver, web

    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/services/room/").rstrip("/")
    listen = urlsplit(os.environ.get("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1:8059"))
    # Always the same port inside, so that a room that was not closed is found again with its votes.
    inner = (listen.port or 8059) + 1
    address = f"http://127.0.0.1:{inner}"
    command = [sys.executable, "-m", "jdm_teach.cli", "room", "--sheet", options.sheet, "--port", str(inner)]
    settings = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERHUB_")}
    room = await asyncio.create_subprocess_exec(
        *command, *(["--keep"] if options.keep else []), stdout=asyncio.subprocess.PIPE, env=settings
    )
    app = web.Application(handlers(prefix, address), cookie_secret=os.urandom(32))  # type: ignore[arg-type]
    server = httpserver.HTTPServer(app, xheaders=True, max_body_size=LARGEST_FORM)
    server.listen(listen.port or 8059, listen.hostname or "127.0.0.1")
    try:
        await follow(room, address, options.address.rstrip("/") or prefix)
        return await room.wait()
    finally:
        if room.returncode is None:
            room.terminate()
            await room.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description="The journal club's room behind a hub's login.")
    parser.add_argument("--sheet", default="60", help="the run sheet: 45, 60, 90, or a file")
    parser.add_argument(
        "--address",
        default=os.environ.get("JDM_ROOM_ADDRESS", ""),
        help="the room's address as people type it, such as https://hub.example.org/services/room",
    )
    parser.add_argument(
        "--keep", action="store_true", help="write the votes to a file when the room is closed"
    )
    return asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
