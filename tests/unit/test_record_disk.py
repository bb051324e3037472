"""When the disk does not play along: full, read-only, not a file, locked by someone who never lets go."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from jdm_teach.exercises import bank, grading, journal
from jdm_teach.exercises.record import Record

ITEM = bank.item("ST01")
ROOT = Path(__file__).resolve().parents[2]


def answer(record, response):
    return record.answer(ITEM, response, grading.grade(ITEM, response), confidence=1)


def refuse(code):
    def write(*_):
        raise OSError(code, os.strerror(code))

    return write


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_what_cannot_be_written_is_kept_in_memory_and_said_calmly(tmp_path, monkeypatch, code):
    record = Record(tmp_path / "r.jsonl")
    answer(record, "B")
    with monkeypatch.context() as broken:
        broken.setattr(journal.os, "write", refuse(code))
        answer(record, "C")
        assert [event.response for event in record.events()] == ["B", "C"]
        assert not record.on_disk
        assert len(record.problems) == 1
        assert "kept in memory" in record.problems[0]
        assert "download your record" in record.problems[0]
        assert record.export_text().count("\n") == 2
    answer(record, "A")
    assert record.on_disk
    assert record.problems == ()
    assert [event.response for event in Record(record.path).events()] == ["B", "C", "A"]


def test_a_write_that_stops_half_way_loses_nothing_and_doubles_nothing(tmp_path, monkeypatch):
    record = Record(tmp_path / "r.jsonl")
    answer(record, "B")
    real, left = os.write, [40]

    def stingy(handle, data):
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = real(handle, bytes(data)[: left[0]])
        left[0] -= taken
        return taken

    with monkeypatch.context() as full:
        full.setattr(journal.os, "write", stingy)
        answer(record, "C")
    assert [event.response for event in record.events()] == ["B", "C"]
    answer(record, "A")
    for seen in (record, Record(record.path)):
        assert [event.response for event in seen.events()] == ["B", "C", "A"]
        assert len(seen.problems) == 1


def test_a_flush_that_fails_after_the_write_does_not_double_the_answer(tmp_path, monkeypatch):
    record = Record(tmp_path / "r.jsonl")
    with monkeypatch.context() as broken:
        broken.setattr(journal.os, "fsync", refuse(errno.EIO))
        answer(record, "B")
        assert not record.on_disk
    answer(record, "C")
    assert [event.response for event in Record(record.path).events()] == ["B", "C"]


def test_a_place_that_is_a_folder_or_lies_below_a_file_keeps_answers_in_memory(tmp_path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "file" / "r.jsonl"):
        record = Record(path)
        answer(record, "B")
        assert (len(record.events()), record.on_disk) == (1, False)
        assert any("kept in memory" in sentence for sentence in record.problems)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_or_a_device_in_the_place_of_the_record_never_hangs(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/full"), Path("/dev/zero")):
        record = Record(path)
        answer(record, "B")
        assert (len(record.events()), record.on_disk) == (1, False)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may write anywhere"
)
def test_a_read_only_folder_keeps_answers_in_memory(tmp_path):
    tmp_path.chmod(0o500)
    try:
        record = Record(tmp_path / "r.jsonl")
        answer(record, "B")
        assert (len(record.events()), record.on_disk) == (1, False)
    finally:
        tmp_path.chmod(0o700)


def test_a_restore_onto_a_full_disk_is_kept_in_memory(tmp_path, monkeypatch):
    old = Record(tmp_path / "old.jsonl")
    answer(old, "B")
    new = Record(tmp_path / "new.jsonl")
    with monkeypatch.context() as full:
        full.setattr(journal.os, "write", refuse(errno.ENOSPC))
        assert new.restore(old.export_text()).added == 1
        assert new.restore(old.export_text()).added == 0
        assert not new.on_disk
    answer(new, "A")
    assert [event.response for event in Record(new.path).events()] == ["B", "A"]


def test_a_file_size_limit_of_the_system_is_survived(tmp_path):
    pytest.importorskip("resource")
    script = f"""
        import resource, signal
        from jdm_teach.exercises.record import Record
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        record = Record({str(tmp_path / "r.jsonl")!r})
        record.append("note", response="before")
        size = record.path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, resource.RLIM_INFINITY))
        record.append("note", response="during")
        assert not record.on_disk and len(record.events()) == 2, record.problems
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        record.append("note", response="after")
        assert record.on_disk
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, cwd=ROOT, timeout=60)
    assert [event.response for event in Record(tmp_path / "r.jsonl").events()] == [
        "before",
        "during",
        "after",
    ]


def test_a_killed_kernel_loses_no_answer_it_had_confirmed(tmp_path):
    path = tmp_path / "r.jsonl"
    script = f"""
        from jdm_teach.exercises.record import Record
        record = Record({str(path)!r})
        for number in range(10_000):
            record.append("note", response=number)
            print(number, flush=True)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    for _ in range(25):
        confirmed = int(process.stdout.readline())
    process.kill()
    rest = process.stdout.read().split("\n")[:-1]
    process.wait()
    confirmed = max([confirmed, *map(int, rest)])
    kept = [event.response for event in Record(path).events()]
    assert kept[: confirmed + 1] == list(range(confirmed + 1))


@pytest.mark.skipif(journal.fcntl is None, reason="another kind of lock here")
def test_a_lock_that_is_never_released_does_not_hold_up_a_learner(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "PATIENCE_S", 0.2)
    record = Record(tmp_path / "r.jsonl")
    answer(record, "B")
    with record.path.open("ab") as holder:
        journal.fcntl.flock(holder, journal.fcntl.LOCK_EX)
        answer(record, "C")
        assert record.on_disk
    assert [event.response for event in Record(record.path).events()] == ["B", "C"]


def test_it_works_where_python_has_no_locks_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "fcntl", None)
    monkeypatch.setattr(journal, "msvcrt", None)
    record = Record(tmp_path / "r.jsonl")
    answer(record, "B")
    assert len(Record(record.path).events()) == 1


def test_a_file_system_without_locks_or_flushing_is_no_reason_to_stop(tmp_path, monkeypatch):
    monkeypatch.setattr(journal.os, "fsync", refuse(errno.EINVAL))
    if journal.fcntl is not None:
        monkeypatch.setattr(journal.fcntl, "flock", refuse(errno.ENOLCK))
    record = Record(tmp_path / "r.jsonl")
    answer(record, "B")
    assert record.on_disk
