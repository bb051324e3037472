"""The interferon pathway against libroadrunner, COPASI and a plain scipy version of the unreduced model.

Run with `python -m benchmarks pathway`; ours and the peers are timed in turn in the same run, medians reported.
"""

from __future__ import annotations

import csv
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks.interleaving import interleaved
from jdm_teach.biology.inhibition import inhibition_course
from jdm_teach.biology.network import STATES, UNITS_PER_PM, Knobs, basal_state, with_knobs
from jdm_teach.biology.pathway import bolus, constant, run
from jdm_teach.biology.pharmacokinetics import pk_set
from jdm_teach.biology.virtual_cohort import run_cohort, virtual_patients
from jdm_teach.place import data_folder

REFERENCE = Path(__file__).parents[1] / "tests" / "reference"
SLOW_READOUTS = ("OccGAS_ISREbs", "IRF9mRNA", "USP18mRNA", "STAT1mRNA")
# One tablet's first-order absorption and loss as two more species, and the kinase activity they leave.
PK_PARTS = """<listOfRules><assignmentRule variable="kinase"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply>
<divide/><cn>1</cn><apply><plus/><cn>1</cn><ci>Plasma</ci></apply></apply></math></assignmentRule></listOfRules>"""
PK_FLOW = """<reaction id="{id}" reversible="false" fast="false"><listOfReactants><speciesReference species="{a}"
stoichiometry="1" constant="true"/></listOfReactants>{products}<kineticLaw><math
xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>{k}</ci><ci>{a}</ci></apply></math></kineticLaw></reaction>"""
PK_SPECIES = """<species id="{id}" compartment="cell" initialConcentration="0" hasOnlySubstanceUnits="false"
boundaryCondition="false" constant="false"/>"""


def _engine_check() -> Any:
    spec = importlib.util.spec_from_file_location("engine_check", REFERENCE / "engine_check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def with_tablets(text: str) -> str:
    """The model text with gut and plasma added (plasma in units of the inhibition constant)."""
    into = '<listOfProducts><speciesReference species="Plasma" stoichiometry="1" constant="true"/></listOfProducts>'
    flows = PK_FLOW.format(id="Absorb", a="Gut", k="ka", products=into)
    flows += PK_FLOW.format(id="Clear", a="Plasma", k="ke", products="")
    for old, new in (
        (
            "</listOfSpecies>",
            PK_SPECIES.format(id="Gut") + PK_SPECIES.format(id="Plasma") + "</listOfSpecies>",
        ),
        ('<parameter id="kinase" value="1"', '<parameter id="kinase"'),
        (
            "</listOfParameters>",
            '<parameter id="ka" value="9.85" constant="false"/><parameter id="ke" value="0.227" constant="false"/>'
            "</listOfParameters>" + PK_PARTS,
        ),
        ("</listOfReactions>", flows + "</listOfReactions>"),
    ):
        text = text.replace(old, new)
    return text


def plain_port() -> tuple[Callable[..., np.ndarray], np.ndarray]:
    """The reaction table as one writes it down first: a rate per reaction, times the stoichiometric matrix."""
    folder = data_folder() / "pathway"
    with (folder / "species.csv").open(encoding="utf-8") as stream:
        start = {row["id"]: float(row["initial_value"]) for row in csv.DictReader(stream)}
    with (folder / "reactions.csv").open(encoding="utf-8") as stream:
        reactions = list(csv.DictReader(stream))
    names, laws = list(start), []
    matrix = np.zeros((len(names), len(reactions)))
    for j, row in enumerate(reactions):
        law = row["rate"] if row["n"] not in ("10", "16") else f"kinase * {row['rate']}"
        for name, value in (item.split("=") for item in row["parameters"].split("; ")):
            law = re.sub(rf"\b{name}\b", value, law)
        laws.append(law)
        for side, sign in (("reactants", -1), ("products", 1)):
            for part in filter(None, row[side].split(" + ")):
                *count, name = part.split()
                matrix[names.index(name), j] += sign * (int(count[0]) if count else 1)
    rates = eval(f"lambda kinase, {', '.join(names)}: [{', '.join(laws)}]")

    def derivative(t: float, y: np.ndarray, kinase: Callable[[float], float], held: bool) -> np.ndarray:
        change = matrix @ np.array(rates(kinase(t), *y.tolist()))
        if held:
            change[names.index("IFN")] = 0.0
        return change

    return derivative, np.array([start[name] for name in names])


def _row(job: str, ours: float, goal: float, peer: str, theirs: float | None, note: str) -> dict[str, Any]:
    ratio = None if theirs is None else theirs / ours
    note = note if theirs is not None else f"{note} Peer absent here.".strip()
    return {
        "job": job,
        "ours": ours,
        "unit": "ms",
        "goal": f"<= {goal:g} ms",
        "peer": peer,
        "peer_value": theirs,
        "ratio": ratio,
        "note": note,
    }


def measure() -> list[dict[str, Any]]:
    """One row per job and peer, in milliseconds."""
    checker = _engine_check()
    derivative, start = plain_port()
    times = np.linspace(0.0, 32.0, 201)
    week_times = np.linspace(0.0, 168.0, 201)
    try:
        engine, held = checker.Engine(relative=1e-6), checker.Engine(hold_interferon=True, relative=1e-6)
    except ImportError:
        engine = held = None
    try:
        import basico

        copasi = basico.load_model_from_string(checker.sbml_text())
        basico.set_species("IFN", initial_concentration=1000.0, exact=True, model=copasi)
    except ImportError:
        copasi = None

    def plain(protocol_ifn: float, hours: float, kinase: Callable[[float], float], is_held: bool) -> Any:
        y = start.copy()
        y[2] = protocol_ifn
        return solve_ivp(
            derivative,
            (0.0, hours),
            y,
            "LSODA",
            np.linspace(0.0, hours, 201),
            rtol=1e-4,
            atol=1e-6,
            args=(kinase, is_held),
            max_step=0.5 if hours > 100 else np.inf,
        )

    rows = []
    ours, robot, cop, port = interleaved(
        lambda: run(bolus(28)),
        (lambda: engine.run([(0, 1000.0)], 32.0, times)) if engine else None,
        (lambda: basico.run_time_course(duration=32, intervals=200, model=copasi)) if copasi else None,
        lambda: plain(1000.0, 32.0, lambda t: 1.0, False),
        rounds=9,
    )
    assert ours is not None
    one = "32-h response, one slider move"
    rows.append(
        _row(one, ours, 25, "libroadrunner 1e-6", robot, "Theirs is compiled C++; ours has 50 readouts.")
    )
    rows.append(_row(one, ours, 25, "COPASI", cop, ""))
    rows.append(_row(one, ours, 25, "plain LSODA port", port, ""))

    course = inhibition_course()
    chronic = constant(0.084, hours=168)
    ours, averaged, port = interleaved(
        lambda: run(chronic, course),
        lambda: run(chronic, course.mean()),
        lambda: plain(3.0, 168.0, lambda t: 1.0 - course(t), True),
        rounds=3,
    )
    assert ours is not None
    assert averaged is not None
    week = "a week of twice-daily dosing, one patient"
    rows.append(_row(week, ours, 60, "plain LSODA port", port, ""))
    full, mean = run(chronic, course), run(chronic, course.mean())
    slips = ", ".join(
        f"{name} {100 * abs(mean.area(name, 24, 168) / full.area(name, 24, 168) - 1):.1f}%"
        for name in ("pSTAT1_total", "OccGAS_ISREbs", "IRF9mRNA")
    )
    swing = max(
        np.abs(mean.value("pSTAT1_total") - full.value("pSTAT1_total"))[full.times_h > 24]
    ) / full.value("pSTAT1_total").max()  # fmt: skip
    note = f"Error of the 24-168 h mean: {slips}; at single hours pSTAT1 is off by up to {100 * swing:.0f}% of its maximum."
    rows.append(_row(f"{week}, mean inhibition", averaged, 10, "plain LSODA port", port, note))
    rows += _cohorts(checker, engine, held, week_times)
    return rows


def _started(engine: Any, knobs: Knobs, i: int) -> dict[str, float]:
    """Starting amounts of one virtual patient, so that each of the peer's runs has its own."""
    person = Knobs(**{n: float(v[i]) if np.ndim(v) else v for n, v in vars(knobs).items()})
    resting = dict(zip(STATES, basal_state(with_knobs(person)), strict=True))
    return {f"[{name}]": resting[name] for name in ("STAT1c", "STAT1n", "STAT2c", "STAT2n", "USP18")}


def _cohorts(checker: Any, engine: Any, held: Any, week_times: np.ndarray) -> list[dict[str, Any]]:
    people, sample = virtual_patients(1000, seed=1), 20
    times = np.linspace(0.0, 32.0, 65)
    note = ""
    if engine:
        doses = np.geomspace(0.28, 1400, 12)
        cohort = run_cohort(bolus(doses), np.linspace(0, 0.9, 12), times_h=times, readouts=SLOW_READOUTS)
        gaps = []
        for i, dose in enumerate(doses):
            truth = engine.run([(0, dose * UNITS_PER_PM)], 32.0, times, kinase=1 - 0.9 * i / 11)
            gaps += [np.abs(cohort.value(n)[:, i] - truth[n]).max() / truth[n].max() for n in SLOW_READOUTS]
        note = f"Largest error on occupancy and mRNA over 12 doses and inhibitions: {100 * max(gaps):.2f}%."

    def loop() -> None:
        for i in range(sample):
            engine.run([(0, 1000.0)], 32.0, times, values=_started(engine, people, i))

    ours, robot = interleaved(
        lambda: run_cohort(bolus(28), knobs=people, times_h=times), loop if engine else None, rounds=3
    )
    assert ours is not None
    each = _row(
        "1,000 virtual patients, 32 h, each",
        ours / 1000,
        1.0,
        "libroadrunner 1e-6, loop",
        robot and robot / sample,
        note,
    )

    n = 500
    pk = pk_set().virtual_patients(n, seed=2)
    course, some = inhibition_course(pk), virtual_patients(n, seed=3)
    hours = np.linspace(0.0, 168.0, 169)
    chronic = constant(0.084, hours=168)
    tablets: Any = None
    if held:
        tablets = checker.Engine(hold_interferon=True, relative=1e-6)
        import roadrunner

        tablets.model = roadrunner.RoadRunner(with_tablets(checker.sbml_text(True)))
        tablets.model.integrator.relative_tolerance = 1e-6
        tablets.model.integrator.absolute_tolerance = 1e-9

    def dosed_loop() -> None:
        model = tablets.model
        for i in range(4):
            model.resetAll()
            for name, value in _started(tablets, some, i).items():
                model.setValue(name, value)
            model.setValue("[IFN]", 3.0)
            for dose in range(14):
                model.setValue("[Gut]", model.getValue("[Gut]") + 5.0)
                model.simulate(12.0 * dose, 12.0 * dose + 12.0, 13, ["time", "[OccGAS_ISREbs]", "[IRF9mRNA]"])

    ours, robot = interleaved(
        lambda: run_cohort(chronic, course, some, times_h=hours), dosed_loop if tablets else None, rounds=3
    )
    assert ours is not None
    reference = [run(chronic, _patient(course, i), _person(some, i), hours, tolerance=1e-6) for i in range(3)]
    cohort = run_cohort(chronic, course, some, times_h=hours, readouts=SLOW_READOUTS)
    gap = max(
        np.abs(cohort.value(name)[:, i] - single.value(name)).max() / single.value(name).max()
        for i, single in enumerate(reference)
        for name in SLOW_READOUTS
    )
    note = f"Largest error on occupancy and mRNA against single runs at 1e-6: {100 * gap:.2f}%."
    dosed = _row(
        "500 virtual patients, a week of dosing, each",
        ours / n,
        1.5,
        "libroadrunner 1e-6, loop",
        robot and robot / 4,
        note,
    )
    return [each, dosed]


def _patient(course: Callable[[Any], Any], i: int) -> Callable[[Any], Any]:
    return lambda t: course(t)[i]


def _person(knobs: Knobs, i: int) -> Knobs:
    return Knobs(**{n: float(v[i]) if np.ndim(v) else v for n, v in vars(knobs).items()})


if __name__ == "__main__":
    for row in measure():
        print(row)
