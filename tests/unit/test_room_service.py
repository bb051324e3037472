"""The room as it is met over the network: what it does, and above all what it refuses."""

from __future__ import annotations

import json
import re
import threading

import html5lib
import httpx
import pytest

from jdm_teach.exercises import bank
from jdm_teach.room.limits import Allowance, Limits
from jdm_teach.room.store import sqlite_address
from tests.room_server import PATIENCE, hidden_field, served_room


@pytest.fixture
def served(tmp_path):
    with served_room(sqlite_address(tmp_path / "room.sqlite3")) as found:
        yield found


@pytest.fixture
def lead(served):
    return served.lead().unlock()


@pytest.fixture
def phone(served):
    return served.phone()


def votes(served) -> list:
    now = served.room.scene.state.round
    return sorted(served.room.store.counted(now.id), key=str)


def valid(html: str) -> None:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    assert parser.errors == []


def test_a_first_vote_hidden_a_discussion_a_revote_and_the_answers(served, lead):
    people = [served.phone() for _ in range(12)]
    assert "No vote is open yet" in people[0].look()
    lead.act("open", item="ST01")
    for person, option in zip(people, "AAAAABBBCCDD", strict=True):
        assert f"Your vote is in: {option}, certain." in person.vote(option, 3).text
    desk = lead.look()
    assert "<b data-received>12</b>" in desk and "<svg" not in desk
    closed = lead.act("close").text
    assert "The sheet comes back to it in minutes 17 to 23" in closed
    assert "5 of 12 right (42%). Discuss in pairs" in closed
    wall = people[0].web.get(f"/wall/{served.code}").text
    for shown in (wall, people[0].look()):
        assert "<svg" not in shown and "Right" not in shown and bank.item("ST01").explanation not in shown
    assert "which part of it did you leave out" in lead.act("discuss").text
    assert "Talk in pairs" in people[0].look()
    assert "Vote again" in lead.act("open", item="ST01").text
    for person in people[:11]:
        person.vote("A", 3)
    assert "11 of 11 right (100%). Show the answers" in lead.act("close").text
    lead.act("reveal")
    for shown in (people[0].web.get(f"/wall/{served.code}").text, people[0].look()):
        for option in bank.item("ST01").options:
            assert option.feedback.split("'")[0] in shown
        assert re.search(r"A ✓ right</th><td><span class=\"n\">5</span>.*?<span class=\"n\">11</span>", shown)
    assert "(your vote)" in people[0].look()


def test_the_key_is_nowhere_on_a_phone_or_the_wall_before_the_reveal(served, lead, phone):
    lead.act("open", item="ST01")
    item = bank.item("ST01")
    for action in ("", "close", "discuss"):
        if action:
            lead.act(action)
        shown = phone.look() + phone.web.get(f"/wall/{served.code}").text
        for secret in (item.explanation, *(option.feedback for option in item.options)):
            assert secret[:40] not in shown


def test_a_vote_is_changed_until_it_closes_and_counts_once(served, lead, phone):
    lead.act("open", item="ST01")
    phone.vote("B", 1)
    assert 'value="B" id="option-B" checked' in phone.look()
    phone.vote("A", 3)
    assert votes(served) == [("A", 3, 1)]
    form = phone.form()
    lead.act("close")
    late = phone.post(**form, option="C", confidence=2)
    assert late.status_code == 409 and "closed" in late.text
    assert votes(served) == [("A", 3, 1)]
    assert "Your vote: A, certain." in phone.look()


def test_a_form_of_an_earlier_round_is_refused_in_a_later_one(served, lead, phone):
    lead.act("open", item="ST01")
    old = phone.form()
    phone.vote("B")
    lead.act("close")
    lead.act("open", item="ST01")
    assert phone.post(**old, option="A", confidence=3).status_code == 409
    assert votes(served) == []


def test_a_phone_that_drops_and_returns_keeps_its_vote(served, lead, phone):
    lead.act("open", item="ST01")
    phone.vote("C", 2)
    again = httpx.Client(base_url=served.url, cookies=phone.web.cookies, trust_env=False)
    assert "Your vote: C, fairly sure." in again.get(f"/v/{served.code}").text


def test_what_is_missing_is_asked_for_and_what_was_chosen_stays(lead, phone):
    lead.act("open", item="ST01")
    unsure = phone.post(**phone.form(), option="B")
    assert unsure.status_code == 422 and "how sure are you?" in unsure.text
    assert 'value="B" id="option-B" checked' in unsure.text and "Your vote:" not in unsure.text
    assert "Nothing is chosen yet" in phone.post(**phone.form(), confidence=2).text


@pytest.mark.parametrize(
    "change",
    [{"token": "0" * 32}, {"token": ""}, {"round": "999"}, {"round": "-1"}, {"round": "1e3"}, {"round": "١"}, {"option": "Z"},
     {"option": "<script>"}, {"confidence": "9"}, {"confidence": "true"}, {"name": "Ada"}, {"option": "A" * 1500}],
    ids=str,
)  # fmt: skip
def test_a_forged_form_is_refused_and_leaves_nothing(served, lead, phone, change):
    lead.act("open", item="ST01")
    sent = {**phone.form(), "option": "A", "confidence": "2", **change}
    answer = phone.post(**sent)
    assert 400 <= answer.status_code < 500
    assert votes(served) == [] and "Traceback" not in answer.text and "<script>" not in answer.text
    valid(answer.text)


def test_another_browsers_token_does_not_fit(served, lead, phone):
    lead.act("open", item="ST01")
    phone.look()
    other = served.phone().form()
    assert phone.post(**other, option="A", confidence=2).status_code == 403
    assert votes(served) == []


def test_a_made_up_browser_code_does_not_vote(served, lead, phone):
    lead.act("open", item="ST01")
    form = phone.form()
    stranger = httpx.Client(base_url=served.url, trust_env=False)
    stranger.cookies.set(f"jdm_voter_{served.code}", "AAAAAAAAAAAAAAAA." + "0" * 32)
    sent = {**form, "option": "A", "confidence": "2"}
    assert stranger.post(f"/v/{served.code}/vote", data=sent).status_code == 403
    assert httpx.post(f"{served.url}/v/{served.code}/vote", data=sent, trust_env=False).status_code == 403
    assert votes(served) == []


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
     {"origin": "null", "sec-fetch-site": "cross-site"}, {"host": "evil.example"}, {"host": "127.0.0.1@evil.example"},
     {"host": ""}],
    ids=str,
)  # fmt: skip
def test_a_form_sent_from_elsewhere_is_refused(served, lead, phone, headers):
    lead.act("open", item="ST01")
    form = {**phone.form(), "option": "A", "confidence": "2"}
    answer = phone.web.post(f"/v/{served.code}/vote", data=form, headers=headers)
    assert answer.status_code in (400, 403, 421)
    assert votes(served) == []
    own = {"origin": served.url, "sec-fetch-site": "same-origin"}
    assert phone.web.post(f"/v/{served.code}/vote", data=form, headers=own).status_code == 303
    assert votes(served) == [("A", 2, 1)]


def test_a_long_a_slow_or_another_body_is_refused(served, lead, phone):
    lead.act("open", item="ST01")
    phone.look()
    vote = f"/v/{served.code}/vote"
    assert phone.web.post(vote, data={"option": "A" * 5000}).status_code == 413
    form = {"content-type": "application/x-www-form-urlencoded"}
    endless = (b"a" * 1000 for _ in range(100))
    assert phone.web.post(vote, content=endless, headers=form).status_code == 413
    assert phone.web.post(vote, json={"option": "A"}).status_code == 415
    assert phone.web.post(vote, files={"option": b"A"}).status_code == 415
    assert phone.web.post(vote, content=b"\xff\xfe", headers=form).status_code == 422
    assert phone.web.put(vote).status_code == 405
    assert phone.web.get("/" + "a" * 600).status_code == 414
    assert phone.web.get("/static/../store.py").status_code == 404
    assert votes(served) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whatever_is_sent_the_room_answers_with_a_sentence_and_goes_on(served, lead, phone, method):
    lead.act("open", item="ST01")
    token = phone.form()["token"]
    form = "application/x-www-form-urlencoded"
    strange = (
        {"origin": "http://["}, {"origin": "://"}, {"host": "["}, {"host": "a" * 300}, {"cookie": "=;;=\x01"}, {"cookie": "x" * 4000},
        {"accept": "application/json"}, {"content-type": f"{form}; charset=utf-16"}, {"sec-fetch-site": "?"},
    )  # fmt: skip
    bodies = (b"", b"&&&", b"=", b"%", b"%00", b"%ED%A0%80=1", b"round=1&round=1", b"token=\x00", f"token={token}&round=%D9%A1".encode(),
              f"token={token}&round={'9' * 400}&option=A&confidence=1".encode())  # fmt: skip
    for place in (
        f"/v/{served.code}/vote",
        "/lead/act",
        "/lead/unlock",
        "/join",
        "/v/%00",
        "/v/..%2flead",
        "/wall/%ff",
        "/static/%2e%2e",
    ):
        tries = [(headers, b"") for headers in strange]
        tries += [({}, body) for body in bodies if method == "POST"]
        for headers, body in tries:
            answer = phone.web.request(method, place, headers={"content-type": form, **headers}, content=body)
            assert 200 <= answer.status_code < 500, (place, headers, body)
    assert votes(served) == [] and phone.vote("A").status_code == 200


def test_a_wrong_code_is_refused_plainly(served, phone):
    answer = phone.web.get("/v/22222")
    assert answer.status_code == 404 and "no room with this code" in answer.text
    assert "set-cookie" not in answer.headers
    typed = phone.web.post("/join", data={"code": "22222"})
    assert typed.status_code == 404 and "no room with this code" in typed.text
    for place in (
        "/wall/22222",
        "/wall/22222/events",
        "/qr/22222.svg",
        "/v/22222/events",
        "/v/22222/ticket",
        "/nowhere",
    ):
        assert phone.web.get(place).status_code == 404


def test_the_typed_code_leads_in_however_it_is_written(served, phone):
    typed = f" {served.code[:2].lower()} {served.code[2:]}-"
    assert phone.web.post("/join", data={"code": typed}).headers["location"] == f"/v/{served.code}"
    moved = phone.web.get(f"/v/{served.code.lower()}")
    assert moved.status_code == 303 and moved.headers["location"] == f"/v/{served.code}"


def test_guessing_codes_ends_soon_even_with_a_right_guess(tmp_path):
    limits = Limits(strays=Allowance(10, 0))
    with served_room(sqlite_address(tmp_path / "room.sqlite3"), limits=limits) as served:
        inside, guesser = served.phone(), served.phone()
        inside.look()
        for _ in range(10):
            guesser.web.get("/v/22222")
        assert guesser.web.get(f"/v/{served.code}").status_code == 429
        assert inside.web.get(f"/v/{served.code}").status_code == 200


def test_rates_are_limited_with_a_sentence(tmp_path):
    limits = Limits(votes=Allowance(3, 0), newcomers=Allowance(2, 0))
    with served_room(sqlite_address(tmp_path / "room.sqlite3"), limits=limits) as served:
        served.lead().unlock().act("open", item="ST01")
        phone = served.phone()
        form = phone.form()
        codes = [phone.post(**form, option="A", confidence=1).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        assert served.phone().web.get(f"/v/{served.code}").status_code == 200
        third = served.phone().web.get(f"/v/{served.code}")
        assert third.status_code == 429 and third.headers["retry-after"] == "3"
    with served_room(
        sqlite_address(tmp_path / "b.sqlite3"), limits=Limits(requests=Allowance(5, 0))
    ) as served:
        assert [served.phone().web.get("/").status_code for _ in range(6)] == [200] * 5 + [429]


def test_every_reply_carries_the_strict_headers_and_loads_nothing_from_elsewhere(served, lead, phone):
    lead.act("open", item="ST01")
    places = [
        "/",
        f"/v/{served.code}",
        f"/wall/{served.code}",
        f"/qr/{served.code}.svg",
        "/lead",
        "/static/room.css",
        "/nowhere",
    ]
    for place in places:
        for who in (phone, lead):
            answer = who.web.get(place)
            policy = answer.headers["content-security-policy"]
            assert (
                policy.startswith("default-src 'none';") and "unsafe" not in policy and "http" not in policy
            )
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["x-content-type-options"] == "nosniff"
            if "html" in answer.headers["content-type"]:
                valid(answer.text)
                assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=|javascript:", answer.text)
                links = re.findall(r'(?:src|href|action)="([^"]*)"', answer.text)
                assert all(link.startswith("/") or link == "" for link in links)


def test_cookies_are_out_of_reach_for_scripts_and_other_pages(served, phone):
    voter = phone.web.get(f"/v/{served.code}").headers["set-cookie"].lower()
    assert "httponly" in voter and "samesite=lax" in voter and f"path=/v/{served.code}".lower() in voter
    answer = served.lead().web.post("/lead/unlock", data={"secret": served.secret})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/lead" in cookie


def test_the_desk_needs_the_secret_and_the_code_is_not_it(served, lead):
    stranger = served.lead()
    for wrong in ("", served.code, served.secret[:-1], served.secret + "x", "é"):
        answer = stranger.web.post("/lead/unlock", data={"secret": wrong})
        assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert "Secret of this room" in stranger.look()
    html = lead.look()
    assert stranger.act("open", html, item="ST01").status_code == 403
    assert stranger.web.get("/lead/events").status_code == 403
    assert served.room.scene.state.round is None
    phone = served.phone()
    phone.look()
    for shown in (phone.look(), phone.web.get(f"/wall/{served.code}").text, html):
        assert served.secret not in shown


def test_a_facilitators_form_without_its_token_does_nothing(served, lead):
    html = lead.look()
    sent = {"action": "open", "item": "ST01", "version": hidden_field(html, "version")}
    assert lead.web.post("/lead/act", data={**sent, "token": "0" * 32}).status_code == 403
    elsewhere = {"origin": "http://evil.example"}
    token = hidden_field(html, "token")
    assert lead.web.post("/lead/act", data={**sent, "token": token}, headers=elsewhere).status_code == 403
    assert served.room.scene.state.round is None


def test_two_facilitator_tabs_agree(served, lead):
    other = served.lead().unlock()
    seen = other.look()
    lead.act("open", item="ST01")
    late = other.act("open", seen, item="ST04")
    assert (
        late.status_code == 409
        and "Another tab has moved on" in late.text
        and "First vote: ST01" in late.text
    )
    assert hidden_field(late.text, "version") == hidden_field(lead.look(), "version")
    twice = lead.look()
    assert other.act("close", twice).status_code == 200
    assert lead.act("close", twice).status_code == 409
    assert served.room.scene.state.round.state == "closed"
    assert other.look().replace(hidden_field(other.look(), "token"), "") == lead.look().replace(
        hidden_field(lead.look(), "token"), ""
    )


def test_steps_that_make_no_sense_are_refused_with_a_sentence(served, lead):
    for action, fields, said in (
        ("close", {}, "no vote on now"), ("open", {"item": "ZZ99"}, "not on the run sheet"), ("dance", {}, "no such step"),
        ("turn", {"by": "7"}, "no such step"), ("open", {"item": "ST01"}, ""), ("open", {"item": "ST04"}, "still open"),
        ("reveal", {}, "still open"), ("close", {}, ""), ("close", {}, "closed already"), ("reveal", {}, ""),
        ("open", {"item": "ST01"}, "have been shown"), ("reopen", {}, "have been shown"),
    ):  # fmt: skip
        answer = lead.act(action, **fields)
        assert said in answer.text
        assert (answer.status_code == 200) == (said == "")


def test_the_sheet_is_turned_block_by_block_and_stops_at_its_ends(served, lead):
    assert "Minutes 0 to 3" in lead.look() and "Back" not in lead.look()
    lead.act("turn", by=-1)
    assert served.room.scene.state.block == 0
    for _ in range(15):
        lead.act("turn", by=1)
    assert served.room.scene.state.block == len(served.room.sheet.blocks) - 1
    assert "Minutes 56 to 60" in lead.look() and "Next block" not in lead.look()
    assert lead.look().count("aria-current") == 1


def events(web: httpx.Client, place: str, heard: list, ready: threading.Event) -> None:
    with web.stream("GET", place, headers={"accept": "text/event-stream"}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("data: "):
                heard.append(json.loads(line[6:]))
                ready.set()


def listening(web: httpx.Client, place: str) -> tuple[list, threading.Event]:
    heard, ready = [], threading.Event()
    threading.Thread(target=events, args=(web, place, heard, ready), daemon=True).start()
    assert ready.wait(PATIENCE)
    return heard, ready


def eventually(check) -> None:
    import time

    deadline = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_open_pages_hear_every_step_and_only_the_desk_and_wall_hear_counts(served, lead, phone):
    phone.look()
    at_phone, _ = listening(phone.web, f"/v/{served.code}/events")
    at_wall, _ = listening(served.phone().web, f"/wall/{served.code}/events")
    at_desk, _ = listening(lead.web, "/lead/events")
    lead.act("open", item="ST01")
    eventually(lambda: at_phone[-1]["key"].endswith(":open") and at_wall[-1]["key"].endswith(":open"))
    assert "Three of the nine children" in at_phone[-1]["html"]
    before = len(at_phone)
    served.phone().vote("A")
    eventually(lambda: at_desk[-1]["received"] == at_wall[-1]["received"] == 1)
    lead.act("turn", by=1)
    eventually(lambda: at_desk[-1]["key"] == "3")
    assert len(at_phone) == before, "a phone is not disturbed by what does not concern it"
    assert 'token" value=""' in at_phone[-1]["html"], "what goes to all phones holds nobody's token"
    lead.act("close")
    lead.act("reveal")
    eventually(lambda: "The answers" in at_phone[-1]["html"])


def test_a_browser_may_keep_a_few_pages_open_and_not_hundreds(served, phone):
    phone.look()
    for _ in range(6):
        listening(phone.web, f"/v/{served.code}/events")
    assert phone.web.get(f"/v/{served.code}/events").status_code == 429


def test_closing_the_room_asks_first_and_says_what_becomes_of_the_votes(served, lead):
    asked = lead.act("ask_close")
    assert "Close the room?" in asked.text and "nothing is kept" in asked.text
    assert not served.room.closing.is_set()
    served.phone().look()
    phone = served.phone()
    phone.look()
    heard, _ = listening(phone.web, f"/v/{served.code}/events")
    assert "The room is closed" in lead.act("close_room", asked.text).text
    eventually(lambda: heard[-1]["key"] == "over")


def test_all_votes_of_every_sheet_can_be_opened(tmp_path):
    for name in ("45", "60", "90"):
        with served_room(sqlite_address(tmp_path / f"{name}.sqlite3"), name) as served:
            lead = served.lead().unlock()
            for _, vote in served.room.sheet.votes():
                opened = lead.act("open", item=vote.item)
                assert opened.status_code == 200 and vote.item in opened.text
                valid(opened.text)
                valid(served.phone().look())
                assert vote.discuss.split('"')[0] in lead.act("close").text.replace("&#x27;", "'")
