"""Every item proven on its key, every wrong answer, what cannot be read, nothing at all, and "I do not know"."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.exercises import bank, grading
from jdm_teach.exercises.grading import CONFIDENCE, DONT_KNOW, grade, marks
from jdm_teach.exercises.item import Item, Option, WrongPath
from jdm_teach.exercises.numerals import readings

ITEMS = bank.items()
CHOICES = [item for item in ITEMS if item.kind == "single" and not item.prediction]
NUMBERS = [item for item in ITEMS if item.kind == "number"]


def by_id(item):
    return item.id


def right_response(item):
    if item.kind == "single":
        return next((o.key for o in item.options if o.correct), item.options[0].key)
    if item.kind == "many":
        return [o.key for o in item.options if o.correct] or [item.options[0].key]
    if item.kind == "sort":
        return {card.key: card.category for card in item.cards}
    if item.kind == "order":
        return list(item.order)
    low = item.minimum or 0.0
    middle = (low + (item.maximum if item.maximum is not None else low + 10)) / 2
    if item.kind == "interval":
        return list(item.key) or [low, middle]
    return (item.key or (round(middle),))[0] if item.kind == "number" else "A sentence of my own."


@pytest.mark.parametrize("item", ITEMS, ids=by_id)
def test_the_right_answer_is_right_and_explained(item):
    outcome = grade(item, right_response(item))
    assert outcome.verdict == ("noted" if item.prediction or item.kind == "text" else "right")
    assert outcome.message
    assert outcome.explanation == item.explanation
    assert outcome.misconception is None
    assert outcome.records


@pytest.mark.parametrize(
    ("item", "option"),
    [(i, o) for i in CHOICES for o in i.options if not o.correct],
    ids=lambda v: v.id if isinstance(v, Item) else v.key,
)
def test_every_wrong_option_is_met_with_its_belief_and_its_own_reply(item, option):
    outcome = grade(item, option.key)
    assert outcome.verdict == "wrong"
    assert outcome.misconception == option.misconception
    assert outcome.message.index(option.misconception) < outcome.message.index(option.feedback)


@pytest.mark.parametrize(
    ("item", "path"), [(i, p) for i in NUMBERS for p in i.wrong_paths], ids=lambda v: getattr(v, "id", None)
)
def test_every_known_wrong_calculation_is_recognised(item, path):
    for typed in (path.values[0], f"{path.values[0]:.4f}", f"{path.values[0]:.4f}".replace(".", ",")):
        outcome = grade(item, typed)
        assert (outcome.verdict, outcome.misconception) == ("wrong", path.misconception)
        assert path.feedback in outcome.message


@pytest.mark.parametrize("item", ITEMS, ids=by_id)
def test_what_cannot_be_read_is_answered_with_a_sentence_and_not_kept(item):
    hopeless = [object(), {"?": []}, 1 + 2j, [[1]], {1: {2: 3}}, True, b"A", float("nan"), float("inf")]
    if item.kind != "text":
        hopeless += ["no idea what to write", "\x00", "<b>A</b>", ["Z"]]
    if item.kind == "interval":
        # A form without its two fields is an empty form, not an unreadable one.
        hopeless = [response for response in hopeless if not isinstance(response, dict)]
    for response in hopeless:
        outcome = grade(item, response)
        assert outcome.verdict == "unreadable", response
        assert not outcome.records
        assert outcome.message.endswith(".")
        assert outcome.answer_text == outcome.explanation == ""


@pytest.mark.parametrize("item", ITEMS, ids=by_id)
def test_no_answer_is_answered_with_what_to_do_and_not_kept(item):
    for response in (None, "", "   ", [], {}, ()):
        outcome = grade(item, response)
        assert (outcome.verdict, outcome.records) == ("no_answer", False)
        assert outcome.message
        assert not outcome.explanation


@pytest.mark.parametrize("item", ITEMS, ids=by_id)
def test_not_knowing_earns_a_reply_and_the_explanation(item):
    for response in (DONT_KNOW, " IDK ", [DONT_KNOW]):
        outcome = grade(item, response)
        assert (outcome.verdict, outcome.records) == ("dont_know", True)
        assert outcome.explanation == item.explanation
        assert len(outcome.message.split()) > 6


@pytest.mark.parametrize("item", ITEMS, ids=by_id)
def test_a_rehearsal_meets_every_kind_of_verdict_the_item_can_give(item):
    met = {grade(item, response).verdict for response in grading.rehearsal_responses(item)}
    wanted = {"dont_know", "no_answer", "unreadable"}
    wanted |= {"noted"} if item.prediction or item.kind == "text" else {"right", "wrong"}
    assert wanted <= met


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["ST01", "ST40", "00b", "01a", "01b", "01c", "01d"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda v: (
            st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=4) | st.integers(), v, max_size=4)
        ),
    ),
)
def test_nothing_a_learner_sends_raises(item_id, response):
    outcome = grade(bank.item(item_id), response)
    assert outcome.verdict in grading.VERDICTS
    assert outcome.message


def test_ticking_everything_earns_nothing():
    item = bank.item("01b")
    outcome = grade(item, [o.key for o in item.options])
    assert outcome.verdict == "wrong"


def test_every_set_of_ticks_is_right_only_when_all_boxes_agree():
    item = bank.item("01b")
    key = {o.key for o in item.options if o.correct}
    for size in range(1, len(item.options) + 1):
        for ticked in itertools.combinations([o.key for o in item.options], size):
            outcome = grade(item, list(ticked))
            assert (outcome.verdict == "right") == (set(ticked) == key)
            assert len(outcome.details) == len(item.options)
            assert (outcome.misconception is None) == (outcome.verdict == "right")


def test_one_card_in_the_wrong_place_gets_the_reply_of_that_place():
    item = bank.item("01a")
    for card in item.cards:
        for reply in card.replies:
            outcome = grade(item, right_response(item) | {card.key: reply.category})
            if reply.misconception is None:
                assert outcome.verdict == "right"
                continue
            assert (outcome.verdict, outcome.misconception) == ("partly", reply.misconception)
            assert any(reply.feedback in text and reply.misconception in text for _, text in outcome.details)


def test_a_card_may_be_left_open_but_not_forgotten():
    item = bank.item("01a")
    left = grade(item, right_response(item) | {"c01": DONT_KNOW})
    assert (left.verdict, left.misconception) == ("partly", None)
    placed = right_response(item)
    del placed["c01"]
    forgotten = grade(item, placed)
    assert (forgotten.verdict, forgotten.records) == ("no_answer", False)
    assert item.cards[0].text.rstrip(".") in forgotten.message


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3/9", 1 / 3),
        ("3 of 9", 1 / 3),
        ("3 out of 9", 1 / 3),
        ("0,33", 0.33),
        (" .5 ", 0.5),
        ("5.", 5),
        ("1 234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
        ("1'234", 1234),
        ("½", 0.5),
        ("1½", 1.5),
        ("2 1/2", 2.5),
        ("−5", -5),
        ("1.5e-2", 0.015),
        ("1.56 × 10^-2", 0.0156),
        ("３／９", 1 / 3),
        ("about 3", 3),
        ("≈ 0.2", 0.2),
        ("three", 3),
        ("٣", 3),
        ("33%", 33),
        ("33 %", 33),
        ("33 per cent", 33),
        ("3.", 3),
        ("0.0156.", 0.0156),
        (7, 7),
        (0.25, 0.25),
    ],
)
def test_numbers_are_read_as_people_type_them(typed, value):
    assert float(readings(typed)[0]) == pytest.approx(value)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "3²",
        "10⁻²",
        "1/0",
        "nan",
        "inf",
        "1e999",
        "<0.02",
        "7-70",
        "1,2,3",
        "++1",
        "9" * 99,
        True,
        None,
        10**400,
    ],
)
def test_what_is_not_one_number_is_not_guessed(typed):
    assert readings(typed) == ()


def test_a_single_comma_before_three_digits_is_read_both_ways():
    assert [float(r) for r in readings("1,234")] == [1234, 1.234]
    assert [float(r) for r in readings("0,016")] == [0.016]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.,/% -+eE×^½of'\u00a0", max_size=14))
def test_any_typing_gives_finite_numbers_or_none(typed):
    assert all(math.isfinite(reading) for reading in readings(typed))


@given(st.floats(-1e6, 1e6).map(lambda x: round(x, 4)))
def test_a_number_printed_in_either_style_reads_back(x):
    english, german = f"{x:,.4f}", f"{x:,.4f}".translate(str.maketrans(",.", ".,"))
    for typed in (f"{x:.4f}", english, german, english.replace(",", " ")):
        assert x in [pytest.approx(float(r), abs=1e-9) for r in readings(typed)]


def test_per_cent_and_proportion_are_told_apart():
    proportion, per_cent = bank.item("ST39"), bank.item("ST40")
    assert [grade(proportion, t).verdict for t in ("0.5", "50%", "5/10", "5 of 10", "1/2")] == ["right"] * 5
    assert grade(proportion, "50").misconception == "percent as proportion"
    assert [grade(per_cent, t).verdict for t in ("16.8", "16,8 %", "16.843", "16,843")] == ["right"] * 4
    assert grade(per_cent, "0.168").misconception == "proportion as percent"


def test_a_count_may_be_typed_as_so_many_of_all():
    item = bank.item("01d")
    assert [grade(item, t).verdict for t in ("1", "1/10", "1 of 10", "one", 1, 1.0)] == ["right"] * 6
    assert grade(item, "10").misconception == "published = complete"
    assert [grade(item, t).verdict for t in ("-1", "11", "10%", "1000")] == ["unreadable"] * 4
    assert grade(item, "4").verdict == "wrong"


def test_a_sentence_on_format_says_the_same_whatever_the_key():
    item = bank.item("ST39")
    said = grade(item, "x").message
    assert "0 to 1" in said
    assert "0.5 " not in said


def quick(kind, **fields):
    common = {"id": "Q1", "version": 1, "kind": kind, "lesson": "04", "objectives": (), "bloom": "apply"}
    return Item(**common, category="c", stem="S?", explanation="E.", wrong_belief="B.", **fields)


def an_interval(**fields):
    path = WrongPath(("33-3", "33+3"), (30.0, 36.0), 1.0, "poll margin", "Polls ask a thousand people.")
    return quick(
        "interval",
        unit="per cent",
        key=(7.5, 70.1),
        tolerance=2,
        minimum=0,
        maximum=100,
        wrong_paths=(path,),
        **fields,
    )


def test_an_interval_is_marked_at_both_ends():
    item = an_interval(feedback_right="Yes.", feedback_other="Wider.")
    for response in (["7", "70"], {"low": 7, "high": 70}, "7 to 70", "7–70 %", [7.5, "70,1"]):
        assert grade(item, response).verdict == "right", response
    assert grade(item, [30, 36]).misconception == "poll margin"
    assert grade(item, [7, 40]).verdict == "partly"
    assert grade(item, [20, 40]).verdict == "wrong"
    assert [grade(item, r).verdict for r in (["7", ""], [None, 3])] == ["no_answer"] * 2
    assert [grade(item, r).verdict for r in ([1, 2, 3], [-5, 300], ["a", "b"], "7", [DONT_KNOW, 5])] == [
        "unreadable"
    ] * 5


def test_an_interval_the_wrong_way_round_is_turned_and_said():
    outcome = grade(an_interval(feedback_right="Yes.", feedback_other="Wider."), [70, 7])
    assert outcome.verdict == "right"
    assert outcome.value == (7, 70)
    assert "read as 7 to 70" in outcome.message


def test_a_prediction_is_kept_and_never_marked():
    item = an_interval(prediction=True, look_at="Now look at the plot.")
    outcome = grade(item, [70, "7"])
    assert (outcome.verdict, outcome.value, outcome.misconception) == ("noted", (7, 70), None)
    assert "Now look at the plot." in outcome.message
    assert grade(item, DONT_KNOW).verdict == "dont_know"
    assert not item.asks_confidence


def test_a_ranking_is_read_as_keys_or_as_places():
    options = tuple(Option(k, f"Design {k}.", f"Reply {k}.", misconception=f"belief {k}") for k in "abcd")
    item = quick("order", options=options, order=("d", "b", "a", "c"))
    assert grade(item, ["d", "b", "a", "c"]).verdict == "right"
    assert grade(item, {"d": "1", "b": 2, "a": "3", "c": "4"}).verdict == "right"
    swapped = grade(item, ["b", "d", "a", "c"])
    assert (swapped.verdict, swapped.misconception) == ("partly", "belief b")
    assert grade(item, ["c", "a", "b", "d"]).verdict == "wrong"
    assert grade(item, {"d": "1", "b": ""}).verdict == "no_answer"
    for response in (
        {"d": 1, "b": 1, "a": 2, "c": 3},
        {"d": 9},
        ["d", "d", "a", "c"],
        ["d"],
        {"z": 1},
        "dbac",
    ):
        assert grade(item, response).verdict == "unreadable", response


def test_a_text_is_kept_with_model_answer_and_rubric():
    outcome = grade(bank.item("01c"), "Treatment, nothing else.")
    assert [label for label, _ in outcome.details] == ["Model answer", "0 of 3", "1 of 3", "2 of 3", "3 of 3"]
    assert grade(bank.item("01c"), "x" * 4001).verdict == "unreadable"


def test_grading_twice_gives_the_same_outcome():
    for item in ITEMS:
        for response in grading.rehearsal_responses(item):
            assert grade(item, response) == grade(item, response)


def test_certainty_pays_when_right_and_costs_when_wrong():
    assert [marks("right", level) for level in CONFIDENCE] == [1, 2, 3]
    assert [marks("wrong", level) for level in CONFIDENCE] == [0, -2, -6]
    assert {marks(v, level) for v in ("partly", "dont_know", "noted") for level in (None, 1, 2, 3)} == {0}
    with pytest.raises(ValueError, match="Confidence"):
        marks("right", 4)


def test_saying_how_sure_one_is_pays_best_when_true():
    """The best level switches at 2/3 and 0.8, as the scheme promises."""

    def best(p):
        return max(CONFIDENCE, key=lambda level: p * marks("right", level) + (1 - p) * marks("wrong", level))

    assert [best(p) for p in (0.5, 0.66, 0.68, 0.79, 0.81, 0.95)] == [1, 1, 2, 2, 3, 3]


def test_the_reading_edition_gets_every_reply():
    for item in ITEMS:
        replies = grading.all_replies(item)
        assert replies or item.prediction
        assert all(label and text for label, text in replies)
        assert grading.answer_text(item) or item.prediction
