"""The gate in front of every page: who is asked for, from where, how much and how often; and the headers of every reply."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .limits import BODY_SECONDS, LONGEST_BODY, LONGEST_PATH, Limits
from .pages import refusal_page
from .room import Room
from .vote import Refusal

__all__ = ["Gate", "encrypted", "fields_of", "refused", "wants_data"]

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
FORM = "application/x-www-form-urlencoded"
FOREIGN = "This was sent from another page than the room's own, so it was refused."


class Gate:
    """Lets a request through to the app, or answers it with a plain refusal."""

    def __init__(self, app: ASGIApp, limits: Limits, address: str = "") -> None:
        self.app, self.limits = app, limits
        public = urlsplit(address)
        self.names = {"localhost", *own_names()} | ({public.hostname} if public.hostname else set())
        self.public = public.netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            self.check(scope)
            if scope["method"] not in {"GET", "HEAD"}:
                receive = replayed(await whole_body(receive))
        except Refusal as no:
            await refused(Request(scope), no)(scope, receive, sealed)
            return
        await self.app(scope, receive, sealed)

    def check(self, scope: Scope) -> None:
        """Raises Refusal for a request that no page of this room would send."""
        headers = Headers(scope=scope)
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > LONGEST_PATH:
            raise Refusal("This address is too long.", 414)
        # A name of somebody else's that points here is how a foreign page would get in (DNS rebinding).
        if not self.own_host(headers.get("host", "")):
            raise Refusal("This room does not answer to that name. Use the address on the wall.", 421)
        if not self.limits.requests.take(asker(scope)):
            raise Refusal("Too many requests from this address. Wait a few seconds.", 429)
        if scope["method"] in {"GET", "HEAD"}:
            return
        if scope["method"] != "POST":
            raise Refusal("This room knows reading and sending a form, nothing else.", 405)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise Refusal("This is not a form of the room.", 415)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            raise Refusal("This is far longer than a vote.", 413)
        # Browsers hide the sender of a form as "null" under our referrer policy; then the token alone decides.
        origin, site = headers.get("origin", "null"), headers.get("sec-fetch-site", "same-origin")
        own = {headers.get("host"), self.public}
        if (origin != "null" and origin.partition("://")[2] not in own) or site not in {
            "same-origin",
            "none",
        }:
            raise Refusal(FOREIGN, 403)

    def own_host(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self.names
        return True


def own_names() -> set[str]:
    name = socket.gethostname().lower()
    return {name, name.partition(".")[0], f"{name.partition('.')[0]}.local"}


def asker(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


async def whole_body(receive: Receive) -> bytes:
    """The body of a small form. Raises Refusal when it is longer or slower than one."""

    async def read() -> bytes:
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refusal("The form did not arrive whole.", 400)
            body += message.get("body", b"")
            if len(body) > LONGEST_BODY:
                raise Refusal("This is far longer than a vote.", 413)
            if not message.get("more_body"):
                return body

    try:
        return await asyncio.wait_for(read(), BODY_SECONDS)
    except TimeoutError as error:
        raise Refusal("The form took too long to arrive.", 408) from error


def replayed(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def fields_of(request: Request, *names: str) -> dict[str, str]:
    """The fields of a form: these names, each once at most, nothing else. Raises Refusal otherwise."""
    try:
        pairs = parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True, strict_parsing=True,
                          errors="strict", max_num_fields=len(names))  # fmt: skip
    except ValueError as error:
        raise Refusal("This is not a form of the room.", 422) from error
    found = dict(pairs)
    if len(found) != len(pairs) or not found.keys() <= set(names):
        raise Refusal("This is not a form of the room.", 422)
    return {name: found.get(name, "") for name in names}


def encrypted(request: Request, room: Room) -> bool:
    """Whether the browser came over an encrypted connection, here or at the proxy."""
    return request.url.scheme == "https" or room.address.startswith("https://")


def wants_data(request: Request) -> bool:
    """Whether the reply goes to a script and not to a person."""
    return request.headers.get("accept", "") == "application/json"


def refused(request: Request, no: Refusal, **extra: Any) -> Response:
    """The reply to something that was not done: one sentence."""
    headers = {"retry-after": "3"} if no.status in {429, 503} else {}
    if wants_data(request):
        body = json.loads(json.dumps({"kept": False, "sentence": str(no), **extra}))
        return JSONResponse(body, no.status, headers)
    return HTMLResponse(refusal_page(str(no)), no.status, headers)
