"""Where names meet a disk: no file of ours is opened, written or replaced through a name that somebody handed in."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from jdm_teach import cli, lessons
from jdm_teach.exercises import bank
from jdm_teach.exercises.question import RecordPanel
from jdm_teach.exercises.record import Record
from jdm_teach.session import handout
from tests.hostile_words import SHEET, said, told


def test_the_name_of_a_download_is_three_plain_words_whatever_was_restored():
    record = Record.in_memory()
    for code in ("../../etc/passwd", "a/b-c-d", "con-aux-nul.", "a-b-c\n"):
        assert record.restore(
            "\n".join(told("x", code)) if code.count("-") > 9 else forged_code(code)
        ).refused
    sent: list[dict[str, Any]] = []
    panel = RecordPanel(record)
    panel.send = sent.append  # type: ignore[method-assign]
    panel.heard({"type": "export"})
    assert Path(sent[0]["name"]).name == sent[0]["name"]


def forged_code(code: str) -> str:
    (line, *_) = told("x")
    return json.dumps(json.loads(line) | {"code": code})


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\x", "ST01\x00", "", "ST01/../ST02"])
def test_a_path_in_the_place_of_a_name_is_no_question_and_no_simulator(name):
    for opened in (bank.item, lessons.exploration):
        with pytest.raises(ValueError) as refusal:
            opened(name)
        assert "/etc" not in str(refusal.value) or "passwd" in name


@pytest.mark.parametrize(
    "name", ["../../escaped", "/../../escaped", "/etc/escaped", "a/b", "..", "a\\b", "con\n"]
)
def test_a_run_sheet_cannot_choose_where_its_pages_are_written(name, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(handout, "sheet_pdf", lambda *_: (_ for _ in ()).throw(ValueError("no PDF here")))
    inner = tmp_path / "a" / "b" / "out"
    mine = yaml.safe_load(SHEET) | {"id": name}
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(mine), encoding="utf-8")
    before = {path for path in tmp_path.rglob("*") if inner not in path.parents}
    code = cli.main(["runsheet", str(file), "--print", "--folder", str(inner)])
    outside = {
        path for path in tmp_path.rglob("*") if inner not in path.parents and path not in inner.parents
    } - before
    assert code == 2 and outside <= {inner}


def test_copied_lessons_stay_in_the_chosen_folder_and_replace_no_link(tmp_path):
    target, elsewhere, nowhere = tmp_path / "lessons", tmp_path / "precious.ipynb", tmp_path / "nowhere.ipynb"
    target.mkdir()
    elsewhere.write_text("precious")
    (target / "00_start_here.ipynb").symlink_to(elsewhere)
    (target / "04_nine_children.ipynb").symlink_to(nowhere)
    cli.copy_lessons(target)
    assert elsewhere.read_text() == "precious"
    assert not nowhere.exists()
    assert all(file.parent == target for file in target.iterdir())


def test_a_disk_that_fills_while_lessons_are_copied_leaves_no_half_lesson(tmp_path, capsys, monkeypatch):
    def full(_source, target):
        Path(target).write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    with monkeypatch.context() as disk:
        disk.setattr(cli.shutil, "copyfile", full)
        assert "No space left on device" in said(capsys, "open", str(tmp_path), "--copy-only")
    assert list(tmp_path.iterdir()) == []
    assert cli.copy_lessons(tmp_path)[0] >= 10
