"""From dose to score: concentration, inhibition, pathway and signature composed, with and without the drug.

>>> from jdm_teach.biology.pathway import constant
>>> print(treat(Regimen(5, 12), constant(0.084, hours=168, settled_h=672), averaged=True).changes())
phosphorylated STAT1 −37%, promoter occupancy −37%, IRF9 mRNA −29%, six-gene score −6%

Four assumptions stand between a tablet and this score, and each of them is in the caption of everything made here.
Teaching model: nothing here supports a dosing decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from jdm_teach.biology.gene_response import GeneResponse, gene_response
from jdm_teach.biology.inhibition import InhibitionCourse, inhibition_course
from jdm_teach.biology.pathway import run
from jdm_teach.biology.pharmacokinetics import PKSet, Regimen
from jdm_teach.biology.protocols import Protocol, constant
from jdm_teach.biology.readouts import READOUTS, area
from jdm_teach.biology.response import SOURCE, Response

if TYPE_CHECKING:
    import pandas as pd

    from jdm_teach.biology.drugs import Drug
    from jdm_teach.biology.network import Knobs

__all__ = ["Regimen", "Treatment", "treat"]

OCCUPANCY = "OccGAS_ISREbs"
KEPT = ("pSTAT1_total", "ISGF3n", OCCUPANCY, "FC_IRF9mRNA", "FC_STAT1mRNA", "FC_USP18mRNA")
# What the comparison reports, and how it is said: the signal, the switch, a sensitive gene.
COMPARED = {
    "pSTAT1_total": "phosphorylated STAT1",
    OCCUPANCY: "promoter occupancy",
    "FC_IRF9mRNA": "IRF9 mRNA",
}
AVERAGED = (
    "The drug level was replaced by its mean inhibition: slow readouts (occupancy, mRNA) then differ by about 1% in "
    "their daily mean, fast ones (phosphorylated STAT1) lose their peaks and troughs."
)


@dataclass(frozen=True, eq=False)
class Treatment:
    """One typical person's cell under one interferon level, without (`untreated`) and with (`treated`) the drug."""

    course: InhibitionCourse
    untreated: Response
    treated: Response
    genes: GeneResponse
    averaged: bool

    def concentration(self, step_h: float = 0.1) -> pd.DataFrame:
        """Step 1, the drug in plasma: see `dosing.profile`."""
        from jdm_teach.biology.dosing import profile

        return profile(self.course.pk, self.course.regimen, self.treated.protocol.hours, step_h)

    def inhibition(self, step_h: float = 0.1) -> pd.DataFrame:
        """Step 2, the kinase activity removed: see `InhibitionCourse.table`."""
        return self.course.table(self.treated.protocol.hours, step_h)

    def response(self) -> pd.DataFrame:
        """Step 3, the pathway in both arms: tidy, with `arm` ('no drug' or 'drug'), unit, origin, seed, warning."""
        import pandas as pd

        frame = pd.concat([r.frame().assign(arm=arm) for arm, r in self._arms()], ignore_index=True)
        return self._described(frame, "Pathway response", {"time_h": "h"})

    def score(self) -> pd.DataFrame:
        """Step 4, six genes and their score over time in both arms."""
        import pandas as pd

        frames = [
            self.genes.table(r.times_h, np.maximum(r.value(OCCUPANCY), 0)).assign(arm=arm)
            for arm, r in self._arms()
        ]
        units = frames[0].attrs["units"]
        frame = pd.concat(frames, ignore_index=True)
        frame["seed"] = None
        return self._described(frame, "Six-gene score", units)

    def summary(self) -> pd.DataFrame:
        """What the drug changed: means over the last 24 h, one row per readout.

        Columns: readout, label, unit, no_drug, with_drug, change_percent, origin, seed.
        """
        import pandas as pd

        rows = [(name, READOUTS[name].label, READOUTS[name].unit) for name in KEPT]
        rows.append(("score", "six-gene score", "fold"))
        found = [(*row, *(self._daily(r, row[0]) for _, r in self._arms())) for row in rows]
        frame = pd.DataFrame(found, columns=["readout", "label", "unit", "no_drug", "with_drug"])
        frame["change_percent"] = 100 * (frame.with_drug / frame.no_drug.where(frame.no_drug > 0) - 1)
        frame["origin"], frame["seed"] = "simulated", None
        return self._described(frame, "Means over the last 24 h", {"change_percent": "%"})

    def changes(self) -> str:
        """The comparison in words."""
        said = []
        for name, words in {**COMPARED, "score": "six-gene score"}.items():
            before, after = (self._daily(r, name) for _, r in self._arms())
            change = 100 * (after / before - 1) if before > 0 else 0.0
            said.append(f"{words} {change:+.0f}%".replace("-", "−"))
        return ", ".join(said).replace("six−gene", "six-gene")

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.course.warnings, *self.treated.warnings)))

    @property
    def assumptions(self) -> tuple[str, ...]:
        averaged = (AVERAGED,) if self.averaged else ()
        return (*self.course.assumptions, *averaged, *self.genes.assumptions)

    @property
    def caption(self) -> str:
        """The sentences that must stand under every figure and table made from this treatment."""
        return " ".join(
            [
                f"Simulated: {self.treated.protocol.sentence()}; {self.course.drug.name} "
                f"{self.course.regimen.text()} against no drug, {self.course.pk.population}.",
                *(f"Warning: {text}" for text in self.warnings),
                *(f"Assumption: {text}" for text in self.assumptions),
                "Teaching model, not a dosing recommendation.",
            ]
        )

    def sentence(self) -> str:
        """What changed over the last 24 h, and under which assumptions."""
        return f"Over the last 24 h: {self.changes()}. {self.caption}"

    def __str__(self) -> str:
        return self.sentence()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence())}</p>{self.summary().to_html(index=False, border=0)}"

    def _arms(self) -> tuple[tuple[str, Response], tuple[str, Response]]:
        return ("no drug", self.untreated), ("drug", self.treated)

    def _daily(self, response: Response, readout: str) -> float:
        """Mean over the last 24 h (or the whole run, if shorter)."""
        end = response.protocol.hours
        start = max(0.0, end - 24.0)
        if readout != "score":
            return response.area(readout, start, end) / (end - start)
        occupancy = response.fine_values[response.readouts.index(OCCUPANCY)]
        score = self.genes.score(np.maximum(occupancy, 0))
        return float(area(response.fine_times_h, score, start, end)) / (end - start)

    def _described(self, frame: pd.DataFrame, title: str, units: dict[str, str]) -> pd.DataFrame:
        frame.attrs = {
            "units": units,
            "origin": "simulated",
            "seed": None,
            "source": f"{SOURCE}; {self.genes.source}",
            "assumptions": self.assumptions,
            "warnings": self.warnings,
            "caption": f"{title}. {self.caption}",
        }
        return frame


def treat(
    regimen: Regimen | None = None,
    interferon: Protocol | float = 0.084,
    pk: PKSet | str = "tofacitinib-adult-uc",
    compound: Drug | None = None,
    *,
    genes: GeneResponse | None = None,
    knobs: Knobs | None = None,
    averaged: bool = False,
    times_h: Any = None,
) -> Treatment:
    """One cell of one typical person, four weeks into constant interferon, with and without a drug.

    `regimen`: default 5 mg every 12 h, at steady state from time 0 (use `Regimen(5, 12, doses=14)` to begin at time
    0). `interferon`: a protocol, or a level in pM held for a week after four weeks of the same without drug.
    `compound`: a drug with chosen constants (`drugs.drug`). `averaged`: the mean inhibition instead of the course,
    about three times faster, its error stated in the caption. Assumes a hepatoma cell that meets the free plasma
    concentration at once. Raises ValueError as its parts do. Costs about 30 ms (10 ms averaged).

    >>> treat(Regimen(0), averaged=True).changes()
    'phosphorylated STAT1 +0%, promoter occupancy +0%, IRF9 mRNA +0%, six-gene score +0%'
    """
    course = inhibition_course(pk, regimen, compound)
    if course.pk.patients is not None:
        raise ValueError(
            "This follows one typical person; for virtual patients pass the course to the cohort run."
        )
    if not isinstance(interferon, Protocol):
        interferon = constant(interferon, hours=168.0, settled_h=672.0)
    steady = course.regimen.doses is None and not course.regimen.missed
    mean = course.mean() if steady else course.mean(interferon.hours)
    untreated = run(interferon, 0.0, knobs, times_h, KEPT)
    treated = run(interferon, mean if averaged else course, knobs, times_h, KEPT)
    return Treatment(course, untreated, treated, genes or gene_response(), averaged)
