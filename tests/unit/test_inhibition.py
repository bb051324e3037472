"""Free drug to remaining kinase activity, held to hand algebra, limits and monotony."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from jdm_teach.biology.dosing import Regimen, pk_set
from jdm_teach.biology.inhibition import drug, drug_table, fraction_inhibited, inhibition_course

level = st.floats(0, 1e5)
constant = st.floats(0.1, 1e4)
share = st.floats(0, 1)


@given(level, constant)
def test_without_tyk2_it_is_the_familiar_hyperbola(free, K):
    assert fraction_inhibited(free, K) == pytest.approx(free / (K + free), abs=1e-12)


@given(constant, constant, share)
def test_no_drug_inhibits_nothing(K1, K2, w):
    assert fraction_inhibited(0, K1, K2, w) == 0


@given(level, level, constant, constant, share)
def test_more_drug_never_inhibits_less_and_the_share_stays_a_share(a, b, K1, K2, w):
    low, high = fraction_inhibited(sorted([a, b]), K1, K2, w)
    assert -1e-12 <= low <= high + 1e-12 <= 1 + 2e-12


@given(level, constant, constant, share, share)
def test_more_weight_on_tyk2_never_inhibits_less(free, K1, K2, a, b):
    low, high = sorted([a, b])
    less, more = (fraction_inhibited(free, K1, K2, w) for w in (low, high))
    assert less <= more + 1e-12


@given(level, constant, constant)
def test_full_weight_multiplies_what_two_kinases_leave(free, K1, K2):
    left = 1 / (1 + free / K1) / (1 + free / K2)
    assert 1 - fraction_inhibited(free, K1, K2, 1.0) == pytest.approx(left, abs=1e-12)


def test_weaker_drug_on_tyk2_falls_back_to_jak1_alone():
    assert fraction_inhibited(50, 30, 1e12, 0.7) == pytest.approx(50 / 80)


@pytest.mark.parametrize("dose, K, printed", [(5, 30, 0.44), (10, 30, 0.59), (5, 10, 0.68)])
def test_the_mean_inhibition_is_the_one_worked_out_for_the_course(dose, K, printed):
    course = inhibition_course(regimen=Regimen(dose), K_J1_nM=K)
    assert course.mean() == pytest.approx(printed, abs=0.0051)
    assert course.mean() == pytest.approx(quad(course, 0, 12, points=[0.236, 0.5, 1.5])[0] / 12, rel=1e-6)


@pytest.mark.parametrize("regimen", [Regimen(5, 8), Regimen(5, 12, doses=3), Regimen(5, 12, missed=(1,))])
def test_the_mean_over_some_hours_is_an_independent_quadrature(regimen):
    course = inhibition_course(regimen=regimen)
    fine = (np.arange(400_000) + 0.5) / 400_000 * 31
    assert course.mean(31) == pytest.approx(course(fine).mean(), rel=2e-6)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 200), min_size=1, max_size=5), st.sampled_from([None, 1, 6]))
def test_one_time_and_many_times_agree(times, doses):
    course = inhibition_course(regimen=Regimen(5, 12, doses=doses))
    assert [course(t) for t in times] == pytest.approx(course(np.array(times)).tolist(), abs=1e-12)


def test_a_cohort_has_one_value_per_patient_and_one_row_per_patient():
    course = inhibition_course(pk_set().virtual_patients(4, seed=3))
    assert course(2.0).shape == (4,) and course(np.arange(5.0)).shape == (4, 5)
    assert course.mean().shape == (4,)
    assert course(np.arange(5.0))[:, 2] == pytest.approx(course(2.0))
    assert "seed 3" in course.caption and "not real people" in course.caption


@pytest.mark.parametrize("varied", ["CL_F", "V_F", "ka", "lag"])
def test_the_mean_of_a_cohort_is_each_patients_own_mean(varied):
    people = pk_set().virtual_patients(20, seed=3, cv={varied: 0.5})
    course = inhibition_course(people)
    for patient in (0, 7, 19):
        own = replace(pk_set(), **{varied: float(getattr(people, varied)[patient])})
        assert course.mean()[patient] == pytest.approx(inhibition_course(own).mean(), rel=2e-3)


def test_no_drug_and_dose_zero_are_the_same():
    course = inhibition_course(regimen=Regimen(0.0))
    assert course(3.0) == 0 and course.mean() == 0


def test_the_corners_are_where_absorption_starts():
    assert inhibition_course().breaks(30).tolist() == pytest.approx([0.236, 12.236, 24.236])
    assert inhibition_course(regimen=Regimen(5, doses=2)).breaks(100).tolist() == pytest.approx(
        [0.236, 12.236]
    )


def test_the_assumption_travels_with_every_table_and_caption():
    course = inhibition_course()
    for text in (course.caption, course.table(12, 1).attrs["caption"]):
        assert "30 nM free (assumed, range 10–300)" in text
        assert "no measured constant for the interferon pathway was read" in text
    frame = course.table(12, 1)
    assert set(frame.origin) == {"assumed"} and frame.attrs["units"]["free_nM"] == "nM free"
    assert frame.inhibited.to_numpy() + frame.remaining.to_numpy() == pytest.approx(1)


def test_a_constant_outside_its_range_runs_with_a_warning_that_travels():
    course = inhibition_course(K_J1_nM=1000)
    assert "Outside the range considered" in course.caption
    assert course.table(12, 1).attrs["warnings"]
    assert not inhibition_course().warnings


def test_a_chosen_constant_is_called_assumed_and_another_readout_its_own_origin():
    assert drug("ruxolitinib").K_J1.origin == "derived"
    assert drug("ruxolitinib", K_J1_nM=12).K_J1.origin == "assumed"
    assert drug("tofacitinib", "IL-6").K_J1.value == pytest.approx(119 * 0.60, rel=1e-3)
    assert "using it for the interferon pathway is an assumption" in drug("ruxolitinib").assumptions()[0]


def test_every_drug_row_names_its_origin():
    assert set(drug_table().origin) <= {"published", "derived", "assumed"}
    assert set(drug_table().drug) == {"tofacitinib", "baricitinib", "ruxolitinib"}


def test_shape_of_the_day_ruxolitinib_is_near_baseline_after_ten_hours():
    course = inhibition_course("ruxolitinib-adult", Regimen(15, 12))
    day = course(np.linspace(0, 12, 241))
    assert np.argmax(day) / 20 < 2.5
    free_ten, free_peak = (d / (1 - d) for d in (course(10.0), day.max()))
    assert free_ten < 0.2 * free_peak


def test_shape_of_the_day_one_baricitinib_dose_peaks_early_and_is_near_baseline_a_day_later():
    day = inhibition_course("baricitinib-adult", Regimen(4, 24))(np.linspace(0, 24, 481))
    assert 0.5 <= np.argmax(day) / 20 <= 2
    assert day[-1] < 0.25 * day.max()


@pytest.mark.parametrize(
    "attempt, words",
    [
        (lambda: fraction_inhibited(-1, 30), "0 or more in nM"),
        (lambda: fraction_inhibited(float("nan"), 30), "missing or infinite"),
        (lambda: fraction_inhibited(1, 0), "above 0"),
        (lambda: fraction_inhibited(1, 30, 300, 1.5), "share between 0 and 1"),
        (lambda: fraction_inhibited(1, 30, None, 0.5), "needs K_T2_nM"),
        (lambda: drug("ruxolitinb"), "Did you mean “ruxolitinib”"),
        (lambda: drug("deucravacitinib"), "Choose one of: tofacitinib"),
        (lambda: drug("baricitinib", "IL-6"), "readout for baricitinib"),
        (lambda: drug(tyk2_weight=2), "between 0 and 1"),
        (lambda: inhibition_course(compound=drug("ruxolitinib")), "choose a pair that fits"),
        (lambda: inhibition_course(regimen=Regimen(5, doses=3)).mean(), "please give the hours"),
    ],
)
def test_bad_input_gets_a_sentence(attempt, words):
    with pytest.raises(ValueError) as error:
        attempt()
    assert words in str(error.value)
