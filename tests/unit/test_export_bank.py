"""The question bank in Moodle XML and QTI 3: read back by other parsers, marked alike, nothing dropped in silence."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from jdm_teach.cli import main
from jdm_teach.exercises import bank, grading
from jdm_teach.session.export import export_bank
from jdm_teach.session.export.moodle import KINDS, moodle_xml
from jdm_teach.session.export.qti import qti_package

QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
PACKAGE = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"
# The only shares of the grade that Moodle takes (question/engine/bank.php), in per cent.
FRACTIONS = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0}  # fmt: skip
STRICT = etree.XMLParser(resolve_entities=False, no_network=True)


@pytest.fixture(scope="module")
def moodle():
    made = export_bank("moodle")
    root = etree.fromstring(made.content, STRICT)
    return made, {q.findtext("idnumber"): q for q in root if q.get("type") != "category"}


@pytest.fixture(scope="module")
def qti():
    made = export_bank("qti")
    package = zipfile.ZipFile(io.BytesIO(made.content))
    return made, package, {item.id: etree.fromstring(package.read(name), STRICT) for item, name in zip(bank.items(), package.namelist()[1:], strict=True)}  # fmt: skip


def plain(html: str | None) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html or ""))


def test_moodle_gets_every_question_it_can_hold_and_the_others_are_named(moodle):
    made, questions = moodle
    carried = {item.id for item in bank.items() if not item.prediction and item.kind in KINDS}
    assert set(questions) == carried and made.entries == len(carried)
    left = [item.id for item in bank.items() if item.id not in carried]
    assert left and all(any(re.search(rf"\b{name}\b", note) for note in made.notes) for name in left)


def test_every_option_keeps_its_text_its_reply_and_whether_it_is_right(moodle):
    for item in bank.items():
        if item.kind not in {"single", "many"} or item.prediction:
            continue
        question = moodle[1][item.id]
        assert question.get("type") == "multichoice"
        assert question.findtext("single") == ("true" if item.kind == "single" else "false")
        for option, answer in zip(item.options, question.findall("answer"), strict=True):
            assert plain(answer.findtext("text")) == option.text
            assert option.feedback in plain(answer.findtext("feedback/text"))
            assert (float(answer.get("fraction")) > 0) is option.correct
        fractions = [float(answer.get("fraction")) for answer in question.findall("answer")]
        assert all(abs(fraction) in FRACTIONS for fraction in fractions)
        assert sum(f for f in fractions if f > 0) == pytest.approx(100, abs=1e-3)
        if item.kind == "many":
            assert sum(fractions) == pytest.approx(0, abs=1e-3), "ticking every box must earn nothing"


def moodle_marks(question, value: float) -> tuple[float, str]:
    """What Moodle does with a number: the first answer within its tolerance counts, * takes the rest."""
    for answer in question.findall("answer"):
        target = answer.findtext("text")
        if target == "*" or abs(value - float(target)) <= float(answer.findtext("tolerance")) + 1e-12:
            return float(answer.get("fraction")), plain(answer.findtext("feedback/text"))
    raise AssertionError("no answer fits")


def test_a_number_is_marked_as_in_the_course_with_the_reply_to_each_wrong_way(moodle):
    for item in bank.items():
        if item.kind != "number" or item.prediction:
            continue
        question = moodle[1][item.id]
        assert moodle_marks(question, item.key[0]) == (100, item.feedback_right)
        for path in item.wrong_paths:
            points, reply = moodle_marks(question, path.values[0])
            assert points == 0 and grading.grade(item, path.values[0]).message == reply
        assert moodle_marks(question, 12345.678) == (0, item.feedback_other)


def test_cards_and_steps_are_matched_and_texts_bring_their_model_answer(moodle):
    for item in bank.items():
        if item.id not in moodle[1]:
            continue
        question = moodle[1][item.id]
        pairs = {
            plain(s.findtext("text")): s.findtext("answer/text") for s in question.findall("subquestion")
        }
        if item.kind == "sort":
            homes = dict(item.categories)
            assert {c.text: homes[c.category] for c in item.cards}.items() <= pairs.items()
            offered = {s.findtext("answer/text") for s in question.findall("subquestion")}
            assert offered == set(homes.values())
        elif item.kind == "order":
            assert pairs == {item.option(k).text: str(n) for n, k in enumerate(item.order, start=1)}
        elif item.kind == "text":
            assert item.model_answer in plain(question.findtext("graderinfo/text"))
            assert all(text in plain(question.findtext("graderinfo/text")) for text in item.rubric)


def test_a_qti_package_lists_every_item_and_holds_every_file(qti):
    made, package, items = qti
    manifest = etree.fromstring(package.read("imsmanifest.xml"), STRICT)
    assert manifest.findtext(f"{PACKAGE}metadata/{PACKAGE}schema") == "QTI Package"
    listed = [r.get("href") for r in manifest.iter(f"{PACKAGE}resource")]
    assert listed == package.namelist()[1:] and len(items) == made.entries == len(bank.items())
    assert package.testzip() is None
    assert made.content == export_bank("qti").content, "the same bank gives the same bytes"


ORDER = ["response-declaration", "outcome-declaration", "item-body", "response-processing", "modal-feedback"]


def test_a_qti_item_keeps_the_order_of_its_parts_and_refers_to_nothing_that_is_not_there(qti):
    for name, root in qti[2].items():
        parts = [child.tag.removeprefix(f"{QTI}qti-") for child in root]
        assert parts == sorted(parts, key=ORDER.index), name
        assert re.fullmatch(r"[A-Za-z_][\w.-]*", root.get("identifier"))
        declared = {d.get("identifier") for kind in ORDER[:2] for d in root.iter(f"{QTI}qti-{kind}")}
        asked = {i.get("response-identifier") for i in root.iter() if i.get("response-identifier")}
        assert asked | {v.get("identifier") for v in root.iter(f"{QTI}qti-variable")} <= declared, name
        assert {v.get("identifier") for v in root.iter(f"{QTI}qti-set-outcome-value")} <= declared
        assert all(v.get("identifier") in declared for v in root.iter(f"{QTI}qti-correct"))
        assert {f.get("outcome-identifier") for f in root.iter(f"{QTI}qti-modal-feedback")} <= declared


def test_every_reply_that_a_qti_item_can_give_is_in_it_and_can_be_reached(qti):
    for item in bank.items():
        root = qti[2][item.id]
        shown = {f.get("identifier"): "".join(f.itertext()) for f in root.iter(f"{QTI}qti-modal-feedback")}
        told = " ".join(shown.values())
        replies = [o.feedback for o in item.options] + [p.feedback for p in item.wrong_paths]
        replies += [r.feedback for c in item.cards for r in c.replies]
        assert all(reply in told for reply in replies), item.id
        named = {v.text for v in root.iter(f"{QTI}qti-base-value") if v.get("base-type") == "identifier"}
        options = {c.get("identifier") for c in root.iter(f"{QTI}qti-simple-choice")}
        assert set(shown) <= named | options, item.id


def test_a_prediction_has_no_key_and_no_score_in_qti(qti):
    for item in bank.items():
        root = qti[2][item.id]
        keyed = root.find(f".//{QTI}qti-correct-response") is not None
        scored = any(o.get("identifier") == "SCORE" for o in root.iter(f"{QTI}qti-outcome-declaration"))
        assert scored is not item.prediction
        assert keyed is (not item.prediction and item.kind != "text"), item.id


def test_another_library_reads_the_qti_items_and_turns_them_into_qti_2(qti):
    converter = pytest.importorskip(
        "qti_convert", reason="pip install citolab-qti-convert to read the package with it"
    )
    old = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
    for item in bank.items():
        made = converter.convert_qti3_to_qti21(etree.tostring(qti[2][item.id], encoding="unicode"))
        assert {w.code for w in made.warnings} <= {"removed-attribute"}, item.id
        root = etree.fromstring(made.xml.encode(), STRICT)
        texts = [(c.text or "").strip() for c in root.iter(f"{old}simpleChoice")]
        assert texts == [option.text for option in item.options]
        if item.kind == "single" and not item.prediction:
            (right,) = [o.key for o in item.options if o.correct]
            assert root.findtext(f".//{old}correctResponse/{old}value").lstrip("i") == right.lstrip("i")


@given(st.text(max_size=60))
def test_nothing_in_a_question_becomes_markup_or_breaks_the_file(words):
    hostile = f"</text></quiz>]]>&amp;<script>x</script> {words}\x00\x1b"
    item = bank.item("ST01")
    options = tuple(replace(option, text=hostile, feedback=hostile) for option in item.options)
    item = replace(item, stem=hostile, note=hostile, explanation=hostile, options=options)
    root = etree.fromstring(moodle_xml([item]).content, STRICT)
    html = root.findtext("question/answer/text")
    assert "<script" not in html and "<script>" in unescape(html)
    package = zipfile.ZipFile(io.BytesIO(qti_package([item]).content))
    tree = etree.fromstring(package.read("items/ST01.xml"), STRICT)
    assert not [e for e in tree.iter() if e.tag.endswith("script")]


def test_the_command_writes_the_file_and_prints_what_was_left_out(tmp_path, capsys):
    assert main(["export", "--to", "moodle", "--folder", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "predictions" in said and (tmp_path / "jdm_moodle.xml").stat().st_size > 100_000
    assert main(["export", "--to", "moodle", "--folder", str(tmp_path)]) == 2
    assert main(["export", "--to", "qti", "--folder", str(tmp_path)]) == 0
    assert main(["export", "--to", "xapi", "--folder", str(tmp_path)]) == 2


def test_an_unknown_format_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="moodle, qti or xapi"):
        export_bank("scorm")
