"""From dose to score for virtual patients, held to the single-cell run patient by patient."""

import numpy as np
import pytest

from jdm_teach.biology.dosing import pk_set
from jdm_teach.biology.drugs import drug
from jdm_teach.biology.inhibition import inhibition_course
from jdm_teach.biology.pathway import constant
from jdm_teach.biology.treated_cohort import Regimen, treat_cohort
from jdm_teach.biology.treatment import treat


@pytest.mark.parametrize("averaged", [True, False])
def test_a_cohort_of_identical_patients_is_the_typical_person(averaged):
    people = treat_cohort(n=2, cv={"CL_F": 0.0}, cells_spread=0, averaged=averaged).patients()
    one = treat(averaged=averaged).summary().set_index("readout")
    for readout in ("pSTAT1_total", "OccGAS_ISREbs", "FC_IRF9mRNA", "score"):
        assert people[f"{readout}_no_drug"].to_numpy() == pytest.approx(one.no_drug[readout], rel=0.01)
        assert people[f"{readout}_drug"].to_numpy() == pytest.approx(one.with_drug[readout], rel=0.01)


def test_slower_clearance_means_more_inhibition_and_a_larger_fall():
    people = treat_cohort(n=40, seed=4, cells_spread=0).patients().sort_values("CL_F")
    assert (np.diff(people.inhibited) < 0).all()
    assert (np.diff(people.pSTAT1_change_percent) > 0).all()


def test_the_same_seed_gives_the_same_patients_and_another_seed_others():
    first, again, other = (treat_cohort(n=5, seed=s).patients() for s in (1, 1, 2))
    assert first.equals(again) and not np.allclose(first.CL_F, other.CL_F)


def test_the_daily_mean_inhibition_lies_in_the_range_seen_in_patients():
    """Ten to 73 % over cytokines and cells on 5 mg twice daily (10.3389/fimmu.2021.738481)."""
    course = inhibition_course(pk_set().virtual_patients(1000, seed=1), Regimen(5, 12))
    assert 0.10 < np.quantile(course.mean(), 0.01) and np.quantile(course.mean(), 0.99) < 0.73


def test_the_spread_carries_n_seed_and_assumptions():
    cohort = treat_cohort(n=30, seed=3, interferon=constant(0.084, hours=24, settled_h=300))
    frame = cohort.spread()
    assert set(frame.n) == {30} and set(frame.seed) == {3} and set(frame.origin) == {"simulated"}
    low, middle, high = (frame[frame.share_below == s].set_index("quantity").value for s in (0.05, 0.5, 0.95))
    assert ((low <= middle) & (middle <= high)).all()
    for text in ("30 nM free (assumed", "spread of 0.3", "not real people", "seed 3", "not a dosing"):
        assert text in frame.attrs["caption"]


def test_children_need_a_variability_somebody_assumes():
    with pytest.raises(ValueError, match="Give one you assume"):
        treat_cohort(Regimen(3.0), pk="tofacitinib-child-2-5", n=3)
    cohort = treat_cohort(Regimen(3.0), pk="tofacitinib-child-2-5", n=3, cv={"CL_F": 0.22})
    assert "CL_F 22% (assumed)" in cohort.caption


@pytest.mark.parametrize(
    "attempt, words",
    [
        (lambda: treat_cohort(n=0), "whole number from 1"),
        (lambda: treat_cohort(n=2, cells_spread=-1), "0 or more"),
        (lambda: treat_cohort(n=2, compound=drug("ruxolitinib")), "choose a pair that fits"),
        (lambda: treat_cohort(n=2, interferon=constant(0, 24)).spread([2]), "between 0 and 1"),
    ],
)
def test_bad_input_gets_a_sentence(attempt, words):
    with pytest.raises(ValueError) as error:
        attempt()
    assert words in str(error.value)
