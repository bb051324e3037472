"""A lesson's vote: it reaches the room that was typed, may be changed, and goes nowhere else."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading

import pytest

from jdm_teach.room.ballot import Ballot, local_address, send
from jdm_teach.room.store import sqlite_address
from tests.room_server import served_room


@pytest.fixture
def served(tmp_path):
    with served_room(sqlite_address(tmp_path / "room.sqlite3")) as found:
        yield found


def test_a_lesson_votes_changes_its_vote_and_is_counted_once(served):
    lead = served.lead().unlock()
    lead.act("open", item="ST01")
    assert send(served.url, served.code, "ST01", "B", 1) == "Your vote is in: B, guessing."
    typed = served.code.lower()
    assert (
        send(f" {served.url} ", f"{typed[:2]} {typed[2:]}", "ST01", "A", 3) == "Your vote is in: A, certain."
    )
    assert Ballot(served.url, served.code).send("ST01", "idk") == "Your vote is in: I do not know."
    now = served.room.scene.state.round
    assert sorted(served.room.store.counted(now.id), key=str) == [("A", 3, 1), ("idk", None, 1)]


def test_what_the_room_does_not_take_comes_back_as_a_sentence(served):
    lead, ballot = served.lead().unlock(), Ballot(served.url, served.code)
    with pytest.raises(ValueError, match="no vote is open"):
        ballot.send("ST01", "A", 2)
    lead.act("open", item="ST01")
    with pytest.raises(ValueError, match=r"another question now \(ST01\)"):
        ballot.send("ST04", "A", 2)
    with pytest.raises(ValueError, match="how sure are you"):
        ballot.send("ST01", "A")
    with pytest.raises(ValueError, match="no such answer"):
        ballot.send("ST01", "Z", 2)
    lead.act("close")
    with pytest.raises(ValueError, match="no vote is open"):
        ballot.send("ST01", "A", 2)
    with pytest.raises(ValueError, match="no room with this code"):
        Ballot(served.url, "22222").send("ST01", "A", 2)
    with pytest.raises(ValueError, match="five letters and digits"):
        Ballot(served.url, "hello world")


@pytest.mark.parametrize(
    ("typed", "said"),
    [("8.8.8.8:80", "outside your local network"), ("http://1.1.1.1", "outside"), ("", "not the address"),
     ("ftp://127.0.0.1", "not the address"), ("file:///etc/passwd", "not the address"), ("http://user@127.0.0.1", "not the address"),
     ("127.0.0.1:port", "not the address"), ("http://[", "not the address"), ("no-such-host.invalid", "no computer called"),
     ("127.0.0.1:1", "did not answer"), ("0.0.0.0:80", "outside")],
)  # fmt: skip
def test_an_address_elsewhere_or_nowhere_gets_no_vote(typed, said):
    with pytest.raises(ValueError, match=said):
        Ballot(typed, "KQ73M").send("ST01", "A", 2)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("192.168.1.20:8060", "http://192.168.1.20:8060"), ("http://10.0.0.5/v/KQ73M", "http://10.0.0.5"), ("[::1]:8060", "http://[::1]:8060"),
     ("localhost:8060", "http://localhost:8060")],
)  # fmt: skip
def test_a_local_address_is_read_as_people_copy_it(typed, read):
    assert local_address(typed) == read


@pytest.mark.parametrize(
    "reply",
    [b"<html>", b"[]", b"\xff", b"", json.dumps({"open": True}).encode() + b" " * 50_000 + b"x"],
    ids=len,
)
def test_something_else_at_the_address_is_not_taken_for_a_room(reply):
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(ValueError, match="is not a room"):
            Ballot(f"127.0.0.1:{other.server_port}", "KQ73M").send("ST01", "A", 2)
        other.shutdown()


def test_a_redirect_to_another_place_is_not_followed():
    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("location", "http://203.0.113.1/steal")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Elsewhere) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(ValueError, match="not a room"):
            Ballot(f"127.0.0.1:{other.server_port}", "KQ73M").send("ST01", "A", 2)
        other.shutdown()


def test_a_lesson_needs_none_of_the_rooms_packages_for_it():
    code = "import sys, jdm_teach.room.ballot; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert not loaded & {"starlette", "uvicorn", "sqlalchemy", "segno", "httpx"}
