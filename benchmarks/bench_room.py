"""A full room on one machine: 300 people vote within five seconds, then 1,000, with pages open and the gate on.

The server is the real command in a process of its own; the voters are bounded clients in this one.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.room_server import Served, command, hidden_field

SECONDS = 5.0
SEED = 20240601
OPTIONS = ("A", "B", "C", "D", "idk")
AT_THE_DOOR = 50
Place = tuple[str, int]
GOAL_MS, GOAL_MB = 200, 150


@dataclass
class Crowd:
    """What happened to one crowd."""

    size: int
    sent: Counter = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    lost: int = 0


async def exchange(place: Place, request: bytes) -> tuple[int, bytes]:
    """One request on a connection of its own; a general client would cost more than the server that is measured."""
    reader, writer = await asyncio.open_connection(*place)
    try:
        writer.write(request)
        reply = await reader.read()
    finally:
        writer.close()
    head, _, body = reply.partition(b"\r\n\r\n")
    return (int(head.split(b" ", 2)[1]) if head else 0), head + b"\r\n\r\n" + body


class Voter:
    """One phone: a page, an open stream of events, and a vote."""

    def __init__(self, served: Served) -> None:
        host, _, port = served.url.removeprefix("http://").partition(":")
        self.place, self.path, self.host = (host, int(port)), f"/v/{served.code}", f"{host}:{port}"
        self.heard = asyncio.Event()
        self.cookie = self.token = ""

    def request(self, line: str, *headers: str, body: str = "") -> bytes:
        lines = [f"{line} HTTP/1.1", f"host: {self.host}", *headers]
        lines += [f"cookie: {self.cookie}"] if self.cookie else []
        return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()

    async def look(self) -> str:
        _, page = await exchange(self.place, self.request(f"GET {self.path}", "connection: close"))
        return page.decode()

    async def join(self) -> None:
        page = await self.look()
        while "set-cookie: " not in page:
            # The gate lets newcomers from one address in at a steady pace; a phone would load the page again.
            await asyncio.sleep(1)
            page = await self.look()
        self.cookie = page.split("set-cookie: ")[1].split(";")[0]
        self.token = page.split('data-token="')[1].split('"')[0]

    async def follow(self, ready: asyncio.Event) -> None:
        """Keeps the page's stream open, as a phone on the table does."""
        reader, writer = await asyncio.open_connection(*self.place)
        try:
            writer.write(self.request(f"GET {self.path}/events", "accept: text/event-stream"))
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    ready.set()
                    if b":open" in line[:40]:
                        self.heard.set()
        finally:
            writer.close()

    async def vote(self, crowd: Crowd, round_id: str, option: str, after: float) -> None:
        await asyncio.sleep(after)
        sure = "" if option == "idk" else "2"
        body = urlencode({"round": round_id, "token": self.token, "option": option, "confidence": sure})
        headers = ("accept: application/json", "content-type: application/x-www-form-urlencoded",
                   f"content-length: {len(body)}", "connection: close")  # fmt: skip
        start = time.perf_counter()
        try:
            status, _ = await exchange(
                self.place, self.request(f"POST {self.path}/vote", *headers, body=body)
            )
        except OSError:
            status = 0
        crowd.waits.append(1000 * (time.perf_counter() - start))
        if status == 200:
            crowd.sent[option] += 1
        else:
            crowd.lost += 1


async def full_room(served: Served, pid: int, size: int, seconds: float = SECONDS) -> dict:
    """Everybody joins and listens; a vote opens; everybody votes within these seconds; it closes."""
    rng, crowd = random.Random(SEED), Crowd(size)
    lead = served.lead().unlock()
    voters = [Voter(served) for _ in range(size)]
    gate = asyncio.Semaphore(AT_THE_DOOR)

    async def arrive(voter: Voter) -> asyncio.Task:
        async with gate:
            await voter.join()
            ready = asyncio.Event()
            stream = asyncio.create_task(voter.follow(ready))
            await asyncio.wait_for(ready.wait(), 60)
        return stream

    streams = await asyncio.gather(*(arrive(voter) for voter in voters))
    opened = time.perf_counter()
    await asyncio.to_thread(lead.act, "open", item="ST01")
    await asyncio.wait_for(asyncio.gather(*(voter.heard.wait() for voter in voters)), 60)
    told = 1000 * (time.perf_counter() - opened)
    round_id = hidden_field(await voters[0].look(), "round")
    plans = [(rng.choices(OPTIONS, (4, 3, 2, 1, 1))[0], rng.uniform(0, seconds)) for _ in voters]
    used = processor_seconds(pid)
    await asyncio.gather(*(v.vote(crowd, round_id, *plan) for v, plan in zip(voters, plans, strict=True)))
    used = processor_seconds(pid) - used
    memory = resident_mb(pid)
    await asyncio.to_thread(lead.act, "close")
    result = await asyncio.to_thread(lead.act, "reveal")
    for stream in streams:
        stream.cancel()
    counted = {name: shown_count(result.text, name) for name in OPTIONS}
    return {
        "p50": statistics.median(crowd.waits),
        "p95": statistics.quantiles(crowd.waits, n=20)[-1],
        "lost": crowd.lost,
        "equal": counted == {name: crowd.sent[name] for name in OPTIONS} and sum(counted.values()) == size,
        "memory": memory,
        "told": told,
        "processor": 1000 * used / size,
    }


def shown_count(html: str, option: str) -> int:
    label = "I do not know" if option == "idk" else option
    row = html.split(f'<th scope="row">{label}')[1]
    return int(row.split('class="n">')[1].split("<")[0])


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far: what the server itself costs, however busy the machine is."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def once(size: int, seconds: float = SECONDS) -> dict:
    """One crowd in a fresh room."""
    with tempfile.TemporaryDirectory() as folder:
        running = command(Path(folder), "--port", "0")
        try:
            return asyncio.run(full_room(running.served, running.process.pid, size, seconds))
        finally:
            running.process.kill()
            running.process.wait()


def row(job: str, value: object, unit: str, goal: object, note: str) -> dict:
    return {
        "job": job,
        "ours": value,
        "unit": unit,
        "goal": goal,
        "peer": None,
        "peer_value": None,
        "ratio": None,
        "note": note,
    }


def measure() -> list[dict]:
    rows = []
    for size, seconds, goal in (
        (300, SECONDS, True),
        (1000, SECONDS, False),
        (1000, 2.0, False),
        (1000, 1.0, False),
    ):
        found = once(size, seconds)
        job = f"room, {size:,} voters in {seconds:g} s"
        right = "histogram equals the votes sent" if found["equal"] else "HISTOGRAM DIFFERS"
        rows.append(row(f"{job}: confirmation, p95", found["p95"], "ms", GOAL_MS if goal else None,
                        f"median {found['p50']:.0f} ms; {found['lost']} lost; {right}"))  # fmt: skip
        if seconds == SECONDS:
            rows.append(
                row(
                    f"{job}: memory of the server",
                    found["memory"],
                    "MB",
                    GOAL_MB if goal else None,
                    "every page with an open event stream",
                )
            )
            rows.append(
                row(
                    f"{job}: until every phone shows the question",
                    found["told"],
                    "ms",
                    None,
                    "one machine plays server and all phones",
                )
            )
    return rows
