"""The same line from dose to score for many virtual patients: who differs in exposure, who in the cell.

>>> cohort = treat_cohort(Regimen(5, 12), 0.084, n=50, seed=1)
>>> cohort.patients().shape[0], cohort.spread().n.unique().tolist()
(50, [50])

A virtual patient is a draw from published and assumed variability, never a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jdm_teach.biology.gene_response import GeneResponse, gene_response
from jdm_teach.biology.inhibition import InhibitionCourse, inhibition_course
from jdm_teach.biology.pharmacokinetics import PKSet, Regimen, pk_set
from jdm_teach.biology.protocols import Protocol, constant
from jdm_teach.biology.quantities import Array, number
from jdm_teach.biology.readouts import READOUTS, area
from jdm_teach.biology.response import SOURCE
from jdm_teach.biology.treatment import AVERAGED, OCCUPANCY
from jdm_teach.biology.virtual_cohort import CohortResponse, run_cohort, virtual_patients

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from jdm_teach.biology.drugs import Drug

__all__ = ["Regimen", "TreatedCohort", "treat_cohort"]

KEPT = ("pSTAT1_total", OCCUPANCY, "FC_IRF9mRNA")


@dataclass(frozen=True, eq=False)
class TreatedCohort:
    """N virtual patients, each without and with the drug; read over the last 24 h."""

    course: InhibitionCourse
    untreated: CohortResponse
    treated: CohortResponse
    genes: GeneResponse
    averaged: bool
    cells_spread: float
    seed: int

    def patients(self) -> pd.DataFrame:
        """One row per virtual patient: clearance, mean inhibition, and each readout without and with the drug.

        Columns end in `_no_drug` and `_drug` (means over the last 24 h); `pSTAT1_change_percent` compares the areas.
        """
        import pandas as pd

        size = int(self.course.pk.patients or 1)
        inhibited = self._mean_inhibition()
        data = {
            "patient": np.arange(1, size + 1),
            "CL_F": np.broadcast_to(self.course.pk.CL_F, size),
            "inhibited": np.broadcast_to(inhibited, size),
        }
        for arm, response in (("no_drug", self.untreated), ("drug", self.treated)):
            for name, values in self._daily(response).items():
                data[f"{name}_{arm}"] = values
        frame = pd.DataFrame(data)
        before = frame.pSTAT1_total_no_drug
        frame["pSTAT1_change_percent"] = 100 * (frame.pSTAT1_total_drug / before.where(before > 0) - 1)
        frame["origin"], frame["seed"] = "simulated", self.seed
        return self._described(frame, "Virtual patients, means over the last 24 h")

    def spread(self, shares: Iterable[float] = (0.05, 0.5, 0.95)) -> pd.DataFrame:
        """The cohort in a few lines: for each quantity the value below which each share of patients lies, with n."""
        import pandas as pd

        wanted = [number(share, "A share of the patients") for share in shares]
        if any(share > 1 for share in wanted):
            raise ValueError("A share of the patients lies between 0 and 1.")
        people = self.patients()
        columns = [c for c in people.columns if c not in ("patient", "origin", "seed")]
        frame = people[columns].quantile(wanted).rename_axis("share_below").reset_index()
        frame = frame.melt(id_vars="share_below", var_name="quantity")
        frame["n"], frame["origin"], frame["seed"] = len(people), "simulated", self.seed
        return self._described(pd.DataFrame(frame), "Spread over virtual patients, last 24 h")

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.course.warnings, *self.treated.warnings)))

    @property
    def assumptions(self) -> tuple[str, ...]:
        cells = (
            f"Resting USP18, STAT1 and STAT2 vary log-normally between patients with a spread of {self.cells_spread:g} "
            "on the log scale (assumed)."
            if self.cells_spread
            else "Every patient has the same cell; only exposure varies (assumed)."
        )
        averaged = (AVERAGED,) if self.averaged else ()
        return (*self.course.assumptions, cells, *averaged, *self.genes.assumptions)

    @property
    def caption(self) -> str:
        """The sentences that must stand under every figure and table made from this cohort."""
        return " ".join(
            [
                f"Simulated, seed {self.seed}: {self.course.pk.patients} virtual patients; "
                f"{self.treated.protocol.sentence()}; {self.course.drug.name} {self.course.regimen.text()} "
                "against no drug.",
                *(f"Warning: {text}" for text in self.warnings),
                *(f"Assumption: {text}" for text in self.assumptions),
                "Teaching model, not a dosing recommendation.",
            ]
        )

    def _mean_inhibition(self) -> Array:
        steady = self.course.regimen.doses is None and not self.course.regimen.missed
        return np.asarray(self.course.mean() if steady else self.course.mean(self.treated.protocol.hours))

    def _daily(self, response: CohortResponse) -> dict[str, Array]:
        times = response.times_h
        span = times[-1] - times[0]
        found = {name: response.area(name, times[0], times[-1]) / span for name in KEPT}
        score = self.genes.score(np.maximum(response.value(OCCUPANCY), 0))
        return {**found, "score": area(times, score.T, times[0], times[-1]) / span}

    def _described(self, frame: pd.DataFrame, title: str) -> pd.DataFrame:
        units = {"CL_F": "L/h", "inhibited": "share", "pSTAT1_change_percent": "%"}
        for arm in ("no_drug", "drug"):
            units |= {f"{name}_{arm}": READOUTS[name].unit for name in KEPT} | {f"score_{arm}": "fold"}
        frame.attrs = {
            "units": units,
            "origin": "simulated",
            "seed": self.seed,
            "source": f"{SOURCE}; {self.genes.source}",
            "assumptions": self.assumptions,
            "warnings": self.warnings,
            "caption": f"{title}. {self.caption}",
        }
        return frame


def treat_cohort(
    regimen: Regimen | None = None,
    interferon: Protocol | float = 0.084,
    n: int = 200,
    seed: int = 1,
    pk: PKSet | str = "tofacitinib-adult-uc",
    compound: Drug | None = None,
    *,
    cv: Mapping[str, float] | None = None,
    cells_spread: float = 0.3,
    genes: GeneResponse | None = None,
    averaged: bool = True,
) -> TreatedCohort:
    """Virtual patients who differ in drug exposure and in the cell, each without and with the drug.

    `cv`: between-patient variability of the PK parameters, needed where none was seen (recorded as assumed).
    `cells_spread`: log-scale spread of resting USP18, STAT1 and STAT2 (0: same cell). `interferon`: a protocol or a
    level in pM held for a week after four weeks of the same. `averaged=False` follows every dose (slower). Exposure
    is drawn with `seed`, cells with `seed` + 1. Raises ValueError as its parts do. Costs about 1 ms per patient
    averaged and 5 ms with every dose followed, in cohorts of hundreds.
    """
    typical = pk_set(pk) if isinstance(pk, str) else pk
    people = typical if typical.patients is not None else typical.virtual_patients(n, seed, cv)
    course = inhibition_course(people, regimen, compound)
    size, spread = int(people.patients or n), number(cells_spread, "The spread between cells")
    knobs = virtual_patients(size, seed + 1, spread) if spread else None
    if not isinstance(interferon, Protocol):
        interferon = constant(interferon, hours=168.0, settled_h=672.0)
    times = np.linspace(max(0.0, interferon.hours - 24.0), interferon.hours, 97)
    steady = course.regimen.doses is None and not course.regimen.missed
    drugged = (course.mean() if steady else course.mean(interferon.hours)) if averaged else course
    untreated = run_cohort(interferon, 0.0, knobs, times, KEPT, n=size, seed=seed)
    treated = run_cohort(interferon, drugged, knobs, times, KEPT, n=size, seed=seed)
    return TreatedCohort(course, untreated, treated, genes or gene_response(), averaged, spread, seed)
