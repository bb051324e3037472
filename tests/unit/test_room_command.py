"""The real command: what it says, what it keeps and deletes, and that a killed server loses no confirmed vote."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time

import httpx
import pytest

from jdm_teach import cli
from jdm_teach.room.serve import lan_address
from tests.room_server import command


@pytest.fixture
def open_command(tmp_path):
    """Starts the command in a folder of its own; whatever still runs at the end is killed."""
    with contextlib.ExitStack() as stack:

        def start(*options: str):
            running = command(tmp_path, *options)
            stack.callback(running.process.kill)
            return running

        yield start


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_a_room_is_on_this_computer_only_and_leaves_nothing_behind(open_command, tmp_path):
    running = open_command("--port", free_port())
    lead, phone = running.served.lead().unlock(), running.served.phone()
    lead.act("open", item="ST01")
    phone.vote("A")
    assert all(file.name.startswith("jdm_room_") for file in tmp_path.iterdir())
    outside = lan_address()
    if outside != "127.0.0.1":
        with pytest.raises(httpx.ConnectError):
            httpx.get(running.served.url.replace("127.0.0.1", outside), trust_env=False)
    said = running.stop()
    assert running.process.returncode == 0
    assert "Only this computer can reach the room." in said and "votes are deleted. Nothing was kept." in said
    assert said.count(running.served.secret) == 1, "the secret is said once and is in no log"
    assert list(tmp_path.iterdir()) == []


def test_the_network_is_opened_only_when_asked_and_it_says_so(open_command):
    running = open_command("--port", free_port(), "--lan")
    url = running.served.url.replace("127.0.0.1", lan_address())
    assert httpx.get(f"{url}/v/{running.served.code}", trust_env=False).status_code == 200
    said = running.stop()
    assert "everybody in this network can reach the room" in said and "not encrypted" in said
    assert f"{url}/v/{running.served.code}" in said


def test_keeping_writes_the_votes_without_anything_that_names_a_browser(open_command, tmp_path):
    running = open_command("--port", free_port(), "--keep", "--sheet", "45")
    lead = running.served.lead().unlock()
    phones = [running.served.phone() for _ in range(3)]
    for option in ("ABB", "AAA"):
        lead.act("open", item="ST01")
        for phone, one in zip(phones, option, strict=True):
            phone.vote(one, 3)
        lead.act("close")
    asked = lead.act("ask_close")
    assert "written to a file first" in asked.text
    lead.act("close_room", asked.text)
    assert running.process.wait(15) == 0
    kept = json.loads((tmp_path / f"jdm_room_{running.served.code}.json").read_text())
    assert [entry.name for entry in tmp_path.iterdir()] == [f"jdm_room_{running.served.code}.json"]
    assert (kept["schema"], kept["sheet"]) == (1, "45")
    first, again = kept["rounds"]
    assert (first["item"], first["round"], again["round"]) == ("ST01", 1, 2)
    assert sorted(vote["option"] for vote in first["votes"]) == ["A", "B", "B"]
    assert (
        {vote["browser"] for vote in first["votes"]}
        == {1, 2, 3}
        == {vote["browser"] for vote in again["votes"]}
    )
    assert {key for vote in first["votes"] for key in vote} == {"browser", "option", "confidence"}
    assert all(phone.web.cookies.get(f"jdm_voter_{running.served.code}") for phone in phones)
    text = json.dumps(kept)
    assert not any(c.value.split(".")[0] in text for phone in phones for c in phone.web.cookies.jar)


def test_confirmed_votes_survive_a_killed_server_and_the_room_goes_on(open_command):
    port = free_port()
    running = open_command("--port", port)
    lead = running.served.lead().unlock()
    lead.act("open", item="ST01")
    phones = [running.served.phone() for _ in range(8)]
    forms = [phone.form() for phone in phones]
    confirmed: dict[int, str] = {}

    def vote(number: int) -> None:
        # Votes again and again, changing its mind, until the server is gone.
        with contextlib.suppress(httpx.HTTPError):
            for turn in range(1000):
                option = "ABCD"[(number + turn) % 4]
                answer = phones[number].post(
                    follow_redirects=False, **forms[number], option=option, confidence=2
                )
                if answer.status_code == 303:
                    confirmed[number] = option
                    last[number] = option
                elif answer.status_code == 429:
                    time.sleep(0.3)

    last: dict[int, str] = {}
    voters = [threading.Thread(target=vote, args=(number,)) for number in range(8)]
    for voter in voters:
        voter.start()
    while len(confirmed) < 8:
        time.sleep(0.01)
    running.kill()
    for voter in voters:
        voter.join(20)

    again = open_command("--port", port)
    assert again.served.code == running.served.code and again.served.secret != running.served.secret
    assert "is open again, with the votes it had" in again.said[0]
    for number, phone in enumerate(phones):
        html = phone.look()
        # One more may have been written whose confirmation the kill cut off; a confirmed one is never older than that.
        option = "ABCD"[("ABCD".index(confirmed[number]) + 1) % 4]
        assert f"Your vote: {confirmed[number]}," in html or f"Your vote: {option}," in html
        assert phone.post(**forms[number], option="A", confidence=3).status_code == 200, (
            "an open page may still send"
        )
    # The facilitator's tab from before the crash still leads, and so does the new link.
    assert "<b data-received>8</b>" in lead.look()
    assert "<b data-received>8</b>" in again.served.lead().unlock().look()
    assert "8 of 8 right" in lead.act("close").text
    again.stop()


def test_a_second_room_on_the_same_port_is_refused_with_a_sentence(
    open_command, tmp_path, capsys, monkeypatch
):
    port = free_port()
    open_command("--port", port)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["room", "--port", port]) == 2
    assert "is not free" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--sheet", "61"], "no run sheet"), (["--port", "99999"], "not free"), (["--database", "mysql://x/y"], "neither"),
     (["--room", "22222"], "no unclosed room"), (["--database", "oops"], "not the address")],
)  # fmt: skip
def test_a_mistake_gets_one_sentence(options, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    port = [] if "--port" in options else ["--port", free_port()]
    assert cli.main(["room", *port, *options]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_missing_packages_are_named_with_the_way_to_install_them(monkeypatch, capsys):
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "starlette" else found(name, *rest)
    )
    assert cli.main(["room"]) == 2
    assert 'starlette). Install them with `pip install "jdm-teach[room]"`' in capsys.readouterr().err


def test_an_export_that_cannot_be_written_deletes_nothing(open_command, tmp_path):
    running = open_command("--port", free_port(), "--keep")
    running.served.lead().unlock().act("open", item="ST01")
    running.served.phone().vote("A")
    (tmp_path / f"jdm_room_{running.served.code}.json").write_text("mine")
    assert "still in the database" in running.stop()
    assert (tmp_path / f"jdm_room_{running.served.code}.json").read_text() == "mine"
    assert [name for name in os.listdir(tmp_path) if name.endswith(".sqlite3")]
