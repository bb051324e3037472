"""What `room --keep` wrote is what `merge` reads: the group's numbers, and nothing about any browser."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdm_teach import cli
from jdm_teach.exercises import bank
from jdm_teach.exercises.record import Record
from jdm_teach.room.serve import exported
from jdm_teach.room.store import Store, sqlite_address
from jdm_teach.room.vote import Choice
from jdm_teach.session.aggregate import aggregate
from jdm_teach.session.room_votes import read_room, written_by_a_room

ITEM = "ST01"
RIGHT = next(option.key for option in bank.item(ITEM).options if option.correct)
WRONG = next(option.key for option in bank.item(ITEM).options if not option.correct)


@pytest.fixture
def votes(tmp_path):
    """A room in which twelve voted, six right; after talking, eleven of them right."""
    store = Store(sqlite_address(tmp_path / "room.sqlite3"))
    code = store.open_room("60")
    for version, right in ((1, 6), (3, 11)):
        store.step(code, version, begin=ITEM)
        now = store.state(code).round
        for browser in range(12):
            choice = Choice(RIGHT if browser < right else WRONG, 3 if browser < right else 1)
            store.cast(code, now.id, f"browser{browser:02d}", choice)
        store.step(code, version + 1, becomes="closed")
    kept = exported(store, code)
    store.shut()
    return kept


@pytest.fixture
def folder(tmp_path, votes):
    place = tmp_path / "records"
    place.mkdir()
    (place / "jdm_room_KQ73M.json").write_text(json.dumps(votes, indent=1), encoding="utf-8")
    return place


def test_the_votes_of_a_room_become_the_numbers_of_the_group(folder):
    found = aggregate(folder)
    (counted,) = found.items
    assert (found.people, found.files, counted.item, counted.n) == (12, 1, ITEM, 12)
    assert counted.difficulty.value == pytest.approx(6 / 12)
    assert (counted.revote.n, counted.revote.first.value) == (12, pytest.approx(0.5))
    assert any("votes of a room, from 12 browsers" in said for said in found.problems)


def test_the_command_reads_what_the_room_wrote(folder, tmp_path, capsys):
    assert cli.main(["merge", str(folder), "--to", str(tmp_path / "out")]) == 0
    assert "counted twice" in capsys.readouterr().out
    assert ITEM in (tmp_path / "out" / "jdm_group.json").read_text(encoding="utf-8")


def test_a_copy_of_the_file_counts_once_and_records_count_beside_it(folder):
    (folder / "later_copy.json").write_bytes((folder / "jdm_room_KQ73M.json").read_bytes())
    record = Record(folder / "jdm_record_one.jsonl")
    from jdm_teach.exercises import grading

    item = bank.item(ITEM)
    record.answer(item, RIGHT, grading.grade(item, RIGHT), confidence=2)
    found = aggregate(folder)
    assert (found.people, found.files) == (13, 2)
    assert any("later_copy.json is left out" in said for said in found.problems)


def test_few_voters_are_hidden_as_few_learners_are(folder, votes):
    for one in votes["rounds"]:
        one["votes"] = one["votes"][:4]
    (folder / "jdm_room_KQ73M.json").write_text(json.dumps(votes))
    assert aggregate(folder).people is None


def test_votes_on_another_wording_are_not_counted(folder, votes):
    for one in votes["rounds"]:
        one["item_version"] += 1
    (folder / "jdm_room_KQ73M.json").write_text(json.dumps(votes))
    found = aggregate(folder)
    assert found.people is None and any(
        "24 answers were given to an earlier wording" in p for p in found.problems
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [({"schema": 2}, "newer version"), ({"rounds": {}}, "damaged"), ({"kind": "x jdm_teach room", "note": "jdm_teach room"}, "")],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_named_with_a_reason(folder, votes, change, said):
    (folder / "jdm_room_KQ73M.json").write_text(json.dumps({**votes, **change}))
    found = aggregate(folder)
    assert found.people is None
    assert any("jdm_room_KQ73M.json is left out" in problem and said in problem for problem in found.problems)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([ITEM, RIGHT, "idk"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["item", "item_version", "round", "votes", "browser", "option", "confidence"]),
            inner,
        )
    ),
    max_leaves=25,
)


@given(st.lists(JSON, max_size=4))
def test_whatever_stands_in_the_rounds_is_read_or_counted_as_damaged(rounds):
    content = json.dumps({"schema": 1, "kind": "jdm_teach room", "rounds": rounds}).encode()
    assert written_by_a_room(content)
    found = read_room(content)
    for cast in found.browsers.values():
        assert all(vote.confidence in (1, 2, 3, None) and vote.round > 0 for vote in cast)


def test_a_bomb_of_brackets_is_damage_and_not_a_crash():
    bomb = b'{"kind": "jdm_teach room", "schema": 1, "rounds": ' + b"[" * 200_000
    with pytest.raises(ValueError, match="damaged"):
        read_room(bomb)
