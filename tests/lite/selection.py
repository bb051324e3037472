"""Which unit tests the browser's Python must pass: those of what a learner meets there.

`PURE` needs Python alone, `CALCULATION` numpy, pandas, scipy and matplotlib too. Left out: facilitator's tools, the
command line, the room, and simulations of minutes.
"""

PURE = ("evidence_values", "grading", "record", "record_disk", "record_restore", "record_schema")
CALCULATION = (
    "foresight",
    "forms",
    "quiz",
    "conditional",
    "cohort_draws",
    "cohorts",
    "dosing",
    "fragility",
    "inhibition",
    "paired",
    "pooling",
    "priors",
    "proportions",
    "ranks",
    "survival",
    "tables",
)
# The same draws are tested at whole years; at a tenth of a year they take the browser's Python long.
LONG = (
    "test_cohort_draws.py::test_the_ensemble_reproduces_what_the_methods_note_found_at_a_tenth_of_a_year",
)
