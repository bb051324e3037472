"""What a virtual cohort hands back: one curve per patient and readout, spreads, tidy tables, and the warnings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .protocols import Protocol
from .readouts import READOUTS, area, readout_ids
from .response import SOURCE

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CohortResponse"]


@dataclass(frozen=True)
class CohortResponse:
    """Curves of a cohort: `values[readout, time, patient]`, with the warnings that belong to them."""

    protocol: Protocol
    times_h: np.ndarray
    readouts: tuple[str, ...]
    values: np.ndarray
    warnings: tuple[str, ...]
    assumptions: tuple[str, ...]
    seed: int | None
    steps: int

    def value(self, readout: str) -> np.ndarray:
        """One readout, shape (times, patients)."""
        readout_ids([readout])
        if readout not in self.readouts:
            raise ValueError(
                f"This cohort did not keep {readout!r}; ask for it with readouts=[…]. It kept: {', '.join(self.readouts)}."
            )
        return self.values[self.readouts.index(readout)]

    def area(self, readout: str, start_h: float = 0.0, end_h: float = 24.0) -> np.ndarray:
        """Area under one readout for each patient (value·h), by straight lines between the output hours."""
        if not self.times_h[0] <= start_h < end_h <= self.times_h[-1]:
            raise ValueError(
                f"Output hours run from {self.times_h[0]:g} to {self.times_h[-1]:g}; an area from {start_h:g} to "
                f"{end_h:g} h cannot be read from them."
            )
        return area(self.times_h, self.value(readout).T, start_h, end_h)

    def frame(self, readouts: Iterable[str] | None = None) -> pd.DataFrame:
        """Tidy curves, one row per patient, readout and hour (large: patients × readouts × hours rows)."""
        import pandas as pd

        ids = readout_ids(readouts, self.readouts)
        hours, people = len(self.times_h), self.values.shape[2]
        block = np.stack([self.value(name) for name in ids])
        table = pd.DataFrame(
            {
                "patient": np.tile(np.arange(1, people + 1), len(ids) * hours),
                "time_h": np.tile(np.repeat(self.times_h, people), len(ids)),
                "readout": np.repeat(ids, hours * people),
                "value": block.ravel(),
                "unit": np.repeat([READOUTS[name].unit for name in ids], hours * people),
            }
        )
        return self._described(table)

    def spread(
        self, readouts: Iterable[str] | None = None, shares: Iterable[float] = (0.05, 0.5, 0.95)
    ) -> pd.DataFrame:
        """The cohort in a few lines: for each readout and hour, the value below which each share of patients lies."""
        import pandas as pd

        ids, shares = readout_ids(readouts, self.readouts), tuple(shares)
        parts = []
        for name in ids:
            levels = np.quantile(self.value(name), shares, axis=1)
            for share, level in zip(shares, levels, strict=True):
                parts.append(
                    pd.DataFrame(
                        {
                            "time_h": self.times_h,
                            "readout": name,
                            "share_below": share,
                            "value": level,
                            "unit": READOUTS[name].unit,
                            "n": self.values.shape[2],
                        }
                    )
                )
        return self._described(pd.concat(parts, ignore_index=True))

    def _described(self, table: pd.DataFrame) -> pd.DataFrame:
        table["origin"] = "simulated"
        table["seed"] = self.seed
        table["warning"] = " ".join(self.warnings)
        table.attrs.update(
            protocol=self.protocol.sentence(),
            source=SOURCE,
            origin="simulated",
            seed=self.seed,
            warnings=list(self.warnings),
            assumptions=list(self.assumptions),
        )
        return table
