"""Lesson 03: from interferon to gene. The simulators and figures live in modules of their own; this lists them."""

from __future__ import annotations

from . import dose_to_score, protocol_figures, signatures, treated_protocols
from .dosing_day import DOSING_DAY, half_inhibition
from .drug_and_feedback import DRUG_AND_FEEDBACK
from .interferon_path import labelled_path
from .kinase_block import KINASE_BLOCK
from .second_dose import SECOND_DOSE

__all__ = ["EXPLORATIONS", "STILLS"]

EXPLORATIONS = {
    exploration.id: exploration for exploration in (KINASE_BLOCK, DRUG_AND_FEEDBACK, SECOND_DOSE, DOSING_DAY)
}
STILLS = {
    "03-path": labelled_path,
    "03-constants": half_inhibition,
    **signatures.STILLS,
    # Not in the notebook: the worked figures of the pathway model, which have a page of the reading edition.
    **protocol_figures.STILLS,
    **treated_protocols.STILLS,
    **dose_to_score.STILLS,
}
