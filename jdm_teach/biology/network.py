"""The interferon network as data: states, published rate constants, the knobs a learner may turn, the resting cell.

Published model: Kok et al. 2020 (10.15252/msb.20198955; BioModels BIOMD0000000959, CC0), human hepatoma cells and
interferon-alpha. Every rate constant is read from `data/pathway/parameters.csv`, one row each with unit and source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..place import data_folder
from .quantities import numbers, table_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "STATES",
    "UNITS_PER_PM",
    "Knobs",
    "basal_state",
    "parameter_table",
    "parameters",
    "with_knobs",
]

# The published file counts interferon in its own units; 1000 units stand for 28 pM in the paper's experiments.
UNITS_PER_PM = 1000 / 28

STATES = (
    *("Rec", "IFN", "SOCS1", "USP18", "STAT1c", "STAT1n", "STAT2c", "STAT2n"),
    *("pSTAT1pSTAT2c", "pSTAT1pSTAT2n", "ISGF3c", "ISGF3n", "IRF9", "pSTAT1dimc", "pSTAT1dimn"),
    "OccGAS_ISREbs",
    *("STAT1mRNA", "STAT2mRNA", "IRF9mRNA", "IRF2mRNA", "USP18mRNA", "SOCS1mRNA", "SOCS3mRNA", "IRF2"),
    *("STAT1_LC_1", "STAT1_LC_2", "STAT1_LC_3"),
    *("STAT2_LC_1", "STAT2_LC_2", "STAT2_LC_3", "STAT2_LC_4", "STAT2_LC_5"),
    *("IRF9_LC_1", "IRF9_LC_2", "USP18_LC_1", "USP18_LC_2", "SOCS1_LC_1"),
)
"""The 37 slow variables. `IRF9` is the whole pool; its nuclear share is quasi-steady."""


@lru_cache(maxsize=1)
def parameters() -> Mapping[str, float]:
    """The published rate constants by symbol (time in hours), read once and not changeable.

    >>> parameters()["isgf3_import"]
    0.8636
    """
    return MappingProxyType({row["symbol"]: float(row["value"]) for row in table_rows("parameters")})


def parameter_table() -> pd.DataFrame:
    """Every rate constant with reaction, published name, unit, meaning, origin and source, one row each."""
    import pandas as pd

    return pd.read_csv(data_folder() / "pathway" / "parameters.csv", dtype={"reaction_n": str})


# Below this sum of the two gains constant interferon drives pSTAT1 beyond any cell content.
BOTH_BRAKES_CUT = 0.5


@dataclass(frozen=True)
class Knobs:
    """What a learner may change in the cell; 1 everywhere is the published cell. Numbers, or one per virtual patient.

    usp18_gain, socs1_gain: how far interferon can raise the feedback protein, relative to the published cell
        (0: the protein stays at its resting amount, feedback cut; 3: it rises three times as far).
    stat1_basal, stat2_basal, usp18_basal: resting protein relative to the published cell; what interferon adds on
        top is unchanged. The resting state is found anew before any stimulus.

    Raises ValueError for a negative or missing value. Beyond 3 (or a resting amount below 0.3) a run carries a warning.

    >>> Knobs(usp18_gain=0).usp18_gain
    0
    """

    usp18_gain: Any = 1.0
    socs1_gain: Any = 1.0
    stat1_basal: Any = 1.0
    stat2_basal: Any = 1.0
    usp18_basal: Any = 1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = numbers(getattr(self, field.name), field.name, "times the published cell")
            if value.ndim > 1:
                raise ValueError(
                    f"{field.name} is one number, or one number per virtual patient; give a flat list."
                )

    def warnings(self) -> tuple[str, ...]:
        """One sentence for each knob outside the range the checks cover."""
        said = []
        for field in fields(self):
            value = np.asarray(getattr(self, field.name), dtype=float)
            low = 0.3 if field.name.endswith("basal") else 0.0
            if np.any((value < low) | (value > 3)):
                said.append(
                    f"{field.name} is outside {low:g} to 3, the range in which this model was checked; "
                    f"read the curves as an extrapolation."
                )
        brakes = np.asarray(self.usp18_gain, dtype=float) + np.asarray(self.socs1_gain, dtype=float)
        if np.any(brakes < BOTH_BRAKES_CUT):
            said.append(
                "USP18 and SOCS1 are cut together: nothing in this model then holds the signal back, and under "
                "lasting interferon its numbers run away. Read the direction only."
            )
        return tuple(said)


def with_knobs(knobs: Knobs | None = None) -> dict[str, Any]:
    """Rate constants with the knobs turned. Values are floats, or (N,) arrays where a knob is per patient.

    A gain multiplies the translation of whatever mRNA exceeds its resting amount; a basal knob multiplies the
    translation of the resting mRNA. mRNA itself is untouched, so fold changes keep their meaning.

    >>> with_knobs(Knobs(socs1_gain=0))["socs1_translation"]
    0.0
    """
    knobs = knobs or Knobs()
    k: dict[str, Any] = dict(parameters())
    rest = _resting_mrna(k)
    for protein, gain_knob, basal_knob in (
        ("usp18", knobs.usp18_gain, knobs.usp18_basal),
        ("socs1", knobs.socs1_gain, 1.0),
        ("stat1", 1.0, knobs.stat1_basal),
        ("stat2", 1.0, knobs.stat2_basal),
    ):
        gain, basal = _number(gain_knob), _number(basal_knob)
        mrna = rest[f"{protein.upper()}mRNA"]
        if protein == "stat1":
            mrna = mrna / (k["stat1_translation_half"] + mrna)
        k[f"{protein}_resting_translation"] = (basal - gain) * k[f"{protein}_translation"] * mrna
        k[f"{protein}_translation"] = gain * k[f"{protein}_translation"]
    k["irf9_share_c"] = k["irf9_export"] / (k["irf9_export"] + k["irf9_import"])
    k["socs3_per_mrna"] = k["socs3_synthesis"] / k["socs3_loss"]
    return k


def _number(value: Any) -> Any:
    array = np.asarray(value, dtype=float)
    return float(array) if array.ndim == 0 else array


def _resting_mrna(k: Mapping[str, Any]) -> dict[str, float]:
    irf2 = k["irf2_mrna_basal"] / k["irf2_loss"]
    rest = {
        f"{gene}mRNA": k[f"{gene.lower()}_mrna_basal"] / k[f"{gene.lower()}_mrna_loss"]
        for gene in ("STAT1", "STAT2", "IRF9", "IRF2", "USP18", "SOCS1", "SOCS3")
    }
    rest["SOCS1mRNA"] /= 1 + irf2
    rest["IRF2"] = irf2
    return rest


def basal_state(k: Mapping[str, Any] | None = None) -> list[Any]:
    """The resting cell without interferon, in the order of `STATES`, found in closed form.

    Without interferon nothing is phosphorylated and every equation left is linear, so no search is needed.
    The published starting values are this state rounded to four digits.

    >>> round(basal_state()[STATES.index("STAT1c")], -2)
    486300.0
    """
    k = k or with_knobs()
    y: dict[str, Any] = dict.fromkeys(STATES, 0.0)
    y.update(_resting_mrna(k))
    made = {
        "STAT1": k["stat1_translation"] * y["STAT1mRNA"] / (k["stat1_translation_half"] + y["STAT1mRNA"])
        + k["stat1_resting_translation"],
        "STAT2": k["stat2_translation"] * y["STAT2mRNA"] + k["stat2_resting_translation"],
        "IRF9": k["irf9_translation"] * y["IRF9mRNA"],
        "USP18": k["usp18_translation"] * y["USP18mRNA"] + k["usp18_resting_translation"],
        "SOCS1": k["socs1_translation"] * y["SOCS1mRNA"] + k["socs1_resting_translation"],
    }
    for state in STATES:
        if "_LC_" in state:
            protein = state.split("_")[0]
            y[state] = made[protein] / k[f"{protein.lower()}_chain"]
    for name in ("STAT1", "STAT2"):
        low = name.lower()
        y[f"{name}c"] = made[name] / k[f"{low}_loss"]
        y[f"{name}n"] = y[f"{name}c"] * k[f"{low}_import"] / k[f"{low}_export"]
    y["IRF9"] = made["IRF9"] / (k["irf9_loss"] * k["irf9_share_c"])
    y["USP18"] = made["USP18"] / k["usp18_loss"]
    y["SOCS1"] = made["SOCS1"] / k["socs1_loss"]
    y["Rec"] = k["receptor_production"] / (k["receptor_loss"] + k["receptor_loss_socs1"] * y["SOCS1"])
    return [y[state] for state in STATES]
