"""The oral course of a drug, held to an ODE solver, to hand algebra and to published exposures."""

import csv
import re
from math import exp, log

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from jdm_teach.biology.dosing import (
    Regimen,
    concentration,
    exposure,
    hours_above,
    pk_set,
    pk_table,
    point_concentration,
    profile,
    weight_bands,
)
from jdm_teach.biology.drugs import drug
from jdm_teach.biology.pharmacokinetics import PKSet
from jdm_teach.place import data_folder

CHILDREN = ("tofacitinib-child-12-17", "tofacitinib-child-6-11", "tofacitinib-child-2-5")


def person(CL_F=20.0, V_F=100.0, ka=3.0, lag=0.2):
    return PKSet("made-up", "tofacitinib", "an invented example", None, CL_F, V_F, ka, lag)


def integrated(times, pk, dose, interval, doses):
    """Gut and plasma as two differential equations, restarted at every dose: nothing shared with the package."""
    ke = pk.CL_F / pk.V_F
    starts = [i * interval + pk.lag for i in range(doses)]
    amount, out, here = np.zeros(2), np.zeros(len(times)), 0.0

    def flow(_, y):
        return [-pk.ka * y[0], pk.ka * y[0] - ke * y[1]]

    for start, stop in zip([0.0, *starts], [*starts, max(times) + 1], strict=True):
        amount = amount + (np.array([dose, 0.0]) if start in starts and stop != starts[0] else 0.0)
        if stop <= here:
            continue
        inside = (times >= start) & (times < stop)
        sol = solve_ivp(
            flow, (start, stop), amount, rtol=1e-10, atol=1e-14, dense_output=True, method="LSODA"
        )
        out[inside] = sol.sol(times[inside])[1]
        amount, here = sol.y[:, -1], stop
    return out / pk.V_F


@pytest.mark.parametrize("name", sorted(set(pk_table().set)))
def test_the_closed_form_equals_an_ode_solver_for_every_shipped_set(name):
    pk, times = pk_set(name), np.linspace(0, 60, 241)
    ours = concentration(times, pk, Regimen(5, 12, doses=4))
    theirs = integrated(times, pk, 5.0, 12.0, 4)
    assert np.abs(ours - theirs).max() < 1e-6 * theirs.max()


def test_the_adult_set_has_the_analytic_half_life_peak_average_and_trough():
    row = exposure(pk_set("tofacitinib-adult-uc"), Regimen(5, 12)).iloc[0]
    ke, ka, V, tau = 26.3 / 115.8, 9.85, 115.8, 12
    t = log(ka * (1 - exp(-ke * tau)) / (ke * (1 - exp(-ka * tau)))) / (ka - ke)
    peak = (
        5 * ka / V / (ka - ke) * (exp(-ke * t) / (1 - exp(-ke * tau)) - exp(-ka * t) / (1 - exp(-ka * tau)))
    )
    assert row.half_life_h == pytest.approx(3.05, rel=0.02)  # printed beside the parameters
    assert row.peak_ng_per_mL == pytest.approx(1000 * peak, rel=1e-9)
    assert row.peak_ng_per_mL == pytest.approx(42.3, rel=0.02)
    assert row.peak_nM == pytest.approx(136, rel=0.02)
    assert row.trough_ng_per_mL == pytest.approx(3.1, rel=0.02)
    assert row.AUC_tau_ng_h_per_mL == pytest.approx(5000 / 26.3, rel=1e-9)
    assert row.average_nM == pytest.approx(51, rel=0.02)
    assert row.average_free_nM == pytest.approx(30, rel=0.03)
    assert row.time_of_peak_h == pytest.approx(0.236 + t)


def test_the_second_published_adult_set_gives_its_published_exposure():
    row = exposure(pk_set("tofacitinib-adult-psa"), Regimen(5, 12)).iloc[0]
    assert row.peak_ng_per_mL == pytest.approx(48.1, rel=0.02)
    assert row.trough_ng_per_mL == pytest.approx(5.6, rel=0.02)
    assert row.average_nM == pytest.approx(65, rel=0.02)


@pytest.mark.parametrize("name", CHILDREN)
def test_adult_clearance_predicts_the_childrens_area_within_30_percent(name):
    """Held out: the adult set has never seen these children; area does not depend on volume."""
    child = pk_set(name)
    area = exposure(pk_set(), Regimen(child.observed["studied_dose"])).AUC_tau_ng_h_per_mL[0]
    assert area == pytest.approx(child.observed["AUC_tau"], rel=0.30)


@pytest.mark.parametrize("name", CHILDREN)
def test_a_childs_set_returns_the_peak_and_area_it_was_made_from(name):
    """Held in: this checks the arithmetic of the data table, not a prediction."""
    child = pk_set(name)
    row = exposure(child, Regimen(child.observed["studied_dose"])).iloc[0]
    assert row.AUC_tau_ng_h_per_mL == pytest.approx(child.observed["AUC_tau"], rel=0.002)
    assert row.peak_ng_per_mL == pytest.approx(child.observed["C_max"], rel=0.002)
    assert child.origin == "assumed" and "borrowed from adults" in " ".join(child.assumptions())


def test_clearance_and_volume_do_not_rise_as_children_get_younger():
    older, younger = pk_set("tofacitinib-child-12-17"), pk_set("tofacitinib-child-2-5")
    assert older.CL_F > younger.CL_F and older.V_F > younger.V_F


def test_a_ruxolitinib_dose_range_gives_the_printed_peaks():
    pk = pk_set("ruxolitinib-adult")
    peaks = [exposure(pk, Regimen(dose, doses=1)).peak_nM[0] for dose in (5, 200)]
    assert peaks[0] == pytest.approx(205, rel=0.01)  # held in
    assert peaks[1] == pytest.approx(7100, rel=0.2)  # held out


rate = st.floats(0.05, 20)
size = st.floats(1, 500)


@pytest.mark.parametrize("closeness", [0.0, 1e-12, 1e-7, 1e-5, 3e-5, 1e-4])
def test_absorption_as_fast_as_loss_gives_the_curve_of_equal_rates(closeness):
    """With ka = ke = k a single dose D leaves D/V k t exp(-k t) at time t."""
    k, t = 0.3, np.linspace(0, 24, 49)
    pk = person(0.3 * 80, 80.0, k * (1 + closeness), 0.0)
    limit = 5 / 80 * k * t * np.exp(-k * t)
    found = concentration(t, pk, Regimen(5, 12, doses=1))
    assert found == pytest.approx(limit, rel=1e-8 + 6 * closeness, abs=1e-12)
    point = point_concentration(pk, Regimen(5, 12, doses=1))
    assert [point(x) for x in t] == pytest.approx(found, rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    CL=rate, V=size, ka=rate, lag=st.floats(0, 2), tau=st.floats(1, 48), first=st.integers(1, 5), dose=size
)
@example(CL=6.0, V=1.0, ka=6.0, lag=0.0, tau=1.0, first=2, dose=1.0)
def test_doses_superpose(CL, V, ka, lag, tau, first, dose):
    pk, times = person(CL, V, ka, lag), np.linspace(0, 200, 301)
    together = concentration(times, pk, Regimen(dose, tau, doses=first + 1))
    before = concentration(times, pk, Regimen(dose, tau, doses=first))
    late = np.where(
        times >= first * tau,
        concentration(np.maximum(times - first * tau, 0), pk, Regimen(dose, tau, doses=1)),
        0,
    )
    assert together == pytest.approx(before + late, rel=1e-8, abs=1e-10 * dose / V)
    doubled = concentration(times, pk, Regimen(2 * dose, tau, doses=first))
    assert doubled == pytest.approx(2 * before, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(CL=rate, V=size, ka=rate, lag=st.floats(0, 2), tau=st.floats(1, 48))
def test_many_doses_become_the_steady_state_and_the_steady_state_repeats(CL, V, ka, lag, tau):
    pk = person(CL, V, ka, lag)
    doses = int(60 / (tau * min(CL / V, ka))) + 2
    if doses > 5000:
        return
    phase = np.linspace(0, tau, 50) + lag
    steady = concentration(phase, pk, Regimen(1, tau))
    late = concentration(phase + (doses - 1) * tau, pk, Regimen(1, tau, doses=doses))
    assert late[:-1] == pytest.approx(steady[:-1], rel=1e-6, abs=1e-12)
    assert concentration(phase[1:-1] + 3 * tau, pk, Regimen(1, tau)) == pytest.approx(steady[1:-1], rel=1e-7)


@settings(max_examples=60, deadline=None)
@given(CL=rate, V=size, ka=rate, lag=st.floats(0, 2), tau=st.floats(1, 48))
def test_exposure_agrees_with_a_fine_grid_of_the_course(CL, V, ka, lag, tau):
    pk, regimen = person(CL, V, ka, lag), Regimen(5, tau)
    row = exposure(pk, regimen).iloc[0]
    times = lag + np.linspace(0, tau, 40_001)[:-1]
    course = concentration(times, pk, regimen) * 1000
    assert row.peak_ng_per_mL == pytest.approx(course.max(), rel=1e-3)
    assert row.peak_ng_per_mL >= course.max() * (1 - 1e-8)
    assert row.trough_ng_per_mL == pytest.approx(course.min(), rel=1e-3, abs=1e-8 * course.max())
    assert row.AUC_tau_ng_h_per_mL == pytest.approx(5000 / CL, rel=1e-7)
    level = (row.peak_ng_per_mL + row.trough_ng_per_mL) / 2
    counted = tau * np.mean(course > level)
    assert hours_above(level, pk, regimen, "total_ng_per_mL")[0] == pytest.approx(counted, abs=tau * 2e-4)


def test_hours_above_is_everything_below_the_trough_and_nothing_above_the_peak():
    pk, regimen = pk_set(), Regimen(5)
    row = exposure(pk, regimen).iloc[0]
    assert hours_above(row.trough_nM * 0.99, pk, regimen, "total_nM")[0] == pytest.approx(12)
    assert hours_above(row.peak_nM * 1.01, pk, regimen, "total_nM")[0] == 0
    assert hours_above(0.1, pk, Regimen(0.0))[0] == 0


def test_equal_absorption_and_elimination_rates_have_the_known_limit():
    pk, times = person(CL_F=50, V_F=100, ka=0.5, lag=0), np.linspace(0, 20, 41)
    expected = 5 / 100 * 0.5 * times * np.exp(-0.5 * times)
    assert concentration(times, pk, Regimen(5, doses=1)) == pytest.approx(expected, rel=1e-4, abs=1e-12)


def test_a_missed_dose_is_the_course_without_it():
    pk, times = pk_set(), np.linspace(0, 48, 97)
    kept = concentration(times, pk, Regimen(5, 12, doses=3, missed=(1,)))
    first, third = (
        np.where(times >= start, concentration(np.maximum(times - start, 0), pk, Regimen(5, 12, doses=1)), 0)
        for start in (0, 24)
    )
    assert kept == pytest.approx(first + third, abs=1e-14)


@pytest.mark.parametrize("regimen", [Regimen(5), Regimen(5, doses=1), Regimen(5, 8, doses=5, missed=(2,))])
def test_the_point_course_is_the_array_course(regimen):
    pk, times = pk_set("tofacitinib-child-2-5"), np.linspace(0, 60, 133)
    at = point_concentration(pk, regimen)
    assert [at(float(t)) for t in times] == pytest.approx(
        concentration(times, pk, regimen), rel=1e-9, abs=1e-15
    )


def test_virtual_patients_repeat_with_their_seed_and_vary_as_published():
    typical = pk_set()
    people = typical.virtual_patients(20_000, seed=7)
    again = typical.virtual_patients(20_000, seed=7)
    assert np.array_equal(people.CL_F, again.CL_F)
    assert not np.array_equal(people.CL_F, typical.virtual_patients(20_000, seed=8).CL_F)
    assert np.median(people.CL_F) == pytest.approx(26.3, rel=0.01)
    assert people.CL_F.std() / people.CL_F.mean() == pytest.approx(0.22, rel=0.03)
    assert people.V_F == 115.8  # its variability was not seen, so it is not invented
    assert people.origin == "simulated" and people.patients == 20_000


def test_a_cohorts_table_is_each_patients_own_course():
    people = pk_set().virtual_patients(3, seed=2)
    frame = profile(people, Regimen(5), hours=12, step_h=1)
    assert frame.shape[0] == 3 * 13 and set(frame.origin) == {"simulated"} and frame.attrs["seed"] == 2
    second = person(float(people.CL_F[1]), 115.8, 9.85, 0.236)
    expected = concentration(np.arange(13.0), second, Regimen(5))
    assert frame[frame.patient == 2].total_mg_per_L.to_numpy() == pytest.approx(expected)
    assert len(hours_above(30, people, Regimen(5))) == 3


@pytest.mark.parametrize("varied", [("CL_F",), ("V_F",), ("ka",), ("lag",), ("CL_F", "V_F", "ka", "lag")])
def test_a_cohorts_exposure_is_each_patients_own_whatever_varies(varied):
    people = pk_set("tofacitinib-adult-uc").virtual_patients(4, seed=5, cv=dict.fromkeys(varied, 0.4))
    frame, above = exposure(people, Regimen(5)), hours_above(30, people, Regimen(5))
    assert len(frame) == len(above) == 4 and frame.patient.tolist() == [1, 2, 3, 4]
    own = [float(np.broadcast_to(getattr(people, p), 4)[2]) for p in ("CL_F", "V_F", "ka", "lag")]
    third = exposure(person(*own), Regimen(5)).iloc[0]
    for column in ("half_life_h", "time_of_peak_h", "peak_nM", "trough_nM", "average_free_nM"):
        assert frame[column][2] == pytest.approx(third[column])
    assert above[2] == pytest.approx(hours_above(30, person(*own), Regimen(5))[0])
    assert "assumed" in frame.attrs["caption"]


def test_the_units_of_a_profile_follow_from_each_other():
    frame = profile(pk_set(), Regimen(5), hours=12, step_h=0.5)
    assert frame.total_ng_per_mL.to_numpy() == pytest.approx(frame.total_mg_per_L * 1000)
    assert frame.total_nM.to_numpy() == pytest.approx(frame.total_ng_per_mL / 312.37 * 1000)
    assert frame.free_nM.to_numpy() == pytest.approx(frame.total_nM * 0.60)
    assert frame.attrs["units"]["free_nM"] == "nM free" and frame.attrs["units"]["time_h"] == "h"
    assert "not a dosing recommendation" in frame.attrs["caption"]
    assert "10.1002/cpdd.899" in frame.attrs["source"]


def test_weight_bands_are_facts_with_their_source_and_no_advice():
    frame = weight_bands("tofacitinib")
    label = frame[frame.kind == "label"]
    assert label.dose_mg.tolist() == [3.2, 4, 5] and label.weight_from_kg.tolist() == [10, 20, 40]
    assert (frame.source != "").all() and (frame.fact_ids != "").all()
    assert "never advice" in frame.attrs["caption"]


@pytest.mark.parametrize(
    "attempt, words",
    [
        (lambda: Regimen(-5), "The dose must be 0 or more in mg; got -5"),
        (lambda: Regimen(float("nan")), "finite number in mg"),
        (lambda: Regimen("five"), "must be one number"),
        (lambda: Regimen(5, 0), "above 0 in hours"),
        (lambda: Regimen(5, doses=0), "whole number of 1 or more"),
        (lambda: Regimen(5, doses=2, missed=(2,)), "cannot be missed"),
        (lambda: pk_set("tofacitinib-adult-u"), "Did you mean “tofacitinib-adult-uc”"),
        (lambda: drug("tofacitnib"), "Did you mean “tofacitinib”"),
        (lambda: weight_bands("tofacitnib"), "Did you mean “tofacitinib”"),
        (lambda: concentration([1, np.inf], pk_set(), Regimen(5)), "must be finite numbers"),
        (lambda: concentration([-1], pk_set(), Regimen(5)), "0 or more in hours"),
        (lambda: profile(pk_set(), Regimen(5), hours=24, step_h=0), "above 0"),
        (lambda: profile(pk_set(), Regimen(5), hours=1e7), "choose a longer step"),
        (lambda: hours_above(-1, pk_set(), Regimen(5)), "0 or more"),
        (lambda: hours_above(1, pk_set(), Regimen(5), "nM"), "Choose one of"),
        (lambda: exposure(pk_set(), Regimen(5, missed=(1,))), "no interval is typical"),
        (lambda: pk_set().virtual_patients(0, seed=1), "whole number from 1"),
        (lambda: pk_set("tofacitinib-child-2-5").virtual_patients(9, seed=1), "Give one you assume"),
        (lambda: pk_set().virtual_patients(2, 1).virtual_patients(2, 1), "virtual patients already"),
        (lambda: pk_set().virtual_patients(2, 1, cv={"CL": -0.1}), "Did you mean"),
    ],
)
def test_bad_input_gets_a_sentence(attempt, words):
    with pytest.raises(ValueError) as error:
        attempt()
    assert words in str(error.value)


@pytest.mark.parametrize(
    "table", ["pk_sets", "drugs", "weight_bands", "score_definitions", "isg_fold_changes"]
)
def test_every_shipped_number_says_where_it_came_from(table):
    with open(data_folder() / "pathway" / f"{table}.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert row["origin"] in {"published", "derived", "assumed"}, row
        told = row["source"] or row.get("formula") or row.get("note")
        assert told, row
        if row["origin"] == "published":
            assert row["source"] and row["verified"] and row.get("fact_ids"), row


def evidence_rows():
    found = {}
    for name in ("jaki_pk", "jaki_potency", "ifn_scores"):
        with open(data_folder() / "evidence" / f"{name}.csv", encoding="utf-8") as file:
            found |= {row["fact_id"]: row for row in csv.DictReader(file)}
    return found


@pytest.mark.parametrize("table", ["pk_sets", "drugs", "weight_bands", "score_definitions"])
def test_every_fact_id_leads_back_to_the_evidence_row_and_its_value(table):
    evidence = evidence_rows()
    with open(data_folder() / "pathway" / f"{table}.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            facts = [evidence[fact] for fact in row["fact_ids"].split()]
            assert all(row.get("drug", "") in fact.get("drug", "") for fact in facts), row
            if (
                row["origin"] == "published"
                and row.get("value")
                and row.get("quantity") != "fraction_unbound"
            ):
                printed = re.findall(
                    r"[\d.]+", " ".join(fact["value"] + fact["population"] for fact in facts)
                )
                assert float(row["value"]) in [float(text) for text in printed if text.strip(".")], row
