"""When the machine does not play along - full disk, closed folder, two tabs, clock, killed kernel: each has its sentence."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from jdm_teach.exercises import bank, journal
from jdm_teach.exercises.question import Question, RecordPanel
from jdm_teach.exercises.record import Record
from jdm_teach.session.report import report

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def form(tmp_path) -> Question:
    return Question(bank.item("ST01"), Record(tmp_path / "jdm_record.jsonl"))


def test_on_a_full_disk_the_reply_says_that_the_answer_lives_as_long_as_the_page(form, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(journal.os, "write", full)
        form.submit("A", "2")
        assert form.reply["headline"] == "Yes, that is it."
        assert "download your record" in form.reply["kept"]
        lines = " ".join(RecordPanel(form.record).summary["lines"])
        assert "No space left on device" in lines
        assert "Nothing is lost as long as this page stays open" in lines
    form.submit("A", "2")
    assert form.reply["kept"].startswith("Answer 2 saved in your record")
    assert len(Record(form.record.path).events()) == 2


def test_in_a_folder_for_reading_only_the_answer_is_kept_and_the_sentence_said(tmp_path):
    if not hasattr(os, "geteuid"):
        pytest.skip("no such folders here")
    script = f"""
        import os
        from jdm_teach.exercises import bank
        from jdm_teach.exercises.question import Question, RecordPanel
        from jdm_teach.exercises.record import Record
        form = Question(bank.item("ST01"), Record({str(tmp_path / "closed" / "r.jsonl")!r}))
        if os.geteuid() == 0:
            os.setuid(65534)
        form.submit("A", "2")
        assert form.reply["headline"] == "Yes, that is it."
        print(form.reply["kept"], *RecordPanel(form.record).summary["lines"])
    """
    (tmp_path / "closed").mkdir(mode=0o555)
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        if folder.owner() == Path.home().owner() and str(folder) != tempfile.gettempdir():
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, text=True,
                          timeout=60, check=False)  # fmt: skip
    if "Permission" in done.stderr and "jdm_teach" not in done.stderr:
        pytest.skip("Python itself cannot be read without privileges here.")
    assert done.returncode == 0, done.stderr
    assert "download your record" in done.stdout
    assert "Permission denied" in done.stdout


def test_two_tabs_see_one_record_and_the_first_answer_stays_first(form):
    other = Question(form.item, Record(form.record.path))
    form.submit("B", "3")
    other.heard({"type": "refresh"})
    assert other.reply["response"] == "B"
    other.submit("A", "1")
    form.heard({"type": "refresh"})
    assert form.reply["response"] == "A"
    assert form.reply["kept"] == "Answer 2 saved in your record; the first one is kept too."
    assert form.record.first("ST01").response == "B"


def test_a_clock_set_back_leaves_order_report_and_export_as_they_happened(tmp_path):
    times = iter(["2026-11-22T10:00:00.000Z", "1970-01-01T00:00:00.000Z", "2026-11-22T10:00:01.000Z"])
    form = Question(bank.item("ST01"), Record(tmp_path / "r.jsonl", clock=lambda: next(times)))
    for response in "BCA":
        form.submit(response, "3")
    assert [event.response for event in Record(form.record.path).attempts("ST01")] == ["B", "C", "A"]
    made = report(form.record)
    assert made.summary.answered[0].attempts == 3
    assert all(minutes >= 0 for _, minutes in made.summary.minutes)
    elsewhere = Record(tmp_path / "other.jsonl")
    elsewhere.restore(form.record.export_text())
    assert [event.response for event in elsewhere.attempts("ST01")] == ["B", "C", "A"]


def test_a_kernel_killed_in_the_middle_of_a_line_costs_that_line_at_most_and_says_so(form):
    form.submit("B", "3")
    form.submit("C", "3")
    whole = form.record.path.read_bytes()
    form.record.path.write_bytes(whole[:-30])
    reopened = Question(form.item, Record(form.record.path))
    assert reopened.reply["response"] == "B"
    assert any(
        "cut off while it was being written" in line for line in RecordPanel(reopened.record).summary["lines"]
    )
    reopened.submit("A", "2")
    assert [event.response for event in Record(form.record.path).events()] == ["B", "A"]


def test_two_kernels_killed_while_both_write_lose_nothing_that_was_confirmed(tmp_path):
    path = tmp_path / "r.jsonl"
    script = f"""
        import sys
        from jdm_teach.exercises.record import Record
        record = Record({str(path)!r})
        for number in range(10_000):
            record.append("note", response=[sys.argv[1], number, "x" * (number % 900)])
            print(number, flush=True)
    """
    crowd = [
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(script), name], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for name in "ab"
    ]  # fmt: skip
    try:
        for one in crowd:
            for _ in range(15):
                one.stdout.readline()  # type: ignore[union-attr]
    finally:
        for one in crowd:
            one.kill()
    confirmed = [14 + len(one.communicate()[0].split("\n")[:-1]) for one in crowd]
    kept = [event.response[:2] for event in Record(path).events()]
    for name, last in zip("ab", confirmed, strict=True):
        assert [number for who, number in kept if who == name][: last + 1] == list(range(last + 1))
