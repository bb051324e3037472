"""The room in a real browser: phones, the facilitator's desk and the wall, by keyboard alone, and with JavaScript off."""

from __future__ import annotations

import contextlib

import pytest

from jdm_teach.room.store import sqlite_address
from tests.room_server import command, served_room

from .driving import barriers, photograph

PHONE = {"width": 375, "height": 740}


@pytest.fixture
def served(tmp_path):
    with served_room(sqlite_address(tmp_path / "room.sqlite3")) as found:
        yield found


@pytest.fixture
def people(browser):
    """Opens a browser of somebody's own; the test fails when a page of anybody asked for another computer."""
    away: list[str] = []
    troubles: list[str] = []
    with contextlib.ExitStack() as stack:

        def person(size=PHONE, script=True):
            context = browser.new_context(viewport=size, java_script_enabled=script)
            stack.callback(context.close)
            context.set_default_timeout(15_000)

            def gate(route):
                if route.request.url.startswith("http://127.0.0.1"):
                    route.continue_()
                else:
                    away.append(route.request.url)
                    route.abort()

            context.route("**/*", gate)
            page = context.new_page()
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on(
                "console",
                lambda line: troubles.append(line.text) if "Content Security Policy" in line.text else None,
            )
            return page

        yield person
    assert not away and not troubles, (away[:3], troubles[:3])


def at_desk(people, served):
    desk = people({"width": 1280, "height": 900})
    desk.goto(f"{served.url}/lead#{served.secret}")
    desk.get_by_role("heading", name="A journal club in 60 minutes").wait_for()
    assert served.secret not in desk.url
    return desk


def at_phone(people, served, **how):
    phone = people(**how)
    phone.goto(f"{served.url}/v/{served.code}")
    return phone


def press(page, name: str) -> None:
    """Reach a button with the Tab key alone and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.textContent")
            == f"BUTTON {name}"
        ):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"The button {name!r} cannot be reached with Tab.")


def vote_by_keyboard(phone, downs: int, levels: int) -> None:
    phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    for _ in range(downs):
        phone.keyboard.press("ArrowDown")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    for _ in range(levels):
        phone.keyboard.press("ArrowDown")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")


def test_a_session_by_keyboard_on_phones_desk_and_wall_without_barriers(people, served):
    desk = at_desk(people, served)
    phones = [at_phone(people, served) for _ in range(3)]
    wall = people({"width": 1920, "height": 1080})
    wall.goto(f"{served.url}/wall/{served.code}")
    everybody = {"phone": phones[0], "desk": desk, "wall": wall}

    def look(moment: str) -> None:
        for name, page in everybody.items():
            assert barriers(page, "html") == [], f"{name}, {moment}"
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"{name} scrolls sideways, {moment}"
            photograph(page, f"room_{name}_{moment}")

    phones[0].get_by_text("No vote is open yet").wait_for()
    look("waiting")
    press(desk, "Next block")
    desk.get_by_text("Minutes 3 to 8").wait_for()
    press(desk, "Open the vote on ST01, first vote")
    for phone in phones:
        phone.get_by_role("heading", name="First vote").wait_for()
        assert phone.locator("input:checked").count() == 0
        assert "First vote" in phone.get_by_role("status").inner_text()
    for number, phone in enumerate(phones):
        vote_by_keyboard(phone, downs=number, levels=1)
        phone.get_by_text(f"Your vote is in: {'ABC'[number]}, fairly sure.").wait_for()
    wall.get_by_text("3 votes in").wait_for()
    desk.locator("[data-received]", has_text="3").wait_for()
    look("open")
    phones[2].keyboard.press("Shift+Tab")
    phones[2].keyboard.press("Shift+Tab")
    phones[2].keyboard.press("ArrowUp")
    press(phones[2], "Send my vote")
    phones[2].get_by_text("Your vote is in: B, fairly sure.").wait_for()

    press(desk, "Close the vote")
    desk.get_by_text("1 of 3 right. Discuss in pairs").wait_for()
    phones[0].get_by_role("heading", name="The vote is closed").wait_for()
    assert "Your vote: A, fairly sure." in phones[0].locator("#stage").inner_text()
    assert wall.locator("svg").count() == 0
    look("closed")
    press(desk, "Discuss in pairs")
    phones[0].get_by_role("heading", name="Talk in pairs").wait_for()
    look("discussing")
    press(desk, "Vote again")
    phones[1].get_by_role("heading", name="Vote again").wait_for()
    assert phones[1].locator("input:checked").count() == 0
    vote_by_keyboard(phones[1], downs=0, levels=2)
    phones[1].get_by_text("Your vote is in: A, certain.").wait_for()
    press(desk, "Close the vote")
    press(desk, "Show the answers")
    phones[1].get_by_role("heading", name="The answers").wait_for()
    assert "(your vote)" in phones[1].locator('[data-option="A"]').inner_text()
    wall.get_by_role("heading", name="The answers").wait_for()
    look("revealed")


def test_a_vote_without_javascript_is_a_plain_form(people, served):
    served.lead().unlock().act("open", item="ST01")
    phone = at_phone(people, served, script=False)
    phone.get_by_role("button", name="Send my vote").click()
    phone.get_by_role("status").get_by_text("Nothing is chosen yet").wait_for()
    phone.get_by_label("3 of 9 (exact").check()
    phone.get_by_role("button", name="Send my vote").click()
    phone.get_by_role("status").get_by_text("how sure are you?").wait_for()
    assert phone.get_by_label("3 of 9 (exact").is_checked()
    phone.get_by_label("certain").check()
    phone.get_by_role("button", name="Send my vote").click()
    phone.get_by_role("status").get_by_text("Your vote is in: A, certain.").wait_for()
    assert served.room.scene.received == 1


def test_a_session_is_led_without_javascript(people, served):
    desk = people({"width": 1280, "height": 900}, script=False)
    desk.goto(f"{served.url}/lead")
    desk.get_by_label("Secret of this room").fill(served.secret)
    desk.get_by_role("button", name="Open").click()
    for button in ("Next block", "Open the vote on ST01, first vote", "Close the vote", "Show the answers"):
        desk.get_by_role("button", name=button).click()
    assert served.room.scene.state.round.state == "revealed"
    desk.get_by_role("button", name="Close the room").click()
    desk.get_by_role("heading", name="Close the room?").wait_for()


def test_the_code_is_typed_on_a_phone(people, served):
    phone = people()
    phone.goto(served.url)
    assert barriers(phone, "html") == []
    phone.get_by_label("Code on the wall").fill("22222")
    phone.keyboard.press("Enter")
    phone.get_by_role("status").get_by_text("no room with this code").wait_for()
    phone.get_by_label("Code on the wall").fill(served.code.lower())
    phone.keyboard.press("Enter")
    phone.get_by_text("No vote is open yet").wait_for()


def test_two_tabs_of_the_facilitator_agree(people, served):
    one, other = at_desk(people, served), at_desk(people, served)
    one.get_by_role("button", name="Next block").click()
    other.get_by_text("Minutes 3 to 8").wait_for()
    other.get_by_role("button", name="Open the vote on ST04, first vote").click()
    one.get_by_role("heading", name="First vote: ST04").wait_for()
    one.get_by_role("button", name="Close the vote").click()
    other.get_by_text("Nobody has voted").wait_for()
    phone = at_phone(people, served)
    other.get_by_role("button", name="Close the room").click()
    other.get_by_role("button", name="Close the room now").click()
    for page in (one, phone):
        page.get_by_role("heading", name="The room is closed").wait_for()


def test_a_phone_survives_a_killed_server_and_says_so(people, tmp_path):
    running = command(tmp_path, "--port", "0")
    port = running.served.url.rsplit(":", 1)[1]
    again = None
    try:
        lead = running.served.lead().unlock()
        lead.act("open", item="ST01")
        phone = at_phone(people, running.served)
        phone.get_by_label("33.3%").check()
        phone.get_by_label("guessing").check()
        phone.get_by_role("button", name="Send my vote").click()
        phone.get_by_text("Your vote is in: B, guessing.").wait_for()
        running.kill()
        phone.get_by_label("certain").check()
        phone.get_by_role("button", name="Send my vote").click()
        phone.get_by_text("Not sent: there is no connection.").wait_for()
        assert phone.get_by_label("certain").is_checked()
        again = command(tmp_path, "--port", port)
        phone.get_by_role("button", name="Send my vote").click()
        phone.get_by_text("Your vote is in: B, certain.").wait_for()
        lead.act("close")
        phone.get_by_role("heading", name="The vote is closed").wait_for()
        phone.reload()
        assert "Your vote: B, certain." in phone.locator("#stage").inner_text()
    finally:
        running.process.kill()
        if again is not None:
            again.process.kill()
