"""Every property with many more examples, for a long look with another seed; loaded by name, never by default:

JDM_FUZZ_TIMES=20 python -m pytest -p tests.longer_fuzzing --hypothesis-seed=7 tests/unit -k hostile
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("JDM_FUZZ_TIMES", "10"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lengthened = set()
    for item in items:
        test = getattr(item, "obj", None)
        function = getattr(test, "__func__", test)
        if getattr(test, "is_hypothesis_test", False) and function not in lengthened:
            lengthened.add(function)
            # Hypothesis has no public way to change a test's own settings from outside.
            own = function._hypothesis_internal_use_settings
            function._hypothesis_internal_use_settings = settings(
                own,
                max_examples=own.max_examples * TIMES,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
