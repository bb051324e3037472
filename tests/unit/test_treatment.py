"""From dose to score in one line, held to the numbers worked out for the same model elsewhere."""

import numpy as np
import pytest

from jdm_teach.biology.dosing import pk_set
from jdm_teach.biology.drugs import drug
from jdm_teach.biology.gene_response import gene_response
from jdm_teach.biology.inhibition import inhibition_course
from jdm_teach.biology.pathway import Knobs, constant, run
from jdm_teach.biology.treatment import Regimen, treat
from jdm_teach.figures import picture

LEVELS = {0.0084: 43, 0.084: 37, 0.84: 27}


def fall(treatment, readout):
    return -treatment.summary().set_index("readout").change_percent[readout]


@pytest.mark.parametrize("averaged", [True, False])
@pytest.mark.parametrize("level", LEVELS)
def test_five_milligrams_twice_daily_lowers_the_pstat1_area_as_worked_out(level, averaged):
    assert fall(treat(Regimen(5, 12), level, averaged=averaged), "pSTAT1_total") == pytest.approx(
        LEVELS[level], abs=1
    )


@pytest.mark.parametrize(
    "dose, K, inhibited, fold", [(5, 30, 0.44, 4.2), (10, 30, 0.59, 3.5), (5, 10, 0.68, 3.1)]
)
def test_the_sensitive_gene_falls_from_5_9_as_worked_out(dose, K, inhibited, fold):
    treatment = treat(Regimen(dose, 12), 0.084, compound=drug(K_J1_nM=K))
    row = treatment.summary().set_index("readout").loc["FC_IRF9mRNA"]
    assert treatment.course.mean() == pytest.approx(inhibited, abs=0.006)
    assert row.no_drug == pytest.approx(5.9, abs=0.05)
    assert row.with_drug == pytest.approx(fold, abs=0.06)


def test_the_pathway_answers_by_less_than_the_kinase_loses():
    """Feedback: with less signal there is less USP18 and SOCS1, so receptors answer better."""
    treatment = treat(Regimen(5, 12), 0.84)
    assert fall(treatment, "pSTAT1_total") < 100 * treatment.course.mean() - 10
    usp18 = treatment.summary().set_index("readout").loc["FC_USP18mRNA"]
    assert usp18.with_drug < usp18.no_drug


def test_the_mean_inhibition_is_good_for_slow_readouts_as_its_caption_says():
    followed, averaged = (
        treat(Regimen(5, 12), 0.084, averaged=a).summary().set_index("readout").with_drug
        for a in (False, True)
    )
    for readout in ("OccGAS_ISREbs", "FC_IRF9mRNA", "score"):
        assert averaged[readout] == pytest.approx(followed[readout], rel=0.012)


def test_dose_zero_is_no_drug():
    assert treat(Regimen(0.0), 0.084, averaged=True).summary().change_percent.to_numpy() == pytest.approx(0.0)


def test_the_one_line_equals_the_four_steps_taken_one_by_one():
    times = np.linspace(0, 48, 97)
    protocol = constant(0.28, hours=48, settled_h=200)
    together = treat(Regimen(5, 12), protocol, times_h=times).score().query("arm == 'drug'")
    cell = run(protocol, inhibition_course(pk_set(), Regimen(5, 12)), times_h=times)
    steps = gene_response().table(cell.times_h, cell.value("OccGAS_ISREbs"))
    assert together.score.to_numpy() == pytest.approx(steps.score.to_numpy(), rel=1e-3)


def test_the_result_does_not_depend_on_the_output_times():
    few, many = (
        treat(Regimen(5, 12), 0.084, averaged=True, times_h=np.linspace(0, 168, n)).summary()
        for n in (3, 400)
    )
    assert few.with_drug.to_numpy() == pytest.approx(many.with_drug.to_numpy(), rel=1e-6)


def test_after_missed_doses_the_signal_overshoots_because_feedback_is_low():
    pk, week = pk_set("tofacitinib-child-6-11"), constant(0.084, hours=72, settled_h=672)
    kept = treat(Regimen(2.5, 12), week, pk)
    missed = treat(Regimen(2.5, 12, missed=(4, 5)), week, pk)
    assert fall(kept, "pSTAT1_total") > 0
    # The last two doses missed: feedback is still low, so the signal overshoots the level without drug.
    assert fall(missed, "pSTAT1_total") < 0
    assert "borrowed from adults" in kept.caption


@pytest.mark.parametrize("step", ["concentration", "inhibition", "response", "score", "summary"])
def test_every_step_is_a_tidy_table_with_units_origin_seed_and_assumptions(step):
    frame = getattr(treat(Regimen(5, 12), constant(0.084, hours=24, settled_h=100)), step)()
    assert len(frame) and not frame.columns.duplicated().any()
    assert set(frame.origin) <= {"derived", "simulated", "assumed"}
    assert {"units", "origin", "seed", "caption", "assumptions", "warnings", "source"} <= set(frame.attrs)
    assert "not a dosing recommendation" in frame.attrs["caption"]
    if step != "concentration":
        assert "30 nM free (assumed" in frame.attrs["caption"]
    if step in ("score", "summary", "response"):
        assert "half-saturated at occupancy" in frame.attrs["caption"]
        assert frame["seed"].isna().all()


def test_the_worked_figure_has_alt_text_table_and_every_assumption(tmp_path):
    treatment = treat(
        Regimen(5, 12), constant(0.084, hours=72, settled_h=672), times_h=np.linspace(0, 72, 289)
    )
    drug_level, inhibited, score = treatment.concentration(), treatment.inhibition(), treatment.score()
    signal = treatment.response().query("readout == 'pSTAT1_total'")

    def draw(level, activity, cell, genes):
        level.plot(drug_level.time_h, drug_level.free_nM)
        level.set(title="Free drug", xlabel="hours", ylabel="nM")
        activity.plot(inhibited.time_h, inhibited.remaining)
        activity.set(title="Kinase activity left", xlabel="hours", ylabel="share", ylim=(0, 1))
        for arm, style in (("no drug", "--"), ("drug", "-")):
            for axes, table, column in ((cell, signal, "value"), (genes, score, "score")):
                part = table[table.arm == arm]
                axes.plot(part.time_h, part[column], style, label=arm)
        cell.set(title="Phosphorylated STAT1", xlabel="hours", ylabel="molecules per cell", ylim=(0, None))
        genes.set(title="Six-gene score", xlabel="hours", ylabel="fold", ylim=(1, None))
        genes.legend()

    figure = picture(
        draw,
        alt=f"Four curves over three days of 5 mg twice daily. In the last 24 h: {treatment.changes()}.",
        caption=treatment.caption,
        origin="simulated",
        table=treatment.summary(),
        size=(12, 3.4),
        panels=4,
    )
    (tmp_path / "dose_to_score.png").write_bytes(figure.png)
    assert "phosphorylated STAT1 −3" in figure.alt
    assert "30 nM free (assumed" in figure.caption_text() and "SIMULATED" in figure.caption_text()
    assert len(figure.table) == 7


def test_warnings_of_every_part_travel():
    treatment = treat(Regimen(5, 12), constant(100, hours=24), compound=drug(K_J1_nM=1000))
    assert len(treatment.warnings) >= 2
    assert all(text in treatment.caption for text in treatment.warnings)
    assert treatment.score().attrs["warnings"] == treatment.warnings


def test_knobs_reach_the_cell():
    blind = treat(Regimen(5, 12), 0.84, knobs=Knobs(usp18_gain=0.0), averaged=True)
    usual = treat(Regimen(5, 12), 0.84, averaged=True)
    assert fall(blind, "pSTAT1_total") != pytest.approx(fall(usual, "pSTAT1_total"), abs=1)


@pytest.mark.parametrize(
    "attempt, words",
    [
        (lambda: treat(Regimen(5), -1), "0 or more"),
        (lambda: treat(Regimen(5), pk="tofacitinib-adult-u"), "Did you mean"),
        (lambda: treat(Regimen(5), compound=drug("ruxolitinib")), "choose a pair that fits"),
        (lambda: treat(Regimen(5), pk=pk_set().virtual_patients(3, 1)), "one typical person"),
    ],
)
def test_bad_input_gets_a_sentence(attempt, words):
    with pytest.raises(ValueError) as error:
        attempt()
    assert words in str(error.value)
