"""Properties of single runs, and what a learner is told when something does not make sense."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.biology.jacobian import PATTERN, jacobian_law
from jdm_teach.biology.kinetics import InterferonSupply, rate_law
from jdm_teach.biology.network import STATES, Knobs, basal_state, parameter_table, parameters, with_knobs
from jdm_teach.biology.pathway import bolus, constant, prestimulation, run, source_loop
from jdm_teach.biology.readouts import READOUTS, TEACHING

AT = {name: i for i, name in enumerate(STATES)}
scale = st.floats(0.05, 20)
level = st.floats(0.003, 1400)


def _some_state(factors):
    resting = np.array(basal_state())
    typical = np.where(resting > 0, resting, 500.0)
    typical[AT["OccGAS_ISREbs"]] = 0.3
    return typical * np.array(factors)


states = st.lists(scale, min_size=37, max_size=37).map(_some_state)


@given(states, st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_phosphorylation_and_traffic_neither_make_nor_lose_protein(y, kinase):
    k = with_knobs()
    rate = dict(zip(STATES, rate_law(k)(y.tolist(), kinase), strict=True))
    value = dict(zip(STATES, y, strict=True))
    pairs = ("pSTAT1pSTAT2c", "pSTAT1pSTAT2n", "ISGF3c", "ISGF3n")
    turnover = {
        "STAT1": k["stat1_chain"] * value["STAT1_LC_3"] - k["stat1_loss"] * value["STAT1c"],
        "STAT2": k["stat2_chain"] * value["STAT2_LC_5"] - k["stat2_loss"] * value["STAT2c"],
    }
    total = {
        "STAT1": sum(rate[x] for x in ("STAT1c", "STAT1n", *pairs))
        + 2 * (rate["pSTAT1dimc"] + rate["pSTAT1dimn"]),
        "STAT2": sum(rate[x] for x in ("STAT2c", "STAT2n", *pairs)),
    }
    for name, net in total.items():
        assert net == pytest.approx(turnover[name], rel=1e-9, abs=1e-6 * max(abs(r) for r in rate.values()))
    # Interferon and receptor are used up one for one.
    made = (
        k["receptor_production"]
        - (k["receptor_loss"] + k["receptor_loss_socs1"] * value["SOCS1"]) * value["Rec"]
    )
    assert rate["Rec"] - rate["IFN"] == pytest.approx(made, rel=1e-6, abs=1e-9 * abs(rate["IFN"]))


@pytest.mark.parametrize("seed", range(8))
def test_the_written_out_jacobian_is_the_derivative_of_the_rates(seed):
    rng = np.random.default_rng(seed)
    y, kinase = _some_state(np.exp(rng.uniform(-2, 2, 37))), rng.uniform()
    k, supply = with_knobs(), InterferonSupply(1.0, 0.1, 10.0, 0.03, 2.0, 0.35)
    rate, (still, moving) = rate_law(k, supply), jacobian_law(k, supply)
    written = np.zeros((37, 37))
    for (row, column), value in zip(PATTERN, [*still, *moving(y.tolist(), kinase)], strict=True):
        written[row, column] = value
    # The seconds-long lags of SOCS3 and IRF9 are left out of the Jacobian on purpose; elsewhere a thousandth is enough.
    lagged = ("pSTAT1dimc", "pSTAT1dimn", "SOCS3mRNA", "ISGF3n", "IRF9_LC_2", "pSTAT1pSTAT2c")
    for column in range(37):
        if STATES[column] in lagged:
            continue
        step = 1e-4 * max(abs(y[column]), 1e-3)
        up, down = y.copy(), y.copy()
        up[column] += step
        down[column] -= step
        above, below = np.array(rate(up.tolist(), kinase)), np.array(rate(down.tolist(), kinase))
        rounding = 1e-14 * np.maximum(np.abs(above), 1e6) / step
        gap = np.abs((above - below) / (2 * step) - written[:, column])
        assert np.all(gap <= 1e-3 * np.abs(written[:, column]) + rounding), STATES[column]


def test_without_stimulus_nothing_happens_for_a_month():
    response = run(constant(0))
    assert response.value("pSTAT1_total").max() < 1e-9
    for gene in ("IRF9", "USP18", "SOCS1"):
        assert response.value(f"FC_{gene}mRNA") == pytest.approx(1.0, abs=1e-5)


@given(level, st.floats(0, 1), st.floats(0, 3), st.floats(0, 3), st.floats(0.3, 3), st.floats(0.3, 3))
@settings(max_examples=30, deadline=None)
def test_no_amount_is_ever_negative_or_missing(level_pM, removed, usp18, socs1, stat1, stat2):
    response = run(bolus(level_pM), removed, Knobs(usp18, socs1, stat1, stat2))
    assert np.all(np.isfinite(response.values))
    assert np.all(response.values >= 0)


def test_no_drug_is_the_drug_at_zero_dose():
    times = np.linspace(0, 32, 50)
    plain = run(bolus(28), times_h=times)
    assert np.array_equal(plain.values, run(bolus(28), inhibition=0, times_h=times).values)
    dosed = run(bolus(28), inhibition=lambda t: 0.0 * t, times_h=times)
    gaps = np.abs(plain.values - dosed.values).max(axis=1) / plain.values.max(axis=1)
    assert gaps.max() < 2e-3


def test_a_course_that_never_changes_is_the_constant():
    plain, dosed = run(constant(0.084, 168), 0.4), run(constant(0.084, 168), lambda t: np.full_like(t, 0.4))
    gaps = np.abs(plain.values - dosed.values).max(axis=1) / plain.values.max(axis=1)
    assert gaps.max() < 2e-3


def test_full_inhibition_stops_all_phosphorylation_but_not_binding():
    response = run(bolus(28), 1.0)
    assert response.value("pSTAT1_total").max() == 0
    assert response.value("aRecIFN").max() > 0


def test_the_result_does_not_depend_on_the_output_hours():
    coarse = run(prestimulation(2.8), times_h=[0.01, 3, 24, 25, 48])
    fine = run(prestimulation(2.8), times_h=np.linspace(0, 48, 4801))
    for name in ("pSTAT1_total", "ISGF3n", "OccGAS_ISREbs", "IRF9mRNA"):
        at = [np.searchsorted(fine.times_h, t - 1e-9) for t in coarse.times_h]
        assert coarse.value(name) == pytest.approx(
            fine.value(name)[at], rel=1e-6, abs=1e-6 * fine.value(name).max()
        )
        assert coarse.peak(name, 24) == pytest.approx(fine.peak(name, 24), rel=1e-6)
        assert coarse.area(name, 0, 48) == pytest.approx(fine.area(name, 0, 48), rel=1e-6)


def test_areas_and_peaks_agree_with_a_very_fine_grid():
    response = run(bolus(1400), times_h=np.linspace(0, 32, 64_001))
    for name in ("pSTAT1_total", "ISGF3n", "OccGAS_ISREbs", "FC_IRF9mRNA"):
        curve = response.value(name)
        inside = response.times_h <= 24
        steps = np.diff(response.times_h[inside])
        by_hand = ((curve[inside][1:] + curve[inside][:-1]) / 2 * steps).sum()
        assert response.area(name) == pytest.approx(by_hand, rel=1e-3)
        assert response.peak(name)[1] == pytest.approx(curve.max(), rel=1e-3)
        assert response.peak(name)[0] == pytest.approx(response.times_h[curve.argmax()], abs=0.02)


@pytest.mark.parametrize("level_pM", [0.084, 2.8, 280])
def test_early_peaks_of_a_month_under_interferon_are_not_cut_off(level_pM):
    dense = np.linspace(0, 48, 4801)
    month = run(constant(level_pM, 28 * 24), times_h=np.append(dense, 28 * 24.0))
    for name in ("pSTAT1_total", "ISGF3n"):
        curve = month.value(name)
        hour, height = month.peak(name)
        if hour < 48:
            assert height == pytest.approx(curve[:-1].max(), rel=2e-3)
            assert hour == pytest.approx(dense[curve[:-1].argmax()], abs=0.1)
        early = dense <= 24
        assert month.area(name) == pytest.approx(np.trapezoid(curve[:-1][early], dense[early]), rel=2e-3)


def test_a_basal_knob_scales_the_resting_protein_and_leaves_mrna_alone():
    resting = dict(
        zip(
            STATES, basal_state(with_knobs(Knobs(stat1_basal=2, stat2_basal=0.5, usp18_basal=3))), strict=True
        )
    )
    plain = dict(zip(STATES, basal_state(), strict=True))
    assert resting["STAT1c"] == pytest.approx(2 * plain["STAT1c"])
    assert resting["STAT2n"] == pytest.approx(0.5 * plain["STAT2n"])
    assert resting["USP18"] == pytest.approx(3 * plain["USP18"])
    assert resting["STAT1mRNA"] == plain["STAT1mRNA"]
    k = with_knobs(Knobs(2, 3, 2, 0.5, 3))
    assert np.abs(rate_law(k)(basal_state(k), 1.0)).max() < 1e-6


def test_a_settled_cell_starts_where_the_undrugged_month_ended():
    month = run(constant(0.084))
    week = run(constant(0.084, hours=168, settled_h=672), 0.5)
    for name in ("pSTAT1_total", "USP18", "IRF9mRNA", "IFN_pM"):
        assert week.value(name)[0] == pytest.approx(month.value(name)[-1], rel=1e-3)


def test_the_frame_is_tidy_and_carries_units_origin_protocol_and_warnings():
    frame = run(bolus(2800), times_h=[0, 1, 2]).frame(TEACHING)
    assert list(frame.columns) == ["time_h", "readout", "label", "value", "unit", "origin", "seed", "warning"]
    assert len(frame) == 3 * len(TEACHING)
    assert set(frame["origin"]) == {"simulated"}
    assert frame["unit"].notna().all()
    assert frame["warning"].str.contains("extrapolation").all()
    assert "2800 pM once" in frame.attrs["protocol"]
    assert "10.15252" in frame.attrs["source"]


def test_the_summary_has_peaks_hours_and_areas_for_each_readout():
    summary = run(bolus(28)).summary(["pSTAT1_total", "FC_IRF9mRNA"])
    row = summary.set_index("readout").loc["pSTAT1_total"]
    assert row["peak_h"] == pytest.approx(2.13, abs=0.05)
    assert row["area_first_24h"] > row["area_last_24h"] > 0


def test_warnings_stand_in_the_sentence_and_the_notebook_view():
    response = run(constant(0.084, hours=40 * 24), knobs=Knobs(usp18_gain=5))
    assert len(response.warnings) == 2
    assert all(warning in str(response) for warning in response.warnings)
    assert "usp18_gain is outside" in response._repr_html_()
    assert run(bolus(28)).warnings == ()


def test_the_parameter_table_says_where_each_constant_comes_from():
    table = parameter_table()
    assert set(table["symbol"]) == set(parameters())
    assert (table["origin"] == "published").all()
    with pytest.raises(TypeError):
        parameters()["binding"] = 1.0  # type: ignore[index]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: bolus(-1), "0 or more"),
        (lambda: bolus(float("nan")), "finite"),
        (lambda: bolus(28, hours=0), "hours"),
        (lambda: constant(0.1, hours=9000), "one year"),
        (lambda: prestimulation(2.8, 1400, challenge_h=50, hours=48), "before the end"),
        (lambda: source_loop(half=0), "half must be above 0"),
        (lambda: Knobs(usp18_gain=-0.1), "0 or more"),
        (lambda: run(bolus(28), 1.5), "fraction of kinase activity"),
        (lambda: run(bolus(28), lambda t: t), "gave other values"),
        (lambda: run(bolus(28), lambda t: 0.5), "gave other values"),
        (lambda: run(bolus(28), times_h=[0, 40]), "end of the run"),
        (lambda: run(bolus(28), readouts=["pSTAT9"]), "no readout called"),
        (lambda: run(bolus(28), readouts=["ISGF3n"]).value("Rec"), "did not keep"),
        (lambda: run(bolus(28)).area("ISGF3n", 0, 48), "covers 0 to 32 h"),
        (lambda: run(bolus([1, 2])), "one cell"),
        (lambda: run(bolus(28), [0.1, 0.2]), "as one number"),
        (lambda: run("bolus"), "protocol"),
        (lambda: run(bolus(28), tolerance=0), "tolerance"),
        (lambda: bolus("a lot"), "must be numbers"),
        (lambda: bolus([[1, 2]]), "flat list"),
        (lambda: bolus(28, hours=None), "one number"),
        (lambda: constant(0.1, settled_h=-3), "above 0"),
        (lambda: Knobs(socs1_gain="high"), "must be numbers"),
        (lambda: run(bolus(28), "strong"), "must be numbers"),
        (lambda: run(bolus(28), times_h="now"), "must be numbers"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(make, said):
    with pytest.raises(ValueError, match=said) as caught:
        make()
    text = str(caught.value)
    assert text[0].isupper() or text.split(maxsplit=1)[0] in Knobs.__dataclass_fields__
    assert text.rstrip().endswith((".", ")"))


def test_every_readout_has_a_label_and_a_unit():
    assert all(readout.label and readout.unit for readout in READOUTS.values())
    assert set(TEACHING) <= set(READOUTS)
