"""The rebuilt curve against known truths, and against the numbers of the usual reconstruction."""

import json
from pathlib import Path

import numpy as np
import pytest

from jdm_teach.stats.survival import kaplan_meier, reconstruct_patients, restricted_mean

CASES = json.loads((Path(__file__).parents[1] / "reference" / "guyot_ipd.json").read_text())["cases"]


def digitised(rng, n, noise=0.0):
    """A simulated study, the corner points of its printed curve and its risk table."""
    event_time, lost = rng.exponential(10, n), np.minimum(rng.exponential(20, n), 15)
    time, event = np.round(np.minimum(event_time, lost), 2), (event_time <= lost).astype(int)
    curve = kaplan_meier(time, event)
    clicks, level = [(0.0, 1.0)], 1.0
    for t, d, s in zip(curve.time, curve.n_event, curve.survival, strict=True):
        if d:
            clicks += [(t, level), (t, s)]
            level = s
    clicks = np.array(clicks)
    clicks[1:, 1] = np.round(np.clip(clicks[1:, 1] + rng.normal(0, noise, len(clicks) - 1), 0, 1), 3)
    table = np.arange(0, curve.time[-1], 3.0)
    return time, event, clicks, table, curve.at_risk(table)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("with_total", [True, False])
def test_it_is_at_least_as_close_to_the_truth_as_the_usual_reconstruction(case, with_total):
    rebuilt = reconstruct_patients(
        case["clicks"], case["trisk"], case["nrisk"], case["total_events"] if with_total else None
    )
    usual, truth = case["IPDfromKM"], np.array(case["true_surv_at_trisk"])
    assert rebuilt.n == len(case["true_time"])
    assert abs(rebuilt.events - sum(case["true_event"])) <= abs(usual["events"] - sum(case["true_event"]))
    curve = rebuilt.curve()
    ours = np.abs(curve.at(case["trisk"]) - truth)
    assert ours.max() <= np.abs(np.array(usual["surv_at_trisk"]) - truth).max()
    mean = restricted_mean(rebuilt.time, rebuilt.event, case["trisk"][-1]).estimate
    assert abs(mean - case["true_rmst"]) <= abs(usual["rmst_to_last_trisk"] - case["true_rmst"])
    assert abs(curve.median - case["true_median"]) <= abs(usual["median"] - case["true_median"])
    assert curve.at_risk(case["trisk"]).tolist() == case["nrisk"]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n", [9, 40, 120])
def test_clean_clicks_give_back_the_curve(n, seed):
    time, event, clicks, table, at_risk = digitised(np.random.default_rng(seed), n)
    rebuilt = reconstruct_patients(clicks, table, at_risk, int(event.sum()))
    truth, curve = kaplan_meier(time, event), rebuilt.curve()
    assert (rebuilt.n, rebuilt.events) == (n, event.sum())
    assert curve.at_risk(table).tolist() == at_risk.tolist()
    np.testing.assert_allclose(curve.at(table), truth.at(table), atol=0.001)
    tau = table[-1] if table[-1] > 0 else float(time.max())
    ours, wanted = (
        restricted_mean(t, e, tau).estimate for t, e in ((rebuilt.time, rebuilt.event), (time, event))
    )
    assert ours == pytest.approx(wanted, abs=0.005)


@pytest.mark.parametrize("seed", range(4))
def test_a_shaky_hand_costs_no_more_than_the_shake(seed):
    time, event, clicks, table, at_risk = digitised(np.random.default_rng(seed), 60, noise=0.004)
    rebuilt = reconstruct_patients(clicks, table, at_risk)
    truth = kaplan_meier(time, event)
    assert np.abs(rebuilt.curve().at(table) - truth.at(table)).max() < 0.02
    assert abs(rebuilt.events - event.sum()) <= 4


def test_one_number_at_risk_is_enough_to_start():
    clicks = [(0, 1), (1, 1), (1, 0.9), (4, 0.9), (4, 0.8)]
    rebuilt = reconstruct_patients(clicks, [0], [10], 2)
    assert (rebuilt.n, rebuilt.events) == (10, 2)
    np.testing.assert_allclose(rebuilt.curve().at([1, 4]), [0.9, 0.8], atol=1e-12)


def test_points_out_of_order_are_put_in_order():
    clicks = [(0, 1), (2, 1), (2, 0.8), (5, 0.8), (5, 0.533), (9, 0.533)]
    one = reconstruct_patients(clicks, [0, 4, 8], [5, 3, 2])
    other = reconstruct_patients(clicks[::-1], [0, 4, 8], [5, 3, 2])
    assert one.time.tolist() == other.time.tolist()


def test_a_printed_total_that_cannot_be_is_said():
    clicks = [(0, 1), (2, 1), (2, 0.8), (5, 0.8), (5, 0.533), (9, 0.533)]
    assert "cannot be reached" in str(reconstruct_patients(clicks, [0, 4, 8], [5, 3, 2], 5))


def test_the_rows_are_labelled_derived():
    table = reconstruct_patients([(0, 1), (1, 1), (1, 0.5)], [0], [4]).table()
    assert set(table["data_origin"]) == {"derived"} and len(table) == 4


@pytest.mark.parametrize(
    ("clicks", "times", "n", "total", "words"),
    [
        ([(0, 100), (2, 80)], [0], [5], None, "divide percentages by 100"),
        ([(0, 1)], [0], [5], None, "at least two"),
        ([(0, 1), (1, float("nan"))], [0], [5], None, "some are missing"),
        ([(0, 0.6), (1, 0.5)], [0], [5], None, "starts at 1"),
        ([(0, 1), (1, 0.8)], [0, 2], [5], None, "one number at risk per"),
        ([(0, 1), (1, 0.8)], [1, 2], [5, 4], None, "start at 0"),
        ([(0, 1), (1, 0.8)], [0, 2], [4, 5], None, "cannot grow"),
        ([(0, 1), (1, 0.8)], [0], [2.5], None, "whole numbers"),
        ([(0, 1), (1, 0.8)], [0], [5], 6, "cannot happen among"),
    ],
)
def test_bad_input_gets_a_sentence(clicks, times, n, total, words):
    with pytest.raises(ValueError, match=words):
        reconstruct_patients(clicks, times, n, total)
