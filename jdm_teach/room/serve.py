"""Opening a room from the command line, and closing it: what is announced, kept and deleted."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from .. import __version__
from ..exercises import bank
from ..session.runsheet import RunSheet, sheet
from .codes import digest, new_secret, read_join_code
from .front import public_address
from .room import Room
from .service import service
from .store import Store, sqlite_address
from .vote import Refusal

__all__ = ["exported", "open_room"]

PORT = 8060


def announced(line: str) -> None:
    """Say a line in the terminal at once, also when the output goes to a file."""
    print(line, flush=True)


def open_room(
    name: str = "60",
    *,
    port: int = PORT,
    lan: bool = False,
    database: str = "",
    keep: bool = False,
    code: str = "",
    address: str = "",
    say: Callable[[str], None] = announced,
) -> int:
    """Serve a room until Ctrl+C or until the facilitator closes it; then delete its votes.

    With `keep`, the votes are first written to `jdm_room_CODE.json` in the present folder. A room that was not closed
    (a crash, a flat battery) is opened again by the same command in the same folder, with all its votes. `address` is
    what people type when a proxy leads to the room; it is printed, drawn as the QR code and accepted as the room's name.
    Raises ValueError or OSError with a sentence when it cannot be opened.
    """
    public = public_address(address) if address else ""
    run = sheet(name)
    if not run.votes():
        raise ValueError("This run sheet has no vote, so there is nothing to open a room for.")
    host = "0.0.0.0" if lan else "127.0.0.1"
    door = listening(host, port)
    port = door.getsockname()[1]
    file = Path(f"jdm_room_{port}.sqlite3").absolute()
    store = Store(database or sqlite_address(file))
    code, again = found_room(store, run, code, own_file=not database)
    secret = new_secret()
    store.add_door(code, digest(secret))
    here = f"http://127.0.0.1:{port}"
    reached = public or (f"http://{lan_address()}:{port}" if lan else here)
    kept_in = "" if database else str(file)
    for line in announcement(
        code, reached, here, secret, lan=lan, public=bool(public), again=again, kept_in=kept_in
    ):
        say(line)
    orderly = asyncio.run(
        serve(store, code, run, reached, door, lan=lan, proxied=bool(public), keep=keep, say=say)
    )
    if orderly and not database:
        for part in ("", "-wal", "-shm"):
            file.with_name(file.name + part).unlink(missing_ok=True)
    return 0


def listening(host: str, port: int) -> socket.socket:
    """A socket on this port. Taking it first makes sure that no other room uses the same file."""
    door = socket.socket()
    if sys.platform != "win32":
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(1024)
    except (OSError, OverflowError) as error:
        door.close()
        raise ValueError(
            f"Port {port} is not free ({error}). Another room may be open; choose one with --port."
        ) from error
    return door


def found_room(store: Store, run: RunSheet, code: str, *, own_file: bool) -> tuple[str, bool]:
    """The code of the room to serve, and whether it was open before."""
    unfinished = store.rooms()
    if code:
        wanted = read_join_code(code)
        if (wanted, run.id) not in unfinished:
            raise ValueError(
                f"There is no unclosed room {code[:20]} for the sheet {run.id} in this database."
            )
        return wanted, True
    left = [one for one, sheet_id in unfinished if sheet_id == run.id] if own_file else []
    return (left[-1], True) if left else (store.open_room(run.id), False)


def lan_address() -> str:
    """The address of this computer in its local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def announcement(
    code: str, address: str, here: str, secret: str, *, lan: bool, public: bool, again: bool, kept_in: str
) -> list[str]:
    """What the facilitator reads in the terminal; `here` is the room's address on this computer."""
    # In the local network the connection is not encrypted, so there the facilitator stays on this computer.
    desk = address if public else here
    lines = [
        f"Room {code} is {'open again, with the votes it had' if again else 'open'}.",
        f"  Phones:       {address}/v/{code}   (or {address} and the code {code})",
        f"  Wall:         {desk}/wall/{code}",
        f"  Facilitator:  {desk}/lead#{secret}",
        "Keep the facilitator's link to yourself.",
    ]
    if lan:
        lines.append(
            "--lan: everybody in this network can reach the room, and the connection is not encrypted. "
            "Use it in a network you trust, and lead from this computer."
        )
    elif not public:
        lines.append("Only this computer can reach the room. Add --lan to let phones in.")
    if public:
        lines.append(f"Your proxy must pass on what comes to {address} to {here}.")
    if kept_in:
        lines.append(f"Votes are kept in {kept_in} until the room is closed.")
    lines.append("Close the room with Ctrl+C, or on the facilitator's page.")
    return lines


class Server(uvicorn.Server):
    """A server that lets open pages go before it waits for them."""

    def __init__(self, config: uvicorn.Config, room: Room) -> None:
        super().__init__(config)
        self.room, self.loop = room, asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # The server's own way would raise the signal again at the end, before the votes are deleted.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self.loop.call_soon_threadsafe(self.room.end)


async def serve(
    store: Store,
    code: str,
    run: RunSheet,
    address: str,
    door: socket.socket,
    *,
    lan: bool,
    proxied: bool,
    keep: bool,
    say: Callable[[str], None],
) -> bool:
    """Serve until the end; returns whether the room was closed and its votes deleted."""
    room = Room(store, code, run, address, for_phones=lan or proxied)
    config = uvicorn.Config(
        service(room, keep=keep, proxied=proxied), lifespan="off", access_log=False, log_level="warning", server_header=False,
        proxy_headers=False, ws="none", h11_max_incomplete_event_size=16_384, limit_concurrency=4000, backlog=1024,
        timeout_keep_alive=20, timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = Server(config, room)

    async def watch() -> None:
        await room.closing.wait()
        # The last page still has to leave.
        await asyncio.sleep(0.3)
        server.should_exit = True

    watcher = asyncio.create_task(watch())
    await server.serve(sockets=[door])
    watcher.cancel()
    room.end()
    room.clerk.shutdown(wait=True)
    return close(store, code, keep=keep, say=say)


def close(store: Store, code: str, *, keep: bool, say: Callable[[str], None]) -> bool:
    """Write the votes to a file when asked to, then delete them. Nothing is deleted when writing fails."""
    try:
        if keep:
            target = Path(f"jdm_room_{code}.json").absolute()
            with target.open("x", encoding="utf-8") as file:
                json.dump(exported(store, code), file, indent=1, ensure_ascii=False)
            say(f"The votes are in {target}.")
        store.purge(code)
        say("The room is closed and its votes are deleted." + ("" if keep else " Nothing was kept."))
        return True
    except (OSError, Refusal) as error:
        say(f"The votes could not be written ({error}), so they are still in the database.")
        return False
    finally:
        store.shut()


def exported(store: Store, code: str) -> dict[str, Any]:
    """The votes of a room as data: round by round, browsers numbered anew so that no cookie can be matched."""
    state = store.state(code)
    numbers: dict[str, int] = {}
    rounds = []
    for one in state.rounds:
        votes = store.votes(one.id)
        # Codes are random, so their order says nothing about who came first.
        for browser, _ in votes:
            numbers.setdefault(browser, len(numbers) + 1)
        rounds.append(
            {
                "item": one.item,
                "item_version": bank.item(one.item).version,
                "round": one.number,
                "votes": [
                    {"browser": numbers[browser], "option": choice.option, "confidence": choice.confidence}
                    for browser, choice in votes
                ],
            }
        )
    return {
        "schema": 1,
        "kind": "jdm_teach room",
        "package": __version__,
        "sheet": state.sheet,
        "rounds": rounds,
    }
