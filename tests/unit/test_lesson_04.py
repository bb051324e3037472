"""Lesson 04: what its pictures and forms say equals what counting, other libraries and the evidence say."""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import jdm_teach as jdm
from jdm_teach.evidence import fact, value
from jdm_teach.exercises import bank
from jdm_teach.exercises.explorer import Explorer
from jdm_teach.exercises.record import Record
from jdm_teach.lessons import stills
from jdm_teach.lessons.consistent_ages import ages_behind, printed_in
from jdm_teach.lessons.consistent_waits import waits_behind
from jdm_teach.lessons.count_intervals import needed_for
from jdm_teach.lessons.equal_summaries import shares_near_the_mean, simulated_shapes
from jdm_teach.lessons.long_count import Watcher, watched
from jdm_teach.lessons.printed_numbers import pairs_that_pass
from jdm_teach.lessons.small_counts import EXPLORATIONS
from jdm_teach.stats.wording import NO_ASSOCIATION

ROOT = Path(__file__).resolve().parents[2]
LINKS = re.compile(r"\bE\d{2}\b")
IDS = sorted(EXPLORATIONS)


@pytest.mark.slow  # every run of the notebooks rehearses each form
@pytest.mark.parametrize("identity", IDS)
def test_a_simulator_rehearses_and_waits_for_a_prediction(identity):
    jdm.explore(identity).rehearse()
    assert bank.item(EXPLORATIONS[identity].prediction).prediction


@pytest.mark.parametrize("identity", IDS)
def test_bad_settings_are_mended(identity):
    broken = {control.name: "nonsense" for control in EXPLORATIONS[identity].controls}
    assert EXPLORATIONS[identity].settings(broken) == EXPLORATIONS[identity].settings()
    assert EXPLORATIONS[identity].view(broken).sentence


@pytest.mark.parametrize("identity", sorted(stills("04")))
def test_a_still_says_its_origin_and_cites_facts_a_lesson_may_use(identity):
    shown = jdm.show(identity)
    assert shown.origin == ("simulated" if identity == "04-shapes" else "derived")
    assert all(fact(name).lesson_use for name in LINKS.findall(f"{shown.caption} {shown.table.to_string()}"))


def test_the_questions_of_the_plan_exist_and_cite_facts_a_lesson_may_use():
    kinds = {"04ap": "interval", "04bp": "number", "04c": "single", "04d": "sort", "04s": "text"}
    assert {name: bank.item(name).kind for name in kinds} == kinds
    for item in (bank.item(name) for name in (*kinds, "04gp", "04ep", "04wp")):
        assert all(fact(name).lesson_use for name in item.evidence)


def test_every_question_of_the_lesson_is_asked_after_two_from_before():
    text = (ROOT / "notebooks/src/04_nine_children.py").read_text(encoding="utf-8")
    asked = re.findall(r'jdm\.ask\("(\w+)"\)', text)
    mine = {i.id for i in bank.items() if i.lesson == "04" and not i.prediction and not i.reserve}
    assert mine <= set(asked)
    assert [bank.item(name).lesson for name in asked[:2]] == ["01", "01"]
    assert set(IDS) == set(re.findall(r'jdm\.explore\("(\w+)"\)', text))


def test_the_first_settings_are_the_numbers_of_the_letter():
    start = EXPLORATIONS["04a"].settings()
    girls = value("E09")
    assert (start["x"], start["n"]) == (girls.events, girls.n)
    pair = EXPLORATIONS["04g"].settings()
    assert (f"{pair['mean']}", f"{pair['sd']}", pair["n"]) == printed_in("E10")


@pytest.mark.parametrize(("x", "n"), [(3, 9), (0, 9), (9, 9), (17, 120)])
def test_the_seven_intervals_agree_with_another_library(x, n):
    from statsmodels.stats.proportion import proportion_confint

    table = EXPLORATIONS["04a"].view({"x": x, "n": n}).picture.table.set_index("method")
    for ours, theirs in (
        ("exact (Clopper-Pearson)", "beta"),
        ("Wilson", "wilson"),
        ("Jeffreys (Bayesian)", "jeffreys"),
    ):
        low, high = proportion_confint(x, n, method=theirs)
        assert tuple(table.loc[ours, ["lower, %", "upper, %"]]) == pytest.approx(
            (100 * low, 100 * high), abs=0.051
        )


def test_more_children_than_the_group_holds_are_mended_with_a_sentence():
    view = EXPLORATIONS["04a"].view({"x": 200, "n": 20})
    assert view.sentence.startswith("No more than 20 of 20") and "20 of 20 is 100%" in view.sentence


def test_a_learners_interval_stands_beside_the_exact_one_however_it_is_typed():
    explored = EXPLORATIONS["04a"]
    for typed in ([20, 45], ["20", "45 %"], {"low": "45", "high": "20"}):
        said = explored.compare(typed, explored.view())
        assert "20 to 45%" in said and "7 to 70%" in said and "far too sure" in said


@pytest.mark.parametrize("n", [1, 9, 30, 300])
def test_none_of_n_leaves_the_limit_of_the_formula(n):
    limit = 100 * (1 - 0.025 ** (1 / n))
    assert f"as high as {limit:.1f}%" in EXPLORATIONS["04b"].view({"n": n}).sentence
    assert f"as low as {100 - limit:.1f}%" in EXPLORATIONS["04b"].view({"n": n, "seen": "all"}).sentence


def test_the_children_needed_follow_from_the_formula():
    for risk in (0.05, 0.1, 0.34):
        assert needed_for(risk) == math.ceil(math.log(0.025) / math.log(1 - risk))


def test_three_shapes_share_mean_and_sd_and_are_what_the_cards_say():
    groups, near = simulated_shapes(), shares_near_the_mean()
    for values in groups.values():
        assert values.mean() == pytest.approx(12) and values.std(ddof=1) == pytest.approx(4)
        assert values.min() > 0
    assert groups["A"].min() > 8 > groups["B"].min() and groups["C"].min() < 8
    assert np.median(groups["A"]) < 11
    assert (abs(groups["B"] - 12) < 2).sum() <= 3
    assert near["A"] > 0.85 and 0.45 < near["B"] < 0.6 and 0.62 < near["C"] < 0.7


def every_printed_cohort(n, mean, sd, per_unit, most):
    """Sets and assignments by a count of our own: (children, sum, sum of squares) added value by value."""
    states = {(0, 0, 0): (1, 1.0)}
    for v in range(most + 1):
        grown: dict[tuple[int, int, int], list] = {}
        for (k, s, q), (sets, ways) in states.items():
            for times in range(n - k + 1):
                if q + times * v * v > 60 * n * per_unit**2 * 2:
                    break
                cell = grown.setdefault((k + times, s + times * v, q + times * v * v), [0, 0.0])
                cell[0] += sets
                cell[1] += ways / math.factorial(times)
        states = {key: tuple(cell) for key, cell in grown.items()}
    sets, ways = 0, 0.0
    for (k, s, q), (a, b) in states.items():
        if k == n:
            exact_sd = math.sqrt(max(0.0, (q - s * s / n) / (n - 1))) / per_unit
            if mean - 0.05 <= s / n / per_unit < mean + 0.05 and sd - 0.05 <= exact_sd < sd + 0.05:
                sets, ways = sets + a, ways + b
    return sets, round(ways * math.factorial(n))


def test_the_counts_agree_with_a_count_of_our_own():
    found = ages_behind("E10")
    assert (found.sets, found.labelled) == every_printed_cohort(9, 5.1, 3.6, 1, 17) == (449, 20792772)


def test_the_counts_at_finer_steps_are_the_ones_that_r_gives():
    assert ages_behind("E10", "1/2").sets == 73_325
    assert ages_behind("E11", "1/2").sets == 127_264
    assert ages_behind("E10", "0.1").sets == 45_437_537_796


@pytest.mark.parametrize("fact_id", ["E10", "E11"])
def test_no_simulated_cohort_breaks_what_is_certain(fact_id):
    mean, sd, n = printed_in(fact_id)
    top = float(mean) + 0.05 + (float(sd) + 0.05) * (n - 1) / math.sqrt(n)
    off = 0.05 + (float(sd) + 0.05) * math.sqrt((n - 1) / n)
    certain = jdm.show("04-certain").table
    assert f"at most {top:.1f} years" in set(certain[certain["fact"] == fact_id]["certain"])
    for features in ages_behind(fact_id, "1/2").features.values():
        assert features["largest value"].max() <= top
        assert abs(features["median"] - float(mean)).max() <= off


def test_the_spread_of_the_wait_stays_between_difference_and_sum_of_the_two():
    spread = waits_behind().features["SD of the gap"]
    assert 0 < spread.min() and spread.max() < 3.65 + 3.55
    assert np.quantile(spread, [0.025, 0.975]) == pytest.approx([1.6, 4.3], abs=0.1)


@pytest.mark.parametrize("identity", ["04e", "04w"])
def test_an_ensemble_is_a_distribution_and_says_what_it_is(identity):
    view = EXPLORATIONS[identity].view()
    for said in (view.sentence, view.picture.caption):
        assert NO_ASSOCIATION in said and "seed" in said and "equally likely" in said
    assert view.picture.origin == "simulated" and "SIMULATED" in view.picture.alt
    assert not re.search(
        r"child\b|rank|cohort\b", " ".join(view.picture.table.columns).replace("of the cohort", "")
    )
    assert len(view.picture.table) < 6


def test_both_meanings_of_uniform_can_be_chosen_and_differ():
    views = [EXPLORATIONS["04e"].view({"uniform": key}) for key in ("labelled", "multisets")]
    assert "labelled children" in views[0].sentence and "unordered" in views[1].sentence
    assert views[0].picture.png != views[1].picture.png


def test_a_pass_is_as_common_as_a_search_of_every_pair_says():
    from jdm_teach.stats.audit import grim

    share = pairs_that_pass("1")
    assert (share.passed, share.pairs) == (6906, 9600)
    possible = Counter(bool(grim(f"{k / 10:.1f}", 9)) for k in range(10, 170))
    assert share.share <= possible[True] / 160
    assert "72%" in jdm.show("04-audit").table.to_string()


def test_the_neighbourhood_agrees_with_listing_every_group_of_ages():
    import itertools

    seen = set()
    for ages in itertools.combinations_with_replacement(range(18), 3):
        mean = sum(ages) / 3
        sd = math.sqrt(sum((a - mean) ** 2 for a in ages) / 2)
        seen.add((math.floor(10 * mean + 0.5 + 1e-9), math.floor(10 * sd + 0.5 + 1e-9)))
    view = EXPLORATIONS["04g"].view({"mean": 5.0, "sd": 3.6, "n": 3})
    expected = sum((m, s) in seen for m in range(45, 56) for s in range(31, 42))
    assert f"{expected} can (" in view.sentence
    assert view.picture.origin == "assumed"


def test_the_sign_cannot_be_a_standard_error():
    table = jdm.show("04-audit").table.set_index("question")
    assert table.loc["Can 3.6 be a standard error?", "answer"] == "no"
    assert "10.8" in table.loc["Can 3.6 be a standard error?", "because"]
    assert "8.6" in table.loc["Can 3.6 be a standard error?", "because"]
    assert table.loc["Can 33% be some whole number of 9?", "answer"] == "yes"


def test_the_alternative_text_holds_the_numbers_of_the_table():
    seen = {identity: EXPLORATIONS[identity].view().picture for identity in IDS}
    said = re.findall(r"([^:;]+) (\d+) to (\d+)%", seen["04a"].alt)
    for (name, low, high), row in zip(said, seen["04a"].table.itertuples(index=False), strict=True):
        assert name.strip() == row[0]
        assert (int(low), int(high)) == pytest.approx(row[1:3], abs=0.55)
    assert f"{seen['04b'].table.set_index('children').iloc[0, 0]:.1f}%" in seen["04b"].alt
    assert f"{seen['04g'].table['means that can occur'].sum()} circles" in seen["04g"].alt
    for identity in ("04e", "04w"):
        ranges = [
            f"middle {row[2]:.1f}, 95% of cohorts between {row[1]:.1f} and {row[3]:.1f}"
            for row in seen[identity].table.itertuples(index=False)
        ]
        assert any(one in seen[identity].alt for one in ranges)


def test_a_quick_job_yields_nothing_and_an_error_is_passed_on():
    steps = watched(lambda watcher: 7)
    with pytest.raises(StopIteration) as finished:
        next(steps)
    assert finished.value.value == 7

    def fails(watcher: Watcher) -> int:
        raise ValueError("Choose another grain.")

    with pytest.raises(ValueError, match="another grain"):
        list(watched(fails))


def test_nobody_watching_stops_the_job():
    ended = []

    def long(watcher: Watcher) -> None:
        for step in range(1000):
            time.sleep(0.005)
            if not watcher(step / 1000):
                ended.append(step)
                return

    steps = watched(long)
    assert 0 <= next(steps) <= 1
    steps.close()
    for _ in range(100):
        time.sleep(0.01)
        if ended:
            break
    assert ended and ended[0] < 200


def test_without_threads_the_job_is_done_at_once(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("jdm_teach.lessons.long_count.Thread.start", refuse)
    steps = watched(lambda watcher: 3)
    assert next(steps) == 0
    with pytest.raises(StopIteration) as finished:
        next(steps)
    assert finished.value.value == 3


def test_the_fine_count_shows_progress_and_can_be_stopped():
    ages_behind.cache_clear()
    explorer = Explorer(EXPLORATIONS["04e"], Record.in_memory())
    sent = []
    explorer.send = lambda message, *rest: sent.append(message)
    explorer.predict(100)

    async def run_and_stop():
        explorer.run({"grain": "0.1"})
        task = explorer.running
        for _ in range(200):
            await asyncio.sleep(0.01)
            if sent:
                break
        explorer.heard({"type": "stop"})
        await task

    asyncio.run(run_and_stop())
    assert sent[0]["type"] == "progress" and 0 <= sent[0]["done"] < 1
    assert explorer.shown["apology"].startswith("Stopped.")


def test_the_questions_are_kept_as_they_are_read():
    raw = json.loads((ROOT / "data/questions/lesson_04.json").read_text(encoding="utf-8"))
    assert [entry["id"] for entry in raw["items"]] == [
        "04ap", "04bp", "04c", "04d", "04gp", "04ep", "04wp", "04s"
    ]  # fmt: skip
