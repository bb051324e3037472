"""One simulated student: starts a server on a hub, opens a notebook, runs it, answers two questions, moves one simulator.

Speaks to the kernel over the same websocket, in the same messages, as a browser would.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from .hub_place import Hub

PATIENCE = 150.0
# How far from its start the slider stands, in steps: three small moves and a jump that nobody can foresee.
MOVES = (1, 2, 3, 6)
# Between two steps: as long as it takes to read a line and press the next button, and no longer.
GLANCE = 0.5
Message = dict[str, Any]


@dataclass
class Times:
    """What one student waited for, in seconds, and what the student sent."""

    server: float = 0.0
    lesson: float = 0.0
    replies: list[float] = field(default_factory=list)
    first_run: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    trouble: str = ""


class Kernel:
    """The websocket to one kernel, and the widgets that it has made so far."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.session = uuid.uuid4().hex
        self.widgets: dict[str, dict[str, Any]] = {}

    async def send(self, kind: str, content: Message) -> str:
        name = uuid.uuid4().hex
        header = {"msg_id": name, "msg_type": kind, "username": "student", "session": self.session,
                  "date": datetime.now(UTC).isoformat(), "version": "5.3"}  # fmt: skip
        parts: Message = {
            "header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": [],
        }  # fmt: skip
        await self.socket.write_message(json.dumps(parts))
        return name

    async def hear(self) -> Message:
        raw = await self.socket.read_message()
        if raw is None:
            raise ConnectionError("the websocket was closed")
        if isinstance(raw, bytes):  # binary parts of a widget's state: the text comes first
            count = int.from_bytes(raw[:4], "big")
            marks = [int.from_bytes(raw[4 * i : 4 * i + 4], "big") for i in range(1, count + 1)]
            raw = raw[marks[0] : marks[1] if count > 1 else None].decode()
        message = json.loads(raw)
        content = message["content"]
        if message["msg_type"] == "comm_open":
            self.widgets[content["comm_id"]] = dict(content["data"].get("state", {}))
        elif message["msg_type"] == "comm_msg" and content["data"].get("method") == "update":
            self.widgets.setdefault(content["comm_id"], {}).update(content["data"]["state"])
        return message

    async def until(self, done: Callable[[Message], bool]) -> None:
        while not done(await self.hear()):
            pass

    async def idle(self, name: str) -> None:
        await self.until(
            lambda m: (
                m["msg_type"] == "status"
                and m["parent_header"].get("msg_id") == name
                and m["content"]["execution_state"] == "idle"
            )
        )

    async def execute(self, code: str) -> None:
        name = await self.send("execute_request", {"code": code, "silent": False, "store_history": True,
                                                   "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})  # fmt: skip
        ended = {"idle": False, "reply": False}

        def done(message: Message) -> bool:
            if message["parent_header"].get("msg_id") != name:
                return False
            if message["msg_type"] == "error":
                raise RuntimeError(f"{message['content']['ename']}: {message['content']['evalue'][:200]}")
            ended["reply"] |= message["msg_type"] == "execute_reply"
            ended["idle"] |= message["content"].get("execution_state") == "idle"
            return all(ended.values())

        await self.until(done)

    async def tell(self, widget: str, data: Message) -> str:
        return await self.send("comm_msg", {"comm_id": widget, "data": data})


class Student:
    """A student of one class, who visits our lesson and its plain twin on the same server, one after the other."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        self.times = Times()
        self.session = ""

    async def arrive(self) -> None:
        """Start a server. Never raises: what went wrong is kept."""
        begun = time.perf_counter()
        await self.bounded(self.open_server())
        if not self.times.trouble:
            self.times.server = time.perf_counter() - begun

    async def attend(self, notebook: dict[str, Any], path: str, late: float, *, ours: bool) -> None:
        """A whole visit, begun `late` seconds after the first student's; `ours` speaks to our forms. Never raises."""
        if self.times.trouble:
            return
        self.times = Times(self.times.server)
        await asyncio.sleep(late)
        await self.bounded(self.visit(notebook, path, ours=ours))

    async def leave(self) -> None:
        """Close the lesson and its kernel. Never raises."""
        if self.session:
            with contextlib.suppress(Exception):
                await self.ask("DELETE", f"user/{self.name}/api/sessions/{self.session}")
            self.session = ""

    async def bounded(self, act: Coroutine[Any, Any, None]) -> None:
        try:
            await asyncio.wait_for(act, PATIENCE)
        except Exception as error:
            self.times.trouble = f"{self.name}: {type(error).__name__} {error}"[:300]

    async def visit(self, notebook: dict[str, Any], path: str, *, ours: bool) -> None:
        begun = time.perf_counter()
        kernel = await self.open_lesson(path)
        try:
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code" and "".join(cell["source"]).strip():
                    await kernel.execute("".join(cell["source"]))
            self.times.lesson = time.perf_counter() - begun
            for step in (self.answer_ours, self.move_ours) if ours else (self.answer_plain, self.move_plain):
                await asyncio.sleep(GLANCE)
                await step(kernel)
        finally:
            kernel.socket.close()

    async def ask(self, method: str, path: str, body: Message | None = None) -> Any:
        request = HTTPRequest(
            f"{self.hub.url}/{path}", method, {"Authorization": f"token {self.hub.token}"},
            json.dumps(body or {}) if method == "POST" else None, request_timeout=PATIENCE, connect_timeout=60,
        )  # fmt: skip
        reply = await AsyncHTTPClient(max_clients=200).fetch(request)
        return json.loads(reply.body) if reply.body else None

    async def open_server(self) -> None:
        await self.ask("POST", f"hub/api/users/{self.name}")
        await self.click_start()
        while not (await self.ask("GET", f"hub/api/users/{self.name}"))["servers"].get("", {}).get("ready"):
            await asyncio.sleep(0.5)

    async def click_start(self) -> None:
        """Start, and click again when the hub says that too many are starting and when to come back."""
        while True:
            try:
                await self.ask("POST", f"hub/api/users/{self.name}/server")
            except HTTPClientError as refused:
                if refused.code != HTTPStatus.TOO_MANY_REQUESTS or refused.response is None:
                    raise
                await asyncio.sleep(float(refused.response.headers.get("Retry-After", "5")))
            else:
                return

    async def open_lesson(self, path: str) -> Kernel:
        """What Lab asks for when a notebook is opened: its content, a session with a kernel, the channels."""
        await self.ask("GET", f"user/{self.name}/api/contents/{path}")
        wish = {"path": path, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        session = await self.ask("POST", f"user/{self.name}/api/sessions", wish)
        self.session = session["id"]
        address = f"{self.hub.url.replace('http', 'ws', 1)}/user/{self.name}/api/kernels/{session['kernel']['id']}/channels"
        request = HTTPRequest(
            address, headers={"Authorization": f"token {self.hub.token}"}, connect_timeout=60
        )
        kernel = Kernel(await websocket_connect(request, max_message_size=200_000_000))
        await kernel.idle(await kernel.send("kernel_info_request", {}))
        return kernel

    async def answer_ours(self, kernel: Kernel) -> None:
        forms = [
            (widget, state["view"]) for widget, state in kernel.widgets.items()
            if state.get("view", {}).get("kind") == "single" and not state["view"]["prediction"]
        ]  # fmt: skip
        for number, (widget, view) in enumerate(forms[:2]):
            answer = {
                "type": "submit",
                "response": view["options"][0]["key"],
                "confidence": "2",
                "request": number,
            }
            begun = time.perf_counter()
            await kernel.tell(widget, {"method": "custom", "content": answer})
            while kernel.widgets[widget].get("reply", {}).get("request") != number:
                await kernel.hear()
            self.times.replies.append(time.perf_counter() - begun)
            self.times.sent.append(view["id"])
            await asyncio.sleep(GLANCE)

    async def move_ours(self, kernel: Kernel) -> None:
        widget, view = next(
            (widget, state["view"]) for widget, state in kernel.widgets.items() if "prediction" in state.get("view", {})
            and any(control["kind"] == "range" for control in state["view"].get("controls", []))
        )  # fmt: skip
        guess = {"type": "predict", "response": view["prediction"]["dont_know"]}
        await kernel.tell(widget, {"method": "custom", "content": guess})
        while not kernel.widgets[widget].get("predicted"):
            await kernel.hear()
        self.times.sent.append(view["prediction"]["id"])
        await asyncio.sleep(GLANCE)
        start = {control["name"]: control["start"] for control in view["controls"]}
        knob = next(control for control in view["controls"] if control["kind"] == "range")
        # As in the form: Run is pressed first, at the settings it opens with; only then do the controls answer.
        self.times.first_run.append(await self.run(kernel, widget, start))
        for steps in MOVES:
            await asyncio.sleep(GLANCE)
            far = steps * knob["step"]
            value = knob["start"] + (far if knob["start"] + far <= knob["high"] else -far)
            self.times.moves.append(await self.run(kernel, widget, {**start, knob["name"]: value}))

    async def run(self, kernel: Kernel, widget: str, values: dict[str, Any]) -> float:
        """Run our simulator with these settings; returns the seconds to its picture."""
        turn = kernel.widgets[widget].get("shown", {}).get("turn", 0)
        begun = time.perf_counter()
        await kernel.tell(widget, {"method": "custom", "content": {"type": "run", "values": values}})
        while kernel.widgets[widget].get("shown", {}).get("turn", 0) <= turn:
            await kernel.hear()
        taken = time.perf_counter() - begun
        if kernel.widgets[widget]["shown"].get("apology"):
            raise RuntimeError(kernel.widgets[widget]["shown"]["apology"])
        return taken

    async def answer_plain(self, kernel: Kernel) -> None:
        def named(model: str) -> list[str]:
            return [w for w, state in kernel.widgets.items() if state.get("_model_name") == model]

        lines = [w for w in named("HTMLModel") if kernel.widgets[w].get("value") == ""]
        for choice, button, line in zip(named("RadioButtonsModel")[:2], named("ButtonModel"), lines, strict=False):  # fmt: skip
            begun = time.perf_counter()
            await kernel.tell(choice, {"method": "update", "state": {"index": 0}, "buffer_paths": []})
            await kernel.tell(button, {"method": "custom", "content": {"event": "click"}})
            while not kernel.widgets[line].get("value"):
                await kernel.hear()
            self.times.replies.append(time.perf_counter() - begun)
            self.times.sent.append(f"Q{len(self.times.sent) + 1}")
            await asyncio.sleep(GLANCE)

    async def move_plain(self, kernel: Kernel) -> None:
        slider = next(
            w for w, state in kernel.widgets.items() if state.get("_model_name") == "IntSliderModel"
        )
        for steps in MOVES:
            begun = time.perf_counter()
            name = await kernel.tell(
                slider, {"method": "update", "state": {"value": 3 + steps}, "buffer_paths": []}
            )
            await kernel.idle(name)
            self.times.moves.append(time.perf_counter() - begun)
            await asyncio.sleep(GLANCE)
