"""A room for tests and measurements: served in a thread or by the real command, with plain clients for its people."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn

from jdm_teach.room.codes import digest, new_secret
from jdm_teach.room.limits import Limits
from jdm_teach.room.room import Room
from jdm_teach.room.serve import listening
from jdm_teach.room.service import service
from jdm_teach.room.store import Store
from jdm_teach.session.runsheet import sheet

PATIENCE = 15


@dataclass
class Served:
    """Where a room is served, and what opens it."""

    url: str
    code: str
    secret: str
    room: Room | None = None

    def phone(self) -> Phone:
        return Phone(self, httpx.Client(base_url=self.url, trust_env=False, verify=False, timeout=PATIENCE))

    def lead(self) -> Lead:
        return Lead(self, httpx.Client(base_url=self.url, trust_env=False, verify=False, timeout=PATIENCE))


def hidden_field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found[1] if found else ""


@dataclass
class Phone:
    """One browser that votes without JavaScript."""

    served: Served
    web: httpx.Client
    last: httpx.Response | None = field(default=None)

    def look(self) -> str:
        self.last = self.web.get(f"/v/{self.served.code}")
        return self.last.text

    def form(self) -> dict[str, str]:
        html = self.look()
        return {"round": hidden_field(html, "round"), "token": hidden_field(html, "token")}

    def post(self, follow_redirects: bool = True, **fields: object) -> httpx.Response:
        sent = {name: str(value) for name, value in fields.items()}
        self.last = self.web.post(f"/v/{self.served.code}/vote", data=sent, follow_redirects=follow_redirects)
        return self.last

    def vote(self, option: str, confidence: int | str = 2) -> httpx.Response:
        return self.post(**self.form(), option=option, confidence=confidence)


@dataclass
class Lead:
    """One facilitator's tab."""

    served: Served
    web: httpx.Client

    def unlock(self) -> Lead:
        self.web.post("/lead/unlock", data={"secret": self.served.secret})
        return self

    def look(self) -> str:
        return self.web.get("/lead").text

    def act(self, action: str, html: str = "", **fields: object) -> httpx.Response:
        html = html or self.look()
        sent = {
            "token": hidden_field(html, "token"),
            "version": hidden_field(html, "version"),
            "action": action,
        }
        sent |= {name: str(value) for name, value in fields.items()}
        return self.web.post("/lead/act", data=sent, follow_redirects=True)


@contextlib.contextmanager
def served_room(
    database: str, name: str = "60", limits: Limits | None = None, *, phones: bool = True
) -> Iterator[Served]:
    """A new room on a free port of this machine, in a thread."""
    store = Store(database)
    run = sheet(name)
    code, secret = store.open_room(run.id), new_secret()
    store.add_door(code, digest(secret))
    door = listening("127.0.0.1", 0)
    served = Served(f"http://127.0.0.1:{door.getsockname()[1]}", code, secret)
    ready, stopping = threading.Event(), threading.Event()

    async def serve() -> None:
        served.room = Room(store, code, run, served.url, phones)
        config = uvicorn.Config(service(served.room, limits), lifespan="off", access_log=False, log_level="error",
                                timeout_graceful_shutdown=2, ws="none")  # fmt: skip
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[door]))
        ready.set()
        while not stopping.is_set() and not running.done():
            await asyncio.sleep(0.02)
        served.room.end()
        server.should_exit = True
        await running
        served.room.shut()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    ready.wait(PATIENCE)
    try:
        yield served
    finally:
        stopping.set()
        thread.join(PATIENCE)


@dataclass
class Command:
    """The real command, running in a folder."""

    served: Served
    process: subprocess.Popen[str]
    said: list[str]

    def kill(self) -> None:
        """What a flat battery does: no chance to tidy up."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self) -> str:
        """What Ctrl+C does; returns everything that was said."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        return "\n".join(self.said) + rest


def command(folder: Path, *options: str) -> Command:
    """Start `jdm-teach room` and wait until it answers."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    process = subprocess.Popen(
        [sys.executable, "-m", "jdm_teach.cli", "room", *options],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    said: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line.rstrip())
        if "Ctrl+C" in line:
            break
    text = "\n".join(said)
    found = re.search(r"Room (\w+) is", text), re.search(r"(http://127\.0\.0\.1:\d+)/lead#(\S+)", text)
    assert found[0] and found[1], text
    served = Served(found[1][1], found[0][1], found[1][2])
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(served.url, trust_env=False)
            break
        time.sleep(0.05)
    return Command(served, process, said)
