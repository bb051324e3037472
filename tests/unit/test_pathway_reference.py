"""The pathway against trajectories it did not make: two published-model files and two independent engines."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from jdm_teach.biology.network import STATES, UNITS_PER_PM, basal_state, parameters
from jdm_teach.biology.pathway import bolus, constant, prestimulation, run
from jdm_teach.biology.virtual_cohort import run_cohort
from jdm_teach.place import data_folder

pytestmark = pytest.mark.engine

REFERENCE = Path(__file__).parents[1] / "reference"
# The issue asks for 1 % of each curve's maximum; what is reached is tighter, and a slip should be noticed.
CLOSE = 0.005


def _engine_check():
    spec = importlib.util.spec_from_file_location("engine_check", REFERENCE / "engine_check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _table(name: str) -> dict[str, np.ndarray]:
    with (REFERENCE / name).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {column: np.array([float(row[column]) for row in rows]) for column in rows[0]}


def _differences(response, reference) -> dict[str, float]:
    found = {}
    for name in response.readouts:
        if name in reference:
            truth = np.asarray(reference[name])
            largest = np.abs(truth).max()
            gap = np.abs(response.value(name) - truth).max()
            found[name] = gap / largest if largest > 0 else gap
    return found


@pytest.fixture(scope="module")
def free_engine():
    pytest.importorskip(
        "roadrunner", reason="libroadrunner is absent: the independent engine check did NOT run"
    )
    return _engine_check().Engine()


@pytest.fixture(scope="module")
def held_engine():
    pytest.importorskip(
        "roadrunner", reason="libroadrunner is absent: the independent engine check did NOT run"
    )
    return _engine_check().Engine(hold_interferon=True)


def test_the_visible_bolus_trajectory_is_met_in_all_41_species_and_both_totals():
    reference = _table("kok_bolus_28pM.csv")
    gaps = _differences(run(bolus(28), times_h=reference["time_h"]), reference)
    assert len(gaps) == 43
    assert max(gaps.values()) < CLOSE, gaps


def test_the_visible_28_day_trajectory_is_met():
    reference = _table("kok_chronic_0p084pM.csv")
    gaps = _differences(run(constant(0.084), times_h=24 * reference["day"]), reference)
    assert {"pSTAT1_total", "ISGF3n", "FC_IRF9mRNA", "Rec"} <= set(gaps)
    assert max(gaps.values()) < CLOSE, gaps


def test_the_resting_cell_is_the_published_starting_state_before_rounding():
    with (data_folder() / "pathway" / "species.csv").open(encoding="utf-8") as stream:
        published = {row["id"]: float(row["initial_value"]) for row in csv.DictReader(stream)}
    ours = dict(zip(STATES, basal_state(), strict=True))
    for name in STATES:
        if name not in ("IRF9", "IFN"):
            assert ours[name] == pytest.approx(published[name], rel=5e-4, abs=1e-12), name
    assert ours["IRF9"] == pytest.approx(published["IRF9c"] + published["IRF9n"], rel=5e-4)


def test_every_constant_of_the_reaction_table_is_used_with_its_value_unit_and_source():
    folder = data_folder() / "pathway"
    with (folder / "reactions.csv").open(encoding="utf-8") as stream:
        table = {
            (row["n"], item.split("=")[0]): float(item.split("=")[1])
            for row in csv.DictReader(stream)
            for item in row["parameters"].split("; ")
        }
    with (folder / "parameters.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    named = {(n, row["kok_name"]): float(row["value"]) for row in rows for n in row["reaction_n"].split()}
    assert named == table
    assert all(
        row["unit"] and row["meaning"] and row["origin"] == "published" and "10.15252" in row["source"]
        for row in rows
    )
    assert len({row["symbol"] for row in rows}) == len(rows) == len(parameters())


@pytest.mark.parametrize("kinase", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("level_pM", [0.0028, 0.28, 2.8, 28, 280, 1400])
def test_a_bolus_agrees_with_the_full_model_in_another_engine(free_engine, level_pM, kinase):
    times = np.concatenate([np.arange(0, 2, 0.02), np.arange(2, 32.1, 0.25)])
    reference = free_engine.run([(0, level_pM * UNITS_PER_PM)], 32.0, times, kinase=kinase)
    gaps = _differences(run(bolus(level_pM), 1 - kinase, times_h=times), reference)
    assert max(gaps.values()) < CLOSE, gaps


@pytest.mark.parametrize("first_pM", [0, 2.8, 28, 1400])
def test_a_double_treatment_agrees_with_the_full_model_in_another_engine(free_engine, first_pM):
    times = np.arange(0, 48.1, 0.1)
    reference = free_engine.run([(0, first_pM * UNITS_PER_PM), (24, 50_000.0)], 48.0, times, add=True)
    gaps = _differences(run(prestimulation(first_pM, 1400), times_h=times), reference)
    assert max(gaps.values()) < CLOSE, gaps


@pytest.mark.parametrize("kinase", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("level_pM", [0.0028, 0.084, 0.84, 28])
def test_28_days_of_interferon_agree_with_the_full_model_in_another_engine(held_engine, level_pM, kinase):
    times = np.arange(0, 28 * 24 + 0.1, 4)
    reference = held_engine.run([(0, level_pM * UNITS_PER_PM)], 28 * 24.0, times, kinase=kinase)
    gaps = _differences(run(constant(level_pM), 1 - kinase, times_h=times), reference)
    assert max(gaps.values()) < CLOSE, gaps


def test_a_cohort_stays_within_1_percent_of_the_full_model_on_occupancy_and_mrna(free_engine):
    levels, removed = np.array([0.28, 2.8, 28, 280, 1400]), np.array([0.0, 0.9, 0.3, 0.6, 0.0])
    names = [
        "OccGAS_ISREbs",
        *(f"{gene}mRNA" for gene in ("STAT1", "STAT2", "IRF9", "USP18", "SOCS1", "SOCS3")),
    ]
    times = np.linspace(0, 32, 65)
    cohort = run_cohort(bolus(levels), removed, times_h=times, readouts=names)
    for i, (level, fraction) in enumerate(zip(levels, removed, strict=True)):
        reference = free_engine.run([(0, level * UNITS_PER_PM)], 32.0, times, kinase=1 - fraction)
        for name in names:
            gap = np.abs(cohort.value(name)[:, i] - reference[name]).max() / reference[name].max()
            assert gap < 0.01, (level, fraction, name, gap)


@pytest.mark.slow
def test_a_third_engine_reads_the_same_model_text_and_agrees():
    basico = pytest.importorskip("basico", reason="basico is absent: the COPASI check did NOT run")
    model = basico.load_model_from_string(_engine_check().sbml_text())
    basico.set_species("IFN", initial_concentration=1000.0, exact=True, model=model)
    times = np.linspace(0, 32, 33)
    table = basico.run_time_course(duration=32, intervals=32, r_tol=1e-8, use_sbml_id=True, model=model)
    reference = {name: table[name].to_numpy() for name in table.columns}
    basico.remove_datamodel(model)
    gaps = _differences(run(bolus(28), times_h=times), reference)
    assert len(gaps) >= 40
    assert max(gaps.values()) < CLOSE, gaps
