"""Lesson 07: risk factors with nine patients: tables, separation, hunts and what a find is worth."""

from __future__ import annotations

from .antibody_response import antibody_models, antibody_shares
from .attainable_p import SMALLEST
from .consistent_associations import CONSISTENT
from .cut_off_hunting import CUT_OFFS
from .exaggeration import EXAGGERATION, rank_power_table
from .marker_hunting import HUNT
from .published_adults import six_adults
from .separation_by_hand import SEPARATION
from .subgroup_verdicts import SUBGROUPS
from .worked_table import ALONE, one_blank, worked_example

__all__ = ["EXPLORATIONS", "STILLS"]

EXPLORATIONS = {
    one.id: one for one in (ALONE, SMALLEST, SEPARATION, HUNT, CUT_OFFS, SUBGROUPS, EXAGGERATION, CONSISTENT)
}
STILLS = {
    "07-worked": worked_example,
    "07-one-blank": one_blank,
    "07-antibody": antibody_shares,
    "07-antibody-models": antibody_models,
    "07-adults": six_adults,
    "07-rank-power": rank_power_table,
}
