"""The sentences that must stand beside every reconstructed cohort, kept in one place."""

from __future__ import annotations

__all__ = ["NO_ASSOCIATION", "SIMULATED", "UNIFORM"]

NO_ASSOCIATION = "The printed summaries hold no information about any association."
UNIFORM = {
    "labelled": "every assignment of values to labelled children is equally likely",
    "multisets": "every unordered collection of values is equally likely",
}
SIMULATED = "These are simulated cohorts, not the children."
