"""Where votes are kept, in SQLite and in a PostgreSQL server that the test starts: nothing more than said, nothing lost."""

from __future__ import annotations

import contextlib
import threading

import pytest
from sqlalchemy import inspect

from jdm_teach.room.store import Store, sqlite_address
from jdm_teach.room.vote import Choice, Refusal
from tests.postgres_server import postgres_server
from tests.room_server import command, served_room


@pytest.fixture(scope="module")
def postgres():
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def address(request, tmp_path) -> str:
    if request.param == "sqlite":
        return sqlite_address(tmp_path / "room.sqlite3")
    return request.getfixturevalue("postgres")


@pytest.fixture
def store(address):
    made = Store(address)
    yield made
    made.shut()


@pytest.fixture
def room(store):
    """A room with an open vote: its code and the round."""
    code = store.open_room("60")
    assert store.step(code, 1, begin="ST01")
    yield code, store.state(code).round.id
    with contextlib.suppress(Refusal):
        store.purge(code)


def test_a_vote_is_kept_and_may_be_changed(store, room):
    _, now = room
    assert store.cast(room[0], now, "b1", Choice("A", 3)) is True
    assert store.cast(room[0], now, "b1", Choice("B", 1)) is False
    assert store.cast(room[0], now, "b2", Choice("idk", None)) is True
    assert store.vote(now, "b1") == Choice("B", 1) and store.vote(now, "b3") is None
    assert sorted(store.counted(now)) == [("B", 1, 1), ("idk", None, 1)]


def test_a_closed_vote_takes_no_vote_and_keeps_the_earlier_one(store, room):
    code, now = room
    store.cast(code, now, "b1", Choice("A", 3))
    assert store.step(code, 2, becomes="closed")
    for browser in ("b1", "b2"):
        with pytest.raises(Refusal, match="closed"):
            store.cast(code, now, browser, Choice("C", 1))
    assert store.counted(now) == [("A", 3, 1)]


def test_a_vote_for_another_room_or_no_round_is_refused(store, room):
    _, now = room
    other = store.open_room("60")
    for code, round_id in ((other, now), (room[0], now + 1000), ("XXXXX", now)):
        with pytest.raises(Refusal):
            store.cast(code, round_id, "b1", Choice("A", 1))
    assert store.counted(now) == []
    store.purge(other)


def test_of_two_steps_from_the_same_state_one_wins(store, room):
    code, _ = room
    seen = store.state(code).version
    assert store.step(code, seen, becomes="closed")
    assert not store.step(code, seen, becomes="revealed")
    assert not store.step(code, seen, begin="ST04")
    after = store.state(code)
    assert (after.version, after.round.state, len(after.rounds)) == (seen + 1, "closed", 1)


def test_rounds_of_a_question_are_numbered(store, room):
    code, first = room
    for version, item in ((2, "ST04"), (3, "ST01")):
        assert store.step(code, version, begin=item)
    rounds = store.state(code).rounds
    assert [(one.item, one.number) for one in rounds] == [("ST01", 1), ("ST04", 1), ("ST01", 2)]
    assert rounds[0].id == first


def test_another_store_at_the_same_address_sees_everything(address, store, room):
    code, now = room
    store.add_door(code, "digest")
    store.cast(code, now, "b1", Choice("A", 3))
    other = Store(address)
    assert other.state(code) == store.state(code)
    assert other.counted(now) == [("A", 3, 1)] and other.doors(code) == ["digest"]
    assert (code, "60") in other.rooms()
    other.shut()


def test_purging_removes_one_room_and_leaves_the_others(store, room):
    code, now = room
    store.cast(code, now, "b1", Choice("A", 3))
    other = store.open_room("45")
    store.purge(code)
    assert store.counted(now) == [] and store.votes(now) == []
    with pytest.raises(Refusal, match="no room"):
        store.state(code)
    assert store.state(other).sheet == "45"
    store.purge(other)


def test_votes_and_a_close_from_two_sides_never_lose_what_was_confirmed(address, store, room):
    code, now = room
    other, confirmed, refused = Store(address), [], []

    def vote():
        for number in range(200):
            try:
                other.cast(code, now, f"b{number}", Choice("A", 2))
                confirmed.append(number)
            except Refusal:
                refused.append(number)

    voter = threading.Thread(target=vote)
    voter.start()
    while len(confirmed) < 20:
        pass
    assert store.step(code, 2, becomes="closed")
    at_close = store.counted(now)
    voter.join()
    assert at_close == store.counted(now) == [("A", 2, len(confirmed))]
    assert len(confirmed) + len(refused) == 200
    other.shut()


def test_a_group_votes_and_revotes_whatever_keeps_the_votes(address):
    with served_room(address) as served:
        lead, people = served.lead().unlock(), [served.phone() for _ in range(5)]
        lead.act("open", item="ST01")
        crowd = [threading.Thread(target=person.vote, args=("B",)) for person in people]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        people[0].vote("A", 3)
        assert "<b data-received>5</b>" in lead.look()
        assert "1 of 5 right" in lead.act("close").text
        code, store = served.code, served.room.store
        assert sorted(store.counted(served.room.scene.state.round.id)) == [("A", 3, 1), ("B", 2, 4)]
        store.purge(code)


def test_a_killed_server_finds_its_room_in_postgres_again(postgres, tmp_path):
    running = command(tmp_path, "--port", "0", "--database", postgres)
    running.served.lead().unlock().act("open", item="ST01")
    phone = running.served.phone()
    assert phone.vote("A", 3).status_code == 200
    running.kill()
    port = running.served.url.rsplit(":", 1)[1]
    again = command(tmp_path, "--port", port, "--database", postgres, "--room", running.served.code)
    try:
        assert "Your vote: A, certain." in phone.look()
    finally:
        said = again.stop()
    assert "votes are deleted" in said and list(tmp_path.iterdir()) == []
    store = Store(postgres)
    assert running.served.code not in dict(store.rooms())
    store.shut()


def test_nothing_is_kept_but_item_option_confidence_and_a_random_code(store, room):
    columns = {table: {c["name"] for c in inspect(store.engine).get_columns(table)} for table in
               inspect(store.engine).get_table_names()}  # fmt: skip
    assert columns["votes"] == {"round_id", "browser", "option", "confidence"}
    assert columns["rounds"] == {"id", "room", "item", "number", "state"}
    assert set(columns) == {"rooms", "doors", "rounds", "votes"}


def test_the_file_is_for_its_owner_only_and_forgets_what_was_purged(tmp_path):
    file = tmp_path / "room.sqlite3"
    store = Store(sqlite_address(file))
    code = store.open_room("60")
    store.step(code, 1, begin="ST01")
    now = store.state(code).round.id
    store.cast(code, now, "a-very-random-code", Choice("A", 3))
    for part in tmp_path.iterdir():
        assert part.stat().st_mode & 0o077 == 0
    assert b"a-very-random-code" in b"".join(part.read_bytes() for part in tmp_path.iterdir())
    store.purge(code)
    assert b"a-very-random-code" not in b"".join(part.read_bytes() for part in tmp_path.iterdir())
    store.shut()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("mysql://host/name", "neither"), ("not an address", "not the address"), ("sqlite://", "needs a file"),
     ("sqlite:///:memory:", "needs a file"), ("sqlite:////no/such/folder/room.db", "does not exist")],
)  # fmt: skip
def test_an_address_that_cannot_keep_a_room_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Store(wrong)


def test_a_missing_driver_is_named(monkeypatch):
    monkeypatch.setattr("jdm_teach.room.store.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"psycopg\[binary\]"):
        Store("postgresql://room@host/name")
