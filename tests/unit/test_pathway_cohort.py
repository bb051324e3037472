"""The cohort integrator against scipy, linear algebra, order conditions and single runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.biology.elimination import elimination_plan, factorise, solve
from jdm_teach.biology.jacobian import PATTERN
from jdm_teach.biology.network import Knobs
from jdm_teach.biology.pathway import bolus, constant, prestimulation, run, source_loop
from jdm_teach.biology.rosenbrock import ALPHA, GAMMA, WEIGHTS, WEIGHTS_EMBEDDED, Batch, integrate
from jdm_teach.biology.virtual_cohort import run_cohort, virtual_patients

NAMES = ("pSTAT1_total", "ISGF3n", "OccGAS_ISREbs", "IRF9mRNA", "USP18mRNA", "STAT1mRNA")


def _one(knobs, i):
    return Knobs(
        **{name: float(value[i]) if np.ndim(value) else value for name, value in vars(knobs).items()}
    )


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_elimination_solves_what_dense_linear_algebra_solves(seed):
    rng = np.random.default_rng(seed)
    dense = np.zeros((5, 37, 37))
    for row, column in PATTERN:
        dense[:, row, column] = rng.normal(size=5)
    dense[:, range(37), range(37)] += 20.0
    right = rng.normal(size=(5, 37))
    plan = elimination_plan(PATTERN, 37)
    places = np.zeros((plan.slots, 5))
    for slot, (row, column) in enumerate(PATTERN):
        places[slot] = dense[:, row, column]
    for i, slot in enumerate(plan.diagonal):
        places[slot] = dense[:, i, i]
    answer = solve(plan, factorise(plan, places), right.T.copy())
    assert answer.T == pytest.approx(np.linalg.solve(dense, right[..., None])[..., 0], rel=1e-9, abs=1e-12)


def test_the_method_meets_its_order_conditions_for_any_jacobian():
    ones = np.ones(4)
    assert WEIGHTS @ ones == pytest.approx(1)
    assert WEIGHTS @ ALPHA @ ones == pytest.approx(1 / 2)
    assert WEIGHTS @ GAMMA @ ones == pytest.approx(0, abs=1e-14)
    assert WEIGHTS @ (ALPHA @ ones) ** 2 == pytest.approx(1 / 3)
    assert WEIGHTS @ ALPHA @ ALPHA @ ones == pytest.approx(1 / 6)
    for first, second in ((ALPHA, GAMMA), (GAMMA, ALPHA), (GAMMA, GAMMA)):
        assert WEIGHTS @ first @ second @ ones == pytest.approx(0, abs=1e-14)
    assert WEIGHTS_EMBEDDED @ ones == pytest.approx(1)
    assert WEIGHTS_EMBEDDED @ ALPHA @ ones == pytest.approx(1 / 2)
    assert WEIGHTS_EMBEDDED @ GAMMA @ ones == pytest.approx(0, abs=1e-14)


def test_a_stiff_textbook_problem_with_time_in_it_is_followed():
    # Prothero and Robinson: y' = L (y - cos t) - sin t has the solution cos t however stiff L is.
    stiffness = np.array([-1.0, -100.0, -10_000.0])
    batch = Batch(
        rates=lambda t, y: [stiffness * (y[0] - np.cos(t)) - np.sin(t)],
        places=lambda t, y: [stiffness],
        pattern=((0, 0),),
        still=np.zeros((0, 1)),
        floor=np.array([[1e-9]]),
    )
    seen = {}
    hours = np.linspace(0, 6, 13)
    integrate(
        batch, np.ones((1, 3)), 0.0, 6.0, hours, lambda i, y: seen.update({i: y[0].copy()}), 1e-5, np.inf
    )
    for i, t in enumerate(hours):
        assert seen[i] == pytest.approx(np.full(3, np.cos(t)), abs=2e-4)


@pytest.mark.parametrize(
    ("protocol", "removed"),
    [
        (bolus(28), 0.0),
        (bolus(np.geomspace(0.28, 1400, 8)), np.linspace(0, 0.9, 8)),
        (prestimulation(np.geomspace(2.8, 1400, 8), 1400), 0.3),
        (constant(np.geomspace(0.0028, 2.8, 8)), 0.5),
        (constant(0.084, hours=168, settled_h=672), np.linspace(0, 0.9, 8)),
        (source_loop(amplification=np.linspace(1, 10, 8), hours=168), 0.2),
    ],
    ids=["one dose", "eight doses", "challenge", "chronic", "settled", "loop"],
)
def test_each_patient_of_a_cohort_is_what_a_single_run_gives(protocol, removed):
    people = virtual_patients(8, seed=3)
    times = np.linspace(0, protocol.hours, 25)
    cohort = run_cohort(protocol, removed, people, times_h=times, readouts=NAMES)
    for i in (0, 3, 7):
        doses = tuple(
            type(d)(d.hour, float(np.broadcast_to(d.level_pM, 8)[i]), d.washed) for d in protocol.doses
        )
        loop = protocol.loop and type(protocol.loop)(
            *(float(np.broadcast_to(v, 8)[i]) for v in protocol.loop)
        )
        alone = type(protocol)("one", doses, protocol.hours, protocol.held, protocol.settled_h, loop)
        single = run(
            alone, float(np.broadcast_to(removed, 8)[i]), _one(people, i), times, NAMES, tolerance=1e-6
        )
        for name in NAMES:
            gap = np.abs(cohort.value(name)[:, i] - single.value(name)).max() / single.value(name).max()
            assert gap < 0.01, (name, i, gap)


def _course(t):
    """A made-up twice-daily course, sharper than any tablet, in four patients."""
    phase = np.asarray(t, dtype=float) % 12
    strength = np.array([0.0, 0.3, 0.6, 0.95])
    shape = (1 - np.exp(-9 * phase)) * np.exp(-0.23 * phase)
    return np.multiply.outer(strength, shape) if np.ndim(t) else strength * shape


def test_a_cohort_under_a_changing_drug_is_what_single_runs_give():
    protocol = constant(0.084, hours=96)
    times = np.linspace(0, 96, 97)
    cohort = run_cohort(protocol, _course, times_h=times, readouts=NAMES)
    for i in range(4):
        single = run(protocol, lambda t, i=i: _course(t)[i], times_h=times, readouts=NAMES, tolerance=1e-6)
        for name in NAMES:
            gap = np.abs(cohort.value(name)[:, i] - single.value(name)).max() / single.value(name).max()
            assert gap < 0.02, (name, i, gap)


def test_a_course_that_names_its_corners_is_followed_with_fewer_steps_and_no_less_care():
    class Named:
        warnings = ("A made-up course.",)
        assumptions = ("Its strength was chosen.",)

        def __call__(self, t):
            return _course(t)

        def breaks(self, hours):
            return np.arange(0, hours, 12.0)

    protocol, times = constant(0.084, hours=96), np.linspace(0, 96, 97)
    named = run_cohort(protocol, Named(), times_h=times, readouts=NAMES)
    blind = run_cohort(protocol, _course, times_h=times, readouts=NAMES, tolerance=1e-3)
    assert named.steps < blind.steps
    gaps = np.abs(named.values - blind.values).max(axis=1) / blind.values.max(axis=1)
    assert gaps[2:].max() < 0.01
    assert gaps.max() < 0.02
    assert "A made-up course." in named.warnings
    assert named.frame(["ISGF3n"]).attrs["assumptions"] == ["Its strength was chosen."]


def test_the_cohort_does_not_depend_on_the_output_hours_or_the_order_of_patients():
    people = virtual_patients(20, seed=9)
    fine = run_cohort(bolus(28), knobs=people, times_h=np.linspace(0, 32, 129))
    coarse = run_cohort(bolus(28), knobs=people, times_h=[0, 8, 32])
    assert coarse.values == pytest.approx(fine.values[:, [0, 32, 128]], rel=1e-9)
    turned = Knobs(**{n: v[::-1] if np.ndim(v) else v for n, v in vars(people).items()})
    assert run_cohort(bolus(28), knobs=turned, times_h=[8]).values[..., ::-1] == pytest.approx(
        coarse.values[:, [1]], rel=1e-9
    )


def test_the_same_seed_gives_the_same_patients_and_travels_into_the_table():
    assert np.array_equal(virtual_patients(5, seed=4).stat1_basal, virtual_patients(5, seed=4).stat1_basal)
    cohort = run_cohort(bolus(28), knobs=virtual_patients(5, seed=4), times_h=[0, 6], seed=4)
    frame = cohort.frame(["ISGF3n", "FC_IRF9mRNA"])
    assert len(frame) == 2 * 2 * 5
    assert set(frame["seed"]) == {4}
    assert set(frame["origin"]) == {"simulated"}
    row = frame[(frame["readout"] == "FC_IRF9mRNA") & (frame["time_h"] == 6) & (frame["patient"] == 3)]
    assert row["value"].item() == cohort.value("FC_IRF9mRNA")[1, 2]
    spread = cohort.spread(["ISGF3n"])
    assert set(spread["n"]) == {5}
    assert list(spread["share_below"].unique()) == [0.05, 0.5, 0.95]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: run_cohort(bolus(28)), "How many virtual patients"),
        (lambda: run_cohort(bolus([1, 2]), [0.1, 0.2, 0.3]), "one length"),
        (lambda: run_cohort(bolus(28), [0.1, 1.2]), "fraction of kinase activity"),
        (lambda: run_cohort(bolus(28), lambda t: np.array([0.1, 0.2 + t])), "fraction of kinase activity"),
        (lambda: run_cohort(bolus([1, 2]), times_h=[40]), "end of the run"),
        (lambda: run_cohort(bolus([1, 2]), times_h=[1, 2]).area("ISGF3n"), "cannot be read"),
        (lambda: run_cohort(bolus([1, 2]), times_h=[1]).value("Rec"), "did not keep"),
        (lambda: virtual_patients(0, seed=1), "at least one"),
    ],
)
def test_what_makes_no_sense_for_a_cohort_gets_a_sentence(make, said):
    with pytest.raises(ValueError, match=said):
        make()
