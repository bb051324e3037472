"""What a lesson loads into a learner's kernel: on a hub, every library is paid for once per learner."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Forty megabytes and half a second for every learner, where the lesson's own plots and tests need neither.
HEAVY = ("seaborn", "scipy.stats", "matplotlib.pyplot", "IPython.core.pylabtools")
SHOW_ALL = """
import sys
from jdm_teach import lessons

for make in lessons.stills({lesson!r}).values():
    assert make().to_html()
for one in lessons._offered({lesson!r}, "EXPLORATIONS").values():
    if one.id == {simulator!r}:
        assert one.view().sentence
print(*[name for name in {heavy!r} if name in sys.modules])
"""


@pytest.mark.parametrize(("lesson", "simulator"), [("00", "00s"), ("04", "04a")])
def test_a_lesson_loads_no_library_that_it_can_do_without(lesson, simulator):
    script = SHOW_ALL.format(lesson=lesson, simulator=simulator, heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
