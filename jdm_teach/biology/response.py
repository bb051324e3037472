"""What one run hands back: curves, peaks, areas, tidy tables, and the warnings that travel with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from .network import Knobs
from .protocols import Protocol
from .readouts import READOUTS, area, peak, readout_ids

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SOURCE", "Response"]

SOURCE = "simulated with the model of Kok 2020 (10.15252/msb.20198955, BIOMD0000000959), 37-variable form"


@dataclass(frozen=True)
class Response:
    """Curves of one run. `values` has one row per readout and one column per time; `frame()` is the tidy form."""

    protocol: Protocol
    knobs: Knobs
    inhibition: str
    times_h: np.ndarray
    readouts: tuple[str, ...]
    values: np.ndarray
    warnings: tuple[str, ...]
    assumptions: tuple[str, ...]
    fine_times_h: np.ndarray
    fine_values: np.ndarray

    def value(self, readout: str) -> np.ndarray:
        """One curve at `times_h`."""
        return self.values[self._row(readout)]

    def peak(self, readout: str, start_h: float = 0.0) -> tuple[float, float]:
        """(hours from `start_h`, height) of the highest point after `start_h`, independent of the output times."""
        later = self.fine_times_h >= start_h
        time, height = peak(self.fine_times_h[later], self.fine_values[self._row(readout)][later])
        return time - start_h, height

    def area(self, readout: str, start_h: float = 0.0, end_h: float = 24.0) -> float:
        """Area under one curve (value·h), independent of the output times. Raises ValueError outside the run."""
        if not 0 <= start_h < end_h <= self.protocol.hours * (1 + 1e-12):
            raise ValueError(
                f"This run covers 0 to {self.protocol.hours:g} h, so an area from {start_h:g} to {end_h:g} h cannot be "
                f"read from it. Follow the cell for longer or choose other hours."
            )
        return float(area(self.fine_times_h, self.fine_values[self._row(readout)], start_h, end_h))

    def frame(self, readouts: Iterable[str] | None = None) -> pd.DataFrame:
        """Tidy curves: time_h, readout, label, value, unit, origin, seed, warning; protocol and source in `attrs`."""
        import pandas as pd

        ids = readout_ids(readouts, self.readouts)
        rows = [self._row(name) for name in ids]
        count = len(self.times_h)
        table = pd.DataFrame(
            {
                "time_h": np.tile(self.times_h, len(ids)),
                "readout": np.repeat(ids, count),
                "label": np.repeat([READOUTS[i].label for i in ids], count),
                "value": self.values[rows].ravel(),
                "unit": np.repeat([READOUTS[i].unit for i in ids], count),
                "origin": "simulated",
                "seed": None,
                "warning": " ".join(self.warnings),
            }
        )
        table.attrs.update(self._attributes())
        return table

    def summary(self, readouts: Iterable[str] | None = None) -> pd.DataFrame:
        """One row per readout: start, peak, hours to peak, end, area over the first and the last 24 h."""
        import pandas as pd

        rows = []
        long_enough = self.protocol.hours >= 24
        for name in readout_ids(readouts, self.readouts):
            curve = self.fine_values[self._row(name)]
            time, height = self.peak(name)
            areas = (
                (self.area(name), self.area(name, self.protocol.hours - 24, self.protocol.hours))
                if long_enough
                else (np.nan, np.nan)
            )
            rows.append(
                (name, READOUTS[name].label, READOUTS[name].unit, curve[0], height, time, curve[-1], *areas)
            )
        columns = [
            "readout",
            "label",
            "unit",
            "start",
            "peak",
            "peak_h",
            "end",
            "area_first_24h",
            "area_last_24h",
        ]
        table = pd.DataFrame(rows, columns=columns)
        table["origin"] = "simulated"
        table["warning"] = " ".join(self.warnings)
        table.attrs.update(self._attributes())
        return table

    def sentence(self) -> str:
        """The run in words, warnings and assumptions included."""
        said = [f"Simulated: {self.protocol.sentence()}; {self.inhibition}.", *self.warnings]
        return " ".join([*said, *(f"Assumption: {text}" for text in self.assumptions)])

    def __str__(self) -> str:
        return self.sentence()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence())}</p>{self.summary().to_html(index=False, border=0)}"

    def _row(self, readout: str) -> int:
        readout_ids([readout])
        if readout not in self.readouts:
            raise ValueError(
                f"This run did not keep {readout!r}; ask for it with readouts=[…]. It kept: {', '.join(self.readouts)}."
            )
        return self.readouts.index(readout)

    def _attributes(self) -> dict[str, Any]:
        return {
            "protocol": self.protocol.sentence(),
            "inhibition": self.inhibition,
            "knobs": str(self.knobs),
            "origin": "simulated",
            "source": SOURCE,
            "seed": None,
            "warnings": list(self.warnings),
            "assumptions": list(self.assumptions),
        }
