"""From promoter occupancy to the six genes and their score.

Each gene answers occupancy O with fold change 1 + E O / (K + O). E is chosen so that a saturating stimulus gives the
fold change seen in one column of the shipped table (by default whole blood after interferon beta: held in, so the
score 3.0 there checks nothing). K is a constant of the published model's most sensitive gene (IRF9), used for all six.
Both are assumptions of ours; they go into every caption.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jdm_teach.biology.fold_changes import SIX_GENES, gene_fold_changes
from jdm_teach.biology.quantities import Array, number, numbers
from jdm_teach.biology.signature import cut_off

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GeneResponse", "gene_response"]


@dataclass(frozen=True, eq=False)
class GeneResponse:
    """Largest increase E (6,) and half-saturating occupancy K for the six genes, with where they came from."""

    genes: tuple[str, ...]
    largest: Array
    half_occupancy: float
    column: str
    source: str
    left_out: tuple[str, ...] = ()

    @property
    def ceiling(self) -> float:
        """The score at full saturation: no interferon level can take the score above it."""
        return float(np.median(1 + self.largest))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed between occupancy and score, one sentence each."""
        found = [
            f"Six genes scaled to {self.column} taken as saturating, half-saturated at occupancy "
            f"{self.half_occupancy:g} (assumed); on this scale no score can exceed {self.ceiling:.3g}."
        ]
        if self.left_out:
            found.append(f"Not detected there and left out: {', '.join(self.left_out)}.")
        return tuple(found)

    def fold_changes(self, occupancy: Any) -> Array:
        """Fold change of each gene: (genes, ...) for an occupancy of shape (...). At rest every gene is 1."""
        level = numbers(occupancy, "Promoter occupancy")
        share = level / (self.half_occupancy + level)
        return 1 + np.multiply.outer(self.largest, share)

    def score(self, occupancy: Any) -> Array:
        """The median over the genes, same shape as `occupancy`. Instant: mRNA half-lives are not in it."""
        return np.median(self.fold_changes(occupancy), axis=0)

    def table(self, times_h: Any, occupancy: Any) -> pd.DataFrame:
        """Tidy course: time_h, occupancy, one column per gene, score, positive, origin; caption in `attrs`."""
        import pandas as pd

        level = np.atleast_1d(numbers(occupancy, "Promoter occupancy"))
        times = np.atleast_1d(numbers(times_h, "Times", "hours"))
        if level.shape != times.shape:
            raise ValueError(
                f"One occupancy belongs to each time; got {level.size} occupancies for {times.size} times."
            )
        frame = pd.DataFrame({"time_h": times, "occupancy": level})
        for gene, folds in zip(self.genes, self.fold_changes(level), strict=True):
            frame[gene] = folds
        frame["score"] = self.score(level)
        frame["positive"] = frame.score > cut_off()
        frame["origin"] = "simulated"
        frame.attrs |= {
            "units": {"time_h": "h", "occupancy": "relative occupancy", "score": "fold"}
            | dict.fromkeys(self.genes, "fold"),
            "origin": "simulated",
            "seed": None,
            "source": self.source,
            "assumptions": self.assumptions,
            "warnings": (),
            "caption": " ".join(
                ["Simulated six-gene score.", *(f"Assumption: {text}" for text in self.assumptions)]
            ),
        }
        return frame


def gene_response(
    system: str = "blood", stimulus: str = "beta", half_occupancy: float = 0.121
) -> GeneResponse:
    """The six genes scaled to one shipped column; genes not detected there are left out.

    `half_occupancy` is K in the occupancy units of the model (above 0; chronic interferon of 0.003 to 28 pM gives
    0.0006 to 0.17). Default 0.121: IRF9 of Kok 2020 (10.15252/msb.20198955). Raises ValueError as `gene_fold_changes`.

    >>> response = gene_response()
    >>> round(float(response.score(0.0)), 2), round(response.ceiling, 2)
    (1.0, 2.99)
    """
    frame = gene_fold_changes(system, stimulus)
    kept = frame[frame.detected]
    return GeneResponse(
        genes=tuple(kept.gene),
        largest=np.asarray(kept.fold_change, dtype=float) - 1,
        half_occupancy=number(half_occupancy, "The half-saturating occupancy", above=True),
        column=f"{system} after interferon {stimulus}",
        source=frame.attrs["source"],
        left_out=tuple(g for g in SIX_GENES if g not in set(kept.gene)),
    )
