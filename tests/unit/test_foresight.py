"""Views made ahead or kept are the very views a run would give, and nobody waits for them."""

import asyncio
import sys
import time
from dataclasses import replace

import pytest

from jdm_teach.exercises.exploration import Exploration, View, choice, slider, stepper, toggle
from jdm_teach.exercises.explorer import Explorer
from jdm_teach.exercises.foresight import KEPT, Foresight, next_settings
from jdm_teach.exercises.outcome import DONT_KNOW
from jdm_teach.exercises.record import Record


def exploration(run=None, calls=None):
    def sentence(settings):
        if calls is not None:
            calls.append(dict(settings))
        return View(f"{settings}")

    controls = (
        slider("n", "Children", 3, 0, 9),
        slider("share", "Share", 0.5, 0.0, 1.0, 0.1),
        choice("drug", "Drug", {"a": "A", "b": "B", "c": "C"}),
        toggle("blind", "Blind"),
        stepper("world", "Another world"),
    )
    return Exploration("t", "Title", "Task", run or sentence, controls)


def moved(explorations, **changes):
    start = explorations.settings()
    return next_settings(explorations, start, explorations.settings({**start, **changes}))


def test_a_slider_that_moved_one_step_is_expected_to_move_one_more_the_same_way():
    made = exploration()
    assert moved(made, n=4)["n"] == 5
    assert moved(made, n=2)["n"] == 1
    assert moved(made, share=0.6)["share"] == 0.7
    assert moved(made, world=1)["world"] == 2
    assert moved(made, drug="b")["drug"] == "c"


def test_nothing_is_expected_after_a_jump_a_toggle_two_changes_or_at_the_end():
    made = exploration()
    assert moved(made, n=7) is None
    assert moved(made, blind=True) is None
    assert moved(made, n=4, drug="b") is None
    assert moved(made) is None
    assert next_settings(made, made.settings({"n": 8}), made.settings({"n": 9})) is None


def shown_while_stepping(values, calls, *, quiet=0.05):
    """Run an explorer at these values of n with a quiet moment between; gives the sentences shown."""

    async def walk():
        explorer = Explorer(exploration(calls=calls), Record.in_memory())
        said = []
        for n in values:
            explorer.run({"n": n})
            said.append(explorer.shown["sentence"])
            await asyncio.sleep(quiet)
        return said

    return asyncio.run(walk())


def test_what_is_shown_is_what_a_fresh_run_would_show():
    made = exploration()
    walk = [3, 4, 5, 4, 3, 9, 0, 1]
    assert shown_while_stepping(walk, []) == [made.view({"n": n}).sentence for n in walk]


def test_the_next_step_is_ready_before_it_is_asked_for_and_nothing_is_made_twice():
    calls = []
    shown_while_stepping([3, 4], calls)
    assert [c["n"] for c in calls] == [3, 4, 5]
    calls.clear()
    shown_while_stepping([3, 4, 5, 4, 3], calls)
    assert sorted(c["n"] for c in calls) == [2, 3, 4, 5, 6]


def test_a_request_that_comes_first_cancels_the_work_ahead():
    calls = []
    shown_while_stepping([3, 4, 9], calls, quiet=0)
    assert [c["n"] for c in calls] == [3, 4, 9]


def test_a_view_that_cannot_be_made_ahead_apologises_only_when_it_is_asked_for():
    def fails_at_five(settings):
        if settings["n"] == 5:
            raise ZeroDivisionError
        return View(str(settings["n"]))

    async def walk():
        explorer = Explorer(exploration(fails_at_five), Record.in_memory())
        for n in (3, 4):
            explorer.run({"n": n})
            await asyncio.sleep(0.05)
        assert explorer.shown["sentence"] == "4"
        explorer._heard(explorer, {"type": "run", "values": {"n": 5}}, [])
        return explorer.shown

    assert "could not be calculated" in asyncio.run(walk())["apology"]


def test_long_runs_are_kept_when_they_end_but_never_made_ahead():
    made = []

    def long(settings):
        made.append(settings["n"])
        yield 0.5
        return View(str(settings["n"]))

    async def walk():
        explorer = Explorer(exploration(long), Record.in_memory())
        for n in (3, 4, 3):
            explorer.run({"n": n})
            await asyncio.sleep(0.05)
        return explorer.shown["sentence"]

    assert asyncio.run(walk()) == "3"
    assert made == [3, 4]


def test_the_first_run_is_made_while_the_kept_prediction_is_read_and_not_before():
    calls = []

    async def walk():
        explorer = Explorer(replace(exploration(calls=calls), prediction="04ap"), Record.in_memory())
        await asyncio.sleep(0.05)
        assert calls == []
        explorer._heard(explorer, {"type": "predict", "response": DONT_KNOW}, [])
        assert explorer.predicted["text"] and calls == []
        await asyncio.sleep(0.05)
        explorer._heard(explorer, {"type": "predict", "response": DONT_KNOW}, [])
        await asyncio.sleep(0.05)
        explorer._heard(explorer, {"type": "run", "values": {}}, [])
        return explorer

    explorer = asyncio.run(walk())
    assert calls == [explorer.exploration.settings()]
    assert explorer.shown["sentence"] == explorer.exploration.view().sentence


@pytest.mark.skipif(
    sys.platform == "emscripten", reason="a browser has one clock: waiting counts as work there"
)
@pytest.mark.parametrize(
    ("busy", "waiting", "ahead"), [(0.0, 0.25, True), (0.25, 0.0, False), (0.0, 0.85, False)]
)
def test_a_view_that_only_waits_for_its_turn_is_still_made_ahead_and_a_slow_one_never(busy, waiting, ahead):
    made = []

    def crowded(settings):
        made.append(settings["n"])
        time.sleep(waiting)
        until = time.process_time() + busy
        while time.process_time() < until:
            pass
        return View(str(settings["n"]))

    async def walk():
        explorer = Explorer(exploration(crowded), Record.in_memory())
        for n in (3, 4):
            explorer.run({"n": n})
            await asyncio.sleep(0.05)

    asyncio.run(walk())
    assert made == ([3, 4, 5] if ahead else [3, 4])


def test_a_first_view_that_fails_ahead_leaves_the_prediction_kept():
    def fails(_settings):
        raise ZeroDivisionError

    async def walk():
        explorer = Explorer(replace(exploration(fails), prediction="04ap"), Record.in_memory())
        explorer._heard(explorer, {"type": "predict", "response": DONT_KNOW}, [])
        await asyncio.sleep(0.05)
        return explorer

    explorer = asyncio.run(walk())
    assert explorer.predicted["text"] and not explorer.shown
    assert explorer.record.latest("04ap") is not None


@pytest.mark.parametrize("count", [KEPT, KEPT + 10])
def test_only_the_last_views_are_kept(count):
    foresight = Foresight(exploration())
    for world in range(count):
        foresight.made(exploration().settings({"world": world}))
    assert len(foresight.views) == KEPT
