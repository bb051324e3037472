"""The addresses of a room and what happens at each: joining, voting, the wall, the facilitator's desk.

Raises nothing towards a browser: whatever is not done is answered with a sentence.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from .channel import EventStream, message
from .codes import browser_of, form_token, new_browser, read_join_code, same
from .front import Front
from .guard import Gate, asker, encrypted, fields_of, refused, wants_data
from .lead import Lead
from .limits import Limits
from .pages import join_page, phone_page, phone_stage
from .qr import qr_svg
from .room import Room
from .vote import Choice, Refusal, checked_choice
from .wall import wall_page, wall_stage

__all__ = ["service"]

STATIC = Path(__file__).parent / "static"
KINDS = {"room.css": "text/css", "room.js": "text/javascript", "icon.svg": "image/svg+xml"}
A_DAY = 43_200
NO_ROOM = "There is no room with this code. Look at the wall and type it again."
STALE = "This page is out of date. Load it again, then vote."

Handler = Callable[[Request], Awaitable[Response]]


def service(
    room: Room, limits: Limits | None = None, *, keep: bool = False, proxied: bool = False
) -> ASGIApp:
    """The room as an ASGI app, behind its gate; with `proxied`, at the address that a proxy gives it."""
    limits = limits or Limits()
    hall, lead = Hall(room, limits), Lead(room, limits, keep=keep)
    get = ["GET"]
    routes = [
        Route("/", hall.front, methods=get),
        Route("/join", hall.join, methods=["POST"]),
        Route("/v/{code}", hall.phone, methods=get),
        Route("/v/{code}/vote", hall.vote, methods=["POST"]),
        Route("/v/{code}/ticket", hall.ticket, methods=get),
        Route("/v/{code}/events", hall.phone_events, methods=get),
        Route("/wall/{code}", hall.wall, methods=get),
        Route("/wall/{code}/events", hall.wall_events, methods=get),
        Route("/qr/{code}.svg", hall.qr, methods=get),
        Route("/lead", lead.desk, methods=get),
        Route("/lead/unlock", lead.unlock, methods=["POST"]),
        Route("/lead/act", lead.act, methods=["POST"]),
        Route("/lead/events", lead.events, methods=get),
        Route("/static/{name}", static, methods=get),
    ]
    app = Starlette(
        routes=routes, exception_handlers={Refusal: plainly, 404: nowhere, 405: nowhere, 500: broken}
    )
    return Front(Gate(app, limits, room.address), room.address) if proxied else Gate(app, limits)


async def plainly(request: Request, no: Exception) -> Response:
    assert isinstance(no, Refusal)
    return refused(request, no)


async def nowhere(request: Request, _error: Exception) -> Response:
    return refused(request, Refusal("There is nothing at this address.", 404))


async def broken(request: Request, _error: Exception) -> Response:
    return refused(
        request, Refusal("Something went wrong in the room. Votes that were confirmed are kept.", 500)
    )


@cache
def static_file(name: str) -> bytes:
    return (STATIC / name).read_bytes()


async def static(request: Request) -> Response:
    """Style, script and icon: three files, from memory."""
    name = request.path_params["name"]
    if name not in KINDS:
        return await nowhere(request, ValueError(name))
    return Response(
        static_file(name), media_type=KINDS[name], headers={"cache-control": "public, max-age=3600"}
    )


class Hall:
    """Everything that is open to whoever has the code on the wall."""

    def __init__(self, room: Room, limits: Limits) -> None:
        self.room, self.limits = room, limits
        self.cookie = f"jdm_voter_{room.code}"
        self._pushed: dict[str, tuple[tuple[object, ...], bytes]] = {}

    async def front(self, _request: Request) -> Response:
        return HTMLResponse(join_page())

    async def join(self, request: Request) -> Response:
        """The code was typed: on to the voting page, or back with a sentence."""
        typed = (await fields_of(request, "code"))["code"]
        try:
            self.admit(request, read_join_code(typed))
        except Refusal as no:
            return HTMLResponse(join_page(str(no)), no.status)
        return RedirectResponse(f"/v/{self.room.code}", 303)

    def admit(self, request: Request, code: str) -> str:
        """The browser code of whoever asks, empty for a newcomer. Raises Refusal for a wrong code."""
        browser = browser_of(self.room.signing, request.cookies.get(self.cookie, ""))
        if not same(code, self.room.code):
            self.limits.strays.take(asker(request.scope))
            raise Refusal(NO_ROOM, 404)
        # Whoever guesses codes is shut out for a while even when the guess is right; who is in already stays in.
        if not browser and not self.limits.strays.peek(asker(request.scope)):
            raise Refusal("Too many wrong codes came from this address. Wait a minute, then try again.", 429)
        return browser

    def enter(self, request: Request) -> tuple[str, str]:
        """The browser code, and the cookie to set when it is new."""
        browser = self.admit(request, request.path_params["code"])
        if browser:
            return browser, ""
        if not self.limits.newcomers.take(asker(request.scope)):
            raise Refusal(
                "Many phones are joining from this address. Wait a few seconds, then load the page again.",
                429,
            )
        cookie = new_browser(self.room.signing)
        return browser_of(self.room.signing, cookie), cookie

    def welcome(self, reply: Response, request: Request, cookie: str) -> Response:
        if cookie:
            reply.set_cookie(self.cookie, cookie, max_age=A_DAY, path=f"/v/{self.room.code}", httponly=True, samesite="lax",
                             secure=encrypted(request, self.room))  # fmt: skip
        return reply

    async def phone(self, request: Request) -> Response:
        """The voting page, with what this browser has voted."""
        if read_join_code(request.path_params["code"]) == self.room.code != request.path_params["code"]:
            return RedirectResponse(f"/v/{self.room.code}", 303)
        browser, cookie = self.enter(request)
        mine = None if cookie else await self.room.vote(browser)
        token = form_token(self.room.signing, browser)
        said = (
            f"Your vote is in: {mine.sentence}." if mine and request.query_params.get("sent") == "1" else ""
        )
        return self.welcome(HTMLResponse(phone_page(self.room.scene, token, mine, said)), request, cookie)

    async def ticket(self, request: Request) -> Response:
        """What a lesson needs before it may send a vote: the round, the question, and a token."""
        browser, cookie = self.enter(request)
        now = self.room.scene.state.round
        body = {
            "round": now.id if now else None,
            "item": now.item if now else None,
            "open": now is not None and now.state == "open",
            "token": form_token(self.room.signing, browser),
        }
        return self.welcome(JSONResponse(body), request, cookie)

    async def vote(self, request: Request) -> Response:
        """Keep a vote. The reply leaves only after the commit."""
        browser = self.admit(request, request.path_params["code"])
        sent = await fields_of(request, "round", "token", "option", "confidence")
        if not browser or not same(sent["token"], form_token(self.room.signing, browser)):
            raise Refusal(STALE, 403)
        if not self.limits.votes.take(browser):
            raise Refusal("That was very fast. Wait a few seconds, then send your vote again.", 429)
        choice = await self.checked(request, browser, sent)
        if isinstance(choice, Response):
            return choice
        await self.room.cast(int(sent["round"]), browser, choice)
        if wants_data(request):
            said = f"Your vote is in: {choice.sentence}."
            mine = {
                "round": int(sent["round"]),
                "option": choice.option,
                "confidence": choice.confidence,
                "words": choice.sentence,
            }
            return JSONResponse({"kept": True, "sentence": said, "mine": mine})
        return RedirectResponse(f"/v/{self.room.code}?sent=1", 303)

    async def checked(self, request: Request, browser: str, sent: dict[str, str]) -> Choice | Response:
        """The choice in a form, or the page again with what is missing and what was chosen."""
        scene = self.room.scene
        now, item = scene.state.round, scene.item
        if now is None or item is None or sent["round"] != str(now.id) or now.state != "open":
            raise Refusal("This vote is closed; the vote you sent was not counted. An earlier one still is.")
        try:
            return checked_choice(item, sent["option"], sent["confidence"])
        except Refusal as no:
            if wants_data(request):
                raise
            level = int(sent["confidence"]) if sent["confidence"] in {"1", "2", "3"} else None
            mine = await self.room.vote(browser)
            draft = Choice(sent["option"], level)
            return HTMLResponse(phone_page(scene, sent["token"], mine, str(no), draft), no.status)

    async def phone_events(self, request: Request) -> ASGIApp:
        browser = self.admit(request, request.path_params["code"])
        if not browser:
            raise Refusal(STALE, 403)
        return EventStream(self.room.pages, browser, lambda: self.pushed("phone"))

    async def wall(self, request: Request) -> Response:
        self.admit(request, request.path_params["code"])
        return HTMLResponse(wall_page(self.room.scene))

    async def wall_events(self, request: Request) -> ASGIApp:
        self.admit(request, request.path_params["code"])
        return EventStream(self.room.desk, f"wall {asker(request.scope)}", lambda: self.pushed("wall"))

    async def qr(self, request: Request) -> Response:
        self.admit(request, request.path_params["code"])
        return Response(qr_svg(f"{self.room.address}/v/{self.room.code}"), media_type="image/svg+xml")

    def pushed(self, kind: str) -> bytes:
        """The present state for all phones, or for the wall; drawn once for all who listen."""
        scene = self.room.scene
        made_from = (scene.key,) if kind == "phone" else (scene.key, scene.received)
        if self._pushed.get(kind, ((), b""))[0] != made_from:
            inner = phone_stage(scene) if kind == "phone" else wall_stage(scene)
            state = {"key": scene.key, "html": inner} | (
                {} if kind == "phone" else {"received": scene.received}
            )
            self._pushed[kind] = (made_from, message(state))
        return self._pushed[kind][1]
