"""Every simulator of every lesson: each prediction and the ends of each control, and a prediction before the first run."""

from __future__ import annotations

from importlib import import_module

import pytest

from jdm_teach import lessons
from jdm_teach.exercises import bank

OFFERED = {
    identity: found
    for module in lessons.MODULES.values()
    for identity, found in import_module(f"jdm_teach.lessons.{module}").EXPLORATIONS.items()
}


@pytest.mark.parametrize("identity", OFFERED)
def test_a_simulator_waits_for_a_prediction_and_goes_by_its_own_name(identity):
    found = OFFERED[identity]
    assert found.id == identity
    assert bank.item(found.prediction).prediction


@pytest.mark.slow  # every run of the notebooks rehearses each form
@pytest.mark.parametrize("identity", OFFERED)
def test_a_simulator_survives_every_prediction_and_the_ends_of_its_controls(identity):
    lessons.explore(identity).rehearse()
