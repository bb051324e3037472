"""Which unit tests the browser's Python must pass: those of what a learner meets there.

`PURE` needs Python alone, `CALCULATION` numpy, pandas, scipy and matplotlib too. Left out: facilitator's tools (YAML), the
command line, the room, and simulations of minutes.
"""

PURE = ("evidence_values", "grading", "record", "record_disk", "record_restore")
CALCULATION = (
    "quiz",
    "conditional",
    "fragility",
    "paired",
    "ranks",
    "tables",
    "pooling",
    "inhibition",
    "dosing",
)
# Text nested fifty thousand deep ends the browser's Python itself, beyond what Python code can catch.
BEYOND = (
    "test_record.py::test_a_damaged_line_is_reported_and_the_rest_is_kept[line7]",
    "test_record_restore.py::test_a_foreign_file_is_refused_and_changes_nothing[nested]",
)
