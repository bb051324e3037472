"""What only the facilitator may do: unlock the desk, turn the sheet, open and close votes, close the room."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from .channel import EventStream, message
from .codes import digest, form_token, same
from .desk import close_page, desk_page, unlock_page
from .guard import asker, encrypted, fields_of
from .limits import Limits
from .pages import page
from .room import Room
from .vote import Refusal

__all__ = ["Lead"]

LOCKED = "This needs the facilitator's link. Open it again from where the room was started."


class Lead:
    """The desk behind the secret."""

    def __init__(self, room: Room, limits: Limits, *, keep: bool) -> None:
        self.room, self.limits, self.keep = room, limits, keep
        self.cookie = f"jdm_lead_{room.code}"
        self._pushed: tuple[tuple[int, ...], bytes] = ((), b"")

    def secret(self, request: Request) -> str:
        """The secret in the cookie; empty when it opens nothing."""
        found = request.cookies.get(self.cookie, "")
        return found if self.room.leads(found) else ""

    def token(self, secret: str) -> str:
        return form_token(self.room.signing, f"lead {digest(secret)}")

    async def desk(self, request: Request) -> Response:
        secret = self.secret(request)
        if not secret:
            return HTMLResponse(unlock_page())
        return HTMLResponse(self.page(secret))

    def page(self, secret: str, sentence: str = "") -> str:
        return desk_page(self.room.scene, self.token(secret), self.room.pages.listeners.total(), sentence)

    async def unlock(self, request: Request) -> Response:
        """The secret arrives in a form and becomes a cookie that no script can read."""
        if not self.limits.strays.take(asker(request.scope)):
            return HTMLResponse(unlock_page("Too many tries. Wait a minute."), 429)
        secret = (await fields_of(request, "secret"))["secret"]
        if not self.room.leads(secret):
            return HTMLResponse(unlock_page("This is not the secret of this room."), 403)
        reply = RedirectResponse("/lead", 303)
        reply.set_cookie(self.cookie, secret, path="/lead", httponly=True, samesite="strict",
                         secure=encrypted(request, self.room))  # fmt: skip
        return reply

    async def act(self, request: Request) -> Response:
        """One step. A step that cannot be taken comes back as the page with a sentence."""
        secret = self.secret(request)
        if not secret:
            raise Refusal(LOCKED, 403)
        sent = await fields_of(request, "token", "version", "action", "item", "by")
        if not same(sent["token"], self.token(secret)):
            raise Refusal("This page is out of date. Load it again.", 403)
        if sent["action"] == "ask_close":
            return HTMLResponse(close_page(self.room.scene, sent["token"], self.keep))
        try:
            await self.step(sent)
        except Refusal as no:
            return HTMLResponse(self.page(secret, str(no)), no.status)
        if sent["action"] == "close_room":
            return HTMLResponse(
                page("Closed", "<main><h1>The room is closed</h1><p>You can close this tab.</p></main>")
            )
        return RedirectResponse("/lead", 303)

    async def step(self, sent: dict[str, str]) -> None:
        if not sent["version"].isdecimal() or len(sent["version"]) > 9:
            raise Refusal("This is not a form of the room.", 422)
        seen, action = int(sent["version"]), sent["action"]
        if action == "turn" and sent["by"] in {"1", "-1"}:
            await self.room.turn(seen, int(sent["by"]))
        elif action == "open":
            await self.room.begin(seen, sent["item"])
        elif action in {"close", "reopen", "discuss", "reveal"}:
            await self.room.move(seen, action)
        elif action == "close_room":
            self.room.end()
        else:
            raise Refusal("There is no such step.", 422)

    async def events(self, request: Request) -> ASGIApp:
        if not self.secret(request):
            raise Refusal(LOCKED, 403)
        return EventStream(self.room.desk, "lead", self.pushed)

    def pushed(self) -> bytes:
        """Version and counts; a tab that shows another version loads its page again."""
        scene = self.room.scene
        made_from = (scene.state.version, scene.received, self.room.pages.listeners.total())
        if self._pushed[0] != made_from:
            state = {"key": str(made_from[0]), "received": made_from[1], "listening": made_from[2]}
            self._pushed = (made_from, message(state))
        return self._pushed[1]
