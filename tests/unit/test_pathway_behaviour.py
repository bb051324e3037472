"""What the published model is known to do, asked of ours. Numbers: computed from the published model elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from jdm_teach.biology.network import Knobs
from jdm_teach.biology.pathway import bolus, constant, prestimulation, run, source_loop
from jdm_teach.biology.virtual_cohort import run_cohort


def _challenge_peak(first_pM, readout="ISGF3n", **knobs):
    response = run(prestimulation(first_pM, 1400), knobs=Knobs(**knobs), readouts=[readout])
    return response.peak(readout, start_h=24)[1]


def test_a_low_first_dose_sensitises_and_a_high_one_desensitises_nuclear_isgf3():
    peaks = [_challenge_peak(level) for level in (2.8, 28, 0, 1400)]
    assert peaks == sorted(peaks, reverse=True)
    assert peaks == pytest.approx([6517, 4570, 2885, 900], rel=0.01)


def test_the_same_first_doses_only_desensitise_cytoplasmic_pstat1():
    peaks = [_challenge_peak(level, "pSTAT1_cytoplasm") for level in (0, 2.8, 28, 1400)]
    assert peaks == pytest.approx([47_900, 41_000, 20_000, 3_700], rel=0.01)


def test_without_the_usp18_feedback_there_is_no_desensitisation():
    untouched = _challenge_peak(0, usp18_gain=0)
    assert all(_challenge_peak(level, usp18_gain=0) > untouched for level in (2.8, 28, 1400))


def test_cutting_a_feedback_raises_occupancy_as_in_the_published_model():
    def area(protocol, **knobs):
        return run(protocol, knobs=Knobs(**knobs)).area("OccGAS_ISREbs", 0, protocol.hours)

    for protocol, usp18, socs1 in ((bolus(1400), 5.7, 2.0), (constant(0.84), 3.0, 1.7)):
        full = area(protocol)
        assert area(protocol, usp18_gain=0) / full == pytest.approx(usp18, rel=0.02)
        assert area(protocol, socs1_gain=0) / full == pytest.approx(socs1, rel=0.02)


def test_the_dose_for_half_the_pstat1_falls_with_time():
    doses = np.geomspace(0.28, 1e5, 240)
    cohort = run_cohort(bolus(doses, hours=4), times_h=np.array([10, 20, 60, 240]) / 60, tolerance=1e-3)
    halves = []
    for curve in cohort.value("pSTAT1_total"):
        i = int(np.argmax(curve > curve.max() / 2))
        halves.append(np.exp(np.interp(curve.max() / 2, curve[i - 1 : i + 1], np.log(doses[i - 1 : i + 1]))))
    assert halves == pytest.approx([765, 230, 43, 26], rel=0.02)


def test_the_apparent_potency_of_an_inhibitor_depends_on_the_stimulus_and_the_readout():
    free_over_K = np.geomspace(0.01, 1e4, 300)
    found = {"pSTAT1_total": [], "IRF9mRNA": []}
    for level in (2.8, 28, 280, 1400):
        cohort = run_cohort(bolus(level, hours=6), free_over_K / (1 + free_over_K), times_h=[0.25, 6])
        free = run(bolus(level, hours=6), times_h=[0.25, 6])
        for name, at in (("pSTAT1_total", 0), ("IRF9mRNA", 1)):
            left = cohort.value(name)[at] / free.value(name)[at]
            found[name].append(np.exp(np.interp(-0.5, -left, np.log(free_over_K))))
    assert found["pSTAT1_total"] == pytest.approx([1.0, 1.2, 2.5, 5.6], rel=0.05)
    assert found["IRF9mRNA"] == sorted(found["IRF9mRNA"])
    assert found["IRF9mRNA"][-1] > 20 * found["pSTAT1_total"][-1]


@pytest.mark.parametrize("level_pM", [0.0084, 0.084, 0.84])
def test_halving_kinase_activity_removes_less_than_half_of_pstat1_under_chronic_interferon(level_pM):
    protocol = constant(level_pM, hours=168, settled_h=672)
    full, halved = run(protocol), run(protocol, 0.5)
    assert 0.5 < halved.area("pSTAT1_total", 144, 168) / full.area("pSTAT1_total", 144, 168) < 0.75


def test_peaks_and_their_hours_are_those_of_the_published_model():
    expected = {  # pSTAT1 h, nuclear ISGF3 h, USP18 fold and h, IRF9 fold and h, STAT1 fold and h, SOCS1 fold and h
        0.28: (2.5, 2.95, (1.7, 12.3), (11, 7.7), (1.5, 8.9), (1.2, 5.5)),
        2.8: (2.3, 3.4, (5.2, 8.9), (32, 7.0), (3.6, 7.3), (2.7, 4.8)),
        28: (2.15, 4.4, (19, 8.4), (44, 7.7), (7.9, 7.6), (7.5, 4.9)),
        280: (0.37, 4.7, (33, 8.5), (46, 8.0), (9.9, 7.9), (10, 4.6)),
        1400: (0.18, 4.8, (37, 8.6), (47, 8.2), (10, 8.0), (11, 4.5)),
    }
    for level, (phospho, isgf3, *genes) in expected.items():
        response = run(bolus(level))
        assert response.peak("pSTAT1_total")[0] == pytest.approx(phospho, abs=0.05)
        assert response.peak("ISGF3n")[0] == pytest.approx(isgf3, abs=0.1)
        for gene, (fold, hour) in zip(("USP18", "IRF9", "STAT1", "SOCS1"), genes, strict=True):
            when, height = response.peak(f"FC_{gene}mRNA")
            assert height == pytest.approx(fold, rel=0.05)
            assert when == pytest.approx(hour, abs=0.1)


def test_28_days_of_a_femtomolar_level_raise_irf9_as_in_the_published_model():
    levels = np.array([0.0028, 0.0084, 0.028, 0.084, 0.28, 0.84, 2.8])
    cohort = run_cohort(constant(levels), times_h=[28 * 24])
    assert cohort.value("FC_IRF9mRNA")[0] == pytest.approx([1.26, 1.75, 3.2, 5.9, 10.8, 16.2, 22], rel=0.02)


def test_the_illustrative_loop_fades_or_collapses_as_designed_and_says_it_is_ours():
    graded = [run(source_loop(), i).value("FC_IRF9mRNA")[-1] for i in (0, 0.44, 0.6, 0.7, 0.8)]
    assert graded == pytest.approx([11.1, 6.7, 4.1, 2.3, 1.3], abs=0.06)
    switch = source_loop(0.1, 10, 0.03, 2)
    on, off = run(switch), run(switch, 0.44)
    assert on.value("FC_IRF9mRNA")[-1] == pytest.approx(13.8, rel=0.02)
    assert off.value("FC_IRF9mRNA")[-1] == pytest.approx(1.5, rel=0.03)
    assert any("ours and illustrative" in warning for warning in on.warnings)


def test_cutting_both_brakes_is_said_to_run_away():
    cut = run(constant(0.84, 24), knobs=Knobs(usp18_gain=0, socs1_gain=0))
    assert any("run away" in warning for warning in cut.warnings)
    assert not run(constant(0.84, 24), knobs=Knobs(usp18_gain=0)).warnings
