"""A room behind a proxy: what people type is what is printed, drawn and accepted, and nothing else becomes possible."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from jdm_teach import cli
from jdm_teach.room.codes import digest, new_secret
from jdm_teach.room.front import public_address
from jdm_teach.room.limits import Allowance, Limits
from jdm_teach.room.qr import qr_svg
from jdm_teach.room.room import Room
from jdm_teach.room.service import service
from jdm_teach.room.store import Store, sqlite_address
from jdm_teach.session.runsheet import sheet
from tests.room_server import hidden_field

ROOT = Path(__file__).resolve().parents[2]
BELOW = "https://hub.example.org/services/room"
OWN = "https://votes.example.org"


def visited(folder, address, visit, *, proxied=True, limits=None):
    """Call `visit(room, secret, browser)` inside a room with this address; `browser(...)` makes a client."""

    async def run():
        store = Store(sqlite_address(folder / "room.sqlite3"))
        code, secret = store.open_room("60"), new_secret()
        store.add_door(code, digest(secret))
        room = Room(store, code, sheet("60"), address, True)
        app = service(room, limits, proxied=proxied)

        def browser(host="127.0.0.1:8060", client="127.0.0.1", **headers):
            sent = {"Host": host, **headers}
            return httpx.AsyncClient(
                transport=httpx.ASGITransport(app, client=(client, 1)), base_url="http://inside", headers=sent
            )

        try:
            return await visit(room, secret, browser)
        finally:
            room.shut()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("typed", "read"),
    [("https://Votes.Example.org/", OWN), (f" {BELOW}/ ", BELOW), ("http://10.0.0.5:8080", "http://10.0.0.5:8080")],
)  # fmt: skip
def test_an_address_is_read_as_people_copy_it(typed, read):
    assert public_address(typed) == read


@pytest.mark.parametrize(
    "typed",
    ["votes.example.org", "ftp://votes.example.org", "https://", "https://a b", "https://u:p@votes.example.org",
     "https://votes.example.org/?x=1", "https://votes.example.org/#x", "https://votes.example.org/a/../b",
     'https://votes.example.org/"onload=', "https://votes.example.org:port", "https://[", "https://x/" + "a" * 300, "javascript:x"],
)  # fmt: skip
def test_what_nobody_could_type_is_refused_in_a_sentence(typed, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["room", "--port", "0", "--address", typed]) == 2
    error = capsys.readouterr().err
    assert "is not an address people could type" in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("keeps_folder", [True, False])
def test_a_vote_below_a_folder_of_the_proxy_from_the_code_to_the_confirmation(tmp_path, keeps_folder):
    """Every link, form, redirection and cookie lies in the folder, whether the proxy takes it off or not."""
    folder = "/services/room"

    async def visit(room, secret, browser):
        def inside(path):
            assert path.startswith(folder + "/"), path
            return path if keeps_folder else path.removeprefix(folder)

        async with browser("hub.example.org") as web:
            front = await web.get(inside(f"{folder}/"))
            links = re.findall(r'(?:href|src|action|data-events)="([^"#]*)"', front.text)
            assert links and all(link.startswith(folder) for link in links)
            assert int(front.headers["content-length"]) == len(front.content)
            for link in links:
                if "static" in link:
                    assert (await web.get(inside(link))).status_code == 200
            joined = await web.post(inside(f"{folder}/join"), data={"code": room.code})
            assert joined.headers["location"] == f"{folder}/v/{room.code}"
            phone = await web.get(inside(joined.headers["location"]))
            cookie = phone.headers["set-cookie"]
            assert f"path={folder}/v/{room.code}".lower() in cookie.lower() and "Secure" in cookie
            await room.begin(1, "ST01")
            name, value = cookie.partition(";")[0].split("=", 1)
            mine = {"Cookie": f"{name}={value}"}
            page = (await web.get(inside(f"{folder}/v/{room.code}"), headers=mine)).text
            form = {key: hidden_field(page, key) for key in ("round", "token")}
            sent = await web.post(
                inside(f"{folder}/v/{room.code}/vote"),
                data={**form, "option": "A", "confidence": "2"},
                headers={**mine, "Origin": "https://hub.example.org"},
            )
            assert sent.headers["location"] == f"{folder}/v/{room.code}?sent=1"
            assert room.scene.received == 1 or (await room.vote(room.store.votes(1)[0][0])) is not None
            wall = (await web.get(inside(f"{folder}/wall/{room.code}"))).text
            assert f"Vote at <b>{BELOW}</b>" in wall
            drawn = await web.get(inside(f"{folder}/qr/{room.code}.svg"))
            assert drawn.content == qr_svg(f"{BELOW}/v/{room.code}")
            unlocked = await web.post(inside(f"{folder}/lead/unlock"), data={"secret": secret})
            assert unlocked.headers["location"] == f"{folder}/lead"
            assert f"Path={folder}/lead" in unlocked.headers["set-cookie"]

    visited(tmp_path, BELOW, visit)


def test_the_name_of_the_proxy_is_the_rooms_own_and_no_other_name_is(tmp_path):
    async def visit(room, _secret, browser):
        for host, status in (("votes.example.org", 200), ("127.0.0.1:8060", 200), ("evil.example", 421), ("", 421)):  # fmt: skip
            async with browser(host) as web:
                assert (await web.get("/")).status_code == status, host
        for origin, status in ((OWN, 303), ("null", 303), ("https://evil.example", 403)):
            async with browser("127.0.0.1:8060", Origin=origin) as web:
                assert (await web.post("/join", data={"code": room.code})).status_code == status, origin

    visited(tmp_path, OWN, visit)


def test_without_an_address_a_proxys_name_is_refused_as_before(tmp_path):
    async def visit(_room, _secret, browser):
        for host in ("votes.example.org", ""):
            async with browser(host) as web:
                assert (await web.get("/")).status_code == 421

    visited(tmp_path, "http://127.0.0.1:8060", visit, proxied=False)


def test_visitors_of_a_proxy_here_are_told_apart_and_others_cannot_pretend(tmp_path):
    async def tries(browser, client, named):
        async with browser(client=client, **{"X-Forwarded-For": named}) as web:
            return (await web.get("/")).status_code

    async def visit(_room, _secret, browser):
        assert await tries(browser, "127.0.0.1", "198.51.100.7") == 200
        assert await tries(browser, "127.0.0.1", "203.0.113.9, 198.51.100.7") == 429
        assert await tries(browser, "127.0.0.1", "198.51.100.8") == 200
        assert await tries(browser, "192.0.2.4", "198.51.100.9") == 200
        assert await tries(browser, "192.0.2.4", "198.51.100.10") == 429
        assert await tries(browser, "127.0.0.1", "not an address") == 200
        assert await tries(browser, "127.0.0.1", "nor this") == 429

    visited(tmp_path, OWN, visit, limits=Limits(requests=Allowance(1, 0)))


def test_what_is_pushed_to_open_pages_lies_in_the_folder_too(tmp_path):
    async def visit(room, _secret, _browser):
        app, got = service(room, proxied=True), []

        async def receive():
            await asyncio.sleep(0.2)
            return {"type": "http.disconnect"}

        async def send(message):
            got.append(message)

        path = f"/services/room/wall/{room.code}/events"
        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
                 "headers": [(b"host", b"hub.example.org")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 1),
                 "scheme": "http", "root_path": "", "http_version": "1.1"}  # fmt: skip
        await app(scope, receive, send)
        assert dict(got[0]["headers"])[b"x-accel-buffering"] == b"no"
        state = json.loads(got[1]["body"].decode().partition("data: ")[2])
        assert state["html"] and not re.search(r'(href|src|action)="/(?!services/room/)', state["html"])

    visited(tmp_path, BELOW, visit)


def await_answer(url):
    for _ in range(300):
        with contextlib.suppress(httpx.TransportError):
            httpx.get(url, trust_env=False)
            return
        time.sleep(0.05)


def test_the_command_prints_the_address_people_type(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "jdm_teach.cli", "room", "--port", "0", "--address", f"{BELOW}/"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl+C" in line:
                break
        code = re.search(r"Room (\w+) is open", said)[1]
        assert f"Phones:       {BELOW}/v/{code} " in said and f"Wall:         {BELOW}/wall/{code}" in said
        assert re.search(rf"Facilitator:  {BELOW}/lead#\S{{20,}}", said)
        (inner,) = re.findall(rf"must pass on what comes to {BELOW} to (http://127\.0\.0\.1:\d+)\.", said)
        assert "Add --lan" not in said
        await_answer(inner)
        process.send_signal(signal.SIGINT)
        process.wait(15)
        assert process.returncode == 0
        assert list(tmp_path.iterdir()) == []
    finally:
        process.kill()
        process.wait(15)
