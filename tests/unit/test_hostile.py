"""What people hand in, broken or meant badly: no traceback, no loss, no markup of theirs in our pages, no path of theirs on our disk.

Records, restores, item files and disks have tests of their own beside their modules; here stands what crosses them.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach import cli, lessons
from jdm_teach.exercises import bank, grading, journal, reading
from jdm_teach.exercises.code_words import WORDS
from jdm_teach.exercises.event import read_event
from jdm_teach.exercises.explorer import Explorer
from jdm_teach.exercises.item_file import read_item
from jdm_teach.exercises.question import Question, RecordPanel
from jdm_teach.exercises.record import Record
from jdm_teach.exercises.restore import LARGEST
from jdm_teach.place import data_folder
from jdm_teach.session import handout
from jdm_teach.session.aggregate import aggregate
from jdm_teach.session.group_page import group_page
from jdm_teach.session.report import report
from jdm_teach.session.runsheet import read_sheet

ROOT = Path(__file__).resolve().parents[2]
SOURCES = bank.load(data_folder() / "questions").sources
SHEET = (data_folder() / "sessions" / "45.yaml").read_text(encoding="utf-8")
ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</details></section></main><iframe src=//x></iframe>",
    "<style>*{display:none}</style>",
    "<!-- ",
    "]]><svg/onload=alert(1)>",
    "<base href=//x>",
    "&#60;script&#62;",
    "javascript:alert(1)",
    "{{7*7}}${7*7}",
    "\u202egnp.exe",
    "a\x00b\x1b[31m",
]
hostile = st.builds("{}{}{}".format, st.text(max_size=12), st.sampled_from(ATTACKS), st.text(max_size=12))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | hostile
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def bones(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page and the names of their attributes, in order: what words in it must not change."""
    tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    return [(str(part.tag), tuple(sorted(part.attrib))) for part in tree.iter()]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside nested lists and dicts."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*path, key))


def with_change(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    changed = json.loads(json.dumps(value))
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new
    return changed


def raw_items() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((data_folder() / "questions").glob("*.json")):
        for entry in json.loads(file.read_text(encoding="utf-8")).get("items", []):
            found.setdefault(entry["kind"], entry)
    return found


RAW = raw_items()
FORMS = {kind: Question(read_item(entry, "bank", SOURCES), Record.in_memory()) for kind, entry in RAW.items()}
SIMULATOR = Explorer(lessons.exploration("00s"), Record.in_memory())
PANEL = RecordPanel(Record.in_memory())
kinds = st.sampled_from(["submit", "predict", "run", "stop", "refresh", "restore", "export", "", None, "<b>"])
messages = st.fixed_dictionaries(
    {"type": kinds},
    optional={
        "response": json_values,
        "confidence": json_values,
        "request": json_values,
        "text": json_values,
        "values": json_values,
    },
)


@settings(max_examples=200)
@given(st.sampled_from(sorted(FORMS)), messages)
def test_a_form_answers_whatever_a_browser_sends_with_words(kind, message):
    form = FORMS[kind]
    form.reply = {}
    before = len(form.record.events())
    form._heard(form, message, [])
    if message["type"] == "submit":
        assert form.reply["headline"]
        json.dumps(form.reply)
    assert len(form.record.events()) - before == bool(
        form.reply.get("recorded") and message["type"] == "submit"
    )


@settings(max_examples=100)
@given(messages)
def test_a_simulator_answers_whatever_a_browser_sends_and_stays_locked_before_a_prediction(message):
    before = SIMULATOR.prediction
    SIMULATOR._heard(SIMULATOR, message, [])
    if before is None and SIMULATOR.prediction is None:
        assert "image" not in SIMULATOR.shown


@settings(max_examples=100)
@given(messages)
def test_the_record_panel_answers_whatever_a_browser_sends(message):
    PANEL._heard(PANEL, message, [])
    assert PANEL.summary["lines"]


@settings(max_examples=250)
@given(st.sampled_from(sorted(RAW)), st.data())
def test_a_question_file_with_anything_anywhere_is_read_or_refused_with_file_and_item(kind, data):
    entry = RAW[kind]
    path = data.draw(st.sampled_from(list(places(entry))))
    try:
        read_item(with_change(entry, path, data.draw(json_values)), "mine.json", SOURCES)
    except ValueError as refusal:
        assert str(refusal).startswith("mine.json")


def planted(raw: dict[str, Any], words: str) -> dict[str, Any]:
    """The item with these words in every text that a learner reads."""
    keys = {"stem", "note", "explanation", "text", "feedback", "feedback_right", "feedback_other", "misconception", "unit",
            "model_answer", "wrong_belief"}  # fmt: skip
    changed = json.loads(json.dumps(raw))
    for *way, last in list(places(changed)):
        place = changed
        for step in way:
            place = place[step]
        if last in keys and isinstance(place[last], str) and place[last].strip():
            place[last] = words
    return changed


@pytest.mark.parametrize("kind", sorted(RAW))
@pytest.mark.parametrize("words", ATTACKS)
def test_no_word_of_a_question_becomes_markup_in_a_still_form(kind, words):
    pages = []
    for text in ("plain", words):
        try:
            item = read_item(planted(RAW[kind], text), "mine.json", SOURCES)
        except ValueError:
            pytest.skip("refused as an item already")
        pages.append(bones(reading.still_question(item, with_answer=True)))
    assert pages[0] == pages[1]


def told(words: str, code: str = "amber-otter-river") -> list[str]:
    """A record with these words wherever a record may hold words."""
    lines = []
    for number, (kind, item, response) in enumerate(
        [("answer", "ST01", words), ("answer", "01c", words), ("answer", "01a", {"c01": words}), ("prediction", "00p", [words]),
         ("result", "00p", words), ("note", None, words), ("answer", "ZZ99", words)]
    ):  # fmt: skip
        entry = {
            "schema": 1, "id": f"{number:032x}", "time": f"2026-11-22T10:00:{number:02d}.000Z", "code": code, "kind": kind,
            "item": item, "version": 1, "lesson": "04", "attempt": 1, "confidence": 3, "response": response,
            "verdict": "wrong", "misconception": words[:300], "package": "0.1.0",
        }  # fmt: skip
        lines.append(json.dumps({key: value for key, value in entry.items() if value is not None}))
        read_event(lines[-1])
    return lines


@settings(max_examples=60)
@given(hostile)
def test_no_word_of_a_record_becomes_markup_in_a_report(words):
    pages = []
    for text in ("plain", words):
        record = Record.in_memory()
        assert record.restore("\n".join(told(text))).added == 7
        made = report(record)
        pages.append((bones(made.page()), bones(made._repr_html_())))
        json.loads(made.json())
    assert pages[0] == pages[1]


def test_half_a_character_as_a_browser_may_cut_it_stops_no_report():
    record = Record.in_memory()
    assert record.restore("\n".join(told("cut \ud83d"))).added == 7
    made = report(record)
    assert made._repr_html_() and made.page().encode() and made.json().encode()


@settings(max_examples=20)
@given(
    hostile, st.sampled_from(["<img src=x>.jsonl", "-rf.jsonl", "a\nb.jsonl", "\u202elnosj.jsonl", "x.html"])
)
def test_no_word_of_any_record_or_file_name_becomes_markup_on_the_page_of_a_group(words, name):
    pages = []
    for text, file in (("plain", "plain.jsonl"), (words, name)):
        with tempfile.TemporaryDirectory() as folder:
            for number in range(6):
                code = f"amber-otter-{WORDS[number]}"
                lines = "\n".join(told(text, code)).replace('"id": "', f'"id": "{number + 1:x}', 1)
                (Path(folder) / f"{number}{file}").write_text(lines, encoding="utf-8")
            (Path(folder) / f"broken{file}").write_text("{", encoding="utf-8")
            found = aggregate(folder)
        pages.append(bones(group_page(found, conclusion=text)))
        json.dumps(found.as_dict())
    assert pages[0] == pages[1]


@settings(max_examples=60)
@given(st.data())
def test_a_run_sheet_with_anything_anywhere_is_read_or_refused_and_prints_without_markup_of_its_own(data):
    sheet = yaml.safe_load(SHEET)
    path = data.draw(st.sampled_from(list(places(sheet))))
    changed = yaml.safe_dump(with_change(sheet, path, data.draw(json_values)), allow_unicode=True)
    try:
        run = read_sheet(changed, "mine.yaml")
    except ValueError as refusal:
        assert str(refusal).startswith("mine.yaml")
        return
    assert {tag for tag, _ in bones(handout.sheet_html(run))} == {
        tag for tag, _ in bones(handout.sheet_html(read_sheet(SHEET)))
    }


@settings(max_examples=30)
@given(st.lists(st.permutations("ABCD").map("".join), min_size=1, max_size=4), st.randoms())
def test_records_restored_in_any_order_and_any_number_of_times_lose_and_double_nothing(answers, random):
    item, exports = bank.item("ST01"), []
    for chosen in answers:
        record = Record.in_memory()
        for response in chosen:
            record.answer(item, response, grading.grade(item, response), confidence=1)
        exports.append(record.export_text())
    random.shuffle(exports)
    whole = Record.in_memory()
    for text in exports + exports[::-1]:
        whole.restore(text)
    assert len(whole.events()) == 4 * len(answers)
    again = Record.in_memory()
    again.restore(whole.export_text())
    assert again.export_text() == whole.export_text()


def said(capsys, *arguments: str) -> str:
    """What the command says about a mistake: exit code 2 and words, never a traceback."""
    assert cli.main(list(arguments)) == 2
    sentence = capsys.readouterr().err
    assert sentence.startswith("jdm-teach: ")
    assert "Traceback" not in sentence
    return sentence


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"{", b"\xff\xfe", b"name,score\nA,1\n"])
def test_a_broken_file_given_to_a_command_gets_one_sentence(content, tmp_path, capsys):
    file = tmp_path / "given.jsonl"
    file.write_bytes(content)
    for command in (["report", str(file)], ["export", "--to", "xapi", str(file)], ["runsheet", str(file)]):
        assert said(capsys, *command)
    assert said(capsys, "report", str(tmp_path))
    assert said(capsys, "merge", str(tmp_path / "nowhere"))


# Where names go to a disk


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
    target, elsewhere = tmp_path / "lessons", tmp_path / "precious.ipynb"
    target.mkdir()
    elsewhere.write_text("precious")
    (target / "00_start_here.ipynb").symlink_to(elsewhere)
    cli.copy_lessons(target)
    assert elsewhere.read_text() == "precious"
    assert all(file.parent == target for file in target.iterdir())


# More than anybody writes


def test_a_text_of_any_length_is_kept_whole_or_sent_back_with_a_sentence():
    form = FORMS["text"]
    for length in (3_999, 4_000, 4_001, 100_000, 3_000_000):
        before = len(form.record.events())
        outcome = form.submit("ä" * length, "1")
        if outcome.records:
            kept = form.record.latest(form.item.id)
            assert kept is not None and kept.response == "ä" * length
        else:
            assert "shorten" in form.reply["message"]
            assert len(form.record.events()) == before
    again = Record.in_memory()
    assert again.restore(form.record.export_text()).skipped == 0


@pytest.mark.parametrize(
    "typed",
    ["9" * 1_000_000, "1e" + "9" * 50, "(" * 10_000, "٩" * 10_000, "1/" * 50_000, "0." + "3" * 100_000],
)
def test_a_number_of_any_length_gets_a_reply(typed):
    for kind in ("number", "interval"):
        form = FORMS[kind]
        form._heard(form, {"type": "submit", "response": [typed, typed] if kind == "interval" else typed}, [])
        assert form.reply["headline"]
        assert len(json.dumps(form.reply["response"])) < 2_100_000


def test_a_run_sheet_that_unfolds_into_far_more_than_was_written_is_refused_at_once():
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 5))]
    with pytest.raises(ValueError, match=r"mine\.yaml, line \d+.*(repeat|anchor|more than)"):
        read_sheet("\n".join(lines), "mine.yaml")


def test_a_file_far_larger_than_a_record_is_refused_without_being_read(tmp_path, capsys):
    file = tmp_path / "huge.jsonl"
    with file.open("wb") as handle:
        handle.truncate(3 * LARGEST)
    tracemalloc.start()
    sentence = said(capsys, "report", str(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "larger than any record" in sentence
    assert peak < LARGEST


# When the machine does not play along: each has its sentence


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
