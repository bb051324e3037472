"""What can be read off the cell: 37 slow and 4 fast variables, phosphorylation totals, fold changes, and summaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from .kinetics import fast_variables
from .network import STATES, UNITS_PER_PM, basal_state, with_knobs

__all__ = ["READOUTS", "TEACHING", "Readout", "area", "observe", "peak", "readout_ids"]

MOLECULES, RELATIVE = "molecules/cell", "relative"
FAST = ("aRecIFN", "SOCS3", "OccGASbs", "IRF9c", "IRF9n")
GENES = ("STAT1", "STAT2", "IRF9", "IRF2", "USP18", "SOCS1", "SOCS3")


class Readout(NamedTuple):
    """One thing to read: its id (the published species name where there is one), label and unit."""

    id: str
    label: str
    unit: str


def _readouts() -> dict[str, Readout]:
    found = [
        Readout("pSTAT1_total", "phosphorylated STAT1, whole cell", MOLECULES),
        Readout("pSTAT2_total", "phosphorylated STAT2, whole cell", MOLECULES),
        Readout("pSTAT1_cytoplasm", "phosphorylated STAT1, cytoplasm", MOLECULES),
        Readout("ISGF3n", "nuclear ISGF3", MOLECULES),
        Readout("OccGAS_ISREbs", "promoter occupancy", "relative occupancy"),
        *(Readout(f"{gene}mRNA", f"{gene} mRNA", RELATIVE) for gene in GENES),
        *(Readout(f"FC_{gene}mRNA", f"{gene} mRNA, fold change", "times the resting cell") for gene in GENES),
        Readout("IFN_pM", "interferon-alpha", "pM"),
        Readout("IFN", "interferon-alpha, model units", "model IFN unit"),
        Readout("Rec", "free interferon receptor", MOLECULES),
        Readout("aRecIFN", "active receptor", MOLECULES),
        Readout("USP18", "USP18 protein", MOLECULES),
        Readout("SOCS1", "SOCS1 protein", RELATIVE),
        Readout("SOCS3", "SOCS3 protein", RELATIVE),
        Readout("IRF2", "IRF2 protein", RELATIVE),
        Readout("IRF9c", "IRF9, cytoplasm", MOLECULES),
        Readout("IRF9n", "IRF9, nucleus", MOLECULES),
        Readout("STAT1c", "unphosphorylated STAT1, cytoplasm", MOLECULES),
        Readout("STAT1n", "unphosphorylated STAT1, nucleus", MOLECULES),
        Readout("STAT2c", "unphosphorylated STAT2, cytoplasm", MOLECULES),
        Readout("STAT2n", "unphosphorylated STAT2, nucleus", MOLECULES),
        Readout("pSTAT1pSTAT2c", "STAT1:STAT2 pair, cytoplasm", MOLECULES),
        Readout("pSTAT1pSTAT2n", "STAT1:STAT2 pair, nucleus", MOLECULES),
        Readout("ISGF3c", "ISGF3, cytoplasm", MOLECULES),
        Readout("pSTAT1dimc", "STAT1 pair, cytoplasm", MOLECULES),
        Readout("pSTAT1dimn", "STAT1 pair, nucleus", MOLECULES),
        Readout("OccGASbs", "GAS occupancy", "relative occupancy"),
    ]
    chains = [s for s in STATES if "_LC_" in s]
    found += [Readout(s, f"{s.split('_')[0]} translation delay, step {s[-1]}", MOLECULES) for s in chains]
    return {readout.id: readout for readout in found}


READOUTS: Mapping[str, Readout] = _readouts()
TEACHING = (
    *("pSTAT1_total", "pSTAT2_total", "ISGF3n", "OccGAS_ISREbs"),
    *(f"{gene}mRNA" for gene in GENES),
    *(f"FC_{gene}mRNA" for gene in GENES),
    *("IFN_pM", "Rec", "aRecIFN", "USP18", "SOCS1"),
)
"""The readouts a lesson shows unless it asks for others."""


def readout_ids(chosen: Iterable[str] | None, default: Sequence[str] = TEACHING) -> tuple[str, ...]:
    """The chosen ids, checked. Raises ValueError naming what exists."""
    ids = tuple(default) if chosen is None else (chosen,) if isinstance(chosen, str) else tuple(chosen)
    for name in ids:
        if name not in READOUTS:
            raise ValueError(f"There is no readout called {name!r}. Choose from: {', '.join(READOUTS)}.")
    return ids


@lru_cache(maxsize=64)
def _weights(ids: tuple[str, ...]) -> tuple[tuple[tuple[int, float], ...], ...]:
    """Every readout but the fast variables is a weighted sum of states: (state, weight) pairs, readout by readout."""
    k = with_knobs()
    resting = dict(zip(STATES, basal_state(k), strict=True))
    pairs = {"pSTAT1pSTAT2c": 1.0, "pSTAT1pSTAT2n": 1.0, "ISGF3c": 1.0, "ISGF3n": 1.0}
    sums = {
        "pSTAT1_total": {**pairs, "pSTAT1dimc": 2.0, "pSTAT1dimn": 2.0},
        "pSTAT2_total": pairs,
        "pSTAT1_cytoplasm": {"pSTAT1pSTAT2c": 1.0, "ISGF3c": 1.0, "pSTAT1dimc": 2.0},
        "IFN_pM": {"IFN": 1 / UNITS_PER_PM},
        **{name: {} for name in FAST},
        **{f"FC_{gene}mRNA": {f"{gene}mRNA": 1 / resting[f"{gene}mRNA"]} for gene in GENES},
    }
    return tuple(
        tuple((STATES.index(state), weight) for state, weight in sums.get(name, {name: 1.0}).items())
        for name in ids
    )


def observe(
    states: np.ndarray, ids: tuple[str, ...], k: Mapping[str, Any], since_dose_h: Any = None
) -> np.ndarray:
    """Readouts from states: (37, …) -> (len(ids), …). `since_dose_h`: hours since the last dose, shape (…).

    The active receptor forms within seconds of a dose; at the very moment of the dose there is none yet.
    """
    values = np.zeros((len(ids), *np.shape(states)[1:]))
    for row, parts in enumerate(_weights(ids)):
        for state, weight in parts:
            values[row] += weight * states[state]
    if any(name in ids for name in FAST):
        fast = fast_variables(list(states), k)
        formed = fast.active_receptor
        if since_dose_h is not None:
            formed = formed * -np.expm1(-k["active_loss"] * np.asarray(since_dose_h, float))
        pool = states[STATES.index("IRF9")]
        for name, value in zip(
            FAST,
            (formed, fast.socs3, fast.gas_occupancy, fast.irf9_cytoplasm, pool - fast.irf9_cytoplasm),
            strict=True,
        ):
            if name in ids:
                values[ids.index(name)] = np.maximum(value, 0.0)
    return values


def peak(times_h: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """(time, height) of the largest value, refined by the parabola through its neighbours."""
    i = int(np.argmax(values))
    if not 0 < i < len(values) - 1:
        return float(times_h[i]), float(values[i])
    (a, b, c), (u, v, w) = times_h[i - 1 : i + 2], values[i - 1 : i + 2]
    left, right = (v - u) / (b - a), (w - v) / (c - b)
    bend = (right - left) / (c - a)
    if bend >= 0:
        return float(b), float(v)
    top = (a + b) / 2 - left / (2 * bend)
    return float(top), float(v + bend * (top - b) * (top - a) + left * (top - b))


def area(times_h: np.ndarray, values: np.ndarray, start_h: float, end_h: float) -> Any:
    """Area under the curve from start to end (last axis is time), in value·h; ends are interpolated."""
    inside = (times_h > start_h) & (times_h < end_h)
    grid = np.concatenate([[start_h], times_h[inside], [end_h]])
    curve = np.apply_along_axis(lambda row: np.interp(grid, times_h, row), -1, values)
    return _trapezoid(curve, grid, axis=-1)


def _trapezoid(values: np.ndarray, grid: np.ndarray, axis: int) -> Any:
    # numpy 1.26 has no `trapezoid`; the sum is short enough to write.
    widths = np.diff(grid)
    heights = np.moveaxis(values, axis, -1)
    return ((heights[..., 1:] + heights[..., :-1]) / 2 * widths).sum(axis=-1)
